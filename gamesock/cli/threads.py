"""``gamesock threads``: the games of a server, or those kept here."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Container, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from rich.text import Text

from gamesock import registry
from gamesock.cli.lists import json_lines, room, show, table_of
from gamesock.text import clean

KEPT = 200
"""Games kept here that are listed."""

NAMES = 24
"""Columns in which players' names are still read well, on lines of their own."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Listed(NamedTuple):
    """What was found, and how much of all there is."""

    rows: Sequence[Mapping[str, Any]]
    total: int
    unfinished: frozenset[str] = frozenset()
    """Ids of games of files, that nobody goes on with."""


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
        where, there = (f"at {server}", f" --server {server}") if server else ("kept here", "")
        sys.stderr.write(f"no {'finished ' if finished else ''}games {where} yet: gamesock play chess{there}\n")
        return 0
    code = show_rows(listed.rows, listed.unfinished)
    if len(listed.rows) < listed.total:
        sys.stderr.write(f"the newest {len(listed.rows)} of {listed.total}: gamesock threads --json lists all\n")
    return code


def _pages(server: str, game: str | None, finished: bool) -> Iterator[Listed]:
    """The pages of a server's list."""
    from gamesock.address import server_url
    from gamesock.place import NoAnswer, get
    from gamesock.protocol import ThreadView

    url, cursor = server_url(server), None
    while True:
        status = "finished" if finished else None
        page = get(url, "/threads", {"game": game, "status": status, "limit": "100", "cursor": cursor})
        try:
            rows = [ThreadView.model_validate(row).model_dump(mode="json") for row in page["threads"]]
            listed, cursor = Listed(rows, int(page["total"])), page["cursor"]
        except (LookupError, TypeError, ValueError):
            raise NoAnswer(f"{server} lists its games in another way: is it a gamesock of this version?") from None
        yield listed
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
    # Only what was imported has tags.
    unfinished = frozenset(each.header.thread for each in found if each.header.tags and each.ended is None)
    return Listed(rows, len(rows), unfinished)


def show_rows(rows: Sequence[Mapping[str, Any]], unfinished: Container[str] = ()) -> int:
    """A table of what there is room for: the id is never cut, what matters least goes first."""
    cells = [_cells(row, "unfinished" if row["thread_id"] in unfinished else "under way") for row in rows]
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


def _cells(row: Mapping[str, Any], result: str) -> dict[str, str]:
    players = ", ".join(f"{seat} {_name(player)}" for seat, player in row["players"].items() if player)
    outcome, clock = row["outcome"], row["clock"]
    if row["status"] == "open":
        result = f"{' and '.join(row['open'])} free"
    if outcome:
        drawn = "no result" if outcome["reason"] == "aborted" else "draw"
        result = outcome["winner"] or drawn
        if outcome["reason"] != "reason_unknown":
            result += f" ({outcome['reason'].replace('_', ' ')})"
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


def _name(player: Mapping[str, Any]) -> str:
    """A player's name, and a bot's level."""
    level = player.get("level")
    return player["name"] if level is None else f"{player['name']} {level}"


def _moment(at: float) -> str:
    return (_EPOCH + timedelta(seconds=at)).astimezone().strftime("%Y-%m-%d %H:%M")
