"""How late a host's event loop is, while bots think, many connections idle, and many games are played.

The host runs in a process of its own with a probe on its loop: a task that sleeps 5 ms, again and again, and
notes how much later it woke up. A baseline without any load shows what the machine itself adds.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import multiprocessing
import os
import random
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path

import uvloop
from websockets.asyncio.client import ClientConnection, connect

PROBE = 0.005


def serve(pipe: Connection, store: str) -> None:
    """The host: serves, probes its loop, sends the lags when asked."""
    from gamesock.cli.logs import quiet

    quiet()
    uvloop.run(_serve(pipe, store))


async def _serve(pipe: Connection, store: str) -> None:
    from gamesock.server import App, GameSocketFactory
    from gamesock.server.limits import Limits
    from gamesock.server.stores import open_store
    from gamesock.server.threads import Threads

    limits = Limits(rate=1e6, burst=10**6, address_rate=1e6, address_burst=10**6)
    app = App(Threads(open_store(store), limits=limits))
    GameSocketFactory.create_all_sockets(app)
    lags: list[float] = []

    async def probe() -> None:
        while True:
            asked = time.perf_counter()
            await asyncio.sleep(PROBE)
            lags.append(time.perf_counter() - asked - PROBE)

    def answer() -> None:
        command = pipe.recv()
        if command == "lags":
            pipe.send(list(lags))
        lags.clear()

    def started(app: App) -> None:
        pipe.send(app.urls[0])
        asyncio.get_running_loop().add_reader(pipe.fileno(), answer)

    probing = asyncio.create_task(probe())
    try:
        await app.serve(port=0, started=started)
    finally:
        probing.cancel()


class Load:
    """Clients of one host."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.moves = 0
        self._open: list[ClientConnection] = []
        self._tasks: list[asyncio.Task[None]] = []

    async def idle(self, connections: int) -> None:
        """Connections that only watch."""
        for start in range(0, connections, 50):
            numbers = range(start, min(start + 50, connections))
            self._open += await asyncio.gather(*(self._connect(f"/ws/chess/idle-{n % 50}") for n in numbers))

    async def bots(self, games: int) -> None:
        """Chess games in which a bot thinks a second about each move, for both sides, without a pause."""
        for number in range(games):
            self._tasks.append(asyncio.create_task(self._bots(number)))

    async def games(self, games: int, pause: float) -> None:
        """Games with a random legal move about every ``pause`` seconds, started one after another."""
        for number in range(games):
            self._tasks.append(asyncio.create_task(self._play(number, pause)))
            await asyncio.sleep(pause / games)

    async def stop(self) -> None:
        """Leave."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(*(socket.close() for socket in self._open), return_exceptions=True)

    async def _connect(self, path: str) -> ClientConnection:
        return await connect(self.url + path, compression=None, max_size=None, close_timeout=1)

    async def _bots(self, number: int) -> None:
        game = 0
        while True:
            socket = await self._connect(f"/ws/chess/bots-{number}-{game}")
            async with socket:
                await socket.recv()
                while True:
                    ask = {"type": "ai_move", "bot": "alphabeta", "level": 8, "time_ms": 1000}
                    await socket.send(json.dumps(ask))
                    if json.loads(await socket.recv())["type"] != "state_update":
                        break
            game += 1

    async def _play(self, number: int, pause: float) -> None:
        chance, game = random.Random(number), 0
        while True:
            socket = await self._connect(f"/ws/chess/game-{number}-{game}")
            async with socket:
                state = json.loads(await socket.recv())["state"]
                while state["legal_moves"] and len(state["move_history"]) < 120:
                    await asyncio.sleep(pause * chance.uniform(0.5, 1.5))
                    move = chance.choice(state["legal_moves"])
                    await socket.send(json.dumps({"type": "make_move", "move": move, "auto_response": False}))
                    answer = json.loads(await socket.recv())
                    if answer["type"] != "state_update":
                        break
                    state = answer["state"]
                    self.moves += 1
            game += 1


async def measure(url: str, pipe: Connection, wish: argparse.Namespace) -> None:
    """Baseline, then under load."""
    await asyncio.sleep(1)
    pipe.send("clear")
    await asyncio.sleep(min(5.0, wish.seconds))
    show("no load", await _lags(pipe))
    load = Load(url)
    await load.idle(wish.idle)
    await load.bots(wish.bots)
    await load.games(wish.games, wish.pause)
    await asyncio.sleep(3)
    pipe.send("clear")
    load.moves, began = 0, time.perf_counter()
    await asyncio.sleep(wish.seconds)
    lags, rate = await _lags(pipe), load.moves / (time.perf_counter() - began)
    show(f"{wish.bots} bots, {wish.idle} idle, {wish.games} games ({rate:.0f} moves/s)", lags)
    await load.stop()


async def _lags(pipe: Connection) -> list[float]:
    pipe.send("lags")
    lags: list[float] = await asyncio.to_thread(pipe.recv)
    return lags


def show(name: str, lags: list[float]) -> None:
    """One line of percentiles, in milliseconds."""
    ordered = sorted(lags)
    at = {p: ordered[min(len(ordered) - 1, int(len(ordered) * p / 100))] * 1000 for p in (50, 95, 99, 99.9)}
    figures = "  ".join(f"p{p:g} {value:.2f}" for p, value in at.items())
    print(f"{name:60} {figures}  max {ordered[-1] * 1000:.2f} ms  ({len(ordered)} samples)")  # noqa: T201


def main() -> None:
    """Parse, start the host, measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--idle", type=int, default=1000)
    parser.add_argument("--games", type=int, default=100)
    parser.add_argument("--pause", type=float, default=1.0, help="seconds between the moves of a game")
    parser.add_argument("--bots", type=int, default=os.cpu_count() or 2)
    wish = parser.parse_args()
    here, there = multiprocessing.Pipe()
    with tempfile.TemporaryDirectory() as folder:
        store = f"sqlite:{Path(folder) / 'games.db'}"
        host = multiprocessing.get_context("spawn").Process(target=serve, args=(there, store))
        host.start()
        try:
            with contextlib.suppress(KeyboardInterrupt):
                uvloop.run(measure(here.recv(), here, wish))
        finally:
            host.terminate()
            host.join(5)


if __name__ == "__main__":
    main()
