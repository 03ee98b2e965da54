"""The way from living threads to the store: a decision is kept, or it did not happen."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from gamesock.protocol import Code, Refusal
from gamesock.record import Event, Header
from gamesock.server.log import Logger
from gamesock.server.stores.base import Conflict, Store, StoreError

if TYPE_CHECKING:
    from gamesock.server.metrics import Metrics
    from gamesock.server.unmeasured import Unmeasured

log = Logger("gamesock.ledger")

STORE_TIMEOUT = 8.0
"""Seconds to wait for the store before the sender is told that it is unavailable."""


class Ledger:
    """Keeps and reads events, with the store's failures in the words of the wire."""

    def __init__(self, store: Store, metrics: Metrics | Unmeasured) -> None:
        self._store = store
        self._metrics = metrics

    async def keep(self, thread_id: str, events: Sequence[Event], header: Header | None) -> None:
        """Append events to a thread's log; the header comes with the first of them.

        Raises:
            Refusal: ``store_unavailable``: they aren't stored; ``bad_message``: they never can be.
        """
        try:
            with self._metrics.append.time():
                async with asyncio.timeout(STORE_TIMEOUT):
                    await self._store.append(thread_id, events[0].seq - 1, events, header)
        except (StoreError, TimeoutError) as error:
            kept, first = await self.events(thread_id), events[0].seq - 1
            if kept is not None and kept[first : first + len(events)] == list(events):
                return  # only the store's answer was lost
            log.error("store_failed", thread=thread_id, seq=events[0].seq, error=str(error) or "timed out")
            reason = "this could not be stored, so it did not happen: try again in a moment"
            if isinstance(error, Conflict):
                reason = (
                    "this game is open in another gamesock too, which went on with it: look at the position as it "
                    "is now, and play on in one of the two"
                )
            raise Refusal(Code.STORE_UNAVAILABLE, reason) from error
        except ValueError as error:
            raise Refusal(Code.BAD_MESSAGE, f"this can't be written down: {error}"[:300]) from error

    async def events(self, thread_id: str) -> list[Event] | None:
        """A thread's events in the store, or None if it can't be read."""
        try:
            async with asyncio.timeout(STORE_TIMEOUT):
                kept = await self._store.read(thread_id)
        except (StoreError, TimeoutError):
            return None
        return kept.events if kept else []
