"""How things look: the player's wishes, and the palettes and symbols that follow from them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from textual.theme import Theme

Pieces = Literal["auto", "sprite", "glyph", "ascii"]
ColorWish = Literal["auto", "full", "16", "none"]
Depth = Literal["full", "16", "none"]


@dataclass(frozen=True, slots=True)
class Looks:
    """What the player asked for; ``auto`` is settled by ``settled``."""

    pieces: Pieces = "auto"
    theme: str = "slate"
    color: ColorWish = "auto"

    def settled(self, environ: Mapping[str, str], encoding: str) -> Looks:
        """These looks with every ``auto`` decided by the environment and the terminal's encoding."""
        pieces = self.pieces
        if pieces == "auto":
            pieces = "sprite" if encoding.lower().replace("-", "").startswith("utf") else "ascii"
        color = self.color
        if color == "auto":
            color = _color_of(environ)
        return replace(self, pieces=pieces, color=color)

    @property
    def depth(self) -> Depth:
        """The colours there are; an unsettled ``auto`` counts as all of them."""
        return "full" if self.color == "auto" else self.color

    @property
    def palette(self) -> Palette:
        """The colours of the board."""
        if self.depth == "full":
            return PALETTES.get(self.theme, PALETTES["slate"])
        return BASIC if self.depth == "16" else COLORLESS

    @property
    def symbols(self) -> Symbols:
        """The signs around and on the board."""
        return ASCII if self.pieces == "ascii" else UNICODE


def _color_of(environ: Mapping[str, str]) -> ColorWish:
    if environ.get("NO_COLOR"):
        return "none"
    term = environ.get("TERM", "")
    if environ.get("COLORTERM") in ("truecolor", "24bit") or "256color" in term or "direct" in term:
        return "full"
    # Windows Terminal and most others that name no TERM of this list show every colour.
    return "16" if term in ("linux", "xterm", "screen", "vt220", "ansi", "rxvt", "cygwin") else "full"


class Symbols(NamedTuple):
    """Signs that mean something, each one column wide."""

    target: str
    last: str
    check: str
    win: str
    held: tuple[str, str]
    lines: tuple[str, str, str]
    """Of a grid: across, down, and where they meet."""
    here: str
    away: str
    bar: tuple[str, str]
    dash: str
    dots: str
    play: str
    pause: str
    texture: str
    """Fills the dark squares where there are no colours."""


UNICODE = Symbols("•", "◦", "!", "*", ("▸", "◂"), ("─", "│", "┼"), "●", "○", ("█", "░"), "–", "…", "▶", "‖", "░")
ASCII = Symbols("+", "*", "!", "#", (">", "<"), ("-", "|", "+"), "*", "o", ("#", "."), "-", "...", ">", "=", ":")


class Palette(NamedTuple):
    """Colours of a board, as Rich names them; None: the terminal's own."""

    light: str | None
    dark: str | None
    last_light: str | None
    last_dark: str | None
    target_light: str | None
    target_dark: str | None
    cursor: str | None
    held: str | None
    check: str | None
    win: str | None
    label: str | None
    """Coordinates and small marks upon a square."""
    mark: str | None
    """Cursor brackets and target dots upon a square."""
    plain: str | None
    """The surface of a grid."""
    plain_last: str | None
    plain_cursor: str | None
    line: str | None
    plain_label: str | None
    rack: str | None
    rack_last: str | None
    hole: str | None
    tones: Mapping[str, tuple[str | None, str | None]]
    """For each tone of a piece: its body and its shade."""


_TONES = {
    "light": ("#ffffff", "#aeb7bf"),
    "dark": ("#0b0c0e", "#4a4f58"),
    "red": ("#ef5a5f", "#a8343b"),
    "yellow": ("#f4c534", "#b98d10"),
    "blue": ("#62aef0", "#2f6fa8"),
    "green": ("#63c174", "#2f7d43"),
}

_SLATE = Palette(
    light="#7d93a3",
    dark="#55697a",
    last_light="#a18b35",
    last_dark="#887327",
    target_light="#5f9a86",
    target_dark="#3f7a68",
    cursor="#4a86c8",
    held="#3a8f8a",
    check="#b5483f",
    win="#43935a",
    label="#1d2730",
    mark="#0b0c0e",
    plain="#1b1f24",
    plain_last="#4a4222",
    plain_cursor="#3c4854",
    line="#5d6b78",
    plain_label="#6d7b88",
    rack="#2c5aa0",
    rack_last="#4478c4",
    hole="#101c30",
    tones=_TONES,
)

PALETTES: dict[str, Palette] = {
    "slate": _SLATE,
    "wood": _SLATE._replace(
        light="#a68a64", dark="#7a5c3e", label="#2a1d10", rack="#7a5c3e", rack_last="#9c7a55", hole="#241a10"
    ),
    "forest": _SLATE._replace(
        light="#7f9a70", dark="#567048", label="#18230f", rack="#3f6b4a", rack_last="#5a8a66", hole="#0f2014"
    ),
}

_BASIC_TONES = {
    "light": ("bright_white", "white"),
    "dark": ("black", "bright_black"),
    "red": ("bright_red", "red"),
    "yellow": ("bright_yellow", "yellow"),
    "blue": ("bright_cyan", "cyan"),
    "green": ("bright_green", "green"),
}

BASIC = Palette(
    light="bright_black",
    dark="magenta",
    last_light="yellow",
    last_dark="yellow",
    target_light="cyan",
    target_dark="cyan",
    cursor="blue",
    held="green",
    check="red",
    win="green",
    label="black",
    mark="black",
    plain="default",
    plain_last="yellow",
    plain_cursor="bright_black",
    line="white",
    plain_label="white",
    rack="blue",
    rack_last="cyan",
    hole="black",
    tones=_BASIC_TONES,
)
"""For terminals of sixteen colours, which are the user's own: only their names are known."""

COLORLESS = Palette(*(None,) * 20, tones=dict.fromkeys(_TONES, (None, None)))


def _app_theme(name: str, primary: str, accent: str, background: str) -> Theme:
    return Theme(
        name=name,
        primary=primary,
        secondary=accent,
        accent=accent,
        warning="#e0b040",
        error="#e5686d",
        success="#63c174",
        foreground="#dfe3e6",
        background=background,
        surface=background,
        panel="#2a3038",
    )


THEMES: dict[str, Theme] = {
    "slate": _app_theme("slate", "#7d93a3", "#d8b84a", "#121416"),
    "wood": _app_theme("wood", "#c2a070", "#e0b040", "#15110d"),
    "forest": _app_theme("forest", "#8fb57c", "#d8c84a", "#0f140e"),
}
"""What surrounds the board, by the name of the board's palette."""
