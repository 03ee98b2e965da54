"""A WebSocket to a gamesock server that comes back by itself; what is said over it is its heirs' business.

After a lost connection it reconnects with jittered backoff, says again what its heir wants said, and repeats
the requests that may be repeated, under the same id: the server answers those again, it doesn't obey twice.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import random
import secrets
import ssl
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from types import TracebackType
from typing import Any, ClassVar, Generic, Self, TypeAlias, TypeVar, cast

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidURI

from gamesock import __version__
from gamesock import protocol as p
from gamesock.connection import (
    BadAnswer,
    Connection,
    ConnectionFailed,
    ConnectionLost,
    NoWayIn,
    Status,
    dial,
    why,
)
from gamesock.protocol import Close, Code, Refusal

TIMEOUT = 10.0
"""Seconds to wait for a handshake or an answer."""

BACKLOG = 1000
"""Messages kept for a reader; the oldest go first."""

_FIRST_WAIT, _LONGEST_WAIT = 0.5, 15.0

Token: TypeAlias = str | Callable[[], Awaitable[str | None]] | None
"""A bearer token, or what gives a fresh one whenever one is needed (None: not here)."""

Asked = TypeVar("Asked", bound=p.Request)
Told = TypeVar("Told", bound=p.Message)
Answer = TypeVar("Answer", bound=p.Message)


class Link(ABC, Generic[Asked, Told]):
    """One connection that is kept up, the requests on their way over it, and what came back."""

    features: tuple[str, ...] = ()
    """Of the protocol, asked for in ``hello``."""
    repeatable: ClassVar[tuple[type[p.Request], ...]] = ()
    """Requests that may be sent again when the connection was lost before their answer."""

    def __init__(self, url: str, token: Token, *, retry: bool, tls: ssl.SSLContext | None) -> None:
        self.url = url
        self.connection = Connection(Status.CONNECTING)
        self.welcome: p.Welcome | None = None
        self._token, self._retry, self._tls = token, retry, tls
        self._shown: str | None = None
        """The token that the server saw last."""
        self._socket: ClientConnection | None = None
        self._pending: dict[str, tuple[Asked, asyncio.Future[Told]]] = {}
        self._items: deque[Told | Connection] = deque(maxlen=BACKLOG)
        self._arrived = asyncio.Event()
        self._live = asyncio.Event()
        self._hurry = asyncio.Event()
        self._keeper: asyncio.Task[None] | None = None
        self._renewing: asyncio.Task[None] | None = None
        self._retry_after: float | None = None

    # What heirs say and understand

    @abstractmethod
    def _parse(self, frame: str | bytes) -> Told:
        """A message; raises ``UnheardOf`` for one to pass over, ``ValueError`` for nonsense."""

    @abstractmethod
    def _opening(self) -> Sequence[Asked]:
        """What to say after ``hello``; each has an id, and the answer to the last ends the greeting."""

    def _greeted(self, answer: Told | p.Welcome) -> bool:
        """Whether the greeting is over, where the opening has nothing to wait for."""
        return True

    async def _heard(self, message: Told) -> None:
        """A message arrived while the connection is live."""
        self._take(message)

    # Opening and closing

    async def connect(self) -> None:
        """Connect, and keep connected until ``close``.

        Raises:
            ConnectionFailed: the server isn't there, or refuses.
        """
        try:
            await self._open()
        except NoWayIn as error:
            self._ended(str(error))
            raise ConnectionFailed(str(error)) from None
        except (OSError, InvalidHandshake, InvalidURI, ConnectionClosed, TimeoutError) as error:
            self._ended(why(error))
            raise ConnectionFailed(f"can't connect to {self.url}: {why(error)}") from None
        self._keeper = asyncio.create_task(self._keep(), name="gamesock client")

    async def close(self, reason: str = "closed") -> None:
        """Close the connection for good; ``reason`` is told to whoever still waits or reads."""
        if self._renewing:
            self._renewing.cancel()
        if self._keeper:
            self._keeper.cancel()
            await asyncio.wait([self._keeper])
        if self._socket:
            await self._socket.close()
        if self.connection.status is not Status.CLOSED:
            self._ended(reason)

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

    # Receiving data

    async def __aiter__(self) -> AsyncIterator[Told | Connection]:
        """Every message, and every change of the connection; ends when it is closed for good."""
        while True:
            while self._items:
                yield self._items.popleft()
            if self.connection.status is Status.CLOSED:
                return
            self._arrived.clear()
            await self._arrived.wait()

    # Sending data

    async def request(self, message: Asked, timeout: float = TIMEOUT) -> Told:
        """Send a request and return its answer.

        Raises:
            Refusal: the server refused it, with a code and a reason, or it is too large to be sent.
            ConnectionLost: the connection was lost before the answer, or is closed.
            TimeoutError: no answer came in time.
        """
        message = message if message.id else message.model_copy(update={"id": secrets.token_hex(8)})
        assert message.id is not None
        future: asyncio.Future[Told] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(timeout):
                await self._live.wait()
                self._must_fit(message)
                # From here on the keeper knows of it: after a lost connection it repeats it, or gives it up.
                self._pending[message.id] = message, future
                await self._send(message)
                answer = await future
        finally:
            self._pending.pop(message.id, None)
        if isinstance(answer, p.Error):
            raise Refusal(answer.code, answer.message)
        return answer

    async def ask(self, message: Asked, answer: type[Answer], timeout: float = TIMEOUT) -> Answer:
        """A request whose answer is of one type; raises as ``request`` does, and ``BadAnswer``."""
        given = await self.request(message, timeout)
        if not isinstance(given, answer):
            raise BadAnswer(
                f"{self.url} answered {message.type} with {given.type}: is it a gamesock server of this version?"
            )
        return given

    async def send(self, message: Asked) -> None:
        """Send a request without waiting; its answer comes with the other messages.

        Raises:
            Refusal: it is too large to be sent.
        """
        await self._live.wait()
        self._must_fit(message)
        await self._send(message)

    def _must_fit(self, message: Asked) -> None:
        """A server closes the connection over a frame that is too large: such a one isn't sent."""
        size = len(_frame(message).encode())
        limit = self.welcome.limits.max_frame if self.welcome else p.MAX_FRAME
        if size > limit:
            raise Refusal(Code.TOO_LARGE, f"that is too long: {size} bytes, and the server takes {limit} at most")

    # The connection

    async def _open(self) -> None:
        self._shown = await self._fresh_token()
        socket = await dial(self.url, self._shown, self._tls, TIMEOUT)
        try:
            await self._greet(socket)
        except BaseException:
            await socket.close()
            raise
        self._socket = socket
        self._tell(Connection(Status.LIVE))
        self._live.set()

    async def _fresh_token(self) -> str | None:
        if self._token is None or isinstance(self._token, str):
            return self._token
        try:
            return await self._token()
        except OSError:
            raise  # it may be had the next time
        except Exception as error:
            raise NoWayIn(str(error)) from None

    async def _renew(self) -> None:
        """Show a fresh token before the sign-in ends; where none can be had now, as soon as one can."""
        for attempt in itertools.count():
            try:
                token = await self._fresh_token()
                if token is None:
                    return
                if token != self._shown:
                    await self.request(cast(Any, p.Authenticate(token=token)))
                    self._shown = token
                    return
            except NoWayIn:
                return
            except Refusal as refusal:
                if refusal.code not in (Code.AUTH_UNAVAILABLE, Code.RATE_LIMITED):
                    return
            except OSError:  # of the project, or of this connection
                if self.connection.status is Status.CLOSED:
                    return
            await asyncio.sleep(_backoff(attempt))

    async def _greet(self, socket: ClientConnection) -> None:
        """Say hello and what the heir wants said; before anyone else speaks."""
        hello = p.Hello(id="hello", client=f"gamesock/{__version__}", features=self.features)
        opening = self._opening()
        said: list[p.Request] = [hello, *opening]
        greeted, refused = False, ""
        try:
            async with asyncio.timeout(TIMEOUT):
                for message in said:
                    await socket.send(_frame(message))
                while True:
                    answer = self._understood(await socket.recv())
                    if isinstance(answer, p.Welcome):
                        self.welcome, greeted = answer, True
                    elif greeted and answer:
                        self._take(answer)
                    elif isinstance(answer, p.Error):
                        refused = answer.message
                    if greeted and answer and self._settled(answer, opening):
                        return
        except ConnectionClosed as closed:
            if closed.rcvd and closed.rcvd.code == Close.POLICY:
                raise NoWayIn(refused or closed.rcvd.reason or "the server closed the connection") from None
            raise

    def _settled(self, answer: Told, opening: Sequence[Asked]) -> bool:
        return answer.re == opening[-1].id if opening else self._greeted(answer)

    def _understood(self, frame: str | bytes) -> Told | None:
        """A message; None if it is of a newer protocol: nothing this client could use."""
        try:
            message = self._parse(frame)
        except p.UnheardOf:
            return None
        except ValueError as error:
            raise NoWayIn(
                f"{self.url} sent what isn't gamesock's protocol ({str(error)[:200]}): is it a gamesock server "
                "of this version?"
            ) from None
        if isinstance(message, p.SignInEnding) and callable(self._token):
            # It may come before the greeting is over.
            if self._renewing:
                self._renewing.cancel()
            self._renewing = asyncio.create_task(self._renew(), name="gamesock sign-in")
        return message

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
                for message, _ in list(self._pending.values()):
                    await self._send(message)
        except NoWayIn as error:
            await self._give_up(str(error))
        except Exception as error:
            # Nobody awaits this task before ``close``: whoever waits for an answer must hear of it.
            await self._give_up(f"{type(error).__name__}: {error}")
            raise

    async def _give_up(self, reason: str) -> None:
        self._ended(reason)
        if self._socket:
            await self._socket.close()

    async def _come_back(self, reason: str) -> None:
        for attempt in itertools.count(1):
            await self._wait(attempt, reason)
            try:
                await self._open()
            except (OSError, InvalidHandshake, ConnectionClosed, TimeoutError) as error:
                reason = why(error)
            else:
                return

    async def _read(self) -> str:
        """Read until the connection ends; why it did."""
        assert self._socket is not None
        try:
            async for frame in self._socket:
                message = self._understood(frame)
                if message:
                    await self._heard(message)
        except ConnectionClosed as closed:
            return why(closed)
        return "the server closed the connection"

    async def _wait(self, attempt: int, reason: str) -> None:
        wait = _backoff(attempt - 1)
        if self._retry_after is not None:
            wait, self._retry_after = self._retry_after * random.uniform(1.0, 1.5), None
        self._tell(Connection(Status.WAITING, reason, time.time() + wait, attempt))
        self._hurry.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait):
                await self._hurry.wait()
        self._tell(Connection(Status.CONNECTING, reason, attempt=attempt))

    async def _send(self, message: Asked) -> None:
        if self.connection.status is Status.CLOSED or self._socket is None:
            raise ConnectionLost(self.connection.reason or "the connection is closed")
        with contextlib.suppress(ConnectionClosed):  # the keeper sees it too, and repeats what it may
            await self._socket.send(_frame(message))

    def _lose(self) -> None:
        """Give up what may not be sent twice."""
        for message, future in self._pending.values():
            if not isinstance(message, self.repeatable) and not future.done():
                future.set_exception(ConnectionLost("the connection was lost before the answer came"))

    def _take(self, message: Told) -> None:
        """Hand a message on: to whoever waits for it, and to whoever reads all of them."""
        if isinstance(message, p.GoingAway):
            self._retry_after = min(max(0, message.retry_after_ms), 60_000) / 1000
        pending = self._pending.get(message.re) if message.re else None
        if pending and not pending[1].done():
            pending[1].set_result(message)
        self._put(message)

    def _put(self, item: Told | Connection) -> None:
        self._items.append(item)
        self._arrived.set()

    def _tell(self, connection: Connection) -> None:
        self.connection = connection
        self._put(connection)

    def _ended(self, reason: str) -> None:
        self._tell(Connection(Status.CLOSED, reason))
        for _, future in self._pending.values():
            if not future.done():
                future.set_exception(ConnectionLost(reason))
        self._live.set()


def _frame(message: p.Request) -> str:
    return message.model_dump_json(exclude_none=True)


def _backoff(tried: int) -> float:
    """Seconds until the next try; beyond some doublings they are no number any more."""
    return min(_LONGEST_WAIT, _FIRST_WAIT * 2.0 ** min(tried, 16)) * random.uniform(0.5, 1.0)
