from __future__ import annotations

import pytest

from gamesock.preferences import Preferences
from gamesock.tui.looks import ASCII, UNICODE, Looks


def test_auto_follows_the_terminal():
    rich = Looks().settled({"TERM": "xterm-256color"}, "utf-8")
    assert (rich.pieces, rich.depth) == ("sprite", "full")
    poor = Looks().settled({"TERM": "linux"}, "ascii")
    assert (poor.pieces, poor.depth) == ("ascii", "16")


def test_no_color_means_none():
    assert Looks().settled({"NO_COLOR": "1", "COLORTERM": "truecolor"}, "utf-8").depth == "none"
    assert Looks().settled({"NO_COLOR": ""}, "utf-8").depth == "full"


@pytest.mark.parametrize(
    ("environ", "pieces"),
    [
        ({}, "sprite"),
        ({"LANG": "de_DE.UTF-8"}, "sprite"),
        ({"LANG": "C"}, "ascii"),
        ({"LANG": "C", "LC_CTYPE": "C.UTF-8"}, "ascii"),  # as Python itself sets it there
        ({"LANG": "C", "LC_CTYPE": "en_US.UTF-8"}, "sprite"),
        ({"LANG": "C.UTF-8"}, "sprite"),
        ({"LANG": "de_DE.UTF-8", "LC_ALL": "POSIX"}, "ascii"),
        ({"LANG": "C", "LC_ALL": "en_US.UTF-8"}, "sprite"),
    ],
)
def test_an_ascii_locale_means_ascii(environ, pieces):
    assert Looks().settled(environ, "utf-8").pieces == pieces


@pytest.mark.parametrize(
    ("environ", "depth"),
    [
        ({"TERM": "xterm-256color"}, "full"),
        ({"TERM": "screen", "COLORTERM": "truecolor"}, "full"),
        ({"TERM": "xterm", "WT_SESSION": "1"}, "full"),
        ({}, "full"),  # Windows names no TERM
        ({"TERM": "linux"}, "16"),
        ({"TERM": "screen"}, "16"),
        ({"TERM": "vt100"}, "none"),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, "none"),
    ],
)
def test_colours_follow_the_terminal(environ, depth):
    assert Looks().settled(environ, "utf-8").depth == depth


def test_preferences_become_looks():
    wanted = Preferences(theme="light", pieces="letters", color="16")
    assert Looks.preferred(wanted) == Looks("letters", "light", "16")


def test_what_was_asked_for_is_kept():
    asked = Looks(pieces="glyph", color="16").settled({"NO_COLOR": "1"}, "ascii")
    assert (asked.pieces, asked.color) == ("glyph", "16")


def test_ascii_signs_are_ascii_and_all_signs_are_one_column():
    def flat(signs) -> list[str]:
        return [text for sign in signs for text in (sign if isinstance(sign, tuple) else (sign,))]

    assert all(text.isascii() for text in flat(ASCII))
    assert all(len(text) == 1 for text in flat(UNICODE))
