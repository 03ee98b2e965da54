"""Requests to the database as the API makes them: each as somebody, and rows as a server would write them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from typing import Any
from uuid import UUID, uuid4

import psycopg

from gamesock import record as r

Row = Mapping[str, Any]
Connection = psycopg.Connection[tuple[Any, ...]]


class Person:
    """Somebody who asks: without a user, whoever has the project's public key alone."""

    def __init__(self, db: Connection, name: str, role: str = "authenticated") -> None:
        self.db = db
        self.name = name
        self.role = role
        self.id = uuid4()
        if role == "authenticated":
            db.execute("insert into auth.users(id, email) values (%s, %s)", (self.id, f"{self.id}@{name}.test"))

    def on(self, db: Connection) -> Person:
        """The same person on another connection."""
        other = copy(self)
        other.db = db
        return other

    @property
    def claims(self) -> dict[str, Any]:
        """What the person's token says."""
        return {"role": self.role} | ({"sub": str(self.id)} if self.role == "authenticated" else {})

    def ask(self, sql: str, *values: object, claims: Row | None = None) -> list[tuple[Any, ...]]:
        """The rows of one request, which is one transaction; ``claims`` instead of the token's own."""
        with self.db.transaction(), self.acting(claims):
            cursor = self.db.execute(sql, values)
            return cursor.fetchall() if cursor.description else []

    def insert(self, table: str, *rows: Row, retry_of: str | None = None) -> int:
        """Insert rows, as JSON; how many were. ``retry_of``: on a conflict of these columns, nothing."""
        with self.db.transaction(), self.acting():
            return insert(self.db, table, rows, retry_of)

    def changes(self, sql: str, *values: object) -> int:
        """How many rows an update or a delete reaches."""
        with self.db.transaction(), self.acting():
            return self.db.execute(sql, values).rowcount

    @contextmanager
    def acting(self, claims: Row | None = None) -> Iterator[None]:
        """While the block runs, the database takes what is asked for this person's."""
        settings = "select set_config('role', %s, true), set_config('request.jwt.claims', %s, true)"
        self.db.execute(settings, (self.role, json.dumps(claims or self.claims)))
        yield
        self.db.execute(settings, ("none", ""))


def insert(db: Connection, table: str, rows: Sequence[Row], retry_of: str | None = None) -> int:
    """Insert rows in the way of the API; how many were."""
    columns = ", ".join(rows[0])
    source = f"jsonb_populate_recordset(null::public.{table}, %s)"
    sql = f"insert into public.{table} ({columns}) select {columns} from {source}"
    if retry_of:
        sql += f" on conflict ({retry_of}) do nothing"
    return db.execute(sql, (json.dumps(list(rows), default=str),)).rowcount


def thread_id(owner: UUID, name: str, epoch: str = "") -> UUID:
    """The id of an owner's thread."""
    return UUID(bytes=hashlib.sha256(f"{owner}/{name}/{epoch}".encode()).digest()[:16])


def thread_row(owner: UUID, header: r.Header, hidden: bool = False, to_move: Iterable[str] | None = None) -> Row:
    """The row of a new thread."""
    return {
        "id": thread_id(owner, header.thread, header.epoch),
        "name": header.thread,
        "is_foreign": header.foreign,
        "hidden": hidden,
        "seed": None if hidden else header.seed,
        "to_move": None if to_move is None else sorted(to_move),
        **header.model_dump(mode="json", include=_OF_HEADER),
    }


_OF_HEADER = {"epoch", "game", "visibility", "options", "clock", "tags", "created"}


def event_row(thread: UUID, event: r.Event, user: UUID | None = None, to_move: Iterable[str] | None = None) -> Row:
    """The row of an event."""
    [shared] = r.shareable([event])
    body = json.loads(r.dump_event(shared))
    row = {name: body.pop(name, None) for name in ("seq", "at", "kind", "seat")}
    return {
        "thread_id": thread,
        **row,
        "to_move": None if to_move is None else sorted(to_move),
        "body": body,
        "user_id": user,
    }


def event_of(seq: int, at: float, kind: str, seat: str | None, body: Row) -> r.Event:
    """The event that a row holds."""
    whole = {"seq": seq, "at": at, "kind": kind, **({} if seat is None else {"seat": seat}), **body}
    return r.load_event(json.dumps(whole))
