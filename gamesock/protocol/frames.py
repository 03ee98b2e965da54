"""From frames to messages, once, at the edge."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from gamesock.protocol.messages import ServerMessage
from gamesock.protocol.requests import ClientMessage
from gamesock.protocol.terms import Code, Refusal

_CLIENT: TypeAdapter[ClientMessage] = TypeAdapter(ClientMessage)
_SERVER: TypeAdapter[ServerMessage] = TypeAdapter(ServerMessage)


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
