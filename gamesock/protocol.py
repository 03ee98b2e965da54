"""The wire: every message, one discriminated union each way, with error codes, close codes, version.

JSON text frames. The *seed layer* (``make_move``, ``ai_move``, ``get_state``, ``register_user`` and their
answers) works for any client of the seed document's server; the *gamesock layer* adds to it and changes
none of it. docs/protocol.md tells the same in prose.
"""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from gamesock.bot import Thought
from gamesock.game import BoardPicture, Seat
from gamesock.record import OfferKind, Visibility

PROTOCOL = 1
"""The version of the gamesock layer."""

MAX_FRAME = 16 * 1024
"""Bytes of the largest client message."""

SPECTATOR = "spectator"
"""The ``seat`` of a ``join`` that only watches."""

THREAD_ID = r"^[A-Za-z0-9_.~-]{1,64}$"
"""What a thread id may look like: it travels in URLs, file names and logs."""


class Code(StrEnum):
    """Why a request was refused. Stable; one meaning each."""

    BAD_JSON = "bad_json"
    BAD_MESSAGE = "bad_message"
    TOO_LARGE = "too_large"
    RATE_LIMITED = "rate_limited"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    THREAD_FULL = "thread_full"
    SEAT_TAKEN = "seat_taken"
    NOT_YOUR_TURN = "not_your_turn"
    NOT_A_PLAYER = "not_a_player"
    ILLEGAL_MOVE = "illegal_move"
    AMBIGUOUS_MOVE = "ambiguous_move"
    GAME_OVER = "game_over"
    STALE = "stale"
    NO_SUCH_BOT = "no_such_bot"
    BOT_FAILED = "bot_failed"
    STORE_UNAVAILABLE = "store_unavailable"
    SERVER_FULL = "server_full"
    INTERNAL = "internal"


class Close(IntEnum):
    """WebSocket close codes the server uses."""

    GOING_AWAY = 1001
    POLICY = 1008
    TOO_LARGE = 1009
    TRY_AGAIN = 1013
    TOO_SLOW = 4408


# Client → server


class _Request(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    id: str | None = Field(default=None, max_length=64)


class Hello(_Request):
    """Speak the gamesock layer. Features: ``deltas``, ``picture``."""

    type: Literal["hello"] = "hello"
    protocol: int = PROTOCOL
    client: str = Field(default="", max_length=100)
    features: tuple[str, ...] = Field(default=(), max_length=16)


class Authenticate(_Request):
    """Sign in, or renew the token on a living connection."""

    type: Literal["authenticate"] = "authenticate"
    token: str = Field(repr=False)


class RegisterUser(_Request):
    """Seed layer: claim the verified user id for this thread."""

    type: Literal["register_user"] = "register_user"
    user_id: Any = None


class Join(_Request):
    """Take a seat (None: the first free one), or watch (``"spectator"``)."""

    type: Literal["join"] = "join"
    seat: str | None = Field(default=None, max_length=32)
    name: str | None = Field(default=None, max_length=40)
    seat_token: str | None = Field(default=None, max_length=200, repr=False)


class Leave(_Request):
    """Give up the seats held by this connection, and watch on."""

    type: Literal["leave"] = "leave"


class Resume(_Request):
    """After a reconnect: what came after ``seq``."""

    type: Literal["resume"] = "resume"
    seq: int = Field(ge=0)
    epoch: str = Field(max_length=64)


class MakeMove(_Request):
    """Play a move; with ``seq``, only if the thread hasn't moved on since."""

    type: Literal["make_move"] = "make_move"
    move: Any = None
    auto_response: bool | None = None
    seq: int | None = Field(default=None, ge=0)


class AiMove(_Request):
    """Let a bot play for the seat to move."""

    type: Literal["ai_move"] = "ai_move"
    bot: str | None = Field(default=None, max_length=64)
    level: int | None = None
    time_ms: int | None = Field(default=None, ge=1, le=60_000)


class GetState(_Request):
    """Read the state, now or after the first ``ply`` moves. Changes nothing."""

    type: Literal["get_state"] = "get_state"
    ply: int | None = Field(default=None, ge=0)


class SetBot(_Request):
    """A free seat (or a bot's, or your own) is played by this bot until further notice.

    ``bot: null`` takes the bot out again.
    """

    type: Literal["set_bot"] = "set_bot"
    seat: str = Field(max_length=32)
    bot: str | None = Field(default=None, max_length=64)
    level: int | None = None


class Resign(_Request):
    """Lose the game. Before both sides have moved, it is aborted instead."""

    type: Literal["resign"] = "resign"


class Abort(_Request):
    """End the game without a result, before both sides have moved."""

    type: Literal["abort"] = "abort"


class OfferDraw(_Request):
    """Offer a draw; if the opponent has offered one, accept it."""

    type: Literal["offer_draw"] = "offer_draw"


class AcceptDraw(_Request):
    type: Literal["accept_draw"] = "accept_draw"


class DeclineDraw(_Request):
    type: Literal["decline_draw"] = "decline_draw"


class ClaimDraw(_Request):
    """Claim a draw that the rules allow (chess: threefold repetition, fifty moves)."""

    type: Literal["claim_draw"] = "claim_draw"


class ClaimWin(_Request):
    """Claim the game because the opponent has been away too long."""

    type: Literal["claim_win"] = "claim_win"


class OfferTakeback(_Request):
    """Ask to take back your last move."""

    type: Literal["offer_takeback"] = "offer_takeback"


class AcceptTakeback(_Request):
    type: Literal["accept_takeback"] = "accept_takeback"


class DeclineTakeback(_Request):
    type: Literal["decline_takeback"] = "decline_takeback"


class Rematch(_Request):
    """After the game: play again with seats swapped. A second player's ``rematch`` accepts."""

    type: Literal["rematch"] = "rematch"


class Analyse(_Request):
    """Stream a bot's thoughts on the position as ``thinking``."""

    type: Literal["analyse"] = "analyse"
    bot: str | None = Field(default=None, max_length=64)
    time_ms: int = Field(default=1000, ge=1, le=60_000)


class Chat(_Request):
    """Say something. Players and spectators have separate rooms."""

    type: Literal["chat"] = "chat"
    text: str = Field(min_length=1, max_length=500)
    room: Literal["players", "spectators"] | None = None


ClientMessage: TypeAlias = Annotated[
    Hello
    | Authenticate
    | RegisterUser
    | Join
    | Leave
    | Resume
    | MakeMove
    | AiMove
    | GetState
    | SetBot
    | Resign
    | Abort
    | OfferDraw
    | AcceptDraw
    | DeclineDraw
    | ClaimDraw
    | ClaimWin
    | OfferTakeback
    | AcceptTakeback
    | DeclineTakeback
    | Rematch
    | Analyse
    | Chat,
    Field(discriminator="type"),
]


# Server → client


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


class _Message(BaseModel):
    model_config = ConfigDict(extra="ignore")

    re: str | None = None
    """The ``id`` of the request this answers."""


class _ThreadMessage(_Message):
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
    picture: BoardPicture | None = None
    """With the feature ``picture``."""
    delta: Delta | None = None
    """With the feature ``deltas``, after a move."""


class Error(_Message):
    """A request was refused; ``code`` is for programs, ``message`` for people."""

    type: Literal["error"] = "error"
    code: Code
    message: str
    timestamp: str = ""
    thread_id: str | None = None
    error_id: str | None = None
    """With ``internal``: the log has the cause under this id."""
    retry_after_ms: int | None = None


class Warning(_Message):
    type: Literal["warning"] = "warning"
    message: str
    timestamp: str = ""
    thread_id: str | None = None


class Info(_Message):
    type: Literal["info"] = "info"
    message: str
    timestamp: str = ""


class UserRegistered(_Message):
    type: Literal["user_registered"] = "user_registered"
    thread_id: str
    user_id: str
    timestamp: str = ""


class Limits(BaseModel):
    """What a connection may do."""

    max_frame: int
    messages_per_second: float
    burst: int


class Welcome(_Message):
    """Answers ``hello``; the full state follows."""

    type: Literal["welcome"] = "welcome"
    protocol: int
    server: str
    viewer: str
    """This connection's own id."""
    features: tuple[str, ...] = ()
    limits: Limits
    user: str | None = None


class Ack(_Message):
    """The request was carried out; what it changed was told, or is about to be."""

    type: Literal["ack"] = "ack"
    seq: int = 0
    seat: Seat | None = None
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


class Presence(_Message):
    """Who is here, and who is away since when. Not an event: it has no ``seq``."""

    type: Literal["presence"] = "presence"
    thread_id: str = ""
    players: dict[Seat, PlayerView | None]
    spectators: tuple[str, ...] = ()
    claim_after: float | None = None
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


class Thinking(_Message):
    """A bot's thought, for those who asked. Not an event: it has no ``seq``."""

    type: Literal["thinking"] = "thinking"
    thread_id: str = ""
    bot: str
    ply: int
    thought: Thought
    done: bool = False


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
    at: float


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


class GoingAway(_Message):
    """The server stops; everything is stored. Come back after ``retry_after_ms`` and ``resume``."""

    type: Literal["going_away"] = "going_away"
    retry_after_ms: int


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
    | BotFailedMessage
    | ChatMessage
    | GameOver
    | RematchMessage
    | Skipped
    | GoingAway,
    Field(discriminator="type"),
]

_CLIENT: TypeAdapter[ClientMessage] = TypeAdapter(ClientMessage)
_SERVER: TypeAdapter[ServerMessage] = TypeAdapter(ServerMessage)


class Refusal(Exception):
    """A request can't be carried out: a code for programs, a reason for people."""

    def __init__(self, code: Code, message: str) -> None:
        super().__init__(message)
        self.code = code


class Unknown(BaseModel):
    """A message of a type this version doesn't know: the custom-message hook gets it."""

    type: str
    id: str | None = None
    data: dict[str, Any]


def parse_client(frame: str | bytes) -> ClientMessage | Unknown:
    """Parse one client frame, once.

    Raises:
        Refusal: ``bad_json`` or ``bad_message``; the message says where.
    """
    try:
        return _CLIENT.validate_json(frame)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=True)[0]
    if first["type"] == "json_invalid":
        raise Refusal(Code.BAD_JSON, f"not JSON: {first['ctx']['error']}")
    if first["type"] == "union_tag_invalid":
        data: dict[str, Any] = first["input"]
        given = data.get("id")
        return Unknown(
            type=str(data["type"])[:100],
            id=given if isinstance(given, str) and len(given) <= 64 else None,
            data=data,
        )
    if first["type"] == "union_tag_not_found":
        raise Refusal(Code.BAD_MESSAGE, 'a message needs a "type"')
    where = ".".join(str(part) for part in first["loc"])
    raise Refusal(Code.BAD_MESSAGE, f"{where}: {first['msg']}" if where else "a message is a JSON object")


def parse_server(frame: str | bytes) -> ServerMessage:
    """Parse one server frame.

    Raises:
        ValueError: it is no message of this protocol version.
    """
    return _SERVER.validate_json(frame)
