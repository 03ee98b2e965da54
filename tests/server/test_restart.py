"""A server that goes and comes back: seats, clocks and chat are found again, nobody's move is lost or doubled."""

from __future__ import annotations

import asyncio
import socket
import time
from pathlib import Path
from typing import Any

from gamesock import protocol as p
from gamesock.client import Client, Status
from gamesock.record import Moved
from gamesock.server.limits import Limits
from gamesock.server.stores.sqlite import SqliteStore
from gamesock.server.threads import Threads


class Clock:
    """The server's wall clock, to be turned by hand."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


async def test_seats_chat_and_clocks_come_back(tmp_path: Path, host: Any) -> None:
    now = Clock()
    first = await host(SqliteStore(tmp_path / "games.db"), now=now)
    path = "/ws/chess/t"
    async with (
        Client(f"{first.url}{path}?clock=5%2B0", name="Ann") as ann,
        Client(first.url + path, name="Bob") as bob,
    ):
        await ann.join("white")
        await bob.join("black")
        await ann.move("e4")
        await bob.move("e5")
        await ann.request(p.Chat(text="good luck"))
        now.ahead += 30
        tokens = dict(ann.seat_tokens)
        epoch = ann.mirror.epoch
    await first.stop()
    now.ahead += 3600
    second = await host(SqliteStore(tmp_path / "games.db"), now=now)
    async with Client(second.url + path, seat_tokens=tokens) as ann:
        assert ann.mirror.epoch == epoch and ann.mirror.notations == ["e4", "e5"]
        left = ann.mirror.clock.left if ann.mirror.clock else {}
        assert 268 < left["white"] <= 270, "thirty seconds were thought, the hour away isn't charged"
        assert left["black"] > 299
        assert ann.mirror.clock and ann.mirror.clock.running == ("white",)
        await ann.join()
        assert ann.mirror.seats == ("white",)
        await ann.move("Nf3")
        table = ann.mirror.table
        assert table and table.players["black"] and not table.players["black"].here
        assert table.players["black"].name == "Bob"


async def test_idle_threads_leave_memory_and_come_back(tmp_path: Path, host: Any, wire: Any, until: Any) -> None:
    server = await host(SqliteStore(tmp_path / "games.db"), idle=0.1)
    chess = server.servers["chess"]
    played = await wire(f"{server.url}/ws/chess/played")
    looked = await wire(f"{server.url}/ws/chess/looked")
    await played.recv()
    await looked.recv()
    await played.ask("make_move", move="e2e4", auto_response=False)
    assert set(chess.agents) == {"played", "looked"} == set(server.threads.live)
    await asyncio.sleep(0.2)
    server.threads.house.evict()
    assert len(server.threads.live) == 2, "somebody is here"
    await played.socket.close()
    await looked.socket.close()
    await until(lambda: not any(live.connections for live in server.threads.live.values()))
    await asyncio.sleep(0.2)
    server.threads.house.evict()
    assert not server.threads.live and not chess.agents, "agents leave with their threads"
    back = await wire(f"{server.url}/ws/chess/played")
    state = await back.recv()
    assert state["state"]["move_history"] == [["white", "e2e4"]] and state["seq"] == 2
    agent = chess.get_or_create_agent("played")
    assert agent.live is server.threads.live["played"]


async def test_a_thread_with_a_running_clock_stays(tmp_path: Path, host: Any, wire: Any, until: Any) -> None:
    server = await host(SqliteStore(tmp_path / "games.db"), idle=0.0)
    client = await wire(f"{server.url}/ws/chess/t?clock=5")
    await client.recv()
    for move in ("e2e4", "e7e5"):
        await client.ask("make_move", move=move, auto_response=False)
    await client.socket.close()
    await until(lambda: not server.threads.live["t"].connections)
    await asyncio.sleep(0.05)
    server.threads.house.evict()
    assert "t" in server.threads.live


async def test_going_away_is_said_before_the_door_closes(host: Any, wire: Any) -> None:
    server = await host()
    seed, ours = await wire(f"{server.url}/ws/chess/t"), await wire(f"{server.url}/ws/chess/t", hello=True)
    await seed.recv()
    started = time.monotonic()
    await server.stop()
    for client in (seed, ours):
        assert (await client.until("going_away"))["retry_after_ms"] > 0
        assert await client.closed() == 1001
    assert time.monotonic() - started < 3
    assert not server.threads.live


async def test_half_open_connections_do_not_hold_up_the_end(host: Any) -> None:
    server = await host(limits=Limits(handshake=30.0))
    with socket.create_connection(("127.0.0.1", server.port)):
        await asyncio.sleep(0.1)
        started = time.monotonic()
        await server.stop()
        assert time.monotonic() - started < 2


async def test_clients_play_on_through_a_restart(tmp_path: Path, host: Any, monkeypatch: Any, until: Any) -> None:
    monkeypatch.setattr("gamesock.server.threads.RETRY_AFTER", 0.1)
    first = await host(SqliteStore(tmp_path / "games.db"))
    url, port = f"{first.url}/ws/connect4/t", first.port
    moves = "abcdefgabcdefgabcdefg"
    async with Client(url, name="Ann") as ann, Client(url, name="Bob") as bob:
        await ann.join("red")
        await bob.join("yellow")

        async def play() -> None:
            for n, move in enumerate(moves):
                mover = (ann, bob)[n % 2]
                await until(lambda mover=mover: mover.mirror.my_turn)
                await mover.move(move)
                await asyncio.sleep(0.01)

        playing = asyncio.create_task(play())
        await asyncio.sleep(0.1)
        await first.stop()
        assert not playing.done()
        second = await host(SqliteStore(tmp_path / "games.db"), port=port)
        async with asyncio.timeout(15):
            await playing
        await until(lambda: ann.mirror.notations == bob.mirror.notations == list(moves))
        assert ann.connection.status is Status.LIVE and ann.mirror.seats == ("red",)
        kept = await second.threads.store.read("t")
        assert len([event for event in kept.events if isinstance(event, Moved)]) == len(moves)
        assert kept.header.epoch == ann.mirror.epoch


async def test_closed_threads_let_nobody_in() -> None:
    threads = Threads(SqliteStore(Path("/nonexistent/games.db")))
    await threads.close()
    assert threads.closing
