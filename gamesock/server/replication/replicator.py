"""The replicator: copies signed-in players' games to a Supabase project, behind the store's back.

The store's log is the outbox. What is pending follows from it and one cursor a thread, so nothing is lost when
the process dies; what is sent twice arrives once, because events are numbered.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import Callable, Coroutine, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from gamesock.account.errors import NotSignedIn
from gamesock.account.patience import nobody, patience
from gamesock.server.log import Logger
from gamesock.server.replication.copy import Copy, State
from gamesock.server.replication.courier import Courier, NeedsUser
from gamesock.server.replication.credentials import Credentials
from gamesock.server.replication.meters import Meters
from gamesock.server.replication.queue import Queue, signed
from gamesock.server.replication.remote import BadToken, Lasting, Remote, There, Trouble, Unreachable
from gamesock.server.stores.base import StoreError
from gamesock.server.stores.sqlite_replicas import Mark, Parked, SqliteReplicas

if TYPE_CHECKING:
    from gamesock.account.account import Account
    from gamesock.server.metrics import Metrics
    from gamesock.server.unmeasured import Unmeasured

log = Logger("gamesock.replication")

AT_ONCE = 8
"""Requests under way at once."""

PACE = 0.5
"""Seconds between two requests for the same thread: a fast game shares them, a slow one never waits."""

SOONEST, LATEST = 0.25, 30.0
"""Seconds until a request that failed is made again: first, and at most."""

FLUSH = 0.5
"""Seconds between two notes of how far things are."""

LOOK = 5.0
"""Seconds between two looks at what was parked: somebody may have released it."""

GOODBYE, LONG_GOODBYE = 2.0, 5.0
"""Seconds to send what is left when the server stops; where one player may go on elsewhere at once."""

AT_EASE = 2.0
"""Seconds after which a player's own program begins to copy."""


class Health(NamedTuple):
    """How replication does."""

    project: str
    reachable: bool
    pending: int
    """Events not copied yet, of threads known to this process."""
    lag: float
    """Seconds since the oldest of them that could be copied came."""
    waiting: int
    """Threads whose owner isn't here."""
    parked: int


class Replicator:
    """Copies logs. ``kept`` is told of each append, and costs it next to nothing.

    ``account``: the server's own, to write as; ``key``: the project's secret key, to write as nobody;
    ``player``: the account of the one player in whose program the server runs; ``say``: told of a long goodbye.
    """

    def __init__(
        self,
        replicas: SqliteReplicas,
        remote: Remote,
        credentials: Credentials,
        metrics: Metrics | Unmeasured,
        *,
        account: Account | None = None,
        key: str | None = None,
        player: Account | None = None,
        say: Callable[[str], None] = nobody,
    ) -> None:
        self.remote = remote
        self._say = say
        self.courier = Courier(replicas, remote, credentials, key=key, private=player is not None)
        self.meters = Meters(metrics.registry)
        self._replicas = replicas
        self._credentials = credentials
        self._account = account
        self._player = player
        self._here = False
        """Whether that player is signed in."""
        self._hurry = asyncio.Event()
        self._queue = Queue()
        self._marks: dict[str, Mark] = {}
        self._up = asyncio.Event()
        self._failures = 0
        self._left = 0.0
        """When the player left, by the monotonic clock."""
        self._tasks: list[asyncio.Task[None]] = []
        queue = self._queue
        self.kept = queue.kept
        """The store has these events; after them these seats may move (None: that isn't known)."""
        credentials.renewed.append(queue.came)
        self.meters.show(
            lambda: queue.lag, lambda: queue.pending, lambda: queue.waiting, lambda: len(queue.parked)
        )

    # From outside

    async def start(self) -> None:
        """Find what is left to copy, and begin.

        Raises:
            StoreError: the store can't be read.
        """
        if self._player is None:
            await self.remote.open()
            self._up.set()
        self._queue.parked |= {parked.thread for parked in await self._replicas.parked()}
        left = await self._replicas.pending()
        self._queue.left(left)
        if self._account:
            session = await asyncio.to_thread(self._account.session)
            self.courier.host = session.user if session else None
            self._spawn(self._stay_signed_in(self._account), "account")
        if self._player:
            self._spawn(self._wait_for_player(self._player), "player")
        for number in range(AT_ONCE):
            self._spawn(self._work(), str(number))
        self._spawn(self._keep_notes(), "notes")
        self._spawn(self._look_at_parked(), "parked")
        parked = len(self._queue.parked)
        log.info("replicating", project=self.remote.project.name, left=len(left), parked=parked)

    async def close(self) -> None:
        """Send what is left if that is done soon; it is sent after the next start else."""
        self._hurry.set()
        self._left = time.monotonic()
        told = f"sending your game to {self.remote.project.name}…"
        with contextlib.suppress(TimeoutError), patience(self._say, told):
            async with asyncio.timeout(GOODBYE if self._player is None else LONG_GOODBYE):
                # However many copies there are, this lasts some seconds at most.
                while self._queue.moving and not self._is_hopeless:  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._note()
        await self.remote.close()
        if self._queue.pending:
            log.info("replication_stopped", pending=self._queue.pending)

    @property
    def _is_hopeless(self) -> bool:
        """Whether nothing will be sent soon: a player who leaves needn't wait for it."""
        hopeless = self._failures > 0 or not self._here or self.remote.is_silent(self._left)
        return self._player is not None and hopeless

    @property
    def health(self) -> Health:
        """How it does, now."""
        return Health(
            project=self.remote.project.name,
            reachable=self._failures == 0,
            pending=self._queue.pending,
            lag=round(self._queue.lag, 3),
            waiting=self._queue.waiting,
            parked=len(self._queue.parked),
        )

    # Carrying

    async def _work(self) -> None:
        while True:
            await self._up.wait()
            copy = await self._queue.next()
            copy.state = State.BUSY
            await self._carry(copy)

    async def _carry(self, copy: Copy) -> None:
        """One batch of one thread; then what comes of it."""
        try:
            if copy.header is None and not await self._looked_at(copy):
                return
            if copy.owner is None and not await self.courier.look(copy):
                return
            if copy.owner is None or not copy.pending:
                copy.state = State.IDLE
                return
            sent = await self._brought(copy)
        except NeedsUser as needs:
            self._queue.wait_for(needs.user, copy)
            if self._credentials.token(needs.user):
                self._queue.came(needs.user)  # in the meantime
        except Lasting as refused:
            await self._park(copy, refused)
        except (Trouble, StoreError) as trouble:
            self._failed(copy, trouble)
        except Exception as error:
            log.exception("replication_failed", thread=copy.name)
            await self._park(copy, Lasting("internal", repr(error)[:300]))
        else:
            self._sent(copy, sent)

    async def _brought(self, copy: Copy) -> list[float]:
        try:
            return await self.courier.carry(copy)
        except Trouble as trouble:
            raise await self.remote.weighed(trouble) from None

    async def _looked_at(self, copy: Copy) -> bool:
        """Whether it concerns us; a thread of guests is remembered as one."""
        if await self.courier.look(copy):
            return True
        if signed(line.event for line in copy.tail):
            copy.header = None
            self._queue.go(copy)  # somebody sat down while we looked
            return False
        self._queue.is_guests(copy)
        if copy.end:
            self._marks[copy.name] = Mark(copy.name, copy.end, None)
        return False

    # What comes of it

    def _sent(self, copy: Copy, sent: Sequence[float]) -> None:
        if self._failures:
            log.info("project_reachable", after=self._failures)
        self._failures = 0
        self._up.set()
        self._marks[copy.name] = Mark(copy.name, copy.seq, copy.owner)
        self.meters.events.inc(len(sent))
        now = time.time()
        for at in sent:
            self.meters.delay.observe(max(0.0, now - at))
        self._queue.later(copy, 0.0 if copy.pending and not copy.at_hand() else PACE)

    def _failed(self, copy: Copy, trouble: Trouble | StoreError) -> None:
        """It is tried again: this thread alone, or all of them where the project as a whole is away."""
        code = trouble.code if isinstance(trouble, Trouble) else "store"
        self.meters.errors.labels(code).inc()
        copy.tries += 1
        if isinstance(trouble, BadToken | There) and copy.tries < 3:
            self._queue.go(copy)  # the token is forgotten: it waits for the next, or there is one already
        elif isinstance(trouble, Unreachable):
            self._queue.go(copy)
            self._pause(trouble)
        else:
            log.warning("not_copied_yet", thread=copy.name, code=code, reason=str(trouble))
            self._queue.later(copy, _wait(copy.tries))

    def _pause(self, trouble: Unreachable) -> None:
        if not self._up.is_set():
            return
        self._failures += 1
        if self._failures == 1:
            log.warning("project_unreachable", code=trouble.code, reason=str(trouble))
        self._up.clear()
        asyncio.get_running_loop().call_later(_wait(self._failures), self._up.set)

    async def _park(self, copy: Copy, refused: Lasting) -> None:
        self.meters.errors.labels(refused.code).inc()
        parked = Parked(copy.name, copy.seq, copy.end, refused.code, str(refused), time.time())
        log.error("thread_parked", thread=copy.name, after=copy.seq, code=refused.code, reason=str(refused))
        try:
            await self._replicas.park(parked)
        except StoreError as error:
            log.error("store_failed", thread=copy.name, error=str(error))
        self._queue.park(copy)

    # Beside

    async def _keep_notes(self) -> None:
        while True:
            await asyncio.sleep(FLUSH)
            await self._note()

    async def _note(self) -> None:
        marks, self._marks = self._marks, {}
        if not marks:
            return
        try:
            await self._replicas.mark(marks.values())
        except StoreError as error:
            log.warning("store_failed", error=str(error))
            self._marks = marks | self._marks

    async def _look_at_parked(self) -> None:
        while True:
            await asyncio.sleep(LOOK)
            if not self._queue.parked:
                continue
            with contextlib.suppress(StoreError):
                still = {parked.thread for parked in await self._replicas.parked()}
                for thread in self._queue.parked - still:
                    log.info("thread_released", thread=thread)
                    self._queue.release(thread)

    async def _stay_signed_in(self, account: Account) -> None:
        """Keep a fresh token of the server's own account."""
        while True:
            try:
                session = await account.fresh()
            except Exception as error:
                log.error("account_not_signed_in", reason=str(error))
                await asyncio.sleep(LATEST)
                continue
            self.courier.host = session.user
            self._credentials.renew(session.user, session.access_token, session.expires)
            await asyncio.sleep(max(1.0, session.expires - time.time() - 55.0))

    async def _wait_for_player(self, player: Account) -> None:
        """Keep a fresh token of the one player, from when they sign in until they sign out."""
        self._here = await asyncio.to_thread(player.session) is not None
        with contextlib.suppress(TimeoutError):
            # What it takes is imported meanwhile, and the first screen shouldn't wait for that.
            # Not wait_for: until Python 3.12 it may take a cancellation for its own.
            async with asyncio.timeout(AT_EASE):
                await self._hurry.wait()
        while True:
            try:
                session = await player.fresh()
            except NotSignedIn:
                self._here = False
                self._up.clear()
                await asyncio.sleep(LOOK)
                continue
            except Exception as error:
                log.warning("player_not_signed_in", reason=str(error))
                self._failures += 1
                await asyncio.sleep(_wait(self._failures))
                continue
            await self.remote.open()
            self._here, self._failures = True, 0
            self._credentials.renew(session.user, session.access_token, session.expires)
            self._up.set()
            await asyncio.sleep(min(LOOK, max(1.0, session.expires - time.time() - 55.0)))

    def _spawn(self, work: Coroutine[Any, Any, None], name: str) -> None:
        self._tasks.append(asyncio.create_task(work, name=f"replication {name}"))


def _wait(tries: int) -> float:
    return float(min(SOONEST * 2 ** min(tries - 1, 10), LATEST) * random.uniform(0.5, 1.0))
