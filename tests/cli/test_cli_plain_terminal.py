"""``--plain`` on a terminal that can't place text: what is said when one leaves, and how it ends."""

from __future__ import annotations

import os
import select
import subprocess
import time

import pytest

pty = pytest.importorskip("pty", reason="pseudo-terminals are a Unix thing")


class Typist:
    """A ``gamesock`` on a dumb terminal of its own."""

    def __init__(self, cli, *args: str) -> None:
        ours, theirs = pty.openpty()
        self.process = subprocess.Popen(
            [*cli.command, *args],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=cli.env | {"TERM": "dumb"},
            start_new_session=True,
            preexec_fn=_own_terminal,
        )
        os.close(theirs)
        self._terminal, self.text = ours, ""

    def reads(self, wanted: str) -> None:
        deadline = time.monotonic() + 60
        while wanted not in self.text:
            assert time.monotonic() < deadline, self.text
            assert self._more(), f"{wanted!r} never came: {self.text}"

    def types(self, text: str) -> None:
        os.write(self._terminal, text.encode())

    def ends(self) -> int:
        while self._more():
            pass
        os.close(self._terminal)
        return self.process.wait(timeout=60)

    def _more(self) -> bool:
        select.select([self._terminal], [], [], 60)
        try:
            got = os.read(self._terminal, 4096)
        except OSError:  # Linux says so when the other side has gone
            return False
        self.text += got.decode().replace("\r", "")
        return bool(got)


def _own_terminal() -> None:
    import fcntl
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


@pytest.mark.parametrize(
    ("keys", "code"), [("quit\n", 0), ("\x04", 0), ("\x03", 130)], ids=["quit", "end", "ctrl-c"]
)
def test_leaving_says_how_to_come_back(cli, keys, code):
    typist = Typist(cli, "play", "tic_tac_toe", "--two-player", "--plain", "--thread", "mine")
    typist.reads("your move (X)")
    typist.types("5\n")
    typist.reads("your move (O)")
    typist.types(keys)
    assert typist.ends() == code
    assert "X: 5\n" in typist.text
    assert "gamesock play --resume --thread mine\n" in typist.text
    assert "Traceback" not in typist.text and "Fatal" not in typist.text


def test_a_dumb_terminal_is_told_what_to_do(cli):
    typist = Typist(cli, "play", "chess")
    assert typist.ends() == 1
    assert "TERM=dumb" in typist.text and "--plain" in typist.text
