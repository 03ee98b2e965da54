"""Moves: whose they are, seats taken by moving, automatic answers, repeated and stale requests."""

import pytest
from room import Duel, Room, acks, asks, events, kinds

from gamesock import protocol as p
from gamesock import session as s
from gamesock.foreign import ForeignGame
from gamesock.protocol import Code
from gamesock.testing import check_game


def two(game: str = "tic_tac_toe", **fields: object) -> Room:
    """Ann and Bob in the first and second seat."""
    room = Room(game, **fields)
    room.seat("ann")
    room.seat("bob")
    return room


# Seed clients, who never join


def test_moving_without_having_joined_takes_the_seat_to_move() -> None:
    room = Room()
    room.enter("seed", greeted=False)
    effects = room.ask("seed", p.MakeMove(move={"row": 1, "col": 1}, auto_response=False))
    assert kinds(effects) == ["joined", "moved"]
    assert room.guests["seed"].viewer.seats == ["X"]
    room.ask("seed", p.MakeMove(move=1, auto_response=False))
    assert room.guests["seed"].viewer.seats == ["X", "O"], "one seed client may play both sides"


def test_two_seed_clients_play_each_other() -> None:
    room = Room()
    for name in ("ann", "bob", "cid"):
        room.enter(name, greeted=False)
    room.play(("ann", 5), ("bob", 1), ("ann", 2))
    assert room.refused("ann", p.MakeMove(move=8)) is Code.NOT_YOUR_TURN
    assert room.refused("cid", p.MakeMove(move=8)) is Code.NOT_A_PLAYER


def test_a_seed_client_waits_while_another_holds_the_seat_to_move() -> None:
    room = Room()
    room.seat("ann", "X")
    room.enter("seed", greeted=False)
    assert room.refused("seed", p.MakeMove(move=8)) is Code.NOT_YOUR_TURN


def test_an_illegal_first_move_takes_no_seat() -> None:
    room = Room()
    room.enter("seed", greeted=False)
    assert room.refused("seed", p.MakeMove(move="nonsense")) is Code.ILLEGAL_MOVE
    assert room.thread.players["X"] is None


def test_a_seed_client_that_comes_back_finds_its_seat_by_moving() -> None:
    room = Room()
    room.enter("seed", greeted=False)
    room.ask("seed", p.MakeMove(move=5))
    room.answer(1)
    room.exit("seed")
    assert "X" in room.session.away
    room.enter("again", greeted=False)
    room.ask("again", p.MakeMove(move=9))
    assert room.guests["again"].viewer.seats == ["X"]
    assert room.session.away == {}


def test_a_verified_user_who_comes_back_moves_on_without_joining() -> None:
    room = Room()
    room.enter("seed", greeted=False, user="u1")
    room.ask("seed", p.MakeMove(move=5))
    room.answer(1)
    room.exit("seed")
    room.enter("eve", greeted=False)
    assert room.refused("eve", p.MakeMove(move=9)) is Code.NOT_YOUR_TURN
    room.enter("again", greeted=False, user="u1")
    assert kinds(room.ask("again", p.MakeMove(move=9))) == ["moved"]


def test_a_gamesock_client_learns_of_the_seat_that_its_move_took() -> None:
    room = Room()
    guest = room.enter("ann")
    other = room.enter("bob")
    room.ask("ann", p.MakeMove(move=5, id="m1"))
    assert guest.mirror.seats == ("X",)
    assert other.mirror.seats == ()


@pytest.mark.parametrize(
    ("greeted", "auto", "answered"),
    [
        (False, None, True),
        (False, True, True),
        (False, False, False),
        (True, None, False),
        (True, True, True),
        (True, False, False),
    ],
)
def test_automatic_answer_for_a_seat_that_nobody_holds(greeted: bool, auto: bool | None, answered: bool) -> None:
    room = Room()
    room.enter("ann", greeted=greeted)
    effects = room.ask("ann", p.MakeMove(move=5, auto_response=auto))
    assert asks(effects) == ([s.AskBot("O", None, None, None, seq=2)] if answered else [])


@pytest.mark.parametrize("auto", [None, True, False])
def test_no_automatic_answer_for_another_human(auto: bool | None) -> None:
    room = Room()
    room.enter("ann", greeted=False)
    room.seat("bob", "O")
    assert asks(room.ask("ann", p.MakeMove(move=5, auto_response=auto))) == []


def test_no_automatic_answer_after_the_last_move() -> None:
    room = Room()
    room.enter("ann", greeted=False)
    for move in (1, 4, 2, 5):
        room.ask("ann", p.MakeMove(move=move, auto_response=False))
    effects = room.ask("ann", p.MakeMove(move=3))
    assert kinds(effects) == ["moved", "ended"]
    assert asks(effects) == []


def test_a_seated_bot_answers_whatever_auto_response_says() -> None:
    room = Room()
    room.seat("ann", "X")
    room.ask("ann", p.SetBot(seat="O", bot="perfect", level=1))
    assert asks(room.ask("ann", p.MakeMove(move=5, auto_response=False)))[0].bot == "perfect"


def test_someone_who_sits_down_while_the_computer_thinks_moves_instead() -> None:
    room = Room()
    room.enter("seed", greeted=False)
    room.ask("seed", p.MakeMove(move=5))
    room.seat("bob", "O")
    assert room.answer(1) == []
    assert kinds(room.ask("bob", p.MakeMove(move=9))) == ["moved"]


# Whose turn, and what is meant


def test_turns() -> None:
    room = two()
    room.enter("eve")
    assert room.refused("bob", p.MakeMove(move=1)) is Code.NOT_YOUR_TURN
    assert room.refused("eve", p.MakeMove(move=1)) is Code.NOT_A_PLAYER
    room.play(("ann", 1))
    assert room.refused("ann", p.MakeMove(move=2)) is Code.NOT_YOUR_TURN


def test_a_player_does_not_take_the_seat_of_someone_still_awaited() -> None:
    room = Room()
    room.seat("ann", "X")
    room.play(("ann", 1))
    assert room.refused("ann", p.MakeMove(move=2)) is Code.NOT_YOUR_TURN
    assert room.thread.players["O"] is None


@pytest.mark.parametrize("raw", [None, "", "e9", {"move": 5}, ["e2", {}], 10**30, True, {"row": {}}])
def test_nonsense_is_illegal_and_says_why(raw: object) -> None:
    room = two()
    assert room.refused("ann", p.MakeMove(move=raw)) is Code.ILLEGAL_MOVE


def test_illegal_names_the_legal_moves_when_they_are_few() -> None:
    room = two("chess", options={"fen": "7k/8/8/8/8/8/P7/K7 w - - 0 1"})
    for raw in ("Ka8", "e5", None, {}):
        reason = str(room.refusal("ann", p.MakeMove(move=raw)))
        assert "Kb1" in reason or "a1b1" in reason, reason


def test_ambiguous_is_told_apart_from_illegal() -> None:
    room = two("chess", options={"fen": "7k/8/8/8/8/8/8/1N2KN2 w - - 0 1"})
    assert room.refused("ann", p.MakeMove(move="Nd2")) is Code.AMBIGUOUS_MOVE


def test_the_end_by_the_rules_is_an_event_of_its_own() -> None:
    room = two()
    room.play(("ann", 1), ("bob", 4), ("ann", 2), ("bob", 5))
    effects = room.ask("ann", p.MakeMove(move=3))
    ended = events(effects)[-1]
    assert (ended.kind, ended.winner, ended.reason) == ("ended", "X", "three_in_a_row")
    refusal = room.refusal("bob", p.MakeMove(move=9))
    assert refusal.code is Code.GAME_OVER
    assert "X wins (three in a row)" in str(refusal)


# Repeated and stale


def test_a_move_repeated_with_its_id_is_answered_not_played() -> None:
    room = two()
    first = room.ask("ann", p.MakeMove(move=5, id="m1"))
    assert kinds(first) == ["moved"]
    for _ in range(2):
        assert room.ask("ann", p.MakeMove(move=5, id="m1")) == [s.ReplyState()]
    assert room.thread.ply == 1


def test_the_last_move_of_the_game_is_answered_again_too() -> None:
    room = two()
    room.play(("ann", 1), ("bob", 4), ("ann", 2), ("bob", 5))
    room.ask("ann", p.MakeMove(move=3, id="win"))
    assert room.ask("ann", p.MakeMove(move=3, id="win")) == [s.ReplyState()]


def test_a_move_id_survives_a_restart() -> None:
    room = Room()
    token = room.seat("ann", "X")
    room.ask("ann", p.MakeMove(move=5, id="m1"))
    again = room.restored()
    again.enter("ann")
    again.ask("ann", p.Join(seat_token=token))
    assert again.ask("ann", p.MakeMove(move=5, id="m1")) == [s.ReplyState()]


def test_a_move_id_is_the_viewers_own() -> None:
    room = two()
    room.ask("ann", p.MakeMove(move=5, id="1"))
    assert kinds(room.ask("bob", p.MakeMove(move=1, id="1"))) == ["moved"]


def test_a_move_id_is_not_inherited_with_the_seat() -> None:
    room = two()
    room.ask("ann", p.MakeMove(move=5, id="1"))
    room.play(("bob", 1))
    room.ask("ann", p.Leave())
    room.seat("cid", "X")
    assert kinds(room.ask("cid", p.MakeMove(move=9, id="1"))) == ["moved"]


def test_a_refused_move_may_be_tried_again_under_its_id() -> None:
    room = two()
    assert room.refused("ann", p.MakeMove(move="x9", id="1")) is Code.ILLEGAL_MOVE
    assert kinds(room.ask("ann", p.MakeMove(move=9, id="1"))) == ["moved"]


def test_stale_means_that_the_position_has_moved_on() -> None:
    room = two()
    room.play(("ann", 5))
    seen = room.thread.seq
    room.ask("ann", p.Chat(text="your turn"))
    assert kinds(room.ask("bob", p.MakeMove(move=1, seq=seen))) == ["moved"], "talk makes no move stale"
    assert room.refused("ann", p.MakeMove(move=2, seq=seen)) is Code.STALE
    assert room.refused("ann", p.MakeMove(move=2, seq=99)) is Code.STALE
    assert kinds(room.ask("ann", p.MakeMove(move=2, seq=room.thread.seq))) == ["moved"]


def test_a_takeback_makes_the_premove_stale() -> None:
    room = two()
    room.play(("ann", 5))
    seen = room.thread.seq
    room.ask("ann", p.OfferTakeback())
    room.ask("bob", p.AcceptTakeback())
    assert room.refused("ann", p.MakeMove(move=2, seq=seen)) is Code.STALE


# Calling the computer


def test_ai_move_asks_for_the_seat_to_move() -> None:
    room = Room()
    room.enter("seed", greeted=False)
    assert asks(room.ask("seed", p.AiMove(bot="random", level=1, time_ms=250))) == [
        s.AskBot("X", "random", 1, 0.25, seq=0)
    ]
    assert [event.by for event in events(room.answer(5))] == ["ai"]
    assert room.thread.players["X"] is None, "a bot that was called once takes no seat"


def test_ai_move_of_a_seated_bot_asks_that_bot_again() -> None:
    room = Room()
    room.seat("ann", "O")
    room.ask("ann", p.SetBot(seat="X", bot="perfect", level=2))
    assert asks(room.ask("ann", p.AiMove())) == [s.AskBot("X", "perfect", 2, None, seq=2)]
    assert kinds(room.answer(5)) == ["moved"]


def test_ai_move_may_play_ones_own_seat_and_nobody_elses() -> None:
    room = two()
    room.enter("eve")
    assert room.refused("bob", p.AiMove()) is Code.NOT_YOUR_TURN
    assert room.refused("eve", p.AiMove()) is Code.NOT_YOUR_TURN
    assert asks(room.ask("ann", p.AiMove()))[0].seat == "X"
    room.ask("ann", p.Resign())
    assert room.refused("ann", p.AiMove()) is Code.GAME_OVER


def test_a_spectator_calls_no_bot_into_a_players_game() -> None:
    room = Room()
    room.seat("ann", "O")
    room.enter("eve")
    assert room.refused("eve", p.AiMove()) is Code.NOT_A_PLAYER


# Looking


def test_looking_changes_nothing() -> None:
    room = two()
    room.play(("ann", 5))
    before = room.portrait()
    assert room.ask("bob", p.GetState()) == [s.ReplyState()]
    assert room.ask("bob", p.GetState(ply=0)) == [s.ReplyState(0)]
    assert room.portrait() == before
    assert room.refused("bob", p.GetState(ply=2)) is Code.NOT_FOUND


@pytest.mark.parametrize("message", [p.Hello(), p.Authenticate(token="t"), p.Resume(seq=0, epoch=""), p.Analyse()])
def test_what_is_not_asked_of_a_game_is_refused(message: p.ClientMessage) -> None:
    assert two().refused("ann", message) is Code.BAD_MESSAGE


def test_a_foreign_game_knows_only_what_its_agent_does() -> None:
    room = Room(ForeignGame("Nim"), options={"state": {"heaps": [3]}}, foreign=True)
    room.enter("ann")
    for message in (p.MakeMove(move=1), p.AiMove(), p.OfferDraw(), p.ClaimDraw(), p.OfferTakeback()):
        assert room.refused("ann", message) is Code.BAD_MESSAGE
    assert room.refused("ann", p.Join()) is Code.THREAD_FULL
    assert room.refused("ann", p.SetBot(seat="X", bot="random")) is Code.NOT_FOUND
    assert acks(room.ask("ann", p.Chat(text="hello")))


# Both at once


def test_the_duel_of_these_tests_keeps_the_contract() -> None:
    check_game(Duel(), games=3)


def test_both_may_move_at_once_in_any_order() -> None:
    for first, second in (("ann", "bob"), ("bob", "ann")):
        room = Room(Duel())
        room.seat("ann")
        room.seat("bob")
        room.play((first, "rock"))
        assert room.refused(first, p.MakeMove(move="paper")) is Code.NOT_YOUR_TURN
        room.play((second, "paper"))
        assert room.thread.position.dump()["pending"] == {}


def test_a_choice_is_told_to_nobody_else_before_both_have_chosen() -> None:
    room = Room(Duel())
    room.seat("ann")
    room.seat("bob")
    room.enter("eve")
    room.enter("seed", greeted=False)
    for guest in room.guests.values():
        guest.told.clear()
    room.play(("ann", "rock"))
    for name in ("bob", "eve", "seed"):
        room.ask(name, p.GetState())
        assert "rock" not in "".join(told.model_dump_json() for told in room.guests[name].told)
    assert room.guests["ann"].mirror.state["mine"] == "rock"
    assert room.guests["ann"].mirror.notations == ["rock"]
    room.play(("bob", "paper"))
    assert room.guests["eve"].mirror.state["rounds"] == [["rock", "paper"]]


def test_two_bots_that_move_at_once_both_move() -> None:
    room = Room(Duel())
    room.enter("eve")
    for seat in ("left", "right"):
        room.ask("eve", p.SetBot(seat=seat, bot="random"))
    for _ in range(6):
        assert kinds(room.answer("rock"))
    assert room.thread.outcome is not None


def test_a_bot_that_moves_with_a_human_is_asked_again_when_the_human_was_first() -> None:
    room = Room(Duel())
    room.seat("ann", "left")
    room.ask("ann", p.SetBot(seat="right", bot="random"))
    early = room.asked[-1]
    room.play(("ann", "rock"))
    assert room.asked[-1] != early
    room.asked.append(early)
    assert room.answer("rock") == []
    room.asked.pop()
    assert kinds(room.answer("paper")) == ["moved"]
