"""``gamesock replay``: a game again, from a file, from those kept here, or from a server."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from gamesock import record
from gamesock.analyst import Analyst, enter, fetch
from gamesock.cli.archive import details_of, recorded, title_of
from gamesock.cli.options import Problem, Settings, preferred
from gamesock.cli.show import looks, need_terminal
from gamesock.cli.transfer import Recording, read_games, read_text, read_thread
from gamesock.client import Client
from gamesock.plain import read_out
from gamesock.record import Event, Header
from gamesock.replay import replay as updates_of
from gamesock.text import clean
from gamesock.tui.recorded import Recorded, Shelf, Volume


class Source(NamedTuple):
    """Which game, and where it is."""

    recording: str
    number: int | None = None
    """Of a file with several games."""
    server: str | None = None
    store: str = "sqlite"


def replay(source: Source, speed: float, settings: Settings) -> int:
    """Replay; the exit code."""
    games, analyst = _read(source)
    if source.number is not None:
        games = iter([_numbered(games, source.number)])
    if settings.json or settings.plain:
        number, (header, events) = _first(games)
        (_write_json if settings.json else partial(_read_out, speed=speed))(header, events)
        return 0 if number == 1 else 1
    need_terminal(settings)
    from gamesock.tui.app import run_replay

    return run_replay(
        _volumes(games, analyst), Path(source.recording).name, looks(settings), speed, preferred(settings)
    )


def volumes(source: Source) -> Shelf:
    """The games of a source, to be opened on a screen; raises as ``replay`` does."""
    return _volumes(*_read(source))


def _volumes(games: Iterator[Recording | Problem], analyst: Callable[[], Awaitable[Analyst]] | None) -> Shelf:
    return Shelf(_volume(game, analyst) for game in games)


def _volume(game: Recording | Problem, analyst: Callable[[], Awaitable[Analyst]] | None) -> Volume:
    if isinstance(game, Problem):
        return Volume(clean(str(game), 200), "", None)
    return Volume(title_of(*game), details_of(*game), partial(_opened, *game, analyst))


def _opened(header: Header, events: Sequence[Event], analyst: Callable[[], Awaitable[Analyst]] | None) -> Recorded:
    game = recorded(header, events, analyst)
    # While a game goes on elsewhere, a bot's opinion of it is help for one of its players.
    going_on = analyst is not None and not any(isinstance(event, record.Ended) for event in events)
    return game._replace(analyst=None) if going_on else game


def _read(source: Source) -> tuple[Iterator[Recording | Problem], Callable[[], Awaitable[Analyst]] | None]:
    """The games as they are read, and whom to ask about them, if that is someone elsewhere."""
    if source.server:
        from gamesock.address import server_url
        from gamesock.place import Place

        place = Place(server_url(source.server))
        game = asyncio.run(_fetch(place.client(source.recording)))
        return iter([game]), lambda: Analyst(place.client(source.recording)).open()
    path = Path(source.recording)
    if path.suffix in (".jsonl", ".pgn") or path.exists() or source.recording == "-":
        return read_games(read_text(source.recording)), None
    return iter([asyncio.run(read_thread(source.recording, source.store))]), None


async def _fetch(client: Client) -> tuple[Header, list[Event]]:
    try:
        await enter(client)
        return record.loads(await fetch(client))
    finally:
        await client.close()


def _numbered(games: Iterator[Recording | Problem], number: int) -> Recording:
    count = 0
    for game in games:
        count += 1
        if count < number:
            continue
        if isinstance(game, Problem):
            raise game
        return game
    many = f"{count} games" if count > 1 else "one game"
    raise Problem(f"there is no game {number}: the file has {many}")


def _first(games: Iterator[Recording | Problem]) -> tuple[int, Recording]:
    """Without a screen to choose on, the first that can be read, with its number; of the others one is told."""
    first: tuple[int, Recording] | None = None
    count = 0
    for count, game in enumerate(games, 1):
        if isinstance(game, Problem):
            sys.stderr.write(f"gamesock: {clean(str(game), 2000)}\n")
        elif first is None:
            first = count, game
    assert first is not None
    if count > 1:
        which = "the first" if first[0] == 1 else f"game {first[0]}"
        sys.stderr.write(f"{which} of {count} games: --game N replays another\n")
    return first


def _write_json(header: Header, events: Sequence[Event]) -> None:
    for update in updates_of(header, events):
        sys.stdout.write(update.model_dump_json(exclude_none=True) + "\n")


def _read_out(header: Header, events: Sequence[Event], speed: float) -> None:
    updates = list(updates_of(header, events))
    details = details_of(header, events)
    sys.stdout.write(f"{clean(title_of(header, events), 200)}{f', {details}' if details else ''}\n")
    for number, line in enumerate(read_out(updates)):
        if number and sys.stdout.isatty():
            time.sleep(1 / speed)
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
