"""``gamesock`` alone: the home screen, and what it needs of this program."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from gamesock import registry
from gamesock.address import SHARED
from gamesock.cli.archive import LocalArchive, describe_end
from gamesock.cli.failures import explain
from gamesock.cli.local import place_for
from gamesock.cli.options import Settings, preferred
from gamesock.cli.play import farewell
from gamesock.cli.replay import Source, volumes
from gamesock.cli.show import looks
from gamesock.cli.store import reading
from gamesock.place import Place
from gamesock.record import Ended
from gamesock.seatbook import KEPT, LOCAL, Entry
from gamesock.text import clean
from gamesock.thread import CorruptLog, Thread, game_of
from gamesock.tui.home_rows import Kept
from gamesock.tui.recorded import Volume
from gamesock.tui.screens.ask import NotGood
from gamesock.tui.terminal import check_terminal

if TYPE_CHECKING:
    from gamesock.server.stores.base import Store, Summary

STORE = "sqlite"
"""Where games of the home screen are kept."""

SHOWN = 200
"""Kept games that the home screen lists."""


def choose(context: typer.Context) -> int:
    """Show the home screen until the user leaves; the exit code. Where no screen can be shown: the help."""
    if check_terminal():
        typer.echo(context.get_help())
        return 0
    from gamesock.tui.app import run_home
    from gamesock.tui.doors import Doors

    settings, places = Settings(), dict[str, Place]()
    games = [registry.game(name) for name in registry.game_names()]
    with ExitStack() as stack:
        doors = Doors(
            games=[(game.name, game.title, game.start({}, 0).picture(None)) for game in games],
            local=lambda: stack.enter_context(place_for(None, STORE)),
            kept=_kept,
            standing=_standing,
            open=_open,
            shared=SHARED in os.environ,
            places=places,
        )
        code = run_home(doors, looks(settings), preferred(), LocalArchive())
        if LOCAL in places:
            asyncio.run(places[LOCAL].abandon_unstarted())
        for place in places.values():
            place.note()
    for place in places.values():
        farewell(place, settings)
    return code


async def _kept() -> Sequence[Kept]:
    """The games kept here that are over, the newest first; none where they can't be read."""
    from gamesock.server.stores.base import StoreError

    try:
        async with reading(STORE) as store:
            found = await store.threads(finished=True, limit=SHOWN)
    except StoreError:
        return []
    return [_entry(summary) for summary in found if summary.ply]


async def _standing(entries: Sequence[Entry]) -> list[Entry]:
    """The games as the store knows them, without those that are over; as they are noted where it can't be read."""
    from gamesock.server.stores.base import StoreError

    try:
        async with reading(STORE) as store:
            changed = {each.header.thread: each for each in await store.threads(limit=2 * KEPT)}
            found = []
            for entry in entries:
                summary = changed.get(entry.thread) if entry.server == LOCAL else None
                same = summary is None or (summary.ply == entry.ply and summary.ended is None)
                found.append(entry if same else await _now(entry, store))
    except StoreError:
        return list(entries)
    return [entry for entry in found if not entry.over]


async def _now(entry: Entry, store: Store) -> Entry:
    kept = await store.read(entry.thread)
    if kept is None:
        return entry
    try:
        thread = await asyncio.to_thread(lambda: Thread(game_of(kept.header), kept.header, kept.events))
    except (CorruptLog, registry.NotRegistered):
        return entry
    mine = set(entry.tokens) & thread.to_move
    others = [player.name for seat, player in thread.players.items() if player and seat not in entry.tokens]
    picture = thread.position.picture(next(iter(entry.tokens), None)).model_copy(update={"moves": ()})
    changes = {"ply": thread.ply, "mine": bool(mine), "over": thread.outcome is not None, "picture": picture}
    return entry.model_copy(update={**changes, "against": ", ".join(others), "used": thread.changed_at})


def _entry(summary: Summary) -> Kept:
    header = summary.header
    title = registry.game(header.game).title if header.game in registry.game_names() else header.game
    players = " - ".join(clean(name, 40) for name in summary.players.values()) or header.thread
    ended = Ended(seq=summary.seq, at=summary.updated, reason=summary.ended or "", winner=summary.winner)
    day = header.tags.get("date") or datetime.fromtimestamp(summary.updated).strftime("%Y-%m-%d")
    return Kept(header.thread, title, players, describe_end(ended), clean(day, 12))


def _open(name: str) -> Sequence[Volume]:
    """The games of a file, or a kept one."""
    try:
        return volumes(Source(str(Path(name).expanduser()) if Path(name).suffix else name))
    except Exception as error:
        failure = explain(error)
        if failure is None:
            raise
        raise NotGood(failure.reason) from None
