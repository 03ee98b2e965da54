"""The game of a foreign agent: its states are taken as they come."""

from typing import Any

import pytest
from room import Room, events, portrait

from gamesock import record as r
from gamesock.foreign import ForeignGame, ForeignPosition
from gamesock.game import BadOptions, IllegalMove, Outcome
from gamesock.thread import CorruptLog, Thread, game_of


def room() -> Room:
    return Room(ForeignGame("Nim"), options={"state": {"heaps": [3, 4]}}, foreign=True)


@pytest.mark.parametrize(
    ("state", "outcome"),
    [
        ({}, None),
        ({"game_status": "ongoing"}, None),
        ({"game_status": "red_win"}, Outcome("red", "won")),
        ({"game_status": "X_win", "winner": "X"}, Outcome("X", "won")),
        ({"game_status": "draw"}, Outcome(None, "draw")),
        ({"game_status": "checkmate", "winner": "white"}, Outcome("white", "checkmate")),
        ({"status": "finished"}, Outcome(None, "finished")),
        ({"status": "Draw"}, Outcome(None, "draw")),
        ({"game_status": "ongoing", "status": "finished", "winner": "red"}, None),
        ({"winner": "ann"}, Outcome("ann", "won")),
        ({"winner": None}, None),
        ({"game_status": None, "winner": 2}, Outcome("2", "won")),
    ],
)
def test_the_end_is_read_from_the_state(state: dict[str, Any], outcome: Outcome | None) -> None:
    assert ForeignPosition(state).outcome() == outcome


def test_only_the_agent_knows_the_moves() -> None:
    game = ForeignGame("Nim")
    position = game.start({"state": {"heaps": [3]}}, 0)
    assert (position.to_move, position.legal_moves()) == (frozenset(), [])
    for forbidden in (lambda: position.play("1"), lambda: game.parse(position, 1)):
        with pytest.raises(IllegalMove):
            forbidden()
    assert position.picture(None).text() == ""
    with pytest.raises(BadOptions):
        game.start({}, 0)


def test_a_run_shows_the_new_state_to_everyone_and_the_past_stays() -> None:
    table = room()
    table.enter("ann")
    table.carry_out(table.session.ran({"heaps": [3, 1]}, "player", {"take": 3}, "m1", table.now))
    table.carry_out(table.session.ran({"heaps": [0, 1]}, "ai", None, None, table.now))
    mirror = table.guests["ann"].mirror
    assert mirror.state == {"heaps": [0, 1]}
    assert (mirror.ply, mirror.notations) == (2, ["", ""])
    assert [table.full("ann", ply=ply)["state"]["heaps"] for ply in range(3)] == [[3, 4], [3, 1], [0, 1]]
    assert table.thread.answered == {(None, "m1"): 1}


def test_the_end_is_an_event_and_comes_once() -> None:
    table = room()
    ended = table.session.ran({"game_status": "draw"}, "ai", None, None, table.now)
    assert [event.kind for event in events(ended)] == ["ran", "ended"]


def test_a_failing_agent_is_an_event_while_the_game_goes_on() -> None:
    from gamesock.session import AskBot

    table, nobody = room(), AskBot("", None, None, None)
    failed = table.session.bot_failed(nobody, "Nim", "it raised", 0, table.now)
    assert [(event.kind, event.seat) for event in events(failed)] == [("bot_failed", None)]
    table.session.ran({"game_status": "draw"}, "ai", None, None, table.now)
    assert table.session.bot_failed(nobody, "Nim", "it raised", 1, table.now) == []


def test_its_thread_is_folded_from_its_log() -> None:
    table = room()
    table.carry_out(table.session.ran({"heaps": [1]}, "player", [1, {"a": None}], "m1", table.now))
    header, stored = r.loads(r.dumps(table.header, table.log))
    assert portrait(Thread(game_of(header), header, stored)) == portrait(table.thread)
    with pytest.raises(CorruptLog):
        Thread(game_of(header), header, [r.Moved(seq=1, at=0.0, seat="X", move="1")])
