"""What a listener may know without asking the server, and what a word asks of it. Pure."""

from __future__ import annotations

from collections.abc import Callable

from gamesock import protocol as p
from gamesock.game import BoardPicture
from gamesock.mirror import Mirror
from gamesock.plain import boards, tables
from gamesock.plain.commands import help_lines
from gamesock.plain.moves import gesture_words
from gamesock.record import OfferKind


def answer(mirror: Mirror, name: str, about: str, *, flipped: bool = False) -> list[str]:
    """The answer to a command that only wants to know."""
    match name:
        case "moves":
            seats = len(mirror.table.seats) if mirror.table else 2
            return [tables.numbered(mirror.notations, seats) or "no moves yet"]
        case "turn":
            return [tables.turn(mirror.table, mirror.seats)]
        case "players":
            return tables.players(mirror)
        case "help":
            return help_lines(mirror.table.notations if mirror.table else "")
    picture = mirror.picture
    if picture is None or not picture.cells:
        return ["this game shows no board"]
    match name:
        case "board":
            return picture.text(flipped=flipped).splitlines()
        case "read":
            return boards.read_rows(picture, flipped=flipped, only=about.removeprefix("row").strip())
        case "where":
            return boards.where(picture, about, mirror.seats)
        case "what":
            return [boards.what_is_on(picture, about)]
    return boards.legal_moves(picture, about, mirror.seats)


def advice(thinking: p.Thinking, picture: BoardPicture | None) -> str:
    """What a bot would play, and what that does on the board."""
    line = thinking.thought.line
    if not line:
        return f"{thinking.bot} has no advice here"
    move = next((each for each in (picture.moves if picture else ()) if each.label == line[0]), None)
    words = f" ({gesture_words(move, picture)})" if move and picture else ""
    return f"{thinking.bot} would play {line[0]}{words}"


def asked(name: str, mirror: Mirror) -> p.ClientMessage:
    """The request that a word stands for, as things are.

    Raises:
        ValueError: it answers an offer, and there is none; the message says so.
    """
    claims = [why for why in (mirror.table.claims if mirror.table else ()) if why != "away"]
    match name:
        case "draw":
            return p.ClaimDraw() if claims and mirror.my_turn else p.OfferDraw()
        case "takeback":
            return p.OfferTakeback()
        case "accept":
            return _ACCEPT[_offered(mirror)]()
        case "decline":
            return _decline(_offered(mirror))
        case "claim":
            return p.ClaimWin()
    return p.Rematch()


_ACCEPT: dict[OfferKind, Callable[[], p.ClientMessage]] = {
    "draw": p.AcceptDraw,
    "takeback": p.AcceptTakeback,
    "rematch": p.Rematch,
}


def _decline(offer: OfferKind) -> p.ClientMessage:
    if offer == "rematch":
        raise ValueError("a rematch that you don't want needs no answer: quit leaves")
    return p.DeclineDraw() if offer == "draw" else p.DeclineTakeback()


def _offered(mirror: Mirror) -> OfferKind:
    """What is to be answered: of the others' offers the one that stands longest, or else our own."""
    offers = mirror.table.offers if mirror.table else ()
    if not offers:
        raise ValueError("nothing is offered: draw offers a draw, takeback asks for a move back")
    return min(offers, key=lambda each: each.seat in mirror.seats).offer
