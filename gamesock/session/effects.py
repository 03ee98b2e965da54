"""What a session asks its caller to do."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from gamesock import protocol as p
from gamesock import record as r
from gamesock.game import Seat


class Append(NamedTuple):
    """Store these events; then tell everyone."""

    events: tuple[r.Event, ...]


class Reply(NamedTuple):
    """Answer the requester."""

    message: p.Ack | p.Info | p.Warning | p.UserRegistered


class ReplyState(NamedTuple):
    """Answer the requester with a state: the present one, or the one after ``ply`` moves."""

    ply: int | None = None
    recovered: bool | None = None


class Announce(NamedTuple):
    """Tell everyone who is here."""


class AskBot(NamedTuple):
    """Let a bot choose for ``seat`` (bot None: the game's default), and come back with ``bot_moved``."""

    seat: Seat
    bot: str | None
    level: int | None
    budget: float | None
    seq: int = 0
    """The thread's when it was asked: tells an answer to this from one to the same question put earlier."""


class Open(NamedTuple):
    """Create this thread too: the rematch."""

    header: r.Header
    events: tuple[r.Event, ...]


Effect: TypeAlias = Append | Reply | ReplyState | Announce | AskBot | Open
