"""Low time, told in time: which second calls for a word, and when the next one comes. Pure."""

from __future__ import annotations

from collections.abc import Callable

from gamesock.game import Seat
from gamesock.mirror import Mirror

SELDOM = 3600.0
"""Seconds until the next look at a clock that may be set meanwhile."""

LATER = (10.0, 5.0)
"""Seconds left that are told after the first alarm."""


class Alarm:
    """Watches one clock; each mark is told once, and again after the clock was above it."""

    def __init__(self, low: float) -> None:
        self._marks = sorted({low, *(mark for mark in LATER if mark < low)}, reverse=True) if low > 0 else []
        self._told: float | None = None

    def due(self, left: float) -> str | None:
        """What to say with ``left`` seconds, if anything."""
        passed = [mark for mark in self._marks if left <= mark]
        if not passed:
            self._told = None
            return None
        lowest = passed[-1]
        if self._told is not None and self._told <= lowest:
            return None
        self._told = lowest
        return f"{left:.0f} seconds left" if left >= 1 else None

    def wait(self, left: float) -> float | None:
        """Seconds until the next mark of a running clock; None: there is none."""
        ahead = [left - mark for mark in self._marks if mark < left]
        return min(ahead) if ahead else None


class Alarms:
    """Watches every clock of a player, in one game after the other."""

    def __init__(self, low: float) -> None:
        self._low = low
        self._alarms: dict[tuple[str, Seat], Alarm] = {}

    def look(self, mirror: Mirror, left: Callable[[Seat], float | None]) -> tuple[list[str], float]:
        """What to say with so much time ``left``, and the seconds until the next look."""
        told, waits = [], [SELDOM]
        for seat in mirror.seats:
            seconds = left(seat)
            if seconds is None or mirror.outcome or not mirror.clock or seat not in mirror.clock.running:
                continue
            alarm = self._alarms.setdefault((mirror.thread_id, seat), Alarm(self._low))
            if due := alarm.due(seconds):
                told.append(f"{due} ({seat})" if len(mirror.seats) > 1 else due)
            waits.append((alarm.wait(seconds) or SELDOM) + 0.01)
        return told, min(waits)
