"""Lines that someone types, read while everything else goes on."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from typing import TextIO

_AHEAD = 100
"""Lines read before they are needed."""

_LONGEST = 64 * 1024
"""Characters of a line that are kept: more than any server takes, so that it is refused and not half obeyed."""


class Lines:
    """The lines of a stream, in order, for a program that must not wait for them."""

    def __init__(self, source: TextIO) -> None:
        self._source = source
        self._queue: asyncio.Queue[str | None] = asyncio.Queue()
        self._room = threading.Semaphore(_AHEAD)

    def start(self) -> None:
        """Begin to read; in a thread of its own: a pending read must not hold up the end."""
        threading.Thread(target=self._pump, args=(asyncio.get_running_loop(),), daemon=True).start()

    async def next(self) -> str | None:
        """The next line; empty after ``wake``; None: the stream is at its end."""
        line = await self._queue.get()
        self._room.release()
        return line

    def wake(self) -> None:
        """Have whoever waits for a line look up."""
        self._queue.put_nowait("")

    def _pump(self, loop: asyncio.AbstractEventLoop) -> None:
        with contextlib.suppress(RuntimeError, ValueError):  # the loop or the stream is closed: nobody waits
            try:
                while line := self._line():
                    self._room.acquire()
                    loop.call_soon_threadsafe(self._queue.put_nowait, line)
            finally:
                loop.call_soon_threadsafe(self._queue.put_nowait, None)

    def _line(self) -> str:
        """The next line, or its beginning; empty: there is none."""
        line = rest = self._source.readline(_LONGEST)
        while len(rest) == _LONGEST and not rest.endswith("\n"):
            rest = self._source.readline(_LONGEST)
        return line
