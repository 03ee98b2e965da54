"""``gamesock replay``: a game again, from a file, from those kept here, or from a server."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from gamesock import record
from gamesock.analyst import Analyst, enter, fetch
from gamesock.cli.archive import details_of, recorded, title_of
from gamesock.cli.options import Problem, Settings, preferred
from gamesock.cli.show import looks, need_terminal
from gamesock.cli.transfer import read_games, read_text, read_thread
from gamesock.client import Client
from gamesock.plain import read_out
from gamesock.record import Event, Header
from gamesock.replay import replay as updates_of
from gamesock.session import clean
from gamesock.tui.recorded import Recorded, Volume


@dataclass(frozen=True, slots=True)
class Source:
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
        games = [_numbered(games, source.number)]
    if settings.json or settings.plain:
        header, events = games[0] if len(games) == 1 else _which(games)
        (_write_json if settings.json else partial(_read_out, speed=speed))(header, events)
        return 0
    need_terminal(settings)
    from gamesock.tui.app import run_replay

    return run_replay(
        _volumes(games, analyst), Path(source.recording).name, looks(settings), speed, preferred(settings)
    )


def volumes(source: Source) -> list[Volume]:
    """The games of a source, to be opened on a screen; raises as ``replay`` does."""
    return _volumes(*_read(source))


def _volumes(
    games: Sequence[tuple[Header, list[Event]]], analyst: Callable[[], Awaitable[Analyst]] | None
) -> list[Volume]:
    return [
        Volume(title_of(header, events), details_of(header, events), partial(_opened, header, events, analyst))
        for header, events in games
    ]


def _opened(header: Header, events: Sequence[Event], analyst: Callable[[], Awaitable[Analyst]] | None) -> Recorded:
    game = recorded(header, events, analyst)
    # While a game goes on elsewhere, a bot's opinion of it is help for one of its players.
    going_on = analyst is not None and not any(isinstance(event, record.Ended) for event in events)
    return replace(game, analyst=None) if going_on else game


def _read(source: Source) -> tuple[list[tuple[Header, list[Event]]], Callable[[], Awaitable[Analyst]] | None]:
    """The games, and whom to ask about them, if that is someone elsewhere."""
    if source.server:
        from gamesock.address import server_url
        from gamesock.place import Place

        place = Place(server_url(source.server))
        game = asyncio.run(_fetch(place.client(source.recording)))
        return [game], lambda: Analyst(place.client(source.recording)).open()
    path = Path(source.recording)
    if path.suffix in (".jsonl", ".pgn") or path.exists() or source.recording == "-":
        return read_games(read_text(source.recording)), None
    return [asyncio.run(read_thread(source.recording, source.store))], None


async def _fetch(client: Client) -> tuple[Header, list[Event]]:
    try:
        await enter(client)
        return record.loads(await fetch(client))
    finally:
        await client.close()


def _numbered(games: Sequence[tuple[Header, list[Event]]], number: int) -> tuple[Header, list[Event]]:
    if not 1 <= number <= len(games):
        many = f"{len(games)} games" if len(games) > 1 else "one game"
        raise Problem(f"there is no game {number}: the file has {many}")
    return games[number - 1]


def _which(games: Sequence[tuple[Header, list[Event]]]) -> tuple[Header, list[Event]]:
    """Without a screen to choose on, the first; the reader is told that there are more."""
    sys.stderr.write(f"the first of {len(games)} games: --game N replays another\n")
    return games[0]


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
