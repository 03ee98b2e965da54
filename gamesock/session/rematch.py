"""Rematches: the same players once more, in a thread of its own, with the seats swapped."""

from __future__ import annotations

from gamesock import protocol as p
from gamesock import record as r
from gamesock.protocol import Code, Refusal
from gamesock.session.consent import agreed
from gamesock.session.desk import Desk, Viewer
from gamesock.session.effects import Effect, Open, Reply
from gamesock.session.seating import key_of


def rematch(desk: Desk, viewer: Viewer, now: float, nonce: str) -> list[Effect]:
    """Propose another game, or agree to one; its id, chance and epoch come from the ``nonce``."""
    thread = desk.thread
    if not thread.outcome:
        raise Refusal(Code.FORBIDDEN, "the game isn't over yet")
    if thread.next_thread:
        return [Reply(p.Ack(seq=thread.seq, thread_id=thread.next_thread))]
    if not viewer.seats:
        raise Refusal(Code.NOT_A_PLAYER, "only the players can ask for a rematch")
    seat = viewer.seats[0]
    if not (agreed(desk, "rematch", seat, viewer, accept=False) or desk.opponents_are_bots(seat)):
        desk.add(r.Offered, now, seat=seat, offer="rematch")
        return desk.done()
    header = _header(thread.header, now, key_of(nonce))
    desk.add(r.Rematched, now, thread=header.thread)
    opened = Open(header, _swapped(desk, header.created))
    return [opened, *desk.effects(), Reply(p.Ack(seq=thread.seq, thread_id=header.thread))]


def _header(old: r.Header, now: float, digits: str) -> r.Header:
    name = digits[:15] + digits[27:36]  # what is between them is the seed's, which nobody may guess
    fresh = {
        "thread": r.thread_id(old.game, old.visibility, name),
        "created": round(now, 3),
        "seed": int(digits[15:27], 16),
        "epoch": digits[-16:],
        "tags": {},
    }
    return old.model_copy(update=fresh)


def _swapped(desk: Desk, at: float) -> tuple[r.Event, ...]:
    """The players of this game, each in the next seat; their tokens open those."""
    seats = desk.thread.game.seats
    turned = [(seats[(i + 1) % len(seats)], desk.thread.players[seat]) for i, seat in enumerate(seats)]
    seated = [(seat, player) for seat, player in turned if player]
    return tuple(r.Joined(seq=n, at=at, seat=seat, player=player) for n, (seat, player) in enumerate(seated, 1))
