"""What PGN tags and comments say, both ways: dates, time controls, clocks, evaluations, endings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import chess
from chess.engine import Cp, Mate, PovScore

from gamesock.bot import Thought
from gamesock.clock import Kind, TimeControl
from gamesock.game import Seat

RESULTS: dict[Seat | None, str] = {"white": "1-0", "black": "0-1", None: "1/2-1/2"}

UNKNOWN = "reason_unknown"
"""Why a game was won that nothing tells more of."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TERMINATIONS = {
    "timeout": "time forfeit",
    "timeout_insufficient_material": "time forfeit",
    "abandoned": "abandoned",
    "aborted": "abandoned",
    UNKNOWN: "?",
}
_KINDS: dict[str | None, Kind] = {None: "increment", "+": "increment", "d": "delay", "b": "bronstein"}
_CONTROL = re.compile(r"(?P<base>\d+(?:\.\d+)?)(?:(?P<kind>[+db])(?P<extra>\d+(?:\.\d+)?))?|1/(?P<move>\d+)")
_CLOCK = re.compile(r"\[%clk\s+(\d+):(\d+):(\d+(?:\.\d+)?)\]")
_EVAL = re.compile(r"\[%eval\s+(?:#(?P<mate>[+-]?\d+)|(?P<pawns>[+-]?\d*\.?\d+))(?:,(?P<depth>\d+))?\]")
_DATE = re.compile(r"(\d{4})[.-](\d\d|\?\?)[.-](\d\d|\?\?)")
_TIME = re.compile(r"(\d\d):(\d\d):(\d\d)")


def date_tag(created: float) -> str:
    """The day of a time in seconds since 1970, as in the tag ``Date``."""
    day = _EPOCH + timedelta(seconds=created)
    return f"{day.year:04}.{day.month:02}.{day.day:02}"


def created(tags: Mapping[str, str]) -> float:
    """When a game began, in seconds since 1970: by ``UTCDate`` and ``UTCTime``, or ``date``; 0 if unknown."""
    date = _DATE.fullmatch(tags.get("UTCDate", "")) or _DATE.fullmatch(tags.get("date", ""))
    time = _TIME.fullmatch(tags.get("UTCTime", ""))
    if not date:
        return 0.0
    year, month, day = (1 if part == "??" else int(part) for part in date.groups())
    hour, minute, second = map(int, time.groups()) if time else (0, 0, 0)
    try:
        moment = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return 0.0
    return (moment - _EPOCH).total_seconds()


def control_tag(control: TimeControl) -> str:
    """A time control as in the tag ``TimeControl``: seconds. Delays are written ``300d3`` and ``300b3``."""
    base, extra = f"{control.base:.10g}", f"{control.extra:.10g}"
    if control.kind in ("per_move", "days"):
        return f"1/{base}"
    sign = {"increment": "+", "delay": "d", "bronstein": "b"}[control.kind]
    return f"{base}{sign}{extra}" if control.extra or control.kind != "increment" else base


def control(tag: str) -> TimeControl | None:
    """The time control that a ``TimeControl`` tag names, or None if a clock of ours can't keep it."""
    match = _CONTROL.fullmatch(tag.strip())
    if not match:
        return None
    if match["move"]:
        seconds = float(match["move"])
        named = TimeControl("per_move" if seconds % 86400 else "days", seconds)
    else:
        named = TimeControl(_KINDS[match["kind"]], float(match["base"]), float(match["extra"] or 0))
    try:
        return TimeControl.parse(str(named))
    except ValueError:
        return None


def used(control: TimeControl | None, before: float, after: float) -> float:
    """The seconds a move took, if the clock showed ``before`` and then ``after``."""
    match control:
        case None:
            return max(0.0, before - after)
        case TimeControl(kind="per_move" | "days"):
            return 0.0
        case TimeControl(kind="delay" | "bronstein") if after >= before:
            return 0.0
    return max(0.0, before + control.extra - after)


def clock(comment: str) -> float | None:
    """The seconds that ``%clk`` shows, if it is there."""
    match = _CLOCK.search(comment)
    if not match:
        return None
    hours, minutes, seconds = map(float, match.groups())
    return hours * 3600 + minutes * 60 + seconds


def thought(comment: str, seat: Seat) -> Thought | None:
    """What ``%eval``, which takes white's side, means to ``seat``; None if it isn't there."""
    match = _EVAL.search(comment)
    if not match:
        return None
    sign = 1 if seat == "white" else -1
    try:
        depth = int(match["depth"] or 0)
        if match["mate"]:
            return Thought(seat=seat, mate=sign * int(match["mate"]), depth=depth)
        return Thought(seat=seat, score=sign * float(match["pawns"]), depth=depth)
    except ValueError:
        return None  # beyond any chess


def pov(thought: Thought) -> PovScore | None:
    """A thought as python-chess writes it into ``%eval``; None if it has no score."""
    color = chess.WHITE if thought.seat == "white" else chess.BLACK
    if thought.mate is not None:
        return PovScore(Mate(thought.mate), color)
    return None if thought.score is None else PovScore(Cp(round(thought.score * 100)), color)


def termination_tag(reason: str | None) -> str:
    """How a game ended (None: it hasn't), as in the tag ``Termination``."""
    return "unterminated" if reason is None else _TERMINATIONS.get(reason, "normal")


def reason(winner: Seat | None, termination: str, claims: tuple[str, ...]) -> str:
    """Why a game ended that the rules hadn't, as far as its tags and the ``claims`` at the end tell."""
    match termination.lower():
        case "time forfeit":
            return "timeout" if winner else "timeout_insufficient_material"
        case "abandoned" if winner:
            return "abandoned"
        case "normal" if winner:
            return "resignation"  # the rules know of every other normal end
    if winner:
        return UNKNOWN
    return claims[0] if claims else "agreement"
