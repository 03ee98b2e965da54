"""A bot that has solved tic-tac-toe.

Cells are bits 0 to 8 in reading order; a position is the bits of the seat to move and of the other one.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from gamesock.bot import Bot, Choice, Level, Task, Tell, Thought
from gamesock.bots.lines import line
from gamesock.game import Move, Seat, rng

_LINES = (0b111, 0b111000, 0b111000000, 0b1001001, 0b10010010, 0b100100100, 0b100010001, 0b1010100)
_FULL = 0b111111111
_WIN = 10


class PerfectBot(Bot):
    """Wins as soon as it can, loses as late as it must, and draws everything else."""

    name = "perfect"
    title = "Perfect"
    summary = "Has solved the game and never loses."
    games = ("tic_tac_toe",)
    levels = (Level(1, "Perfect", "never loses; a draw is the best anyone gets"),)
    evaluates = True
    strength = 2

    def choose(self, task: Task, tell: Tell) -> Choice:
        mine, theirs = _bits(task)
        best = _value(mine, theirs)
        equal = [cell for cell in _free(mine, theirs) if -_value(theirs, mine | cell) == best]
        cell = rng(task.seed, task.seat, mine, theirs).choice(equal)
        thought = _thought(task.seat, best, mine | theirs)
        thought.line = line(task, map(_move, _best_line(mine, theirs, cell)))
        tell(thought)
        return Choice(move=_move(cell), thought=thought)


@cache
def _value(mine: int, theirs: int) -> int:
    """What the seat to move gets: 0 for a draw, else ``_WIN`` less the signs on the board at the end.

    Negative when it loses.
    """
    if any(theirs & line == line for line in _LINES):
        return (mine | theirs).bit_count() - _WIN
    return max((-_value(theirs, mine | cell) for cell in _free(mine, theirs)), default=0)


def _best_line(mine: int, theirs: int, cell: int) -> Iterator[int]:
    """The cells played from here on, ``cell`` first, when both sides play their best."""
    while cell:
        yield cell
        mine, theirs = theirs, mine | cell
        ended = any(theirs & line == line for line in _LINES)
        replies = () if ended else _free(mine, theirs)
        cell = max(replies, key=lambda reply: -_value(theirs, mine | reply), default=0)


def _thought(seat: Seat, value: int, taken: int) -> Thought:
    """The solver's value in words: a score of 1, 0 or -1, and the moves to the end when it is forced."""
    plies = _WIN - abs(value) - taken.bit_count()
    moves = (plies + 1) // 2
    return Thought(
        seat=seat,
        score=float((value > 0) - (value < 0)),
        mate=(moves if value > 0 else -moves) if value else None,
        depth=9 - taken.bit_count(),
    )


def _free(mine: int, theirs: int) -> list[int]:
    return [1 << cell for cell in range(9) if not (mine | theirs) >> cell & 1]


def _bits(task: Task) -> tuple[int, int]:
    signs = [sign for row in task.view.model_dump()["board"] for sign in row]
    mine = sum(1 << cell for cell, sign in enumerate(signs) if sign == task.seat)
    return mine, sum(1 << cell for cell, sign in enumerate(signs) if sign not in (task.seat, None))


def _move(cell: int) -> Move:
    row, column = divmod(cell.bit_length() - 1, 3)
    return f"{row},{column}"
