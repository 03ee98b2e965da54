"""How far each log in a SQLite file was copied to a project: a cursor a thread; the log itself is the outbox."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from functools import partial
from typing import NamedTuple

from gamesock.record import Event, Header, load_event
from gamesock.server.stores.sqlite import SqliteStore
from gamesock.server.stores.sqlite_writer import Edit

PAGE = 1000
"""Threads looked at in one question."""


class Mark(NamedTuple):
    """How far a thread was copied, and in whose name; without an owner, nobody was signed in so far."""

    thread: str
    seq: int
    owner: str | None


class Parked(NamedTuple):
    """What can't be copied as it is; somebody has to look at it."""

    thread: str
    seq: int
    """Copied so far."""
    end: int
    """Where the log ends here."""
    code: str
    reason: str
    since: float


class Replica(NamedTuple):
    """A thread, and how far it was copied."""

    header: Header
    end: int
    ended: bool
    mark: Mark
    parked: Parked | None
    users: tuple[str, ...]
    """Who sat down signed in, in order; only read while there is no owner."""


class SqliteReplicas:
    """The cursors of one project in a store's file, written by the store's own writer."""

    def __init__(self, store: SqliteStore, project: str) -> None:
        self.project = project
        self._store = store

    async def pending(self) -> list[str]:
        """The threads whose logs go on where the copies end; parked ones aside."""
        found: list[str] = []
        row: int | None = 0
        while row is not None:
            names, row = await self._store.ask(partial(_pending, self.project, row))
            found += names
        return found

    async def find(self, thread: str) -> Replica | None:
        """A thread and its cursor; None: there is no such thread."""
        return await self._store.ask(partial(_find, self.project, thread))

    async def events(self, thread: str, after: int, until: int) -> list[Event]:
        """A part of a log: the events numbered from ``after + 1`` to ``until``."""
        bodies = await self._store.ask(partial(_bodies, thread, after, until))
        return [load_event(body) for body in bodies]

    async def parked(self) -> list[Parked]:
        """Everything parked, the oldest first."""
        return await self._store.ask(partial(_parked, self.project))

    async def mark(self, marks: Iterable[Mark]) -> None:
        """Note how far threads were copied."""
        await self._store.edit(self._marks(marks))

    async def bring(self, mark: Mark, events: Sequence[Event], header: Header | None) -> None:
        """Keep the end of a log that came from the project up to ``mark``; with its first event, its header.

        Raises:
            Conflict: the log here doesn't end where these events begin.
        """
        await self._store.append_with(self._marks([mark]), mark.thread, mark.seq - len(events), events, header)

    def _marks(self, marks: Iterable[Mark]) -> Edit:
        return Edit([(_MARK, [(self.project, mark.seq, mark.owner, mark.thread) for mark in marks])])

    async def park(self, parked: Parked) -> None:
        """Copy a thread no further until somebody releases it."""
        row = (self.project, parked.seq, parked.code, parked.reason, parked.since, parked.thread)
        await self._store.edit(Edit([(_PARK, [row])]))

    async def release(self, threads: Sequence[str]) -> None:
        """Try parked threads again."""
        await self._store.edit(Edit([(_RELEASE, [(self.project, thread) for thread in threads])]))


_MARK = (
    "INSERT INTO replicas(thread, project, seq, owner) SELECT id, ?, ?, ? FROM threads WHERE thread = ?"
    " ON CONFLICT(thread, project) DO UPDATE SET seq = excluded.seq, owner = excluded.owner"
)
_PARK = (
    "INSERT INTO replicas(thread, project, seq, code, reason, since)"
    " SELECT id, ?, ?, ?, ?, ? FROM threads WHERE thread = ?"
    " ON CONFLICT(thread, project) DO UPDATE SET code = excluded.code, reason = excluded.reason,"
    " since = excluded.since"
)
_RELEASE = (
    "UPDATE replicas SET code = NULL, reason = NULL, since = NULL"
    " WHERE project = ? AND thread = (SELECT id FROM threads WHERE thread = ?)"
)
_JOINED = "threads LEFT JOIN replicas ON replicas.thread = threads.id AND replicas.project = ?"


def _pending(project: str, after: int, db: sqlite3.Connection) -> tuple[list[str], int | None]:
    rows = db.execute(
        "SELECT id, threads.thread, threads.seq > coalesce(replicas.seq, 0) AND code IS NULL"
        f" FROM {_JOINED} WHERE id > ? ORDER BY id LIMIT ?",
        (project, after, PAGE),
    ).fetchall()
    return [thread for _, thread, wanted in rows if wanted], rows[-1][0] if len(rows) == PAGE else None


def _find(project: str, thread: str, db: sqlite3.Connection) -> Replica | None:
    found = db.execute(
        "SELECT id, header, threads.seq, ended IS NOT NULL, coalesce(replicas.seq, 0), replicas.owner,"
        f" code, reason, since FROM {_JOINED} WHERE threads.thread = ?",
        (project, thread),
    ).fetchone()
    if found is None:
        return None
    row, header, end, ended, seq, owner, code, reason, since = found
    parked = Parked(thread, seq, end, code, reason, since) if code else None
    users = () if owner else _users(db, row)
    return Replica(Header.model_validate_json(header), end, bool(ended), Mark(thread, seq, owner), parked, users)


def _users(db: sqlite3.Connection, row: int) -> tuple[str, ...]:
    found = db.execute(
        "SELECT json_extract(body, '$.player.user') FROM events WHERE thread = ? AND kind = 'joined' ORDER BY seq",
        (row,),
    )
    return tuple(user for (user,) in found if user)


def _bodies(thread: str, after: int, until: int, db: sqlite3.Connection) -> list[str]:
    rows = db.execute(
        "SELECT body FROM events WHERE thread = (SELECT id FROM threads WHERE thread = ?)"
        " AND seq > ? AND seq <= ? ORDER BY seq",
        (thread, after, until),
    )
    return [body for (body,) in rows]


def _parked(project: str, db: sqlite3.Connection) -> list[Parked]:
    rows = db.execute(
        "SELECT threads.thread, replicas.seq, threads.seq, code, reason, since FROM replicas"
        " JOIN threads ON threads.id = replicas.thread WHERE project = ? AND code IS NOT NULL ORDER BY since",
        (project,),
    )
    return [Parked(*row) for row in rows]
