"""How things look: the player's wishes, and the palettes and symbols that follow from them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

from textual.theme import Theme

from gamesock.preferences import Color, PieceSet, Preferences
from gamesock.tui.palettes import BASIC, COLORLESS, PALETTES, Palette

Depth = Literal["full", "16", "none"]


class Looks(NamedTuple):
    """What the player asked for; ``auto`` is settled by ``settled``."""

    pieces: PieceSet = "auto"
    theme: str = "slate"
    color: Color = "auto"

    @classmethod
    def preferred(cls, preferences: Preferences) -> Looks:
        """What the player prefers."""
        return cls(preferences.pieces, preferences.theme, preferences.color)

    def settled(self, environ: Mapping[str, str], encoding: str) -> Looks:
        """These looks with every ``auto`` decided by the environment and the terminal's encoding."""
        pieces = self.pieces
        if pieces == "auto":
            unicode = encoding.lower().replace("-", "").startswith("utf") and not _asks_for_ascii(environ)
            pieces = "sprite" if unicode else "ascii"
        color = self.color
        if color == "auto":
            color = _color_of(environ)
        return self._replace(pieces=pieces, color=color)

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
    def draws(self) -> bool:
        """Whether pieces are drawn, not written."""
        return self.pieces not in ("glyph", "ascii")

    def sign(self, letter: str, glyph: str, shape: str, second: bool) -> str:
        """The one character that a piece is written with, where it isn't drawn."""
        if self.pieces == "ascii":
            return letter
        if self.depth != "none":
            return glyph
        # Without colours a filled glyph is the second side's alone.
        return glyph if second else HOLLOW.get(shape, letter)

    @property
    def symbols(self) -> Symbols:
        """The signs around and on the board."""
        return ASCII if self.pieces == "ascii" else UNICODE


def _asks_for_ascii(environ: Mapping[str, str]) -> bool:
    """Whether the locale is the one of ASCII; Python writes UTF-8 there, whatever the terminal reads."""
    if environ.get("LC_ALL"):
        return environ["LC_ALL"] in _ASCII_LOCALES
    # Python itself sets LC_CTYPE so where LANG=C.
    if environ.get("LC_CTYPE", "C.UTF-8") == "C.UTF-8":
        return environ.get("LANG") in _ASCII_LOCALES
    return environ["LC_CTYPE"] in _ASCII_LOCALES


_ASCII_LOCALES = ("C", "POSIX")


def _color_of(environ: Mapping[str, str]) -> Color:
    if environ.get("NO_COLOR"):
        return "none"
    term = environ.get("TERM", "")
    rich = ("truecolor", "24bit")
    if environ.get("COLORTERM") in rich or "256color" in term or "direct" in term or "WT_SESSION" in environ:
        return "full"
    if term.startswith("vt") or term.endswith("-mono"):
        return "none"
    # Most others that name no TERM of this list show every colour.
    return "16" if term in ("linux", "xterm", "screen", "ansi", "rxvt", "cygwin") else "full"


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
    plan: str = "»"
    """A move that isn't sent yet."""
    hint: str = "◇"
    """A move that a bot recommends."""
    turn: str = "•"
    """Of a tab: your move is waited for there."""
    news: str = "*"
    """Of a tab: something was played there."""


HOLLOW: Mapping[str, str] = {
    "king": "♔", "queen": "♕", "rook": "♖", "bishop": "♗", "knight": "♘", "pawn": "♙", "disc": "○",
    "ring": "○", "cross": "✕",
}  # fmt: skip
"""The glyphs of the first side where colours can't tell the sides apart."""

UNICODE = Symbols("•", "◦", "!", "*", ("▸", "◂"), ("─", "│", "┼"), "●", "○", ("█", "░"), "–", "…", "▶", "‖", "░")
ASCII = Symbols(
    "+", "*", "!", "#", (">", "<"), ("-", "|", "+"), "*", "o", ("#", "."), "-", "...", ">", "=", ":", "~",
    hint="^", turn="!",
)  # fmt: skip


def _dark(name: str, primary: str, accent: str, background: str) -> Theme:
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
    theme.name: theme
    for theme in (
        _dark("slate", "#7d93a3", "#d8b84a", "#121416"),
        _dark("wood", "#c2a070", "#e0b040", "#15110d"),
        _dark("forest", "#8fb57c", "#d8c84a", "#0f140e"),
        Theme(
            name="light",
            primary="#3d6480",
            secondary="#7a5c12",
            accent="#7a5c12",
            warning="#8a6100",
            error="#b3261e",
            success="#1c6b34",
            foreground="#1b1f24",
            background="#f7f8f8",
            surface="#f7f8f8",
            panel="#e3e7ea",
            dark=False,
        ),
        Theme(
            name="high-contrast",
            primary="#8ec8ff",
            secondary="#ffe100",
            accent="#ffe100",
            warning="#ffc400",
            error="#ff8f8f",
            success="#7dff9a",
            foreground="#ffffff",
            background="#000000",
            surface="#000000",
            panel="#242424",
        ),
        Theme(
            name="colorblind",
            primary="#7fa8d8",
            secondary="#ffb347",
            accent="#ffb347",
            warning="#ffb347",
            error="#ff8a3d",
            success="#6fb1ff",
            foreground="#e3e7ec",
            background="#11151a",
            surface="#11151a",
            panel="#28303a",
        ),
    )
}
"""What surrounds the board, by the name of the board's palette."""
