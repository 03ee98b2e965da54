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
from gamesock.seatbook import LOCAL
from gamesock.session import clean
from gamesock.tui.home_rows import Kept
from gamesock.tui.recorded import Volume
from gamesock.tui.screens.ask import NotGood
from gamesock.tui.terminal import check_terminal

if TYPE_CHECKING:
    from gamesock.server.stores.base import Summary

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
        reason = explain(error)
        if reason is None:
            raise
        raise NotGood(reason) from None
