"""A gamesock database file: how it is made, opened, migrated, and what its errors mean to people."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path

import orjson

from gamesock.record import Header
from gamesock.server.stores.base import StoreError, Summary

APPLICATION = int.from_bytes(b"gsok", "big")
"""Marks the file as ours, so that no other program's database is taken for an empty one."""

_SMALLEST = 512
"""Bytes of the smallest page."""

Migration = tuple[str, ...]

MIGRATIONS: tuple[Migration, ...] = (
    (
        "CREATE TABLE runs(id INTEGER PRIMARY KEY, pid INTEGER NOT NULL, started REAL NOT NULL,"
        " alive REAL NOT NULL)",
        "CREATE TABLE threads(id INTEGER PRIMARY KEY, thread TEXT NOT NULL UNIQUE, header TEXT NOT NULL,"
        " game TEXT NOT NULL, visibility TEXT NOT NULL, seq INTEGER NOT NULL DEFAULT 0,"
        " ply INTEGER NOT NULL DEFAULT 0, updated REAL NOT NULL DEFAULT 0,"
        " players TEXT NOT NULL DEFAULT '{}', ended TEXT, winner TEXT, owner INTEGER REFERENCES runs(id),"
        " finished INTEGER GENERATED ALWAYS AS (ended IS NOT NULL) VIRTUAL)",
        # Every list is asked for one visibility and one of finished / going on at a time, so these two do.
        "CREATE INDEX threads_updated ON threads(visibility, finished, updated)",
        "CREATE INDEX threads_by_game ON threads(game, visibility, finished, updated)",
        "CREATE TABLE events(id INTEGER PRIMARY KEY, thread INTEGER NOT NULL REFERENCES threads(id),"
        " seq INTEGER NOT NULL, at REAL NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL,"
        " UNIQUE(thread, seq))",
    ),
    (
        # Columns of their own, not generated ones: only then the index alone answers.
        "ALTER TABLE threads ADD COLUMN created REAL NOT NULL DEFAULT 0",
        "ALTER TABLE threads ADD COLUMN over INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE threads ADD COLUMN taken INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE threads ADD COLUMN bots TEXT NOT NULL DEFAULT '[]'",
        "UPDATE threads SET over = ended IS NOT NULL,"
        " created = iif(json_valid(header), json_extract(header, '$.created'), 0),"
        " taken = (SELECT count(*) FROM json_each(iif(json_valid(players), players, '{}'))),"
        " bots = (SELECT json_group_array(seat) FROM (SELECT json_extract(body, '$.seat') AS seat,"
        " json_extract(body, '$.player.kind') AS player, max(seq) FROM events"
        " WHERE events.thread = threads.id AND kind IN ('joined', 'left') AND json_valid(body) GROUP BY 1)"
        " WHERE player = 'bot')",
        # The public list reads pages and totals off this one alone.
        "CREATE INDEX threads_listed ON threads(visibility, over, created, thread, game, taken)",
    ),
    (
        # How far each log was copied to a project; without an owner: looked at so far, and nobody was signed in.
        "CREATE TABLE replicas(thread INTEGER NOT NULL REFERENCES threads(id), project TEXT NOT NULL,"
        " seq INTEGER NOT NULL DEFAULT 0, owner TEXT, code TEXT, reason TEXT, since REAL,"
        " PRIMARY KEY(thread, project)) WITHOUT ROWID",
    ),
)
"""The statements that lead from each schema version (0: an empty file) to the next. Never edit an old one."""

SUMMARY = "header, seq, ply, updated, players, bots, ended, winner"
"""The columns that ``summary_of`` reads."""


def prepare(path: Path) -> None:
    """Make sure that the file is there and ours to write; a new one is for its owner's eyes only.

    Raises:
        StoreError: it can't be.
    """
    try:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            # Only a new file is opened here: closing any other would drop the locks that this process
            # holds on it (POSIX), and with them another store's protection.
            with contextlib.suppress(FileExistsError):
                os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        size = path.stat().st_size
    except OSError as error:
        raise StoreError(
            f"can't write the database {path}: {error.strerror}; check the path and its permissions, or name "
            "another file with --store sqlite:PATH"
        ) from error
    # SQLite takes a file shorter than a page for an empty one, and would write over it.
    if not path.is_file() or 0 < size < _SMALLEST:
        raise StoreError(_REASONS[sqlite3.SQLITE_NOTADB].format(path=path))


def connect(path: Path, patience: float) -> sqlite3.Connection:
    """A connection in autocommit mode that waits ``patience`` seconds for others' locks.

    It may be used by any one thread at a time.
    """
    return sqlite3.connect(path, timeout=patience, isolation_level=None, check_same_thread=False)


def migrate(db: sqlite3.Connection, path: Path, migrations: Sequence[Migration] = MIGRATIONS) -> None:
    """Bring the schema up to date, in one transaction; needs (and so checks) the right to write.

    Raises:
        StoreError: it is another program's database, or of a newer gamesock.
    """
    db.execute("BEGIN IMMEDIATE")
    try:
        version = _version(db, path, len(migrations))
        for statement in (statement for step in migrations[version:] for statement in step):
            db.execute(statement)
        db.execute(f"PRAGMA application_id={APPLICATION}")
        db.execute(f"PRAGMA user_version={len(migrations)}")
        db.execute("COMMIT")
    finally:
        rollback(db)


def write_ahead(db: sqlite3.Connection, patience: float) -> None:
    """Switch to write-ahead logging, for good.

    SQLite doesn't wait for others here, as it does elsewhere: two servers may be making the file at once.
    """
    deadline = time.monotonic() + patience
    while True:
        try:
            db.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
        time.sleep(0.01)


def rollback(db: sqlite3.Connection) -> None:
    """Undo the transaction under way, if SQLite hasn't yet."""
    if db.in_transaction:
        db.execute("ROLLBACK")


def explain(error: Exception, path: Path) -> StoreError:
    """What went wrong with the file at ``path``, and what to do."""
    if isinstance(error, StoreError):
        return error
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if isinstance(error, ValueError):
        code = sqlite3.SQLITE_CORRUPT
    return StoreError(_REASONS.get(code, "the database {path} failed: {error}").format(path=path, error=error))


def summary_of(row: tuple[str, int, int, float, str, str, str | None, str | None]) -> Summary:
    """A row of the columns ``SUMMARY``.

    Raises:
        ValueError: the header or the players are damaged.
    """
    written, seq, ply, updated, players, bots, ended, winner = row
    header, sitting = Header.model_validate_json(written), orjson.loads(players)
    computers = orjson.loads(bots)
    if isinstance(computers, list):  # of earlier versions, which noted no levels
        computers = dict.fromkeys(computers)
    return Summary(header, seq, ply, updated, sitting, computers, ended, winner)


def _version(db: sqlite3.Connection, path: Path, newest: int) -> int:
    [application] = db.execute("PRAGMA application_id").fetchone()
    [version] = db.execute("PRAGMA user_version").fetchone()
    [tables] = db.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if application != APPLICATION and (application or version or tables):
        raise StoreError(f"{path} is another program's database: name another file with --store sqlite:PATH")
    if version > newest:
        raise StoreError(
            f"{path} was written by a newer gamesock (schema {version}, this one knows {newest}): "
            "update gamesock, or name another file with --store sqlite:PATH"
        )
    return int(version)


_REASONS = {
    sqlite3.SQLITE_BUSY: "the database {path} is locked by another process: wait for it, stop it, "
    "or name another file with --store sqlite:PATH",
    sqlite3.SQLITE_FULL: "the disk is full, {path} can't grow: free some space and try again",
    sqlite3.SQLITE_READONLY: "the database {path} is read-only: check its permissions, and its directory's",
    sqlite3.SQLITE_PERM: "the database {path} may not be used: check its permissions, and its directory's",
    sqlite3.SQLITE_CANTOPEN: "can't open the database {path}: check that its directory is there and writable",
    sqlite3.SQLITE_IOERR: "the disk failed under the database {path} ({error}): check the disk",
    sqlite3.SQLITE_NOTADB: "{path} is no database: name another file with --store sqlite:PATH",
    sqlite3.SQLITE_CORRUPT: "the database {path} is damaged: restore a copy, or try "
    "'sqlite3 {path} .recover' and open what it saves",
}
