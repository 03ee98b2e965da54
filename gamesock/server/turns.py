"""Who may use a worker next: decisions about moves in the order they came, and analyses behind them.

Analyses never take the last worker, so that a game doesn't wait for somebody else's study. Where there is
only one, they get a second, of their own. Turns are for somebody (an address): whoever asks for many waits
behind those who ask for few, and leaves the others a worker where there are several.
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from gamesock.bot import BotError

NOBODY = ""
"""Whom a turn is for that is nobody's in particular: such turns have no limit of their own."""

SHARE = 4
"""Nobody waits in more than a quarter of the queue."""


class Turns:
    """Turns at ``size`` workers; ``queue``: how many may wait for one, of moves and of analyses each."""

    def __init__(self, size: int, queue: int) -> None:
        self._free = max(2, size)
        self._free_for = {False: size, True: max(1, size - 1)}
        self._lines = {study: _Line(max(1, slots - 1)) for study, slots in self._free_for.items()}
        self._queue = queue

    @asynccontextmanager
    async def take(self, *, study: bool = False, owner: str = NOBODY) -> AsyncIterator[None]:
        """A turn, once it comes; ``owner``: whom it is for.

        Raises:
            BotError: too many wait already.
        """
        await self._wait(study, owner)
        try:
            yield
        finally:
            self._give_back(study, owner)

    async def _wait(self, study: bool, owner: str) -> None:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        line = self._lines[study]
        line.add(owner, turn)
        self._call()
        if not turn.done() and self._too_many(line, owner):
            line.remove(owner, turn)
            what = "positions are being analysed" if study else "games are thinking"
            raise BotError(f"too many {what}; try again")
        try:
            await turn
        except asyncio.CancelledError:
            if turn.cancelled():
                line.remove(owner, turn)
            else:
                self._give_back(study, owner)
            raise

    def _too_many(self, line: _Line, owner: str) -> bool:
        share = max(1, self._queue // SHARE)
        return len(line) > self._queue or (owner != NOBODY and line.waiting(owner) > share)

    def _give_back(self, study: bool, owner: str) -> None:
        self._free += 1
        self._free_for[study] += 1
        self._lines[study].held[owner] -= 1
        self._call()

    def _call(self) -> None:
        """Give what is free to those whose turn it is."""
        for study, line in self._lines.items():
            while self._free and self._free_for[study] and (turn := line.next()):
                self._free -= 1
                self._free_for[study] -= 1
                turn.set_result(None)


class _Line:
    """Those who wait: owners take turns, and each one's own come in the order they asked."""

    def __init__(self, most: int) -> None:
        self.held: Counter[str] = Counter()
        """Turns that each owner has now; ``most`` is the limit."""
        self._most = most
        self._waiting: dict[str, deque[asyncio.Future[None]]] = {}

    def __len__(self) -> int:
        return sum(map(len, self._waiting.values()))

    def waiting(self, owner: str) -> int:
        """How many of an owner's wait."""
        return len(self._waiting.get(owner, ()))

    def add(self, owner: str, turn: asyncio.Future[None]) -> None:
        """Stand in line."""
        self._waiting.setdefault(owner, deque()).append(turn)

    def remove(self, owner: str, turn: asyncio.Future[None]) -> None:
        """Leave the line, if still in it."""
        own = self._waiting.get(owner, deque())
        with suppress(ValueError):
            own.remove(turn)
        if not own:
            self._waiting.pop(owner, None)

    def next(self) -> asyncio.Future[None] | None:
        """Whose turn it is; it counts as held from now on."""
        for owner in list(self._waiting):
            if owner != NOBODY and self.held[owner] >= self._most:
                continue
            own = self._waiting.pop(owner)
            while own and own[0].cancelled():
                own.popleft()
            if not own:
                continue
            turn = own.popleft()
            if own:
                self._waiting[owner] = own  # behind the others
            self.held = +self.held
            self.held[owner] += 1
            return turn
        return None
