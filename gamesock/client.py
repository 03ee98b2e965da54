"""The asyncio client: one thread over a link that comes back by itself.

Everything received is folded into ``mirror`` first, then handed on. After a lost connection the client takes
its seats again, asks for what it missed, and sends a move that was not answered again under the same id:
no move is lost, none is played twice.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Sequence
from typing import TypeAlias
from urllib.parse import urlsplit, urlunsplit

from gamesock import protocol as p
from gamesock.connection import BadAnswer, Connection, ConnectionFailed, ConnectionLost, NoWayIn, Status
from gamesock.game import Seat
from gamesock.link import Link, Token
from gamesock.mirror import Change, Mirror, Page

__all__ = ["BadAnswer", "Client", "Connection", "ConnectionFailed", "ConnectionLost", "Item", "Status"]

Item: TypeAlias = p.ServerMessage | Connection

MOVE_TIMEOUT = 60.0
"""Seconds to wait for the answer to a move: a foreign agent may think about it."""


class Client(Link[p.ClientMessage, p.ServerMessage]):
    """A player or a spectator of one thread.

    Args:
        url: the thread's: ``ws://127.0.0.1:8765/ws/chess/my-game``.
        name: how others see this player.
        seat_tokens: what earlier ``join`` answers gave; with them seats are found again.
        token: a bearer token, on servers with accounts, or what gives a fresh one (``Account.token``).
        retry: whether to reconnect after a lost connection.
        features: of the protocol: ``picture``, ``deltas``, ``thinking``.
        keep: called with the client whenever it has a seat, for which ``seat_tokens`` may be kept to come back.
    """

    repeatable = (p.Join, p.MakeMove, p.GetState)

    def __init__(
        self,
        url: str,
        *,
        name: str | None = None,
        seat_tokens: dict[Seat, str] | None = None,
        token: Token = None,
        retry: bool = True,
        features: tuple[str, ...] = ("deltas", "picture", "thinking"),
        tls: ssl.SSLContext | None = None,
        keep: Callable[[Client], None] | None = None,
    ) -> None:
        super().__init__(url, token, retry=retry, tls=tls)
        self.name = name
        self.seat_tokens = dict(seat_tokens or {})
        self.mirror = Mirror()
        self.offset = 0.0
        """The server's clock less ours, in seconds."""
        self.features = features
        self._keep_token = keep

    def for_thread(self, thread_id: str) -> Client:
        """A client like this one for another thread (a rematch), where the same tokens open our seats."""
        parts = urlsplit(self.url)
        path = f"{parts.path.rpartition('/')[0]}/{thread_id}"
        return Client(
            urlunsplit(parts._replace(path=path, query="")),
            name=self.name,
            token=self._token,
            retry=self._retry,
            features=self.features,
            tls=self._tls,
            keep=self._keep_token,
            seat_tokens=self.seat_tokens,
        )

    def clock_left(self, seat: Seat, now: float) -> float | None:
        """Seconds ``seat`` has left at ``now`` (``time.time()``), by the last word of the server."""
        clock = self.mirror.clock
        if clock is None or seat not in clock.left:
            return None
        used = max(0.0, now + self.offset - clock.now - clock.delay) if seat in clock.running else 0.0
        return max(0.0, clock.left[seat] - used)

    # Asking

    async def page(self, ply: int) -> Page:
        """The thread after its first ``ply`` moves.

        Raises:
            Refusal: the game has fewer moves.
            BadAnswer: the server answered with another page.
        """
        if ply not in self.mirror.pages:
            await self.ask(p.GetState(ply=ply), p.StateUpdate)
        if ply not in self.mirror.pages:
            raise BadAnswer(f"{self.url} answered with another position than the one after {ply} moves")
        return self.mirror.pages[ply]

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
        return await self.ask(p.Join(seat=seat, name=self.name, seat_token=token), p.Ack)

    async def move(self, move: object, *, auto_response: bool | None = None) -> p.ServerMessage:
        """Play a move, in any notation the game reads.

        Raises:
            Refusal: it isn't legal, not our turn, the game is over…; nothing changed.
        """
        return await self.request(p.MakeMove(move=move, auto_response=auto_response), MOVE_TIMEOUT)

    # Under the link

    def _parse(self, frame: str | bytes) -> p.ServerMessage:
        return p.parse_server(frame)

    def _opening(self) -> Sequence[p.ClientMessage]:
        """Take our seats again and ask for what was missed, when we have been here before."""
        if not self.mirror.epoch:
            return ()
        seats = [
            p.Join(id=f"join {seat}", seat=seat, name=self.name, seat_token=self.seat_tokens.get(seat))
            for seat in self.mirror.seats
        ]
        return [*seats, p.Resume(id="resume", seq=self.mirror.seq, epoch=self.mirror.epoch)]

    def _greeted(self, answer: p.ServerMessage) -> bool:
        # A private thread shows itself only after ``join``: its refusal is an answer too.
        return isinstance(answer, p.StateUpdate | p.Error)

    async def _heard(self, message: p.ServerMessage) -> None:
        whole = not self.mirror.gap
        self._take(message)
        if whole and self.mirror.gap:
            await self._send(p.Resume(seq=self.mirror.seq, epoch=self.mirror.epoch))

    def _take(self, message: p.ServerMessage) -> None:
        seen = self.mirror.table is not None
        try:
            change = self.mirror.apply(message)
        except ValueError as error:
            raise NoWayIn(f"{self.url} sent what makes no sense: {error}") from None
        if isinstance(message, p.Ack) and message.seat:
            if message.seat_token:
                self.seat_tokens[message.seat] = message.seat_token
            seen = False
        # A private game shows itself, and which game it is, only once the seat is taken.
        if not seen and self.mirror.seats and self._keep_token:
            try:
                self._keep_token(self)
            except OSError as error:
                self._put(p.Warning(message=f"this seat isn't remembered on this computer: {error}"))
        if Change.CLOCK in change and self.mirror.clock and self.mirror.clock.running:
            self.offset = self.mirror.clock.now - time.time()
        self._unseat(message)
        super()._take(message)

    def _unseat(self, answer: p.ServerMessage) -> None:
        """A seat that was ours is so no more: the server forgot the game, or gave it away."""
        if isinstance(answer, p.Error) and answer.re and answer.re.startswith("join "):
            lost = answer.re.removeprefix("join ")
            self.mirror.seats = tuple(seat for seat in self.mirror.seats if seat != lost)
