"""A program on a pseudo-terminal: its keys, what it shows, what it writes, and the CPU it takes."""

from __future__ import annotations

import codecs
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

SILENCE = 0.15
"""Seconds without a byte after which a screen is at rest: several times its longest frame."""


class Page:
    """The characters a terminal shows: as much of an emulator as it takes to find a word."""

    _TOKENS = re.compile(
        r"\x1b\[(?P<y>\d+);(?P<x>\d+)H|\x1b\[(?P<ahead>\d+)C"
        r"|\x1b\[[^A-Za-z]*[A-Za-z]|\x1b\][^\x07]*\x07|(?P<text>[^\x1b])"
    )

    def __init__(self) -> None:
        self._lines: dict[int, dict[int, str]] = {}
        self._x = self._y = 0
        self._decode = codecs.getincrementaldecoder("utf-8")().decode
        self._begun = ""

    def feed(self, data: bytes) -> None:
        """Show what a program writes."""
        text = self._begun + self._decode(data)
        end = text.rfind("\x1b")
        if end < 0 or self._TOKENS.match(text, end):
            end = len(text)
        self._begun = text[end:]
        for token in self._TOKENS.finditer(text, 0, end):
            if token["y"]:
                self._y, self._x = int(token["y"]), int(token["x"])
            elif token["ahead"]:
                self._x += int(token["ahead"])
            elif token["text"] == "\n":
                self._y += 1
            elif token["text"]:
                self._lines.setdefault(self._y, {})[self._x] = token["text"]
                self._x += 1

    def __contains__(self, text: str) -> bool:
        return text in str(self)

    def __str__(self) -> str:
        lines = (self._lines[y] for y in sorted(self._lines))
        return "\n".join("".join(line.get(x, " ") for x in range(max(line) + 1)) for line in lines)


class Terminal:
    """A program on a pseudo-terminal of its own."""

    def __init__(self, command: Sequence[str], size: tuple[int, int], home: str) -> None:
        columns, rows = size
        self.began = time.perf_counter()
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        kept = {key: os.environ[key] for key in ("PATH", "LD_LIBRARY_PATH", "VIRTUAL_ENV") if key in os.environ}
        usual = {"HOME": home, "TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}
        self._process = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, env=kept | usual, start_new_session=True
        )
        os.close(slave)
        self._master = master

    def wait_for(self, text: str, within: float = 60.0) -> float:
        """Seconds from the start until this text has arrived; what it takes to find it there isn't counted.

        Raises:
            RuntimeError: it doesn't, or it ended before; with what it shows.
        """
        page, arrived = Page(), time.perf_counter()
        end = arrived + within
        while text not in page:
            data = self._read(max(0.0, end - time.perf_counter()))
            arrived = time.perf_counter()
            if not data:
                raise RuntimeError(f"{self._why_silent(within)} without {text!r}:\n{page}")
            page.feed(data)
        return arrived - self.began

    def _why_silent(self, within: float) -> str:
        with suppress(subprocess.TimeoutExpired):
            return f"it ended with {self._process.wait(0.5)}"
        return f"{within:g} s passed"

    def press(self, keys: bytes) -> None:
        """Send these bytes, as a keyboard would."""
        os.write(self._master, keys)

    def rest(self, silence: float = SILENCE) -> bytes:
        """Read until nothing was written for a while; what there was."""
        written = b""
        while data := self._read(silence):
            written += data
        return written

    def read_for(self, seconds: float) -> int:
        """Read whatever comes for so long; how many bytes there were."""
        count, end = 0, time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0:
            count += len(self._read(left))
        return count

    @property
    def cpu(self) -> float:
        """Seconds of CPU the program has used, all threads together."""
        pid, spent = self._process.pid, 0
        for task in Path(f"/proc/{pid}/task").iterdir():
            with suppress(OSError):
                spent += int((task / "schedstat").read_text().split()[0])
        return spent / 1e9

    def signal(self, number: int) -> None:
        """Send the program a signal."""
        self._process.send_signal(number)

    def hang_up(self) -> None:
        """Take the terminal away; no signal tells the program."""
        os.close(self._master)
        self._master = -1

    def wait(self, within: float) -> int:
        """Wait for the program to end by itself; its exit code."""
        return self._process.wait(within)

    def close(self) -> None:
        """End the program."""
        self._process.kill()
        self._process.wait()
        if self._master >= 0:
            os.close(self._master)

    def _read(self, timeout: float) -> bytes:
        if not select.select([self._master], [], [], timeout)[0]:
            return b""
        try:
            return os.read(self._master, 1 << 16)
        except OSError:
            return b""


@contextmanager
def running(command: Sequence[str], size: tuple[int, int], home: str) -> Iterator[Terminal]:
    """A program on a terminal, ended at the end."""
    terminal = Terminal(command, size, home)
    try:
        yield terminal
    finally:
        terminal.close()
