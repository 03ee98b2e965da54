"""Who is signed in on which connection, and until when; from then on it only watches, as it is told in time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from gamesock import protocol as p
from gamesock.protocol import Code, Refusal
from gamesock.server.connection import Connection
from gamesock.server.log import Logger
from gamesock.text import clean

if TYPE_CHECKING:
    from gamesock.server.threads import Threads

log = Logger("gamesock.auth")

NOTICE = 60.0
"""Seconds before the end of a sign-in at which its connection is told."""

LONGEST_SLEEP = 3600.0
"""Seconds after which the clock is looked at again, in case somebody set it."""


class SignIns:
    """The verified users of a server's connections."""

    def __init__(self, threads: Threads) -> None:
        self._threads = threads
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._told: dict[str, float] = {}
        """The end that each connection was last told of."""
        self._ending: set[asyncio.Task[None]] = set()

    async def sign_in(self, connection: Connection, token: str) -> None:
        """Sign a connection in, or renew its sign-in.

        Raises:
            Refusal: ``unauthenticated``, ``auth_unavailable``; ``forbidden``: it plays as somebody else.
        """
        identity, viewer = await self._threads.authenticator.verify(token), connection.viewer
        before = viewer.user
        if before not in (None, identity.user) and (viewer.plays or viewer.lapsed):
            raise Refusal(Code.FORBIDDEN, "this connection plays as another user: connect anew as this one")
        connection.identity, viewer.user = identity, identity.user
        if identity.acts:
            self._threads.credentials.renew(identity.user, token, identity.expires)
        viewer.name = viewer.name or clean(identity.name, p.LONGEST_NAME)
        self._watch(connection)
        if connection.live:
            await connection.live.signed_in(connection)

    def leave(self, connection: Connection) -> None:
        """A connection is over."""
        self._told.pop(connection.id, None)
        self._sleep(connection)

    def _sleep(self, connection: Connection) -> None:
        timer = self._timers.pop(connection.id, None)
        if timer:
            timer.cancel()

    def why_not(self, connection: Connection) -> Refusal | None:
        """Why a connection may only watch; None: it may do more."""
        identity = connection.identity
        if identity is None:
            if not self._threads.authenticator.required:
                return None
            view = self._threads.authenticator.view
            where = f" --project {view.url} --key {view.key}" if view and view.key else ""
            return Refusal(Code.UNAUTHENTICATED, f"to play here, sign in first (gamesock login{where})")
        if identity.expires is not None and identity.expires <= self._threads.now():
            reason = "your sign-in has ended, so you can only watch: sign in again (gamesock login)"
            return Refusal(Code.UNAUTHENTICATED, reason)
        return None

    def check(self, connection: Connection, message: p.Request | p.Unknown) -> None:
        """Raise the refusal of what only who is signed in may ask."""
        joins_to_watch = isinstance(message, p.Join) and message.seat == p.SPECTATOR
        if joins_to_watch or isinstance(message, p.Watching | p.Unknown):
            return
        refusal = self.why_not(connection)
        if refusal:
            raise refusal

    # The end of a sign-in

    def _watch(self, connection: Connection) -> None:
        """Tell the connection before its sign-in ends."""
        self._sleep(connection)
        identity = connection.identity
        if identity is None or identity.expires is None:
            return
        if self._told.get(connection.id, 0.0) >= identity.expires:
            # It answered with a token that ends no later: to say it again would go on and on.
            self._at(connection, identity.expires, self._end)
        else:
            self._at(connection, identity.expires - NOTICE, self._notice)

    def _at(self, connection: Connection, moment: float, then: Callable[[Connection], None]) -> None:
        left = moment - self._threads.now()
        loop = asyncio.get_running_loop()
        if left > LONGEST_SLEEP:
            self._timers[connection.id] = loop.call_later(LONGEST_SLEEP, self._at, connection, moment, then)
        else:
            self._timers[connection.id] = loop.call_later(max(0.0, left), then, connection)

    def _notice(self, connection: Connection) -> None:
        assert connection.identity and connection.identity.expires is not None
        expires = self._told[connection.id] = connection.identity.expires
        connection.send(p.SignInEnding(expires_at=expires))
        self._at(connection, expires, self._end)

    def _end(self, connection: Connection) -> None:
        self._sleep(connection)
        refusal = self.why_not(connection)
        if refusal is None:  # the clock was set back
            self._watch(connection)
            return
        connection.send(p.Warning(message=str(refusal)))
        if connection.live:
            task = asyncio.create_task(connection.live.lapse(connection), name="a sign-in ends")
            self._ending.add(task)
            task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._ending.discard(task)
        if not task.cancelled() and task.exception():
            log.error("task_failed", exc_info=task.exception())
