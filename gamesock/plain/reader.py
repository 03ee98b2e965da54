"""Notices that nobody reads a pipe any more, before something is written into it again."""

from __future__ import annotations

import asyncio
import contextlib
import os
import select
import stat
from collections.abc import Iterator
from typing import TextIO


async def until_nobody_reads(sink: TextIO) -> None:
    """Wait until whoever reads this stream is gone (``| head``); for ever where that can't be seen.

    Raises:
        BrokenPipeError: they are, as if something had been written.
    """
    gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    pipe = _pipe(sink)
    with _watched(pipe, gone) if pipe is not None else contextlib.nullcontext():
        await gone


def _pipe(sink: TextIO) -> int | None:
    """The descriptor of the pipe that the stream writes to, if it does."""
    try:
        number = sink.fileno()
        return number if stat.S_ISFIFO(os.fstat(number).st_mode) else None
    except (OSError, ValueError):  # text in memory, a closed stream
        return None


@contextlib.contextmanager
def _watched(pipe: int, gone: asyncio.Future[None]) -> Iterator[None]:
    """Break ``gone`` once the pipe hangs up: its end for writing never has anything to read but that."""
    loop = asyncio.get_running_loop()

    def look() -> None:
        loop.remove_reader(pipe)  # a pipe that is open both ways has more to read, and is left alone
        if _hung_up(pipe) and not gone.done():
            gone.set_exception(BrokenPipeError())

    try:
        loop.add_reader(pipe, look)
    except (NotImplementedError, OSError):  # Windows' loop watches no pipes
        yield
        return
    try:
        yield
    finally:
        loop.remove_reader(pipe)


def _hung_up(pipe: int) -> bool:
    poll = select.poll()
    poll.register(pipe, 0)
    return any(events & (select.POLLERR | select.POLLHUP) for _, events in poll.poll(0))
