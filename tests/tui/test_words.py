from __future__ import annotations

import pytest

from gamesock import protocol as p
from gamesock.bot import Thought
from gamesock.registry import game
from gamesock.tui import words
from gamesock.tui.looks import Looks
from gamesock.tui.widgets.clock import ClockLook


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (298.9, "4:58"), (60, "1:00"), (10, "0:10"), (9.99, "0:09.9"), (0.04, "0:00.0"), (-1, "0:00.0"),
        (3723, "1:02:03"), (86400 * 2 + 3 * 3600, "2d 3h"),
        (float("inf"), "999d 0h"), (float("-inf"), "0:00.0"), (float("nan"), "999d 0h"),
    ],
)  # fmt: skip
def test_clocks_count_tenths_below_ten_seconds(seconds, text):
    assert words.clock_text(seconds) == text


@pytest.mark.parametrize(("running", "delay"), [([], None), ([0.0], None), ([5.0, 70.0], 0.1), ([70.4], 0.42)])
def test_clocks_tick_when_their_text_changes(running, delay):
    assert words.next_tick(running) == (None if delay is None else pytest.approx(delay))


def test_moves_without_seats_and_opinions_beyond_measure_are_shown():
    assert words.numbered(["a", "b"], 0) == [("1.", ["a"]), ("2.", ["b"])]
    assert words.score_share(Thought(seat="white", score=-1e9), "white") == pytest.approx(0.0)


def test_a_running_clock_is_framed_and_a_low_one_marked():
    assert ClockLook.of(70, running=True).content.plain == "[1:10]"
    assert ClockLook.of(70, running=False).content.plain == " 1:10 "
    assert ClockLook.of(5, running=True).content.plain == "![0:05.0]"


def test_outcomes_in_words():
    ascii_only = Looks(pieces="ascii")
    won = p.OutcomeView(winner="white", reason="checkmate")
    drawn = p.OutcomeView(winner=None, reason="threefold_repetition")
    assert words.outcome_text(won, ascii_only) == "Checkmate - white wins"
    assert words.outcome_text(drawn, ascii_only) == "Threefold repetition - draw"


def test_moves_are_numbered_in_rounds():
    assert words.numbered(["e4", "e5", "Nf3"], 2) == [("1.", ["e4", "e5"]), ("2.", ["Nf3"])]
    assert words.moves_text(["e4", "e5", "Nf3"], 2) == "1. e4 e5 2. Nf3"


def test_scores_are_told_from_the_first_seat():
    assert words.score_text(Thought(seat="black", score=0.5), "white") == "-0.5"
    assert words.score_text(Thought(seat="white", mate=3), "white") == "M3"
    assert words.score_text(Thought(seat="white", mate=-2), "white") == "-M2"
    assert words.score_text(Thought(seat="white"), "white") == ""
    assert words.score_share(Thought(seat="white", score=0), "white") == 0.5
    assert words.score_share(Thought(seat="black", mate=1), "white") == 0.0


def test_a_name_cannot_steer_the_terminal():
    assert words.safe("a\x1b[2Jb\u202ec\x07") == "a[2Jbc"


def test_what_is_copied_is_the_fen_or_the_board():
    position = game("chess").start({}, 0)
    state = position.view(None).model_dump()
    assert words.position_text(state, None).startswith("rnbqkbnr/")
    board = game("tic_tac_toe").start({}, 0)
    assert words.position_text({}, board.picture(None)) == ". . .\n. . .\n. . ."
