"""What copying games to a Supabase project costs, how far copies lag, and whether anything gets lost on the way.

Everything runs here: PostgreSQL, the project's services (@supabase/lite), the host in a process of its own, the
players. They share the cores, so figures say more about each other than about themselves.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import random
import re
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, ClassVar

import chess
import httpx
import uvloop
from websockets.asyncio.client import ClientConnection, connect

TESTS = Path(__file__).parent.parent / "tests"
sys.path += [str(TESTS / "supabase"), str(TESTS / "replication")]

from cluster import Cluster, binaries, free_port  # noqa: E402 - the tests' own, beside this
from lite import JWT_SECRET, PUBLISHABLE_KEY, Lite  # noqa: E402
from stand import Stand, User, kept  # noqa: E402
from test_kill import Match  # noqa: E402

from gamesock.client import Client  # noqa: E402

HOSTING = TESTS / "replication" / "hosting.py"
PLIES = 200


class Server:
    """A host in a process of its own, on a store of its own."""

    made: ClassVar[list[Server]] = []

    def __init__(self, stand: Stand, folder: Path, name: str, *, copies: bool = True) -> None:
        self.stand, self.copies = stand, copies
        self.database = folder / f"{name}.db"
        self.port = free_port()
        self.url = f"ws://127.0.0.1:{self.port}"
        self.log = folder / f"{name}.log"
        self.process: asyncio.subprocess.Process | None = None
        Server.made.append(self)

    async def start(self) -> None:
        arguments = [self.database, self.port, self.stand.url, PUBLISHABLE_KEY, JWT_SECRET]
        arguments += ["yes" if self.copies else "no"]
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, str(HOSTING), *map(str, arguments), stdout=asyncio.subprocess.PIPE, stderr=log
            )
        assert self.process.stdout
        assert await asyncio.wait_for(self.process.stdout.readline(), 60), self.log.read_text()

    async def kill(self) -> None:
        if self.process and self.process.returncode is None:
            self.process.kill()
            await self.process.wait()

    def cpu(self) -> float:
        """Seconds of CPU the host has used (Linux)."""
        assert self.process
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    async def get(self, path: str) -> str:
        async with httpx.AsyncClient(timeout=30) as http:
            return (await http.get(f"http://127.0.0.1:{self.port}{path}")).text

    async def copied(self, patience: float = 120.0) -> float:
        """Wait until everything is; how long that took."""
        began = time.monotonic()
        while json.loads(await self.get("/healthz"))["replication"]["pending"]:
            if time.monotonic() - began > patience:
                raise TimeoutError(await self.get("/healthz"))
            await asyncio.sleep(0.1)
        return time.monotonic() - began


def a_long_game(rng: random.Random) -> list[str]:
    """A game of chess that is long, and not over at its end."""
    while True:
        board, moves = chess.Board(), []
        while len(moves) < PLIES and not board.is_game_over():
            moves.append(rng.choice(list(board.legal_moves)))
            board.push(moves[-1])
        if not board.is_game_over():
            return [move.uci() for move in moves]


class Table:
    """One game after the other on one connection each, which plays both sides."""

    def __init__(self, url: str, name: str, user: User, moves: list[str]) -> None:
        self.url, self.name, self.user, self.moves = url, name, user, moves
        self.played = self.games = self.asked = 0
        self.socket: ClientConnection | None = None

    async def sit(self) -> None:
        await self.leave()
        headers = {"Authorization": f"Bearer {self.user.token()}"}
        url = f"{self.url}/ws/chess/{self.name}-{self.games}?new=yes"
        self.socket = await connect(url, additional_headers=headers, compression=None, max_size=None)
        await self.socket.recv()
        await self._ask({"type": "hello", "features": ["deltas"]})
        for seat in ("white", "black"):
            await self._ask({"type": "join", "seat": seat})
        self.games += 1

    async def play(self, until: float, interval: float) -> None:
        due = time.monotonic() + random.uniform(0, interval)
        while time.monotonic() < until:
            if interval:
                await asyncio.sleep(max(0.0, due - time.monotonic()))
                due += interval
            if self.played == self.games * len(self.moves):
                await self.sit()
            move = self.moves[self.played % len(self.moves)]
            await self._ask({"type": "make_move", "move": move, "auto_response": False})
            self.played += 1

    async def leave(self) -> None:
        if self.socket:
            await self.socket.close()

    async def _ask(self, message: dict[str, Any]) -> None:
        assert self.socket
        self.asked += 1
        id = str(self.asked)
        await self.socket.send(json.dumps(message | {"id": id}))
        while True:
            answer = await self.socket.recv()
            if f'"re":"{id}"' in answer[:40]:
                assert '"type":"error"' not in answer, answer
                return


async def load(server: Server, user: User, prefix: str, games: int, seconds: float, rate: float) -> float:
    """Play ``games`` at once, at ``rate`` moves a second in all (0: as fast as it goes); moves a second."""
    moves = a_long_game(random.Random(1))
    tables = [Table(server.url, f"{prefix}{number}", user, moves) for number in range(games)]
    for table in tables:
        await table.sit()
    began = time.monotonic()
    await asyncio.gather(*(table.play(began + seconds, games / rate if rate else 0.0) for table in tables))
    taken = time.monotonic() - began
    for table in tables:
        await table.leave()
    return sum(table.played for table in tables) / taken


async def cost(stand: Stand, folder: Path, user: User, seconds: float, games: int) -> None:
    """Moves a second with and without copying, in turn."""
    figures: dict[bool, list[float]] = {False: [], True: []}
    cpu: dict[bool, list[float]] = {False: [], True: []}
    for turn in range(4):
        copies = turn % 2 == 1
        server = Server(stand, folder, f"cost-{turn}", copies=copies)
        await server.start()
        before, began = server.cpu(), time.monotonic()
        figures[copies].append(await load(server, user, f"c{turn}-", games, seconds / 4, 0.0))
        used = server.cpu() - before
        cpu[copies].append(1000 * used / (figures[copies][-1] * (time.monotonic() - began)))
        await server.kill()
    without, copying = (sum(figures[copies]) / 2 for copies in (False, True))
    alone, beside = (sum(cpu[copies]) / 2 for copies in (False, True))
    print(  # noqa: T201
        f"cost: {without:.0f} moves/s without copying, {copying:.0f} with: {copying / without:.2f} of it;"
        f" the host's CPU a move {alone:.2f} ms without, {beside:.2f} ms with"
    )


async def lag(stand: Stand, folder: Path, user: User, seconds: float, games: int, rate: float) -> None:
    """How long a move takes to the project."""
    server = Server(stand, folder, "lag")
    await server.start()
    reached = await load(server, user, "l-", games, seconds, rate)
    rest = await server.copied()
    text = await server.get("/metrics")
    counts = [
        (float(edge), float(count))
        for edge, count in re.findall(r'gamesock_replication_seconds_bucket\{le="([^"]+)"\} (\S+)', text)
    ]
    within = {
        share: next(edge for edge, count in counts if count >= share * counts[-1][1]) for share in (0.5, 0.99)
    }
    print(  # noqa: T201
        f"lag: at {reached:.0f} moves/s in {games} games, p50 within {within[0.5]:g} s, p99 within"
        f" {within[0.99]:g} s; {counts[-1][1]:.0f} events, the last {rest:.1f} s after the last move"
    )
    await server.kill()


async def soak(stand: Stand, folder: Path, users: tuple[User, User], seconds: float) -> None:
    """Games of connect four, with faults of the project and kills of the host; then everything is compared."""
    server = Server(stand, folder, "soak")
    await server.start()
    matches: list[Match] = []
    ends, kills, faults = time.monotonic() + seconds, 0, 0

    async def seat(number: int) -> None:
        turn = 0
        while time.monotonic() < ends:
            match = Match(f"s{number}-{turn}", server.url, *users, lifetime=75.0)
            matches.append(match)
            await match.play()
            await match.close()
            turn += 1

    playing = [asyncio.create_task(seat(number)) for number in range(12)]
    rng = random.Random(1)
    while time.monotonic() < ends:
        await asyncio.sleep(rng.uniform(1, 3))
        what = rng.choice(["kill", "503", "slow", "restart"])
        if what == "kill":
            await server.kill()
            await server.start()
            kills += 1
        elif what == "restart":
            stand.lite.stop()
            await asyncio.sleep(rng.uniform(0.5, 3))
            await stand.restart()
            faults += 1
        else:
            stand.lite.fail({"status": 503} if what == "503" else {"delay": 12_000})
            await asyncio.sleep(rng.uniform(1, 8))
            stand.lite.fail(None)
            faults += 1
        failed = [task for task in playing if task.done() and task.exception()]
        assert not failed, failed[0].exception()
    await asyncio.gather(*playing)
    left = json.loads(await server.get("/healthz"))["replication"]
    # Copies are made in the players' names: who is killed with the server's memory are their tokens.
    async with contextlib.AsyncExitStack() as here:
        for user in users:
            url = f"{server.url}/ws/games/s0-0"
            await here.enter_async_context(Client(url, token=user.fresh(75.0), name=user.name))
        rest = await server.copied(300.0)
    moves = 0
    for match in matches:
        log = kept(server.database, match.name)
        assert stand.log(match.name) == log, match.name
        acknowledged = [(event.seat, event.move) for event in log if event.kind == "moved"]  # type: ignore[union-attr]
        assert acknowledged == match.moves, match.name
        by = zip(log, stand.users(match.name), strict=True)
        assert all(user == match.users[event.seat].id for event, user in by if event.kind == "moved")  # type: ignore[union-attr]
        moves += len(match.moves)
    health = json.loads(await server.get("/healthz"))["replication"]
    print(  # noqa: T201
        f"soak: {seconds:.0f} s, {kills} kills, {faults} faults of the project: {moves} moves in"
        f" {len(matches)} games, none lost, none doubled, all under their users;"
        f" {health['parked']} parked; {left['pending']} events were still to copy at the last move, in"
        f" {left['waiting']} games whose owners had to come back: all there {rest:.1f} s later"
    )
    await server.kill()


@contextlib.asynccontextmanager
async def project() -> AsyncIterator[Stand]:
    """A project of our own."""
    programs = binaries()
    if programs is None:
        sys.exit("PostgreSQL is not installed: apt-get install postgresql")
    cluster = Cluster(programs)
    cluster.start()
    lite = Lite(cluster, "bench")
    try:
        lite.start()
        yield Stand(lite)
    finally:
        for server in Server.made:
            await server.kill()
        lite.stop()
        cluster.stop()


async def main(options: argparse.Namespace) -> None:
    with tempfile.TemporaryDirectory(prefix="gamesock-bench-") as name:
        async with project() as stand:
            ann, bob, folder = stand.user("Ann"), stand.user("Bob"), Path(name)
            if "cost" in options.parts:
                await cost(stand, folder, ann, options.seconds, options.games)
            if "lag" in options.parts:
                await lag(stand, folder, ann, options.seconds, options.games, options.rate)
            if "soak" in options.parts:
                await soak(stand, folder, (ann, bob), options.minutes * 60)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("parts", nargs="*", default=["cost", "lag", "soak"], help="cost, lag, soak (default: all)")
    parser.add_argument("--seconds", type=float, default=40.0, help="how long cost and lag take each")
    parser.add_argument("--games", type=int, default=100, help="at once, in cost and lag")
    parser.add_argument("--rate", type=float, default=500.0, help="moves a second, in lag")
    parser.add_argument("--minutes", type=float, default=10.0, help="how long the soak takes")
    uvloop.run(main(parser.parse_args()))
