"""Lists: games, bots, threads, paths; as tables for people, as JSON lines for scripts."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
import platformdirs
from rich.console import Console
from rich.table import Table
from rich.text import Text

from gamesock import registry
from gamesock.cli.address import get, server_url
from gamesock.cli.store import opened
from gamesock.session import clean


def list_games(json: bool) -> int:
    """The installed games."""
    from gamesock.server.endpoints import describe_game

    rows = [describe_game(name) for name in registry.game_names()]
    if json:
        return _lines(rows)
    table = _table("game", "title", "seats", "moves", "options")
    for row in rows:
        options = "\n".join(f"{o['name']}: {o['summary']}" for o in row["options"])
        table.add_row(row["name"], row["title"], ", ".join(row["seats"]), row["moves"], options)
    return _show(table)


def list_bots(game: str, json: bool) -> int:
    """The bots of a game, or of all."""
    from gamesock.server.endpoints import describe_bot

    if game:
        registry.game(game)
    games = [game] if game else registry.game_names()
    rows = [{"game": name, **describe_bot(bot)} for name in games for bot in registry.bots(name)]
    if json:
        return _lines(rows)
    table = _table("game", "bot", "level", "what to expect")
    for row in rows:
        table.add_row(row["game"], row["name"], "", row["summary"])
        for level in row["levels"]:
            usual = " (default)" if level["number"] == row["default_level"] and len(row["levels"]) > 1 else ""
            table.add_row("", "", f"{level['number']} {level['name']}{usual}", level["summary"])
    return _show(table)


def list_threads(server: str | None, store: str, game: str | None, finished: bool, json: bool) -> int:
    """The games of a server, or those kept here."""
    if server:
        rows = get(server_url(server), "/threads", {"game": game, "finished": "1" if finished else None})
    else:
        if game:
            registry.game(game)
        rows = asyncio.run(_kept(store, game, finished))
    if json:
        return _lines(rows)
    if not rows:
        where = f"at {server}" if server else "kept here"
        sys.stderr.write(f"no {'finished ' if finished else ''}games {where} yet: gamesock play chess\n")
        return 0
    table = _table("thread", "game", "players", "moves", "clock", "last move", "result")
    for row in rows:
        players = ", ".join(f"{seat} {name}" for seat, name in row["players"].items())
        when = datetime.fromtimestamp(row["updated"]).strftime("%Y-%m-%d %H:%M")
        result = f"{row['winner'] or 'draw'} ({row['ended'].replace('_', ' ')})" if row["ended"] else "under way"
        cells = (row["thread"], row["game"], players, str(row["ply"]), row["clock"] or "", when, result)
        # Names are other people's: neither markup nor control characters.
        table.add_row(*(Text(clean(cell, 200)) for cell in cells))
    return _show(table)


async def _kept(spec: str, game: str | None, finished: bool) -> list[dict[str, Any]]:
    from gamesock.server.endpoints import describe_thread

    async with opened(spec) as store:
        found = await store.threads(finished=True if finished else None, game=game, limit=200)
    return [describe_thread(summary) for summary in found]


def list_paths(json: bool) -> int:
    """Where things are kept."""
    data = platformdirs.user_data_path("gamesock")
    paths = {"games": data / "games.db", "seats": data / "seats", "data": data}
    if json:
        return _lines([{name: str(path) for name, path in paths.items()}])
    for name, path in paths.items():
        sys.stdout.write(f"{name:6} {path}\n")
    return 0


def _lines(rows: Iterable[Mapping[str, Any]]) -> int:
    for row in rows:
        sys.stdout.write(orjson.dumps(row).decode() + "\n")
    return 0


def _table(*columns: str) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in columns:
        # An id that is cut in two can't be copied.
        table.add_column(column, overflow="fold", no_wrap=column == "thread")
    return table


def _show(table: Table) -> int:
    Console().print(table)
    return 0


__all__: Sequence[str] = ("list_bots", "list_games", "list_paths", "list_threads")
