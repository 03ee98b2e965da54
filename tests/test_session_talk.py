"""Chat rooms, and bots that fail."""

import pytest
from room import Room, asks, kinds

from gamesock import protocol as p
from gamesock.game import Outcome
from gamesock.protocol import Code
from gamesock.session import describe
from gamesock.text import clean


def table() -> Room:
    room = Room()
    room.seat("ann")
    room.seat("bob")
    for name in ("eve", "fay"):
        room.enter(name)
    return room


def heard(room: Room) -> dict[str, list[str]]:
    return {name: [said.text for said in guest.mirror.chat] for name, guest in room.guests.items()}


# Chat


def test_rooms_are_separate_and_others_get_the_seq() -> None:
    room = table()
    room.ask("ann", p.Chat(text="good luck"))
    room.ask("eve", p.Chat(text="who wins?"))
    assert heard(room) == {
        "ann": ["good luck"],
        "bob": ["good luck"],
        "eve": ["who wins?"],
        "fay": ["who wins?"],
    }
    for guest in room.guests.values():
        assert (guest.mirror.seq, guest.mirror.gap) == (room.thread.seq, False)
        assert sum(isinstance(told, p.Skipped) for told in guest.told) == 1


@pytest.mark.parametrize(("name", "to"), [("eve", "players"), ("ann", "spectators")])
def test_nobody_talks_in_the_other_room_while_the_game_goes_on(name: str, to: str) -> None:
    assert table().refused(name, p.Chat(text="hi", room=to)) is Code.FORBIDDEN


def test_after_the_game_everyone_talks_with_everyone() -> None:
    room = table()
    room.ask("ann", p.Resign())
    room.ask("ann", p.Chat(text="well played", room="spectators"))
    room.ask("eve", p.Chat(text="bravo"))
    assert set(map(tuple, heard(room).values())) == {("well played", "bravo")}


def test_what_is_said_is_safe_on_a_terminal() -> None:
    room = table()
    room.ask("ann", p.Chat(text="a\x1b]0;title\x07b\nc"))
    assert heard(room)["bob"] == ["a]0;titlebc"]
    assert room.refused("ann", p.Chat(text=" \x00\n ")) is Code.BAD_MESSAGE


def test_a_seed_client_hears_no_chat() -> None:
    room = table()
    seed = room.enter("seed", greeted=False)
    seed.told.clear()
    room.ask("eve", p.Chat(text="hello"))
    assert seed.told == []


# Bots that fail


def with_bot() -> Room:
    room = Room()
    room.seat("ann", "O")
    room.enter("seed", greeted=False)
    room.ask("ann", p.SetBot(seat="X", bot="perfect"))
    return room


def fail(room: Room, reason: str = "out of memory") -> list[str]:
    ask, ply = room.asked[-1]
    effects = room.session.bot_failed(ask, "perfect", reason, ply, room.now)
    room.carry_out(effects)
    assert asks(effects) == [], "a bot that fails isn't asked again by itself"
    return kinds(effects)


def test_a_failure_is_told_to_everyone_and_nobody_moves() -> None:
    room = with_bot()
    assert fail(room) == ["bot_failed"]
    assert room.thread.ply == 0
    told = room.guests["ann"].mirror.bot_failed
    assert told is not None and (told.seat, told.bot, told.reason) == ("X", "perfect", "out of memory")
    error = room.guests["seed"].told[-1]
    assert isinstance(error, p.Error) and error.code is Code.BOT_FAILED


def test_after_a_failure_the_bot_may_be_asked_again_or_replaced() -> None:
    room = with_bot()
    fail(room)
    assert asks(room.ask("ann", p.GetState())) == []
    room.enter("late")
    assert len(room.asked) == 1
    assert asks(room.ask("ann", p.AiMove()))[0].bot == "perfect"
    fail(room)
    assert asks(room.ask("ann", p.SetBot(seat="X", bot="random")))[0].bot == "random"
    assert kinds(room.answer("5")) == ["moved"]


@pytest.mark.parametrize("choice", ["9,9", "", "e2e4"])
def test_an_illegal_choice_is_a_failure(choice: str) -> None:
    room = with_bot()
    assert kinds(room.answer(choice)) == ["bot_failed"]
    assert room.thread.ply == 0


def test_a_failure_that_comes_too_late_is_no_news() -> None:
    room = with_bot()
    late = room.asked[-1]
    room.answer("5")
    room.asked.append(late)
    assert fail(room) == []
    room.ask("ann", p.Resign())
    assert fail(room) == []


def test_a_long_reason_is_cut() -> None:
    room = with_bot()
    fail(room, "x" * 5000)
    assert len(room.log[-1].reason) == 500


def test_a_bot_that_was_asked_moves_once() -> None:
    room = with_bot()
    assert kinds(room.answer("5")) == ["moved"]
    assert room.answer("1") == []


# Words


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (Outcome("white", "checkmate"), "white wins (checkmate)"),
        (Outcome(None, "threefold_repetition"), "draw (threefold repetition)"),
        (Outcome(None, "aborted"), "aborted"),
    ],
)
def test_describe(outcome: Outcome, words: str) -> None:
    assert describe(outcome) == words


def test_clean() -> None:
    assert clean("  a\u202eb\tc ", 40) == "abc"
    assert clean("x" * 50, 40) == "x" * 40
