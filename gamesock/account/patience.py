"""Words for whoever waits for a project: that it takes long, and why nothing came."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

SOON = 1.0
"""Seconds without an answer that need no explanation."""


@contextmanager
def patience(say: Callable[[str], None], text: str) -> Iterator[None]:
    """Say ``text`` once this has taken ``SOON``, to who sits at a terminal: scripts don't wonder."""
    if not sys.stderr.isatty():
        yield
        return
    timer = asyncio.get_running_loop().call_later(SOON, say, text)
    try:
        yield
    finally:
        timer.cancel()


def nobody(text: str) -> None:
    """Nobody is there to be told."""


def unreachable(name: str, error: BaseException) -> str:
    """Why a project can't be reached."""
    cause: BaseException | None = error
    while cause:
        if isinstance(cause, socket.gaierror):
            return f"there is no {name}, or no network here: check the address"
        if isinstance(cause, TimeoutError):
            return f"{name} doesn't answer: try again later"
        cause = cause.__cause__ or cause.__context__
    return f"{name} can't be reached now ({str(error) or type(error).__name__}): try again later"
