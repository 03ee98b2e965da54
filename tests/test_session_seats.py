"""Seats: who gets one, who finds one again, who may watch, and what a bot may take."""

import pytest
from room import Room, acks, asks, events, kinds

from gamesock import protocol as p
from gamesock import record as r
from gamesock import session as s
from gamesock.protocol import Code


def test_join_without_a_wish_takes_free_seats_in_order_until_the_thread_is_full() -> None:
    room = Room()
    room.seat("ann")
    room.seat("bob")
    assert [player and player.name for player in room.thread.players.values()] == ["ann", "bob"]
    room.enter("cid")
    assert room.refused("cid", p.Join()) is Code.THREAD_FULL


def test_join_answers_with_the_seat_its_token_and_the_state() -> None:
    room = Room()
    room.enter("ann")
    effects = room.ask("ann", p.Join(seat="O", name="  Ann\x1b[31m "))
    assert [type(effect) for effect in effects] == [s.Append, s.Reply, s.Announce, s.ReplyState]
    (ack,) = acks(effects)
    assert (ack.seat, ack.seat_token, ack.seq) == ("O", "nonce1", 1)
    player = room.thread.players["O"]
    assert player is not None and player.name == "Ann[31m"
    assert "nonce1" not in r.dumps(room.header, room.log), "the log must not tell a token"


@pytest.mark.parametrize(
    ("seat", "code"), [("X", Code.SEAT_TAKEN), ("north", Code.NOT_FOUND), ("", Code.THREAD_FULL)]
)
def test_join_refused(seat: str, code: Code) -> None:
    room = Room()
    room.seat("ann", "X")
    room.seat("bob", "O")
    room.enter("cid")
    assert room.refused("cid", p.Join(seat=seat or None, name="Mallory")) is code


def test_a_token_finds_its_seat_again_from_anywhere_and_after_a_restart() -> None:
    room = Room()
    token = room.seat("ann", "X")
    room.seat("bob", "O")
    room.exit("ann")
    for again in (room, room.restored()):
        again.enter("phone")
        effects = again.ask("phone", p.Join(seat_token=token))
        assert kinds(effects) == []
        assert acks(effects)[0].seat == "X"
        assert again.guests["phone"].viewer.seats == ["X"]
        assert "X" not in again.session.away


@pytest.mark.parametrize(("seat", "token"), [(None, "guess"), ("X", "guess"), ("O", None), ("north", None)])
def test_a_wrong_token_opens_nothing(seat: str | None, token: str | None) -> None:
    room = Room()
    right = room.seat("ann", "X")
    room.seat("bob", "O")
    room.enter("eve")
    assert room.refused("eve", p.Join(seat=seat, seat_token=token or right)) is Code.FORBIDDEN


def test_a_verified_user_finds_the_seat_without_a_token() -> None:
    room = Room()
    room.enter("laptop", user="u1")
    room.ask("laptop", p.Join(seat="O"))
    room.exit("laptop")
    room.enter("phone", user="u1")
    assert acks(room.ask("phone", p.Join()))[0].seat == "O"
    room.enter("eve", user="u2")
    assert room.refused("eve", p.Join(seat="O")) is Code.SEAT_TAKEN


def test_joining_again_changes_nothing_and_a_second_seat_must_be_named() -> None:
    room = Room()
    room.seat("ann", "X")
    assert kinds(room.ask("ann", p.Join())) == []
    assert kinds(room.ask("ann", p.Join(seat="O"))) == ["joined"]
    assert room.guests["ann"].viewer.seats == ["X", "O"]
    assert room.guests["ann"].mirror.seats == ("X", "O")


def test_watching_needs_no_seat() -> None:
    room = Room()
    room.enter("eve")
    effects = room.ask("eve", p.Join(seat="spectator", name="Eve"))
    assert [type(effect) for effect in effects] == [s.Reply, s.Announce, s.ReplyState]
    assert room.teller.spectators() == ["Eve"]
    assert room.refused("eve", p.MakeMove(move="1")) is Code.NOT_A_PLAYER


def test_nobody_joins_a_finished_game_but_its_players() -> None:
    room = Room()
    token = room.seat("ann", "X")
    room.ask("ann", p.Resign())
    room.enter("bob")
    assert room.refused("bob", p.Join()) is Code.GAME_OVER
    assert kinds(room.ask("bob", p.Join(seat="spectator"))) == []
    assert acks(room.ask("bob", p.Join(seat_token=token)))[0].seat == "X"


def test_leaving_frees_every_seat_on_every_device() -> None:
    room = Room()
    token = room.seat("ann", "X")
    room.enter("tablet")
    room.ask("tablet", p.Join(seat_token=token))
    assert kinds(room.ask("ann", p.Leave())) == ["left"]
    assert room.thread.players["X"] is None
    for name in ("ann", "tablet"):
        assert room.guests[name].viewer.seats == []
        assert room.guests[name].mirror.seats == ()
    room.enter("bob")
    assert acks(room.ask("bob", p.Join()))[0].seat == "X"
    assert room.refused("ann", p.Join(seat_token=token)) is Code.FORBIDDEN


def test_leaving_after_the_game_keeps_the_record_of_who_played() -> None:
    room = Room()
    room.seat("ann", "X")
    room.ask("ann", p.Abort())
    assert kinds(room.ask("ann", p.Leave())) == []
    assert room.thread.players["X"] is not None


def test_leaving_with_no_seat_is_answered() -> None:
    room = Room()
    room.enter("eve")
    assert acks(room.ask("eve", p.Leave()))


# Who may watch


def test_a_private_game_is_its_players_alone() -> None:
    room = Room(visibility="private")
    guest = room.enter("eve")
    assert guest.told == []
    for message in (p.GetState(), p.Chat(text="hi"), p.MakeMove(move="1"), p.Join(seat="spectator"), p.Leave()):
        assert room.refused("eve", message) is Code.FORBIDDEN
    room.seat("ann", "X")
    assert guest.told == [], "not even that someone joined"
    room.ask("eve", p.Join(seat="O"))
    assert guest.mirror.seats == ("O",)


def test_an_unlisted_game_is_for_whoever_has_its_id() -> None:
    room = Room(visibility="unlisted")
    assert room.enter("eve").mirror.table is not None


# Bots in seats


def test_a_bot_sits_in_a_free_seat_and_is_asked_when_it_is_to_move() -> None:
    room = Room()
    room.seat("ann", "O")
    effects = room.ask("ann", p.SetBot(seat="X", bot="perfect", level=2))
    assert kinds(effects) == ["joined"]
    assert asks(effects) == [s.AskBot("X", "perfect", 2, None, seq=2)]
    assert kinds(room.answer("5")) == ["moved"]
    assert room.thread.played[0].by == "ai"
    assert asks(room.ask("ann", p.MakeMove(move="1", auto_response=False))) == [
        s.AskBot("X", "perfect", 2, None, seq=4)
    ]


def test_a_player_hands_over_to_a_bot_and_back() -> None:
    room = Room()
    room.seat("ann", "X")
    assert asks(room.ask("ann", p.SetBot(seat="X", bot="random")))
    guest = room.guests["ann"]
    assert (guest.viewer.seats, guest.mirror.seats) == ([], ())
    assert kinds(room.ask("ann", p.SetBot(seat="X", bot="perfect"))) == ["joined"], "it chooses another bot"
    assert kinds(room.ask("ann", p.SetBot(seat="X"))) == ["joined"]
    assert room.answer("1") == [], "the bot that was taken out moves no more"
    assert guest.mirror.seats == ("X",)
    assert kinds(room.ask("ann", p.MakeMove(move="1"))) == ["moved"]


def test_a_seat_that_a_bot_keeps_is_its_players_alone() -> None:
    room = Room(visibility="private")
    token = room.seat("ann", "X")
    room.seat("bob", "O")
    room.ask("ann", p.SetBot(seat="X", bot="random"))
    room.answer("1")
    room.ask("bob", p.MakeMove(move="5"))
    assert room.guests["ann"].mirror.notations == ["1", "5"], "who lent the seat sees the game still"
    room.ask("ann", p.Chat(text="back soon"))
    assert room.guests["bob"].mirror.chat[-1].room == "players"
    for stranger, message in (("bob", p.SetBot(seat="X")), ("bob", p.SetBot(seat="X", bot="perfect"))):
        assert room.refused(stranger, message) is Code.SEAT_TAKEN
    room.exit("ann")
    room = room.restored()
    room.enter("bob")
    room.enter("eve")
    assert room.refused("eve", p.Join(seat="X")) is Code.SEAT_TAKEN
    room.enter("phone")
    (ack,) = acks(room.ask("phone", p.Join(seat_token=token, name="Ann")))
    player = room.thread.players["X"]
    assert (ack.seat, player and (player.name, player.kind)) == ("X", ("Ann", "human"))
    assert room.session.asked is None
    again = room.restored()
    again.enter("phone")
    assert acks(again.ask("phone", p.Join(seat_token=token)))[0].seat == "X", "the token opens it ever after"


def test_a_bot_plays_for_an_opponent_who_stays_away_and_gives_the_seat_back() -> None:
    room = Room(clock="5+0")
    room.seat("ann", "X")
    token = room.seat("bob", "O")
    room.play(("ann", "1"), ("bob", "5"))
    room.exit("bob")
    room.now += 59
    assert room.refused("ann", p.SetBot(seat="O", bot="random")) is Code.SEAT_TAKEN
    room.now += 2
    room.ask("ann", p.SetBot(seat="O", bot="random"))
    assert room.session.claim_after("X") is None, "there is somebody to play against"
    assert room.refused("ann", p.SetBot(seat="O")) is Code.SEAT_TAKEN
    room.play(("ann", "2"))
    room.enter("bob")
    room.ask("bob", p.Join(seat_token=token))
    assert room.answer("3") == [], "it comes too late"
    room.ask("bob", p.MakeMove(move="3"))
    assert room.thread.played[-1].seat == "O"


def test_a_bot_may_be_replaced_while_it_thinks() -> None:
    room = Room()
    room.seat("ann", "O")
    room.ask("ann", p.SetBot(seat="X", bot="random"))
    slow = room.asked[-1]
    assert asks(room.ask("ann", p.SetBot(seat="X", bot="perfect")))[0].bot == "perfect"
    room.asked.append(slow)
    assert room.answer("1") == []


@pytest.mark.parametrize(
    ("who", "seat", "bot", "code"),
    [
        ("eve", "X", "random", Code.NOT_A_PLAYER),
        ("bob", "X", "random", Code.SEAT_TAKEN),
        ("bob", "north", "random", Code.NOT_FOUND),
        ("bob", "O", None, Code.NOT_FOUND),
    ],
)
def test_set_bot_refused(who: str, seat: str, bot: str | None, code: Code) -> None:
    room = Room()
    room.seat("ann", "X")
    room.seat("bob", "O")
    room.enter("eve")
    assert room.refused(who, p.SetBot(seat=seat, bot=bot)) is code


def test_set_bot_after_the_game_is_refused() -> None:
    room = Room()
    room.seat("ann", "X")
    room.ask("ann", p.Resign())
    assert room.refused("ann", p.SetBot(seat="O", bot="random")) is Code.GAME_OVER


def test_anyone_may_set_up_bots_while_no_human_plays() -> None:
    room = Room()
    room.enter("eve")
    room.ask("eve", p.SetBot(seat="X", bot="random"))
    room.ask("eve", p.SetBot(seat="O", bot="perfect"))
    room.answer("1")
    assert room.asked[-1][0].seat == "O"
    assert asks(room.ask("eve", p.SetBot(seat="O", bot="random", level=1)))[0].bot == "random"


# Presence


def test_away_is_told_and_ends_with_the_return() -> None:
    room = Room()
    token = room.seat("ann", "X")
    bob = room.enter("bob")
    room.now += 5
    room.exit("ann")
    assert bob.mirror.table is not None
    player = bob.mirror.table.players["X"]
    assert player is not None and (player.here, player.away_since) == (False, 1005.0)
    room.enter("ann")
    room.ask("ann", p.Join(seat_token=token))
    player = bob.mirror.table.players["X"]
    assert player is not None and player.here


def test_a_second_device_keeps_the_player_here() -> None:
    room = Room()
    token = room.seat("ann", "X")
    room.enter("tablet")
    room.ask("tablet", p.Join(seat_token=token))
    room.exit("ann")
    assert room.session.away == {}
    room.exit("tablet")
    assert room.session.away == {"X": 1000.0}
    assert room.session.disconnect("tablet", 1001.0) == []


def test_spectators_are_those_without_a_seat() -> None:
    room = Room()
    room.seat("ann", "X")
    room.enter("eve")
    room.enter("", greeted=False)
    mirror = room.guests["ann"].mirror
    assert mirror.table is not None and mirror.table.spectators == ("eve", "guest")


def test_an_offer_leaves_with_its_seat() -> None:
    room = Room()
    room.seat("ann", "X")
    room.seat("bob", "O")
    room.play(("ann", 1), ("bob", 2))
    room.ask("ann", p.OfferDraw())
    room.ask("ann", p.Leave())
    assert room.thread.offers == {}
    assert room.refused("bob", p.AcceptDraw()) is Code.NOT_FOUND
    assert events(room.ask("ann", p.Join()))[0].kind == "joined"
