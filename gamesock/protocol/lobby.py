"""The messages of the lobby, at ``/ws/lobby``: one discriminated union each way."""

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import ConfigDict, Field

from gamesock.game import Seat
from gamesock.model import Model
from gamesock.protocol.messages import Ack, Error, GoingAway, Message, SignInEnding, Warning, Welcome
from gamesock.protocol.requests import Authenticate, Hello, Request, Watching
from gamesock.protocol.terms import PAGE, THREAD_ID
from gamesock.protocol.views import ClockView, OutcomeView, PlayerView, WholePicture
from gamesock.record import Time, Visibility

ThreadStatus: TypeAlias = Literal["open", "live", "finished"]
"""``open``: a seat is free; ``live``: all are taken, and the game goes on."""


class ThreadView(Model):
    """A thread as a line of a list."""

    model_config = ConfigDict(regex_engine="python-re")

    thread_id: str = Field(pattern=THREAD_ID)
    game: str
    title: str
    route: str
    """Where it is reached: ``route/thread_id`` at the server, as in ``/ws/chess``."""
    status: ThreadStatus
    seats: tuple[Seat, ...]
    players: dict[Seat, PlayerView | None]
    open: tuple[Seat, ...] = ()
    """The seats that anyone may take."""
    to_move: tuple[Seat, ...] = ()
    """Who moves next, in a game that is being played now."""
    ply: int = 0
    clock: ClockView | None = None
    """Without ``left`` when nobody is there: the game is stored, and its clocks stand still."""
    options: dict[str, Any] = Field({})
    outcome: OutcomeView | None = None
    visibility: Visibility = "public"
    watching: int = 0
    here: int = 0
    """Connections, players' and spectators'."""
    created: Time = 0.0
    updated: Time = 0.0
    """Seconds since 1970 of the last event."""


class ListThreads(Watching):
    """Public threads, the newest first; without ``status`` those that are open or live."""

    type: Literal["list_threads"] = "list_threads"
    game: str | None = Field(default=None, max_length=64)
    status: ThreadStatus | None = None
    text: str | None = Field(default=None, max_length=64)
    """Part of a thread id or of a player's name."""
    cursor: str | None = Field(default=None, max_length=200)
    """Of the page before."""
    limit: int = Field(default=50, ge=1, le=PAGE)


class CreateThread(Request):
    """A new thread, in memory; it is stored with its first event."""

    model_config = ConfigDict(regex_engine="python-re")

    type: Literal["create_thread"] = "create_thread"
    game: str = Field(max_length=64)
    options: dict[str, Any] = Field(default={}, max_length=32)
    clock: str | None = Field(default=None, max_length=32)
    visibility: Visibility = "public"
    thread_id: str | None = Field(default=None, pattern=THREAD_ID)
    """Without one the server makes one up, hard to guess for threads that aren't public."""


class WatchLobby(Watching):
    """Be told of threads that come, change and go (``on``), or no longer."""

    type: Literal["watch_lobby"] = "watch_lobby"
    on: bool = True
    game: str | None = Field(default=None, max_length=64)
    status: ThreadStatus | None = None


class PreviewThread(Watching):
    """Show the board of a thread, now and whenever it changes; ``null``: of none any more."""

    type: Literal["preview_thread"] = "preview_thread"
    thread_id: str | None = Field(default=None, max_length=64)


class Lobby(Message):
    """Answers ``list_threads``."""

    type: Literal["lobby"] = "lobby"
    threads: tuple[ThreadView, ...]
    total: int
    """Threads that fit the question, on all pages."""
    cursor: str | None = None
    """For the next page; None on the last one."""


class ThreadCreated(Message):
    """Answers ``create_thread``: connect to ``route/thread_id`` and ``join``."""

    model_config = ConfigDict(regex_engine="python-re")

    type: Literal["thread_created"] = "thread_created"
    thread_id: str = Field(pattern=THREAD_ID)
    route: str


class LobbyChanged(Message):
    """What changed since the last one; a thread that was not known yet is new."""

    type: Literal["lobby_changed"] = "lobby_changed"
    changed: tuple[ThreadView, ...] = ()
    gone: tuple[str, ...] = ()
    """Threads that are no longer what was asked for; some may never have been told of."""
    missed: bool = False
    """Changes went by untold: list anew."""


class ThreadPreview(Message):
    """A thread as a spectator sees it."""

    type: Literal["thread_preview"] = "thread_preview"
    thread: ThreadView
    picture: WholePicture | None = None
    notations: tuple[str, ...] = ()
    """The last moves as people read them; the last one led to ``thread.ply``."""


LobbyRequest: TypeAlias = Annotated[
    Hello | Authenticate | ListThreads | CreateThread | WatchLobby | PreviewThread,
    Field(discriminator="type"),
]

LobbyMessage: TypeAlias = Annotated[
    Welcome
    | Ack
    | Error
    | Warning
    | SignInEnding
    | GoingAway
    | Lobby
    | ThreadCreated
    | LobbyChanged
    | ThreadPreview,
    Field(discriminator="type"),
]
