"""A game to look at again, as the replay screen takes it: made elsewhere, from a recording."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple, Protocol, overload

from gamesock import protocol as p
from gamesock.analyst import Analyst
from gamesock.bot import Thought


class Recorded(NamedTuple):
    """One game.

    Attributes:
        title: who played.
        updates: full states: the start, each move and takeback, and the end.
        details: where and when, and the result.
        thoughts: opinions that came with it, about the start and the position after each move; none: none did.
        pgn: the game as PGN, where the game has such a thing.
        analyst: connects somebody who can be asked about it; None: nobody can.
    """

    title: str
    updates: Sequence[p.StateUpdate]
    details: str = ""
    thoughts: Sequence[Thought | None] = ()
    pgn: Callable[[], str] | None = None
    analyst: Callable[[], Awaitable[Analyst]] | None = None


class Volume(NamedTuple):
    """One game of several, before it is opened."""

    title: str
    details: str
    open: Callable[[], Recorded] | None
    """None: it can't be read; the details say why."""


AT_ONCE = 50
"""Games of a file that are read before anything is shown."""


class Shelf(Sequence[Volume]):
    """The games of a file, in their order: the first are read, and ``rest`` reads the others."""

    def __init__(self, volumes: Iterator[Volume]) -> None:
        """Reads the first; raises what reading them raises."""
        self._volumes = list(islice(volumes, AT_ONCE))
        self.rest = volumes

    def __len__(self) -> int:
        return len(self._volumes)

    @overload
    def __getitem__(self, at: int) -> Volume: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Volume]: ...
    def __getitem__(self, at: int | slice) -> Volume | Sequence[Volume]:
        return self._volumes[at]


class Archive(Protocol):
    """Makes games to look at of recordings."""

    def recorded(self, recording: str, analyst: Callable[[], Awaitable[Analyst]] | None = None) -> Recorded:
        """A game from its recording as text; without ``analyst``, one of this machine is asked.

        Raises:
            ValueError: it is no recording, or an impossible one.
        """
