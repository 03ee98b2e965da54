"""One worker process, seen from the server: start it, ask it, kill it with everything it started."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Callable

from pydantic import ValidationError

from gamesock.bot import BotError, Choice, Thought
from gamesock.bots.job import BotRequest, Job, Reply
from gamesock.server.log import Logger

_START_LIMIT = 60.0
_END_LIMIT = 5.0
_LINE_LIMIT = 1 << 20
_STDERR_CHUNK = 4096

log = Logger(__name__)


class WorkerProcess:
    """A process that runs ``gamesock.bots.worker``, for one request at a time.

    After any exception it is of no use any more, and is to be killed.
    """

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdin and process.stdout and process.stderr
        self._process = process
        self._stdin, self._stdout = process.stdin, process.stdout
        self._job = 0
        self._known: set[tuple[str, str]] = set()
        self._listening = asyncio.create_task(self._listen(process.stderr))

    @classmethod
    async def start(cls) -> WorkerProcess:
        """Start one, in a process group of its own; ``ready`` waits until it works.

        Raises:
            BotError: the system refuses.
        """
        # What gamesock itself is told may be a secret: keys and tokens are no bot's business.
        environment = {name: value for name, value in os.environ.items() if not name.startswith("GAMESOCK_")}
        # What the server finds as a plug-in, its workers find too.
        environment["PYTHONPATH"] = os.pathsep.join(sys.path)
        try:
            return cls(
                await asyncio.create_subprocess_exec(
                    *(sys.executable, "-P", "-m", "gamesock.bots.worker"),
                    stdin=asyncio.subprocess.PIPE,
                    stdout=asyncio.subprocess.PIPE,
                    stderr=asyncio.subprocess.PIPE,
                    limit=_LINE_LIMIT,
                    env=environment,
                    start_new_session=True,
                )
            )
        except OSError as error:
            raise BotError(f"no process for bots could be started: {error}") from error

    @property
    def running(self) -> bool:
        """Whether it hasn't ended yet."""
        return self._process.returncode is None

    def knows(self, request: BotRequest) -> bool:
        """Whether this bot has thought here before."""
        return (request.game, request.bot) in self._known

    async def ready(self) -> None:
        """Wait until the worker has started.

        Raises:
            BotError: it doesn't.
        """
        await self._loaded()

    async def ask(self, request: BotRequest, tell: Callable[[Thought], None], grace: float) -> Choice | str:
        """The bot's choice, or in its own words why there is none.

        Loading the game and the bot doesn't count against its time.

        Raises:
            BotError: it overran, died or answered nonsense.
        """
        self._job += 1
        self._known.add((request.game, request.bot))
        try:
            self._stdin.write(Job(job=self._job, request=request).model_dump_json().encode() + b"\n")
            await self._stdin.drain()
        except ConnectionError as error:
            raise BotError("its process died") from error
        if (failure := await self._loaded()) is not None:
            return failure
        try:
            async with asyncio.timeout(request.budget + grace):
                return await self._answer(tell)
        except TimeoutError as error:
            raise BotError(f"it did not answer within {request.budget:g} s and was stopped") from error

    def kill(self) -> None:
        """End the process and everything it started."""
        with contextlib.suppress(ProcessLookupError):
            if sys.platform != "win32":
                os.killpg(self._process.pid, signal.SIGKILL)
            else:
                self._process.kill()

    async def ended(self) -> None:
        """After ``kill``: wait until it is gone, and let go of its pipes."""
        self._stdin.close()
        # What left the process group on purpose may hold the pipes for ever; nobody waits for that.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_END_LIMIT):
                await self._process.wait()
                await self._listening

    async def _loaded(self) -> str | None:
        try:
            async with asyncio.timeout(_START_LIMIT):
                reply = await self._reply()
        except TimeoutError as error:
            raise BotError(f"it did not start within {_START_LIMIT:g} s") from error
        return None if reply.ready else reply.error or "it answered before it was ready"

    async def _answer(self, tell: Callable[[Thought], None]) -> Choice | str:
        while True:
            reply = await self._reply()
            if reply.choice:
                return reply.choice
            if reply.error is not None:
                return reply.error
            if reply.thinking:
                tell(reply.thinking)

    async def _reply(self) -> Reply:
        """The next word about the present job; a straggler of an earlier one is passed over."""
        while True:
            try:
                line = await self._stdout.readline()
                if not line:
                    raise BotError("its process died")
                reply = Reply.model_validate_json(line)
            except ValidationError as error:
                raise BotError("its process answered nonsense") from error
            except ValueError as error:
                raise BotError(f"its answer is longer than {_LINE_LIMIT} bytes") from error
            if reply.job == self._job:
                return reply

    async def _listen(self, stderr: asyncio.StreamReader) -> None:
        while said := await stderr.read(_STDERR_CHUNK):
            log.info("worker_said", pid=self._process.pid, text=said.decode(errors="replace").rstrip())
