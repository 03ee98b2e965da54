"""The one thread that writes the database: whatever was queued meanwhile goes into one transaction.

A commit costs the disk's time, whether it holds one event or hundreds. So appends that arrive while a
commit is under way share the next one, and no append waits for more than two.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import orjson

from gamesock.record import Event, Header
from gamesock.server.stores.base import Conflict, StoreError, Summary
from gamesock.server.stores.sqlite_file import SUMMARY, rollback, summary_of
from gamesock.server.stores.summary import extended

MOST = 1024
"""Jobs of one transaction."""

KNOWN = 20_000
"""Threads whose end is kept in memory."""

LINGER = 0.0005
"""Seconds a transaction waits for more to come while the last one was shared: a third less CPU under load."""


@dataclass(eq=False, slots=True)
class Edit:
    """Rows beside the logs, or a log that goes: statements, each once for all of its rows."""

    statements: Sequence[tuple[str, Sequence[Sequence[object]]]]
    forgets: bool = False
    """Whether logs end elsewhere afterwards."""


@dataclass(eq=False, slots=True)
class Append:
    """Events on their way into a thread's log, encoded."""

    thread: str
    after: int
    events: Sequence[Event]
    bodies: Sequence[str]
    header: Header | None
    written: str | None
    """The header, encoded."""
    beside: Edit | None = None
    """What is written with it, or not at all."""


@dataclass(eq=False, slots=True)
class Job:
    """Something to commit: an append, an edit, or (None) just that this process was alive ``now``."""

    now: float
    work: Append | Edit | None
    done: asyncio.Future[None]


class _Tail(NamedTuple):
    """Where a thread's log ends: its row, and its summary."""

    id: int
    summary: Summary


@dataclass(slots=True)
class _Batch:
    """What one transaction is about to write."""

    tails: dict[str, _Tail] = field(default_factory=dict)
    rows: list[tuple[int, int, float, str, str]] = field(default_factory=list)


class Writer:
    """Commits jobs in the order they were submitted, and settles their futures on ``loop``."""

    run: int | None = None
    """The row of this process in ``runs``, once it has written anything."""

    def __init__(
        self,
        db: sqlite3.Connection,
        loop: asyncio.AbstractEventLoop,
        explain: Callable[[Exception], StoreError],
        settled: Callable[[], None],
    ) -> None:
        self._db = db
        self._loop = loop
        self._explain = explain
        self._settled = settled
        self._queue: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._known: dict[str, _Tail] = {}
        self._data_version = -1
        self._alive = 0.0
        self._thread = threading.Thread(target=self._work, name="gamesock-sqlite", daemon=True)
        self._thread.start()

    def submit(self, job: Job) -> None:
        """Queue a job."""
        self._queue.put(job)

    def stop(self) -> None:
        """Commit everything submitted so far, then end the thread; returns once it has."""
        self._queue.put(None)
        self._thread.join()

    def _work(self) -> None:
        shared, going_on = False, True
        while going_on:
            jobs, going_on = self._collect(shared)
            shared = len(jobs) > 1
            if jobs:
                failures = self._attempt(jobs)
                # A loop that is gone has nobody waiting.
                with contextlib.suppress(RuntimeError):
                    self._loop.call_soon_threadsafe(self._settle, jobs, failures)

    def _collect(self, linger: bool) -> tuple[list[Job], bool]:
        """The next jobs, and whether more may follow."""
        jobs: list[Job] = []
        job = self._queue.get()
        if job and linger:
            time.sleep(LINGER)
        while job:
            jobs.append(job)
            if len(jobs) == MOST:
                return jobs, True
            try:
                job = self._queue.get_nowait()
            except queue.Empty:
                return jobs, True
        return jobs, False

    def _settle(self, jobs: list[Job], failures: dict[Job, StoreError]) -> None:
        for job in jobs:
            self._settled()
            if job.done.done():
                continue
            if failure := failures.get(job):
                job.done.set_exception(failure)
            else:
                job.done.set_result(None)

    def _attempt(self, jobs: list[Job]) -> dict[Job, StoreError]:
        """Commit the jobs; what became of those that were not."""
        try:
            return self._commit(jobs)
        except Exception as error:
            self._data_version = -1
            with contextlib.suppress(sqlite3.Error):
                rollback(self._db)
            failure = self._explain(error)
            return dict.fromkeys(jobs, failure)

    def _commit(self, jobs: list[Job]) -> dict[Job, StoreError]:
        self._db.execute("BEGIN IMMEDIATE")
        self._forget_if_changed()
        alive = max(self._alive, *(job.now for job in jobs))
        run = self._beat(alive)
        batch = _Batch()
        refused: dict[Job, StoreError] = {}
        for job in jobs:
            try:
                if isinstance(job.work, Append):
                    self._stage(job.work, batch)
            except (Conflict, ValueError) as error:
                refused[job] = self._explain(error)
        self._write(batch, run)
        edits = [edit for job in jobs if job not in refused and (edit := _edit(job.work))]
        for edit in edits:
            for statement, rows in edit.statements:
                self._db.executemany(statement, rows)
        self._db.execute("COMMIT")
        self.run, self._alive = run, alive
        self._known |= batch.tails
        if any(edit.forgets for edit in edits):
            self._known.clear()
        return refused

    def _forget_if_changed(self) -> None:
        """Drop what is known of the logs when another process wrote since, or there is too much of it."""
        [version] = self._db.execute("PRAGMA data_version").fetchone()
        if version != self._data_version or len(self._known) > KNOWN:
            self._known.clear()
        self._data_version = version

    def _beat(self, alive: float) -> int:
        if self.run is None:
            cursor = self._db.execute(
                "INSERT INTO runs(pid, started, alive) VALUES(?, ?, ?)", (os.getpid(), alive, alive)
            )
            assert cursor.lastrowid is not None
            return cursor.lastrowid
        self._db.execute("UPDATE runs SET alive = ? WHERE id = ?", (alive, self.run))
        return self.run

    def _stage(self, append: Append, batch: _Batch) -> None:
        thread = append.thread
        tail = batch.tails.get(thread) or self._known.get(thread) or self._look_up(thread)
        summary = extended(tail and tail.summary, thread, append.after, append.events, append.header)
        row = tail.id if tail else self._create(append, summary.header)
        batch.tails[thread] = _Tail(row, summary)
        batch.rows += [
            (row, event.seq, event.at, event.kind, body)
            for event, body in zip(append.events, append.bodies, strict=True)
        ]

    def _look_up(self, thread: str) -> _Tail | None:
        row = self._db.execute(f"SELECT id, {SUMMARY} FROM threads WHERE thread = ?", (thread,)).fetchone()
        return _Tail(row[0], summary_of(row[1:])) if row else None

    def _create(self, append: Append, header: Header) -> int:
        cursor = self._db.execute(
            "INSERT INTO threads(thread, header, game, visibility, created) VALUES(?, ?, ?, ?, ?)",
            (append.thread, append.written, header.game, header.visibility, header.created),
        )
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def _write(self, batch: _Batch, run: int) -> None:
        self._db.executemany("INSERT INTO events(thread, seq, at, kind, body) VALUES(?, ?, ?, ?, ?)", batch.rows)
        self._db.executemany(
            "UPDATE threads SET seq = ?, ply = ?, updated = ?, players = ?, taken = ?, bots = ?, ended = ?,"
            " winner = ?, over = ?, owner = ? WHERE id = ?",
            [(*_columns(summary), run, row) for row, summary in batch.tails.values()],
        )


def _edit(work: Append | Edit | None) -> Edit | None:
    return work.beside if isinstance(work, Append) else work


def _columns(summary: Summary) -> tuple[object, ...]:
    players, bots = orjson.dumps(summary.players).decode(), orjson.dumps(summary.bots).decode()
    seats = (players, len(summary.players), bots)
    end = (summary.ended, summary.winner, summary.ended is not None)
    return (summary.seq, summary.ply, summary.updated, *seats, *end)
