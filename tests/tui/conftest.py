"""A real server on loopback, and full-screen clients on it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import TypeAlias

import pytest
from textual import active_app
from textual.pilot import Pilot

from gamesock.client import Client
from gamesock.server import App, GameSocketFactory
from gamesock.server.limits import Limits
from gamesock.server.stores.sqlite import SqliteStore
from gamesock.server.threads import Threads

Until: TypeAlias = Callable[[Callable[[], object]], Awaitable[None]]


@pytest.fixture(autouse=True)
def colors(monkeypatch: pytest.MonkeyPatch) -> None:
    """An app without colours tells Textual so through the environment: the next test has its own again."""
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.delenv("NO_COLOR")


class Host:
    """A server of every game that can be stopped and started again, on the same port with the same games."""

    def __init__(self, games: Path) -> None:
        self.url = ""
        self._games = games
        self._serving: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Serve until stopped."""
        # It stands in for that of this computer, too, where private games have short names.
        app = App(Threads(SqliteStore(self._games), limits=Limits(secret_id=1)))
        GameSocketFactory.create_all_sockets(app)
        started: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        port = int(self.url.rpartition(":")[2] or 0)
        self._serving = asyncio.create_task(
            app.serve(port=port, started=lambda app: started.set_result(app.urls[0]))
        )
        await asyncio.wait({started, self._serving}, return_when=asyncio.FIRST_COMPLETED)
        self.url = await started

    async def stop(self) -> None:
        """Stop; clients are told that it goes away."""
        if self._serving:
            self._serving.cancel()
            await asyncio.gather(self._serving, return_exceptions=True)
            self._serving = None


@pytest.fixture
async def host(tmp_path: Path) -> AsyncIterator[Host]:
    """A running server that a test may restart."""
    running = Host(tmp_path / "games.db")
    await running.start()
    yield running
    await running.stop()


@pytest.fixture
def server(host: Host) -> str:
    """The address of a server of every game."""
    return host.url


@pytest.fixture
async def guest() -> AsyncIterator[Callable[..., Awaitable[Client]]]:
    """Makes connected clients that aren't on any screen: the other players, seated if they are told where."""
    made: list[Client] = []

    async def make(url: str, seat: str | None = None, *, name: str = "guest") -> Client:
        client = Client(url, name=name)
        await client.connect()
        made.append(client)
        if seat:
            await client.join(seat)
        return client

    yield make
    for client in made:
        await client.close()


@pytest.fixture
def until() -> Until:
    """Waits for something to become true, and to be on the screen; half a minute at most."""

    async def wait(condition: Callable[[], object]) -> None:
        async with asyncio.timeout(30):
            while not condition():  # noqa: ASYNC110 - any condition, not one that tells of itself
                await asyncio.sleep(0.01)
        if (app := active_app.get(None)) and app.is_running and app.screen.is_running:
            # What is known is painted a moment later, and only then can it be clicked on.
            await Pilot(app).pause()

    return wait
