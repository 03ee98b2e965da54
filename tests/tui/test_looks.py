from __future__ import annotations

from gamesock.tui.looks import ASCII, UNICODE, Looks


def test_auto_follows_the_terminal():
    rich = Looks().settled({"TERM": "xterm-256color"}, "utf-8")
    assert (rich.pieces, rich.depth) == ("sprite", "full")
    poor = Looks().settled({"TERM": "linux"}, "ascii")
    assert (poor.pieces, poor.depth) == ("ascii", "16")


def test_no_color_means_none():
    assert Looks().settled({"NO_COLOR": "1", "COLORTERM": "truecolor"}, "utf-8").depth == "none"
    assert Looks().settled({"NO_COLOR": ""}, "utf-8").depth == "full"


def test_what_was_asked_for_is_kept():
    asked = Looks(pieces="glyph", color="16").settled({"NO_COLOR": "1"}, "ascii")
    assert (asked.pieces, asked.color) == ("glyph", "16")


def test_ascii_signs_are_ascii_and_all_signs_are_one_column():
    def flat(signs) -> list[str]:
        return [text for sign in signs for text in (sign if isinstance(sign, tuple) else (sign,))]

    assert all(text.isascii() for text in flat(ASCII))
    assert all(len(text) == 1 for text in flat(UNICODE))
