"""Bots in worker processes: the event loop asks, waits, and kills what overruns.

A process carries out one decision at a time. Processes start when they are needed, stay warm, and are
replaced after anything but an orderly answer, so that one job can't disturb another.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from gamesock.bot import BotError, Choice, Thought
from gamesock.server.turns import NOBODY, Turns

if TYPE_CHECKING:
    from gamesock.bots.job import BotRequest
    from gamesock.server.worker_process import WorkerProcess


class Workers:
    """A pool of worker processes; requests wait their turn in the order they came, analyses behind moves.

    Args:
        size: processes at most (None: one for each core); where it is 1, analyses get another.
        grace: seconds a bot may exceed its budget before its process is killed.
        queue: requests that may wait for a process, and as many analyses; more are refused.
    """

    def __init__(self, size: int | None = None, *, grace: float = 2.0, queue: int = 256) -> None:
        self._grace = grace
        self._turns = Turns(size or os.cpu_count() or 1, queue)
        self._idle: list[WorkerProcess] = []
        self._alive: set[WorkerProcess] = set()
        self._ending: set[asyncio.Task[None]] = set()
        self._closed = False

    async def start(self) -> None:
        """Warm one process up, so that the first decision doesn't wait for it. Optional.

        Raises:
            BotError: worker processes don't start here.
        """
        async with self._turns.take():
            self._idle.append(await self._take(None))

    async def choose(
        self,
        request: BotRequest,
        tell: Callable[[Thought], None] | None = None,
        *,
        study: bool = False,
        owner: str = NOBODY,
    ) -> Choice:
        """The bot's choice, one of ``request.legal``; ``tell`` is called with its thoughts on the way.

        ``study``: it is for an analysis, which stands back for moves. ``owner``: the address it is for, which
        has no more than its share of the workers. Cancelling the call ends the bot at once.

        Raises:
            BotError: too much is waiting, or the bot raised, overran, died, or answered nonsense.
        """
        async with self._turns.take(study=study, owner=owner):
            choice = await self._ask(request, tell or _ignore)
        if choice.move not in request.legal:
            raise BotError(f"it chose {choice.move[:40]!r}, which is not legal here")
        return choice

    async def close(self) -> None:
        """Kill every process, engines included; whoever waits for one gets a ``BotError``."""
        self._closed = True
        self._idle.clear()
        for process in tuple(self._alive):
            self._discard(process)
        while self._ending:
            await asyncio.gather(*self._ending)

    async def _ask(self, request: BotRequest, tell: Callable[[Thought], None]) -> Choice:
        process = await self._take(request)
        try:
            answer = await process.ask(request, tell, self._grace)
        except BaseException as error:
            self._discard(process)
            if self._closed and isinstance(error, BotError):
                raise BotError("the server is closing") from error
            raise
        self._idle.append(process)
        if isinstance(answer, str):
            raise BotError(answer)
        return answer

    async def _take(self, request: BotRequest | None) -> WorkerProcess:
        """An idle process, preferably one that has this bot loaded, or else a new one."""
        if self._closed:
            raise BotError("the server is closing")
        for process in [process for process in self._idle if not process.running]:
            self._idle.remove(process)
            self._discard(process)
        if self._idle:
            known = (place for place, idle in enumerate(self._idle) if request and idle.knows(request))
            return self._idle.pop(next(known, -1))
        from gamesock.server.worker_process import WorkerProcess

        process = await WorkerProcess.start()
        self._alive.add(process)
        try:
            await process.ready()
        except BaseException:
            self._discard(process)
            raise
        return process

    def _discard(self, process: WorkerProcess) -> None:
        if process in self._alive:
            self._alive.remove(process)
            process.kill()
            ending = asyncio.create_task(process.ended())
            self._ending.add(ending)
            ending.add_done_callback(self._ending.discard)


def _ignore(thought: Thought) -> None:
    """Nobody asked what the bot thinks."""
