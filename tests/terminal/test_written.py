"""What the client writes to a terminal: nothing while nothing changes, and each change at once."""

import sys

import pytest
from pseudo_terminal import running

BEGIN, END = b"\x1b[?2026h", b"\x1b[?2026l"
IT_CAN = b"\x1b[?2026;2$y"
"""The answer of a terminal that shows an update at once, when it is whole."""


@pytest.fixture
def game(home):
    """A game that waits for our move, on such a terminal."""
    command = [sys.executable, "-m", "gamesock", "play", "chess", "--bot", "random", "--store", "memory"]
    with running(command, (80, 24), str(home)) as program:
        program.wait_for("Your move")
        program.press(IT_CAN)
        while program.rest(1.0):
            pass
        yield program


def test_nothing_while_nothing_changes(game):
    assert game.rest(1.5) == b""


def test_each_change_at_once_and_small(game):
    game.press(b"\x1b[A")  # from the line to the board
    game.rest(1.0)
    game.press(b"\x1b[A")
    written = game.rest(1.0)
    assert written.startswith(BEGIN)
    assert written.endswith(END)
    assert written.count(BEGIN) == written.count(END)
    assert len(written) < 1024
