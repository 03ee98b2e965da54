"""A line of moves in the notation people read."""

from __future__ import annotations

from collections.abc import Iterable

from gamesock.bot import Task
from gamesock.game import Move


def line(task: Task, moves: Iterable[Move]) -> tuple[str, ...]:
    """These legal moves, played one after another from the position of ``task``."""
    if task.position is None:
        return tuple(moves)
    position = task.position.copy()
    written = []
    for move in moves:
        written.append(task.game.format(position, move))
        position.play(move)
    return tuple(written)
