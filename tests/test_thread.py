"""Folding a log: what each event does, and logs that can't be."""

from __future__ import annotations

from typing import Any

import pytest

from gamesock import record as r
from gamesock import registry
from gamesock.bot import Thought
from gamesock.game import BadOptions, Outcome
from gamesock.registry import NotRegistered
from gamesock.thread import CorruptLog, Thread, game_of

ANN, BOB = r.Player(name="ann", key="a" * 64), r.Player(name="bob", user="u1")


def fold(*events: tuple[type[Any], dict[str, Any]], game: str = "tic_tac_toe", **fields: Any) -> Thread:
    """A thread with these events, one second apart."""
    header = r.Header(game=game, thread="t", created=100.0, **fields)
    log = [kind(seq=seq, at=100.0 + seq, **given) for seq, (kind, given) in enumerate(events, 1)]
    return Thread(registry.game(game), header, log)


def moved(seat: str, move: str, **more: Any) -> tuple[type[Any], dict[str, Any]]:
    return r.Moved, {"seat": seat, "move": move, **more}


def test_a_new_thread() -> None:
    thread = fold()
    assert (thread.seq, thread.ply, thread.turned_seq, thread.changed_at) == (0, 0, 0, 100.0)
    assert thread.players == {"X": None, "O": None}
    assert thread.to_move == {"X"}
    assert (thread.started, thread.last, thread.outcome, thread.clock) == (False, None, None, None)


def test_players_come_and_go() -> None:
    thread = fold((r.Joined, {"seat": "X", "player": ANN}), (r.Joined, {"seat": "O", "player": BOB}))
    assert thread.players == {"X": ANN, "O": BOB}
    thread.apply(r.Left(seq=3, at=104.0, seat="X"))
    assert thread.players == {"X": None, "O": BOB}
    assert (thread.seq, thread.changed_at, thread.turned_seq) == (3, 104.0, 0)


def test_moves_are_kept_as_people_read_them() -> None:
    thought = Thought(seat="O", score=-1.0)
    thread = fold(moved("X", "0,0", id="m1"), moved("O", "1,1", by="ai", thought=thought))
    assert [(one.seat, one.move, one.notation, one.by) for one in thread.played] == [
        ("X", "0,0", "1", "player"),
        ("O", "1,1", "5", "ai"),
    ]
    assert thread.last == thread.played[-1]
    assert thread.answered == {("X", "m1"): 1}
    assert thread.thoughts == {"O": thought}
    assert (thread.started, thread.turned_seq) == (True, 2)


@pytest.mark.parametrize("ply", range(4))
def test_any_earlier_position_can_be_looked_at(ply: int) -> None:
    thread = fold(moved("X", "0,0"), moved("O", "1,1"), moved("X", "2,2"))
    assert thread.position_at(ply).dump() == {"moves": ["0,0", "1,1", "2,2"][:ply]}
    assert thread.position.dump() == {"moves": ["0,0", "1,1", "2,2"]}


@pytest.mark.parametrize(
    ("event", "standing"),
    [
        ((r.Declined, {"seat": "O", "offer": "draw"}), {}),
        (moved("X", "0,0"), {"draw": "X"}),
        ((r.Left, {"seat": "X"}), {}),
        ((r.Left, {"seat": "O"}), {"draw": "X"}),
        ((r.Joined, {"seat": "X", "player": BOB}), {}),
        ((r.Chatted, {"room": "players", "name": "ann", "text": "hi"}), {"draw": "X"}),
        ((r.Ended, {"winner": None, "reason": "agreement"}), {}),
    ],
)
def test_what_becomes_of_an_offer(event: tuple[type[Any], dict[str, Any]], standing: dict[str, str]) -> None:
    assert fold((r.Offered, {"seat": "X", "offer": "draw"}), event).offers == standing


def test_a_move_answers_every_offer_but_the_movers_draw() -> None:
    offers = [(r.Offered, {"seat": "X", "offer": offer}) for offer in ("draw", "takeback")]
    assert fold(*offers, moved("X", "0,0")).offers == {"draw": "X"}
    assert fold(*offers, moved("X", "0,0"), moved("O", "1,1")).offers == {}


def test_taking_back() -> None:
    thread = fold(
        moved("X", "0,0"), moved("O", "1,1"), moved("X", "2,2"), (r.TakenBack, {"seat": "X", "plies": 2})
    )
    assert (thread.ply, thread.to_move, thread.turned_seq) == (1, {"O"}, 4)
    assert thread.position.dump() == {"moves": ["0,0"]}


def test_the_end_and_what_follows() -> None:
    thread = fold(
        moved("X", "0,0"), (r.Ended, {"winner": "O", "reason": "resignation"}), (r.Rematched, {"thread": "next"})
    )
    assert thread.outcome == Outcome("O", "resignation")
    assert thread.to_move == frozenset()
    assert thread.next_thread == "next"


def test_clocks_run_once_both_have_moved_and_rest_at_the_end() -> None:
    events = [moved("X", "0,0"), moved("O", "1,1"), moved("X", "2,2")]
    running = [fold(*events[:n], clock="1+0").clock.running for n in range(4)]
    assert running == [frozenset(), frozenset(), {"X"}, {"O"}]
    thread = fold(*events, (r.Paused, {"seconds": 0.75}), (r.Ended, {"winner": None, "reason": "x"}), clock="1+0")
    assert thread.clock is not None and thread.clock.running == frozenset()
    assert thread.clock.left == {"X": 59.0, "O": 58.75}


@pytest.mark.parametrize(
    "event",
    [
        r.Moved(seq=2, at=1.0, seat="O", move="0,0"),
        r.Moved(seq=1, at=1.0, seat="O", move="0,0"),
        r.Moved(seq=1, at=1.0, seat="north", move="0,0"),
        r.Moved(seq=1, at=1.0, seat="X", move="9,9"),
        r.Moved(seq=1, at=1.0, seat="X", move=""),
        r.Joined(seq=1, at=1.0, seat="north", player=ANN),
        r.Left(seq=1, at=1.0, seat="north"),
        r.TakenBack(seq=1, at=1.0, seat="X", plies=1),
        r.Ran(seq=1, at=1.0, by="ai", state={}),
    ],
    ids=lambda event: f"{event.kind} {event.seq}",
)
def test_impossible_events(event: r.Event) -> None:
    thread = fold()
    with pytest.raises(CorruptLog, match="event"):
        thread.apply(event)
    assert (thread.seq, thread.ply) == (0, 0)


@pytest.mark.parametrize("game", ["chess", "connect4", "tic_tac_toe"])
@pytest.mark.parametrize("move", ["", "e2e5", "zzzz", "9", "a1a1", "☺"])
def test_moves_that_no_game_knows(game: str, move: str) -> None:
    seat = registry.game(game).seats[0]
    with pytest.raises(CorruptLog):
        fold(moved(seat, move), game=game)


def test_a_thread_that_cannot_start() -> None:
    with pytest.raises(BadOptions):
        fold(options={"size": 5})
    with pytest.raises(ValueError, match="time control"):
        fold(clock="soon")
    with pytest.raises(NotRegistered):
        game_of(r.Header(game="nine-mens-morris", thread="t", created=0.0))


def test_the_game_of_a_header() -> None:
    assert game_of(r.Header(game="chess", thread="t", created=0.0)).title == "Chess"


def test_a_clock_that_is_none_is_a_corrupt_log() -> None:
    header = r.Header(game="chess", thread="t", created=0.0, clock="garbage")
    with pytest.raises(CorruptLog, match="garbage"):
        Thread(registry.game("chess"), header)
