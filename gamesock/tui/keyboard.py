"""What is typed, waited for without looking ten times a second whether it is there."""

from __future__ import annotations

import os
import threading
from codecs import getincrementaldecoder
from contextlib import suppress
from selectors import EVENT_READ, SelectSelector
from typing import TYPE_CHECKING, Any

from textual._time import get_time
from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.message import Message

LONGEST = 4096
"""Bytes read at once."""


class Bell(threading.Event):
    """An event that a selector hears, too."""

    def __init__(self) -> None:
        super().__init__()
        self.heard, self._rung = os.pipe()
        os.set_blocking(self._rung, False)

    def set(self) -> None:
        """Ring."""
        super().set()
        with suppress(BlockingIOError):  # it rings already
            os.write(self._rung, b".")

    def clear(self) -> None:
        """Be silent again."""
        if self.is_set():
            os.read(self.heard, LONGEST)
        super().clear()


class PatientDriver(LinuxDriver):
    """Sleeps until something is typed: a board that nobody touches costs next to nothing.

    Textual's own driver wakes up every 100 ms, and takes as much longer to know that Escape was just that.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.exit_event: Bell = Bell()

    def _sigcont_application(self, *signals: Any) -> None:
        """Go on. Whoever wasn't asked to stop (SIGSTOP, or a terminal that closes) didn't leave the screen before:
        Textual would read and write twice from here on, and never end.
        """
        if not self._must_signal_resume:
            self.suspend_application_mode()
            self._must_signal_resume = True
        super()._sigcont_application(*signals)

    def run_input_thread(self) -> None:
        """Read until the driver stops, or nobody can type any more."""
        parser = XTermParser(self._debug)
        # A broken character isn't worth a game.
        decode = getincrementaldecoder("utf-8")("replace").decode
        with SelectSelector() as selector:
            selector.register(self.exit_event.heard, EVENT_READ)
            selector.register(self.fileno, EVENT_READ)
            while not self.exit_event.is_set():
                ready = {key.fd for key, _ in selector.select(_patience(parser))}
                if self.fileno in ready:
                    typed = self._read()
                    if not typed:
                        selector.unregister(self.fileno)
                    # Half a character is no text yet, and to the parser no text is the end.
                    if text := decode(typed):
                        self._tell(parser.feed(text))
                self._tell(parser.tick())

    def _read(self) -> bytes:
        """What was typed; nothing once nobody can type any more."""
        try:
            return os.read(self.fileno, LONGEST)
        except OSError:  # the terminal is gone
            return b""

    def _tell(self, messages: Iterable[Message]) -> None:
        for message in messages:
            self.process_message(message)


def _patience(parser: XTermParser) -> float | None:
    """Seconds until the parser takes what it has for all there is: Escape, not the beginning of an arrow key."""
    ends = parser._timeout_time
    return None if ends is None else max(0.0, ends - get_time())
