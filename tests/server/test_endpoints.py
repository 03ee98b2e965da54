"""What a server answers to plain GET requests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from gamesock.server.limits import Limits, Rate
from gamesock.server.stores.base import StoreError
from gamesock.server.stores.memory import MemoryStore
from gamesock.server.stores.sqlite import SqliteStore


@pytest.fixture
async def get(host: Any) -> Any:
    """A server, and a function that gets a path of it."""
    server = await host()
    async with httpx.AsyncClient(base_url=server.http) as client:
        yield server, client.get


async def test_health(get: Any, wire: Any) -> None:
    server, get = get
    await (await wire(f"{server.url}/ws/chess/t")).recv()
    answer = await get("/healthz")
    assert answer.status_code == 200
    assert answer.json() | {"server": ""} == {
        "status": "ok",
        "server": "",
        "store": "memory",
        "connections": 1,
        "threads": 1,
    }
    server.threads.closing = True
    assert (await get("/healthz")).status_code == 503


async def test_metrics(get: Any, wire: Any) -> None:
    server, get = get
    client = await wire(f"{server.url}/ws/chess/t")
    await client.recv()
    await client.ask("make_move", move="e2e4", auto_response=False)
    await client.ask("make_move", move="e2e4", auto_response=False)
    answer = await get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    lines = answer.text.splitlines()
    assert 'gamesock_moves_total{by="player",game="chess"} 1.0' in lines
    assert 'gamesock_refusals_total{code="illegal_move"} 1.0' in lines
    assert "gamesock_connections 1.0" in lines and "gamesock_threads 1.0" in lines


async def test_lists_have_a_budget(host: Any) -> None:
    server = await host(limits=Limits(address_lists=Rate(0.01, 2)))
    async with httpx.AsyncClient(base_url=server.http) as client:
        answers = [await client.get("/threads") for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert int(answers[2].headers["retry-after"]) == 100
        assert answers[2].json()["message"] == "too many lists: wait 100 s"
        assert (await client.get("/healthz")).status_code == 200


async def test_games_and_bots(get: Any) -> None:
    _, get = get
    games = {game["name"]: game for game in (await get("/games")).json()}
    assert {"chess", "connect4", "tic_tac_toe"} <= set(games)
    assert games["tic_tac_toe"]["route"] == "/ws/tictactoe" and games["chess"]["seats"] == ["white", "black"]
    bots = {bot["name"]: bot for bot in (await get("/bots?game=connect4")).json()}
    assert {"alphabeta", "random"} <= set(bots) and bots["alphabeta"]["levels"]
    for query in ("", "?game=ludo"):
        answer = await get(f"/bots{query}")
        assert answer.status_code == 404 and "connect4" in answer.json()["message"]


async def test_threads_are_listed_by_what_is_public(get: Any, wire: Any) -> None:
    server, get = get
    threads = {"public": "public", "unlisted": "unlisted", "private": "private-8c51f0a3"}
    for visibility, thread in threads.items():
        client = await wire(f"{server.url}/ws/chess/{thread}?visibility={visibility}", hello=thread == visibility)
        if visibility == "private":
            await client.recv()
            await client.send("hello")
        await client.send("join", seat="white", name="Ann", id="j")
        await client.until("ack", re="j")
    await (await wire(f"{server.url}/ws/connect4/new")).recv()
    listed = (await get("/threads")).json()
    rows = {row["thread_id"]: row for row in listed["threads"]}
    assert set(rows) == {"public", "new"} and listed["total"] == 2 and listed["cursor"] is None
    assert rows["public"]["players"]["white"]["name"] == "Ann" and rows["public"]["here"] == 1
    assert rows["public"]["open"] == ["black"] and rows["public"]["status"] == "open"
    assert [row["thread_id"] for row in (await get("/threads?game=connect4")).json()["threads"]] == ["new"]
    assert (await get("/threads?status=finished")).json()["threads"] == []


async def test_threads_come_in_pages(host: Any, wire: Any, tmp_path: Path) -> None:
    server = await host(SqliteStore(tmp_path / "games.db"))
    for n in range(5):
        client = await wire(f"{server.url}/ws/tictactoe/t{n}")
        await client.recv()
        await client.ask("make_move", move={"row": 0, "col": 0}, auto_response=False)
    async with httpx.AsyncClient(base_url=server.http) as client:
        seen: list[str] = []
        page = (await client.get("/threads?limit=2")).json()
        while page["cursor"]:
            seen += [row["thread_id"] for row in page["threads"]]
            page = (await client.get("/threads", params={"limit": 2, "cursor": page["cursor"]})).json()
        seen += [row["thread_id"] for row in page["threads"]]
        assert seen == ["t4", "t3", "t2", "t1", "t0"]
        for odd in ("cursor=soon", "cursor=bnVsbA", "limit=0", "limit=many", "status=lost", f"text={'x' * 99}"):
            answer = await client.get(f"/threads?{odd}")
            assert answer.status_code == 400 and answer.json()["message"], odd
        assert (await client.get("/threads?game=ludo")).status_code == 404


async def test_a_finished_game_is_of_the_past(get: Any, wire: Any) -> None:
    server, get = get
    client = await wire(f"{server.url}/ws/tictactoe/t")
    await client.recv()
    for row, col in ((0, 0), (1, 0), (0, 1), (1, 1), (0, 2)):
        await client.ask("make_move", move={"row": row, "col": col}, auto_response=False)
    assert (await get("/threads")).json()["threads"] == []
    (row,) = (await get("/threads?status=finished")).json()["threads"]
    assert row["outcome"]["winner"] == "X" and row["ply"] == 5


async def test_what_is_not_there(get: Any) -> None:
    _, get = get
    for path in ("/", "/nowhere", "/threads/x", "/%00", "/games%2F"):
        answer = await get(path)
        assert answer.status_code == 404 and answer.json()["error"] == "not_found"


async def test_a_store_that_cannot_list(host: Any) -> None:
    class Unreadable(MemoryStore):
        async def listed(self, *what: Any) -> Any:
            raise StoreError("locked")

    server = await host(Unreadable())
    async with httpx.AsyncClient(base_url=server.http) as client:
        answer = await client.get("/threads")
        assert answer.status_code == 503 and "try again" in answer.json()["message"]
