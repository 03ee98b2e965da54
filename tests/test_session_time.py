"""Clocks in a session: when they start, run, stand still, and what a fallen flag means."""

import pytest
from room import Room, events, kinds

from gamesock import protocol as p
from gamesock.game import Outcome
from gamesock.protocol import Code

START = "rnbqkbnr/pppppppp/8/8/8/8/PPPPPPPP/RNBQKBNR w KQkq - 0 1"


def two(clock: str = "1+0", fen: str = START, moves: tuple[str, str] = ("e4", "e5")) -> Room:
    room = Room("chess", clock=clock, options={"fen": fen})
    room.seat("ann", "white")
    room.seat("bob", "black")
    room.play(("ann", moves[0]), ("bob", moves[1]))
    return room


def left(room: Room) -> tuple[float, float]:
    clock = room.thread.clock
    assert clock is not None
    return clock.remaining("white", room.now), clock.remaining("black", room.now)


def test_nobody_pays_for_the_first_moves() -> None:
    room = Room("chess", clock="1+0")
    room.seat("ann")
    room.seat("bob")
    for name, move in (("ann", "e4"), ("bob", "e5")):
        room.now += 500
        assert room.session.deadline() is None
        room.play((name, move))
    assert left(room) == (60, 60)
    assert room.session.deadline() == room.now + 60


def test_the_mover_pays_and_earns_the_increment() -> None:
    room = two("1+2")
    room.now += 10
    assert left(room) == (50, 60)
    room.play(("ann", "Nf3"))
    assert left(room) == (52, 60)
    room.now += 1
    assert left(room) == (52, 59)


def test_the_flag_falls_exactly_at_the_deadline() -> None:
    room = two()
    room.now += 59.999
    assert room.tick() == []
    room.now = room.session.deadline() or 0.0
    assert kinds(room.tick()) == ["ended"]
    assert room.thread.outcome == Outcome("black", "timeout")
    assert room.session.deadline() is None
    assert room.tick() == []


def test_a_move_after_the_flag_fell_is_refused_and_the_log_has_the_timeout() -> None:
    room = two()
    room.now += 60
    assert room.refused("ann", p.MakeMove(move="Nf3")) is Code.GAME_OVER
    assert (room.log[-1].kind, room.log[-1].at) == ("ended", 1060.0)
    assert room.guests["bob"].mirror.table.clock.left == {"white": 0.0, "black": 60.0}


def test_a_move_just_in_time_counts() -> None:
    room = two("1+5")
    room.now += 59.9
    room.play(("ann", "Nf3"))
    assert left(room)[0] == pytest.approx(5.1)


@pytest.mark.parametrize(
    ("fen", "moves", "outcome"),
    [
        ("k7/8/8/8/8/8/7P/K7 w - - 0 1", ("h3", "Kb7"), Outcome(None, "timeout_insufficient_material")),
        ("k7/7p/8/8/8/8/8/K6R w - - 0 1", ("Kb2", "Kb7"), Outcome("black", "timeout")),
    ],
)
def test_only_who_could_still_win_wins_on_time(fen: str, moves: tuple[str, str], outcome: Outcome) -> None:
    room = two(fen=fen, moves=moves)
    room.now += 61
    room.tick()
    assert room.thread.outcome == outcome


def test_a_bots_answer_after_its_flag_fell_comes_too_late() -> None:
    room = Room("chess", clock="1+0")
    room.seat("ann", "white")
    room.ask("ann", p.SetBot(seat="black", bot="alphabeta"))
    room.play(("ann", "e4"))
    room.answer("e7e5")
    room.play(("ann", "Nf3"))
    room.now += 60
    room.tick()
    assert room.answer("b8c6") == []
    assert room.thread.outcome == Outcome("white", "timeout")


def test_the_end_stops_the_clocks() -> None:
    room = two()
    room.now += 10
    room.ask("bob", p.Resign())
    room.now += 1000
    assert left(room) == (50, 60)
    clock = room.guests["ann"].mirror.clock
    assert clock is not None and (clock.running, clock.left["white"]) == ((), 50.0)


def test_a_takeback_gives_the_turn_back_but_no_time() -> None:
    room = two()
    room.now += 10
    room.play(("ann", "Nf3"))
    room.now += 5
    room.ask("ann", p.OfferTakeback())
    room.ask("bob", p.AcceptTakeback())
    assert left(room) == (50, 55)
    room.now += 1
    assert left(room) == (49, 55)


def test_a_takeback_to_the_first_moves_stops_the_clocks() -> None:
    room = two()
    room.now += 10
    room.ask("ann", p.OfferTakeback())
    room.ask("bob", p.AcceptTakeback())
    assert room.session.deadline() is None
    room.now += 100
    assert left(room) == (50, 60)


@pytest.mark.parametrize(("away", "paid"), [(30.0, 10.0), (0.0, 40.0)])
def test_nobody_pays_while_the_server_is_away(away: float, paid: float) -> None:
    room = two()
    room.now += 10
    again = room.restored(later=30)
    effects = again.session.returned(again.now - away, again.now)
    assert kinds(effects) == ["paused"]
    assert again.tick() == []
    assert left(again) == pytest.approx((60 - paid, 60))


def test_a_pause_is_no_longer_than_the_turn() -> None:
    room = two()
    again = room.restored(later=500)
    (paused,) = events(again.session.returned(10.0, again.now))
    assert paused.seconds == 500
    assert left(again) == (60, 60)


def test_nothing_is_paused_that_does_not_run() -> None:
    room = two()
    room.ask("ann", p.Resign())
    assert room.restored().session.returned(1.0, 2000.0) == []
    assert two("2d/move").restored(later=100).session.returned(1.0, 1100.0) == []
    assert Room("chess").session.returned(1.0, 2.0) == []


def test_after_a_restart_everyone_has_been_away_only_since_then() -> None:
    again = two("10+0").restored(later=500)
    again.session.returned(1000.0, again.now)
    assert again.session.away == {"white": 1500.0, "black": 1500.0}


def test_a_clock_that_went_back_harms_nothing() -> None:
    room = two()
    room.now -= 100
    room.play(("ann", "Nf3"))
    assert room.log[-1].at == 1000.0
    assert room.thread.clock is not None and room.thread.clock.left == {"white": 60.0, "black": 60.0}
