"""Draws one cell of a board as rows of styled characters: a pure, cached function."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal, NamedTuple, TypeAlias

from rich.segment import Segment
from rich.style import Style

from gamesock.game import Piece
from gamesock.tui.looks import Looks, Palette, Symbols
from gamesock.tui.sprites import Glyph, drawn, sprite

Ground: TypeAlias = Literal["light", "dark", "plain", "rack", "air"]
"""What lies under a piece; ``air`` is above the board, where a piece hovers before it drops."""

Hand: TypeAlias = Literal["", "cursor", "held", "hover"]
"""What the player is about to do with a cell."""

Row: TypeAlias = tuple[Segment, ...]

_STAMPED = {"disc": "coin"}
"""Shapes that both sides share, and how the second side's is told apart without its colour."""


class Figure(NamedTuple):
    """What a cell needs to know of a piece."""

    shape: str
    letter: str
    glyph: str
    tone: str
    second: bool

    @classmethod
    def of(cls, piece: Piece, first: str | None) -> Figure:
        """The figure of a piece, where ``first`` is the seat that moves first."""
        second = piece.seat is not None and piece.seat != first
        shape = _STAMPED.get(piece.sprite, piece.sprite) if second else piece.sprite
        return cls(shape, piece.letter, piece.glyph, piece.tone, second)


class Cell(NamedTuple):
    """Everything that decides how a cell looks, beside its size."""

    ground: Ground
    figure: Figure | None = None
    marks: frozenset[str] = frozenset()
    """Kinds of ``Mark``: last, check, win."""
    hand: Hand = ""
    can_land: bool = False
    """A legal target of the piece in hand."""
    corner: str = ""
    """A coordinate for the top left corner."""
    foot: str = ""
    """A coordinate for the bottom right corner."""
    closing: bool = False
    """In the smallest cells the bracket that closes the cursor stands in the next cell."""


@lru_cache(maxsize=1 << 14)
def style(front: str | None, back: str | None, bold: bool = False, reverse: bool = False) -> Style:
    """A Rich style, made once."""
    return Style(color=front, bgcolor=back, bold=bold or None, reverse=reverse or None)


@lru_cache(maxsize=1 << 13)
def paint(cell: Cell, size: int, looks: Looks) -> tuple[Row, ...]:
    """The ``size`` rows, each ``2 * size`` characters, of a cell."""
    canvas = _Canvas(cell, size, looks)
    if size == 1:
        canvas.tiny()
    else:
        canvas.body()
        canvas.marks()
    return canvas.rows()


class _Canvas:
    """A cell while it is painted: one character and style at each place."""

    def __init__(self, cell: Cell, size: int, looks: Looks) -> None:
        self.cell, self.size, self.width = cell, size, 2 * size
        self.looks = looks
        self.palette: Palette = looks.palette
        self.symbols: Symbols = looks.symbols
        self.back = background(cell, self.palette)
        dotted = looks.depth == "none" and cell.ground == "dark" and size > 1
        blank = (looks.symbols.texture if dotted else " ", style(None, self.back))
        self.places = [[blank] * self.width for _ in range(size)]
        self._free = (" ", looks.symbols.texture)
        self.middle = (size - 1) // 2

    def put(self, row: int, column: int, text: str, front: str | None, *, bold: bool = True) -> None:
        """Write over whatever is there."""
        for i, character in enumerate(text):
            self.places[row][column + i] = (character, style(front, self.back, bold))

    def put_if_free(self, row: int, column: int, text: str, front: str | None) -> None:
        """Write only where the piece leaves room."""
        if all(self.places[row][column + i][0] in self._free for i in range(len(text))):
            self.put(row, column, text, front)

    def body(self) -> None:
        """The piece, or the hole it would fall into."""
        figure = self.cell.figure
        if self.cell.ground == "rack" and figure is None:
            self._hole()
        elif figure is not None and self.looks.pieces in ("auto", "sprite") and drawn(figure.shape):
            self._sprite(figure)
        elif figure is not None:
            text = figure.letter if self.looks.pieces == "ascii" else figure.glyph
            self.put(self.middle, self.size - 2, f" {text} ", self.palette.tones[figure.tone][0])

    def _sprite(self, figure: Figure) -> None:
        hollow = self.looks.depth == "none" and figure.second and figure.shape not in _STAMPED.values()
        body, shade = self.palette.tones[figure.tone]
        inks = {"#": body, "o": shade, ".": self.back}
        for row, glyphs in enumerate(sprite(figure.shape, self.width, self.size, hollow)):
            for column, glyph in enumerate(glyphs):
                if glyph.front != ".":
                    self.places[row][column] = (glyph.text, self._inked(glyph, inks))

    def _inked(self, glyph: Glyph, inks: dict[str, str | None]) -> Style:
        if self.looks.depth == "none":
            return style(None, None, bold=True)
        return style(inks[glyph.front], inks[glyph.back])

    def _hole(self) -> None:
        if self.looks.pieces not in ("auto", "sprite"):
            self.put(self.middle, self.size - 1, ".", self.palette.plain_label, bold=False)
            return
        if self.looks.depth == "none":
            self.put(self.middle, self.size - 1, "·", None, bold=False)
            return
        for row, glyphs in enumerate(sprite("disc", self.width, self.size)):
            for column, glyph in enumerate(glyphs):
                if glyph.front != ".":
                    self.places[row][column] = (glyph.text, style(self.palette.hole, self.back))

    @property
    def _label(self) -> str | None:
        dark = self.cell.ground in ("plain", "air")
        return self.palette.plain_label if dark else self.palette.label

    @property
    def _mark(self) -> str | None:
        bright = self.cell.ground in ("plain", "air", "rack")
        return self.palette.tones["light"][0] if bright else self.palette.mark

    def marks(self) -> None:
        """Coordinates, then what the game points out, then what the player is about to do."""
        cell, last = self.cell, self.width - 1
        if self.size >= 3:
            self.put_if_free(0, 0, cell.corner, self._label)
            self.put_if_free(self.size - 1, self.width - len(cell.foot), cell.foot, self._label)
        for kind, sign in (
            ("last", self.symbols.last), ("win", self.symbols.win), ("check", self.symbols.check),
        ):  # fmt: skip
            if kind in cell.marks:
                self._point_out(sign)
        if cell.can_land:
            self._target()
        opening, closing = {
            "cursor": ("[", "]"), "hover": ("[", "]"), "held": self.symbols.held,
        }.get(cell.hand, ("", ""))  # fmt: skip
        if opening:
            self.put(self.middle, 0, opening, self._mark)
            self.put(self.middle, last, closing, self._mark)

    def _point_out(self, sign: str) -> None:
        """Put a mark in a corner that the piece leaves free."""
        last = self.width - 1
        free = (row for row in (0, self.size - 1, self.middle) if self.places[row][last][0] in self._free)
        self.put(next(free, 0), last, sign, self._mark)

    def _target(self) -> None:
        if self.cell.figure is None:
            at = self.size - 1
            back = self.places[self.middle][at][1].bgcolor
            front = self.palette.tones["light"][0] if self.cell.ground == "rack" else self._mark
            inside = self.palette.hole if self.cell.ground == "rack" and back is not None else self.back
            for column in (at, at + 1) if self.size % 2 == 0 and self.size > 4 else (at,):
                self.places[self.middle][column] = (self.symbols.target, style(front, inside, bold=True))
        else:
            self.put(self.middle, 0, self.symbols.target, self._mark)
            self.put(self.middle, self.width - 1, self.symbols.target, self._mark)

    def tiny(self) -> None:
        """Two characters: what there is to say, and the piece."""
        cell, signs = self.cell, self.symbols
        figure = cell.figure
        if figure is not None:
            text = figure.glyph if self.looks.pieces == "glyph" else figure.letter
            self.put(0, 1, text, self.palette.tones[figure.tone][0])
        elif cell.can_land:
            self.put(0, 1, signs.target, self._mark)
        elif cell.ground != "air":
            self.put(0, 1, ".", self._label, bold=False)
        said = (
            (cell.hand in ("cursor", "hover"), "["), (cell.closing, "]"), (cell.hand == "held", signs.held[0]),
            (cell.can_land and figure is not None, signs.target), ("check" in cell.marks, signs.check),
            ("win" in cell.marks, signs.win), ("last" in cell.marks, signs.last),
        )  # fmt: skip
        sign = next((sign for says, sign in said if says), None)
        if sign:
            self.put(0, 0, sign, self._mark)

    def rows(self) -> tuple[Row, ...]:
        """What was painted, with neighbours of one style merged."""
        return tuple(_merged(places) for places in self.places)


def background(cell: Cell, palette: Palette) -> str | None:
    """The colour of a cell behind its piece."""
    if cell.hand == "cursor":
        return palette.plain_cursor if cell.ground == "plain" else palette.cursor
    if cell.hand == "held":
        return palette.held
    for kind, color in (("check", palette.check), ("win", palette.win)):
        if kind in cell.marks:
            return color
    match cell.ground, "last" in cell.marks:
        case "light", last:
            return palette.last_light if last else palette.target_light if cell.can_land else palette.light
        case "dark", last:
            return palette.last_dark if last else palette.target_dark if cell.can_land else palette.dark
        case "rack", last:
            return palette.rack_last if last else palette.rack
        case "plain", last:
            return palette.plain_last if last else palette.plain
    return None


def _merged(places: list[tuple[str, Style]]) -> Row:
    """Few segments are few bytes for the terminal: a blank takes on whatever look its neighbour has."""
    merged: list[tuple[str, Style]] = []
    for text, look in places:
        if merged and _alike(merged[-1], (text, look)):
            before, known = merged[-1]
            merged[-1] = (before + text, look if before.isspace() else known)
        else:
            merged.append((text, look))
    return tuple(Segment(text, look) for text, look in merged)


def _alike(left: tuple[str, Style], right: tuple[str, Style]) -> bool:
    if left[1] is right[1]:
        return True
    blank = left[0].isspace() or right[0].isspace()
    plain = not left[1].reverse and not right[1].reverse
    return blank and plain and left[1].bgcolor == right[1].bgcolor
