"""When a search must stop."""

from __future__ import annotations

import time

_MARGIN = 0.01
_CHECK_EVERY = 32


class OutOfTime(Exception):
    """Raised out of a search, from however deep it is, when its time is up."""


class Deadline:
    """A number of seconds from now, less a little to write the answer down."""

    def __init__(self, seconds: float) -> None:
        self._end = time.perf_counter() + seconds - min(_MARGIN, seconds / 4)
        self.nodes = 0
        """Positions visited so far."""

    def visit(self) -> None:
        """Count a position; every so many, look at the clock.

        Raises:
            OutOfTime: the time is up.
        """
        self.nodes += 1
        if not self.nodes % _CHECK_EVERY and time.perf_counter() >= self._end:
            raise OutOfTime
