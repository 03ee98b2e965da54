"""Servers on loopback sockets, and a bare JSON client, for every test that needs them."""

from __future__ import annotations

import asyncio
import contextlib
import json
import ssl
import subprocess
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from gamesock.server import App, GameSocketFactory
from gamesock.server.limits import Limits
from gamesock.server.stores.base import Store
from gamesock.server.stores.memory import MemoryStore
from gamesock.server.threads import Threads
from gamesock.server.workers import Workers


class Host:
    """A server under way."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.threads = app.threads
        self.servers: dict[str, Any] = {}
        self._task: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        return self.app.urls[0]

    @property
    def http(self) -> str:
        return self.url.replace("ws", "http", 1)

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    async def start(self, port: int = 0, **options: Any) -> None:
        up = asyncio.Event()
        self._task = asyncio.create_task(
            self.app.serve(port=port, started=lambda app: up.set(), **options), name="the host"
        )
        waiting = asyncio.create_task(up.wait())
        await asyncio.wait({self._task, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if self._task.done():
            waiting.cancel()
            self._task.result()

    async def stop(self) -> None:
        if self._task and not self._task.done():
            self._task.cancel()
            await asyncio.wait([self._task])


class Wire:
    """A connection that speaks plain JSON."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    async def send(self, type: str, **fields: Any) -> None:
        await self.socket.send(json.dumps({"type": type, **fields}))

    async def recv(self, timeout: float = 10.0) -> dict[str, Any]:
        async with asyncio.timeout(timeout):
            message: dict[str, Any] = json.loads(await self.socket.recv())
        return message

    async def ask(self, type: str, **fields: Any) -> dict[str, Any]:
        """Send, and return the next message."""
        await self.send(type, **fields)
        return await self.recv()

    async def until(self, type: str, timeout: float = 20.0, **fields: Any) -> dict[str, Any]:
        """The next message like this one; what comes before it is passed over."""
        async with asyncio.timeout(timeout):
            while True:
                message = await self.recv(timeout)
                if message["type"] == type and all(message.get(key) == value for key, value in fields.items()):
                    return message

    async def raw(self, frame: str | bytes) -> dict[str, Any]:
        await self.socket.send(frame)
        return await self.recv()

    async def closed(self, timeout: float = 10.0) -> int | None:
        """Read to the end; the close code."""
        async with asyncio.timeout(timeout):
            with contextlib.suppress(ConnectionClosed):
                while True:
                    await self.socket.recv()
        return self.socket.close_code


@pytest.fixture
async def host() -> AsyncIterator[Callable[..., Any]]:
    """Start a server of every game: ``await host(store=…, limits=…)``."""
    hosts: list[Host] = []

    async def start(
        store: Store | None = None,
        limits: Limits | None = None,
        *,
        setup: Callable[[App], Any] = GameSocketFactory.create_all_sockets,
        port: int = 0,
        serving: dict[str, Any] | None = None,
        origins: tuple[str, ...] = (),
        **options: Any,
    ) -> Host:
        threads = Threads(store or MemoryStore(), limits=limits, workers=Workers(1), **options)
        made = Host(App(threads, origins=origins))
        hosts.append(made)
        served = setup(made.app)
        made.servers = served if isinstance(served, dict) else {"": served}
        await made.start(port, **(serving or {}))
        return made

    yield start
    for made in hosts:
        await made.stop()


@pytest.fixture
async def wire() -> AsyncIterator[Callable[..., Any]]:
    """Connect to an address: ``await wire(url)``; with ``hello=True`` as a gamesock client."""
    sockets: list[ClientConnection] = []

    async def open_wire(url: str, *, hello: bool = False, **options: Any) -> Wire:
        socket = await connect(url, compression=None, max_size=None, **options)
        sockets.append(socket)
        made = Wire(socket)
        if hello:
            await made.recv()
            await made.send("hello")
            await made.until("state_update")
        return made

    yield open_wire
    for socket in sockets:
        await socket.close()


@pytest.fixture
def until() -> Callable[..., Any]:
    """Wait for a condition: ``await until(lambda: …)``."""

    async def wait(condition: Callable[[], object], timeout: float = 30.0) -> None:
        async with asyncio.timeout(timeout):
            while not condition():  # noqa: ASYNC110 - any condition, not one that tells of itself
                await asyncio.sleep(0.01)

    return wait


@pytest.fixture(scope="session")
def tls(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's and a client's context for a self-signed certificate of ``localhost``."""
    here = tmp_path_factory.mktemp("tls")
    command = f"openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost \
        -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout {here}/key.pem -out {here}/cert.pem"
    if subprocess.run(command.split(), capture_output=True, check=False).returncode:
        pytest.skip("openssl can't make a certificate here")
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(here / "cert.pem", here / "key.pem")
    return serving, ssl.create_default_context(cafile=str(here / "cert.pem"))
