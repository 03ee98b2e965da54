"""From frames to messages, once, at the edge."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from gamesock.fault import worded
from gamesock.model import Model
from gamesock.protocol.messages import ServerMessage
from gamesock.protocol.requests import ClientMessage
from gamesock.protocol.terms import Code, Refusal

if TYPE_CHECKING:
    from gamesock.protocol.lobby import LobbyMessage, LobbyRequest

T = TypeVar("T")


@cache
def _client() -> TypeAdapter[ClientMessage]:
    return TypeAdapter(ClientMessage)


@cache
def _server() -> TypeAdapter[ServerMessage]:
    return TypeAdapter(ServerMessage)


@cache
def _lobby_client() -> TypeAdapter[LobbyRequest]:
    from gamesock.protocol.lobby import LobbyRequest

    return TypeAdapter(LobbyRequest)


@cache
def _lobby_server() -> TypeAdapter[LobbyMessage]:
    from gamesock.protocol.lobby import LobbyMessage

    return TypeAdapter(LobbyMessage)


class Unknown(Model):
    """A message of a type this version doesn't know: the custom-message hook gets it."""

    type: str
    id: str | None = None
    data: dict[str, Any]


class UnheardOf(ValueError):
    """A server's message of a type this version doesn't know."""


def parse_client(frame: str | bytes) -> ClientMessage | Unknown:
    """Parse one client frame, once.

    Raises:
        Refusal: ``bad_json`` or ``bad_message``; the message says where.
    """
    return _request(_client(), frame)


def parse_lobby_client(frame: str | bytes) -> LobbyRequest | Unknown:
    """Parse one frame of a client of the lobby, as ``parse_client`` does."""
    return _request(_lobby_client(), frame)


def parse_server(frame: str | bytes) -> ServerMessage:
    """Parse one server frame.

    Raises:
        UnheardOf: it is of a newer version, or of the server's own.
        ValueError: it is no message; ``str(error)`` says where.
    """
    return _message(_server(), frame)


def parse_lobby_server(frame: str | bytes) -> LobbyMessage:
    """Parse one frame of the lobby's server, as ``parse_server`` does."""
    return _message(_lobby_server(), frame)


def _request(kind: TypeAdapter[T], frame: str | bytes) -> T | Unknown:
    try:
        return kind.validate_json(frame)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=True)[0]
    if first["type"] == "json_invalid":
        raise Refusal(Code.BAD_JSON, worded(first))
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
    raise Refusal(Code.BAD_MESSAGE, worded(first) if first["loc"] else "a message is a JSON object")


def _message(kind: TypeAdapter[T], frame: str | bytes) -> T:
    try:
        return kind.validate_json(frame)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
    if first["type"] == "union_tag_invalid":
        raise UnheardOf(str(first["ctx"]["tag"])[:100])
    raise ValueError(worded(first))
