"""An analysis under way: which positions are known, which is asked about next, and what follows from it all."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

from gamesock import protocol as p
from gamesock.analysis import Report, analyse
from gamesock.analyst import Analyst
from gamesock.bot import Thought
from gamesock.game import Seat
from gamesock.protocol import Code

SECONDS = 0.5
"""What a bot is given for each position at first; asked again, it gets ``DEEPER`` times as long."""

DEEPER = 4


FAILURES = 2
"""Positions in a row that a bot may fail at; one more, and it isn't asked on."""


class Line(NamedTuple):
    """The moves that stand at the end of a game: who made each, and its notation."""

    seats: tuple[Seat, ...]
    moves: tuple[tuple[Seat, str], ...]
    end: float | None = None
    """The first seat's chance in the last position, if the rules decided it."""

    @classmethod
    def of(cls, updates: Sequence[p.StateUpdate]) -> Line:
        """The line that a replay's updates lead to."""
        moves: list[tuple[Seat, str]] = []
        for update in updates:
            if update.notation and update.seat:
                moves = [*moves[: update.ply - 1], (update.seat, update.notation)]
            else:
                moves = moves[: update.ply]
        last = updates[-1] if updates else None
        table = last.table if last else None
        decided = last is not None and last.picture is not None and not last.picture.moves
        end = None
        if table and table.outcome and decided:
            winner = table.outcome.winner
            end = 0.5 if winner is None else 1.0 if winner == table.seats[0] else 0.0
        return cls(table.seats if table else (), tuple(moves), end)


class Study:
    """The analysis of one game."""

    def __init__(self, line: Line, thoughts: Sequence[Thought | None] = ()) -> None:
        """``thoughts``: opinions that are there already, to begin with."""
        self.line = line
        self.seconds = SECONDS
        self.thoughts: list[Thought | None] = [None] * (len(line.moves) + 1)
        self.known = 0
        """How many positions somebody was asked about."""
        self.running = False
        self.report: Report | None = None
        self._failures = 0
        if len(thoughts) == len(self.thoughts):
            self.thoughts = list(thoughts)
            self.judge()
        self._paces: list[float] = []

    @property
    def total(self) -> int:
        """How many positions there are to think about."""
        return len(self.thoughts) - (self.line.end is not None)

    @property
    def finished(self) -> bool:
        """Whether every position was thought about."""
        return self.known >= self.total

    @property
    def left(self) -> float:
        """Seconds that the rest will take, as far as can be told."""
        pace = sum(self._paces) / len(self._paces) if self._paces else self.seconds
        return (self.total - self.known) * pace

    def deepen(self) -> None:
        """Begin again, with more time for each position; what is known stays until it is known better."""
        self.seconds *= DEEPER
        self.known, self._paces = 0, []

    def judge(self) -> None:
        """Draw conclusions from what is known."""
        end = self.line.end if self.finished or not self.known else None
        self.report = analyse(self.thoughts, self.line.moves, self.line.seats, end)

    async def run(self, analyst: Analyst, told: Callable[[], object]) -> None:
        """Ask about what isn't known yet, and say ``told`` after each answer.

        Raises:
            Refusal, ConnectionLost, TimeoutError: it can't go on; what is known stays.
        """
        self.running, self._failures = True, 0
        try:
            while not self.finished:
                began = time.monotonic()
                self.thoughts[self.known] = await self._ask(analyst, self.known)
                self.known += 1
                self._paces.append(time.monotonic() - began)
                self.judge()
                told()
        finally:
            self.running = False

    async def _ask(self, analyst: Analyst, ply: int) -> Thought | None:
        try:
            thought = await analyst.think(ply, self.seconds)
        except p.Refusal as refusal:
            self._failures += refusal.code == Code.BOT_FAILED
            if refusal.code not in (Code.GAME_OVER, Code.BOT_FAILED) or self._failures > FAILURES:
                raise
            return self.thoughts[ply]
        self._failures = 0
        return thought
