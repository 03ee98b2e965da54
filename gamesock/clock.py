"""Chess clocks as pure values: time controls, and the time each seat has left.

All times are seconds; ``now`` is always an argument. A clock never ticks: what is left follows from
what was left when the turn began and how long ago that was.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal, NamedTuple

from gamesock.game import Seat

Kind = Literal["increment", "delay", "bronstein", "per_move", "days"]

_DAY = 86400.0
_LONGEST = 30 * _DAY
_NUMBER = r"\d+(?:\.\d{1,6})?"
_PATTERN = re.compile(
    rf"(?:(?P<minutes>{_NUMBER})(?:(?P<kind>[+db])(?P<extra>{_NUMBER}))?"
    rf"|(?P<move>{_NUMBER})s/move|(?P<days>\d+)\s*(?:d|days?)/move)"
)
_KINDS: dict[str | None, Kind] = {None: "increment", "+": "increment", "d": "delay", "b": "bronstein"}
_SIGNS = {"increment": "+", "delay": "d", "bronstein": "b"}


class TimeControl(NamedTuple):
    """How much time a seat has, and what a move gives back.

    - ``increment``: ``extra`` is added after each move (Fischer; 0: sudden death);
    - ``delay``: the clock waits ``extra`` before it runs (simple, or US, delay);
    - ``bronstein``: what a move used is given back, at most ``extra``;
    - ``per_move`` and ``days``: every move has ``base``, nothing is kept.
    """

    kind: Kind
    base: float
    extra: float = 0.0

    @classmethod
    def parse(cls, text: str) -> TimeControl:
        """Read ``5+3``, ``10`` (minutes, seconds), ``5d3``, ``5b3``, ``30s/move`` or ``2d/move``.

        Raises:
            ValueError: it is none of these, or not between a second and thirty days.
        """
        match = _PATTERN.fullmatch(text.strip().lower())
        if not match:
            raise ValueError(
                f"{text!r} is no time control: use 5+3 (minutes + seconds a move), 10, "
                "5d3 (delay), 5b3 (Bronstein), 30s/move or 2d/move"
            )
        if match["move"]:
            control = cls("per_move", float(match["move"]))
        elif match["days"]:
            control = cls("days", float(match["days"]) * _DAY)
        else:
            control = cls(_KINDS[match["kind"]], float(match["minutes"]) * 60, float(match["extra"] or 0))
        if not 1 <= control.base + control.extra <= _LONGEST:
            raise ValueError(f"the time control {text!r} must be between a second and thirty days")
        return control

    def __str__(self) -> str:
        """As ``parse`` reads it."""
        if self.kind == "per_move":
            return f"{_plain(self.base)}s/move"
        if self.kind == "days":
            return f"{_plain(self.base / _DAY)}d/move"
        minutes = _plain(self.base / 60)
        sudden = self.kind == "increment" and not self.extra
        return minutes if sudden else f"{minutes}{_SIGNS[self.kind]}{_plain(self.extra)}"

    @property
    def start(self) -> float:
        """What each clock shows before the first move; the first move earns its increment only once made."""
        return self.base or self.extra


class Clock(NamedTuple):
    """The time of every seat: ``left`` when the turn began at ``since``; ``running`` seats lose it."""

    control: TimeControl
    left: dict[Seat, float]
    running: frozenset[Seat] = frozenset()
    since: float = 0.0

    @classmethod
    def fresh(cls, control: TimeControl, seats: Iterable[Seat]) -> Clock:
        """A clock at rest, with all the time there is."""
        return cls(control, dict.fromkeys(seats, control.start))

    def remaining(self, seat: Seat, now: float) -> float:
        """Seconds ``seat`` has left; 0 once it has none."""
        return max(0.0, self.left[seat] - max(0.0, self.spend(seat, now) - self._delay))

    def spend(self, seat: Seat, now: float) -> float:
        """Seconds used of the turn that is under way (0 for a seat whose clock rests)."""
        return max(0.0, now - self.since) if seat in self.running else 0.0

    def turn(self, seats: frozenset[Seat], now: float) -> Clock:
        """The clock with the turn of ``seats`` begun at ``now``; what others used so far is kept.

        If just these were running, their turn goes on: nobody earns a delay by another's move.
        """
        if seats == self.running:
            return self
        left = {seat: self.remaining(seat, now) for seat in self.left}
        if self.control.kind in ("per_move", "days"):
            left |= dict.fromkeys(seats - self.running, self.control.base)
        return self._replace(left=left, running=seats, since=now)

    def moved(self, seat: Seat, now: float) -> Clock:
        """The clock after ``seat`` moved at ``now``: its time is settled, what the move earns added."""
        left = self.left | {seat: self.remaining(seat, now)}
        match self.control.kind:
            case "increment":
                left[seat] += self.control.extra if seat in self.running else 0.0
            case "bronstein":
                left[seat] += min(self.control.extra, self.spend(seat, now))
            case "per_move" | "days":
                left[seat] = self.control.base
        return self._replace(left=left, running=self.running - {seat})

    def stopped(self, now: float) -> Clock:
        """The clock at rest, with what is left at ``now``."""
        return self.turn(frozenset(), now)

    def paused(self, seconds: float) -> Clock:
        """The clock as if the last ``seconds`` had not passed."""
        return self._replace(since=self.since + seconds)

    def flagged(self, now: float) -> Seat | None:
        """The running seat whose time is up, if any (of several, the first in seat order)."""
        return next((seat for seat in self.left if seat in self.running and self._falls(seat) <= now), None)

    def deadline(self) -> float | None:
        """When the first running clock reaches zero, or None while all rest."""
        return min(map(self._falls, self.running), default=None)

    @property
    def _delay(self) -> float:
        return self.control.extra if self.control.kind == "delay" else 0.0

    def _falls(self, seat: Seat) -> float:
        """When the flag of a running seat falls."""
        return self.since + self._delay + self.left[seat]


def _plain(number: float) -> str:
    """A number as people write it, to the six decimals that ``parse`` takes."""
    return f"{number:.6f}".rstrip("0").rstrip(".")
