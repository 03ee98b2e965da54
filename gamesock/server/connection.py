"""One connection: its socket, its outbox, its budget, and how it likes to be told."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import orjson
from pydantic import BaseModel

from gamesock.protocol import MAX_FRAME, PROTOCOL, AuthView, Close, Code, Hello, Refusal, Welcome
from gamesock.protocol import Limits as LimitsView
from gamesock.server.auth import Identity
from gamesock.server.limits import Budgets, Spent
from gamesock.server.outbox import Outbox, WebSocketLike
from gamesock.session import Viewer
from gamesock.tell import iso

if TYPE_CHECKING:
    from gamesock.server.live import LiveThread


FEATURES = frozenset({"deltas", "picture", "thinking"})
"""What a client may ask for in ``hello``."""


class Room(Protocol):
    """Where connections are told things: a thread, the lobby."""

    id: str
    """Its name in the log."""
    connections: dict[str, Connection]
    """Who is there."""

    def refresh(self, connection: Connection) -> None:
        """Tell a connection that fell behind how things stand."""


@dataclass(eq=False, slots=True)
class Connection:
    """A client, as the server holds it."""

    websocket: WebSocketLike
    address: str
    viewer: Viewer
    outbox: Outbox
    budgets: Budgets
    live: LiveThread | None = None
    lobby: Room | None = None
    features: frozenset[str] = frozenset()
    identity: Identity | None = None
    """Who a token proved that it is; what has expired is kept, so that only the same user renews it."""
    refused: int = 0
    """Rate-limited messages in a row."""

    @property
    def id(self) -> str:
        """The viewer id."""
        return self.viewer.id

    @property
    def room(self) -> Room | None:
        """Where it is: in a thread, or in the lobby."""
        return self.live or self.lobby

    def send(self, message: BaseModel | Mapping[str, Any], re: str | None = None) -> None:
        """Put a message for this connection alone; answers go out even to a stale reader."""
        fields = message.model_dump(mode="json", exclude_none=True) if isinstance(message, BaseModel) else message
        self.outbox.put(answering(encode(fields), re))

    def greet(
        self, hello: Hello, server: str, limits: LimitsView, re: str | None, auth: AuthView | None = None
    ) -> None:
        """Answer ``hello``: from now on it speaks the gamesock layer, with these features."""
        self.viewer.greeted = True
        self.features = frozenset(hello.features) & FEATURES
        welcome = Welcome(
            protocol=PROTOCOL,
            server=server,
            viewer=self.id,
            features=tuple(sorted(self.features)),
            limits=limits,
            user=self.viewer.user,
            auth=auth,
        )
        self.send(welcome, re)

    def refuse(self, refusal: Refusal, now: float, re: str | None = None, **extra: Any) -> None:
        """Answer a request with its refusal."""
        error = {"type": "error", "code": refusal.code, "message": str(refusal), "timestamp": iso(now)}
        if self.live:
            error["thread_id"] = self.live.id
        self.send({**error, **extra}, re)

    async def close(self, code: Close, reason: str, timeout: float = 5.0) -> None:
        """Close with a reason once what was put has gone out; a peer that is gone or slow isn't waited for."""
        # Each framework says in its own way that there is nobody left to close.
        with contextlib.suppress(Exception):
            async with asyncio.timeout(timeout):
                await self.outbox.flush()
                await self.websocket.close(code, reason.encode()[:120].decode(errors="ignore"))


@dataclass(frozen=True, slots=True)
class Request:
    """Whom to answer, and under which id; spent once the direct answer is given."""

    connection: Connection
    _re: list[str | None] = field(default_factory=list)

    @classmethod
    def of(cls, connection: Connection, re: str | None) -> Request:
        """A request of ``connection`` with its own id ``re``."""
        return cls(connection, [re])

    @property
    def answered(self) -> bool:
        """Whether the direct answer has been given."""
        return not self._re

    def spend(self) -> str | None:
        """The id, for the first who asks."""
        return self._re.pop() if self._re else None


def encode(message: Mapping[str, Any]) -> str:
    """A message as JSON text."""
    return orjson.dumps(message, option=orjson.OPT_NON_STR_KEYS).decode()


def answering(text: str, re: str | None) -> str:
    """The same JSON object with ``re``: the rest is encoded once for everyone."""
    return text if re is None else f'{{"re":{orjson.dumps(re).decode()},{text[1:]}'


def own_id(frame: str | bytes | None) -> str | None:
    """The ``id`` of a frame that was refused before it was read in full, so that the answer finds its request."""
    if not isinstance(frame, str) or len(frame) > MAX_FRAME:
        return None
    try:
        # More lenient than what reads messages: half an emoji, which browsers send, hides no id.
        message = json.loads(frame)
        given = message.get("id") if isinstance(message, dict) else None
        if not isinstance(given, str) or len(given) > 64:
            return None
        given.encode()  # with half an emoji in it, it can't be sent back
        return given
    except (ValueError, RecursionError):
        return None


class TooFast(Refusal):
    """The refusal of a message beyond the budget; ``wait`` seconds later there is room for one."""

    def __init__(self, wait: float, spent: Spent = "messages") -> None:
        self.wait = max(wait, 0.05)
        too_much = {
            "messages": "too many messages",
            "chat": "you talk too fast",
            "lists": "too many questions to the lobby",
            "creates": "too many new games from your address",
        }
        super().__init__(Code.RATE_LIMITED, f"{too_much[spent]}: wait {self.wait:.2g} s")
