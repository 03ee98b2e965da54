"""Draws one cell of a board as rows of styled characters: a pure, cached function."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal, NamedTuple, TypeAlias

from rich.segment import Segment
from rich.style import Style

from gamesock.game import Piece
from gamesock.tui.looks import Looks, Symbols
from gamesock.tui.palettes import RIMS, Palette, Surface
from gamesock.tui.sprites import Glyph, Manner, drawn, sprite

Ground: TypeAlias = Literal["light", "dark", "plain", "rack", "air"]
"""What lies under a piece; ``air`` is above the board, where a piece hovers before it drops."""

Hand: TypeAlias = Literal["", "cursor", "held", "hover"]
"""What the player is about to do with a cell."""

Row: TypeAlias = tuple[Segment, ...]

_STAMPED = {"disc": "coin"}
"""Shapes that both sides share, and how the second side's is told apart without its colour."""

_TELLING = ("disc", "coin", "ring", "cross")
"""Shapes that tell the side by themselves."""


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
    """Kinds of ``Mark``: last, check, win; plan, of a move that isn't sent yet; and hint, of a recommended one."""
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
        self.surface: Surface = surface(cell, looks.palette)
        self.symbols: Symbols = looks.symbols
        self.back = background(cell, self.surface)
        dotted = looks.depth == "none" and cell.ground == "dark" and size > 1
        blank = (looks.symbols.texture if dotted else " ", style(None, self.back))
        self.places = [[blank] * self.width for _ in range(size)]
        self._free = (" ", looks.symbols.texture)
        self.middle = (size - 1) // 2

    def put(self, row: int, column: int, text: str, front: str | None, *, bold: bool = True) -> None:
        """Write over whatever is there."""
        for i, character in enumerate(text[: self.width - column]):
            self.places[row][column + i] = (character, style(front, self.back, bold))

    def put_if_free(self, row: int, column: int, text: str, front: str | None) -> None:
        """Write only where the piece leaves room."""
        if all(place[0] in self._free for place in self.places[row][column : column + len(text)]):
            self.put(row, column, text, front)

    def body(self) -> None:
        """The piece, or the hole it would fall into."""
        figure = self.cell.figure
        if self.cell.ground == "rack" and figure is None:
            self._hole()
        elif figure is None:
            return
        elif self._lettered(figure):
            self._token(figure)
        elif self.looks.draws and drawn(figure.shape):
            self._sprite(figure, figure.shape)
        else:
            text = self.looks.sign(figure.letter, figure.glyph, figure.shape, figure.second)
            self.put(self.middle, self.size - 2, f" {text} ", self.surface.tones[figure.tone][0])

    def _lettered(self, figure: Figure) -> bool:
        # The smallest outlines are too thin to tell the sides apart.
        thin = self.looks.draws and self.looks.depth == "none" and self.size == 2
        return (self.looks.pieces == "letters" or thin) and figure.shape not in _TELLING

    def _sprite(self, figure: Figure, shape: str) -> None:
        body, shade = self.surface.tones[figure.tone]
        manner: Manner = "solid"
        if self.looks.depth == "none" and figure.second and shape not in _TELLING:
            manner = "hollow"
        elif self.looks.pieces == "outline" and self.looks.depth != "none" and shape not in _TELLING:
            manner = "rimmed"
            basic = self.surface.tones["light" if figure.tone == "dark" else "dark"][0]
            shade = RIMS["dark" if figure.tone == "dark" else "light"] if self.looks.depth == "full" else basic
        inks = {"#": body, "o": shade, ".": self.back}
        for row, glyphs in enumerate(sprite(shape, self.width, self.size, manner)):
            for column, glyph in enumerate(glyphs):
                if glyph.front != ".":
                    self.places[row][column] = (glyph.text, self._inked(glyph, inks))

    def _token(self, figure: Figure) -> None:
        """A disc with the piece's letter upon it."""
        if self.size > 2 or self.looks.depth != "none" or not figure.second:
            self._sprite(figure, "token")
        body = self.surface.tones[figure.tone][0]
        front = self.surface.tones["light" if figure.tone == "dark" else "dark"][0]
        at = self.size - 1
        hollow = self.looks.depth == "none" and figure.second
        reverse = self.looks.depth == "none" and not hollow
        for column, text in ((at, figure.letter), (at + 1, " ")):
            look = style(front, None if hollow else body, bold=True, reverse=reverse)
            self.places[self.middle][column] = (text, look)

    def _inked(self, glyph: Glyph, inks: dict[str, str | None]) -> Style:
        if self.looks.depth == "none":
            return style(None, None, bold=True)
        return style(inks[glyph.front], inks[glyph.back])

    def _hole(self) -> None:
        if not self.looks.draws:
            self.put(self.middle, self.size - 1, ".", self.surface.label, bold=False)
            return
        if self.looks.depth == "none":
            self.put(self.middle, self.size - 1, "·", None, bold=False)
            return
        for row, glyphs in enumerate(sprite("disc", self.width, self.size)):
            for column, glyph in enumerate(glyphs):
                if glyph.front != ".":
                    self.places[row][column] = (glyph.text, style(self.looks.palette.hole, self.back))

    def marks(self) -> None:
        """Coordinates, then what the game points out, then what the player is about to do."""
        cell, last = self.cell, self.width - 1
        if self.size >= 3:
            self.put_if_free(0, 0, cell.corner, self.surface.label)
            foot = cell.foot[: self.width]
            self.put_if_free(self.size - 1, self.width - len(foot), foot, self.surface.label)
        for kind, sign in (
            ("last", self.symbols.last), ("win", self.symbols.win), ("check", self.symbols.check),
            ("plan", self.symbols.plan), ("hint", self.symbols.hint),
        ):  # fmt: skip
            if kind in cell.marks:
                self._point_out(sign)
        if cell.can_land:
            self._target()
        opening, closing = {
            "cursor": ("[", "]"), "hover": ("[", "]"), "held": self.symbols.held,
        }.get(cell.hand, ("", ""))  # fmt: skip
        if opening:
            self.put(self.middle, 0, opening, self.surface.mark)
            self.put(self.middle, last, closing, self.surface.mark)

    def _point_out(self, sign: str) -> None:
        """Put a mark in a corner that the piece leaves free."""
        last = self.width - 1
        free = (row for row in (0, self.size - 1, self.middle) if self.places[row][last][0] in self._free)
        self.put(next(free, 0), last, sign, self.surface.mark)

    def _target(self) -> None:
        if self.cell.figure is None:
            at = self.size - 1
            back = self.places[self.middle][at][1].bgcolor
            inside = self.looks.palette.hole if self.cell.ground == "rack" and back is not None else self.back
            for column in (at, at + 1) if self.size % 2 == 0 and self.size > 4 else (at,):
                self.places[self.middle][column] = (
                    self.symbols.target,
                    style(self.surface.mark, inside, bold=True),
                )
        else:
            self.put(self.middle, 0, self.symbols.target, self.surface.mark)
            self.put(self.middle, self.width - 1, self.symbols.target, self.surface.mark)

    def tiny(self) -> None:
        """Two characters: what there is to say, and the piece."""
        cell, signs = self.cell, self.symbols
        figure = cell.figure
        if figure is not None:
            written = self.looks.sign(figure.letter, figure.glyph, figure.shape, figure.second)
            text = figure.letter if self.looks.draws else written
            self.put(0, 1, text, self.surface.tones[figure.tone][0])
        elif cell.can_land:
            self.put(0, 1, signs.target, self.surface.mark)
        elif cell.ground != "air":
            self.put(0, 1, ".", self.surface.label, bold=False)
        said = (
            (cell.hand in ("cursor", "hover"), "["), (cell.closing, "]"), (cell.hand == "held", signs.held[0]),
            (cell.can_land and figure is not None, signs.target), ("check" in cell.marks, signs.check),
            ("plan" in cell.marks, signs.plan), ("hint" in cell.marks, signs.hint),
            ("win" in cell.marks, signs.win), ("last" in cell.marks, signs.last),
        )  # fmt: skip
        sign = next((sign for says, sign in said if says), None)
        if sign:
            self.put(0, 0, sign, self.surface.mark)

    def rows(self) -> tuple[Row, ...]:
        """What was painted, with neighbours of one style merged."""
        return tuple(_merged(places) for places in self.places)


def surface(cell: Cell, palette: Palette) -> Surface:
    """What a cell of this ground is painted with."""
    surfaces: dict[Ground, Surface] = {
        "light": palette.light, "dark": palette.dark, "plain": palette.plain,
        "rack": palette.rack, "air": palette.air,
    }  # fmt: skip
    return surfaces[cell.ground]


def background(cell: Cell, surface: Surface) -> str | None:
    """The colour of a cell behind its piece: of all there is to say, the most urgent."""
    said = (
        (cell.hand == "cursor", surface.cursor), (cell.hand == "held", surface.held),
        ("plan" in cell.marks, surface.plan), ("check" in cell.marks, surface.check),
        ("win" in cell.marks, surface.win), ("hint" in cell.marks, surface.target),
        ("last" in cell.marks, surface.last), (cell.can_land, surface.target),
    )  # fmt: skip
    return next((color for says, color in said if says), surface.base)


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
