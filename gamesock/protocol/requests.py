"""What clients send: one discriminated union."""

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import ConfigDict, Field

from gamesock.model import Model
from gamesock.protocol.terms import LONGEST_NAME, PROTOCOL


class Request(Model):
    """What every request has: an ``id`` of the client's own, which the answer carries as ``re``."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    type: str
    id: str | None = Field(default=None, max_length=64)


class Watching(Request):
    """What watching takes: nobody has to be signed in for it."""


class Hello(Watching):
    """Speak the gamesock layer. Features: ``deltas``, ``picture``."""

    type: Literal["hello"] = "hello"
    protocol: int = PROTOCOL
    client: str = Field(default="", max_length=100)
    features: tuple[str, ...] = Field(default=(), max_length=16)


class Authenticate(Watching):
    """Sign in, or renew the token on a living connection."""

    type: Literal["authenticate"] = "authenticate"
    token: str = Field(repr=False)


class RegisterUser(Request):
    """Seed layer: claim the verified user id for this thread."""

    type: Literal["register_user"] = "register_user"
    user_id: Any = None


class Join(Request):
    """Take a seat (None: the first free one), or watch (``"spectator"``)."""

    type: Literal["join"] = "join"
    seat: str | None = Field(default=None, max_length=32)
    name: str | None = Field(default=None, max_length=LONGEST_NAME)
    seat_token: str | None = Field(default=None, max_length=200, repr=False)


class Leave(Request):
    """Give up the seats held by this connection, and watch on."""

    type: Literal["leave"] = "leave"


class Resume(Watching):
    """After a reconnect: what came after ``seq``."""

    type: Literal["resume"] = "resume"
    seq: int = Field(ge=0)
    epoch: str = Field(max_length=64)


class MakeMove(Request):
    """Play a move; with ``seq``, only if the thread hasn't moved on since."""

    type: Literal["make_move"] = "make_move"
    move: Any = None
    auto_response: bool | None = None
    seq: int | None = Field(default=None, ge=0)


class AiMove(Request):
    """Let a bot play for the seat to move."""

    type: Literal["ai_move"] = "ai_move"
    bot: str | None = Field(default=None, max_length=64)
    level: int | None = None
    time_ms: int | None = Field(default=None, ge=1, le=60_000)


class GetState(Watching):
    """Read the state, now or after the first ``ply`` moves. Changes nothing."""

    type: Literal["get_state"] = "get_state"
    ply: int | None = Field(default=None, ge=0)


class SetBot(Request):
    """A free seat (or a bot's, or your own) is played by this bot until further notice.

    ``bot: null`` takes the bot out again.
    """

    type: Literal["set_bot"] = "set_bot"
    seat: str = Field(max_length=32)
    bot: str | None = Field(default=None, max_length=64)
    level: int | None = None


class Resign(Request):
    """Lose the game. Before both sides have moved, it is aborted instead."""

    type: Literal["resign"] = "resign"


class Abort(Request):
    """End the game without a result, before both sides have moved."""

    type: Literal["abort"] = "abort"


class OfferDraw(Request):
    """Offer a draw; if the opponent has offered one, accept it."""

    type: Literal["offer_draw"] = "offer_draw"


class AcceptDraw(Request):
    type: Literal["accept_draw"] = "accept_draw"


class DeclineDraw(Request):
    type: Literal["decline_draw"] = "decline_draw"


class ClaimDraw(Request):
    """Claim a draw that the rules allow (chess: threefold repetition, fifty moves)."""

    type: Literal["claim_draw"] = "claim_draw"


class ClaimWin(Request):
    """Claim the game because the opponent has been away too long."""

    type: Literal["claim_win"] = "claim_win"


class OfferTakeback(Request):
    """Ask to take back your last move."""

    type: Literal["offer_takeback"] = "offer_takeback"


class AcceptTakeback(Request):
    type: Literal["accept_takeback"] = "accept_takeback"


class DeclineTakeback(Request):
    type: Literal["decline_takeback"] = "decline_takeback"


class Rematch(Request):
    """After the game: play again with seats swapped. A second player's ``rematch`` accepts."""

    type: Literal["rematch"] = "rematch"


class Analyse(Watching):
    """Stream a bot's thoughts as ``thinking``, on the position now or after the first ``ply`` moves.

    Without ``bot``, the strongest that has opinions; without ``level``, the bot at its best.
    """

    type: Literal["analyse"] = "analyse"
    bot: str | None = Field(default=None, max_length=64)
    level: int | None = None
    time_ms: int = Field(default=1000, ge=1, le=60_000)
    ply: int | None = Field(default=None, ge=0)


class StopAnalysis(Watching):
    """Stop the analysis under way: it is answered at once with its last thought."""

    type: Literal["stop_analysis"] = "stop_analysis"


class GetRecording(Watching):
    """The game so far as a recording; one with secrets only once it is over."""

    type: Literal["get_recording"] = "get_recording"


class Chat(Request):
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
    | StopAnalysis
    | GetRecording
    | Chat,
    Field(discriminator="type"),
]
