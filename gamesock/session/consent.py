"""How a game ends or turns back by the players' will: resigning, draws, takebacks, claims."""

from __future__ import annotations

from collections.abc import Collection

from gamesock import protocol as p
from gamesock import record as r
from gamesock.game import Outcome, Seat
from gamesock.protocol import Code, Refusal
from gamesock.session.desk import Desk, Viewer
from gamesock.session.effects import Effect

DRAWISH_PLIES = 20
"""A bot declines every draw offer before this ply."""


def resign(desk: Desk, viewer: Viewer, message: p.Resign | p.Abort, now: float) -> list[Effect]:
    """Lose the game; before both sides have moved, call it off."""
    seat = desk.playing_seat(viewer)
    if not desk.thread.started:
        desk.end(Outcome(None, "aborted"), now)
    elif isinstance(message, p.Abort):
        raise Refusal(Code.FORBIDDEN, "both sides have moved: you can resign, or offer a draw")
    else:
        others = desk.thread.opponents(seat)
        desk.end(Outcome(others[0] if len(others) == 1 else None, "resignation"), now)
    return desk.done()


def offer_draw(desk: Desk, viewer: Viewer, message: p.OfferDraw | p.AcceptDraw, now: float) -> list[Effect]:
    """Offer a draw, or take the one that is offered. A bot answers at once."""
    seat = desk.playing_seat(viewer)
    accept = isinstance(message, p.AcceptDraw)
    if not desk.thread.started and accept:
        raise Refusal(Code.NOT_FOUND, "there is no draw offer to accept")
    if not desk.thread.started:
        raise Refusal(Code.FORBIDDEN, "both sides must have moved before a draw is offered")
    if agreed(desk, "draw", seat, viewer, accept=accept):
        desk.end(Outcome(None, "agreement"), now)
        return desk.done()
    desk.add(r.Offered, now, seat=seat, offer="draw")
    if desk.opponents_are_bots(seat):
        if _bots_take_draw(desk, seat):
            desk.end(Outcome(None, "agreement"), now)
        else:
            desk.add(r.Declined, now, seat=desk.thread.opponents(seat)[0], offer="draw")
    return desk.done()


def offer_takeback(
    desk: Desk, viewer: Viewer, message: p.OfferTakeback | p.AcceptTakeback, now: float
) -> list[Effect]:
    """Ask to undo one's last move, or let the other undo theirs. A bot always lets one."""
    seat = desk.playing_seat(viewer)
    asker = desk.thread.offers.get("takeback")
    if agreed(desk, "takeback", seat, viewer, accept=isinstance(message, p.AcceptTakeback)):
        _take_back(desk, viewer.seats if asker is None else [asker], now)
    elif desk.opponents_are_bots(seat):
        _take_back(desk, viewer.seats, now)
    else:
        _plies_back(desk, viewer.seats)
        desk.add(r.Offered, now, seat=seat, offer="takeback")
    return desk.done()


def decline(desk: Desk, viewer: Viewer, message: p.DeclineDraw | p.DeclineTakeback, now: float) -> list[Effect]:
    """Decline what the other offered, or withdraw one's own offer."""
    seat = desk.playing_seat(viewer)
    offer: r.OfferKind = "draw" if isinstance(message, p.DeclineDraw) else "takeback"
    if offer not in desk.thread.offers:
        raise Refusal(Code.NOT_FOUND, f"there is no {offer} offer to decline")
    desk.add(r.Declined, now, seat=seat, offer=offer)
    return desk.done()


def claim_draw(desk: Desk, viewer: Viewer, message: p.ClaimDraw, now: float) -> list[Effect]:
    """Claim a draw that the rules allow."""
    seat = desk.playing_seat(viewer)
    claims = desk.thread.position.claims(seat)
    if not claims:
        raise Refusal(Code.FORBIDDEN, "the rules allow no draw claim in this position")
    desk.end(Outcome(None, claims[0]), now)
    return desk.done()


def claim_win(desk: Desk, viewer: Viewer, message: p.ClaimWin, now: float) -> list[Effect]:
    """Claim the game from an opponent who has been away for too long."""
    seat = desk.playing_seat(viewer)
    after = desk.claim_after(seat)
    if after is None:
        raise Refusal(Code.FORBIDDEN, "your opponent is here (or the game isn't one that can be claimed)")
    if now < after:
        raise Refusal(Code.FORBIDDEN, f"your opponent may still come back: wait {after - now:.0f} s more")
    desk.end(Outcome(seat, "abandoned"), now)
    return desk.done()


def agreed(desk: Desk, offer: r.OfferKind, seat: Seat, viewer: Viewer, *, accept: bool) -> bool:
    """Whether the other side has offered already, or is the same viewer.

    Raises:
        Refusal: one's own offer stands, or with ``accept`` none does.
    """
    others = desk.thread.opponents(seat)
    if all(other in viewer.seats for other in others):
        return True
    standing = desk.thread.offers.get(offer)
    if standing is None and accept:
        raise Refusal(Code.NOT_FOUND, f"there is no {offer} offer to accept")
    if standing in viewer.seats:
        raise Refusal(Code.FORBIDDEN, f"your {offer} offer stands: wait for the answer")
    return standing is not None


def _take_back(desk: Desk, seats: Collection[Seat], now: float) -> None:
    plies = _plies_back(desk, seats)
    desk.add(r.TakenBack, now, seat=desk.thread.played[-plies].seat, plies=plies)


def _plies_back(desk: Desk, seats: Collection[Seat | None]) -> int:
    """How many moves must go so that the last by any of ``seats`` is undone."""
    for back, played in enumerate(reversed(desk.thread.played), 1):
        if played.seat in seats:
            return back
    raise Refusal(Code.FORBIDDEN, "you have no move to take back")


def _bots_take_draw(desk: Desk, seat: Seat) -> bool:
    thoughts = [desk.thread.thoughts.get(other) for other in desk.thread.opponents(seat)]
    return desk.thread.ply >= DRAWISH_PLIES and all(
        thought is not None and thought.score is not None and thought.mate is None and thought.score <= 0
        for thought in thoughts
    )
