"""The contract of every store: append to a thread's log, read it back, list threads."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from gamesock.game import Seat
from gamesock.record import Event, Header


class StoreError(Exception):
    """The store can't do it now (disk full, read-only, locked, corrupt); ``str(error)`` says why."""


class Conflict(StoreError):
    """The log has moved on: it doesn't end at the expected seq. Read it again."""


class Log(NamedTuple):
    """A thread as it was stored."""

    header: Header
    events: list[Event]
    left_at: float | None = None
    """When another server process that wrote it last was last seen alive; None if that is us."""


@dataclass(frozen=True, slots=True)
class Summary:
    """A line of a list of threads."""

    header: Header
    seq: int
    ply: int
    updated: float
    """Seconds since 1970 of the last event."""
    players: dict[Seat, str] = field(default_factory=dict)
    bots: Mapping[Seat, int | None] = field(default_factory=dict)
    """The seats that bots play, and at which level, where that is known."""
    ended: str | None = None
    """The reason of the outcome, or None while the game goes on."""
    winner: Seat | None = None


class Wanted(NamedTuple):
    """Which public threads a list shows."""

    games: Mapping[str, int]
    """The games in question, and how many seats each has."""
    finished: bool = False
    open: bool | None = None
    """Only those with a free seat, or only those without."""
    text: str | None = None
    """Part of the id or of a player's name; the case of ASCII letters doesn't matter."""


class Place(NamedTuple):
    """Where in a list a thread stands: it never moves, whatever happens to the thread."""

    created: float
    thread: str


class Store(ABC):
    """Keeps logs. Every method may raise ``StoreError``."""

    name: str
    """How it is written on the command line: ``memory``, ``sqlite:/path/games.db``."""

    @abstractmethod
    async def open(self) -> None:
        """Get ready; create or migrate what is missing."""

    @abstractmethod
    async def close(self) -> None:
        """Finish every append under way, then let go."""

    @abstractmethod
    async def append(self, thread: str, after: int, events: Sequence[Event], header: Header | None = None) -> None:
        """Append events to the log that ends at seq ``after``; durable on return.

        ``header`` comes with the first events of a thread (``after`` is 0) and creates it. All of the
        events are stored, or none; cancelled while waiting, or told of another ``StoreError``, read the
        log to learn which.

        Raises:
            Conflict: the log ends elsewhere (or the thread exists already, or doesn't yet).
            ValueError: there are no events, they aren't numbered from ``after + 1`` on, or can't be JSON.
        """

    @abstractmethod
    async def read(self, thread: str) -> Log | None:
        """The whole log, or None if there is no such thread."""

    @abstractmethod
    async def threads(
        self,
        *,
        finished: bool | None = None,
        game: str | None = None,
        listed: bool = False,
        limit: int = 100,
        before: float | None = None,
    ) -> list[Summary]:
        """Threads, the last changed first; ``before`` (a Summary's ``updated``) pages on to older ones.

        ``finished``: only those that are over (or that go on); ``listed``: public ones only.
        """

    @abstractmethod
    async def listed(self, wanted: Wanted, limit: int, after: Place | None = None) -> tuple[list[Summary], int]:
        """Public threads, the last created first, from ``after`` on; and how many there are in all."""

    @abstractmethod
    async def alive(self, now: float) -> None:
        """Note that this process is alive: clocks of its threads ran until now."""
