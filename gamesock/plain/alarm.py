"""Low time, told in time: which second calls for a word, and when the next one comes. Pure."""

from __future__ import annotations

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
