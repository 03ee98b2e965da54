"""What the screens say, in words and numbers: pure functions of what a mirror holds."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from gamesock import protocol as p
from gamesock.bot import Thought
from gamesock.game import BoardPicture, Opening, Seat
from gamesock.mirror import Mirror
from gamesock.tui.looks import Looks

LOW = 10.0
"""Seconds below which a clock counts tenths and calls for attention."""

LONGEST = 999 * 86400.0
"""The most seconds a clock shows."""


def clock_text(seconds: float) -> str:
    """``4:58``, below ten seconds ``0:09.3``, from an hour ``1:02:03``, from two days ``2d 3h``."""
    seconds = min(LONGEST, seconds)
    if seconds < LOW:
        tenths = math.floor(max(0.0, seconds) * 10)
        return f"0:{tenths // 10:02}.{tenths % 10}"
    whole = math.floor(seconds)
    if whole >= 2 * 86400:
        return f"{whole // 86400}d {whole % 86400 // 3600}h"
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


def next_tick(running: Sequence[float]) -> float | None:
    """Seconds until one of the running clocks shows another number; None: none of them does."""
    left = min(running, default=0.0)
    if left <= 0:
        return None
    # A little late rather than early: an early tick shows the old second again.
    return 0.1 if left < LOW else left % 1 + 0.02


def plain(reason: str) -> str:
    """A snake_case reason as people write it."""
    return reason.replace("_", " ")


def outcome_text(outcome: p.OutcomeView, looks: Looks) -> str:
    """``checkmate – white wins``."""
    dash = looks.symbols.dash
    if outcome.winner is None:
        drawn = "no result" if outcome.reason == "aborted" else "draw"
        return f"{plain(outcome.reason).capitalize()} {dash} {drawn}"
    return f"{plain(outcome.reason).capitalize()} {dash} {outcome.winner} wins"


def player_text(player: p.PlayerView | None) -> str:
    """Who sits there: the name, and for a bot its level."""
    if player is None:
        return "free seat"
    if player.kind == "bot" and player.level is not None:
        return f"{player.name} {player.level}"
    return player.name


def called(mirror: Mirror, seat: Seat) -> str:
    """What the others call who plays a seat: the name, where it tells players apart; else the seat's."""
    players = mirror.table.players if mirror.table else {}
    names = {at: safe(player.name) for at, player in players.items() if player}
    name = names.get(seat, "")
    return name if name and list(names.values()).count(name) == 1 else seat


def tray_text(picture: BoardPicture | None, seat: Seat, looks: Looks) -> str:
    """What lies beside the board for a seat."""
    tray = picture.trays.get(seat) if picture else None
    if picture is None or tray is None:
        return ""
    ascii_only = looks.pieces == "ascii"
    pieces = (picture.pieces[key] for key in tray.pieces)
    return f"{''.join(piece.letter if ascii_only else piece.glyph for piece in pieces)} {tray.note}".strip()


def status_text(mirror: Mirror, looks: Looks, *, live: bool = True) -> str:
    """Whose turn it is, or how the game ended; ``live``: somebody is to move now, in no recording."""
    table = mirror.table
    if table is None:
        return "Joining" + looks.symbols.dots
    if table.outcome:
        return outcome_text(table.outcome, looks)
    check = " - check!" if _in_check(mirror.picture) else ""
    if mirror.my_turn:
        both = len(mirror.seats) > 1
        return (f"Your move ({mirror.moving})" if both else "Your move") + check
    moving = mirror.moving
    if moving is None:
        return "Under way"
    player = table.players.get(moving)
    if live and player and player.kind == "bot":
        return f"{player.name} is thinking{looks.symbols.dots}{check}"
    return f"{moving} to move{check}"


def review_text(mirror: Mirror, ply: int, fresh: int, looks: Looks) -> str:
    """What one looks back at, and what goes on meanwhile; ``fresh``: moves that came since one began to look."""
    told = [f"After {ply} of {mirror.ply} moves"]
    if fresh > 0:
        told.append(f"{fresh} new {'move' if fresh == 1 else 'moves'}: End shows")
    if mirror.outcome:
        told.append(outcome_text(mirror.outcome, looks))
    elif mirror.my_turn:
        told.append("your move")
    return f" {looks.symbols.dash} ".join(told)


def _in_check(picture: BoardPicture | None) -> bool:
    return picture is not None and any(mark.kind == "check" for mark in picture.marks)


def numbered(notations: Sequence[str], seats: int) -> list[tuple[str, list[str]]]:
    """The moves in rounds of ``seats``: a number and the moves of each."""
    seats = max(1, seats)
    rounds = range(0, len(notations), seats)
    return [(f"{at // seats + 1}.", list(notations[at : at + seats])) for at in rounds]


def moves_text(notations: Sequence[str], seats: int) -> str:
    """All moves on one line, to copy: ``1. e4 e5 2. Nf3``."""
    return " ".join(" ".join((number, *moves)) for number, moves in numbered(notations, seats))


def fen_of(state: Mapping[str, Any]) -> str:
    """The FEN of a state; empty: the game has no such thing."""
    fields = ("current_board_fen", "board_fen", "fen")
    return next((state[name] for name in fields if isinstance(state.get(name), str)), "")


def position_text(state: Mapping[str, Any], picture: BoardPicture | None) -> str:
    """The position to copy: its FEN if the game has such a thing, else the board as text."""
    return fen_of(state) or (picture.text() if picture else "")


def opening_text(opening: Opening | None) -> str:
    """``C50 Italian Game``."""
    return f"{opening.code} {opening.name}".strip() if opening else ""


def score_text(thought: Thought, first: Seat) -> str:
    """The score as the first seat sees it: ``+0.3``, ``-1.2``, ``M3``."""
    sign = 1 if thought.seat == first else -1
    if thought.mate is not None:
        return f"{'' if thought.mate * sign > 0 else '-'}M{abs(thought.mate)}"
    # No score is below nothing by nothing: never -0.0.
    return "" if thought.score is None else f"{round(thought.score * sign, 1) + 0.0:+.1f}"


def score_share(thought: Thought, first: Seat) -> float:
    """How much of the eval bar belongs to the first seat: 0 to 1."""
    sign = 1 if thought.seat == first else -1
    if thought.mate is not None:
        return 1.0 if thought.mate * sign > 0 else 0.0
    return 1 / (1 + math.exp(-0.55 * max(-1000.0, min(1000.0, thought.score or 0.0)) * sign))


def unshowable(error: Exception) -> str:
    """Why nothing more is shown of a server."""
    return f"this server sent what can't be shown: {str(error) or type(error).__name__}"


def safe(text: str) -> str:
    """Text of others without control characters: a name can't move the cursor or ring the bell."""
    return re.sub(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]", "", text)
