"""The host of a foreign agent: it runs aside, one run at a time, and the thread takes its states.

Whatever the agent does (raise, hang, answer nonsense), the event loop and the other threads go on.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import structlog
from pydantic_core import PydanticSerializationError, to_jsonable_python

from gamesock import protocol as p
from gamesock import record as r
from gamesock.foreign import ForeignGame
from gamesock.protocol import Code, Refusal
from gamesock.server.agent import Agent
from gamesock.server.connection import Request
from gamesock.server.live import LiveThread, new_header
from gamesock.session import AskBot
from gamesock.thread import Thread

if TYPE_CHECKING:
    from gamesock.server.threads import Threads

log = structlog.get_logger("gamesock.agent")

RUN_TIMEOUT = 60.0
"""Seconds an agent may run."""

WAITING = 8
"""Runs that may wait for the one under way."""


class Runner:
    """Runs one agent, one run at a time, off the event loop if it isn't async."""

    def __init__(self, agent: Agent, thread_id: str, timeout: float = RUN_TIMEOUT) -> None:
        self.agent = agent
        self._thread_id = thread_id
        self._timeout = timeout
        self._lock = asyncio.Lock()
        self._waiting = 0
        # A thread of its own: an agent that hangs keeps nobody else's agent from running.
        self._executor = ThreadPoolExecutor(1, thread_name_prefix=f"agent-{thread_id[:16]}")
        self._hung: asyncio.Future[Any] | None = None

    async def run(self, input: dict[str, Any]) -> dict[str, Any]:
        """The state the agent answers with, as JSON.

        Raises:
            Refusal: ``bot_failed``: it raised, overran, or answered with no state; ``rate_limited``.
        """
        if self._waiting >= WAITING:
            raise Refusal(Code.RATE_LIMITED, "too many requests wait for this game's agent")
        self._waiting += 1
        try:
            async with self._lock:
                return self._state(await self._run(input))
        finally:
            self._waiting -= 1

    def close(self) -> None:
        """Run nothing more."""
        self._executor.shutdown(wait=False, cancel_futures=True)

    async def _run(self, input: dict[str, Any]) -> Any:
        if self._hung and not self._hung.done():
            raise Refusal(Code.BOT_FAILED, "the agent still hangs in an earlier run")
        try:
            async with asyncio.timeout(self._timeout):
                if inspect.iscoroutinefunction(self.agent.run):
                    return await self.agent.run(input, thread_id=self._thread_id)
                self._hung = asyncio.get_running_loop().run_in_executor(self._executor, self._call, input)
                answer = await asyncio.shield(self._hung)
                return await answer if inspect.isawaitable(answer) else answer
        except TimeoutError:
            raise Refusal(Code.BOT_FAILED, f"the agent did not answer in {self._timeout:g} s") from None
        except Exception as error:
            log.warning("agent_raised", thread=self._thread_id, exc_info=error)
            raise Refusal(Code.BOT_FAILED, f"the agent failed: {type(error).__name__}: {error}"[:300]) from error

    def _call(self, input: dict[str, Any]) -> Any:
        return self.agent.run(input, thread_id=self._thread_id)

    def _state(self, answer: Any) -> dict[str, Any]:
        try:
            state = to_jsonable_python(answer)
        except (PydanticSerializationError, ValueError, RecursionError) as error:
            raise Refusal(Code.BOT_FAILED, f"the agent's state can't be written as JSON: {error}"[:300]) from None
        if not isinstance(state, dict):
            raise Refusal(Code.BOT_FAILED, f"the agent answered with {type(answer).__name__}, not with a state")
        return state


class ForeignThread(LiveThread):
    """A living thread whose rules are a foreign agent's."""

    def __init__(self, threads: Threads, thread: Thread, runner: Runner, log: Iterable[r.Event] = ()) -> None:
        super().__init__(threads, thread, log)
        self.runner = runner

    @classmethod
    async def found(cls, threads: Threads, thread_id: str, game: str, runner: Runner) -> ForeignThread:
        """A new thread, showing the agent's first state."""
        state = await runner.run({})
        header = new_header(thread_id, game, threads.now(), options={"state": state}, foreign=True)
        return cls(threads, Thread(ForeignGame(game), header), runner)

    def stop(self) -> None:
        super().stop()
        self.runner.close()

    async def _decide(self, request: Request, message: p.ClientMessage, now: float) -> None:
        if not isinstance(message, p.MakeMove | p.AiMove):
            await super()._decide(request, message, now)
            return
        if message.id is not None and (None, message.id) in self.thread.answered:
            self.send_state(request.connection, request.spend())
            return
        self._must_go_on()
        # The agent may take its time: meanwhile the thread answers everyone else.
        self._spawn(self._play(request, message))

    def _must_go_on(self) -> None:
        if self.thread.outcome:
            raise Refusal(Code.GAME_OVER, "the game is over")

    async def _play(self, request: Request, message: p.MakeMove | p.AiMove) -> None:
        try:
            if isinstance(message, p.AiMove):
                await self._run(request, "ai", {}, message.id)
                return
            await self._run(request, "player", {"move": message.move}, message.id)
            if message.auto_response is not False and not self.thread.outcome:
                await self._run(None, "ai", {}, None)
        except Refusal as refusal:
            request.connection.refuse(refusal, self.threads.now(), request.spend())

    async def _run(self, request: Request | None, by: str, input: dict[str, Any], id: str | None) -> None:
        ply = self.thread.ply
        try:
            state = await self.runner.run(input)
        except Refusal as refusal:
            if request:
                raise
            ask, agent = AskBot("", None, None, None), type(self.runner.agent).__name__
            await self._bot_failed(ask, agent, ply, refusal, None)
            return
        async with self.lock:
            self._must_go_on()
            effects = self.session.ran(state, by, input.get("move"), id, self.threads.now())
            await self._carry_out(effects, request)
