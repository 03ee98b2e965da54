"""Stores to test, and short logs to put into them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from gamesock.record import Event, Header, Moved
from gamesock.server.stores.base import Store
from gamesock.server.stores.memory import MemoryStore
from gamesock.server.stores.sqlite import SqliteStore

Play = Callable[..., Awaitable[list[Event]]]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database file that isn't there yet."""
    return tmp_path / "games.db"


@pytest.fixture(params=["memory", "sqlite"])
async def store(request: pytest.FixtureRequest, path: Path) -> AsyncIterator[Store]:
    """Each store in turn, open."""
    store = MemoryStore() if request.param == "memory" else SqliteStore(path)
    await store.open()
    yield store
    await store.close()


@pytest.fixture
async def sqlite(path: Path) -> AsyncIterator[SqliteStore]:
    """The SQLite store, open."""
    store = SqliteStore(path)
    await store.open()
    yield store
    await store.close()


@pytest.fixture
def play() -> Play:
    """A function that appends moves to a thread, one at a time."""

    async def play(store: Store, thread: str, last: int, after: int = 0, **fields: Any) -> list[Event]:
        header = Header(**{"game": "chess", "thread": thread, "created": 1.0} | fields)
        events: list[Event] = [
            Moved(seq=seq, at=100.0 + seq, seat="white", move=f"m{seq}") for seq in range(after + 1, last + 1)
        ]
        for event in events:
            await store.append(thread, event.seq - 1, [event], None if event.seq > 1 else header)
        return events

    return play
