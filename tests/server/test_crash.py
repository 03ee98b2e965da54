"""kill -9 under load: every acknowledged move is there exactly once, games go on, nobody pays for the absence.

``GAMESOCK_CRASHES=20`` kills the host twenty times instead of three.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import random
import socket
import sqlite3
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from gamesock import protocol as p
from gamesock.client import Client, ConnectionFailed, Status
from gamesock.record import Moved, Paused, load_event

CRASHES = int(os.environ.get("GAMESOCK_CRASHES", "3"))
GAMES = 50
AWAY = 2.0
"""Seconds the host stays away, at least."""


@dataclass
class Table:
    """One game under way after another, its moves made by one client for both sides."""

    number: int
    url: str
    acknowledged: dict[str, list[str]] = field(default_factory=dict)
    client: Client | None = None
    rng: random.Random = field(default_factory=random.Random)

    async def play(self) -> None:
        for turn in range(1000):
            thread = f"g{self.number}-{turn}"
            done = self.acknowledged[thread] = []
            self.client = await self._connected(f"{self.url}/ws/chess/{thread}?clock=30")
            try:
                for seat in ("white", "black"):
                    await self._insist(p.Join(seat=seat, name="Ann"))
                await self._play_out(self.client, done)
            finally:
                await self.client.close()

    async def _play_out(self, client: Client, done: list[str]) -> None:
        while not client.mirror.outcome and client.mirror.picture:
            assert client.mirror.ply == len(done), "it is as we left it"
            move = self.rng.choice(client.mirror.picture.moves).move
            answer = await client.move(move, auto_response=False)
            assert isinstance(answer, p.StateUpdate) and answer.ply == len(done) + 1
            done.append(move)
            await asyncio.sleep(self.rng.uniform(0.1, 0.4))

    async def _connected(self, url: str) -> Client:
        """A first connection is tried again by the player."""
        while True:
            client = Client(url, name="Ann")
            try:
                await client.connect()
            except ConnectionFailed:
                await asyncio.sleep(0.2)
            else:
                return client

    async def _insist(self, message: p.ClientMessage) -> None:
        """What may not be sent twice by itself is asked again by the player."""
        assert self.client
        while True:
            with contextlib.suppress(ConnectionError, TimeoutError):
                await self.client.request(message)
                return


@contextlib.asynccontextmanager
async def hosting(port: int, database: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """A host in a process of its own, killed at the end of the block."""
    command = ["-m", "gamesock", "host", "--port", str(port), "--json", "--store", f"sqlite:{database}"]
    with (database.parent / "host.log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable, *command, stdout=asyncio.subprocess.PIPE, stderr=log
        )
    try:
        assert process.stdout
        assert json.loads(await asyncio.wait_for(process.stdout.readline(), 30))["url"]
        yield process
    finally:
        process.kill()
        await process.wait()


def stored(database: Path) -> dict[str, list[Any]]:
    """Every thread's events, read beside a host that is dead."""
    with contextlib.closing(sqlite3.connect(database)) as connection:
        threads = dict(connection.execute("SELECT id, thread FROM threads"))
        logs: dict[str, list[Any]] = {thread: [] for thread in threads.values()}
        for thread, body in connection.execute("SELECT thread, body FROM events ORDER BY thread, seq"):
            logs[threads[thread]].append(load_event(body))
    return logs


def check(tables: list[Table], logs: dict[str, list[Any]]) -> int:
    """Compare what was acknowledged with what is stored; the number of moves."""
    moves = 0
    for table in tables:
        for thread, acknowledged in table.acknowledged.items():
            kept = [event.move for event in logs.get(thread, []) if isinstance(event, Moved)]
            assert kept[: len(acknowledged)] == acknowledged, f"{thread} lost an acknowledged move"
            assert len(kept) <= len(acknowledged) + 1, f"{thread} has moves that nobody made"
            moves += len(acknowledged)
    return moves


@pytest.mark.timeout(60 + 15 * CRASHES)
async def test_no_acknowledged_move_is_lost(tmp_path: Path, until: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gamesock.link._LONGEST_WAIT", 1.0)
    database, rng = tmp_path / "games.db", random.Random()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    tables = [Table(number, f"ws://127.0.0.1:{port}") for number in range(GAMES)]
    playing: list[asyncio.Task[None]] = []
    away, back = 0.0, []
    died = 0.0
    for crash in range(CRASHES + 1):
        async with hosting(port, database):
            if not playing:
                playing = [asyncio.create_task(table.play()) for table in tables]
            before = [sum(map(len, table.acknowledged.values())) for table in tables]
            up = time.monotonic()
            away += up - died if died else 0.0
            await until(lambda: all(t.client and t.client.connection.status is Status.LIVE for t in tables), 30.0)
            # Clocks run once both sides have moved: before that there is nothing for a pause to give back.
            await until(
                lambda b=before: all(
                    sum(map(len, t.acknowledged.values())) >= n + 2 for t, n in zip(tables, b, strict=True)
                ),
                30.0,
            )
            back.append(time.monotonic() - up)
            failed = [task for task in playing if task.done()]
            assert not failed, failed[0].exception()
            if crash == CRASHES:
                clocks = [t.client.mirror.clock for t in tables if t.client and len(t.acknowledged) == 1]
                for task in playing:
                    task.cancel()
                await asyncio.gather(*playing, return_exceptions=True)
            else:
                await asyncio.sleep(rng.uniform(0.2, 1.5))
        died = time.monotonic()
        logs = stored(database)
        moves = check(tables, logs)
        if crash < CRASHES:
            await asyncio.sleep(AWAY)
    for clock in clocks:
        assert clock and sum(clock.left.values()) > 0
    pauses = {
        thread: sum(event.seconds for event in log if isinstance(event, Paused)) for thread, log in logs.items()
    }
    through = [pauses[thread] for table in tables for thread in table.acknowledged if len(table.acknowledged) == 1]
    # The host notes every two seconds that it is alive: a crash gives back that much more at most.
    assert all(away - 0.5 * CRASHES < paused < away + 3.5 * CRASHES for paused in through), (away, through)
    logging.getLogger(__name__).info(
        "%d crashes, %d moves in %d games: none lost, none doubled; all %d tables played on after %.1f s at most;"
        " away %.1f s, clocks stood still %.1f to %.1f s",
        *(CRASHES, moves, len(logs), GAMES, max(back[1:]), away, min(through), max(through)),
    )
