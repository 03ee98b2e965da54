"""The parts that server messages are made of: players, clocks, offers, the table."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel

from gamesock.game import Seat
from gamesock.record import OfferKind, Visibility


class PlayerView(BaseModel):
    """A player as everyone may see them."""

    name: str
    kind: Literal["human", "bot"] = "human"
    bot: str | None = None
    level: int | None = None
    here: bool = True
    away_since: float | None = None
    """When the last connection of this player closed (seconds since 1970)."""


class ClockView(BaseModel):
    """The clocks at ``now``; clients count down by themselves from there."""

    control: str
    left: dict[Seat, float]
    running: tuple[Seat, ...] = ()
    now: float
    """Server time in seconds since 1970, so that a client needs no clock in step with it."""
    delay: float = 0.0
    """Seconds of simple delay left before the running clock moves."""


class OutcomeView(BaseModel):
    """How the game ended."""

    winner: Seat | None = None
    reason: str


class OfferView(BaseModel):
    """An offer that stands."""

    seat: Seat
    offer: OfferKind


class Table(BaseModel):
    """Everything around the board: who sits where, whose turn, clocks, offers, outcome."""

    game: str
    title: str
    seats: tuple[Seat, ...]
    players: dict[Seat, PlayerView | None]
    to_move: tuple[Seat, ...]
    visibility: Visibility = "public"
    options: dict[str, Any] = {}
    tags: dict[str, str] = {}
    clock: ClockView | None = None
    offers: tuple[OfferView, ...] = ()
    claims: tuple[str, ...] = ()
    """Draws that the seat to move may claim now, as outcome reasons."""
    claim_after: float | None = None
    """When (seconds since 1970) the game may be claimed from a player who is away."""
    outcome: OutcomeView | None = None
    watching: int = 0
    """How many watch."""
    spectators: tuple[str, ...] = ()
    """The names of those who watch."""
    rematch: str | None = None
    """The thread of the next game, once there is one."""
    notations: str = ""
    """How moves are typed, with examples."""


class Delta(BaseModel):
    """How to complete the histories that ``state`` leaves out."""

    kept: dict[str, int]
    """How many entries of each history stay (fewer than there were after a takeback)."""
    appended: dict[str, list[Any]]


class Limits(BaseModel):
    """What a connection may do."""

    max_frame: int
    messages_per_second: float
    burst: int
