"""Recordings: the event log of a thread, as models and as a file.

A recording is a header line and one JSON event a line. The same events are what a store keeps: they are
the truth of a thread, and everything else (position, seats, clocks, offers) follows from folding them.

Reading a file is the caller's business (``loads`` takes text); nothing here does I/O.
"""

from collections.abc import Iterable
from functools import cache
from typing import Annotated, Any, Literal, TypeAlias

import orjson
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from gamesock.bot import Thought
from gamesock.fault import worded
from gamesock.game import Move, Seat
from gamesock.model import Model

VERSION = 1

Visibility = Literal["public", "unlisted", "private"]
"""``public``: listed, anyone may watch; ``unlisted``: whoever has the id; ``private``: its players."""

OfferKind = Literal["draw", "takeback", "rematch"]

Time = Annotated[float, Field(ge=-6e10, le=2.5e11)]
"""Seconds since 1970, between the years 68 and 9892: what a calendar can show."""


class Header(Model):
    """What is fixed when a thread is created."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    gamesock: Literal[1] = 1
    game: str
    thread: str
    created: Time
    """Seconds since 1970, as every time in a recording."""
    options: dict[str, Any] = Field({})
    seed: int = Field(0, ge=-(2**63), lt=2**63)
    clock: str | None = None
    visibility: Visibility = "public"
    epoch: str = ""
    """Changes when continuity of ``seq`` could not be kept."""
    foreign: bool = False
    """Whether a foreign agent hosts the thread: ``options["state"]`` is its first state."""
    tags: dict[str, str] = Field({})
    """Names, places and dates for people: ``{"event": "London", "white": "Anderssen"}``."""


def thread_id(game: str, visibility: Visibility, digits: str) -> str:
    """The id of a new thread, ``chess-8f3a2c1d``; longer where only those may find it who are told of it.

    ``digits``: at least 24, by chance.
    """
    return f"{game.replace('_', '-')}-{digits[: 8 if visibility == 'public' else 24]}"


class Player(Model):
    """Who sits in a seat."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    kind: Literal["human", "bot"] = "human"
    user: str | None = None
    """The verified user id, if signed in."""
    key: str | None = None
    """SHA-256 of the seat token (hex): whoever holds the token is this player."""
    bot: str | None = None
    level: int | None = None


class _Event(Model):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    seq: int = Field(ge=1)
    at: Time


class Joined(_Event):
    """A player took a seat (or a bot was put there)."""

    kind: Literal["joined"] = "joined"
    seat: Seat
    player: Player


class Left(_Event):
    """A player gave the seat up; it is free."""

    kind: Literal["left"] = "left"
    seat: Seat


class Moved(_Event):
    """A legal move was played."""

    kind: Literal["moved"] = "moved"
    seat: Seat
    move: Move
    by: Literal["player", "ai"] = "player"
    id: str | None = None
    """The client's own id for the request: a repeated one is answered, not played, again."""
    thought: Thought | None = None


class Ran(_Event):
    """A foreign agent ran: the state it answered with. (Bundled games are folded from moves instead.)"""

    kind: Literal["ran"] = "ran"
    by: Literal["player", "ai"]
    input: Any = None
    state: dict[str, Any]
    id: str | None = None


class Offered(_Event):
    """A player offered a draw, asked to take back a move, or proposed another game."""

    kind: Literal["offered"] = "offered"
    seat: Seat
    offer: OfferKind


class Declined(_Event):
    """A player declined an offer (or withdrew their own)."""

    kind: Literal["declined"] = "declined"
    seat: Seat
    offer: OfferKind


class TakenBack(_Event):
    """By consent, the last ``plies`` moves are undone."""

    kind: Literal["taken_back"] = "taken_back"
    seat: Seat
    plies: int = Field(ge=1)


class Paused(_Event):
    """The server was away for ``seconds`` of the turn: nobody's clock is charged for them."""

    kind: Literal["paused"] = "paused"
    seconds: float = Field(ge=0)


class Chatted(_Event):
    """Someone said something in the players' or the spectators' room."""

    kind: Literal["chatted"] = "chatted"
    room: Literal["players", "spectators"]
    name: str
    seat: Seat | None = None
    user: str | None = None
    """The verified user id of who said it, if signed in."""
    text: str


class BotFailed(_Event):
    """A bot raised, overran its time or chose an illegal move. The seat is still to move."""

    kind: Literal["bot_failed"] = "bot_failed"
    seat: Seat | None = None
    bot: str
    reason: str


class Ended(_Event):
    """The game is over. Written for every end, by the rules or otherwise."""

    kind: Literal["ended"] = "ended"
    winner: Seat | None
    reason: str


class Rematched(_Event):
    """Both want another game: it is the thread ``thread``, with seats swapped."""

    kind: Literal["rematched"] = "rematched"
    thread: str


Event: TypeAlias = Annotated[
    Joined
    | Left
    | Moved
    | Ran
    | Offered
    | Declined
    | TakenBack
    | Paused
    | Chatted
    | BotFailed
    | Ended
    | Rematched,
    Field(discriminator="kind"),
]


class BadRecording(ValueError):
    """The text is no recording, or not a whole one; ``line`` says where (1 is the header).

    ``header`` and ``events`` hold what could be read before that line.
    """

    def __init__(self, reason: str, line: int, header: Header | None = None, events: Iterable[Event] = ()) -> None:
        super().__init__(f"line {line}: {reason}")
        self.line = line
        self.header = header
        self.events = list(events)


@cache
def _event() -> TypeAdapter[Event]:
    return TypeAdapter(Event)


def dump_header(header: Header) -> bytes:
    """A header as one line of JSON, without the newline; fields at their defaults are left out.

    Raises:
        ValueError: an option is nothing that JSON can hold.
    """
    return _line({"gamesock": VERSION}, header)


def dump_event(event: Event) -> bytes:
    """An event as one line of JSON, without the newline; fields at their defaults are left out.

    Raises:
        ValueError: there is something in it that JSON can't hold (a lone surrogate, a foreign state's
            object or huge integer).
    """
    return _line({"seq": event.seq, "at": event.at, "kind": event.kind}, event)


def load_event(line: str | bytes) -> Event:
    """The event that ``dump_event`` wrote.

    Raises:
        ValueError: it isn't one; the message names the field.
    """
    return _event().validate_json(line)


def dumps(header: Header, events: Iterable[Event]) -> str:
    """A recording as text."""
    return b"\n".join([dump_header(header), *map(dump_event, events), b""]).decode()


def loads(text: str) -> tuple[Header, list[Event]]:
    """Read a recording.

    Raises:
        BadRecording: a line isn't JSON or lacks a field, the numbers have a gap, the last line is cut
            off; what came before it is in the error.
    """
    header: Header | None = None
    events: list[Event] = []
    # Not splitlines: what people said may hold other line separators, which JSON leaves as they are.
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            if header is None:
                header = Header.model_validate_json(line)
                continue
            event = load_event(line)
        except ValidationError as error:
            raise BadRecording(_why(error), number, header, events) from None
        if event.seq != len(events) + 1:
            reason = f"event {event.seq} where {len(events) + 1} should be: lines are missing or out of order"
            raise BadRecording(reason, number, header, events)
        events.append(event)
    if header is None:
        raise BadRecording("the file is empty", 1)
    return header, events


def shareable(events: Iterable[Event]) -> list[Event]:
    """The events without what belongs to the players alone: seat keys, user ids, request ids."""
    return [_shareable(event) for event in events]


def _shareable(event: Event) -> Event:
    if isinstance(event, Joined):
        return event.model_copy(update={"player": event.player.model_copy(update={"key": None, "user": None})})
    if isinstance(event, Moved | Ran):
        return event.model_copy(update={"id": None})
    if isinstance(event, Chatted):
        return event.model_copy(update={"user": None})
    return event


def _line(first: dict[str, Any], model: BaseModel) -> bytes:
    try:
        return orjson.dumps(first | model.model_dump(mode="json", exclude_defaults=True))
    except TypeError as error:
        raise ValueError(f"a {type(model).__name__} can't be written as JSON: {error}") from error


def _why(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    if first["loc"] == ("gamesock",):
        return f"it is in format {first['input']}; this gamesock reads {VERSION}"
    return worded(first)
