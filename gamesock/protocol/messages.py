"""What servers send: one discriminated union."""

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import ConfigDict, Field

from gamesock.bot import Thought
from gamesock.game import Opening, Seat
from gamesock.model import Model
from gamesock.protocol.terms import Code
from gamesock.protocol.views import (
    AuthView,
    ClockView,
    Delta,
    Limits,
    OfferView,
    OutcomeView,
    PlayerView,
    Table,
    WholePicture,
)
from gamesock.record import OfferKind, Time


class Message(Model):
    """What every message has."""

    model_config = ConfigDict(extra="ignore")

    type: str
    re: str | None = None
    """The ``id`` of the request this answers."""


class _ThreadMessage(Message):
    thread_id: str = ""
    seq: int = 0


class StateUpdate(_ThreadMessage):
    """The state as this viewer may see it. After a move: with ``last_action`` and ``move``."""

    type: Literal["state_update"] = "state_update"
    state: dict[str, Any]
    timestamp: str
    last_action: str | None = None
    """``player_move``, ``ai_move`` or ``takeback``."""
    move: Any = None
    epoch: str = ""
    ply: int = 0
    """Moves played so far in what ``state`` shows."""
    review: bool = False
    """Answers ``get_state`` with a ``ply``: a look back, not news."""
    recovered: bool | None = None
    """False: a full state because the missed events could not be told one by one."""
    seat: Seat | None = None
    """Who made the move."""
    notation: str | None = None
    """The move as people read it."""
    notations: list[str] | None = None
    """All moves so far as people read them (with a full state, after ``hello``)."""
    table: Table | None = None
    """After ``hello``."""
    opening: Opening | None = None
    """How the game began, if that has a name."""
    picture: WholePicture | None = None
    """With the feature ``picture``."""
    delta: Delta | None = None
    """With the feature ``deltas``, after a move."""


class Error(Message):
    """A request was refused; ``code`` is for programs, ``message`` for people."""

    type: Literal["error"] = "error"
    code: Code
    message: str
    timestamp: str = ""
    thread_id: str | None = None
    error_id: str | None = None
    """With ``internal``: the log has the cause under this id."""
    retry_after_ms: int | None = None


class Warning(Message):
    type: Literal["warning"] = "warning"
    message: str
    timestamp: str = ""
    thread_id: str | None = None


class Info(Message):
    type: Literal["info"] = "info"
    message: str
    timestamp: str = ""


class UserRegistered(Message):
    type: Literal["user_registered"] = "user_registered"
    thread_id: str
    user_id: str
    timestamp: str = ""


class Welcome(Message):
    """Answers ``hello``; the full state follows."""

    type: Literal["welcome"] = "welcome"
    protocol: int
    server: str
    viewer: str
    """This connection's own id."""
    features: tuple[str, ...] = ()
    limits: Limits
    user: str | None = None
    auth: AuthView | None = None
    """None: a server without accounts."""


class Ack(Message):
    """The request was carried out; what it changed was told, or is about to be."""

    type: Literal["ack"] = "ack"
    seq: int = 0
    seat: Seat | None = None
    seats: tuple[Seat, ...] | None = None
    """After ``join`` by who one is, without naming a seat: every seat that is one's own, if there are several."""
    seat_token: str | None = Field(default=None, repr=False)
    """After ``join``: keep it, it is how you find your seat again. Nobody else gets it."""
    recovered: bool | None = None
    """After ``resume``: the missed messages follow, one by one."""
    thread_id: str | None = None


class JoinedMessage(_ThreadMessage):
    type: Literal["joined"] = "joined"
    seat: Seat
    player: PlayerView


class LeftMessage(_ThreadMessage):
    type: Literal["left"] = "left"
    seat: Seat


class Presence(Message):
    """Who is here, and who is away since when. Not an event: it has no ``seq``."""

    type: Literal["presence"] = "presence"
    thread_id: str = ""
    players: dict[Seat, PlayerView | None]
    spectators: tuple[str, ...] = ()
    watching: int = 0
    claim_after: Time | None = None
    """As in ``Table``."""


class ClockMessage(_ThreadMessage):
    """The clocks were set right outside a move (after a pause or a takeback)."""

    type: Literal["clock"] = "clock"
    clock: ClockView


class Offer(_ThreadMessage):
    """An offer was made, declined or withdrawn; ``offers`` are those that stand."""

    type: Literal["offer"] = "offer"
    seat: Seat
    offer: OfferKind
    declined: bool = False
    offers: tuple[OfferView, ...] = ()


class Thinking(Message):
    """A bot's thought, for those who asked. Not an event: it has no ``seq``."""

    type: Literal["thinking"] = "thinking"
    thread_id: str = ""
    bot: str
    ply: int
    thought: Thought
    done: bool = False


class Recording(Message):
    """Answers ``get_recording``."""

    type: Literal["recording"] = "recording"
    thread_id: str = ""
    text: str
    """A header line, and one JSON event a line, as ``gamesock export`` writes them."""


class BotFailedMessage(_ThreadMessage):
    type: Literal["bot_failed"] = "bot_failed"
    seat: Seat | None = None
    bot: str
    reason: str


class ChatMessage(_ThreadMessage):
    type: Literal["chat"] = "chat"
    room: Literal["players", "spectators"]
    name: str
    seat: Seat | None = None
    text: str
    at: Time


class GameOver(_ThreadMessage):
    type: Literal["game_over"] = "game_over"
    outcome: OutcomeView
    reason: str
    clock: ClockView | None = None
    """The clocks as they stopped."""


class RematchMessage(_ThreadMessage):
    """The next game; every player keeps the seat token."""

    type: Literal["rematch"] = "rematch"
    next_thread: str


class Skipped(_ThreadMessage):
    """An event this viewer may not see; ``seq`` goes on."""

    type: Literal["skipped"] = "skipped"


class GoingAway(Message):
    """The server stops; everything is stored. Come back after ``retry_after_ms`` and ``resume``."""

    type: Literal["going_away"] = "going_away"
    retry_after_ms: int


class SignInEnding(Message):
    """This connection's sign-in ends soon: ``authenticate`` with a fresh token, or only watch from then on."""

    type: Literal["sign_in_ending"] = "sign_in_ending"
    expires_at: Time
    """Seconds since 1970."""


ServerMessage: TypeAlias = Annotated[
    StateUpdate
    | Error
    | Warning
    | Info
    | UserRegistered
    | Welcome
    | Ack
    | JoinedMessage
    | LeftMessage
    | Presence
    | ClockMessage
    | Offer
    | Thinking
    | Recording
    | BotFailedMessage
    | ChatMessage
    | GameOver
    | RematchMessage
    | Skipped
    | SignInEnding
    | GoingAway,
    Field(discriminator="type"),
]
