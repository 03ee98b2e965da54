"""Seats: taking one, finding one again, giving it up, putting a bot there."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence

from gamesock import protocol as p
from gamesock import record as r
from gamesock.game import Seat
from gamesock.protocol import Code, Refusal
from gamesock.session.desk import Desk, Viewer
from gamesock.session.effects import Announce, Effect, Reply, ReplyState
from gamesock.text import clean


def key_of(token: str) -> str:
    """What is kept of a seat token: the log never tells the token itself."""
    return hashlib.sha256(token.encode()).hexdigest()


def join(desk: Desk, viewer: Viewer, message: p.Join, now: float, nonce: str) -> list[Effect]:
    """Take a seat, find one's own again, or watch. A new seat's token is the ``nonce``."""
    if message.seat == p.SPECTATOR:
        return _watch(desk, viewer, message)
    name = _name(viewer, message)
    seat = _own_seat(desk, viewer, message)
    if seat is not None:
        by_user = message.seat is None and message.seat_token is None
        rest = _hold_the_rest(desk, viewer, seat) if by_user else ()
        return [*_take_over(desk, seat, name, now), *_sit(desk, viewer, name, seat, message.seat_token, rest)]
    if desk.thread.outcome:
        raise Refusal(Code.GAME_OVER, "the game is over: you can watch it, or start another")
    seat = _free_seat(desk, message.seat)
    player = r.Player(name=name or "guest", user=viewer.user, key=key_of(nonce))
    desk.add(r.Joined, now, seat=seat, player=player)
    return [*desk.effects(ask=False), *_sit(desk, viewer, name, seat, nonce)]


def leave(desk: Desk, viewer: Viewer, message: p.Leave, now: float) -> list[Effect]:
    """Give up every seat. After the game there is none to give up: seats say who played."""
    if desk.thread.outcome:
        return [Reply(p.Ack(seq=desk.thread.seq))]
    for seat in list(viewer.seats):
        desk.add(r.Left, now, seat=seat)
        desk.let_go(seat)
        if desk.thread.started:
            # Whoever is left waiting can have the game, as if the other had only gone away.
            desk.away[seat] = now
    return [*desk.done(), Announce(), *_other_eyes(desk)]


def set_bot(desk: Desk, viewer: Viewer, message: p.SetBot, now: float) -> list[Effect]:
    """Put a bot in a seat that is free, a bot's or one's own, or take it out again.

    Also in that of an opponent who has been away for so long that the game could be claimed. A seat that was
    somebody's stays theirs: the bot keeps it until they take it back, or join with their token.
    """
    desk.must_go_on()
    seat = message.seat
    if seat not in desk.thread.players:
        raise Refusal(Code.NOT_FOUND, f"there is no seat {seat!r}")
    desk.must_host(viewer)
    player, lent = desk.thread.players[seat], desk.is_lent(seat)
    _must_give(desk, viewer, seat, now)
    if message.bot is None and lent:
        return [*_take_over(desk, seat, viewer.name, now), *_sit(desk, viewer, viewer.name, seat, None)]
    if message.bot is None and (player is None or player.kind != "bot"):
        raise Refusal(Code.NOT_FOUND, f"no bot plays {seat}")
    if message.bot is None:
        desk.add(r.Left, now, seat=seat)
    else:
        owner = {"key": player.key, "user": player.user} if player else {}
        bot = r.Player(name=message.bot, kind="bot", bot=message.bot, level=message.level, **owner)
        desk.add(r.Joined, now, seat=seat, player=bot)
        viewer.lent += [seat] if seat in viewer.seats else []
    desk.let_go(seat)
    return [*desk.done(), Announce(), *_other_eyes(desk)]


def _must_give(desk: Desk, viewer: Viewer, seat: Seat, now: float) -> None:
    """Refuse to let a viewer say who plays a seat that is another's."""
    if desk.owns(viewer, seat) or _deserted(desk, viewer, seat, now):
        return
    if desk.is_lent(seat):
        raise Refusal(Code.SEAT_TAKEN, f"a bot keeps {seat} until its player comes back")
    if not desk.is_bot(seat):
        player = desk.thread.players[seat]
        raise Refusal(Code.SEAT_TAKEN, f"{seat} is played by {player.name if player else 'nobody'}")


def _deserted(desk: Desk, viewer: Viewer, seat: Seat, now: float) -> bool:
    """Whether the seat's player has been away for so long that the viewer could claim the game."""
    after = [desk.claim_after(own) for own in viewer.seats if seat in desk.thread.opponents(own)]
    return seat in desk.away and any(claim is not None and claim <= now for claim in after)


def _take_over(desk: Desk, seat: Seat, name: str, now: float) -> list[Effect]:
    """Whoever comes back plays on in place of the bot that kept the seat."""
    player = desk.thread.players[seat]
    if desk.thread.outcome or player is None or player.kind != "bot":
        return []
    desk.add(r.Joined, now, seat=seat, player=r.Player(name=name or "guest", user=player.user, key=player.key))
    return desk.effects(ask=False)


def _hold_the_rest(desk: Desk, viewer: Viewer, first: Seat) -> list[Seat]:
    """Who is known by their account, and names no seat, has every seat that is theirs and no bot's."""
    seats = desk.thread.players
    rest = [seat for seat in seats if seat != first and desk.owns(viewer, seat) and not desk.is_bot(seat)]
    for seat in rest:
        desk.hold(viewer, seat)
    return rest


def _other_eyes(desk: Desk) -> list[Effect]:
    """With secrets, who holds other seats than before sees another state."""
    return [ReplyState()] if desk.thread.game.hidden else []


def _watch(desk: Desk, viewer: Viewer, message: p.Join) -> list[Effect]:
    if not desk.may_watch(viewer):
        raise Refusal(Code.FORBIDDEN, "this game is private: only its players see it")
    viewer.name, viewer.joined = _name(viewer, message), True
    return [Reply(p.Ack(seq=desk.thread.seq)), Announce(), ReplyState()]


def _name(viewer: Viewer, message: p.Join) -> str:
    return clean(message.name or "", 40) or viewer.name


def _own_seat(desk: Desk, viewer: Viewer, message: p.Join) -> Seat | None:
    """The seat that is the viewer's already, by token or by user."""
    wanted = [message.seat] if message.seat else desk.thread.game.seats
    seats = [seat for seat in wanted if seat in desk.thread.players]
    if message.seat_token is None:
        return next((seat for seat in seats if desk.owns(viewer, seat)), None)
    key = key_of(message.seat_token)
    for seat in seats:
        player = desk.thread.players[seat]
        if player and player.key and hmac.compare_digest(player.key, key):
            if viewer.user and player.user and viewer.user != player.user:
                raise Refusal(Code.FORBIDDEN, f"{seat} is another user's seat: sign in as them")
            return seat
    raise Refusal(Code.FORBIDDEN, "this seat token opens no seat here")


def _free_seat(desk: Desk, wanted: Seat | None) -> Seat:
    players = desk.thread.players
    if wanted is None:
        free = [seat for seat in players if desk.is_open(seat)]
        if not free:
            raise Refusal(Code.THREAD_FULL, "every seat is taken: join as spectator to watch")
        return next((seat for seat in free if players[seat] is None), free[0])
    if wanted not in players:
        there = ", ".join([*players, p.SPECTATOR])
        raise Refusal(Code.NOT_FOUND, f"there is no seat {wanted!r}: there is {there}")
    player = players[wanted]
    if player and not desk.is_open(wanted):
        private = desk.thread.header.visibility == "private"
        raise Refusal(Code.SEAT_TAKEN, f"{wanted} is taken" + ("" if private else f" by {player.name}"))
    return wanted


def _sit(
    desk: Desk, viewer: Viewer, name: str, seat: Seat, token: str | None, rest: Sequence[Seat] = ()
) -> list[Effect]:
    viewer.name, viewer.joined = name, True
    desk.hold(viewer, seat)
    seats = (seat, *rest) if rest else None
    ack = p.Ack(seq=desk.thread.seq, seat=seat, seats=seats, seat_token=token)
    return [Reply(ack), Announce(), ReplyState(), *desk.ask_bot()]
