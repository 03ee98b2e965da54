"""The asyncio client: one thread over one WebSocket that comes back by itself.

Everything received is folded into ``mirror`` first, then handed on. After a lost connection the client
reconnects with jittered backoff, takes its seats again, asks for what it missed, and sends a move that was
not answered again under the same id: no move is lost, none is played twice.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import random
import secrets
import ssl
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Self, TypeAlias
from urllib.parse import urlsplit, urlunsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidURI

from gamesock import __version__
from gamesock import protocol as p
from gamesock.game import Seat
from gamesock.mirror import Change, Mirror, Page
from gamesock.protocol import Close, Refusal

TIMEOUT = 10.0
"""Seconds to wait for a handshake or an answer."""

MAX_FRAME = 16 * 1024 * 1024
"""Bytes of the largest message taken from a server."""

BACKLOG = 1000
"""Messages kept for a reader of the client; the oldest go first (the mirror has them all folded in)."""

_FIRST_WAIT, _LONGEST_WAIT = 0.5, 15.0


class ConnectionFailed(ConnectionError):
    """The server can't be reached, or doesn't let this client in; ``str(error)`` says why."""


class ConnectionLost(ConnectionError):
    """The connection went away before the answer came: whether the request was heard is not known."""


class Status(StrEnum):
    """How the connection is."""

    CONNECTING = "connecting"
    LIVE = "live"
    WAITING = "waiting"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Connection:
    """The connection changed: it is part of the stream of messages."""

    status: Status
    reason: str = ""
    retry_at: float | None = None
    """When the next try is (``time.time()``), while waiting."""
    attempt: int = 0


Item: TypeAlias = p.ServerMessage | Connection


class _Refused(Exception):
    """The server closed the door; trying again would not help."""


class Client:
    """A player or a spectator of one thread.

    Args:
        url: the thread's: ``ws://127.0.0.1:8765/ws/chess/my-game``.
        name: how others see this player.
        seat_tokens: what earlier ``join`` answers gave; with them seats are found again.
        token: a bearer token, on servers with accounts.
        retry: whether to reconnect after a lost connection.
        features: of the protocol: ``picture``, ``deltas``, ``thinking``.
        keep: called with the client whenever ``seat_tokens`` has a new one, to be kept for coming back.
    """

    def __init__(
        self,
        url: str,
        *,
        name: str | None = None,
        seat_tokens: dict[Seat, str] | None = None,
        token: str | None = None,
        retry: bool = True,
        features: tuple[str, ...] = ("deltas", "picture", "thinking"),
        tls: ssl.SSLContext | None = None,
        keep: Callable[[Client], None] | None = None,
    ) -> None:
        self.url = url
        self.name = name
        self.seat_tokens = dict(seat_tokens or {})
        self.mirror = Mirror()
        self.connection = Connection(Status.CONNECTING)
        self.offset = 0.0
        """The server's clock less ours, in seconds."""
        self.welcome: p.Welcome | None = None
        self._token, self._retry, self._features, self._tls = token, retry, features, tls
        self._keep_token = keep
        self._socket: ClientConnection | None = None
        self._pending: dict[str, tuple[p.ClientMessage, asyncio.Future[p.ServerMessage]]] = {}
        self._items: deque[Item] = deque(maxlen=BACKLOG)
        self._arrived = asyncio.Event()
        self._live = asyncio.Event()
        self._hurry = asyncio.Event()
        self._keeper: asyncio.Task[None] | None = None
        self._retry_after: float | None = None

    # Opening and closing

    async def connect(self) -> None:
        """Connect, and keep connected until ``close``.

        Raises:
            ConnectionFailed: the server isn't there, or refuses this thread.
        """
        try:
            await self._open()
        except _Refused as error:
            self._ended(str(error))
            raise ConnectionFailed(str(error)) from None
        except (OSError, InvalidHandshake, InvalidURI, ConnectionClosed, TimeoutError) as error:
            self._ended(_why(error))
            raise ConnectionFailed(f"can't connect to {self.url}: {_why(error)}") from None
        self._keeper = asyncio.create_task(self._keep(), name="gamesock client")

    async def close(self) -> None:
        """Close the connection for good. Seats stay ours."""
        if self._keeper:
            self._keeper.cancel()
            await asyncio.wait([self._keeper])
        if self._socket:
            await self._socket.close()
        if self.connection.status is not Status.CLOSED:
            self._ended("closed")

    async def __aenter__(self) -> Self:
        await self.connect()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def retry_now(self) -> None:
        """Don't wait any longer before the next try."""
        self._hurry.set()

    def for_thread(self, thread_id: str) -> Client:
        """A client like this one for another thread (a rematch), where the same tokens open our seats."""
        parts = urlsplit(self.url)
        path = f"{parts.path.rpartition('/')[0]}/{thread_id}"
        return Client(
            urlunsplit(parts._replace(path=path, query="")),
            name=self.name,
            token=self._token,
            retry=self._retry,
            features=self._features,
            tls=self._tls,
            keep=self._keep_token,
            seat_tokens=self.seat_tokens,
        )

    # Receiving data

    async def __aiter__(self) -> AsyncIterator[Item]:
        """Every message, and every change of the connection; ends when it is closed for good."""
        while True:
            while self._items:
                yield self._items.popleft()
            if self.connection.status is Status.CLOSED:
                return
            self._arrived.clear()
            await self._arrived.wait()

    def clock_left(self, seat: Seat, now: float) -> float | None:
        """Seconds ``seat`` has left at ``now`` (``time.time()``), by the last word of the server."""
        clock = self.mirror.clock
        if clock is None or seat not in clock.left:
            return None
        used = max(0.0, now + self.offset - clock.now - clock.delay) if seat in clock.running else 0.0
        return max(0.0, clock.left[seat] - used)

    async def page(self, ply: int) -> Page:
        """The thread after its first ``ply`` moves.

        Raises:
            Refusal: the game has fewer moves.
        """
        if ply not in self.mirror.pages:
            await self.request(p.GetState(ply=ply))
        return self.mirror.pages[ply]

    # Sending data

    async def request(self, message: p.ClientMessage, timeout: float = TIMEOUT) -> p.ServerMessage:
        """Send a request and return its answer.

        A move that loses its answer with the connection is sent again after it; so is a question.

        Raises:
            Refusal: the server refused it, with a code and a reason.
            ConnectionLost: the connection was lost before the answer, or is closed.
            TimeoutError: no answer came in time.
        """
        message = message if message.id else message.model_copy(update={"id": secrets.token_hex(8)})
        assert message.id is not None
        future: asyncio.Future[p.ServerMessage] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(timeout):
                await self._live.wait()
                # From here on the keeper knows of it: after a lost connection it repeats it, or gives it up.
                self._pending[message.id] = message, future
                await self._send(message)
                answer = await future
        finally:
            self._pending.pop(message.id, None)
        if isinstance(answer, p.Error):
            raise Refusal(answer.code, answer.message)
        return answer

    async def send(self, message: p.ClientMessage) -> None:
        """Send a request without waiting; its answer comes with the other messages."""
        await self._live.wait()
        await self._send(message)

    async def join(self, seat: Seat | None = None, name: str | None = None) -> p.Ack:
        """Take a seat (None: every one that our tokens open, or else the first free one).

        Raises:
            Refusal: ``seat_taken``, ``thread_full``, ``not_found``, ``forbidden``.
        """
        self.name = name or self.name
        if seat or not self.seat_tokens:
            return await self._sit(seat, self.seat_tokens.get(seat) if seat else None)
        # In a rematch they open other seats than before.
        before, self.seat_tokens = self.seat_tokens, {}
        try:
            return [await self._sit(None, token) for token in dict.fromkeys(before.values())][-1]
        except BaseException:
            self.seat_tokens = before | self.seat_tokens
            raise

    async def _sit(self, seat: Seat | None, token: str | None) -> p.Ack:
        answer = await self.request(p.Join(seat=seat, name=self.name, seat_token=token))
        assert isinstance(answer, p.Ack)
        return answer

    async def move(self, move: object, *, auto_response: bool | None = None) -> p.ServerMessage:
        """Play a move, in any notation the game reads.

        Raises:
            Refusal: it isn't legal, not our turn, the game is over…; nothing changed.
        """
        return await self.request(p.MakeMove(move=move, auto_response=auto_response), timeout=60.0)

    # The connection

    async def _open(self) -> None:
        headers = {"Authorization": f"Bearer {self._token}"} if self._token else None
        socket = await connect(
            self.url,
            additional_headers=headers,
            user_agent_header=f"gamesock/{__version__}",
            max_size=MAX_FRAME,
            open_timeout=TIMEOUT,
            compression=None,
            ssl=self._tls or (True if urlsplit(self.url).scheme == "wss" else None),
            close_timeout=2,
        )
        try:
            await self._greet(socket)
        except BaseException:
            await socket.close()
            raise
        self._socket = socket
        self._tell(Connection(Status.LIVE))
        self._live.set()

    async def _greet(self, socket: ClientConnection) -> None:
        """Say hello, take our seats again, ask for what was missed; before anyone else speaks."""
        hello = p.Hello(id="hello", client=f"gamesock/{__version__}", features=self._features)
        again = self._again()
        for message in (hello, *again):
            await socket.send(message.model_dump_json(exclude_none=True))
        greeted, refused = False, "the server closed the connection"
        try:
            async with asyncio.timeout(TIMEOUT):
                while True:
                    answer = _understood(await socket.recv())
                    if isinstance(answer, p.Welcome):
                        self.welcome, greeted = answer, True
                    elif greeted and answer:
                        self._take(answer)
                        self._unseat(answer)
                        # A private thread shows itself only after ``join``: its refusal is an answer too.
                        first = isinstance(answer, p.StateUpdate | p.Error) and not again
                        if first or (again and answer.re == again[-1].id):
                            return
                    elif isinstance(answer, p.Error):
                        refused = answer.message
        except ConnectionClosed as closed:
            if closed.rcvd and closed.rcvd.code == Close.POLICY:
                raise _Refused(refused) from None
            raise

    def _unseat(self, answer: p.ServerMessage) -> None:
        """A seat that was ours is so no more: the server forgot the game, or gave it away."""
        if isinstance(answer, p.Error) and answer.re and answer.re.startswith("join "):
            lost = answer.re.removeprefix("join ")
            self.mirror.seats = tuple(seat for seat in self.mirror.seats if seat != lost)

    def _again(self) -> list[p.ClientMessage]:
        """What to say after ``hello`` when we have been here before."""
        if not self.mirror.epoch:
            return []
        seats = [
            p.Join(id=f"join {seat}", seat=seat, name=self.name, seat_token=self.seat_tokens.get(seat))
            for seat in self.mirror.seats
        ]
        return [*seats, p.Resume(id="resume", seq=self.mirror.seq, epoch=self.mirror.epoch)]

    async def _keep(self) -> None:
        """Read, and come back whenever the connection is lost, until there is no coming back."""
        try:
            while True:
                reason = await self._read()
                self._live.clear()
                self._lose()
                if not self._retry:
                    self._ended(reason)
                    return
                await self._come_back(reason)
                await self._repeat()
        except _Refused as error:
            self._ended(str(error))
        except Exception as error:
            # Nobody awaits this task before ``close``: whoever waits for an answer must hear of it.
            self._ended(f"{type(error).__name__}: {error}")
            raise

    async def _come_back(self, reason: str) -> None:
        for attempt in itertools.count(1):
            await self._wait(attempt, reason)
            try:
                await self._open()
            except (OSError, InvalidHandshake, ConnectionClosed, TimeoutError) as error:
                reason = _why(error)
            else:
                return

    async def _read(self) -> str:
        """Read until the connection ends; why it did."""
        assert self._socket is not None
        try:
            async for frame in self._socket:
                message, whole = _understood(frame), not self.mirror.gap
                if message:
                    self._take(message)
                if whole and self.mirror.gap:
                    await self._send(p.Resume(seq=self.mirror.seq, epoch=self.mirror.epoch))
        except ConnectionClosed as closed:
            return _why(closed)
        return "the server closed the connection"

    async def _wait(self, attempt: int, reason: str) -> None:
        wait = min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** (attempt - 1)) * random.uniform(0.5, 1.0)
        if self._retry_after is not None:
            wait, self._retry_after = self._retry_after * random.uniform(1.0, 1.5), None
        self._tell(Connection(Status.WAITING, reason, time.time() + wait, attempt))
        self._hurry.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait):
                await self._hurry.wait()
        self._tell(Connection(Status.CONNECTING, reason, attempt=attempt))

    async def _send(self, message: p.ClientMessage) -> None:
        if self.connection.status is Status.CLOSED or self._socket is None:
            raise ConnectionLost(self.connection.reason or "the connection is closed")
        with contextlib.suppress(ConnectionClosed):  # the keeper sees it too, and repeats what it may
            await self._socket.send(message.model_dump_json(exclude_none=True))

    async def _repeat(self) -> None:
        for message, _ in list(self._pending.values()):
            await self._send(message)

    def _lose(self) -> None:
        """Give up what may not be sent twice."""
        for message, future in self._pending.values():
            if not isinstance(message, p.MakeMove | p.GetState) and not future.done():
                future.set_exception(ConnectionLost("the connection was lost before the answer came"))

    def _take(self, message: p.ServerMessage) -> None:
        change = self.mirror.apply(message)
        if isinstance(message, p.Ack) and message.seat and message.seat_token:
            self.seat_tokens[message.seat] = message.seat_token
            if self._keep_token:
                self._keep_token(self)
        if isinstance(message, p.GoingAway):
            self._retry_after = message.retry_after_ms / 1000
        if Change.CLOCK in change and self.mirror.clock and self.mirror.clock.running:
            self.offset = self.mirror.clock.now - time.time()
        pending = self._pending.get(message.re) if message.re else None
        if pending and not pending[1].done():
            pending[1].set_result(message)
        self._items.append(message)
        self._arrived.set()

    def _tell(self, connection: Connection) -> None:
        self.connection = connection
        self._items.append(connection)
        self._arrived.set()

    def _ended(self, reason: str) -> None:
        self._tell(Connection(Status.CLOSED, reason))
        for _, future in self._pending.values():
            if not future.done():
                future.set_exception(ConnectionLost(reason))
        self._live.set()


def _understood(frame: str | bytes) -> p.ServerMessage | None:
    """A message; None if it is of a newer protocol: nothing this client could use."""
    try:
        return p.parse_server(frame)
    except ValueError:
        return None


def _why(error: BaseException) -> str:
    """A connection error in words."""
    if isinstance(error, ConnectionClosed):
        closed = error.rcvd
        return closed.reason or f"closed with code {closed.code}" if closed else "the connection was cut"
    if isinstance(error, ConnectionRefusedError) or "Connect call failed" in str(error):
        return "nobody answers there (is the server running?)"
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return str(error) or type(error).__name__
