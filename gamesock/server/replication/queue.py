"""Which threads there are to copy, which comes next, what the others wait for. It all follows from the store."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import Iterable, Sequence

from gamesock.game import Seat
from gamesock.record import Ended, Event, Joined
from gamesock.server.replication.copy import Copy, State
from gamesock.server.replication.rows import is_user

KNOWN = 20_000
"""Threads whose copies are kept in mind; more, and they are looked up again when something happens there."""

MOVING = (State.READY, State.BUSY, State.LATER)
"""What copies do that will get there by themselves."""


class Queue:
    """The copies of one replicator."""

    def __init__(self) -> None:
        self.parked: set[str] = set()
        """Threads that are copied no further until somebody releases them."""
        self._copies: OrderedDict[str, Copy] = OrderedDict()
        self._guests: OrderedDict[str, None] = OrderedDict()
        """Threads in which nobody is signed in."""
        self._ready: deque[Copy] = deque()
        self._backlog: deque[str] = deque()
        self._waiting: dict[str, set[str]] = {}
        """For which users which threads wait."""
        self._more = asyncio.Event()

    # What there is to do

    def kept(self, thread: str, events: Sequence[Event], to_move: frozenset[Seat] | None) -> None:
        """The store has these events; after them these seats may move (None: that isn't known)."""
        copy = self._copies.get(thread)
        if copy is None:
            if thread in self._guests and not signed(events):
                return
            self._guests.pop(thread, None)
            copy = self.known(thread)
        copy.extend(events, to_move)
        if copy.state is State.IDLE and _concerns(copy, events):
            self.go(copy)

    def left(self, threads: Iterable[str]) -> None:
        """These threads were not copied to their ends."""
        self._backlog.extend(threads)
        self._more.set()

    async def next(self) -> Copy:
        """The next copy to carry."""
        while True:
            if self._ready:
                return self._ready.popleft()
            if self._backlog:
                copy = self.known(self._backlog.popleft())
                if copy.state is State.IDLE:
                    return copy
            else:
                self._more.clear()
                await self._more.wait()

    def known(self, thread: str) -> Copy:
        """The copy of a thread."""
        copy = self._copies.get(thread)
        if copy is None:
            copy = self._copies[thread] = Copy(thread)
            if thread in self.parked:
                copy.state = State.PARKED
            if len(self._copies) > KNOWN:
                self._forget_some()
        return copy

    # What comes of it

    def go(self, copy: Copy) -> None:
        """Carry it as soon as may be."""
        copy.state = State.READY
        self._ready.append(copy)
        self._more.set()

    def later(self, copy: Copy, wait: float) -> None:
        """Carry it in ``wait`` seconds, if there is anything to carry then."""
        copy.state = State.LATER
        asyncio.get_running_loop().call_later(wait, self._rested, copy)

    def wait_for(self, user: str, copy: Copy) -> None:
        """Carry it when that user is here."""
        copy.state = State.WAITING
        self._waiting.setdefault(user, set()).add(copy.name)

    def came(self, user: str) -> None:
        """That user is here."""
        for thread in self._waiting.pop(user, ()):
            copy = self.known(thread)
            if copy.state in (State.WAITING, State.IDLE):
                self.go(copy)

    def park(self, copy: Copy) -> None:
        """Carry it no more."""
        copy.state = State.PARKED
        self.parked.add(copy.name)

    def release(self, thread: str) -> None:
        """Carry it again, as if nothing was known of it."""
        self.parked.discard(thread)
        self._copies.pop(thread, None)
        self.go(self.known(thread))

    def is_guests(self, copy: Copy) -> None:
        """Nobody is signed in there: nothing is to be carried until somebody is."""
        del self._copies[copy.name]
        self._guests[copy.name] = None
        if len(self._guests) > KNOWN:
            self._guests.popitem(last=False)

    # Figures

    @property
    def pending(self) -> int:
        """Events not copied yet, of the threads in mind."""
        return sum(copy.pending for copy in self._copies.values() if copy.owner)

    @property
    def waiting(self) -> int:
        """Threads that wait for somebody."""
        return sum(map(len, self._waiting.values()))

    @property
    def lag(self) -> float:
        """Seconds since the oldest event came that could be copied and isn't."""
        since = [copy.since for copy in self._copies.values() if copy.since is not None and copy.state in MOVING]
        return time.monotonic() - min(since) if since else 0.0

    @property
    def moving(self) -> bool:
        """Whether anything is on its way."""
        return any(copy.pending and copy.state in MOVING for copy in self._copies.values())

    def _rested(self, copy: Copy) -> None:
        copy.state = State.IDLE
        if copy.pending:
            self.go(copy)

    def _forget_some(self) -> None:
        """The store knows all of them: forget those that aren't being carried, the oldest first."""
        for name in list(self._copies)[: KNOWN // 10]:
            if self._copies[name].state not in MOVING:
                del self._copies[name]


def signed(events: Iterable[Event]) -> bool:
    """Whether somebody sat down signed in."""
    return any(isinstance(event, Joined) and is_user(event.player.user) for event in events)


def _concerns(copy: Copy, events: Sequence[Event]) -> bool:
    """Whether there is something to send: a game with secrets may have to wait for its end."""
    waits_for_end = copy.header is not None and copy.owner is None
    return not waits_for_end or any(isinstance(event, Ended) for event in events)
