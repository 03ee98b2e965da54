"""The program a worker process runs: ``python -m gamesock.bots.worker``.

It reads jobs from stdin and writes replies to stdout (see ``gamesock.bots.job``), one decision at a time.
What a bot prints goes to stderr. Games and bots are found by their entry points, like everywhere. When
stdin closes, nobody waits for an answer any more: the process ends at once, with its whole process group
if it leads one, so that no engine is left behind.
"""

from __future__ import annotations

import gc
import os
import queue
import signal
import sys
import threading
import time
import traceback
from typing import BinaryIO

from gamesock import registry
from gamesock.bot import Bot, BotError, Choice, Task, Tell, Thought
from gamesock.bots.job import BotRequest, Job, Reply
from gamesock.game import Game

_LONGEST_REASON = 500
_BURST = 32
_THOUGHTS_PER_SECOND = 20.0


class Worker:
    """Carries out jobs, and keeps the bots it has made for the next ones."""

    def __init__(self, output: BinaryIO) -> None:
        self._output = output
        self._bots: dict[tuple[str, str], Bot] = {}

    def run(self, line: bytes) -> None:
        """Carry out one job: whatever the bot does short of ending the process becomes a reply."""
        job = Job.model_validate_json(line)
        try:
            bot, task = self._prepare(job.request)
            self.say(Reply(job=job.job, ready=True))
            self.say(Reply(job=job.job, choice=self._choice(bot, task, job.job)))
        except (BotError, registry.NotRegistered) as error:
            self._fail(job.job, str(error))
        except Exception as error:
            traceback.print_exc()
            self._fail(job.job, f"{type(error).__name__}: {error}")
        finally:
            gc.enable()

    def say(self, reply: Reply) -> None:
        """Write one reply, whole."""
        self._output.write(reply.model_dump_json(exclude_defaults=True).encode() + b"\n")

    def _fail(self, job: int, reason: str) -> None:
        self.say(Reply(job=job, error=reason[:_LONGEST_REASON] or "it failed without a word"))

    def _prepare(self, request: BotRequest) -> tuple[Bot, Task]:
        game = registry.game(request.game)
        bot = self._bot(request.game, request.bot)
        return bot, _task(game, bot, request)

    def _bot(self, game: str, name: str) -> Bot:
        if (game, name) not in self._bots:
            self._bots[game, name] = registry.bot(name, game)()
        return self._bots[game, name]

    def _choice(self, bot: Bot, task: Task, job: int) -> Choice:
        gc.disable()  # until the answer is out: a collection takes longer than it may be late
        choice = bot.choose(task, self._throttled(job))
        if not isinstance(choice, Choice):
            raise BotError(f"it answered with {type(choice).__name__}, not with a Choice")
        return choice

    def _throttled(self, job: int) -> Tell:
        """A ``tell`` that lets a burst through, then a steady few a second: a bot can't flood the server."""
        allowance, last = float(_BURST), time.monotonic()

        def tell(thought: Thought) -> None:
            nonlocal allowance, last
            now = time.monotonic()
            allowance = min(float(_BURST), allowance + (now - last) * _THOUGHTS_PER_SECOND)
            last = now
            if allowance >= 1:
                allowance -= 1
                self.say(Reply(job=job, thinking=thought))

        return tell


def _task(game: Game, bot: Bot, request: BotRequest) -> Task:
    level = bot.default_level if request.level is None else request.level
    if level not in (numbers := [known.number for known in bot.levels]):
        raise BotError(f"{bot.title} has no level {level}: choose {min(numbers)} to {max(numbers)}")
    position = None if game.hidden or request.dump is None else game.load(request.dump)
    if request.view is not None:
        view = game.state_schema.model_validate(request.view)
    elif position is not None:
        view = position.view(request.seat)
    else:
        raise BotError("it was given no position to think about")
    return Task(
        game=game,
        seat=request.seat,
        level=level,
        budget=request.budget,
        seed=request.seed,
        legal=request.legal,
        position=position,
        view=view,
    )


def _own_pipes() -> tuple[BinaryIO, BinaryIO]:
    """stdin and stdout for jobs and replies alone: bots, and the engines they start, get other ones."""
    jobs = os.fdopen(os.dup(0), "rb")
    replies = os.fdopen(os.dup(1), "wb", buffering=0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return jobs, replies


def _receive(jobs: BinaryIO, inbox: queue.SimpleQueue[bytes]) -> None:
    """Read in a thread of its own, so that the end of the server is noticed while a bot thinks."""
    for line in jobs:
        inbox.put(line)
    if sys.platform != "win32" and os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(0)


def main() -> None:
    """Serve jobs until stdin closes."""
    jobs, replies = _own_pipes()
    if sys.platform != "win32":
        os.nice(10)  # the server's event loop shares these cores, and players wait for it
    inbox: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_receive, args=(jobs, inbox), daemon=True).start()
    worker = Worker(replies)
    worker.say(Reply(job=0, ready=True))
    while True:
        worker.run(inbox.get())


if __name__ == "__main__":
    main()
