"""What becomes of seats when the sign-in of who holds them ends, and comes back."""

from __future__ import annotations

from room import Room

from gamesock import protocol as p
from gamesock import session as s


def lapsed(**fields: object) -> Room:
    """Ann plays white; her sign-in has ended."""
    room = Room("chess", **fields)  # type: ignore[arg-type]
    room.enter("ann", user="user-a")
    room.enter("ben", user="user-b")
    room.ask("ann", p.Join(seat="white"))
    room.ask("ben", p.Join(seat="black"))
    room.play(("ann", "e4"), ("ben", "e5"))
    room.carry_out(room.session.lapse("ann", room.now), "ann")
    return room


def back(room: Room, name: str = "ann") -> None:
    room.carry_out(room.session.signed_in(name), name)


def test_the_seat_is_away_and_nobody_elses() -> None:
    room = lapsed()
    assert not room.session.viewers["ann"].seats and "white" in room.session.away
    assert room.refused("ben", p.Join(seat="white")) == "seat_taken"
    assert room.refused("ann", p.MakeMove(move="Nf3")) == "not_a_player"
    back(room)
    assert room.session.viewers["ann"].seats == ["white"] and "white" not in room.session.away
    room.play(("ann", "Nf3"))


def test_an_opponent_may_claim_meanwhile() -> None:
    room = lapsed()
    room.now += s.AWAY_GRACE_UNTIMED + 1
    room.ask("ben", p.ClaimWin())
    assert room.thread.outcome and room.thread.outcome.winner == "black"
    back(room)
    assert room.session.viewers["ann"].seats == ["white"], "it still says who played"


def test_a_bot_that_took_over_keeps_the_seat_until_it_is_asked_for() -> None:
    room = lapsed()
    room.now += s.AWAY_GRACE_UNTIMED + 1
    room.ask("ben", p.SetBot(seat="white", bot="random"))
    back(room)
    assert room.session.viewers["ann"].seats == []
    room.ask("ann", p.Join(seat="white"))
    assert room.session.viewers["ann"].seats == ["white"]


def test_a_private_thread_is_not_shown_meanwhile() -> None:
    room = lapsed(visibility="private")
    ann = room.session.viewers["ann"]
    assert not room.session.may_watch(ann)
    back(room)
    assert room.session.may_watch(ann)


def test_a_second_connection_of_the_same_user_plays_on() -> None:
    room = Room("chess")
    for name in ("here", "there"):
        room.enter(name, user="user-a")
        room.ask(name, p.Join(seat="white"))
    room.carry_out(room.session.lapse("here", room.now), "here")
    assert "white" not in room.session.away
    room.play(("there", "e4"))


def test_another_users_token_opens_no_seat() -> None:
    room = Room("chess")
    room.enter("ann", user="user-a")
    room.enter("ben", user="user-b")
    room.ask("ann", p.Join(seat="white"))
    assert room.refused("ben", p.Join(seat_token="nonce1")) == "forbidden"
    room.enter("again", user="user-a")
    room.ask("again", p.Join())
    assert room.session.viewers["again"].seats == ["white"]
