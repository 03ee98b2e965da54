"""Asks on the terminal, one question after the other; on a pipe it reads lines."""

from __future__ import annotations

import asyncio
import contextlib
import getpass
import os
import sys
import threading
import webbrowser
from collections.abc import Callable, Iterator

import typer

from gamesock.account.errors import Cancelled


class Terminal:
    """Whoever is at the keyboard."""

    def __init__(self, *, browser: bool) -> None:
        self._browser = browser

    async def ask(self, question: str, *, secret: bool = False) -> str:
        """A line that is typed. Waiting for it can be given up; reading it ends with the program.

        Raises:
            Cancelled: the input is at its end.
        """
        try:
            return await _read(lambda: _line(question, secret=secret))
        except (Cancelled, asyncio.CancelledError):
            if sys.stdin.isatty():
                self.say("")  # the next words begin a line
            raise

    async def everything(self, what: str, longest: int) -> str:
        """All of the input, up to so many characters; at a terminal ``what`` that should be is said."""
        if sys.stdin.isatty():
            self.say(f"Paste {what}, then press Enter and Ctrl+D.")
        return await _read(lambda: sys.stdin.read(longest))

    def say(self, text: str) -> None:
        """On stderr: stdout carries data."""
        typer.echo(text, err=True)

    def open(self, url: str) -> None:
        """Show the address, and open it where there is a browser."""
        self.say(f"Sign in on this page:\n\n  {url}\n")
        remote = "SSH_CONNECTION" in os.environ
        headless = sys.platform == "linux" and not {"DISPLAY", "WAYLAND_DISPLAY"} & os.environ.keys()
        if self._browser and not remote and not headless:
            webbrowser.open(url)


async def _read(read: Callable[[], str | None]) -> str:
    """What ``read`` reads, on a thread that nobody has to wait for; nothing means that it was called off."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[str] = loop.create_future()

    def settle(text: str | None) -> None:
        if answer.done():
            return
        if text is None:
            answer.set_exception(Cancelled())
        else:
            answer.set_result(text)

    def work() -> None:
        text = read()
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(settle, text)

    with _unspoilt():
        threading.Thread(target=work, daemon=True).start()
        return await answer


def _line(question: str, *, secret: bool) -> str | None:
    """What is typed, or None at the end of input."""
    try:
        if secret and sys.stdin.isatty():
            return getpass.getpass(f"{question}: ")
        if sys.stdin.isatty():
            sys.stderr.write(f"{question}: ")
            sys.stderr.flush()
        line = sys.stdin.readline()
    except (EOFError, OSError, ValueError, KeyboardInterrupt):
        return None
    return line.rstrip("\r\n") if line else None


@contextlib.contextmanager
def _unspoilt() -> Iterator[None]:
    """Whoever leaves in the middle of a password finds a terminal that shows what is typed."""
    try:
        import termios

        before = termios.tcgetattr(0)
    except (ImportError, OSError, ValueError):
        yield
        return
    except termios.error:  # the input is no terminal
        yield
        return
    try:
        yield
    finally:
        with contextlib.suppress(termios.error):
            termios.tcsetattr(0, termios.TCSADRAIN, before)
