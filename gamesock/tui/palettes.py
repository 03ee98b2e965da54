"""The colours of boards, theme by theme. Data, and no more.

Both sides' pieces stand out from everything they may stand on by 3:1 or better, so squares are of middle tone.
``colorblind`` tells its marks apart by blue against orange and by lightness, which everyone sees.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

Ink = str | None
"""A colour as Rich names it; None: the terminal's own."""

Tones = Mapping[str, tuple[Ink, Ink]]
"""For each tone of a piece: its body and its shade."""


class Surface(NamedTuple):
    """What cells of one kind are painted with."""

    base: Ink
    last: Ink
    target: Ink
    plan: Ink
    cursor: Ink
    held: Ink
    check: Ink
    win: Ink
    label: Ink
    """Coordinates and other quiet signs."""
    mark: Ink
    """Brackets, dots and signs that mean something."""
    tones: Tones


class Palette(NamedTuple):
    """The surfaces of a board."""

    light: Surface
    dark: Surface
    plain: Surface
    """Of a grid of lines."""
    rack: Surface
    """Of a wall with holes."""
    air: Surface
    """Above and beside the board."""
    line: Ink
    hole: Ink


TONES = {
    "light": ("#ffffff", "#c8d0d7"),
    "dark": ("#0b0c0e", "#383d45"),
    "red": ("#ef5a5f", "#a8343b"),
    "yellow": ("#f4c534", "#b98d10"),
    "blue": ("#62aef0", "#2f6fa8"),
    "green": ("#63c174", "#2f7d43"),
}

RIMS = {"light": "#2a3138", "dark": "#c3cbd2"}
"""The lines around pieces: of the light ones and all coloured ones, and of the dark ones."""

_ON_DARK = {**TONES, "dark": ("#8a939d", "#5a626b")}
"""On a dark ground the dark side is grey."""

_ON_PAPER: Tones = {
    "light": ("#6c757d", "#a9b1b8"),
    "dark": ("#0b0c0e", "#4a4f58"),
    "red": ("#c0303a", "#e08a8f"),
    "yellow": ("#8a6a00", "#c9a93a"),
    "blue": ("#1f6fb5", "#7db2e0"),
    "green": ("#26793a", "#7dbb8c"),
}

_LIGHT = Surface(
    base="#7d93a3", last="#a18b35", target="#5f9a86", plan="#8a86b8", cursor="#4a86c8", held="#3a8f8a",
    check="#b5483f", win="#43935a", label="#1d2730", mark="#0b0c0e", tones=TONES,
)  # fmt: skip
_DARK = _LIGHT._replace(base="#55697a", label="#131a20", last="#887327", target="#3f7a68", plan="#6a6296")
_PLAIN = Surface(
    base="#1b1f24", last="#4a4222", target="#20362f", plan="#38335a", cursor="#36424e", held="#1b413f",
    check="#5c2320", win="#1f4a2c", label="#6d7b88", mark="#ffffff", tones=_ON_DARK,
)  # fmt: skip
_RACK = _PLAIN._replace(
    base="#1a3d7c", last="#4b3f0c", target="#1a3d7c", plan="#382f6c", cursor="#204064", win="#134427",
    label="#a9bddc",
)  # fmt: skip
_AIR = Surface(*(None,) * 8, label="#6d7b88", mark="#ffffff", tones=_ON_DARK)

_SLATE = Palette(_LIGHT, _DARK, _PLAIN, _RACK, _AIR, line="#5d6b78", hole="#0e1a30")


def _squares(light: str, dark: str, label: str, palette: Palette = _SLATE) -> Palette:
    """Another board's wood, with the same marks."""
    return palette._replace(
        light=palette.light._replace(base=light, label=label),
        dark=palette.dark._replace(base=dark, label="#101010"),
    )


_GLADE = _squares("#7f9a70", "#567048", "#18230f")
_FOREST = _GLADE._replace(
    light=_GLADE.light._replace(target="#4f95a5"), dark=_GLADE.dark._replace(target="#3a7584")
)

_PAPER = _PLAIN._replace(
    base="#eceff1", last="#f0e2ae", target="#d3e9df", plan="#dcd8f0", cursor="#c7dcf2", held="#bfe3e0",
    check="#f3c6c2", win="#c4e6cd", label="#5a6670", mark="#0b0c0e", tones=_ON_PAPER,
)  # fmt: skip

_STARK_LIGHT = Surface(
    base="#80888f", last="#9a8318", target="#2f935c", plan="#8a70d2", cursor="#2f80e4", held="#178c8c",
    check="#cc3a30", win="#2f913a", label="#000000", mark="#000000",
    tones={**TONES, "light": ("#ffffff", "#c8ced4"), "dark": ("#000000", "#3a3f46")},
)  # fmt: skip
_STARK_PLAIN = _PLAIN._replace(
    base="#000000", last="#4d4300", cursor="#003a80", held="#004a4a", win="#00521c", label="#ffffff",
    tones=_ON_DARK
    | {"red": ("#ff8080", "#d04a50"), "yellow": ("#ffe100", "#c8a800"), "dark": ("#a0a8b0", "#707880")},
)  # fmt: skip

_SAFE_LIGHT = Surface(
    base="#8191a0", last="#a78f54", target="#598cc3", plan="#6a86d8", cursor="#1261d9", held="#1261d9",
    check="#c5480b", win="#1261d9", label="#141c24", mark="#0b0c0e", tones=TONES,
)  # fmt: skip
_SAFE_TONES: Tones = {**_ON_DARK, "red": ("#ff8a1f", "#b85a00"), "yellow": ("#fff07a", "#c9b640")}

PALETTES: Mapping[str, Palette] = {
    "slate": _SLATE,
    "wood": _squares("#a68a64", "#7a5c3e", "#2a1d10")._replace(
        rack=_RACK._replace(base="#56391f", last="#4d3d0a", target="#56391f", label="#d8c4a8"), hole="#1c120a"
    ),
    "forest": _FOREST._replace(
        rack=_RACK._replace(base="#1b4628", last="#4b3f0c", target="#1b4628", win="#173a6b", label="#b5d0ba"),
        hole="#0b1a10",
    ),
    "light": _squares("#9c8f7c", "#647889", "#1c1610")._replace(
        plain=_PAPER,
        air=_AIR._replace(label="#5a6670", mark="#0b0c0e", tones=_ON_PAPER),
        line="#8a959e",
    ),
    "high-contrast": Palette(
        _STARK_LIGHT,
        _STARK_LIGHT._replace(base="#5c656d", last="#80690c", target="#22784a", plan="#6c50b2"),
        _STARK_PLAIN,
        _STARK_PLAIN._replace(base="#0a2d78", last="#5a4a00", cursor="#0050b0"),
        _AIR._replace(label="#ffffff", tones=_STARK_PLAIN.tones),
        line="#ffffff",
        hole="#000000",
    ),
    "colorblind": Palette(
        _SAFE_LIGHT,
        _SAFE_LIGHT._replace(base="#54667a", label="#101820", last="#89774a", target="#3b78b7", plan="#4d66c4"),
        _PLAIN._replace(last="#55400a", win="#163f80", tones=_SAFE_TONES),
        _RACK._replace(base="#23486f", last="#5c430a", win="#0c1c38", target="#23486f", tones=_SAFE_TONES),
        _AIR._replace(tones=_SAFE_TONES),
        line="#5d6b78",
        hole="#0d1826",
    ),
}
"""For terminals with all colours."""

_BASIC_TONES: Tones = {
    "light": ("bright_white", "white"),
    "dark": ("black", "bright_black"),
    "red": ("bright_red", "red"),
    "yellow": ("bright_yellow", "yellow"),
    "blue": ("bright_cyan", "cyan"),
    "green": ("bright_green", "green"),
}
_BASIC_LIGHT = Surface(
    base="bright_black", last="yellow", target="cyan", plan="cyan", cursor="green", held="bright_blue",
    check="red", win="green", label="black", mark="black", tones=_BASIC_TONES,
)  # fmt: skip
_BASIC_PLAIN = _BASIC_LIGHT._replace(
    base="default", target="default", plan="default", cursor="bright_black", label="white", mark="bright_white",
    tones={**_BASIC_TONES, "dark": ("bright_black", "white")},
)  # fmt: skip

BASIC = Palette(
    _BASIC_LIGHT,
    _BASIC_LIGHT._replace(base="magenta"),
    _BASIC_PLAIN,
    _BASIC_PLAIN._replace(base="blue", last="cyan", target="blue", plan="blue", cursor="blue"),
    _BASIC_PLAIN._replace(last="default", cursor="default", held="default", check="default", win="default"),
    line="white",
    hole="black",
)
"""For terminals of sixteen colours, which are the user's own: only their names are known."""

_NOTHING = Surface(*(None,) * 10, tones=dict.fromkeys(TONES, (None, None)))

COLORLESS = Palette(*(_NOTHING,) * 5, line=None, hole=None)
