"""Who plays, whose turn it is and how much time is left, in words. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from gamesock import protocol as p
from gamesock.game import Seat
from gamesock.mirror import Mirror
from gamesock.plain.moves import end_line


def duration(seconds: float) -> str:
    """``2 days 3 hours``, ``4 minutes 58 seconds``: the two largest units."""
    left, parts = int(seconds), []
    for unit, size in (("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1)):
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count} {unit}{'' if count == 1 else 's'}")
    return " ".join(parts[:2]) or "no time"


def players(mirror: Mirror) -> list[str]:
    """Who sits where, and who looks on."""
    table = mirror.table
    if table is None:
        return ["nobody is known here"]
    lines = [f"{seat}: {_player(table.players.get(seat), seat in mirror.seats)}" for seat in table.seats]
    if table.watching:
        names = f": {', '.join(table.spectators)}" if table.spectators else ""
        lines.append(f"{table.watching} watching{names}")
    return lines


def _player(player: p.PlayerView | None, mine: bool) -> str:
    if player is None:
        return "free seat"
    level = f" level {player.level}" if player.level is not None else ""
    kind = f", a bot{level}" if player.kind == "bot" else "" if player.here else ", away"
    return f"{player.name}{kind}{', you' if mine else ''}"


def clocks(mirror: Mirror, left: Callable[[Seat], float | None]) -> list[str]:
    """The time each seat has, and whose clock runs."""
    clock = mirror.clock
    if clock is None:
        return ["there is no clock"]
    return [
        f"{seat}: {duration(left(seat) or 0.0)}{', running' if seat in clock.running else ''}"
        for seat in clock.left
    ]


def turn(table: p.Table | None, mine: Sequence[Seat]) -> str:
    """Who is to move, or how the game ended."""
    if table is None:
        return "the server hasn't said whose turn it is"
    if table.outcome:
        return end_line(table.outcome)
    ours = [seat for seat in table.to_move if seat in mine]
    if ours:
        return f"your move ({ours[0]})"
    return f"{' and '.join(table.to_move) or 'nobody'} to move"


def numbered(notations: Sequence[str], seats: int) -> str:
    """All moves on one line: ``1. e4 e5 2. Nf3``."""
    each = max(1, seats)
    rounds = range(0, len(notations), each)
    return " ".join(f"{at // each + 1}. {' '.join(notations[at : at + each])}" for at in rounds)
