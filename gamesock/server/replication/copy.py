"""A thread on its way to a project: how far it got, what is left, and what it waits for."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple
from uuid import UUID

from gamesock import record as r
from gamesock.game import Seat
from gamesock.record import Event, Header
from gamesock.server.replication.rows import Row, event_row, thread_id
from gamesock.thread import CorruptLog, Thread

TAIL = 64
"""Events of one thread that are held in memory; more, and they are read from the store."""

BATCH = 200
"""Rows of one request."""

LARGE = 1_000_000
"""Bytes of one request, if it has more than one row."""


class State(Enum):
    """What a copy does."""

    IDLE = "idle"
    READY = "ready"
    BUSY = "busy"
    LATER = "later"
    WAITING = "waiting"
    PARKED = "parked"


class Line(NamedTuple):
    """An event, and who may move after it; None: not known."""

    event: Event
    to_move: frozenset[Seat] | None


@dataclass(eq=False, slots=True)
class Copy:
    """One thread's copy."""

    name: str
    state: State = State.IDLE
    header: Header | None = None
    """None: not looked at yet."""
    hidden: bool = False
    ended: bool = False
    seq: int = 0
    """Copied so far."""
    end: int = 0
    """Where the log ends, as far as is known."""
    owner: str | None = None
    """In whose name it is kept there."""
    begun: bool = False
    """Whether the project has the thread."""
    tail: deque[Line] = field(default_factory=deque)
    fold: Thread | None = None
    """The log folded so far, while there is more of it than memory holds."""
    since: float | None = None
    """When the oldest event that isn't copied came."""
    tries: int = 0

    @property
    def pending(self) -> int:
        """Events that aren't copied yet."""
        return max(0, self.end - self.seq)

    @property
    def id(self) -> UUID:
        """Its id at the project."""
        assert self.header and self.owner
        return thread_id(self.owner, self.header.thread, self.header.epoch)

    def extend(self, events: Sequence[Event], to_move: frozenset[Seat] | None) -> None:
        """Events were stored; after the last of them these seats may move."""
        if self.since is None:
            self.since = time.monotonic()
        self.end = max(self.end, events[-1].seq)
        self.ended = self.ended or any(isinstance(event, r.Ended) for event in events)
        if self.tail and self.tail[-1].event.seq + 1 != events[0].seq:
            self.tail.clear()
        turning = [event for event in events if isinstance(event, r.Moved | r.Ran | r.TakenBack)]
        self.tail.extend(Line(event, to_move if turning[-1:] == [event] else None) for event in events)
        while len(self.tail) > TAIL:
            self.tail.popleft()

    def kept(self, seq: int) -> None:
        """The project has the log up to ``seq``."""
        self.seq, self.tries = seq, 0
        while self.tail and self.tail[0].event.seq <= seq:
            self.tail.popleft()
        self.since = time.monotonic() if self.pending else None
        if not self.pending:
            self.fold = None

    def at_hand(self) -> list[Line] | None:
        """What comes next, if memory holds it."""
        if not self.tail or self.tail[0].event.seq != self.seq + 1:
            return None
        return [line for line, _ in zip(self.tail, range(BATCH), strict=False)]

    def rows(self, lines: Iterable[Line]) -> list[Row]:
        """The rows of one request: as many as it may have."""
        rows: list[Row] = []
        size = 0
        for line in lines:
            row, bytes_ = event_row(self.id, line.event, line.to_move)
            size += bytes_
            if rows and size > LARGE:
                break
            rows.append(row)
        return rows


def folded(thread: Thread | None, events: Sequence[Event], after: int) -> list[Line]:
    """The events after ``after``, each with who may move then: not known without a thread to fold them into."""
    lines: list[Line] = []
    for event in events:
        try:
            if thread:
                thread.apply(event)
        except CorruptLog:
            thread = None
        if event.seq > after:
            lines.append(Line(event, thread.position.to_move if thread else None))
    return lines
