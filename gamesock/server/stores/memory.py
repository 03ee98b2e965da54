"""A store that lives as long as its process: nothing is written anywhere."""

from __future__ import annotations

import heapq
from collections.abc import Sequence

from gamesock.record import Event, Header, dump_event, dump_header, load_event
from gamesock.server.stores.base import Log, Place, Store, Summary, Wanted
from gamesock.server.stores.public import PublicThreads
from gamesock.server.stores.summary import check, extended


class MemoryStore(Store):
    """Keeps logs in dictionaries, encoded: what a foreign agent does to its state later can't change them."""

    name = "memory"

    def __init__(self) -> None:
        self._lines: dict[str, list[bytes]] = {}
        self._summaries: dict[str, Summary] = {}
        self._public = PublicThreads(self._summaries)

    async def open(self) -> None:
        """Nothing to get ready."""

    async def close(self) -> None:
        """Nothing to let go."""

    async def append(self, thread: str, after: int, events: Sequence[Event], header: Header | None = None) -> None:
        check(thread, after, events, header)
        lines = [dump_event(event) for event in events]
        if header:
            header = Header.model_validate_json(dump_header(header))
        before = self._summaries.get(thread)
        summary = self._summaries[thread] = extended(before, thread, after, events, header)
        self._public.update(before, summary)
        self._lines.setdefault(thread, []).extend(lines)

    async def read(self, thread: str) -> Log | None:
        if thread not in self._summaries:
            return None
        return Log(self._summaries[thread].header, [load_event(line) for line in self._lines[thread]])

    async def threads(
        self,
        *,
        finished: bool | None = None,
        game: str | None = None,
        listed: bool = False,
        limit: int = 100,
        before: float | None = None,
    ) -> list[Summary]:
        wanted = (
            summary
            for summary in self._summaries.values()
            if (finished is None or finished == (summary.ended is not None))
            and (game is None or game == summary.header.game)
            and (not listed or summary.header.visibility == "public")
            and (before is None or summary.updated < before)
        )
        return heapq.nlargest(limit, wanted, key=lambda summary: summary.updated)

    async def listed(self, wanted: Wanted, limit: int, after: Place | None = None) -> tuple[list[Summary], int]:
        return self._public.page(wanted, limit, after)

    async def alive(self, now: float) -> None:
        """Nobody is left to ask once this process is gone."""
