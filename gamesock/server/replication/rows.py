"""A thread as the rows of a project's tables, and back. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson

from gamesock import record as r
from gamesock.game import Seat
from gamesock.text import clean

Row = dict[str, Any]

HEADER = "name,epoch,game,visibility,is_foreign,options,seed,clock,tags,created"
"""The columns that ``header_of`` reads."""

EVENT = "seq,at,kind,seat,body"
"""The columns that ``event_of`` reads."""

_AS_THEY_ARE = {"epoch", "game", "visibility", "options", "clock", "tags", "created"}
_OF_EVENT = ("seq", "at", "kind", "seat")


def is_user(text: str | None) -> bool:
    """Whether this can be a user's id at a project."""
    try:
        return text is not None and str(UUID(text)) == text
    except ValueError:
        return False


def thread_id(owner: str, name: str, epoch: str) -> UUID:
    """The id of an owner's thread: nobody can take another's."""
    return UUID(bytes=hashlib.sha256(f"{owner}/{name}/{epoch}".encode()).digest()[:16])


def thread_row(owner: str, header: r.Header, hidden: bool, to_move: Iterable[Seat] | None) -> Row:
    """The row of a thread. In games with secrets the seed is one: it has a row of its own."""
    return {
        "id": str(thread_id(owner, header.thread, header.epoch)),
        "name": header.thread,
        "is_foreign": header.foreign,
        "hidden": hidden,
        "seed": None if hidden else header.seed,
        "to_move": _turn(to_move),
        **header.model_dump(mode="json", include=_AS_THEY_ARE),
    }


def event_row(thread: UUID, event: r.Event, to_move: Iterable[Seat] | None) -> tuple[Row, int]:
    """The row of an event, and about how many bytes it has."""
    [shared] = r.shareable([event])
    text = r.dump_event(shared)
    body = orjson.loads(text)
    first = {name: body.pop(name, None) for name in _OF_EVENT}
    user = event.player.user if isinstance(event, r.Joined) else None
    if isinstance(event, r.Chatted):
        user = event.user
    row = {"thread_id": str(thread), **first, "to_move": None, "body": body, "user_id": None}
    if isinstance(event, r.Moved | r.Ran | r.TakenBack):
        row["to_move"] = _turn(to_move)
    if is_user(user):
        row["user_id"] = user
    return row, len(text) + 150


def header_of(row: Mapping[str, Any], seed: int | None = None) -> r.Header:
    """The header that a row of the columns ``HEADER`` holds; ``seed``: of a game with secrets.

    Raises:
        ValueError: it holds none.
    """
    fields = {name: row[name] for name in _AS_THEY_ARE}
    fields["tags"] = {clean(key, 40): clean(text, 200) for key, text in row["tags"].items()}
    known = row["seed"] if row["seed"] is not None else seed
    if known is None:
        raise ValueError("its chance is a secret that can't be read")
    return r.Header.model_validate({**fields, "thread": row["name"], "foreign": row["is_foreign"], "seed": known})


def event_of(row: Mapping[str, Any]) -> r.Event:
    """The event that a row of the columns ``EVENT`` holds, with words as a server lets them in.

    Raises:
        ValueError: it holds none.
    """
    first = {name: row[name] for name in _OF_EVENT if row[name] is not None}
    return cleaned(r.load_event(orjson.dumps({**first, **row["body"]})))


def cleaned(event: r.Event) -> r.Event:
    """The event without what only a server of one's own may say."""
    if isinstance(event, r.Joined):
        named = event.player.model_copy(update={"name": clean(event.player.name, 40) or "guest"})
        return event.model_copy(update={"player": named})
    if isinstance(event, r.Chatted):
        return event.model_copy(update={"name": clean(event.name, 40), "text": clean(event.text, 500)})
    if isinstance(event, r.Ended | r.BotFailed):
        return event.model_copy(update={"reason": clean(event.reason, 200)})
    if isinstance(event, r.Moved) and event.thought:
        line = tuple(clean(move, 40) for move in event.thought.line)
        return event.model_copy(update={"thought": event.thought.model_copy(update={"line": line})})
    return event


def whole(events: Sequence[r.Event], end: int) -> list[r.Event]:
    """The log without gaps: what a player may not read of the chat is an empty word of someone's.

    For games without secrets, where chat is all that can be missing.
    """
    log: list[r.Event] = []
    for event in events:
        _fill(log, event.seq - 1, event.at)
        log.append(event)
    _fill(log, end, log[-1].at if log else 0.0)
    return log


def seated(events: Sequence[r.Event], holders: Mapping[Seat, str]) -> list[r.Event]:
    """The log with the users who hold seats now where they sat down."""
    log, missing = list(events), dict(holders)
    for index in range(len(log) - 1, -1, -1):
        event = log[index]
        if isinstance(event, r.Joined) and event.seat in missing:
            player = event.player.model_copy(update={"user": missing.pop(event.seat)})
            log[index] = event.model_copy(update={"player": player})
    return log


def _fill(log: list[r.Event], until: int, at: float) -> None:
    while len(log) < until:
        log.append(r.Chatted(seq=len(log) + 1, at=at, room="spectators", name="someone", text=""))


def _turn(to_move: Iterable[Seat] | None) -> list[Seat] | None:
    return None if to_move is None else sorted(to_move)
