"""The connections of one living thread: each is told what it may see, in the way it likes to be told."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from gamesock import record as r
from gamesock.server.connection import Connection, Request, answering, encode
from gamesock.server.outbox import Outbox, deliver
from gamesock.tell import View

if TYPE_CHECKING:
    from gamesock.server.live import LiveThread


ANNOUNCE_AFTER = 0.1
"""Seconds between someone's coming or going and the word of it."""


class Audience:
    """Speaks to everyone who is connected to a thread."""

    def __init__(self, live: LiveThread) -> None:
        self._live = live
        self._announcing: asyncio.TimerHandle | None = None

    def view(self, connection: Connection) -> View:
        """How this connection is told things."""
        return self._live.teller.view(connection.id, connection.features, connection.viewer.greeted)

    def readers(self) -> Iterable[Connection]:
        """The connections that keep up and may see the thread."""
        now, live = time.monotonic(), self._live
        for connection in live.connections.values():
            if not live.session.may_watch(connection.viewer):
                continue
            if connection.outbox.fits(now):
                yield connection
            else:
                live.threads.fell_behind(connection)

    def tell(self, event: r.Event, request: Request | None) -> None:
        """Tell everyone of an event; a move answers the request it came from."""
        answers = request and request.connection.id in self._live.connections
        if request and answers and isinstance(event, r.Moved | r.Ran):
            self._tell(event, request.connection, request.spend())
        else:
            self._tell(event, None, None)

    def broadcast(self, message: Mapping[str, Any]) -> None:
        """The same message to everyone."""
        deliver([connection.outbox for connection in self.readers()], encode(message))

    def announce(self) -> None:
        """Tell the gamesock clients who is here: soon, and once for all who come and go until then."""
        if self._announcing is None:
            self._announcing = asyncio.get_running_loop().call_later(ANNOUNCE_AFTER, self._announce)

    def _announce(self) -> None:
        self._announcing = None
        told = [connection.outbox for connection in self.readers() if connection.viewer.greeted]
        if told:
            deliver(told, encode(self._live.teller.presence()))

    def _tell(self, event: r.Event, sender: Connection | None, re: str | None) -> None:
        """Encode once for each view that somebody has."""
        now = self._live.threads.now()
        groups: dict[View, list[Outbox]] = {}
        for connection in self.readers():
            if connection is not sender or re is None:
                groups.setdefault(self.view(connection), []).append(connection.outbox)
        if sender and re is not None:
            groups.setdefault(self.view(sender), [])
        for view, outboxes in groups.items():
            message = self._live.teller.event(event, view, now)
            if message is None:
                continue
            text = encode(message)
            deliver(outboxes, text)
            if sender and re is not None and self.view(sender) == view:
                sender.outbox.put(answering(text, re))
