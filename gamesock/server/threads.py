"""The living threads of a process: created, restored from the store, evicted when idle, drained at the end."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Protocol
from weakref import WeakValueDictionary

from gamesock import __version__, registry
from gamesock import protocol as p
from gamesock.bot import Bot
from gamesock.protocol import Close, Code, Refusal
from gamesock.server.auth import Authenticator, Guests
from gamesock.server.connection import Connection, Room
from gamesock.server.house import House
from gamesock.server.ledger import Ledger
from gamesock.server.limits import Gate, Limits
from gamesock.server.live import LiveThread
from gamesock.server.log import Logger
from gamesock.server.lookout import Lookout
from gamesock.server.proxies import Proxies
from gamesock.server.replication.credentials import Credentials
from gamesock.server.sign_ins import SignIns
from gamesock.server.stores.base import Log, Store, StoreError
from gamesock.server.stores.memory import MemoryStore
from gamesock.server.workers import Workers
from gamesock.thread import CorruptLog

if TYPE_CHECKING:
    from gamesock.server.metrics import Metrics
    from gamesock.server.replication.replication import Replication
    from gamesock.server.unmeasured import Unmeasured

log = Logger("gamesock.threads")

IDLE = 600.0
"""Seconds without a connection after which a stored thread leaves memory."""

RETRY_AFTER = 2.0
"""Seconds after which clients should come back when the server goes away."""

_PREFERRED = ("perfect", "alphabeta")


class Founder(Protocol):
    """Makes living threads of one kind: what a route knows and the threads themselves don't."""

    new: bool
    """Whether the id was just made up, so that nobody can have the thread anywhere."""

    async def found(self, thread_id: str) -> LiveThread:
        """A new thread, in memory only."""

    async def revive(self, kept: Log) -> LiveThread:
        """A thread as it was stored; raises ``Refusal`` if it may not be reached this way."""

    def admit(self, live: LiveThread) -> None:
        """Check that the thread may be reached this way; raises ``Refusal`` if not."""


class Threads:
    """Everything that the threads of one process share."""

    version = f"gamesock/{__version__}"

    def __init__(
        self,
        store: Store,
        *,
        workers: Workers | None = None,
        limits: Limits | None = None,
        authenticator: Authenticator | None = None,
        now: Callable[[], float] = time.time,
        idle: float = IDLE,
        trusted_proxies: Iterable[str] = (),
        replication: Callable[[Threads], Replication] | None = None,
        metrics: Metrics | Unmeasured | None = None,
    ) -> None:
        self.store = store
        self.workers = workers or Workers()
        self.gate = Gate(limits or Limits(), Proxies(trusted_proxies))
        self.authenticator = authenticator or Guests()
        self.sign_ins = SignIns(self)
        self.metrics = metrics or _metrics()
        self.ledger = Ledger(store, self.metrics)
        self.now = now
        self.routes: dict[str, str] = {}
        """Where the games that are served here are: ``/ws/chess`` for ``chess``."""
        self.lookout = Lookout(self)
        self.live: dict[str, LiveThread] = {}
        self.closing = False
        self.house = House(self, idle)
        self.dropped: list[Callable[[str], None]] = []
        """Who wants to know that a thread left memory."""
        self._opening: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._left_at: dict[str, float | None] = {}
        """When threads were left that came back to the store and weren't opened yet."""
        self._bots: dict[str, dict[str, type[Bot]]] = {}
        self._started: asyncio.Future[None] | None = None
        self.credentials = Credentials(now)
        self.replication = replication(self) if replication else None
        self.metrics.threads.set_function(lambda: len(self.live))
        self.metrics.connections.set_function(lambda: self.gate.total)

    async def start(self) -> None:
        """Open the store and start housekeeping; once, whoever asks first.

        Raises:
            StoreError: the store can't be opened.
        """
        if self._started is None:
            self._started = asyncio.get_running_loop().create_future()
            try:
                await self.store.open()
            except BaseException as error:
                self._started.set_exception(error)
                self._started.exception()  # seen here; later callers see it again
                self._started = None
                raise
            if self.replication:
                await self.replication.replicator.start()
            self.house.open()
            self._started.set_result(None)
        await asyncio.shield(self._started)

    async def ready(self) -> None:
        """Start, if nobody has yet.

        Raises:
            Refusal: ``store_unavailable``.
        """
        try:
            await self.start()
        except StoreError as error:
            log.error("store_not_opened", error=str(error))
            reason = "the server can't open its store: try again later"
            raise Refusal(Code.STORE_UNAVAILABLE, reason) from error

    def holds(self, live: LiveThread) -> bool:
        """Whether this is the living thread of its id."""
        return self.live.get(live.id) is live

    async def enter(self, connection: Connection, thread_id: str, founder: Founder) -> LiveThread:
        """Bring a connection to its thread, which is found in memory, in the store, or created.

        Raises:
            Refusal: ``not_found`` (another game), ``server_full``, ``store_unavailable``, ``internal``.
        """
        while True:
            live = await self.open(thread_id, founder, None if founder.new else connection.viewer.user)
            founder.admit(live)
            if await live.enter(connection):
                return live

    async def open(self, thread_id: str, founder: Founder, user: str | None = None) -> LiveThread:
        """The living thread of that id, for a user who may have it elsewhere; refuses as ``enter`` does."""
        await self.ready()
        # The lock lives as long as somebody holds it or waits for it.
        lock = self._opening.setdefault(thread_id, asyncio.Lock())
        async with lock:
            live = self.live.get(thread_id)
            if live is None:
                live = await self._open(thread_id, founder, user)
                self.live[thread_id] = live
            return live

    async def create(self, thread_id: str, founder: Founder) -> LiveThread:
        """A new living thread of that id.

        Raises:
            Refusal: ``thread_exists``, and as ``enter`` does.
        """
        await self.ready()
        async with self._opening.setdefault(thread_id, asyncio.Lock()):
            if thread_id in self.live or await self.read(thread_id):
                reason = f"there is a game {thread_id!r} already: choose another id"
                raise Refusal(Code.THREAD_EXISTS, reason)
            live = self.live[thread_id] = await self._open(thread_id, founder)
        self.lookout.changed(live)
        return live

    async def _open(self, thread_id: str, founder: Founder, user: str | None = None) -> LiveThread:
        if self.closing:
            raise Refusal(Code.SERVER_FULL, "the server is going away: come back in a moment")
        if len(self.live) >= self.gate.limits.threads:
            raise Refusal(Code.SERVER_FULL, f"the server is full: {len(self.live)} threads")
        kept = await self.read(thread_id)
        if kept is None and user:
            kept = await self.recalled(thread_id, user)
        elif kept and user and self.replication:
            kept = await self.replication.recall.newer(thread_id, user, kept)
        if kept is None:
            return await founder.found(thread_id)
        try:
            live = await founder.revive(kept)
        except (CorruptLog, registry.NotRegistered) as error:
            log.error("thread_not_restored", thread=thread_id, error=str(error))
            raise Refusal(Code.INTERNAL, f"the thread {thread_id!r} can't be restored: {error}") from error
        await live.restored(self._left_at.pop(thread_id, kept.left_at))
        log.info("thread_restored", thread=thread_id, seq=live.thread.seq)
        return live

    async def read(self, thread_id: str) -> Log | None:
        """A thread's log from the store.

        Raises:
            Refusal: ``store_unavailable``.
        """
        await self.ready()
        try:
            return await self.store.read(thread_id)
        except StoreError as error:
            log.error("store_failed", thread=thread_id, error=str(error))
            raise Refusal(Code.STORE_UNAVAILABLE, "the games can't be read now: try again later") from error

    async def recalled(self, thread_id: str, user: str, *, resuming: bool = False) -> Log | None:
        """A user's thread that isn't in the store, from where it was copied to; it is in the store then.

        ``resuming``: they ask for that one alone, and begin no other by the name.

        Raises:
            Refusal: as ``Recall`` does.
        """
        recall = self.replication.recall if self.replication else None
        found = await recall(thread_id, user, resuming=resuming) if recall else None
        if found:
            self._left_at[thread_id] = found.left_at
        return found

    async def bots(self, game: str) -> dict[str, type[Bot]]:
        """The bots for a game, by name; engines on this machine included."""
        if game not in self._bots:
            # Their modules may be slow to import: not on the loop.
            found = await asyncio.to_thread(registry.bots, game)
            self._bots[game] = {bot.name: bot for bot in found}
        return self._bots[game]

    async def bot(self, name: str | None, game: str, level: int | None) -> type[Bot]:
        """The bot of that name for a game (None: the usual one).

        Raises:
            Refusal: ``no_such_bot``; the message lists what there is.
        """
        bot = await self._named(name, game) if name and game not in self._bots else None
        if bot is None:
            bots = await self.bots(game)
            name = name or next((known for known in (*_PREFERRED, *bots) if known in bots), None)
            if name is None or name not in bots:
                there = ", ".join(bots) or "none"
                raise Refusal(Code.NO_SUCH_BOT, f"no bot named {name!r} plays {game}: there is {there}")
            bot = bots[name]
        levels = [known.number for known in bot.levels]
        if level is not None and level not in levels:
            there = f"the levels {min(levels)} to {max(levels)}" if len(levels) > 1 else f"one level, {levels[0]}"
            reason = f"{name} has {there}, not {level}"
            raise Refusal(Code.NO_SUCH_BOT, reason)
        return bot

    async def _named(self, name: str, game: str) -> type[Bot] | None:
        """The bot of that name without a look at the others, if its plug-in is in order."""
        try:
            return await asyncio.to_thread(registry.bot, name, game)
        except Exception:
            return None  # the list of all bots leaves out what is broken, and tells the log

    def fell_behind(self, connection: Connection) -> None:
        """A message was skipped for a slow reader: watch it, until it has caught up or is cut off."""
        self.metrics.skipped.inc()
        self.house.behind.add(connection)

    def discard(self, thread_id: str | None = None) -> None:
        """Drop a thread (None: all) from memory; what is stored stays, and who is there has to come back."""
        for found in list(self.live) if thread_id is None else [thread_id]:
            live = self.live.pop(found, None)
            if live is None:
                continue
            live.stop()
            self.lookout.dropped(live)
            for connection in live.connections.values():
                self.house.part(connection, Close.GOING_AWAY, "the thread was put away: come back")
            for tell in self.dropped:
                tell(found)

    async def close(self) -> None:
        """Finish and store what is under way, tell everyone to come back, let go of everything."""
        self.closing = True
        await self.house.close()
        lives = list(self.live.values())
        await asyncio.gather(*(live.close() for live in lives))
        if self.replication:
            await self.replication.replicator.close()
        self.lookout.stop()
        rooms: list[Room] = [*lives, self.lookout]
        connections = [connection for room in rooms for connection in room.connections.values()]
        for connection in connections:
            connection.send(p.GoingAway(retry_after_ms=int(RETRY_AFTER * 1000)))
        reason = "the server is going away"
        await asyncio.gather(*(connection.close(Close.GOING_AWAY, reason, 2.0) for connection in connections))
        await self.workers.close()
        self.discard()
        with contextlib.suppress(StoreError):
            await self.store.alive(self.now())
        await self.store.close()


def _metrics() -> Metrics:
    from gamesock.server.metrics import Metrics

    return Metrics()


def threads_of(app: Any) -> Threads:
    """What the servers of an application share, made for the first of them that asks.

    An ``App`` has it; another framework's application keeps it in its ``state``, if it has one.
    """
    state = getattr(app, "state", None)
    shared = getattr(app, "threads", None) or getattr(state, "gamesock", None)
    if isinstance(shared, Threads):
        return shared
    threads = Threads(MemoryStore())
    if state is not None:
        state.gamesock = threads
    return threads
