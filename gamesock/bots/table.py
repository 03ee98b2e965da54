"""What a search remembers of the positions it has seen (a transposition table)."""

from __future__ import annotations

from collections.abc import Hashable
from enum import IntEnum
from typing import Generic, NamedTuple, TypeVar

from gamesock.bots.alphabeta import DECIDED

M = TypeVar("M")

_SIZE = 250_000


class Bound(IntEnum):
    """What a score says of the true one."""

    EXACT = 0
    AT_LEAST = 1
    AT_MOST = 2


class Entry(NamedTuple, Generic[M]):
    """A position seen before; forced ends are counted from there, not from the root."""

    depth: int
    score: int
    bound: Bound
    move: M | None
    """The best move, if one was better than what was known to be within reach anyway."""

    def cut(self, depth: int, alpha: int, beta: int, ply: int) -> int | None:
        """The remembered score, where it is as good as a search to ``depth``."""
        if self.depth < depth:
            return None
        score = self.score
        if abs(score) >= DECIDED:
            score += -ply if score > 0 else ply
        if (
            self.bound == Bound.EXACT
            or (self.bound == Bound.AT_LEAST and score >= beta)
            or (self.bound == Bound.AT_MOST and score <= alpha)
        ):
            return score
        return None


class Table(Generic[M]):
    """Entries by position, forgotten all at once when they become too many."""

    def __init__(self) -> None:
        self._entries: dict[Hashable, Entry[M]] = {}
        self.get = self._entries.get
        """The entry of a position, or None."""

    def put(self, key: Hashable, depth: int, score: int, beta: int, move: M | None, ply: int) -> None:
        """Remember a score found ``ply`` half-moves from the root; no ``move``: it is at most that."""
        bound = Bound.AT_LEAST if score >= beta else Bound.EXACT if move is not None else Bound.AT_MOST
        if abs(score) >= DECIDED:
            score += ply if score > 0 else -ply
        if len(self._entries) >= _SIZE:
            self._entries.clear()
        self._entries[key] = Entry(depth, score, bound, move)
