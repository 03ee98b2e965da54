"""From opinions to chances, marks and accuracy."""

from __future__ import annotations

import pytest

from gamesock.analysis import Mark, Summary, analyse, chance, turning_points
from gamesock.bot import Thought

SEATS = ("white", "black")


def thought(pawns: float | None = None, *, ply: int = 0, mate: int | None = None, line: str = "") -> Thought:
    """From white's side, told as a bot does: from the side of the seat to move."""
    sign = 1 if ply % 2 == 0 else -1
    return Thought(
        seat=SEATS[ply % 2],
        score=None if pawns is None else sign * pawns,
        mate=None if mate is None else sign * mate,
        line=tuple(line.split()),
    )


def game(*pawns: float | None):
    """A report of a game whose positions have these scores for white."""
    thoughts = [None if score is None else thought(score, ply=ply) for ply, score in enumerate(pawns)]
    moves = [(SEATS[ply % 2], f"m{ply}") for ply in range(len(pawns) - 1)]
    return analyse(thoughts, moves, SEATS)


@pytest.mark.parametrize(
    ("score", "percent"), [(0.0, 50.0), (1.0, 59.1), (-1.0, 40.9), (3.0, 75.1), (10.0, 97.5), (1e9, 100.0)]
)
def test_scores_become_the_chances_that_lichess_gives(score, percent):
    assert 100 * chance(thought(score), "white") == pytest.approx(percent, abs=0.1)
    assert 100 * chance(thought(score), "black") == pytest.approx(100 - percent, abs=0.1)


def test_a_mate_is_won_and_no_score_is_no_chance():
    assert chance(thought(mate=3), "white") == 1.0
    assert chance(thought(mate=-3), "white") == 0.0
    assert chance(thought(mate=-3, ply=1), "black") == 1.0
    assert chance(Thought(seat="white", line=("e4",)), "white") is None
    assert chance(None, "white") is None


@pytest.mark.parametrize(
    ("after", "mark"),
    [(0.0, None), (-0.5, None), (-0.6, Mark.INACCURACY), (-1.2, Mark.MISTAKE), (-1.8, Mark.BLUNDER)],
)
def test_a_move_is_marked_by_the_chance_it_gave_away(after, mark):
    assert game(0.0, after).judgements[1].mark == mark
    assert game(0.0, 0.0, -after).judgements[2].mark == mark


def test_what_loses_in_a_decided_game_is_no_blunder():
    report = game(12.0, 12.0, 9.0)
    assert report.judgements[1].mark is None
    assert report.judgements[2].lost == 0.0


def test_letting_a_mate_slip_and_walking_into_one():
    thoughts = [thought(mate=2), thought(0.3, ply=1), thought(0.2), thought(mate=1, ply=3)]
    moves = [("white", "a"), ("black", "b"), ("white", "c")]
    report = analyse(thoughts, moves, SEATS)
    assert report.judgements[1].mark == Mark.BLUNDER
    assert report.judgements[3].mark is None and report.judgements[3].accuracy == pytest.approx(100, abs=0.01)
    walked = analyse([thought(0.0), thought(mate=-1, ply=1)], [("white", "g4")], SEATS)
    assert walked.judgements[1].mark == Mark.BLUNDER
    longer = analyse([thought(mate=2), thought(mate=5, ply=1)], [("white", "a")], SEATS)
    assert longer.judgements[1].mark is None


def test_the_expected_move_is_never_marked_and_a_marked_one_names_a_better():
    moves = [("white", "Nf3")]
    expected = analyse([thought(0.0, line="Nf3 Nc6"), thought(-3.0, ply=1)], moves, SEATS)
    assert expected.judgements[1].mark is None and expected.judgements[1].better == ()
    other = analyse([thought(0.0, line="d4 d5"), thought(-3.0, ply=1)], moves, SEATS)
    assert other.judgements[1].mark == Mark.BLUNDER and other.judgements[1].better == ("d4", "d5")


def test_the_end_that_the_rules_brought():
    moves = [("white", "Qh5"), ("black", "Ke7"), ("white", "Qxe5#")]
    thoughts = [thought(0.1), thought(0.0, ply=1), thought(mate=1)]
    report = analyse(thoughts, moves, SEATS, end=1.0)
    assert report.chances[-1] == 1.0
    assert report.judgements[2].mark == Mark.BLUNDER
    assert report.judgements[3].lost == 0.0
    assert analyse(thoughts, moves, SEATS, end=0.5).judgements[3].mark == Mark.BLUNDER


def test_what_nobody_thought_about_is_left_open():
    report = game(0.0, None, -2.0, -2.0)
    assert report.chances[1] is None
    assert set(report.judgements) == {3}
    assert report.summaries["black"] == Summary()
    assert analyse([], [("white", "e4")], SEATS).chances == (None, None)
    assert game(None, None, None).summaries["white"].accuracy is None


def test_accuracy_of_a_player():
    perfect = game(*[0.2] * 30)
    assert perfect.summaries["white"].accuracy == pytest.approx(100, abs=0.01)
    wild = game(0.0, 0.0, 0.0, 0.0, 0.0, -2.5, -2.5, -2.5)
    white, black = wild.summaries["white"], wild.summaries["black"]
    assert black.accuracy == pytest.approx(100, abs=0.01)
    assert 20 < white.accuracy < 80
    assert white.marks == {Mark.BLUNDER: 1} and white.moves == 4 and black.moves == 3
    assert turning_points(wild) == [5]


def test_a_move_is_as_accurate_as_lichess_says():
    # Ten points of a hundred: 103.1668 * exp(-0.4354) - 3.1669.
    loses = game(0.0, -1.1012)
    assert loses.judgements[1].lost == pytest.approx(0.1, abs=1e-4)
    assert loses.judgements[1].accuracy == pytest.approx(63.6, abs=0.1)
