"""``gamesock threads``: the games of a server, or those kept here."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from rich.text import Text

from gamesock import registry
from gamesock.cli.lists import json_lines, room, show, table_of
from gamesock.session import clean

KEPT = 200
"""Games kept here that are listed."""

NAMES = 24
"""Columns in which players' names are still read well, on lines of their own."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Listed(NamedTuple):
    """What was found, and how much of all there is."""

    rows: Sequence[Mapping[str, Any]]
    total: int


def list_threads(server: str | None, store: str, game: str | None, finished: bool, json: bool) -> int:
    """The games of a server, or those kept here."""
    if server and json:
        return json_lines(row for page in _pages(server, game, finished) for row in page.rows)
    if server:
        listed = next(_pages(server, game, finished))
    else:
        if game:
            registry.game(game)
        listed = asyncio.run(_kept(store, game, finished))
    if json:
        return json_lines(listed.rows)
    if not listed.rows:
        where = f"at {server}" if server else "kept here"
        sys.stderr.write(f"no {'finished ' if finished else ''}games {where} yet: gamesock play chess\n")
        return 0
    code = show_rows(listed.rows)
    if len(listed.rows) < listed.total:
        sys.stderr.write(f"the newest {len(listed.rows)} of {listed.total}: gamesock threads --json lists all\n")
    return code


def _pages(server: str, game: str | None, finished: bool) -> Iterator[Listed]:
    """The pages of a server's list."""
    from gamesock.address import server_url
    from gamesock.place import get

    url, cursor = server_url(server), None
    while True:
        status = "finished" if finished else None
        page = get(url, "/threads", {"game": game, "status": status, "limit": "100", "cursor": cursor})
        yield Listed(page["threads"], page["total"])
        cursor = page["cursor"]
        if cursor is None:
            return


async def _kept(spec: str, game: str | None, finished: bool) -> Listed:
    from gamesock.cli.store import reading
    from gamesock.server.describe import route_of
    from gamesock.server.thread_view import stored

    async with reading(spec) as store:
        found = await store.threads(finished=True if finished else None, game=game, limit=KEPT)
    games = {each.header.game for each in found} & {*registry.game_names()}
    routes, now = {name: route_of(registry.game(name)) for name in games}, time.time()
    rows = [stored(each, route=routes.get(each.header.game, ""), now=now) for each in found]
    return Listed(rows, len(rows))


def show_rows(rows: Sequence[Mapping[str, Any]]) -> int:
    """A table of what there is room for: the id is never cut, what matters least goes first."""
    cells = [_cells(row) for row in rows]
    names = list(cells[0])
    needs = {name: max(len(name), *(len(row[name]) for row in cells)) + 2 for name in names}
    needs["players"] = min(needs["players"], NAMES)
    for least in ("clock", "game", "last move", "moves", "players"):
        if sum(needs[name] for name in names) <= room():
            break
        names.remove(least)
    table = table_of(*names)
    for row in cells:
        # Names are other people's: neither markup nor control characters.
        table.add_row(*(Text(row[name]) for name in names))
    return show(table)


def _cells(row: Mapping[str, Any]) -> dict[str, str]:
    players = ", ".join(f"{seat} {player['name']}" for seat, player in row["players"].items() if player)
    outcome, clock = row["outcome"], row["clock"]
    result = "under way"
    if row["status"] == "open":
        result = f"{' and '.join(row['open'])} free"
    if outcome:
        drawn = "no result" if outcome["reason"] == "aborted" else "draw"
        result = f"{outcome['winner'] or drawn} ({outcome['reason'].replace('_', ' ')})"
    cells = {
        "thread": row["thread_id"],
        "game": row["game"],
        "players": players,
        "moves": str(row["ply"]),
        "clock": clock["control"] if clock else "",
        "last move": _moment(row["updated"]) if row["created"] else "",  # an import of no known date has none
        "result": result,
    }
    return {name: clean(text, 200) for name, text in cells.items()}


def _moment(at: float) -> str:
    return (_EPOCH + timedelta(seconds=at)).astimezone().strftime("%Y-%m-%d %H:%M")
