from __future__ import annotations

import io
import os
import sys

from gamesock.tui.looks import Looks
from gamesock.tui.terminal import check_terminal, settled, tell_textual


class Screen(io.StringIO):
    """A stream that says it is a terminal."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


def test_a_pipe_is_named_and_plain_mode_offered(monkeypatch):
    monkeypatch.setattr(sys, "__stderr__", Screen())
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    reason = check_terminal()
    assert reason and "input" in reason and "--plain" in reason


def test_what_is_sent_elsewhere_is_no_screen(monkeypatch):
    monkeypatch.setattr(sys, "stdin", Screen())
    monkeypatch.setattr(sys, "__stderr__", Screen())
    monkeypatch.setattr(sys, "__stdout__", io.StringIO())
    assert "the output is no terminal" in (check_terminal() or "")


def test_a_terminal_will_do(monkeypatch):
    monkeypatch.setattr(sys, "__stdout__", Screen())
    monkeypatch.setattr(sys, "__stderr__", Screen())
    monkeypatch.setattr(sys, "stdin", Screen())
    monkeypatch.setenv("TERM", "xterm-256color")
    assert check_terminal() is None
    monkeypatch.setenv("TERM", "dumb")
    assert "dumb" in (check_terminal() or "")


def test_looks_are_settled_by_this_terminal(monkeypatch):
    monkeypatch.setattr(sys, "__stderr__", Screen())
    monkeypatch.setenv("NO_COLOR", "1")
    assert settled(Looks()) == Looks("sprite", "slate", "none")


def test_textual_is_told_about_colours(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    tell_textual(Looks(color="full"))
    assert "NO_COLOR" not in os.environ
    tell_textual(Looks(color="none"))
    assert os.environ["NO_COLOR"]
