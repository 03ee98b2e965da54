"""What a listener may know without asking the server, and what a word asks of it. Pure."""

from __future__ import annotations

from gamesock import protocol as p
from gamesock.mirror import Mirror
from gamesock.plain import boards, tables
from gamesock.plain.commands import help_lines


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


def asked(name: str, mirror: Mirror) -> p.ClientMessage:
    """The request that a word stands for, as things are."""
    table = mirror.table
    claims = [why for why in (table.claims if table else ()) if why != "away"]
    # What stands longest is answered first; there is hardly ever more than one.
    offered = next((each.offer for each in (table.offers if table else ())), "draw")
    match name:
        case "draw":
            return p.ClaimDraw() if claims and mirror.my_turn else p.OfferDraw()
        case "takeback":
            return p.OfferTakeback()
        case "accept":
            return p.AcceptDraw() if offered == "draw" else p.AcceptTakeback()
        case "decline":
            return p.DeclineDraw() if offered == "draw" else p.DeclineTakeback()
        case "claim":
            return p.ClaimWin()
    return p.Rematch()
