"""Replays: the pictures of a recording, and the stream a viewer got, fold to the same thread."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import orjson
import pytest

from gamesock import protocol as p
from gamesock import record as r
from gamesock.mirror import Mirror
from gamesock.registry import NotRegistered
from gamesock.replay import messages, replay
from gamesock.tell import View
from gamesock.thread import CorruptLog

RECORDINGS = Path(__file__).parent.parent / "recordings"


def load(name: str) -> tuple[r.Header, list[r.Event]]:
    return r.loads((RECORDINGS / f"{name}.jsonl").read_text(encoding="utf-8"))


def folded(told: Iterable[dict[str, Any]]) -> Mirror:
    mirror = Mirror()
    for message in told:
        mirror.apply(p.parse_server(orjson.dumps(message)))
        assert not mirror.gap, message
    return mirror


def test_a_replay_shows_the_start_each_move_and_the_end() -> None:
    updates = list(replay(*load("chess/1851-london-anderssen-kieseritzky")))
    assert [update.ply for update in updates] == [*range(46), 45]
    assert updates[0].notation is None and [update.notation for update in updates[1:4]] == ["e4", "e5", "f4"]
    assert updates[10].notations is not None and len(updates[10].notations) == 10
    for update in updates:
        assert update.table and update.table.players["white"] and update.picture
        assert update.table.players["white"].name == "Adolf Anderssen" and update.table.players["white"].here
        assert update.table.tags["site"] == "London"
    ended = updates[-1].table and updates[-1].table.outcome
    assert ended == p.OutcomeView(winner="white", reason="checkmate")
    assert all(update.table and update.table.outcome is None for update in updates[:-1])


def test_takebacks_are_shown() -> None:
    updates = list(replay(*load("chess/shows-takebacks")))
    back = [update for update in updates if update.last_action == "takeback"]
    assert [(update.ply, update.notations) for update in back] == [
        (2, ["e4", "e5"]),
        (5, ["e4", "e5", "Nf3", "Nc6", "Bb5"]),
    ]
    mirror = Mirror()
    for update in updates:
        mirror.apply(update)
        assert mirror.ply == update.ply and mirror.state == update.state
    assert mirror.notations == ["e4", "e5", "Nf3", "Nc6", "Bb5", "Nf6", "O-O"]


def test_clocks_show_the_time_of_then() -> None:
    header, events = load("chess/ends-timeout")
    *_, flagged, ended = replay(header, events)
    assert flagged.table and flagged.table.clock and ended.table and ended.table.clock
    assert flagged.table.clock.running == ("white",) and ended.table.clock.running == ()
    assert ended.table.clock.left["white"] == 0 < ended.table.clock.left["black"]
    assert flagged.table.clock.now == next(e.at for e in reversed(events) if e.kind == "moved")


def test_a_game_that_never_began_and_one_under_way() -> None:
    header, events = load("chess/1910-vienna-reti-tartakower")
    (nothing,) = replay(header, [])
    assert nothing.ply == 0 and nothing.seq == 0 and nothing.table and nothing.table.outcome is None
    (seated,) = replay(header, events[:2])
    assert seated.table and all(seated.table.players.values())
    assert [update.ply for update in replay(header, events[:5])] == [0, 1, 2, 3]


def test_what_the_log_cannot_hold_is_told_with_its_reason() -> None:
    header, events = load("chess/1910-vienna-reti-tartakower")
    wrong = r.Moved(seq=3, at=events[1].at, seat="white", move="e2e5")
    with pytest.raises(CorruptLog, match=r"event 3 \(moved\): .*e2e5"):
        list(replay(header, [*events[:2], wrong]))
    with pytest.raises(CorruptLog, match="event 4 follows event 2"):
        list(messages(header, [*events[:2], events[3]], View()))
    with pytest.raises(CorruptLog, match="the game can't be started: fen: "):
        list(replay(header.model_copy(update={"options": {"fen": "nonsense"}}), events))
    with pytest.raises(CorruptLog, match="no time control"):
        list(replay(header.model_copy(update={"clock": "soon"}), events))
    with pytest.raises(NotRegistered, match="there is chess"):
        list(replay(header.model_copy(update={"game": "go"}), events))


def test_messages_are_those_of_a_living_server() -> None:
    told = list(messages(*load("chess/shows-talk-and-rematch"), View(greeted=True, deltas=True, picture=True)))
    assert [message["type"] for message in told] == [
        "state_update", "joined", "joined", "skipped", "skipped",
        "state_update", "state_update", "chat", "state_update", "state_update", "game_over",
        "chat", "offer", "rematch",
    ]  # fmt: skip
    mate = told[9]
    assert mate["notation"] == "Qh4#" and mate["table"]["outcome"] == {"winner": "black", "reason": "checkmate"}
    assert "board_fens" not in mate["state"] and len(mate["delta"]["appended"]["board_fens"]) == 1
    mirror = folded(told)
    assert [said.text for said in mirror.chat] == ["Is that a good idea?", "It was not."]
    assert mirror.next_thread and mirror.outcome == p.OutcomeView(winner="black", reason="checkmate")


def test_players_hear_their_own_room_and_seed_clients_the_moves_alone() -> None:
    game = load("chess/shows-talk-and-rematch")
    player = folded(messages(*game, View(player=True, greeted=True)))
    assert [said.text for said in player.chat] == ["Have a good game!", "You too ♞", "It was not."]
    assert [told["type"] for told in messages(*game, View())] == ["state_update"] * 5
    resigned = list(messages(*load("chess/ends-resignation"), View()))
    assert resigned[-1]["type"] == "game_over" and "table" not in resigned[1]
