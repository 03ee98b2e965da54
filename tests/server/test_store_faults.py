"""When the store can't write: the sender is told, nobody else is, and what is in memory equals the log."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from gamesock.record import Event, Header
from gamesock.server.limits import Limits
from gamesock.server.stores.base import StoreError
from gamesock.server.stores.memory import MemoryStore
from gamesock.server.stores.sqlite import SqliteStore
from gamesock.server.threads import Threads


class Faulty(SqliteStore):
    """A real store on a disk that fills up, hangs, or loses its answers."""

    fault: str | None = None

    async def append(self, thread: str, after: int, events: Sequence[Event], header: Header | None = None) -> None:
        if self.fault == "full":
            raise StoreError("the disk is full")
        if self.fault == "hangs":
            await asyncio.sleep(60)
        await super().append(thread, after, events, header)
        if self.fault == "stored, but not told":
            raise StoreError("the connection was lost")


@pytest.fixture
def store(tmp_path: Path) -> Faulty:
    return Faulty(tmp_path / "games.db")


async def equals_log(server: Any, thread_id: str) -> None:
    live = server.threads.live[thread_id]
    kept = await server.threads.store.read(thread_id)
    assert [*live._log] == (kept.events if kept else [])
    assert live.thread.seq == len(live._log)


async def test_a_move_that_cannot_be_stored_did_not_happen(store: Faulty, host: Any, wire: Any) -> None:
    server = await host(store)
    one, two = await wire(f"{server.url}/ws/chess/t"), await wire(f"{server.url}/ws/chess/t")
    await one.recv()
    await two.recv()
    store.fault = "full"
    for _ in range(2):
        refused = await one.ask("make_move", move="e2e4", auto_response=True, id="m1")
        assert refused["code"] == "store_unavailable" and refused["re"] == "m1"
    look = await two.ask("get_state")
    assert look["state"]["move_history"] == [] and look["seq"] == 0, "nobody was told anything before"
    assert (await two.ask("make_move", move="d2d4"))["code"] == "store_unavailable"
    store.fault = None
    played = await one.ask("make_move", move="e2e4", auto_response=False, id="m1")
    assert played["last_action"] == "player_move" and played["re"] == "m1"
    assert (await two.recv())["move"] == "e2e4"
    await equals_log(server, "t")


async def test_seats_and_tokens_go_back_too(store: Faulty, host: Any, wire: Any) -> None:
    server = await host(store)
    ann = await wire(f"{server.url}/ws/chess/t", hello=True)
    bob = await wire(f"{server.url}/ws/chess/t", hello=True)
    store.fault = "full"
    await ann.send("join", seat="white", name="Ann", id="j")
    assert (await ann.until("error"))["code"] == "store_unavailable"
    store.fault = None
    await bob.send("join", seat="white", name="Bob", id="j")
    assert (await bob.until("ack", re="j"))["seat"] == "white"
    store.fault = "full"
    for request in ({"type": "leave"}, {"type": "set_bot", "seat": "white", "bot": "random"}):
        await bob.send(**request, id="x")
        assert (await bob.until("error", re="x"))["code"] == "store_unavailable"
    store.fault = None
    await bob.send("make_move", move="e4", id="m")
    assert (await bob.until("state_update", re="m"))["seat"] == "white"
    await equals_log(server, "t")


async def test_what_was_stored_without_an_answer_is_found_and_told(store: Faulty, host: Any, wire: Any) -> None:
    server = await host(store)
    one, two = await wire(f"{server.url}/ws/chess/t"), await wire(f"{server.url}/ws/chess/t")
    await one.recv()
    await two.recv()
    store.fault = "stored, but not told"
    await one.send("make_move", move="e2e4", auto_response=False, id="m1")
    assert (await two.recv())["move"] == "e2e4"
    assert (await one.recv())["re"] == "m1"
    store.fault = None
    again = await one.ask("make_move", move="e2e4", auto_response=False, id="m1")
    assert again["type"] == "state_update" and again["seq"] == 2, "answered, not played again"
    assert (await two.ask("make_move", move="e7e5", auto_response=False))["seq"] == 4
    await equals_log(server, "t")


async def test_a_store_that_hangs(store: Faulty, host: Any, wire: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gamesock.server.ledger.STORE_TIMEOUT", 0.2)
    server = await host(store)
    client = await wire(f"{server.url}/ws/chess/t")
    await client.recv()
    store.fault = "hangs"
    assert (await client.ask("make_move", move="e2e4"))["code"] == "store_unavailable"
    store.fault = None
    assert (await client.ask("make_move", move="e2e4", auto_response=False))["seq"] == 2


async def test_a_bot_tries_again_once_the_store_is_back(
    store: Faulty, host: Any, wire: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gamesock.server.live.STORE_RETRY", 0.05)
    server = await host(store)
    client = await wire(f"{server.url}/ws/tictactoe/t")
    await client.recv()
    await client.ask("make_move", move={"row": 0, "col": 0}, auto_response=True)
    store.fault = "full"
    await asyncio.sleep(1.0)
    store.fault = None
    assert (await client.recv())["last_action"] == "ai_move"
    await equals_log(server, "t")


async def test_a_flag_falls_once_the_store_is_back(
    store: Faulty, host: Any, wire: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gamesock.server.live.STORE_RETRY", 0.05)
    server = await host(store)
    client = await wire(f"{server.url}/ws/chess/t?clock=1s/move", hello=True)
    for seat in ("white", "black"):
        await client.send("join", seat=seat)
    for move in ("e4", "e5"):
        await client.send("make_move", move=move, id=move)
        await client.until("state_update", re=move)
    store.fault = "full"
    await asyncio.sleep(1.3)
    assert server.threads.live["t"].thread.outcome is None
    barred = await wire(f"{server.url}/ws/chess/t")
    assert (await barred.recv())["code"] == "store_unavailable"
    assert await barred.closed() == 1013
    store.fault = None
    assert (await client.until("game_over"))["reason"] == "timeout"
    await equals_log(server, "t")


async def test_a_full_disk(tmp_path: Path, host: Any, wire: Any) -> None:
    store = SqliteStore(tmp_path / "games.db")
    server = await host(store)
    client = await wire(f"{server.url}/ws/chess/t", hello=True)
    await client.send("join", seat="white", id="j")
    await client.until("state_update")
    # SQLite's own limit stands for the disk's: the same error at the same place.
    pages = store._writing.execute("PRAGMA page_count").fetchone()[0]
    store._writing.execute(f"PRAGMA max_page_count={pages}")
    refused = None
    for n in range(400):
        await client.send("chat", text="x" * 500, id=str(n))
        while (answer := await client.recv()).get("re") != str(n):
            pass
        if answer["type"] == "error" and answer["code"] != "rate_limited":
            refused = answer
            break
        if answer["type"] == "error":
            await asyncio.sleep(0.1)
    assert refused and refused["code"] == "store_unavailable"
    store._writing.execute("PRAGMA max_page_count=1000000")
    await asyncio.sleep(0.2)
    await client.send("make_move", move="e4", id="m")
    assert (await client.until("state_update", re="m"))["notation"] == "e4"
    await equals_log(server, "t")


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE events SET body = replace(body, 'e2e4', 'e2e5')",
        "DELETE FROM events WHERE seq = 1",
        "UPDATE events SET body = '{'",
        "UPDATE threads SET header = replace(header, '\"chess\"', '\"chess9\"')",
    ],
)
async def test_a_corrupt_log_is_refused_with_its_reason(damage: str, tmp_path: Path, host: Any, wire: Any) -> None:
    first = await host(SqliteStore(tmp_path / "games.db"))
    client = await wire(f"{first.url}/ws/chess/t")
    await client.recv()
    for move in ("e2e4", "e7e5"):
        await client.ask("make_move", move=move, auto_response=False)
    await first.stop()
    with sqlite3.connect(tmp_path / "games.db") as database:
        database.execute(damage)
    database.close()
    second = await host(SqliteStore(tmp_path / "games.db"))
    for route in ("chess", "games"):
        barred = await wire(f"{second.url}/ws/{route}/t")
        refused = await barred.recv()
        assert refused["type"] == "error" and refused["code"] in ("internal", "not_found", "store_unavailable")
        assert await barred.closed() in (1008, 1013)
    assert not second.threads.live and not second.servers["chess"].agents
    other = await wire(f"{second.url}/ws/chess/other")
    assert (await other.recv())["type"] == "state_update"


async def test_a_store_that_cannot_be_opened_at_first(host: Any, wire: Any) -> None:
    class Late(MemoryStore):
        there = False
        opened = 0

        async def open(self) -> None:
            await asyncio.sleep(0.02)
            if not self.there:
                raise StoreError("no such disk")
            self.opened += 1

    store = Late()
    with pytest.raises(StoreError, match="no such disk"):
        await host(store)
    threads = Threads(store)
    failures = await asyncio.gather(*(threads.start() for _ in range(3)), return_exceptions=True)
    assert [str(failure) for failure in failures] == ["no such disk"] * 3
    store.there = True
    await asyncio.gather(*(threads.start() for _ in range(3)))
    assert store.opened == 1
    await threads.close()


async def test_connections_at_once_make_one_thread(host: Any, wire: Any) -> None:
    class Slow(MemoryStore):
        reads = 0

        async def read(self, thread: str) -> Any:
            self.reads += 1
            await asyncio.sleep(0.05)
            if self.reads == 1:
                raise StoreError("for a moment")
            return await super().read(thread)

    store = Slow()
    server = await host(store)
    clients = await asyncio.gather(*(wire(f"{server.url}/ws/chess/t") for _ in range(6)))
    firsts = [await client.recv() for client in clients]
    assert sum(first.get("code") == "store_unavailable" for first in firsts) == 1
    assert len({first["epoch"] for first in firsts if "epoch" in first}) == 1
    assert store.reads == 2
    assert len(server.threads.live["t"].connections) == 5
    assert not server.threads._opening, "no lock outlives its use"


async def test_a_connection_that_ends_while_it_enters(host: Any, wire: Any, until: Any) -> None:
    class Slow(MemoryStore):
        async def read(self, thread: str) -> Any:
            await asyncio.sleep(0.2)
            return await super().read(thread)

    server = await host(Slow(), limits=Limits(connections=1))
    client = await wire(f"{server.url}/ws/chess/t")
    await asyncio.sleep(0.05)
    client.socket.transport.abort()
    await until(lambda: not server.threads.gate.total)
    assert not server.threads.live["t"].connections
    assert not server.threads.live["t"].session.viewers
    assert not server.servers["chess"].active_connections
    other = await wire(f"{server.url}/ws/chess/t")
    assert json.loads(await other.socket.recv())["type"] == "state_update"


async def test_two_servers_on_one_store_tell_the_same(host: Any, wire: Any, tmp_path: Path) -> None:
    one, other = await host(SqliteStore(tmp_path / "games.db")), await host(SqliteStore(tmp_path / "games.db"))
    ann = await wire(f"{one.url}/ws/chess/both", hello=True)
    await ann.send("make_move", move="e4", auto_response=False, id="1")
    await ann.until("state_update", re="1")
    ben = await wire(f"{other.url}/ws/chess/both", hello=True)
    await ben.send("make_move", move="e5", auto_response=False, id="2")
    await ben.until("state_update", re="2")
    # The first server doesn't know of it, finds out when it stores, and then shows what was really played.
    await ann.send("resign", id="3")
    refused = await ann.until("error", re="3")
    assert refused["code"] == "store_unavailable" and "open in another gamesock" in refused["message"]
    await ann.send("get_state", id="4")
    assert (await ann.until("state_update", re="4"))["notations"] == ["e4", "e5"]
