"""One visitor of the page: a gamesock process, and the packets between it and the browser."""

from __future__ import annotations

import asyncio
import contextlib
import os
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping, Sequence

from aiohttp import WSCloseCode
from aiohttp.web import WebSocketResponse
from textual_serve.app_service import AppService
from textual_serve.download_manager import DownloadManager

PATIENCE = 3.0
"""Seconds an app has to end when it is asked to; then it is killed."""

WIDEST, HIGHEST = 500, 200
"""Cells of the largest terminal a browser gets: a page may claim any size."""

DRIVER = "gamesock.browser.driver:Driver"


class Visitor(AppService):
    """The app of one visitor. It is a program run without a shell; what the browser says is only its input."""

    def __init__(
        self,
        program: Sequence[str],
        environment: Mapping[str, str],
        socket: WebSocketResponse,
        downloads: DownloadManager,
    ) -> None:
        super().__init__(
            program[0],
            write_bytes=socket.send_bytes,
            write_str=socket.send_str,
            close=self._announced,
            download_manager=downloads,
        )
        self._program = tuple(program)
        self._environment = dict(environment)
        self._socket = socket

    async def start(self, width: int, height: int) -> None:
        """Start the app in a terminal of this size."""
        await super().start(*_bounded(width, height))

    async def set_terminal_size(self, width: int, height: int) -> None:
        """Tell the app how large its terminal is now."""
        await super().set_terminal_size(*_bounded(width, height))

    async def stop(self) -> None:
        """Have the app end, and see to it that it did."""
        ending = asyncio.ensure_future(super().stop())
        await asyncio.wait({ending}, timeout=PATIENCE)
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()
        await ending

    async def run(self) -> None:
        """Pass on what the app draws until it ends; the socket ends with it, and says how it went."""
        await super().run()
        assert self._process is not None
        if await self._process.wait():
            await self._socket.close(code=WSCloseCode.INTERNAL_ERROR, message=b"failed")
        else:
            await self._socket.close(message=b"left")

    async def _announced(self) -> None:
        """The app says that it will end; it is heard until it does."""

    def _build_environment(self, width: int = 80, height: int = 24) -> dict[str, str]:
        return (
            super()._build_environment(width, height)
            | {
                "TEXTUAL_DRIVER": DRIVER,
                "TERM": "xterm-256color",
                "COLORTERM": "truecolor",
                "PYTHONIOENCODING": "utf-8",
            }
            | self._environment
        )

    async def _open_app_process(self, width: int = 80, height: int = 24) -> Process:
        # textual-serve hands a command line to a shell, in the terminal's group of processes: Ctrl-C would
        # end the apps before they could be asked to.
        process = await asyncio.create_subprocess_exec(
            *self._program,
            stdin=PIPE,
            stdout=PIPE,
            env=self._build_environment(width, height),
            start_new_session=os.name == "posix",
        )
        # What a failing app says goes where our own errors go; stdout is for data.
        process.stderr = asyncio.StreamReader()
        process.stderr.feed_eof()
        self._process, self._stdin = process, process.stdin
        return process


def _bounded(width: int, height: int) -> tuple[int, int]:
    return min(max(width, 1), WIDEST), min(max(height, 1), HIGHEST)
