"""The parts that server messages are made of: players, clocks, offers, the table."""

import unicodedata
from typing import Annotated, Any, Literal, Self, TypeAlias

from pydantic import AfterValidator, Field, model_validator

from gamesock.game import BoardPicture, Seat
from gamesock.model import Model
from gamesock.record import OfferKind, Time, Visibility

MAX_CELLS = 10_000
"""Cells of the largest board."""

MAX_LABEL = 8
"""Characters of the longest label of a row or a column."""

Seconds: TypeAlias = Annotated[float, Field(ge=-1e10, le=1e10)]
"""A span of time, of three centuries at most: what a clock can show."""


class PlayerView(Model):
    """A player as everyone may see them."""

    name: str
    kind: Literal["human", "bot"] = "human"
    bot: str | None = None
    level: int | None = None
    here: bool = True
    away_since: Time | None = None
    """When the last connection of this player closed (seconds since 1970)."""


class ClockView(Model):
    """The clocks at ``now``; clients count down by themselves from there."""

    control: str
    left: dict[Seat, Seconds]
    running: tuple[Seat, ...] = ()
    now: Time
    """Server time in seconds since 1970, so that a client needs no clock in step with it."""
    delay: Seconds = 0.0
    """Seconds of simple delay left before the running clock moves."""

    @model_validator(mode="after")
    def _counted(self) -> Self:
        """Refuse a clock that runs and shows nothing."""
        if strangers := {*self.running} - self.left.keys():
            raise ValueError(f"the clock of {min(strangers)!r} runs, and nothing is left on it")
        return self


class OutcomeView(Model):
    """How the game ended."""

    winner: Seat | None = None
    reason: str


class OfferView(Model):
    """An offer that stands."""

    seat: Seat
    offer: OfferKind


def _whole(picture: BoardPicture) -> BoardPicture:
    """Refuse what couldn't be drawn: whoever draws a picture may trust it, from any server."""
    size = picture.rows * picture.columns
    sized = size > 0 if picture.rows > 0 else picture.rows == picture.columns == 0
    if not sized or size > MAX_CELLS or len(picture.cells) != size:
        raise ValueError(f"{len(picture.cells)} cells don't make a board of {picture.rows} by {picture.columns}")
    choices = {move.choice for move in picture.moves if move.choice is not None}
    shown = {*picture.cells, *choices, *(piece for tray in picture.trays.values() for piece in tray.pieces)}
    if unknown := shown - picture.pieces.keys() - {""}:
        raise ValueError(f"there is no piece {min(unknown)!r}")
    cells = {mark.cell for mark in picture.marks} | {move.target for move in picture.moves}
    cells |= {move.origin for move in picture.moves if move.origin is not None}
    if any(not 0 <= cell < size for cell in cells):
        raise ValueError("a mark or a move is beside the board")
    if len(picture.row_labels) not in (0, picture.rows) or len(picture.column_labels) not in (0, picture.columns):
        raise ValueError("there isn't a label for each row and column")
    for label in (*picture.row_labels, *picture.column_labels):
        if len(label) > MAX_LABEL or not all(map(_is_narrow, label)):
            raise ValueError(f"the label {label[:MAX_LABEL]!r} doesn't fit beside a board")
    for piece in picture.pieces.values():
        if not all(len(sign) == 1 and _is_narrow(sign) for sign in (piece.letter, piece.glyph)):
            raise ValueError(f"the piece {piece.name!r} has no sign of one character")
    return picture


def _is_narrow(character: str) -> bool:
    """Whether a character takes exactly one column of a terminal."""
    wide = unicodedata.east_asian_width(character) in "WF"
    return character.isprintable() and not wide and not unicodedata.category(character).startswith("M")


WholePicture: TypeAlias = Annotated[BoardPicture, AfterValidator(_whole)]
"""A board that can be drawn as it is."""


class Table(Model):
    """Everything around the board: who sits where, whose turn, clocks, offers, outcome."""

    game: str
    title: str
    seats: tuple[Seat, ...]
    players: dict[Seat, PlayerView | None]
    to_move: tuple[Seat, ...]
    visibility: Visibility = "public"
    options: dict[str, Any] = Field({})
    tags: dict[str, str] = Field({})
    clock: ClockView | None = None
    offers: tuple[OfferView, ...] = ()
    claims: tuple[str, ...] = ()
    """Draws that the seat to move may claim now, as outcome reasons."""
    claim_after: Time | None = None
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

    @model_validator(mode="after")
    def _whole(self) -> Self:
        """Refuse seats that aren't at this table."""
        clocks = {*self.clock.left, *self.clock.running} if self.clock else set()
        if strangers := {*self.players, *self.to_move, *clocks} - {*self.seats}:
            raise ValueError(f"there is no seat {min(strangers)!r}")
        if missing := {*self.seats} - self.players.keys():
            raise ValueError(f"nothing is said of the seat {min(missing)!r}")
        return self


class Delta(Model):
    """How to complete the histories that ``state`` leaves out."""

    kept: dict[str, int]
    """How many entries of each history stay (fewer than there were after a takeback)."""
    appended: dict[str, list[Any]]


class Limits(Model):
    """What a connection may do."""

    max_frame: int
    messages_per_second: float
    burst: int


class AuthView(Model):
    """Whose sign-ins a server takes."""

    kind: str
    """``supabase``."""
    url: str
    """Of the project: a client shows its token to servers alone that name the token's own project."""
    key: str | None = None
    """The project's publishable key, which it takes to sign in there; None: the server doesn't know it."""
    required: bool = True
    """Whether one must be signed in to play."""
