"""Moves: whose they are, what is meant by them, and bots that are called to make one."""

from __future__ import annotations

from typing import Any

from gamesock import protocol as p
from gamesock import record as r
from gamesock.game import AmbiguousMove, IllegalMove, Seat, few
from gamesock.protocol import Code, Refusal
from gamesock.session.desk import Desk, Viewer
from gamesock.session.effects import Effect, ReplyState


def make_move(desk: Desk, viewer: Viewer, message: p.MakeMove, now: float) -> list[Effect]:
    """Play a move, or answer one that was played already."""
    thread = desk.thread
    if message.id is not None and any((seat, message.id) in thread.answered for seat in viewer.seats):
        return [ReplyState()]
    desk.must_go_on()
    desk.must_know_rules()
    if message.seq is not None and not thread.turned_seq <= message.seq <= thread.seq:
        raise Refusal(
            Code.STALE, f"the position has moved on: you saw event {message.seq}, now it is {thread.seq}"
        )
    seat = _moving_seat(desk, viewer)
    try:
        move = thread.game.parse(thread.position, message.move, seat)
    except IllegalMove as error:
        code = Code.AMBIGUOUS_MOVE if isinstance(error, AmbiguousMove) else Code.ILLEGAL_MOVE
        raise Refusal(code, _why_illegal(desk, error, seat)) from None
    if not desk.owns(viewer, seat):
        desk.add(r.Joined, now, seat=seat, player=r.Player(name=viewer.name or "guest", user=viewer.user))
    desk.hold(viewer, seat)
    play(desk, seat, move, now, id=message.id)
    # Left out: yes for seed clients, who have no other way to call the computer.
    return desk.effects(auto=not viewer.greeted if message.auto_response is None else message.auto_response)


def ai_move(desk: Desk, viewer: Viewer, message: p.AiMove, now: float) -> list[Effect]:
    """Let a bot choose for a seat to move: the viewer's own, else one that no other human plays."""
    desk.must_go_on()
    desk.must_know_rules()
    to_move = sorted(desk.thread.to_move, key=lambda seat: (seat not in viewer.seats, seat))
    seat = next((seat for seat in to_move if desk.is_bot(seat) or seat in viewer.seats), None)
    if seat is None:
        player = desk.thread.players[to_move[0]]
        raise Refusal(Code.NOT_YOUR_TURN, f"{to_move[0]} is {player.name if player else 'nobody'}'s to move")
    desk.must_host(viewer)
    seated = desk.thread.players[seat]
    bot, level = message.bot, message.level
    if bot is None and seated and seated.kind == "bot":
        bot, level = seated.bot, seated.level
    return [desk.ask(seat, bot, level, message.time_ms / 1000 if message.time_ms else None)]


def play(desk: Desk, seat: Seat, move: str, now: float, **extra: Any) -> None:
    """Decide on a legal move, and on the end of the game if it is one."""
    desk.add(r.Moved, now, seat=seat, move=move, **extra)
    outcome = desk.thread.position.outcome()
    if outcome:
        desk.end(outcome, now)


def _moving_seat(desk: Desk, viewer: Viewer) -> Seat:
    to_move = sorted(desk.thread.to_move)
    own = next((seat for seat in viewer.seats if seat in to_move), None)
    if own is None and not viewer.joined:
        own = next((seat for seat in to_move if desk.is_open(seat) or desk.owns(viewer, seat)), None)
    if own is not None:
        return own
    turn = " or ".join(to_move)
    if viewer.seats:
        raise Refusal(Code.NOT_YOUR_TURN, f"it is {turn}'s turn")
    free = [seat for seat in desk.thread.players if desk.is_open(seat)]
    if not free:
        raise Refusal(Code.NOT_A_PLAYER, "every seat is taken: you are watching this game")
    if viewer.joined:
        raise Refusal(Code.NOT_A_PLAYER, f"join a seat first, then move: {' and '.join(free)} is free")
    raise Refusal(Code.NOT_YOUR_TURN, f"it is {turn}'s turn, and {turn} is taken")


def _why_illegal(desk: Desk, error: IllegalMove, seat: Seat) -> str:
    """The reason, with the legal moves when they are few and it doesn't name them."""
    reason, position = str(error), desk.thread.position
    legal = position.legal_moves(seat)
    names = [desk.thread.game.format(position, move) for move in legal[:13]]
    return reason if len(legal) > 12 or any(n in reason for n in names) else f"{reason} (legal: {few(names)})"
