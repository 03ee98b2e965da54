"""A living thread: one session, its connections, and the order *record, then tell*.

Requests of a thread are carried out one at a time. What a request decided is stored first and told after;
if it can't be stored, nobody hears of it and the session is made anew from the log.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable, Coroutine, Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import structlog

from gamesock import protocol as p
from gamesock import record as r
from gamesock import session as s
from gamesock.bot import BotError, Choice, Thought
from gamesock.clock import TimeControl
from gamesock.protocol import Code, Refusal
from gamesock.server.connection import Connection, Request, answering, encode
from gamesock.server.outbox import Outbox, deliver
from gamesock.server.stores.base import StoreError
from gamesock.server.workers import BotRequest
from gamesock.tell import Teller, View
from gamesock.thread import Thread

if TYPE_CHECKING:
    from gamesock.server.threads import Threads

log = structlog.get_logger("gamesock.thread")

STORE_TIMEOUT = 8.0
"""Seconds to wait for the store before the sender is told that it is unavailable."""

REPLAYED = 8
"""Moves told one by one to a connection that resumes; more, and one full state is cheaper for all."""

STORE_RETRY = 1.0
"""Seconds until what the server itself could not store (a bot's move, a fallen flag) is tried again."""

THINKING_TIME = 1.0
"""Seconds a bot thinks about a move without a clock."""


class LiveThread:
    """The host of one thread in memory."""

    def __init__(self, threads: Threads, thread: Thread, log: Iterable[r.Event] = ()) -> None:
        self.threads = threads
        self.id = thread.header.thread
        self.session = s.Session(thread)
        self.teller = Teller(self.session)
        self.connections: dict[str, Connection] = {}
        self.lock = asyncio.Lock()
        self.idle_since = time.monotonic()
        self._log = list(log)
        self._seated: dict[str, list[str]] | None = None
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
            connection.live = self
            self.connections[connection.id] = connection
            now = self.threads.now()
            await self._carry_out(self.session.tick(now), None)
            await self._carry_out(self.session.connect(connection.viewer, now), None)
            self.send_state(connection)
            return True

    async def restored(self, left_at: float | None) -> None:
        """The thread came back from the store; if another process left it, its clock stood still since."""
        async with self.lock:
            now = self.threads.now()
            if left_at is not None:
                await self._carry_out(self.session.returned(left_at, now), None)
            await self._carry_out(self.session.tick(now), None)

    def leave(self, connection: Connection) -> None:
        """A connection closed."""
        if self.connections.pop(connection.id, None) is None:
            return
        effects = self.session.disconnect(connection.id, self.threads.now())
        self.idle_since = time.monotonic()
        if effects and self.connections:
            self.announce()

    def send_state(self, connection: Connection, re: str | None = None, **how: Any) -> None:
        """The state, to one connection; to one who may not see it, why."""
        if not self.session.may_watch(connection.viewer):
            reason = "this game is private: join a free seat, or your own with its seat token"
            connection.refuse(Refusal(Code.FORBIDDEN, reason), self.threads.now(), re)
            return
        connection.send(self.teller.state(self.view(connection), self.threads.now(), **how), re)

    def view(self, connection: Connection) -> View:
        """How this connection is told things."""
        return self.teller.view(connection.id, connection.features, connection.viewer.greeted)

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
            await self._carry_out(self.session.tick(now), None)
            if isinstance(message, p.Hello):
                self._greet(request, message)
            elif isinstance(message, p.Resume):
                self._resume(request, message)
            elif isinstance(message, p.Analyse):
                self._analyse(request, message)
            else:
                await self._decide(request, message, now)

    async def _decide(self, request: Request, message: p.ClientMessage, now: float) -> None:
        self._seated = {viewer.id: [*viewer.seats] for viewer in self.session.viewers.values() if viewer.seats}
        try:
            effects = self.session.handle(request.connection.id, message, now, secrets.token_hex(16))
            await self._carry_out(effects, request)
        except Refusal:
            raise
        except Exception:
            await self._restore()  # a game's rules broke off half-way
            raise
        finally:
            self._seated = None

    def _greet(self, request: Request, message: p.Hello) -> None:
        connection = request.connection
        connection.viewer.greeted = True
        connection.features = frozenset(message.features) & {"deltas", "picture", "thinking"}
        welcome = p.Welcome(
            protocol=p.PROTOCOL,
            server=self.threads.version,
            viewer=connection.id,
            features=tuple(sorted(connection.features)),
            limits=self.threads.gate.limits.view(),
            user=connection.viewer.user,
        )
        connection.send(welcome, request.spend())
        self.send_state(connection)

    def _resume(self, request: Request, message: p.Resume) -> None:
        connection, thread = request.connection, self.thread
        missed = self._log[message.seq :]
        known = message.epoch == thread.header.epoch and message.seq <= thread.seq
        moves = sum(isinstance(event, r.Moved | r.Ran) for event in missed)
        undone = any(isinstance(event, r.TakenBack) for event in missed)
        if not (known and self.session.may_watch(connection.viewer)) or undone or moves > REPLAYED:
            self.send_state(connection, request.spend(), recovered=False)
            return
        connection.send(p.Ack(seq=thread.seq, recovered=True), request.spend())
        view, ply = self.view(connection), thread.ply - moves
        for event in missed:
            ply += isinstance(event, r.Moved | r.Ran)
            told = self.teller.event(event, view, self.threads.now(), ply=ply)
            if told:
                connection.send(told)

    def _analyse(self, request: Request, message: p.Analyse) -> None:
        if not self.session.may_watch(request.connection.viewer):
            raise Refusal(Code.FORBIDDEN, "this game is private")
        to_move = self.thread.to_move
        if not to_move:
            raise Refusal(Code.GAME_OVER, "the game is over: there is nothing to think about")
        re = request.spend()
        ask = s.AskBot(min(to_move), message.bot, None, message.time_ms / 1000)
        self._spawn(self._study(request.connection, ask, re))

    async def _study(self, connection: Connection, ask: s.AskBot, re: str | None) -> None:
        ply = self.thread.ply

        def tell(bot: str, thought: Thought, done: bool = False) -> None:
            thinking = p.Thinking(thread_id=self.id, bot=bot, ply=ply, thought=thought, done=done)
            connection.send(thinking, re if done else None)

        try:
            bot, request = await self._question(ask)
            choice = await self.threads.workers.choose(request, lambda thought: tell(bot, thought))
            tell(bot, choice.thought or Thought(seat=ask.seat, line=(choice.move,)), True)
        except Refusal as refusal:
            connection.refuse(refusal, self.threads.now(), re)
        except BotError as error:
            connection.refuse(Refusal(Code.BOT_FAILED, str(error)), self.threads.now(), re)

    # Effects

    async def _carry_out(self, effects: Iterable[s.Effect], request: Request | None) -> None:
        for effect in effects:
            match effect:
                case s.Append(events=events):
                    await self._store(self.id, events, None if self._log else self.thread.header)
                    self._publish(events, request)
                case s.Open(header=opened, events=events):
                    await self._store(opened.thread, events, opened)
                case s.Reply(message=message) if request:
                    request.connection.send(message, request.spend())
                case s.ReplyState(ply=ply, recovered=recovered) if request:
                    self.send_state(request.connection, request.spend(), ply=ply, recovered=recovered)
                case s.Announce():
                    self.announce()
                case s.AskBot():
                    self._spawn(self._think(effect, request))
        self._set_timer()

    async def _store(self, thread: str, events: tuple[r.Event, ...], header: r.Header | None) -> None:
        try:
            with self.threads.metrics.append.time():
                async with asyncio.timeout(STORE_TIMEOUT):
                    await self.threads.store.append(thread, events[0].seq - 1, events, header)
        except (StoreError, TimeoutError) as error:
            if await self._stored_after_all(thread, events):
                return
            log.error("store_failed", thread=thread, seq=events[0].seq, error=str(error) or "timed out")
            await self._restore()
            reason = "this could not be stored, so it did not happen: try again in a moment"
            raise Refusal(Code.STORE_UNAVAILABLE, reason) from error
        except ValueError as error:
            await self._restore()
            raise Refusal(Code.BAD_MESSAGE, f"this can't be written down: {error}"[:300]) from error

    async def _stored_after_all(self, thread: str, events: tuple[r.Event, ...]) -> bool:
        """Whether only the store's answer was lost."""
        kept = await self._read(thread)
        first = events[0].seq - 1
        return kept is not None and kept[first : first + len(events)] == list(events)

    async def _read(self, thread: str) -> list[r.Event] | None:
        """The events in the store, or None if it can't be read."""
        try:
            async with asyncio.timeout(STORE_TIMEOUT):
                kept = await self.threads.store.read(thread)
        except (StoreError, TimeoutError):
            return None
        return kept.events if kept else []

    async def _restore(self) -> None:
        """Forget what was decided but not stored: the log is the truth."""
        kept = await self._read(self.id)
        if kept is None:
            log.error("store_unreadable", thread=self.id)
        # What was told is as true: without an answer from the store, go on from there.
        events = self._log if kept is None else kept
        viewers, away = self.session.viewers, self.session.away
        self.session = s.Session(Thread(self.thread.game, self.thread.header, events))
        self.session.viewers, self.session.away = viewers, away
        if self._seated is not None:
            for viewer in viewers.values():
                viewer.seats = self._seated.get(viewer.id, [])
        self.teller = Teller(self.session)
        self._publish(tuple(events[len(self._log) :]), None)

    def _publish(self, events: tuple[r.Event, ...], request: Request | None) -> None:
        for event in events:
            self._log.append(event)
            self._count(event)
            answers = request and request.connection.id in self.connections
            if request and answers and isinstance(event, r.Moved | r.Ran):
                self._tell(event, request.connection, request.spend())
            else:
                self._tell(event, None, None)

    def _tell(self, event: r.Event, sender: Connection | None, re: str | None) -> None:
        now = self.threads.now()
        groups: dict[View, list[Outbox]] = {}
        for connection in self._readers():
            if connection is not sender or re is None:
                groups.setdefault(self.view(connection), []).append(connection.outbox)
        if sender and re is not None:
            groups.setdefault(self.view(sender), [])
        for view, outboxes in groups.items():
            message = self.teller.event(event, view, now)
            if message is None:
                continue
            text = encode(message)
            deliver(outboxes, text)
            if sender and re is not None and self.view(sender) == view:
                sender.outbox.put(answering(text, re))

    def _readers(self) -> Iterable[Connection]:
        """The connections that keep up and may see the thread."""
        now = time.monotonic()
        for connection in self.connections.values():
            if not self.session.may_watch(connection.viewer):
                continue
            if connection.outbox.fits(now):
                yield connection
            else:
                self.threads.fell_behind(connection)

    def broadcast(self, message: Mapping[str, Any]) -> None:
        """The same message to every connection of the thread."""
        deliver([connection.outbox for connection in self._readers()], encode(message))

    def announce(self) -> None:
        """Tell the gamesock clients who is here."""
        told = [connection.outbox for connection in self._readers() if connection.viewer.greeted]
        if told:
            deliver(told, encode(self.teller.presence()))

    def _count(self, event: r.Event) -> None:
        metrics, game = self.threads.metrics, self.thread.header.game
        match event:
            case r.Moved(by=by) | r.Ran(by=by):
                metrics.moves.labels(game, by).inc()
            case r.Ended(reason=reason):
                metrics.games.labels(game, reason).inc()
            case r.BotFailed(bot=bot, reason=reason):
                metrics.bot_failures.labels(bot).inc()
                log.warning("bot_failed", thread=self.id, bot=bot, reason=reason)

    # Time

    def _set_timer(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None
        deadline = self.session.deadline()
        if deadline is not None:
            wait = min(max(0.0, deadline - self.threads.now()) + 0.001, 3600.0)
            self._timer = asyncio.get_running_loop().call_later(wait, lambda: self._spawn(self._tick()))

    async def _tick(self) -> None:
        async with self.lock:
            try:
                await self._carry_out(self.session.tick(self.threads.now()), None)
            except Refusal:
                # The store is away. The flag stays fallen, and is looked at again soon.
                self._later(self._tick)

    def _later(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._timer = asyncio.get_running_loop().call_later(STORE_RETRY, lambda: self._spawn(work()))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work, name=f"thread {self.id}")
        self._tasks.add(task)
        task.add_done_callback(self._spawned)

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

    # Bots

    async def _think(self, ask: s.AskBot, asked: Request | None) -> None:
        """Let the bot choose, then play its choice; whatever goes wrong is told."""
        ply, name = self.thread.ply, ask.bot or "computer"
        try:
            name, question = await self._question(ask)
            with self.threads.metrics.thinking.time():
                choice = await self.threads.workers.choose(
                    question, lambda thought: self._overheard(name, ply, thought)
                )
        except Refusal as refusal:
            await self._bot_failed(ask, name, ply, refusal, asked)
        except BotError as error:
            await self._bot_failed(ask, name, ply, Refusal(Code.BOT_FAILED, str(error)), asked)
        else:
            await self._bot_moved(ask, name, ply, choice, asked)

    async def _bot_moved(self, ask: s.AskBot, name: str, ply: int, choice: Choice, asked: Request | None) -> None:
        async with self.lock:
            now = self.threads.now()
            try:
                await self._carry_out(self.session.tick(now), None)
                effects = self.session.bot_moved(ask, name, choice, ply, now)
                if not effects:
                    raise Refusal(Code.STALE, "the position moved on while the bot was thinking")
                await self._carry_out(effects, asked)
            except Refusal as refusal:
                if asked and not asked.answered:
                    asked.connection.refuse(refusal, now, asked.spend())
                elif refusal.code is Code.STORE_UNAVAILABLE:
                    self._later(partial(self._ask_again, ask))

    async def _ask_again(self, ask: s.AskBot) -> None:
        """The bot's move could not be stored, and nobody else would ask for it."""
        async with self.lock:
            session = self.session
            if session.asked is None and ask.seat in session.thread.to_move:
                again = session.ask(ask.seat, ask.bot, ask.level, ask.budget)
                await self._carry_out([again], None)

    async def _bot_failed(self, ask: s.AskBot, name: str, ply: int, why: Refusal, asked: Request | None) -> None:
        async with self.lock:
            now = self.threads.now()
            if asked and not asked.answered:
                asked.connection.refuse(why, now, asked.spend())
            if why.code is not Code.NO_SUCH_BOT or not asked:
                try:
                    await self._carry_out(self.session.bot_failed(ask, name, str(why), ply, now), None)
                except Refusal as refusal:
                    log.error("bot_failure_not_stored", thread=self.id, reason=str(refusal))

    async def _question(self, ask: s.AskBot) -> tuple[str, BotRequest]:
        """What the worker is asked; the bot's name with it.

        Raises:
            Refusal: ``no_such_bot``.
        """
        thread = self.thread
        name = await self.threads.bot_name(ask.bot, thread.header.game, ask.level)
        hidden = thread.game.hidden
        return name, BotRequest(
            game=thread.header.game,
            bot=name,
            level=ask.level,
            budget=ask.budget or self._budget(ask.seat),
            seed=thread.header.seed + thread.ply,
            seat=ask.seat,
            legal=tuple(thread.position.legal_moves(ask.seat)),
            dump=None if hidden else thread.position.dump(),
            view=thread.position.view(ask.seat).model_dump(mode="json") if hidden else None,
        )

    async def direct(self, message: p.MakeMove | p.AiMove) -> None:
        """A move by the process itself (``GameAgent.run``): of whichever seat is to move.

        Raises:
            Refusal: it isn't legal, the game is over, or the bot failed.
        """
        viewer = s.Viewer("agent", seats=list(self.thread.game.seats))
        async with self.lock:
            now = self.threads.now()
            await self._carry_out(self.session.tick(now), None)
            self.session.viewers[viewer.id] = viewer
            try:
                effects = self.session.handle(viewer.id, message, now)
            finally:
                del self.session.viewers[viewer.id]
            asks = [effect for effect in effects if isinstance(effect, s.AskBot)]
            await self._carry_out([effect for effect in effects if effect not in asks], None)
        for ask in asks:
            await self._think(ask, None)

    def _budget(self, seat: str) -> float:
        clock = self.thread.clock
        if clock is None or clock.control.kind == "days":
            return THINKING_TIME
        left, control = clock.remaining(seat, self.threads.now()), clock.control
        if control.kind == "per_move":
            return min(5.0, left / 3)
        return max(0.05, min(10.0, left / 30 + 0.7 * control.extra, left / 4))

    def _overheard(self, bot: str, ply: int, thought: Thought) -> None:
        """Stream a bot's thoughts to those who asked for them in ``hello``."""
        listening = [c.outbox for c in self._readers() if "thinking" in c.features]
        if listening:
            message = p.Thinking(thread_id=self.id, bot=bot, ply=ply, thought=thought)
            deliver(listening, encode(message.model_dump(mode="json", exclude_none=True)))


def new_header(thread_id: str, game: str, now: float, **fields: Any) -> r.Header:
    """The header of a new thread, with chance and epoch of its own.

    Raises:
        Refusal: ``bad_message``: the clock or the visibility isn't one.
    """
    clock = fields.get("clock")
    try:
        if clock:
            TimeControl.parse(clock)
        return r.Header(
            game=game,
            thread=thread_id,
            created=round(now, 3),
            seed=secrets.randbits(48),
            epoch=secrets.token_hex(8),
            **fields,
        )
    except ValueError as error:
        raise Refusal(Code.BAD_MESSAGE, str(error).splitlines()[-1].strip()) from None
