"""kill -9 of a server that copies: acknowledged moves arrive at the project once, in order, as their player's."""

from __future__ import annotations

import asyncio
import contextlib
import random
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from cluster import free_port
from lite import JWT_SECRET, PUBLISHABLE_KEY
from stand import Stand, User, kept

from gamesock import protocol as p
from gamesock import record as r
from gamesock.client import Client

HOSTING = Path(__file__).parent / "hosting.py"
GAMES = 4
KILLS = 2


@contextlib.asynccontextmanager
async def hosting(database: Path, port: int, stand: Stand) -> AsyncIterator[None]:
    """A server, killed at the end of the block."""
    arguments = [str(database), str(port), stand.url, PUBLISHABLE_KEY, JWT_SECRET]
    with (database.parent / "host.log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable, str(HOSTING), *arguments, stdout=asyncio.subprocess.PIPE, stderr=log
        )
    try:
        assert process.stdout
        assert await asyncio.wait_for(process.stdout.readline(), 60), (database.parent / "host.log").read_text()
        yield
    finally:
        process.kill()
        await process.wait()


async def insist(ask: Callable[[], Awaitable[object]]) -> None:
    """What may not be sent twice by itself is asked again by the player."""
    async with asyncio.timeout(60):
        while True:
            with contextlib.suppress(ConnectionError, TimeoutError):
                await ask()
                return
            await asyncio.sleep(0.2)


class Match:
    """A game of connect four between two users, who insist."""

    def __init__(self, name: str, url: str, red: User, yellow: User, *, lifetime: float = 3600.0) -> None:
        self.name = name
        self.users = {"red": red, "yellow": yellow}
        self.clients = {
            seat: Client(
                f"{url}/ws/games/{name}?game=connect4&new=yes", token=user.fresh(lifetime), name=user.name
            )
            for seat, user in self.users.items()
        }
        self.moves: list[tuple[str, str]] = []
        """Acknowledged: seat and move."""

    async def play(self) -> None:
        """From the first move to the last."""
        for seat, client in self.clients.items():
            await insist(client.connect)
            await insist(partial(client.join, seat))
        seats = list(self.clients)
        rng = random.Random(self.name)
        while True:
            seat = seats[len(self.moves) % 2]
            client = self.clients[seat]
            async with asyncio.timeout(60):
                while client.mirror.ply < len(self.moves):  # noqa: ASYNC110 - the other's move is on its way
                    await asyncio.sleep(0.005)
            if client.mirror.outcome:
                return
            assert client.mirror.picture
            move = rng.choice(client.mirror.picture.moves).move
            answer = await client.move(move, auto_response=False)
            assert isinstance(answer, p.StateUpdate)
            self.moves.append((seat, move))
            await asyncio.sleep(rng.uniform(0.02, 0.15))

    async def close(self) -> None:
        """Leave."""
        for client in self.clients.values():
            await client.close()


@pytest.mark.timeout(240)
async def test_nothing_is_lost_and_nothing_comes_twice(
    stand: Stand, until: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gamesock.link._LONGEST_WAIT", 0.5)
    database, port = tmp_path / "games.db", free_port()
    ann, bob = stand.user("Ann"), stand.user("Bob")
    matches = [Match(f"match-{number}", f"ws://127.0.0.1:{port}", ann, bob) for number in range(GAMES)]
    playing: asyncio.Future[Any] | None = None
    for kill in range(KILLS + 1):
        async with hosting(database, port, stand):
            if playing is None:
                playing = asyncio.gather(*(match.play() for match in matches))
            if kill < KILLS:
                goal = 8 * GAMES * (kill + 1)
                await until(lambda g=goal, p=playing: p.done() or sum(len(m.moves) for m in matches) >= g, 60)
                stand.lite.fail({"status": 503} if kill else None)
                continue
            stand.lite.fail(None)
            await asyncio.wait_for(playing, 120)
            logs = {match.name: kept(database, match.name) for match in matches}
            for name, log in logs.items():
                await until(lambda n=name, log=log: stand.log(n) == log, 60)
    for match in matches:
        log = stand.log(match.name)
        assert log == logs[match.name]
        moved = [(event.seat, event.move) for event in log if isinstance(event, r.Moved)]
        assert moved == match.moves, "what was acknowledged is what arrived"
        by = dict(zip([event.seq for event in log], stand.users(match.name), strict=True))
        for event in log:
            if isinstance(event, r.Moved | r.Joined):
                assert by[event.seq] == match.users[event.seat].id
        await match.close()
