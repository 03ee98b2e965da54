"""The list of public threads, in pages: those in memory that no store knows yet, and all that is stored.

Threads stand in the order of their creation, the newest first. That order never changes, so who turns page
after page meets every thread once, however much is played meanwhile.
"""

from __future__ import annotations

import base64
import binascii
import heapq
from typing import TYPE_CHECKING, NamedTuple

import orjson

from gamesock import registry
from gamesock.protocol import Code, Refusal
from gamesock.server import thread_view
from gamesock.server.log import Logger
from gamesock.server.stores.base import Place, StoreError, Summary, Wanted
from gamesock.server.stores.summary import fits
from gamesock.tell import Payload

if TYPE_CHECKING:
    from gamesock.protocol import ThreadStatus
    from gamesock.server.live import LiveThread
    from gamesock.server.threads import Threads

log = Logger("gamesock.lobby")


class Page(NamedTuple):
    """A part of the list."""

    threads: list[Payload]
    total: int
    cursor: str | None
    """Where the next page begins; None: this was the last."""


class Listing:
    """Lists the threads of the games that are served here."""

    def __init__(self, threads: Threads) -> None:
        self._threads = threads

    def wanted(self, game: str | None, status: ThreadStatus | None, text: str | None = None) -> Wanted:
        """What a list of this game (None: of all) and status (None: open or live) shows.

        Raises:
            Refusal: ``not_found``: the game isn't served here.
        """
        served = self._threads.routes
        if game is not None and game not in served:
            raise Refusal(Code.NOT_FOUND, str(registry.NotRegistered("game", game, served)))
        games = {name: _seats(name) for name in ([game] if game is not None else served)}
        return Wanted(games, status == "finished", {"open": True, "live": False}.get(status or ""), text or None)

    async def page(self, wanted: Wanted, limit: int, cursor: str | None = None) -> Page:
        """A page of the list; ``cursor`` is the one of the page before.

        Raises:
            Refusal: ``bad_message``: that is no cursor; ``store_unavailable``.
        """
        after = None if cursor is None else read_cursor(cursor)
        # First those in memory: one that is stored while the store is asked shows up twice, not never.
        waiting = self._waiting(wanted)
        stored, total = await self._stored(wanted, limit + 1, after)
        known = {summary.header.thread for summary in stored}
        fresh = [summary for summary in waiting if summary.header.thread not in known]
        fresh = [summary for summary in fresh if after is None or _key(summary) < (after.created, after.thread)]
        found = heapq.nlargest(limit + 1, [*stored, *fresh], key=_key)
        page = found[:limit]
        cursor = write_cursor(*_key(page[-1])) if len(found) > limit else None
        return Page([self._view(summary) for summary in page], total + len(waiting), cursor)

    def view(self, live: LiveThread) -> Payload:
        """A living thread as a line of the list."""
        route = self._route(live.thread.header.game)
        return thread_view.told(live.teller, self._threads.now(), route=route, here=len(live.connections))

    def stored(self, summary: Summary) -> Payload:
        """A stored thread as a line of the list."""
        return thread_view.stored(summary, route=self._route(summary.header.game), now=self._threads.now())

    def _view(self, summary: Summary) -> Payload:
        live = self._threads.live.get(summary.header.thread)
        return self.view(live) if live else self.stored(summary)

    def _route(self, game: str) -> str:
        return self._threads.routes.get(game, "/ws/games")

    def _waiting(self, wanted: Wanted) -> list[Summary]:
        """Threads in memory without an event yet, which no store knows."""
        fresh = (live.thread for live in self._threads.live.values() if not live.thread.seq)
        summaries = (Summary(thread.header, 0, 0, thread.changed_at) for thread in fresh)
        return [summary for summary in summaries if fits(summary, wanted)]

    async def _stored(self, wanted: Wanted, limit: int, after: Place | None) -> tuple[list[Summary], int]:
        try:
            return await self._threads.store.listed(wanted, limit, after)
        except StoreError as error:
            # Strangers ask, too: what exactly is wrong with which file is for the log.
            log.error("store_failed", error=str(error))
            raise Refusal(Code.STORE_UNAVAILABLE, "games can't be listed now: try again later") from error


def write_cursor(created: float, thread: str) -> str:
    """A place in the list, as clients carry it."""
    return base64.urlsafe_b64encode(orjson.dumps([created, thread])).decode().rstrip("=")


def read_cursor(cursor: str) -> Place:
    """The place that ``write_cursor`` wrote down.

    Raises:
        Refusal: ``bad_message``: it didn't.
    """
    try:
        created, thread = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError, TypeError):
        created, thread = None, None
    if not isinstance(created, int | float) or not isinstance(thread, str):
        raise Refusal(Code.BAD_MESSAGE, "this is no cursor: take the one of the page before")
    return Place(float(created), thread)


def _key(summary: Summary) -> tuple[float, str]:
    return summary.header.created, summary.header.thread


def _seats(game: str) -> int:
    """How many seats a game has; a foreign agent's has none."""
    return len(registry.game(game).seats) if game in registry.game_names() else 0
