"""What a session asks its caller to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from gamesock import protocol as p
from gamesock import record as r
from gamesock.game import Seat


@dataclass(frozen=True, slots=True)
class Append:
    """Store these events; then tell everyone."""

    events: tuple[r.Event, ...]


@dataclass(frozen=True, slots=True)
class Reply:
    """Answer the requester."""

    message: p.Ack | p.Info | p.Warning | p.UserRegistered


@dataclass(frozen=True, slots=True)
class ReplyState:
    """Answer the requester with a state: the present one, or the one after ``ply`` moves."""

    ply: int | None = None
    recovered: bool | None = None


@dataclass(frozen=True, slots=True)
class Announce:
    """Tell everyone who is here."""


@dataclass(frozen=True, slots=True)
class AskBot:
    """Let a bot choose for ``seat`` (bot None: the game's default), and come back with ``bot_moved``."""

    seat: Seat
    bot: str | None
    level: int | None
    budget: float | None
    seq: int = 0
    """The thread's when it was asked: tells an answer to this from one to the same question put earlier."""


@dataclass(frozen=True, slots=True)
class Open:
    """Create this thread too: the rematch."""

    header: r.Header
    events: tuple[r.Event, ...]


Effect: TypeAlias = Append | Reply | ReplyState | Announce | AskBot | Open
