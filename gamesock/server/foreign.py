"""The host of a foreign agent: it runs aside, one run at a time, and the thread takes its states.

Whatever the agent does (raise, hang, answer nonsense), the event loop and the other threads go on.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from threading import Thread as SystemThread
from typing import TYPE_CHECKING, Any, TypeVar

import orjson
from pydantic_core import to_jsonable_python

from gamesock import protocol as p
from gamesock import record as r
from gamesock.foreign import ForeignGame
from gamesock.game import AmbiguousMove, IllegalMove
from gamesock.protocol import Code, Refusal
from gamesock.server.agent import Agent
from gamesock.server.connection import Request
from gamesock.server.header import new_header
from gamesock.server.live import LiveThread
from gamesock.server.log import Logger
from gamesock.session import AskBot
from gamesock.thread import Thread

if TYPE_CHECKING:
    from gamesock.server.threads import Threads

T = TypeVar("T")

log = Logger("gamesock.agent")

WAITING = 8
"""Runs that one thread's agent may have before it, the one under way included."""

MAX_STATE = 1 << 20
"""Bytes of the largest state an agent may answer with, as JSON."""


class Runner:
    """Runs one agent, off the event loop if it isn't async; its caller asks for one run at a time."""

    def __init__(self, agent: Agent, thread_id: str, timeout: float) -> None:
        self.agent = agent
        self._thread_id = thread_id
        self._timeout = timeout
        self._under_way: asyncio.Future[Any] | None = None

    async def run(self, input: dict[str, Any]) -> dict[str, Any]:
        """The state the agent answers with, as JSON.

        Raises:
            Refusal: ``illegal_move``: it raised ``IllegalMove``; ``bot_failed``: it raised anything else,
                overran, or answered with no state.
        """
        if self._under_way and not self._under_way.done():
            raise Refusal(Code.BOT_FAILED, "the agent still hangs in an earlier run")
        try:
            async with asyncio.timeout(self._timeout) as limit:
                return await asyncio.to_thread(state_of, await self._answer(input))
        except Refusal:
            raise
        except asyncio.CancelledError as error:
            task = asyncio.current_task()
            if task and task.cancelling():
                raise
            raise Refusal(Code.BOT_FAILED, "the agent failed: it cancelled its own run") from error
        except IllegalMove as error:
            code = Code.AMBIGUOUS_MOVE if isinstance(error, AmbiguousMove) else Code.ILLEGAL_MOVE
            raise Refusal(code, str(error)[:300] or "the agent says that this isn't legal") from error
        # An agent that calls exit() ends its run, not the server.
        except (Exception, SystemExit) as error:
            if limit.expired():
                raise Refusal(Code.BOT_FAILED, f"the agent did not answer in {self._timeout:g} s") from None
            log.warning("agent_raised", thread=self._thread_id, exc_info=error)
            raise Refusal(Code.BOT_FAILED, f"the agent failed: {type(error).__name__}: {error}"[:300]) from error

    async def _answer(self, input: dict[str, Any]) -> Any:
        if is_async(type(self.agent)):
            return await self.agent.run(input, thread_id=self._thread_id)
        self._under_way = aside(partial(self.agent.run, input, thread_id=self._thread_id))
        answer = await asyncio.shield(self._under_way)
        return await answer if inspect.isawaitable(answer) else answer


class ForeignThread(LiveThread):
    """A living thread whose rules are a foreign agent's."""

    def __init__(self, threads: Threads, thread: Thread, runner: Runner, log: Iterable[r.Event] = ()) -> None:
        super().__init__(threads, thread, log)
        self.runner = runner
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._askers: dict[int, str] = {}
        """Which connection asked for the event of that seq."""

    @classmethod
    async def found(cls, threads: Threads, thread_id: str, game: str, runner: Runner) -> ForeignThread:
        """A new thread, showing the agent's first state."""
        state = await runner.run({})
        header = new_header(thread_id, game, threads.now(), options={"state": state}, foreign=True)
        return cls(threads, Thread(ForeignGame(game), header), runner)

    async def _decide(self, request: Request, message: p.ClientMessage, now: float) -> None:
        if not isinstance(message, p.MakeMove | p.AiMove):
            await super()._decide(request, message, now)
            return
        if self._waiting >= WAITING:
            raise Refusal(Code.RATE_LIMITED, "too many requests wait for this game's agent")
        try:
            orjson.dumps(_input(message))
        except TypeError as error:
            raise Refusal(Code.BAD_MESSAGE, f"this move can't be written down: {error}") from None
        # The agent may take its time: meanwhile the thread answers everyone else.
        self._waiting += 1
        self.spawn(self._play(request, message))

    async def _play(self, request: Request, message: p.MakeMove | p.AiMove) -> None:
        try:
            async with self._turn:
                await self._take_turn(request, message)
        except Refusal as refusal:
            request.connection.refuse(refusal, self.threads.now(), request.spend())
        finally:
            self._waiting -= 1

    async def _take_turn(self, request: Request, message: p.MakeMove | p.AiMove) -> None:
        if self._repeats(request, message):
            self.send_state(request.connection, request.spend())
            return
        self._must_go_on()
        by = "ai" if isinstance(message, p.AiMove) else "player"
        await self._run(request, by, _input(message), message.id)
        if isinstance(message, p.MakeMove) and message.auto_response is not False and not self.thread.outcome:
            await self._run(None, "ai", {}, None)

    def _must_go_on(self) -> None:
        if self.thread.outcome:
            raise Refusal(Code.GAME_OVER, "the game is over")

    def _repeats(self, request: Request, message: p.MakeMove | p.AiMove) -> bool:
        """Whether this was asked and carried out already: by this connection, or by one that was lost."""
        seq = self.thread.answered.get((None, message.id)) if message.id is not None else None
        if seq is None:
            return False
        event, asker = self._log[seq - 1], self._askers.get(seq)
        same = isinstance(event, r.Ran) and event.input == _input(message).get("move")
        return same and (asker == request.connection.id or asker not in self.connections)

    async def _run(self, request: Request | None, by: str, input: dict[str, Any], id: str | None) -> None:
        ply = self.thread.ply
        try:
            state = await self.runner.run(input)
        except Refusal as refusal:
            if request:
                raise
            ask, agent = AskBot("", None, None, None), type(self.runner.agent).__name__
            await self.bots.failed(ask, agent, ply, refusal, None)
            return
        async with self.lock:
            effects = self.session.ran(state, by, input.get("move"), id, self.threads.now())
            if request and id is not None:
                self._askers[self.thread.answered[None, id]] = request.connection.id
            await self.carry_out(effects, request)


def is_async(agent_class: type[Any]) -> bool:
    """Whether its agents live on the event loop: they are made and run there."""
    return inspect.iscoroutinefunction(getattr(agent_class, "run", None))


def state_of(answer: object) -> dict[str, Any]:
    """What an agent answered with (a dict, a pydantic model), as it will be told and stored.

    Raises:
        Refusal: ``bot_failed``: it is no state.
    """
    try:
        text = orjson.dumps(to_jsonable_python(answer))
    except Exception as error:  # a model's own serializers run here
        raise Refusal(Code.BOT_FAILED, f"the agent's state can't be written as JSON: {error}"[:300]) from None
    if len(text) > MAX_STATE:
        raise Refusal(Code.BOT_FAILED, f"the agent's state has {len(text)} bytes: {MAX_STATE} at most")
    state = orjson.loads(text)
    if not isinstance(state, dict):
        raise Refusal(Code.BOT_FAILED, f"the agent answered with {type(answer).__name__}, not with a state")
    return state


def aside(call: Callable[[], T]) -> asyncio.Future[T]:
    """Call in a thread of its own: one that hangs holds up nobody, not even the end of the process."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()
    future.add_done_callback(lambda done: done.cancelled() or done.exception())

    def settle(result: T | None, error: BaseException | None) -> None:
        if future.done():
            return
        if error is None:
            future.set_result(result)  # type: ignore[arg-type]  # without an error there is a result
        elif isinstance(error, Exception) and not isinstance(error, StopIteration):
            future.set_exception(error)
        else:
            future.set_exception(RuntimeError(repr(error)))

    def work() -> None:
        result, failure = None, None
        try:
            result = call()
        except BaseException as error:
            failure = error
        with suppress(RuntimeError):  # the loop may be closed by now
            loop.call_soon_threadsafe(settle, result, failure)

    SystemThread(target=work, name="agent", daemon=True).start()
    return future


def _input(message: p.MakeMove | p.AiMove) -> dict[str, Any]:
    return {"move": message.move} if isinstance(message, p.MakeMove) else {}
