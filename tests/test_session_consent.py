"""Ends and turns by the players' will: resigning, aborting, draws, takebacks, claims, rematches."""

import re

import pytest
from room import Room, acks, asks, events, kinds

from gamesock import protocol as p
from gamesock import session as s
from gamesock.bot import Thought
from gamesock.game import Outcome
from gamesock.protocol import Code
from gamesock.thread import Thread

SHUFFLE = (("ann", "Nf3"), ("bob", "Nf6"), ("ann", "Ng1"), ("bob", "Ng8"))


def two(game: str = "chess", *, started: bool = True, **fields: object) -> Room:
    """Ann and Bob in the first and second seat of a game that has begun."""
    room = Room(game, **fields)
    room.seat("ann")
    room.seat("bob")
    room.enter("eve")
    if started:
        room.play(("ann", "e4"), ("bob", "e5"))
    return room


CONSENT = [
    p.Resign(),
    p.Abort(),
    p.OfferDraw(),
    p.AcceptDraw(),
    p.DeclineDraw(),
    p.ClaimDraw(),
    p.ClaimWin(),
    p.OfferTakeback(),
    p.AcceptTakeback(),
    p.DeclineTakeback(),
]


@pytest.mark.parametrize("message", CONSENT, ids=lambda message: message.type)
def test_only_players_and_only_while_the_game_goes_on(message: p.ClientMessage) -> None:
    room = two()
    assert room.refused("eve", message) is Code.NOT_A_PLAYER
    room.ask("ann", p.Resign())
    assert room.refused("bob", message) is Code.GAME_OVER


# Resigning


def test_resigning_loses() -> None:
    room = two()
    assert kinds(room.ask("ann", p.Resign())) == ["ended"]
    assert room.thread.outcome == Outcome("black", "resignation")


@pytest.mark.parametrize("message", [p.Resign(), p.Abort()], ids=["resign", "abort"])
def test_before_both_have_moved_nobody_loses(message: p.ClientMessage) -> None:
    room = two(started=False)
    room.play(("ann", "e4"))
    room.ask("bob", message)
    assert room.thread.outcome == Outcome(None, "aborted")


def test_after_that_nothing_is_called_off() -> None:
    assert two().refused("ann", p.Abort()) is Code.FORBIDDEN


# Draws


def test_a_draw_by_agreement() -> None:
    room = two()
    assert kinds(room.ask("ann", p.OfferDraw())) == ["offered"]
    assert room.thread.offers == {"draw": "white"}
    assert kinds(room.ask("bob", p.AcceptDraw())) == ["ended"]
    assert room.thread.outcome == Outcome(None, "agreement")


def test_offering_back_accepts() -> None:
    room = two()
    room.ask("bob", p.OfferDraw())
    assert kinds(room.ask("ann", p.OfferDraw())) == ["ended"]


def test_an_offer_may_be_declined_withdrawn_or_answered_by_a_move() -> None:
    room = two()
    for end in (("bob", p.DeclineDraw()), ("ann", p.DeclineDraw())):
        room.ask("ann", p.OfferDraw())
        assert kinds(room.ask(*end)) == ["declined"]
        assert room.thread.offers == {}
    room.ask("ann", p.OfferDraw())
    room.play(("ann", "Nf3"))
    assert room.thread.offers == {"draw": "white"}, "one's own move lets the offer stand"
    room.play(("bob", "Nc6"))
    assert room.thread.offers == {}


def test_draw_offers_refused() -> None:
    room = two(started=False)
    assert room.refused("ann", p.OfferDraw()) is Code.FORBIDDEN
    room.play(("ann", "e4"), ("bob", "e5"))
    assert room.refused("ann", p.AcceptDraw()) is Code.NOT_FOUND
    assert room.refused("ann", p.DeclineDraw()) is Code.NOT_FOUND
    room.ask("ann", p.OfferDraw())
    for message in (p.OfferDraw(), p.AcceptDraw()):
        assert room.refused("ann", message) is Code.FORBIDDEN


@pytest.mark.parametrize(
    ("plies", "thought", "accepted"),
    [
        (4, Thought(seat="black", score=-3.0), False),
        (24, Thought(seat="black", score=-0.5), True),
        (24, Thought(seat="black", score=0.5), False),
        (24, Thought(seat="black", mate=3), False),
        (24, None, False),
    ],
)
def test_a_bot_takes_a_draw_late_and_when_it_is_no_better(
    plies: int, thought: Thought | None, accepted: bool
) -> None:
    room = Room("chess")
    room.seat("ann", "white")
    room.ask("ann", p.SetBot(seat="black", bot="alphabeta"))
    pawns = [f"{file}3 {file}7{file}6" for file in "abcdefgh"] + [f"{file}4 {file}6{file}5" for file in "aceg"]
    for white, black in map(str.split, pawns[: plies // 2]):
        room.play(("ann", white))
        room.answer(black, thought)
    assert room.thread.ply == plies
    effects = room.ask("ann", p.OfferDraw())
    assert kinds(effects) == ["offered", "ended" if accepted else "declined"]


def test_a_draw_is_claimed_once_the_rules_allow_it() -> None:
    room = two(started=False)
    room.play(*SHUFFLE)
    assert room.refused("ann", p.ClaimDraw()) is Code.FORBIDDEN
    room.play(*SHUFFLE)
    assert room.guests["ann"].mirror.table.claims == ("threefold_repetition",)
    assert room.refused("bob", p.ClaimDraw()) is Code.FORBIDDEN, "it is not his to claim on her turn"
    room.ask("ann", p.ClaimDraw())
    assert room.thread.outcome == Outcome(None, "threefold_repetition")


# Takebacks


def test_a_takeback_by_consent_undoes_the_askers_last_move() -> None:
    room = two()
    room.play(("ann", "Nf3"))
    assert kinds(room.ask("ann", p.OfferTakeback())) == ["offered"]
    assert kinds(room.ask("bob", p.AcceptTakeback())) == ["taken_back"]
    assert (room.thread.ply, room.thread.to_move) == (2, {"white"})
    for name in ("ann", "bob", "eve"):
        assert room.guests[name].mirror.notations == ["e4", "e5"]


def test_on_ones_own_turn_the_answer_is_undone_too() -> None:
    room = two()
    room.ask("ann", p.OfferTakeback())
    assert room.refused("ann", p.AcceptTakeback()) is Code.FORBIDDEN
    taken = events(room.ask("bob", p.OfferTakeback()))[0]
    assert (taken.plies, taken.seat) == (2, "white"), "an offer back accepts the other's"
    assert room.thread.ply == 0


def test_takebacks_refused() -> None:
    room = two(started=False)
    assert room.refused("ann", p.OfferTakeback()) is Code.FORBIDDEN
    assert room.refused("ann", p.AcceptTakeback()) is Code.NOT_FOUND
    assert room.refused("ann", p.DeclineTakeback()) is Code.NOT_FOUND
    room.play(("ann", "e4"))
    assert room.refused("bob", p.OfferTakeback()) is Code.FORBIDDEN
    room.ask("ann", p.OfferTakeback())
    assert kinds(room.ask("bob", p.DeclineTakeback())) == ["declined"]


def test_a_bot_lets_one_take_back_and_is_asked_anew() -> None:
    room = Room()
    room.seat("ann", "X")
    room.ask("ann", p.SetBot(seat="O", bot="perfect"))
    room.play(("ann", 1))
    late = room.asked[-1]
    assert kinds(room.ask("ann", p.OfferTakeback())) == ["taken_back"]
    room.play(("ann", 5))
    assert room.asked[-1] != late
    room.asked.append(late)
    assert room.answer(9) == [], "what it thought of the move that was taken back"
    room.asked.pop()
    room.answer(1)
    assert kinds(room.ask("ann", p.OfferTakeback())) == ["taken_back"]
    assert room.thread.ply == 0


def test_a_bot_that_began_begins_again() -> None:
    room = Room()
    room.seat("ann", "O")
    room.ask("ann", p.SetBot(seat="X", bot="perfect"))
    room.answer(5)
    assert room.refused("ann", p.OfferTakeback()) is Code.FORBIDDEN
    room.play(("ann", 1))
    assert room.thread.ply == 2
    assert kinds(room.ask("ann", p.OfferTakeback())) == ["taken_back"]
    assert room.thread.to_move == {"O"}


def test_who_plays_both_sides_takes_back_the_last_move() -> None:
    room = Room()
    room.seat("ann", "X")
    room.ask("ann", p.Join(seat="O"))
    room.play(("ann", 1))
    room.ask("ann", p.OfferTakeback())
    assert room.thread.ply == 0
    room.play(("ann", 1), ("ann", 2))
    room.ask("ann", p.OfferTakeback())
    assert room.thread.ply == 1
    assert room.refused("ann", p.DeclineTakeback()) is Code.NOT_FOUND


# Claiming the game


@pytest.mark.parametrize(("clock", "grace"), [(None, s.AWAY_GRACE_UNTIMED), ("10+0", s.AWAY_GRACE)])
def test_a_player_who_stays_away_loses_by_claim(clock: str | None, grace: float) -> None:
    room = two(clock=clock)
    assert room.refused("ann", p.ClaimWin()) is Code.FORBIDDEN
    room.exit("bob")
    assert room.guests["ann"].mirror.claim_after == room.now + grace
    room.now += grace - 0.5
    assert "wait" in str(room.refusal("ann", p.ClaimWin()))
    room.now += 0.5
    assert kinds(room.ask("ann", p.ClaimWin())) == ["ended"]
    assert room.thread.outcome == Outcome("white", "abandoned")
    assert room.guests["ann"].mirror.claim_after is None


def test_who_leaves_a_game_under_way_may_be_claimed_from_too() -> None:
    room = two()
    room.ask("bob", p.Leave())
    room.now += s.AWAY_GRACE_UNTIMED
    assert kinds(room.ask("ann", p.ClaimWin())) == ["ended"]


def test_someone_new_in_the_seat_ends_the_wait() -> None:
    room = two()
    room.ask("bob", p.Leave())
    room.seat("cid", "black")
    room.now += s.AWAY_GRACE_UNTIMED
    assert room.refused("ann", p.ClaimWin()) is Code.FORBIDDEN


@pytest.mark.parametrize("fields", [{"clock": "2d/move"}, {"started": False}], ids=["correspondence", "not begun"])
def test_games_that_cannot_be_claimed(fields: dict[str, object]) -> None:
    room = two(**fields)
    room.exit("bob")
    room.now += 1000
    assert room.refused("ann", p.ClaimWin()) is Code.FORBIDDEN


def test_who_left_before_the_game_began_is_waited_for_from_then_on() -> None:
    room = two(started=False)
    room.play(("ann", "e4"))
    room.exit("ann")
    assert room.guests["bob"].mirror.claim_after is None
    room.now += 10
    room.play(("bob", "e5"))
    assert room.guests["bob"].mirror.claim_after == room.now - 10 + s.AWAY_GRACE_UNTIMED


# Rematches


def finished(game: str = "tic_tac_toe", **fields: object) -> tuple[Room, dict[str, str]]:
    room = Room(game, **fields)
    tokens = {name: room.seat(name) for name in ("ann", "bob")}
    room.enter("eve")
    room.ask("ann", p.Resign())
    return room, tokens


def test_a_rematch_takes_both_and_swaps_the_seats() -> None:
    room, tokens = finished(clock="5+3", visibility="unlisted")
    assert kinds(room.ask("ann", p.Rematch())) == ["offered"]
    effects = room.ask("bob", p.Rematch())
    assert [type(effect) for effect in effects] == [s.Open, s.Append, s.Reply]
    (opened,) = room.opened
    header = opened.header
    assert (header.clock, header.visibility, header.game) == ("5+3", "unlisted", "tic_tac_toe")
    assert re.fullmatch("tic-tac-toe-[0-9a-f]{24}", header.thread) and header.epoch != "e1"
    assert f"{header.seed:012x}" not in header.thread, "who has the id can't foresee chance"
    assert acks(effects)[0].thread_id == header.thread
    for guest in room.guests.values():
        assert guest.mirror.next_thread == header.thread
        assert guest.mirror.table.offers == ()
    again = Room(header=header, events=opened.events)
    again.enter("x")
    assert acks(again.ask("x", p.Join(seat_token=tokens["ann"])))[0].seat == "O"
    again.enter("y")
    assert acks(again.ask("y", p.Join(seat_token=tokens["bob"])))[0].seat == "X"


def test_the_next_game_is_told_to_whoever_asks_for_one_again() -> None:
    room, _ = finished()
    room.ask("ann", p.Rematch())
    room.ask("bob", p.Rematch())
    for name in ("ann", "eve"):
        assert acks(room.ask(name, p.Rematch()))[0].thread_id == room.opened[0].header.thread
    assert len(room.opened) == 1


def test_a_bot_wants_a_rematch_at_once_and_begins_it() -> None:
    room = Room()
    room.seat("ann", "X")
    room.ask("ann", p.SetBot(seat="O", bot="perfect", level=2))
    room.ask("ann", p.Resign())
    assert kinds(room.ask("ann", p.Rematch())) == ["rematched"]
    opened = room.opened[0]
    assert re.fullmatch("tic-tac-toe-[0-9a-f]{8}", opened.header.thread)
    again = Room(header=opened.header, events=opened.events)
    again.enter("ann")
    assert again.asked[-1][0].bot == "perfect"
    assert again.asked[-1][0].seat == "X"


def test_rematches_refused() -> None:
    room = two()
    assert room.refused("ann", p.Rematch()) is Code.FORBIDDEN
    room.ask("ann", p.Resign())
    assert room.refused("eve", p.Rematch()) is Code.NOT_A_PLAYER
    room.ask("ann", p.Rematch())
    assert room.refused("ann", p.Rematch()) is Code.FORBIDDEN


def test_the_same_nonce_opens_the_same_game() -> None:
    headers = []
    for _ in range(2):
        room, _tokens = finished()
        room.ask("ann", p.Rematch())
        room.ask("bob", p.Rematch())
        headers.append(room.opened[0])
    assert headers[0] == headers[1]
    Thread(room.game, headers[0].header, headers[0].events)


def test_a_finished_game_asks_no_bot() -> None:
    room = Room()
    room.seat("ann", "O")
    room.ask("ann", p.SetBot(seat="X", bot="perfect"))
    assert asks(room.ask("ann", p.Resign())) == []
    assert room.answer(1) == []
