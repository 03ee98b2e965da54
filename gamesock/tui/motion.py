"""How a piece gets from one cell to another: the boards in between two pictures. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from gamesock.game import BoardPicture

Cells: TypeAlias = tuple[str, ...]
"""As in ``BoardPicture.cells``."""

FRAMES = 3
"""Boards between two pictures, at most."""

TIME = 0.12
"""Seconds that a piece is on its way."""


def between(before: BoardPicture | None, after: BoardPicture | None) -> list[Cells]:
    """The boards on the way from one picture to the next; none where no piece is seen to move."""
    if before is None or after is None or len(before.cells) != len(after.cells):
        return []
    ways = _ways(before, after)
    if not 0 < len(ways) <= 2:  # castling moves two; more than that is no move
        return []
    frames = [_frame(before, after, ways, step / (FRAMES + 1)) for step in range(1, FRAMES + 1)]
    distinct = list(dict.fromkeys(frames))
    return [cells for cells in distinct if cells not in (before.cells, after.cells)]


def _ways(before: BoardPicture, after: BoardPicture) -> dict[int, int]:
    """Where each moved piece came from, by where it is now."""
    changed = [cell for cell, key in enumerate(after.cells) if key != before.cells[cell]]
    left = [cell for cell in changed if before.cells[cell]]
    ways: dict[int, int] = {}
    for target in (cell for cell in changed if after.cells[cell]):
        key = after.cells[target]
        origin = next((cell for cell in left if before.cells[cell] == key and cell not in ways.values()), None)
        if origin is not None:
            ways[target] = origin
        elif after.pick == "column":
            ways[target] = target % after.columns
    return ways


def _frame(before: BoardPicture, after: BoardPicture, ways: Mapping[int, int], share: float) -> Cells:
    cells = list(after.cells)
    for target in ways:
        cells[target] = before.cells[target]
    for target, origin in ways.items():
        row, column = (
            _part(a, b, share) for a, b in zip(_place(after, origin), _place(after, target), strict=True)
        )
        cells[row * after.columns + column] = after.cells[target]
    return tuple(cells)


def _place(picture: BoardPicture, cell: int) -> tuple[int, int]:
    return divmod(cell, picture.columns)


def _part(start: int, end: int, share: float) -> int:
    return start + int((end - start) * share)


def quick(environ: Mapping[str, str]) -> bool:
    """Whether the terminal is near enough for pictures that move: over SSH each costs a journey."""
    return not (environ.get("SSH_CONNECTION") or environ.get("SSH_TTY"))
