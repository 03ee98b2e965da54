"""Who looks at threads from the lobby, and what they are told: a few times a second, and only what changed.

While nobody looks, a move costs two look-ups here. Else the ids of changed threads are gathered, and told
together; of very many, the first ones, and the others with the next word.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from gamesock.server.connection import Connection, encode
from gamesock.server.listing import Listing
from gamesock.server.log import Logger
from gamesock.server.outbox import Outbox, deliver
from gamesock.tell import Payload, Teller

if TYPE_CHECKING:
    from gamesock.protocol import ThreadStatus
    from gamesock.server.live import LiveThread
    from gamesock.server.threads import Threads

log = Logger("gamesock.lobby")

EVERY = 0.25
"""Seconds between two words of what changed."""

MOST = 50
"""Threads told of at once."""

TAIL = 12
"""Moves that a preview tells."""


class Interest(NamedTuple):
    """Which threads a watcher wants to hear of."""

    game: str | None
    status: ThreadStatus | None
    """None: open and live ones."""

    def covers(self, view: Payload) -> bool:
        """Whether the thread is among them as it is now."""
        if self.game not in (None, view["game"]):
            return False
        status: str = view["status"]
        return status == self.status if self.status else status != "finished"


class _Gone(NamedTuple):
    """A thread that left memory without a trace."""

    id: str
    game: str


class Lookout:
    """The lobby's connections, and what each of them looks at."""

    id = "lobby"

    def __init__(self, threads: Threads) -> None:
        self.connections: dict[str, Connection] = {}
        self.listing = Listing(threads)
        self._threads = threads
        self._interests: dict[str, Interest] = {}
        self._previews: dict[str, str] = {}
        """The thread that each connection looks into."""
        self._lookers: dict[str, dict[str, Connection]] = {}
        """The connections that look into each thread."""
        self._changed: dict[str, LiveThread | _Gone] = {}
        self._statuses: dict[str, str] = {}
        """What watchers were last told of a thread's status."""
        self._timer: asyncio.TimerHandle | None = None

    # Who looks

    def enter(self, connection: Connection) -> None:
        """A connection came to the lobby."""
        connection.lobby = self
        self.connections[connection.id] = connection

    def leave(self, connection: Connection) -> None:
        """A connection went away."""
        self.connections.pop(connection.id, None)
        self.watch(connection, None)
        self.look(connection, None)

    def watch(self, connection: Connection, interest: Interest | None) -> None:
        """Tell a connection of changes (None: no longer)."""
        self._interests.pop(connection.id, None)
        if interest:
            self._interests[connection.id] = interest
        elif not self._interests:
            self._statuses.clear()

    def look(self, connection: Connection, thread_id: str | None) -> None:
        """Show a connection a thread whenever it changes (None: no longer)."""
        before = self._previews.pop(connection.id, None)
        if before is not None:
            lookers = self._lookers[before]
            del lookers[connection.id]
            if not lookers:
                del self._lookers[before]
        if thread_id is not None:
            self._previews[connection.id] = thread_id
            self._lookers.setdefault(thread_id, {})[connection.id] = connection

    def refresh(self, connection: Connection) -> None:
        """A connection that fell behind has caught up: it has to list anew, and sees its preview again."""
        if connection.id in self._interests:
            connection.send({"type": "lobby_changed", "changed": [], "gone": [], "missed": True})
        live = self._threads.live.get(self._previews.get(connection.id, ""))
        if live and _open(live):
            connection.send(self.preview(live))

    # What changed

    def changed(self, live: LiveThread) -> None:
        """Something about a thread is new: its moves, seats, or who is there."""
        if (self._interests or live.id in self._lookers) and self._threads.holds(live):
            self._note(live.id, live)

    def dropped(self, live: LiveThread) -> None:
        """A thread left memory; without an event there is nothing left of it."""
        if self._interests and not live.thread.seq and live.thread.header.visibility == "public":
            self._note(live.id, _Gone(live.id, live.thread.header.game))
        else:
            self._changed.pop(live.id, None)

    def stop(self) -> None:
        """Tell nothing more."""
        if self._timer:
            self._timer.cancel()
        self._changed.clear()

    def preview(self, live: LiveThread) -> Payload:
        """A thread as a spectator sees it."""
        return preview(live.teller, self.listing.view(live))

    def _note(self, thread_id: str, what: LiveThread | _Gone) -> None:
        self._changed[thread_id] = what
        if self._timer is None and not self._threads.closing:
            self._timer = asyncio.get_running_loop().call_later(EVERY, self._tell)

    def _tell(self) -> None:
        self._timer = None
        batch = {each: self._changed.pop(each) for each in list(islice(self._changed, MOST))}
        views, gone = {}, {}
        for thread_id, what in batch.items():
            if isinstance(what, _Gone):
                gone[thread_id] = what.game
            elif what.thread.header.visibility == "public" and self._interests:
                views[thread_id] = self.listing.view(what)
        self._tell_watchers(views, gone)
        for thread_id, what in batch.items():
            if not isinstance(what, _Gone) and thread_id in self._lookers and _open(what):
                self._tell_lookers(what)
        if self._changed:
            self._timer = asyncio.get_running_loop().call_later(EVERY, self._tell)

    def _tell_watchers(self, views: Mapping[str, Payload], gone: Mapping[str, str]) -> None:
        """Encode once for each interest that somebody has."""
        groups: dict[Interest, list[Outbox]] = {}
        watching = (self.connections[each] for each in self._interests if each in self.connections)
        for connection in self._readers(watching):
            groups.setdefault(self._interests[connection.id], []).append(connection.outbox)
        for interest, outboxes in groups.items():
            changed = [view for view in views.values() if interest.covers(view)]
            left = [each for each, view in views.items() if self._left(interest, view)]
            left += [each for each, game in gone.items() if interest.game in (None, game)]
            if changed or left:
                told = {"type": "lobby_changed", "changed": changed, "gone": left, "missed": False}
                deliver(outboxes, encode(told))
        if self._interests:
            self._statuses |= {each: view["status"] for each, view in views.items()}
        for each in gone:
            self._statuses.pop(each, None)

    def _left(self, interest: Interest, view: Payload) -> bool:
        """Whether a thread is no longer what a watcher wants, and was until now for all we know."""
        if interest.covers(view) or interest.game not in (None, view["game"]):
            return False
        before = self._statuses.get(view["thread_id"])
        return before is None or interest.covers({**view, "status": before})

    def _tell_lookers(self, live: LiveThread) -> None:
        outboxes = [connection.outbox for connection in self._readers(self._lookers[live.id].values())]
        if outboxes:
            try:
                deliver(outboxes, encode(self.preview(live)))
            except Exception:  # a game's own drawing; the other threads are told all the same
                log.exception("preview_failed", thread=live.id)

    def _readers(self, connections: Iterable[Connection]) -> list[Connection]:
        """Those that keep up; the others are told later that they missed something."""
        now, readers = time.monotonic(), []
        for connection in connections:
            if connection.outbox.fits(now):
                readers.append(connection)
            else:
                self._threads.fell_behind(connection)
        return readers


def _open(live: LiveThread) -> bool:
    """Whether anyone who names it may look: an id that was somebody's public game can be a private one now."""
    return live.thread.header.visibility != "private"


def preview(teller: Teller, view: Payload) -> Payload:
    """The board as a spectator sees it, the last moves, and the line of the list."""
    return {"type": "thread_preview", "thread": view, **teller.glimpse(TAIL)}
