"""What is done every now and then while a server is up: slow readers, signs of life, idle threads."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import TYPE_CHECKING

from gamesock.protocol import Close
from gamesock.server.connection import Connection
from gamesock.server.log import Logger
from gamesock.server.stores.base import StoreError

if TYPE_CHECKING:
    from gamesock.server.threads import Threads

log = Logger("gamesock.threads")

SWEEP = 0.25
"""Seconds between two looks around."""

BRIEF = 60.0
"""Seconds that a thread without an event is kept when its last visitor has gone."""


class House:
    """Keeps one server's threads in order."""

    def __init__(self, threads: Threads, idle: float) -> None:
        self.behind: set[Connection] = set()
        """Connections that don't keep up with what they are told."""
        self._threads = threads
        self._idle = idle
        self._keeping: asyncio.Task[None] | None = None
        self._goodbyes: set[asyncio.Task[None]] = set()

    def open(self) -> None:
        """Begin."""
        self._keeping = asyncio.create_task(self._keep(), name="housekeeping")

    async def close(self) -> None:
        """Stop."""
        if self._keeping:
            self._keeping.cancel()
            await asyncio.wait([self._keeping])

    def part(self, connection: Connection, code: Close, reason: str) -> None:
        """Close a connection, for good or ill, while others are served."""
        goodbye = asyncio.create_task(_part(connection, code, reason), name="goodbye")
        self._goodbyes.add(goodbye)
        goodbye.add_done_callback(self._goodbyes.discard)

    def evict(self) -> None:
        """Put idle threads away; those that never had an event leave no trace."""
        now = time.monotonic()
        for live in list(self._threads.live.values()):
            wait = self._idle if live.thread.seq else min(self._idle, BRIEF)
            if not live.busy and now - live.idle_since > wait:
                self._threads.discard(live.id)
                log.info("thread_evicted", thread=live.id)

    async def _keep(self) -> None:
        beats = 0
        while True:
            await asyncio.sleep(SWEEP)
            beats += 1
            try:
                self._catch_up()
                if beats % 8 == 0:
                    await self._beat()
                if beats % 40 == 0:
                    self.evict()
            except Exception:
                log.exception("housekeeping_failed")

    def _catch_up(self) -> None:
        """Slow readers: the newest state when they have drained, the door when they don't."""
        now, patience = time.monotonic(), self._threads.gate.limits.patience
        for connection in list(self.behind):
            room, outbox = connection.room, connection.outbox
            if room is None or connection.id not in room.connections:
                self.behind.discard(connection)
            elif not outbox.backed_up():
                outbox.stale_since = None
                self.behind.discard(connection)
                room.refresh(connection)
            elif outbox.stale_since is not None and now - outbox.stale_since > patience:
                self.behind.discard(connection)
                self._threads.metrics.dropped.inc()
                log.warning("too_slow", room=room.id, address=connection.address)
                self.part(connection, Close.TOO_SLOW, "too slow: resume when you can")

    async def _beat(self) -> None:
        """While clocks run, note that the server is alive: after a crash nobody pays for its absence."""
        threads = self._threads
        if any(live.thread.clock and live.thread.clock.running for live in threads.live.values()):
            with contextlib.suppress(StoreError):
                await threads.store.alive(threads.now())


async def _part(connection: Connection, code: Close, reason: str) -> None:
    """Say why, then cut what is still open."""
    await connection.close(code, reason, 1.0)
    connection.outbox.abort()
