"""Clocks: every kind of time control, by tables, then by properties."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gamesock.clock import Clock, TimeControl

WHITE, BLACK, BOTH = frozenset({"white"}), frozenset({"black"}), frozenset({"white", "black"})
DAY = 86400.0


def clock(control: str) -> Clock:
    return Clock.fresh(TimeControl.parse(control), ["white", "black"])


# Time controls


@pytest.mark.parametrize(
    ("text", "control", "written"),
    [
        ("5+3", TimeControl("increment", 300, 3), "5+3"),
        (" 5+3 ", TimeControl("increment", 300, 3), "5+3"),
        ("10", TimeControl("increment", 600), "10"),
        ("10+0", TimeControl("increment", 600), "10"),
        ("0.5", TimeControl("increment", 30), "0.5"),
        ("0+3", TimeControl("increment", 0, 3), "0+3"),
        ("1.5+0.1", TimeControl("increment", 90, 0.1), "1.5+0.1"),
        ("5d3", TimeControl("delay", 300, 3), "5d3"),
        ("5D3", TimeControl("delay", 300, 3), "5d3"),
        ("5d0", TimeControl("delay", 300, 0), "5d0"),
        ("5b3", TimeControl("bronstein", 300, 3), "5b3"),
        ("30s/move", TimeControl("per_move", 30), "30s/move"),
        ("2592000s/move", TimeControl("per_move", 2592000), "2592000s/move"),
        ("1d/move", TimeControl("days", DAY), "1d/move"),
        ("1 day/move", TimeControl("days", DAY), "1d/move"),
        ("14 days/move", TimeControl("days", 14 * DAY), "14d/move"),
    ],
)
def test_a_time_control_is_read_and_written(text: str, control: TimeControl, written: str) -> None:
    assert TimeControl.parse(text) == control
    assert str(control) == written
    assert TimeControl.parse(written) == control


@pytest.mark.parametrize("text", ["", "blitz", "5+", "+3", "-5+3", "5+-3", "5x3", "5+3+2", "1e3", "nan", "2d"])
def test_what_is_no_time_control_is_refused_with_those_there_are(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no time control: use 5\+3 .* or 2d/move"):
        TimeControl.parse(text)


@pytest.mark.parametrize("text", ["0", "0+0", "0.01", "0d0.5", "0s/move", "0d/move", "31d/move", "9" * 400])
def test_too_little_or_too_much_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="between a second and thirty days"):
        TimeControl.parse(text)


decimals = st.decimals(0, 40_000, places=6).map(lambda number: f"{number:f}")


@given(decimals, st.sampled_from(["", "+", "d", "b", "s/move"]), decimals)
def test_whatever_is_read_is_written_so_that_it_reads_the_same(base: str, kind: str, extra: str) -> None:
    try:
        control = TimeControl.parse(base + kind + (extra if kind in "+db" and kind else ""))
    except ValueError:
        assume(False)
    assert TimeControl.parse(str(control)) == control


# One move, by kind: a turn begins at 1000, and white moves after some seconds


@pytest.mark.parametrize(
    ("control", "used", "left"),
    [
        ("5", 12, 288),
        ("5+3", 0, 303),
        ("5+3", 12, 291),
        ("0+3", 1, 5),
        ("5d3", 0, 300),
        ("5d3", 3, 300),
        ("5d3", 12, 291),
        ("5b3", 0, 300),
        ("5b3", 2, 300),
        ("5b3", 12, 291),
        ("30s/move", 12, 30),
        ("2d/move", DAY, 2 * DAY),
    ],
)
def test_what_a_move_leaves(control: str, used: float, left: float) -> None:
    turn = clock(control).turn(WHITE, 1000)
    other = turn.remaining("black", 1000)
    moved = turn.moved("white", 1000 + used)
    assert moved.left == {"white": left, "black": other}
    assert moved.running == frozenset()
    assert moved.remaining("white", 5000) == left


@pytest.mark.parametrize(
    ("control", "used", "remaining"),
    [
        ("5+3", 0, 300),
        ("5+3", 299, 1),
        ("5+3", 301, 0),
        ("5d3", 3, 300),
        ("5d3", 4, 299),
        ("5d3", 1000, 0),
        ("5b3", 3, 297),
        ("30s/move", 29.5, 0.5),
        ("1d/move", DAY, 0),
    ],
)
def test_what_a_running_clock_shows(control: str, used: float, remaining: float) -> None:
    turn = clock(control).turn(WHITE, 1000)
    assert turn.remaining("white", 1000 + used) == remaining
    assert turn.spend("white", 1000 + used) == used
    assert (turn.remaining("black", 1000 + used), turn.spend("black", 1000 + used)) == (turn.left["black"], 0)


@pytest.mark.parametrize(
    ("control", "deadline"),
    [
        ("5", 300),
        ("5+3", 300),
        ("0+3", 3),
        ("5d3", 303),
        ("5b3", 300),
        ("30s/move", 30),
        ("2d/move", 2 * DAY),
    ],
)
def test_the_flag_falls_at_the_deadline(control: str, deadline: float) -> None:
    turn = clock(control).turn(BLACK, 1000)
    assert turn.deadline() == 1000 + deadline
    assert turn.flagged(1000 + deadline - 0.001) is None
    assert turn.flagged(1000 + deadline) == "black"
    assert turn.stopped(1000 + deadline + 9).left["black"] == 0


def test_a_game_goes_on() -> None:
    turn = clock("5+3").turn(WHITE, 0)
    for now, mover, others in ((10, "white", BLACK), (30, "black", WHITE), (31, "white", BLACK)):
        turn = turn.moved(mover, now).turn(others, now)
    assert turn.left == {"white": 300 - 10 + 3 - 1 + 3, "black": 300 - 20 + 3}
    assert turn.deadline() == 31 + 283


# At rest, paused, several at once


def test_a_clock_at_rest_loses_nothing() -> None:
    rest = clock("5+3")
    assert rest.remaining("white", 1e9) == 300
    assert (rest.deadline(), rest.flagged(1e9)) == (None, None)
    stopped = rest.turn(WHITE, 0).stopped(60)
    assert stopped.remaining("white", 1e9) == 240
    assert stopped.moved("white", 1e9).left["white"] == 240, "a move off the clock earns nothing"


@pytest.mark.parametrize("control", ["5+3", "5d3", "5b3", "30s/move", "2d/move"])
def test_a_pause_costs_nobody_anything(control: str) -> None:
    turn = clock(control).turn(WHITE, 1000)
    paused = turn.paused(500)
    for later in (0, 2, 7, 40):
        assert paused.remaining("white", 1500 + later) == turn.remaining("white", 1000 + later)
        assert paused.moved("white", 1500 + later).left == turn.moved("white", 1000 + later).left
    deadline = turn.deadline()
    assert deadline is not None and paused.deadline() == deadline + 500


def test_a_clock_set_back_charges_nobody() -> None:
    turn = clock("5b3").turn(WHITE, 1000)
    assert turn.remaining("white", 900) == 300
    assert turn.moved("white", 900).left["white"] == 300
    assert turn.flagged(900) is None


def test_a_turn_taken_back_hands_the_time_over() -> None:
    turn = clock("5+3").turn(WHITE, 0).turn(BLACK, 10)
    assert (turn.left, turn.running) == ({"white": 290, "black": 300}, BLACK)
    again = clock("30s/move").turn(WHITE, 0).turn(BLACK, 20).turn(WHITE, 25)
    assert again.left["white"] == 30, "every move has all of its time"


@pytest.mark.parametrize(
    ("control", "black"), [("5", 280), ("5+3", 283), ("5d3", 283), ("5b3", 283), ("30s/move", 30)]
)
def test_one_seats_move_does_not_touch_anothers_turn(control: str, black: float) -> None:
    turn = clock(control).turn(BOTH, 0).moved("white", 15).turn(BLACK, 15)
    assert turn.running == BLACK
    assert turn.spend("black", 16) == 16
    assert turn.moved("black", 20).left["black"] == black


def test_of_two_flags_the_first_seats_is_told() -> None:
    turn = clock("5").turn(BOTH, 0)
    assert turn.flagged(300) == "white"
    assert turn.moved("white", 299).flagged(300) == "black"


# Properties

controls = st.sampled_from(["1", "1+2", "0+2", "1d2", "0d2", "1b2", "0b2", "30s/move", "1d/move"])
spans = st.floats(0, 100)
turns = st.lists(st.tuples(spans, st.booleans(), spans), max_size=12)


def play(control: str, moves: list[tuple[float, bool, float]], start: float) -> tuple[Clock, float, list[float]]:
    """A game of alternating moves: each with a time to think, and a pause in it or not."""
    now, used, seats = start, [0.0, 0.0], ["white", "black"]
    game = clock(control).turn(WHITE, now)
    for number, (think, away, pause) in enumerate(moves):
        now += think
        if away:
            now += pause
            game = game.paused(pause)
        if game.flagged(now):
            break
        used[number % 2] += think
        mover, other = seats[number % 2], seats[1 - number % 2]
        game = game.moved(mover, now).turn(frozenset({other}), now)
    return game, now, used


@given(controls, turns, spans)
def test_what_remains_is_never_negative(
    control: str, moves: list[tuple[float, bool, float]], later: float
) -> None:
    game, now, _ = play(control, moves, 1.7e9)
    for at in (now - later, now, now + later):
        assert all(game.remaining(seat, at) >= 0 for seat in game.left)
        assert all(left >= 0 for left in game.stopped(at).left.values())


@given(st.integers(1, 60), st.integers(0, 20), turns)
def test_time_is_neither_made_nor_lost(minutes: int, extra: int, moves: list[tuple[float, bool, float]]) -> None:
    """With an increment: what was there, plus one for each move made, less what was thought."""
    game, _, used = play(f"{minutes}+{extra}", moves, 0.0)
    assume(not any(left == 0 for left in game.left.values()))
    made = [(len(moves) + 1) // 2, len(moves) // 2]
    assume(game.flagged(game.since) is None and sum(used) == pytest.approx(sum(think for think, *_ in moves)))
    for seat, number, thought in zip(("white", "black"), made, used, strict=True):
        assert game.left[seat] == pytest.approx(minutes * 60 + number * extra - thought, abs=1e-6)


@given(st.sampled_from(["1d2", "1b2"]), turns)
def test_a_delay_never_leaves_more_than_there_was(control: str, moves: list[tuple[float, bool, float]]) -> None:
    game, _, _ = play(control, moves, 0.0)
    assert all(left <= 60 + 1e-6 for left in game.left.values())


@given(st.integers(1, 9), st.integers(0, 9), turns)
def test_delay_and_bronstein_leave_the_same_while_nobody_runs_short(
    minutes: int, extra: int, moves: list[tuple[float, bool, float]]
) -> None:
    delay, now, _ = play(f"{minutes}d{extra}", moves, 0.0)
    bronstein, then, _ = play(f"{minutes}b{extra}", moves, 0.0)
    assume(now == then and min(*delay.left.values(), *bronstein.left.values()) > extra)
    assert delay.left == pytest.approx(bronstein.left, abs=1e-6)


@given(controls, turns, st.floats(0, 2e9))
def test_at_its_deadline_a_clock_is_flagged_and_before_it_is_not(
    control: str, moves: list[tuple[float, bool, float]], start: float
) -> None:
    """A timer set to the deadline finds the flag fallen, however large the numbers."""
    game, _, _ = play(control, moves, start)
    deadline = game.deadline()
    assert deadline is not None
    assert game.flagged(deadline) is not None
    assert game.flagged(deadline - 0.001) is None
