"""``App``: WebSocket routes and GET endpoints on the ``websockets`` library, with no web framework.

It takes routes as FastAPI does (``@app.websocket(path)``), so that a ``GameSocketServer`` runs on either.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import ssl
from collections.abc import Awaitable, Callable, Sequence
from http import HTTPStatus
from typing import Any, TypeAlias
from urllib.parse import parse_qsl, unquote, urlsplit

import orjson
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.typing import Origin

from gamesock.server.endpoints import Endpoints, problem
from gamesock.server.log import Logger
from gamesock.server.proxies import FORWARDED
from gamesock.server.stores.memory import MemoryStore
from gamesock.server.threads import Threads

log = Logger("gamesock.app")

Handler: TypeAlias = Callable[..., Awaitable[None]]

HARD_LIMIT = 1 << 20
"""Bytes of a frame that ends the connection (1009); smaller ones over the budget get an error."""

STOP = 3.0
"""Seconds to wait for connections without a thread when the server stops."""

LOCAL_ORIGINS: list[Origin | re.Pattern[str] | None] = [
    None,
    re.compile(r"https?://(localhost|127\.0\.0\.1|\[::1\])(:\d+)?"),
]
"""Browsers' pages that may connect unless told otherwise; programs send no origin."""


class WebSocket:
    """A server connection with the methods that a FastAPI ``WebSocket`` has."""

    def __init__(self, connection: ServerConnection, path_params: dict[str, str], query: str) -> None:
        self.connection = connection
        self.path_params = path_params
        self.query_params = dict(parse_qsl(query, keep_blank_values=True))

    @property
    def client(self) -> tuple[str, int] | None:
        """The peer's address and port."""
        address = self.connection.remote_address
        return (address[0], address[1]) if isinstance(address, tuple) else None

    @property
    def headers(self) -> Headers:
        """The headers of the handshake."""
        request = self.connection.request
        return request.headers if request else Headers()

    async def accept(self) -> None:
        """The handshake is done already."""

    async def receive(self) -> dict[str, Any]:
        """The next frame, or the end, as an ASGI event."""
        try:
            data = await self.connection.recv()
        except ConnectionClosed as closed:
            return {"type": "websocket.disconnect", "code": closed.rcvd.code if closed.rcvd else 1006}
        return {"type": "websocket.receive", "text" if isinstance(data, str) else "bytes": data}

    async def receive_text(self) -> str:
        """The next text frame.

        Raises:
            EOFError: the connection is closed.
        """
        event = await self.receive()
        if event["type"] == "websocket.disconnect":
            raise EOFError("the connection is closed")
        return str(event["text"]) if "text" in event else event["bytes"].decode(errors="replace")

    async def send_text(self, data: str) -> None:
        """Send a text frame."""
        await self.connection.send(data)

    async def send_json(self, data: Any) -> None:
        """Send a value as JSON."""
        await self.connection.send(orjson.dumps(data).decode())

    async def close(self, code: int = 1000, reason: str | None = None) -> None:
        """Close the connection."""
        await self.connection.close(code, reason or "")


class App:
    """An application: its routes, and the threads that its servers share.

    Args:
        threads: store, workers and limits; by default games are kept in memory.
        origins: other web pages (``https://example.org``) whose scripts may connect.
    """

    def __init__(self, threads: Threads | None = None, *, origins: Sequence[str] = ()) -> None:
        self._threads = threads
        self._routes: list[tuple[re.Pattern[str], Handler]] = []
        self._origins = [*LOCAL_ORIGINS, *map(Origin, origins)]
        self._server: Server | None = None
        self.urls: list[str] = []
        """Where it serves, once it does: ``ws://127.0.0.1:8765``."""

    @property
    def threads(self) -> Threads:
        """What the servers of this application share."""
        if self._threads is None:
            self._threads = Threads(MemoryStore())
        return self._threads

    def websocket(self, path: str) -> Callable[[Handler], Handler]:
        """Route connections to ``path`` (with ``{name}`` parts) to a handler ``(websocket, **parts)``."""
        pattern = re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(path)))

        def add(handler: Handler) -> Handler:
            self._routes.append((pattern, handler))
            return handler

        return add

    async def serve(
        self,
        host: str = "127.0.0.1",
        port: int = 8765,
        *,
        tls: ssl.SSLContext | None = None,
        compression: bool = False,
        started: Callable[[App], None] | None = None,
    ) -> None:
        """Serve until cancelled; then store, tell everyone ``going_away``, and close with 1001.

        ``port`` 0 takes any free one; ``started`` is called once ``urls`` are known.

        Raises:
            OSError: the address can't be bound (in use, not allowed).
            StoreError: the store can't be opened.
        """
        threads = self.threads
        await threads.start()
        try:
            self._server = await serve(
                self._handle,
                host,
                port,
                process_request=self._process_request,
                origins=self._origins,
                ssl=tls,
                compression="deflate" if compression else None,
                max_size=HARD_LIMIT,
                max_queue=16,
                open_timeout=threads.gate.limits.handshake,
                ping_interval=threads.gate.limits.ping,
                ping_timeout=threads.gate.limits.ping,
                close_timeout=2,
                server_header=threads.version,
            )
        except BaseException:
            await threads.close()
            raise
        self.urls = [_url(sock.getsockname(), tls is not None) for sock in self._server.sockets]
        log.info("serving", urls=self.urls)
        try:
            if started:
                started(self)
            await asyncio.get_running_loop().create_future()
        finally:
            await self._stop()

    async def _stop(self) -> None:
        server = self._server
        assert server is not None
        server.close(close_connections=False)
        try:
            await self.threads.close()
        finally:
            # What is left has no thread yet: half-open handshakes, agents that take too long to be made.
            for connection in list(server.handlers):
                connection.transport.abort()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(STOP):
                    await server.wait_closed()
        log.info("stopped")

    async def _handle(self, connection: ServerConnection) -> None:
        assert connection.request is not None
        parts = urlsplit(connection.request.path)
        handler, params = self._route(parts.path) or (None, {})
        assert handler is not None, "the handshake let only known routes through"
        await handler(WebSocket(connection, params, parts.query), **params)

    def _route(self, path: str) -> tuple[Handler, dict[str, str]] | None:
        for pattern, handler in self._routes:
            match = pattern.fullmatch(path)
            if match:
                return handler, {key: unquote(value) for key, value in match.groupdict().items()}
        return None

    async def _process_request(self, connection: ServerConnection, request: Request) -> Response | None:
        """Answer a GET, or let the WebSocket handshake go on (None)."""
        try:
            parts = urlsplit(request.path)
        except ValueError:
            return problem(HTTPStatus.BAD_REQUEST, "this is no path")
        if self._route(parts.path) is not None:
            return None
        peer = connection.remote_address
        forwarded = ",".join(request.headers.get_all(FORWARDED))
        address = self.threads.gate.address(peer[0] if isinstance(peer, tuple) else "unknown", forwarded)
        found = await Endpoints(self.threads).answer(parts.path, dict(parse_qsl(parts.query)), address)
        return found or problem(HTTPStatus.NOT_FOUND, f"there is nothing at {parts.path[:200]}")


def _url(address: Sequence[Any], secure: bool) -> str:
    host = f"[{address[0]}]" if ":" in address[0] else address[0]
    return f"{'wss' if secure else 'ws'}://{host}:{address[1]}"
