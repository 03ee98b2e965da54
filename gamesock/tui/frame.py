"""Where the squares of a board are on the screen. Pure geometry, in characters."""

from __future__ import annotations

from typing import NamedTuple

from textual.geometry import Region

from gamesock.game import BoardPicture

INSIDE = 3
"""Cells of this height have room for coordinates."""


class Shape(NamedTuple):
    """What of a picture decides its frame; it doesn't change during a game."""

    rows: int
    columns: int
    surface: str
    labelled: bool
    drops: bool

    @classmethod
    def of(cls, picture: BoardPicture) -> Shape:
        """The shape of this picture."""
        labelled = bool(picture.column_labels or picture.row_labels)
        return cls(picture.rows, picture.columns, picture.surface, labelled, picture.pick == "column")


class Frame(NamedTuple):
    """A board of cells ``2 * size x size``, with margins for labels and for the piece about to drop."""

    shape: Shape
    size: int
    gap: int = 0
    """Lines between cells."""
    left: int = 0
    top: int = 0
    right: int = 0
    bottom: int = 0

    @property
    def cell_width(self) -> int:
        """Columns of characters of a cell."""
        return 2 * self.size

    @property
    def width(self) -> int:
        """Columns of characters of the whole board."""
        columns = self.shape.columns
        return self.left + columns * self.cell_width + (columns - 1) * self.gap + self.right

    @property
    def height(self) -> int:
        """Rows of characters of the whole board."""
        return self.top + self.shape.rows * self.size + (self.shape.rows - 1) * self.gap + self.bottom

    def region(self, row: int, column: int) -> Region:
        """The characters of the cell at this place on the screen."""
        return Region(
            self.left + column * (self.cell_width + self.gap),
            self.top + row * (self.size + self.gap),
            self.cell_width,
            self.size,
        )

    def at(self, x: int, y: int) -> tuple[int, int] | None:
        """The row and column on the screen of the cell at a character; in the drop margin, row 0."""
        column, across = divmod(x - self.left, self.cell_width + self.gap)
        row, down = divmod(y - self.top, self.size + self.gap)
        if self.shape.drops and 0 <= y < self.top:
            row, down = 0, 0
        inside = 0 <= column < self.shape.columns and 0 <= row < self.shape.rows
        return (row, column) if inside and across < self.cell_width and down < self.size else None


def frame(shape: Shape, size: int, *, labels: bool = True) -> Frame:
    """The frame with cells of this size; ``labels``: with a margin for those that don't fit in."""
    outside = shape.labelled and labels
    match shape.surface:
        case "rack":
            return Frame(shape, size, left=1, right=1, top=size if shape.drops else 0, bottom=int(outside))
        case "grid":
            margin = 2 if outside and size < INSIDE else 0
            gap = 1 if size > 1 else 0
            return Frame(shape, size, gap, left=margin, bottom=int(margin > 0), right=int(size == 1))
        case _:
            margin = 2 if outside and size < INSIDE else 0
            return Frame(shape, size, left=margin, bottom=int(margin > 0), right=int(size == 1))


def fit(shape: Shape, width: int, height: int) -> Frame | None:
    """The largest frame that fits into ``width x height`` characters, or None: not even the smallest does."""
    if not shape.rows or not shape.columns:
        return None
    most = min(width // (2 * shape.columns), height // shape.rows)
    for size in range(most, 0, -1):
        for labels in (True, False):
            candidate = frame(shape, size, labels=labels)
            if candidate.width <= width and candidate.height <= height:
                return candidate
    return None
