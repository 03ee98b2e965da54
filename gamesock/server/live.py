"""A living thread: one session, its connections, and the order *record, then tell*.

Requests of a thread are carried out one at a time. What a request decided is stored first and told after;
if it can't be stored, nobody hears of it and the session is made anew from the log.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable, Coroutine, Iterable
from typing import TYPE_CHECKING, Any

from gamesock import protocol as p
from gamesock import record as r
from gamesock import session as s
from gamesock.protocol import Code, Refusal
from gamesock.server.audience import Audience
from gamesock.server.connection import Connection, Request
from gamesock.server.log import Logger
from gamesock.server.studies import Studies
from gamesock.server.thinking import Thinking
from gamesock.tell import Teller
from gamesock.thread import Thread

if TYPE_CHECKING:
    from gamesock.server.threads import Threads

log = Logger("gamesock.thread")

REPLAYED = 8
"""Moves told one by one to a connection that resumes; more, and one full state is cheaper for all."""

TOLD = 200
"""Events of any kind told one by one; beyond that a full state is all that counts."""

STORE_RETRY = 1.0
"""Seconds until what the server itself could not store (a bot's move, a fallen flag) is tried again."""


class LiveThread:
    """The host of one thread in memory."""

    def __init__(self, threads: Threads, thread: Thread, log: Iterable[r.Event] = ()) -> None:
        self.threads = threads
        self.id = thread.header.thread
        self.session = s.Session(thread)
        self.teller = Teller(self.session)
        self.bots = Thinking(self)
        self.studies = Studies(self)
        self.connections: dict[str, Connection] = {}
        self.audience = Audience(self)
        self.lock = asyncio.Lock()
        self.idle_since = time.monotonic()
        self._log = list(log)
        self._seated: dict[str, tuple[list[str], list[str]]] | None = None
        """Who sat where before the request under way, if one is."""
        self._timer: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def thread(self) -> Thread:
        """The folded log."""
        return self.session.thread

    @property
    def busy(self) -> bool:
        """Whether someone is here, a bot thinks, or a clock runs that must be watched."""
        clock = self.thread.clock
        ticking = bool(clock and clock.running and clock.control.kind != "days")
        return bool(self.connections or self._tasks or ticking or self.lock.locked())

    # Connections

    async def enter(self, connection: Connection) -> bool:
        """A connection opened: it gets the state, the others hear of it. False: the thread was put away."""
        async with self.lock:
            if not self.threads.holds(self):
                return False
            now = self.threads.now()
            await self.carry_out(self.session.tick(now), None)
            connection.live = self
            self.connections[connection.id] = connection
            await self.carry_out(self.session.connect(connection.viewer, now), None)
            self.send_state(connection)
            self.threads.lookout.changed(self)
            return True

    async def restored(self, left_at: float | None) -> None:
        """The thread came back from the store; if another process left it, its clock stood still since."""
        async with self.lock:
            now = self.threads.now()
            if left_at is not None:
                await self.carry_out(self.session.returned(left_at, now), None)
            await self.carry_out(self.session.tick(now), None)

    def leave(self, connection: Connection) -> None:
        """A connection closed."""
        if self.connections.pop(connection.id, None) is None:
            return
        self.studies.leave(connection)
        effects = self.session.disconnect(connection.id, self.threads.now())
        self.idle_since = time.monotonic()
        self.threads.lookout.changed(self)
        if effects and self.connections:
            self.audience.announce()

    async def lapse(self, connection: Connection) -> None:
        """A connection's sign-in ended: it watches what anyone may watch."""
        async with self.lock:
            if connection.id in self.connections:
                effects = self.session.lapse(connection.id, self.threads.now())
                await self.carry_out(effects, Request.of(connection, None))

    async def signed_in(self, connection: Connection) -> None:
        """A connection signed in, perhaps again."""
        async with self.lock:
            if connection.id in self.connections:
                await self.carry_out(self.session.signed_in(connection.id), Request.of(connection, None))

    def send_state(self, connection: Connection, re: str | None = None, **how: Any) -> None:
        """The state, to one connection; to one who may not see it, why."""
        if not self.session.may_watch(connection.viewer):
            reason = "this game is private: join a free seat, or your own with its seat token"
            connection.refuse(Refusal(Code.FORBIDDEN, reason), self.threads.now(), re)
            return
        connection.send(self.teller.state(self.audience.view(connection), self.threads.now(), **how), re)

    def refresh(self, connection: Connection) -> None:
        """The newest state, to a connection that fell behind."""
        self.send_state(connection, recovered=False)

    # Requests

    async def request(self, connection: Connection, message: p.ClientMessage) -> None:
        """Carry out a request, and answer it.

        Raises:
            Refusal: it can't be carried out.
        """
        request = Request.of(connection, message.id)
        async with self.lock:
            if not self.threads.holds(self):
                raise Refusal(Code.SERVER_FULL, "this thread was put away: connect to it again")
            now = self.threads.now()
            await self.carry_out(self.session.tick(now), None)
            if isinstance(message, p.Hello):
                self._greet(request, message)
            elif isinstance(message, p.Resume):
                self._resume(request, message)
            elif isinstance(message, p.Analyse):
                self.studies.begin(request, message)
            elif isinstance(message, p.StopAnalysis):
                self.studies.stop(connection)
                connection.send(p.Ack(seq=self.thread.seq), request.spend())
            elif isinstance(message, p.GetRecording):
                self._give_recording(request)
            elif isinstance(message, p.AiMove) and self.bots.busy:
                raise Refusal(Code.STALE, "a bot is thinking about this move already")
            else:
                await self._decide(request, message, now)

    async def _decide(self, request: Request, message: p.ClientMessage, now: float) -> None:
        players = (viewer for viewer in self.session.viewers.values() if viewer.plays)
        self._seated = {viewer.id: ([*viewer.seats], [*viewer.lent]) for viewer in players}
        try:
            effects = self.session.handle(request.connection.id, message, now, secrets.token_hex(16))
            await self.carry_out(effects, request)
        except Refusal:
            raise
        except Exception:
            await self._restore()  # a game's rules broke off half-way
            raise
        finally:
            self._seated = None

    def _greet(self, request: Request, message: p.Hello) -> None:
        connection = request.connection
        limits, auth = self.threads.gate.limits.view(), self.threads.authenticator.view
        connection.greet(message, self.threads.version, limits, request.spend(), auth)
        self.send_state(connection)

    def _resume(self, request: Request, message: p.Resume) -> None:
        connection, thread = request.connection, self.thread
        missed = self._log[message.seq :]
        known = message.epoch == thread.header.epoch and message.seq <= thread.seq
        moves = sum(isinstance(event, r.Moved | r.Ran) for event in missed)
        undone = any(isinstance(event, r.TakenBack) for event in missed)
        if (
            not (known and self.session.may_watch(connection.viewer))
            or undone
            or moves > REPLAYED
            or len(missed) > TOLD
        ):
            self.send_state(connection, request.spend(), recovered=False)
            return
        connection.send(p.Ack(seq=thread.seq, recovered=True), request.spend())
        view, ply = self.audience.view(connection), thread.ply - moves
        for event in missed:
            ply += isinstance(event, r.Moved | r.Ran)
            told = self.teller.event(event, view, self.threads.now(), ply=ply)
            if told:
                connection.send(told)

    def _give_recording(self, request: Request) -> None:
        connection, thread = request.connection, self.thread
        if not self.session.may_watch(connection.viewer):
            raise Refusal(Code.FORBIDDEN, "this game is private")
        if thread.game.hidden and not thread.outcome:
            raise Refusal(Code.FORBIDDEN, "this game has secrets: its recording is given once it is over")
        text = self.teller.recording(self._log, self.audience.view(connection))
        connection.send(p.Recording(thread_id=self.id, text=text), request.spend())

    async def direct(self, message: p.MakeMove | p.AiMove) -> None:
        """A move by the process itself (``GameAgent.run``): of whichever seat is to move.

        Raises:
            Refusal: it isn't legal, or the game is over. A bot that fails is told to everyone.
        """
        viewer = s.Viewer("agent", seats=list(self.thread.game.seats))
        async with self.lock:
            now = self.threads.now()
            await self.carry_out(self.session.tick(now), None)
            self.session.viewers[viewer.id] = viewer
            try:
                effects = self.session.handle(viewer.id, message, now)
            finally:
                del self.session.viewers[viewer.id]
            asks = [effect for effect in effects if isinstance(effect, s.AskBot)]
            await self.carry_out([effect for effect in effects if effect not in asks], None)
        for ask in asks:
            await self.bots.move(ask, None)

    # Effects

    async def carry_out(self, effects: Iterable[s.Effect], request: Request | None) -> None:
        """Store, tell, answer and ask, in this order; the caller holds the lock.

        Raises:
            Refusal: it can't be stored, so nothing happened.
        """
        for effect in effects:
            match effect:
                case s.Append(events=events):
                    await self._store(self.id, events, None if self._log else self.thread.header)
                    self._publish(events, request)
                case s.Open(header=opened, events=events):
                    await self._store(opened.thread, events, opened)
                    self._to_copy(opened.thread, events)
                case s.Reply(message=message) if request:
                    request.connection.send(message, request.spend())
                case s.ReplyState(ply=ply, recovered=recovered) if request:
                    self.send_state(request.connection, request.spend(), ply=ply, recovered=recovered)
                case s.Announce():
                    self.audience.announce()
                case s.AskBot():
                    self.spawn(self.bots.move(effect, request))
        self.bots.settle()
        self._set_timer()

    async def _store(self, thread: str, events: tuple[r.Event, ...], header: r.Header | None) -> None:
        try:
            await self.threads.ledger.keep(thread, events, header)
        except Refusal:
            await self._restore()
            raise

    async def _restore(self) -> None:
        """Forget what was decided but not stored: the log is the truth."""
        kept = await self.threads.ledger.events(self.id)
        if kept is None:
            log.error("store_unreadable", thread=self.id)
        # What was told is as true: without an answer from the store, go on from there.
        events = self._log if kept is None else kept
        viewers, away = self.session.viewers, self.session.away
        self.session = s.Session(Thread(self.thread.game, self.thread.header, events))
        self.session.viewers, self.session.away = viewers, away
        if self._seated is not None:
            for viewer in viewers.values():
                viewer.seats, viewer.lent = self._seated.get(viewer.id, ([], []))
        self.teller = Teller(self.session)
        missed = events[len(self._log) :]
        self._log.extend(missed)
        if missed:
            # Another process wrote them; one by one they can't be told from the position they led to.
            for connection in self.audience.readers():
                self.send_state(connection)

    def _to_copy(self, thread: str, events: tuple[r.Event, ...]) -> None:
        """Say what was stored to whoever copies it, and who may move then."""
        if self.threads.replication and events:
            known = thread == self.id and not self.thread.header.foreign
            self.threads.replication.replicator.kept(thread, events, self.thread.to_move if known else None)

    def _publish(self, events: tuple[r.Event, ...], request: Request | None) -> None:
        self._to_copy(self.id, events)
        for event in events:
            self._log.append(event)
            self.threads.metrics.count(event, self.thread.header.game)
            if isinstance(event, r.BotFailed):
                log.warning("bot_failed", thread=self.id, bot=event.bot, reason=event.reason)
            self.audience.tell(event, request)
        self.threads.lookout.changed(self)

    # Time

    def _set_timer(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None
        deadline = self.session.deadline()
        if deadline is not None:
            wait = min(max(0.0, deadline - self.threads.now()) + 0.001, 3600.0)
            self._timer = asyncio.get_running_loop().call_later(wait, lambda: self.spawn(self._tick()))

    async def _tick(self) -> None:
        async with self.lock:
            try:
                await self.carry_out(self.session.tick(self.threads.now()), None)
            except Refusal:
                # The store is away. The flag stays fallen, and is looked at again soon.
                self.soon(self._tick)

    def soon(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Try again what the store kept from happening."""

        async def again() -> None:
            await asyncio.sleep(STORE_RETRY)
            await work()

        self.spawn(again())

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Do this beside what is under way; it is stopped with the thread."""
        task = asyncio.create_task(work, name=f"thread {self.id}")
        self._tasks.add(task)
        task.add_done_callback(self._spawned)
        return task

    def _spawned(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception():
            log.error("task_failed", thread=self.id, exc_info=task.exception())

    async def close(self) -> None:
        """Let what is being stored finish, stop the rest."""
        self.stop()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        async with self.lock:
            pass

    def stop(self) -> None:
        """Stop the timer and the bots at once."""
        if self._timer:
            self._timer.cancel()
        for task in self._tasks:
            task.cancel()
