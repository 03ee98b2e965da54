"""``gamesock serve`` as a user runs it, and a real browser to visit it with."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from chromium import Chromium, chromium, running

Serve: TypeAlias = Callable[..., Awaitable["Served"]]


@dataclass
class Served:
    """A ``gamesock serve`` that runs."""

    process: asyncio.subprocess.Process
    url: str
    server: str
    home: Path

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    @property
    def host(self) -> str:
        return self.url.partition("//")[2]

    async def stop(self, number: int = signal.SIGINT) -> int:
        """Send the signal, and wait for the end."""
        self.process.send_signal(number)
        async with asyncio.timeout(30):
            return await self.process.wait()

    def apps(self) -> list[int]:
        """The processes of visitors, whoever their parent is by now."""
        mark = f"GAMESOCK_SEATS={self.home}".encode()
        return [int(file.parent.name) for file in Path("/proc").glob("[0-9]*/environ") if mark in _read(file)]


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        return b""


@pytest.fixture
async def serve(tmp_path: Path) -> AsyncIterator[Serve]:
    """Start it: ``await serve("chess", "--visitors", "1")``; everything it leaves is in a home of its own."""
    started: list[Served] = []

    async def start(*arguments: str, port: int = 0, **env: str) -> Served:
        places = {f"XDG_{name}_HOME": str(tmp_path) for name in ("DATA", "CONFIG", "STATE", "CACHE")}
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "gamesock", "serve", *arguments, "--port", str(port), "--json",
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
            env={**os.environ, "HOME": str(tmp_path), "TMPDIR": str(tmp_path), **places, "LOGNAME": "anna", **env},
        )  # fmt: skip
        assert process.stdout is not None
        said = json.loads(await process.stdout.readline())
        started.append(Served(process, said["url"], said["server"], tmp_path))
        return started[-1]

    yield start
    for served in started:
        with suppress(ProcessLookupError):
            served.process.kill()
        await served.process.wait()


@pytest.fixture
async def browser(tmp_path: Path) -> AsyncIterator[Callable[[], Awaitable[Chromium]]]:
    """Start a browser: ``await browser()``."""
    if chromium() is None:
        pytest.skip("Chromium is not installed")
    async with AsyncExitStack() as stack:

        async def start() -> Chromium:
            return await stack.enter_async_context(running(tmp_path / "chromium"))

        yield start


@pytest.fixture
def until() -> Callable[..., Any]:
    """Wait for a condition: ``await until(lambda: …)``; it may be awaitable."""

    async def wait(condition: Callable[[], Any], timeout: float = 90.0) -> None:
        async with asyncio.timeout(timeout):
            while True:
                met = condition()
                if await met if asyncio.iscoroutine(met) else met:
                    return
                await asyncio.sleep(0.05)

    return wait
