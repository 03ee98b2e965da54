"""What a board shows at one moment, and what a gesture on it would mean. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import NamedTuple, TypeAlias

from gamesock.game import BoardPicture, PictureMove, Seat
from gamesock.tui.cells import Cell, Figure, Ground, Hand
from gamesock.tui.frame import INSIDE, Frame
from gamesock.tui.plans import candidates

Place: TypeAlias = tuple[int, int]
"""A row and a column on the screen; row -1 is the air above a board that pieces drop into."""


@dataclass(frozen=True)
class Scene:
    """A picture, the side it is seen from, the cursor and the piece in hand."""

    picture: BoardPicture | None = None
    mover: Seat | None = None
    active: bool = False
    """Whether the player may move now."""
    walkable: bool = False
    """Whether there is a cursor."""
    flipped: bool = False
    planners: tuple[Seat, ...] = ()
    """Who plans a move ahead, of any piece of theirs; nobody: the moves are those of the picture."""
    planned: frozenset[int] = frozenset()
    """The cells of a move that isn't sent yet."""
    hinted: frozenset[int] = frozenset()
    """The cells of a move that a bot recommends."""
    cursor: int = -1
    held: int | None = None

    def turned_to(self, shown: Scene) -> Scene:
        """That scene with the cursor of this one; what is held stays in hand while it still can move."""
        cursor, picture = self.cursor, shown.picture
        if picture is None:
            return replace(shown, cursor=cursor)
        if not 0 <= cursor < len(picture.cells):
            row = picture.rows // 2 if picture.rows <= 3 else picture.rows - 2
            cursor = shown.cell(row, picture.columns // 2)
        elif shown.flipped != self.flipped:
            # Where one looks stays where one looks.
            cursor = len(picture.cells) - 1 - cursor
        scene = replace(shown, cursor=cursor)
        return scene.holding(scene.grasp(self.held)) if self.held is not None else scene

    # Cells and places

    def cell(self, row: int, column: int) -> int:
        """The cell that is seen at a place."""
        assert self.picture is not None
        row = max(0, row)
        if self.flipped:
            row, column = self.picture.rows - 1 - row, self.picture.columns - 1 - column
        return row * self.picture.columns + column

    def place_of(self, cell: int) -> Place:
        """Where a cell is seen."""
        assert self.picture is not None
        row, column = divmod(cell, self.picture.columns)
        if self.flipped:
            return self.picture.rows - 1 - row, self.picture.columns - 1 - column
        return row, column

    @property
    def drops(self) -> bool:
        """Whether a column is picked rather than a cell."""
        return self.picture is not None and self.picture.pick == "column"

    # Gestures

    def at(self, cell: int) -> Scene:
        """The scene with the cursor there."""
        return replace(self, cursor=cell)

    def holding(self, cell: int | None) -> Scene:
        """The scene with the piece of this cell in hand."""
        return replace(self, held=cell)

    def stepped(self, down: int, across: int) -> Scene:
        """The scene with the cursor moved, as seen on the screen; it stops at the edge."""
        if self.picture is None:
            return self
        row, column = self.place_of(self.cursor)
        row = min(max(row + down, 0), self.picture.rows - 1)
        column = min(max(column + across, 0), self.picture.columns - 1)
        return self.at(self.cell(row, column))

    @cached_property
    def moves(self) -> tuple[PictureMove, ...]:
        """The moves the player may make now; what may be planned is a lot, and found when it is asked for."""
        if self.picture is None or not self.active:
            return ()
        return (candidates(self.picture, self.planners) if self.planners else self.picture).moves

    def fitting(self, cell: int) -> list[PictureMove]:
        """The moves that picking this cell would make."""
        if self.picture and self.drops:
            columns = self.picture.columns
            return [move for move in self.moves if move.target % columns == cell % columns]
        return [move for move in self.moves if move.origin == self.held and move.target == cell]

    def grasp(self, cell: int | None) -> int | None:
        """The cell if a piece there can be taken in hand, else None; taken twice, it is put back."""
        movable = cell != self.held and any(move.origin == cell for move in self.moves)
        return cell if movable and cell is not None else None

    @cached_property
    def landing(self) -> frozenset[int]:
        """Cells to point out as legal targets."""
        if self.picture is None:
            return frozenset()
        if self.drops:
            return frozenset(move.target for move in self.fitting(self.cursor))
        if self.held is not None:
            targets = frozenset(move.target for move in self.moves if move.origin == self.held)
            # Planned ahead, a piece may go anywhere: dots everywhere would say nothing either.
            return frozenset() if len(targets) >= len(self.picture.cells) - 1 else targets
        if self.planners:
            return frozenset()
        targets = frozenset(move.target for move in self.moves if move.origin is None)
        free = {cell for cell, key in enumerate(self.picture.cells) if not key}
        # Where any free cell will do, dots on all of them would say nothing.
        return frozenset() if targets >= free else targets


class _Square(NamedTuple):
    """What of a cell stays as it is during a game."""

    place: Place
    cell: int
    ground: Ground
    corner: str
    foot: str
    before: int | None
    """The cell to its left, where that closes its brackets in this one."""


_NO_MARKS: frozenset[str] = frozenset()


def cells_of(scene: Scene, frame: Frame | None) -> dict[Place, Cell]:
    """How every cell of a scene looks, by its place on the screen."""
    picture = scene.picture
    if picture is None or frame is None:
        return {}
    first = next((piece.seat for piece in picture.pieces.values() if piece.seat), None)
    figures = {key: Figure.of(piece, first) for key, piece in picture.pieces.items()}
    marks: dict[int, set[str]] = {}
    for mark in picture.marks:
        marks.setdefault(mark.cell, set()).add(mark.kind)
    for cell in scene.planned:
        marks.setdefault(cell, set()).add("plan")
    for cell in scene.hinted:
        marks.setdefault(cell, set()).add("hint")
    numbers, landing = _numbers(scene, picture), scene.landing
    cells: dict[Place, Cell] = {}
    for square in _squares(frame, picture.row_labels, picture.column_labels, scene.flipped):
        at = square.cell
        cells[square.place] = Cell(
            square.ground,
            figures.get(picture.cells[at]),
            frozenset(marks[at]) if at in marks else _NO_MARKS,
            _hand(scene, at),
            at in landing,
            square.corner or numbers.get(at, ""),
            square.foot,
            square.before is not None and _hand(scene, square.before) == "cursor",
        )
    if scene.drops:
        cells |= _air(scene, picture, frame, figures)
    return cells


def _air(scene: Scene, picture: BoardPicture, frame: Frame, figures: dict[str, Figure]) -> dict[Place, Cell]:
    key = next((key for key, piece in picture.pieces.items() if piece.seat == scene.mover), "")
    at = scene.place_of(scene.cursor)[1] if scene.walkable and scene.active else -1
    return {
        (-1, column): Cell(
            ground="air",
            figure=figures.get(key) if column == at else None,
            hand="hover" if column == at else "",
            closing=frame.size == 1 and column - 1 == at >= 0,
        )
        for column in range(picture.columns)
    }


@lru_cache(maxsize=64)
def _squares(
    frame: Frame, row_labels: Sequence[str], column_labels: Sequence[str], flipped: bool
) -> tuple[_Square, ...]:
    """All of a board, row by row on the screen."""
    shape, inside = frame.shape, frame.size >= INSIDE
    last, found = shape.rows * shape.columns - 1, []
    for seen in range(last + 1):
        place, cell = divmod(seen, shape.columns), last - seen if flipped else seen
        row, column = divmod(cell, shape.columns)
        corner = row_labels[row] if row_labels and inside and not place[1] else ""
        lowest = place[0] == shape.rows - 1 and shape.surface != "rack"
        foot = column_labels[column] if column_labels and inside and lowest else ""
        before = (cell + 1 if flipped else cell - 1) if frame.size == 1 and place[1] else None
        found.append(_Square(place, cell, _ground(shape.surface, row, column), corner, foot, before))
    return tuple(found)


def _ground(surface: str, row: int, column: int) -> Ground:
    match surface:
        case "checkered":
            return "dark" if (row + column) % 2 else "light"
        case "rack":
            return "rack"
        case _:
            return "plain"


def _hand(scene: Scene, cell: int) -> Hand:
    if scene.drops:
        return ""
    if scene.walkable and cell == scene.cursor:
        return "cursor"
    return "held" if cell == scene.held else ""


def _numbers(scene: Scene, picture: BoardPicture) -> dict[int, str]:
    """What to type for each free cell, on a board without coordinates."""
    if picture.column_labels or picture.row_labels or scene.drops:
        return {}
    return {move.target: move.label for move in picture.moves if move.origin is None and len(move.label) <= 2}
