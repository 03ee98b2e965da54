"""Lists: games, bots, paths; as tables for people, as JSON lines for scripts."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from typing import Any

import orjson
import platformdirs
from rich.console import Console
from rich.table import Table

from gamesock import registry
from gamesock.preferences import preferences_path


def list_games(json: bool) -> int:
    """The installed games."""
    from gamesock.server.describe import describe_game

    rows = [describe_game(name) for name in registry.game_names()]
    if json:
        return json_lines(rows)
    table = table_of("game", "title", "seats", "moves", "options")
    for row in rows:
        options = "\n".join(f"{o['name']}: {o['summary']}" for o in row["options"])
        table.add_row(row["name"], row["title"], ", ".join(row["seats"]), row["moves"], options)
    return show(table)


def list_bots(game: str, json: bool) -> int:
    """The bots of a game, or of all."""
    from gamesock.server.describe import describe_bot

    if game:
        registry.game(game)
    games = [game] if game else registry.game_names()
    rows = [{"game": name, **describe_bot(bot)} for name in games for bot in registry.bots(name)]
    if json:
        return json_lines(rows)
    table = table_of("game", "bot", "level", "what to expect")
    for row in rows:
        table.add_row(row["game"], row["name"], "", row["summary"])
        for level in row["levels"]:
            usual = " (default)" if level["number"] == row["default_level"] and len(row["levels"]) > 1 else ""
            table.add_row("", "", f"{level['number']} {level['name']}{usual}", level["summary"])
    return show(table)


def list_paths(json: bool) -> int:
    """Where things are kept."""
    data = platformdirs.user_data_path("gamesock")
    paths = {
        "games": data / "games.db",
        "seats": data / "seats",
        "settings": preferences_path(),
        "sign-ins": _sign_ins(),
        "data": data,
    }
    if json:
        return json_lines([{name: str(path) for name, path in paths.items()}])
    for name, path in paths.items():
        sys.stdout.write(f"{name:8} {path}\n")
    return 0


def _sign_ins() -> str:
    """Where sign-ins are kept: a folder, or in words."""
    from gamesock.account.safe import best

    where = best().where
    return where.name if where.kind == "file" else str(where)


def json_lines(rows: Iterable[Mapping[str, Any]]) -> int:
    """One JSON object a line."""
    for row in rows:
        sys.stdout.write(orjson.dumps(row).decode() + "\n")
    return 0


def table_of(*columns: str) -> Table:
    """A table with these headings."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in columns:
        # An id that is cut in two can't be copied.
        table.add_column(column, overflow="fold", no_wrap=column == "thread")
    return table


def show(table: Table) -> int:
    """Print a table."""
    Console(width=room()).print(table)
    return 0


def room() -> int:
    """The columns there are; in a pipe a row takes one line, however long."""
    return Console().width if sys.stdout.isatty() or "COLUMNS" in os.environ else 10_000
