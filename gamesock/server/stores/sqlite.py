"""The store in one SQLite file: durable when ``append`` returns, for any number of threads."""

from __future__ import annotations

import asyncio
import contextlib
import heapq
import itertools
import re
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Literal, TypeVar, get_args

from gamesock.record import Event, Header, Visibility, dump_event, dump_header, load_event
from gamesock.server.stores.base import Log, Place, Store, StoreError, Summary, Wanted
from gamesock.server.stores.sqlite_file import (
    SUMMARY,
    connect,
    explain,
    migrate,
    prepare,
    summary_of,
    write_ahead,
)
from gamesock.server.stores.sqlite_writer import Append, Edit, Job, Writer
from gamesock.server.stores.summary import check

T = TypeVar("T")

_LISTED = "threads INDEXED BY threads_listed"
"""The one index that has the order of the public list, and all it filters by but text."""

QUEUE = 4096
"""Appends under way at once; more wait for their turn."""


class SqliteStore(Store):
    """Keeps logs in the file ``path``, written by one thread and read by another.

    ``synchronous``: ``FULL`` survives a power cut, ``NORMAL`` a crash of the process only.
    ``patience``: seconds to wait while another process holds the file.
    """

    def __init__(
        self, path: Path | str, synchronous: Literal["FULL", "NORMAL"] = "FULL", *, patience: float = 5.0
    ) -> None:
        self.path = Path(path)
        self.name = f"sqlite:{self.path}"
        self._synchronous = synchronous
        self._patience = patience
        self._explain = partial(explain, path=self.path)
        self._slots = asyncio.Semaphore(QUEUE)
        self._under_way = 0
        self._idle = asyncio.Event()
        self._writer: Writer | None = None

    async def open(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            self._writing, self._reading = await asyncio.to_thread(self._connect)
        except sqlite3.Error as error:
            raise self._explain(error) from error
        self._reader = ThreadPoolExecutor(1, "gamesock-sqlite-read")
        self._writer = Writer(self._writing, loop, self._explain, self._slots.release)

    async def close(self) -> None:
        if self._writer is None:
            return
        writer, self._writer = self._writer, None
        while self._under_way:
            self._idle.clear()
            await self._idle.wait()
        await asyncio.to_thread(self._disconnect, writer)

    async def append(self, thread: str, after: int, events: Sequence[Event], header: Header | None = None) -> None:
        await self.append_with(None, thread, after, events, header)

    async def append_with(
        self, beside: Edit | None, thread: str, after: int, events: Sequence[Event], header: Header | None = None
    ) -> None:
        """Append, as ``append`` does, and change what stands beside the logs: both, or neither."""
        check(thread, after, events, header)
        bodies = [dump_event(event).decode() for event in events]
        written = dump_header(header).decode() if header else None
        await self._submit(events[-1].at, Append(thread, after, events, bodies, header, written, beside))

    async def alive(self, now: float) -> None:
        await self._submit(now, None)

    async def edit(self, edit: Edit) -> None:
        """Change what stands beside the logs; it shares a transaction with the appends under way."""
        await self._submit(0.0, edit)

    async def ask(self, question: Callable[[sqlite3.Connection], T]) -> T:
        """What is read from the database, beside the appends."""
        return await self._ask(lambda: question(self._reading))

    async def delete(self, thread: str) -> None:
        """Remove a thread and its log for good; no server may have it in memory."""
        row = "(SELECT id FROM threads WHERE thread = ?)"
        named = [(thread,)]
        tables = ((f"DELETE FROM {table} WHERE thread = {row}", named) for table in ("events", "replicas"))
        await self.edit(Edit([*tables, ("DELETE FROM threads WHERE thread = ?", named)], forgets=True))

    async def read(self, thread: str) -> Log | None:
        return await self._ask(partial(self._read, self._opened(), thread))

    async def threads(
        self,
        *,
        finished: bool | None = None,
        game: str | None = None,
        listed: bool = False,
        limit: int = 100,
        before: float | None = None,
    ) -> list[Summary]:
        return await self._ask(partial(self._threads, finished, game, listed, limit, before))

    async def listed(self, wanted: Wanted, limit: int, after: Place | None = None) -> tuple[list[Summary], int]:
        return await self._ask(partial(self._listed, wanted, limit, after))

    # Under the contract

    def _connect(self) -> tuple[sqlite3.Connection, sqlite3.Connection]:
        prepare(self.path)
        with contextlib.ExitStack() as undo:
            writing = undo.enter_context(contextlib.closing(connect(self.path, self._patience)))
            migrate(writing, self.path)
            write_ahead(writing, self._patience)
            writing.execute(f"PRAGMA synchronous={self._synchronous}")
            reading = undo.enter_context(contextlib.closing(connect(self.path, self._patience)))
            reading.execute("PRAGMA query_only=ON")
            undo.pop_all()
        return writing, reading

    def _disconnect(self, writer: Writer) -> None:
        writer.stop()
        self._reader.shutdown()
        self._reading.close()
        self._writing.close()

    async def _submit(self, now: float, work: Append | Edit | None) -> None:
        writer = self._opened()
        self._under_way += 1
        try:
            await self._slots.acquire()
            job = Job(now, work, asyncio.get_running_loop().create_future())
            writer.submit(job)
            await job.done
        finally:
            self._under_way -= 1
            if not self._under_way:
                self._idle.set()

    async def _ask(self, question: Callable[[], T]) -> T:
        self._opened()
        try:
            return await asyncio.get_running_loop().run_in_executor(self._reader, question)
        except (sqlite3.Error, ValueError) as error:
            raise self._explain(error) from error

    def _opened(self) -> Writer:
        if self._writer is None:
            raise StoreError(f"the database {self.path} isn't open")
        return self._writer

    def _read(self, writer: Writer, thread: str) -> Log | None:
        found = self._reading.execute(
            "SELECT threads.id, header, owner, alive FROM threads LEFT JOIN runs ON runs.id = owner"
            " WHERE thread = ?",
            (thread,),
        ).fetchone()
        if found is None:
            return None
        row, header, owner, alive = found
        bodies = self._reading.execute("SELECT body FROM events WHERE thread = ? ORDER BY seq", (row,))
        return Log(
            Header.model_validate_json(header),
            [load_event(body) for (body,) in bodies],
            None if owner == writer.run else alive,
        )

    def _threads(
        self, finished: bool | None, game: str | None, listed: bool, limit: int, before: float | None
    ) -> list[Summary]:
        """Each kind of thread is the end of an index; the newest of all of them are the answer."""
        kinds = itertools.product(
            ["public"] if listed else get_args(Visibility), [False, True] if finished is None else [finished]
        )
        conditions = "visibility = ? AND finished = ?" + (" AND game = ?" if game is not None else "")
        since = () if before is None else (before,)
        query = (
            f"SELECT {SUMMARY} FROM threads WHERE {conditions}{' AND updated < ?' * len(since)}"
            " ORDER BY updated DESC LIMIT ?"
        )
        named = () if game is None else (game,)
        rows = [row for kind in kinds for row in self._reading.execute(query, (*kind, *named, *since, limit))]
        newest = heapq.nlargest(limit, rows, key=lambda row: row[3])
        return [summary_of(row) for row in newest]

    def _listed(self, wanted: Wanted, limit: int, after: Place | None) -> tuple[list[Summary], int]:
        condition, values = _condition(wanted)
        [total] = self._reading.execute(f"SELECT count(*) FROM {_LISTED} WHERE {condition}", values).fetchone()
        if after:
            condition, values = (
                f"{condition} AND (created, thread) < (?, ?)",
                [*values, after.created, after.thread],
            )
        query = f"SELECT {SUMMARY} FROM {_LISTED} WHERE {condition} ORDER BY created DESC, thread DESC LIMIT ?"
        return [summary_of(row) for row in self._reading.execute(query, [*values, limit])], total


def _condition(wanted: Wanted) -> tuple[str, list[object]]:
    """What ``fits`` says, in SQL."""
    games = ", ".join("?" * len(wanted.games))
    conditions = ["visibility = 'public'", "over = ?", f"game IN ({games})"]
    values: list[object] = [wanted.finished, *wanted.games]
    if wanted.open is not None and wanted.games:
        seats = " ".join("WHEN ? THEN ?" for _ in wanted.games)
        conditions.append(f"(taken < CASE game {seats} END) = ?")
        values += [*itertools.chain.from_iterable(wanted.games.items()), wanted.open]
    if wanted.text is not None:
        part = re.sub(r"([\\%_])", r"\\\1", wanted.text)
        named = "EXISTS (SELECT 1 FROM json_each(players) WHERE value LIKE ? ESCAPE '\\')"
        conditions.append(f"(thread LIKE ? ESCAPE '\\' OR {named})")
        values += [f"%{part}%"] * 2
    return " AND ".join(conditions), values
