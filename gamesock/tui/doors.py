"""What the home screen needs of the program around it: games, a server inside, and what is kept."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from gamesock.game import BoardPicture
from gamesock.place import Place
from gamesock.seatbook import Entry, SeatBook
from gamesock.tui.home_rows import Kept
from gamesock.tui.recorded import Volume


async def as_noted(entries: Sequence[Entry]) -> list[Entry]:
    """The games as they were when they were left here."""
    return list(entries)


@dataclass(frozen=True)
class Doors:
    """The ways out of the home screen.

    Attributes:
        games: the installed games: name, title, and the board they begin with.
        local: starts a server inside this program, the first time; blocks meanwhile.
        kept: games kept here that are over, the last one first.
        standing: games of the seat book as they stand by now, without those that are over: another program may
            have gone on with them since.
        open: the games of a file, or a kept one; blocks; raises ``NotGood``.
        shared: whether others play in the place that ``local`` opens, so that its lobby is worth a visit.
        places: where one played, by their names in the seat book; the screen adds to it.
    """

    games: Sequence[tuple[str, str, BoardPicture]]
    local: Callable[[], Place]
    kept: Callable[[], Awaitable[Sequence[Kept]]]
    open: Callable[[str], Sequence[Volume]]
    standing: Callable[[Sequence[Entry]], Awaitable[list[Entry]]] = as_noted
    player: str | None = None
    shared: bool = False
    places: dict[str, Place] = field(default_factory=dict)
    book: SeatBook = field(default_factory=SeatBook)
