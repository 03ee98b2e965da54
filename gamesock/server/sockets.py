"""What every WebSocket route does with a connection: let it in, read it within its budgets, answer each frame."""

from __future__ import annotations

import asyncio
import secrets
import time
import uuid
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, Generic, TypeVar

from gamesock import protocol as p
from gamesock.protocol import Close, Code, Refusal
from gamesock.server.connection import Connection, TooFast, own_id
from gamesock.server.limits import Spent
from gamesock.server.log import Logger
from gamesock.server.outbox import WebSocketLike, outbox_for
from gamesock.server.proxies import FORWARDED
from gamesock.server.threads import Threads
from gamesock.session import Viewer
from gamesock.text import clean

log = Logger("gamesock.server")

Asked = TypeVar("Asked", p.ClientMessage, "p.LobbyRequest")


class SocketServer(ABC, Generic[Asked]):
    """Serves the connections of one route; what is said over them is its heirs' business."""

    threads: Threads

    # What heirs do

    @abstractmethod
    def parse(self, frame: str) -> Asked | p.Unknown:
        """The message of a frame; raises ``Refusal``."""

    @abstractmethod
    async def handle(self, connection: Connection, message: Asked | p.Unknown) -> None:
        """Answer one message; raises ``Refusal`` if it can't be carried out."""

    @abstractmethod
    async def enter(self, connection: Connection, thread_id: str) -> None:
        """Bring a connection to where its URL leads; raises ``Refusal``."""

    @abstractmethod
    def leave(self, connection: Connection) -> None:
        """A connection is over, also one that never entered."""

    # A connection's life

    async def serve(self, websocket: WebSocketLike, thread_id: str = "") -> None:
        """Serve one WebSocket from its handshake to its end; ``thread_id``: of its URL, if that has one."""
        await websocket.accept()
        connection = self.connection(websocket, asyncio.current_task())
        barred = self.threads.gate.enter(connection.address)
        if barred:
            await self.bar(connection, Refusal(Code.SERVER_FULL, barred))
            return
        try:
            await self._serve(connection, thread_id)
        except asyncio.CancelledError:
            if not connection.outbox.aborted:
                raise
        finally:
            connection.outbox.end()
            self.threads.sign_ins.leave(connection)
            self.leave(connection)
            self.threads.gate.leave(connection.address)

    async def _serve(self, connection: Connection, thread_id: str) -> None:
        try:
            await self.sign_in(connection)
            await self.enter(connection, thread_id)
        except Refusal as refusal:
            await self.bar(connection, refusal)
            return
        await self._read(connection)

    async def sign_in(self, connection: Connection) -> None:
        """A token in the handshake's headers signs in at once; without one, ``authenticate`` may follow."""
        kind, _, token = header_of(connection.websocket, "authorization").partition(" ")
        if kind.lower() == "bearer":
            await self.threads.sign_ins.sign_in(connection, token.strip())

    async def authenticate(self, connection: Connection, message: p.Authenticate) -> None:
        """Sign a living connection in, or renew its token."""
        await self.threads.sign_ins.sign_in(connection, message.token)
        connection.send(p.Ack(), message.id)

    async def _read(self, connection: Connection) -> None:
        while True:
            if not connection.outbox.fits(time.monotonic()):
                # Who doesn't read the answers gets to ask nothing more.
                self.threads.fell_behind(connection)
                await connection.outbox.drained()
            event = await connection.websocket.receive()
            if event["type"] == "websocket.disconnect":
                return
            text = event.get("text")
            if not await self._frame(connection, event.get("bytes") if text is None else text):
                return

    async def _frame(self, connection: Connection, frame: str | bytes | None) -> bool:
        """Answer one frame; False once the connection is to end."""
        re: str | None = None
        try:
            wait = self._wait(connection, "messages")
            connection.refused = connection.refused + 1 if wait else 0
            if wait:
                raise TooFast(wait)
            message = self._message(frame)
            re = message.id
            kind = "unknown" if isinstance(message, p.Unknown) else message.type
            self.threads.metrics.messages.labels(kind).inc()
            self.threads.sign_ins.check(connection, message)
            with self.threads.metrics.handle.time():
                await self.handle(connection, message)
        except Refusal as refusal:
            self.threads.metrics.refusals.labels(refusal.code).inc()
            later = {"retry_after_ms": int(refusal.wait * 1000)} if isinstance(refusal, TooFast) else {}
            connection.refuse(refusal, self.threads.now(), re or own_id(frame), **later)
            if connection.refused > self.threads.gate.limits.refusals:
                await connection.close(Close.POLICY, "too many messages")
                return False
        except Exception as error:
            error_id = uuid.uuid4().hex[:12]
            log.exception("internal_error", error_id=error_id, thread=connection.live and connection.live.id)
            reason = f"something went wrong here ({type(error).__name__}); error {error_id}"
            connection.refuse(Refusal(Code.INTERNAL, reason), self.threads.now(), re, error_id=error_id)
        return True

    def spend(self, connection: Connection, spent: Spent) -> None:
        """Take from the budgets of a connection and its address; raises ``TooFast`` if one is used up."""
        wait = self._wait(connection, spent)
        if wait:
            raise TooFast(wait, spent)

    def _wait(self, connection: Connection, spent: Spent) -> float:
        now = time.monotonic()
        return connection.budgets.take(spent, now) or self.threads.gate.take(connection.address, spent, now)

    def _message(self, frame: str | bytes | None) -> Asked | p.Unknown:
        if not isinstance(frame, str):
            raise Refusal(Code.BAD_MESSAGE, "send JSON in text frames, not binary ones")
        size, limit = len(frame.encode()), self.threads.gate.limits.max_frame
        if size > limit:
            raise Refusal(Code.TOO_LARGE, f"the frame has {size} bytes: {limit} at most")
        return self.parse(frame)

    def connection(self, websocket: Any, serving: asyncio.Task[Any] | None = None) -> Connection:
        """A connection as the server holds it; ``serving`` is the task that reads it."""
        gate = self.threads.gate
        peer = getattr(websocket, "client", None)
        address = gate.address(peer[0] if peer else "unknown", header_of(websocket, FORWARDED))
        viewer = Viewer(secrets.token_hex(6), name=clean(query_of(websocket).get("name", ""), 40))
        return Connection(websocket, address, viewer, outbox_for(websocket, serving), gate.limits.of_connection())

    async def bar(self, connection: Connection, refusal: Refusal) -> None:
        """Say why there is no way in, and close."""
        self.threads.metrics.refusals.labels(refusal.code).inc()
        connection.refuse(refusal, self.threads.now())
        again = refusal.code in (Code.SERVER_FULL, Code.STORE_UNAVAILABLE, Code.AUTH_UNAVAILABLE)
        await connection.close(Close.TRY_AGAIN if again else Close.POLICY, str(refusal))
        connection.outbox.end()


def query_of(websocket: Any) -> Mapping[str, str]:
    """The query of a connection's URL."""
    query: Mapping[str, str] = getattr(websocket, "query_params", {})
    return query


def header_of(websocket: Any, name: str) -> str:
    """A header of a connection's handshake, all of its lines in one; empty if there is none."""
    headers = getattr(websocket, "headers", None)
    # The websockets library's name for it, and Starlette's.
    lines = getattr(headers, "get_all", None) or getattr(headers, "getlist", None)
    return ",".join(lines(name)) if lines else ""


def websocket_class(app: Any) -> Any:
    """The class of the sockets that an application hands to its routes."""
    if type(app).__module__.partition(".")[0] in ("fastapi", "starlette"):
        from starlette.websockets import WebSocket as Starlette

        return Starlette
    return Any
