"""What is on its way to a connection: bounded, never awaited, skipped forward when the reader is slow.

A reader that can't keep up is first *stale*: what comes is not queued for it. When its backlog has drained
it gets the newest state in full, and goes on. One that stays stale for too long is cut off; it can resume.
"""

from __future__ import annotations

import asyncio
import contextlib
from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Any, Protocol

from websockets.asyncio.server import ServerConnection, broadcast

BACKLOG_BYTES = 64 * 1024
"""Unsent bytes above which a reader is stale."""

BACKLOG_MESSAGES = 64
"""The same in messages, where bytes can't be seen (another framework's socket)."""

FLUSH = 5.0
"""Seconds to wait for a reader before its connection is closed."""


class WebSocketLike(Protocol):
    """What a FastAPI ``WebSocket`` and gamesock's own have in common."""

    async def accept(self) -> None: ...
    async def receive(self) -> Any: ...
    async def send_text(self, data: str) -> None: ...
    async def close(self, code: int = 1000, reason: str | None = None) -> None: ...


class Outbox(ABC):
    """The way out to one connection."""

    def __init__(self) -> None:
        self.stale_since: float | None = None
        """When it fell behind (monotonic seconds); None while it keeps up."""
        self.aborted = False

    @abstractmethod
    def backed_up(self) -> bool:
        """Whether too much waits to be sent."""

    @abstractmethod
    def put(self, text: str) -> None:
        """Send soon, in order. Does nothing on a closed connection."""

    @abstractmethod
    def abort(self) -> None:
        """Cut the connection without waiting for its reader."""

    @abstractmethod
    async def drained(self) -> None:
        """Return once the reader has caught up, or is gone."""

    @abstractmethod
    async def flush(self) -> None:
        """Return once what was put has been handed to the network, or nobody takes it."""

    @abstractmethod
    def end(self) -> None:
        """The connection is over: let go of what served it."""

    def fits(self, now: float) -> bool:
        """Whether another message may be put; if not, the outbox is stale from now on."""
        if self.stale_since is None and self.backed_up():
            self.stale_since = now
        return self.stale_since is None


class DirectOutbox(Outbox):
    """Writes to a ``websockets`` connection at once; its transport's buffer is the backlog."""

    def __init__(self, connection: ServerConnection) -> None:
        super().__init__()
        self.connection = connection

    def backed_up(self) -> bool:
        return self.connection.transport.get_write_buffer_size() > BACKLOG_BYTES

    def put(self, text: str) -> None:
        broadcast([self.connection], text)

    def abort(self) -> None:
        self.aborted = True
        self.connection.transport.abort()

    async def drained(self) -> None:
        await self.connection.drain()

    async def flush(self) -> None:
        """Closing does it."""

    def end(self) -> None:
        """There is nothing to let go of."""


class QueuedOutbox(Outbox):
    """A bounded queue and a task that empties it, for any framework's WebSocket.

    No framework lets go of a transport; to cut the connection, the task that serves it is cancelled.
    """

    def __init__(self, websocket: WebSocketLike, serving: asyncio.Task[Any] | None) -> None:
        super().__init__()
        self._websocket = websocket
        self._serving = serving
        self._queue: asyncio.Queue[str] = asyncio.Queue()
        self._writer = asyncio.create_task(self._write(), name="outbox")

    def backed_up(self) -> bool:
        return self._queue.qsize() > BACKLOG_MESSAGES

    def put(self, text: str) -> None:
        if not self._writer.done() and self._queue.qsize() <= 2 * BACKLOG_MESSAGES:
            self._queue.put_nowait(text)

    def abort(self) -> None:
        self.aborted = True
        self._writer.cancel()
        if self._serving:
            self._serving.cancel()

    async def drained(self) -> None:
        sent = asyncio.create_task(self._queue.join())
        try:
            await asyncio.wait({sent, self._writer}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            sent.cancel()

    async def flush(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FLUSH):
                await self.drained()

    def end(self) -> None:
        self._writer.cancel()

    async def _write(self) -> None:
        # Each framework raises something of its own once the peer is gone; the reading side sees it too.
        with contextlib.suppress(Exception):
            while True:
                text = await self._queue.get()
                await self._websocket.send_text(text)
                self._queue.task_done()


def outbox_for(websocket: WebSocketLike, serving: asyncio.Task[Any] | None = None) -> Outbox:
    """The fastest outbox for this socket, which the task ``serving`` reads, if it is one of ours."""
    connection = getattr(websocket, "connection", None)
    return (
        DirectOutbox(connection) if isinstance(connection, ServerConnection) else QueuedOutbox(websocket, serving)
    )


def deliver(outboxes: Iterable[Outbox], text: str) -> None:
    """Put the same text in many outboxes, framed once where the sockets allow it."""
    direct = []
    for outbox in outboxes:
        if isinstance(outbox, DirectOutbox):
            direct.append(outbox.connection)
        else:
            outbox.put(text)
    if direct:
        broadcast(direct, text)
