"""The client's picture: what each message changes, and how a gap is noticed and closed."""

from __future__ import annotations

from typing import Any

import pytest
from room import Room

from gamesock import protocol as p
from gamesock.mirror import Change, Mirror


def room() -> Room:
    """Ann plays Bob, Eve watches."""
    table = Room()
    table.seat("ann", "X")
    table.seat("bob", "O")
    table.enter("eve")
    return table


def known(**fields: Any) -> Mirror:
    """A mirror after one full state."""
    mirror = Mirror()
    full = room().full("eve") | fields
    mirror.apply(p.StateUpdate.model_validate(full))
    return mirror


def test_an_empty_mirror_knows_nothing() -> None:
    mirror = Mirror()
    assert (mirror.outcome, mirror.my_turn, mirror.moving, mirror.clock) == (None, False, None, None)
    assert (mirror.offer("draw"), mirror.claim_after) == (None, None)
    assert mirror.apply(p.Presence(players={})) == Change.PLAYERS
    assert mirror.apply(p.Info(message="hello")) == Change.NOTHING


def test_whose_turn_it_is() -> None:
    table = room()
    ann, bob, eve = (table.guests[name].mirror for name in ("ann", "bob", "eve"))
    assert (ann.my_turn, bob.my_turn, eve.my_turn) == (True, False, False)
    table.play(("ann", 5))
    assert (ann.my_turn, bob.my_turn, eve.moving) == (False, True, "O")
    table.ask("ann", p.Resign())
    assert (bob.my_turn, bob.moving) == (False, None)


def test_histories_are_completed_from_deltas() -> None:
    table = room()
    table.play(("ann", 5), ("bob", 1))
    last = table.guests["eve"].told[-1]
    assert isinstance(last, p.StateUpdate) and last.delta is not None
    assert "move_history" not in last.state
    assert len(table.guests["eve"].mirror.state["move_history"]) == 2
    table.ask("bob", p.OfferTakeback())
    table.ask("ann", p.AcceptTakeback())
    assert len(table.guests["eve"].mirror.state["move_history"]) == 1
    assert table.guests["eve"].mirror.notations == ["5"]


def test_offers_come_and_go() -> None:
    table = room()
    mirror = table.guests["bob"].mirror
    table.play(("ann", 5), ("bob", 1))
    table.ask("ann", p.OfferDraw())
    assert (mirror.offer("draw"), mirror.offer("takeback")) == ("X", None)
    table.ask("bob", p.DeclineDraw())
    assert mirror.offer("draw") is None


def test_seats_follow_acks_leaving_and_bots() -> None:
    table = room()
    mirror = table.guests["ann"].mirror
    assert mirror.seats == ("X",)
    table.ask("ann", p.SetBot(seat="X", bot="random"))
    assert mirror.seats == ()
    assert mirror.table is not None and mirror.table.players["X"].kind == "bot"


@pytest.mark.parametrize(
    ("message", "change"),
    [
        (p.ChatMessage(seq=3, room="players", name="ann", text="hi", at=1.0), Change.CHAT),
        (p.Skipped(seq=3), Change.NOTHING),
        (p.BotFailedMessage(seq=3, bot="random", reason="tired"), Change.ERROR),
        (p.Error(code=p.Code.STALE, message="late"), Change.ERROR),
        (p.Ack(seq=3), Change.NOTHING),
        (p.Ack(seq=3, seat="X"), Change.SEATS),
        (p.LeftMessage(seq=3, seat="X"), Change.PLAYERS | Change.OFFERS),
        (p.ClockMessage(seq=3, clock=p.ClockView(control="1", left={}, now=1.0)), Change.CLOCK),
        (p.Offer(seq=3, seat="X", offer="draw"), Change.OFFERS),
        (p.RematchMessage(seq=3, next_thread="n"), Change.OFFERS),
        (
            p.GameOver(seq=3, outcome=p.OutcomeView(winner="X", reason="resignation"), reason="resignation"),
            Change.OUTCOME | Change.CLOCK | Change.OFFERS,
        ),
        (p.GoingAway(retry_after_ms=5), Change.NOTHING),
    ],
    ids=lambda value: getattr(value, "type", ""),
)
def test_each_message_says_what_it_changed(message: p.ServerMessage, change: Change) -> None:
    assert known().apply(message) == change


def test_older_news_is_left_aside() -> None:
    mirror = known()
    before = mirror.table
    for seq in (1, 2):
        assert mirror.apply(p.LeftMessage(seq=seq, seat="X")) == Change.NOTHING
    assert mirror.table == before
    chat = p.ChatMessage(seq=3, room="players", name="ann", text="hi", at=1.0)
    mirror.apply(chat)
    assert mirror.apply(chat) == Change.NOTHING
    assert len(mirror.chat) == 1


def test_an_older_full_state_is_left_aside_and_one_of_another_epoch_is_not() -> None:
    mirror = known(seq=9)
    assert mirror.apply(p.StateUpdate.model_validate(room().full("eve"))) == Change.NOTHING
    other = room().full("eve") | {"epoch": "e2"}
    mirror.apply(p.ChatMessage(seq=10, room="players", name="ann", text="hi", at=1.0))
    assert Change.BOARD in mirror.apply(p.StateUpdate.model_validate(other))
    assert (mirror.seq, mirror.epoch, len(mirror.chat)) == (2, "e2", 0)


def test_a_gap_holds_news_back_until_the_missed_events_came() -> None:
    mirror = known()
    assert mirror.apply(p.LeftMessage(seq=5, seat="X")) == Change.NOTHING
    assert (mirror.gap, mirror.seq) == (True, 2)
    for seq in (3, 4):
        mirror.apply(p.Skipped(seq=seq))
    assert (mirror.gap, mirror.seq) == (False, 4)
    assert Change.PLAYERS in mirror.apply(p.LeftMessage(seq=5, seat="X"))


def test_a_gap_is_closed_by_a_full_state_too() -> None:
    table = room()
    table.guests["eve"].deaf = True
    table.play(("ann", 5))
    table.guests["eve"].deaf = False
    table.play(("bob", 1))
    mirror = table.guests["eve"].mirror
    assert (mirror.gap, mirror.notations) == (True, [])
    table.ask("eve", p.GetState())
    assert (mirror.gap, mirror.notations, mirror.seq) == (False, ["5", "1"], table.thread.seq)


def test_resuming_brings_what_was_missed_also_who_came_and_went() -> None:
    table = room()
    eve = table.guests["eve"]
    eve.deaf = True
    table.play(("ann", 5), ("bob", 1))
    table.ask("bob", p.Leave())
    table.seat("cid", "O")
    table.ask("cid", p.Chat(text="hello"))
    table.play(("ann", 2))
    table.resume("eve")
    assert (eve.mirror.gap, eve.mirror.seq) == (False, table.thread.seq)
    assert eve.mirror.notations == ["5", "1", "2"]
    assert eve.mirror.table is not None and eve.mirror.table.players["O"].name == "cid"


def test_looking_back_is_no_news() -> None:
    table = room()
    table.play(("ann", 5), ("bob", 1))
    mirror = table.enter("late").mirror
    table.ask("late", p.GetState(ply=1))
    assert (mirror.ply, mirror.seq) == (2, table.thread.seq)
    page = mirror.pages[1]
    assert (page.ply, page.notation, len(page.state["move_history"])) == (1, "5", 1)
    assert page.picture is not None and page.picture.cells[4] == "X"


def test_pages_of_moves_taken_back_are_forgotten() -> None:
    table = room()
    table.play(("ann", 5), ("bob", 1))
    mirror = table.guests["eve"].mirror
    assert set(mirror.pages) == {0, 1, 2}
    table.ask("ann", p.OfferTakeback())
    table.ask("bob", p.AcceptTakeback())
    assert set(mirror.pages) == {0}
    table.play(("ann", 1))
    assert mirror.pages[1].notation == "1"


def test_the_next_game_is_known_to_latecomers() -> None:
    table = room()
    table.ask("ann", p.Resign())
    table.ask("ann", p.Rematch())
    table.ask("bob", p.Rematch())
    assert table.enter("late").mirror.next_thread == table.opened[0].header.thread


def test_clocks_and_players_of_no_seat_of_the_table_make_no_sense() -> None:
    clock = p.ClockView(control="5+0", left={"green": 1.0}, now=1.0)
    player = p.PlayerView(name="x")
    outcome = p.OutcomeView(reason="resignation")
    for news in (
        p.ClockMessage(seq=100, clock=clock),
        p.GameOver(seq=100, outcome=outcome, reason="resignation", clock=clock),
        p.JoinedMessage(seq=100, seat="green", player=player),
        p.Presence(players={"green": player}),
    ):
        mirror = known(seq=99)
        with pytest.raises(ValueError, match="there is no seat 'green'"):
            mirror.apply(news)
