"""Cursors of copies in the store's file: beside the logs, through the one writer, without a row a move."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gamesock import record as r
from gamesock.server.stores.sqlite import SqliteStore
from gamesock.server.stores.sqlite_replicas import Mark, Parked, SqliteReplicas

HERE, THERE = "https://here.example", "https://there.example"


@pytest.fixture
async def filled(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    """Three games, of which Ann is in one."""
    store = SqliteStore(tmp_path / "games.db")
    await store.open()
    for name, user in (("a", None), ("b", "ann"), ("c", None)):
        player = r.Player(name="x", user=user)
        events = [r.Joined(seq=1, at=1.0, seat="white", player=player), r.Paused(seq=2, at=2.0, seconds=1.0)]
        await store.append(name, 0, events, r.Header(game="chess", thread=name, created=0.0))
    yield store
    await store.close()


async def test_what_is_left_follows_from_logs_and_cursors(
    filled: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gamesock.server.stores.sqlite_replicas.PAGE", 2)
    here, there = SqliteReplicas(filled, HERE), SqliteReplicas(filled, THERE)
    assert await here.pending() == ["a", "b", "c"]
    await here.mark([Mark("a", 2, None), Mark("b", 1, "ann"), Mark("nowhere", 7, "ann")])
    assert await here.pending() == ["b", "c"] and await there.pending() == ["a", "b", "c"]
    await here.park(Parked("b", 1, 2, "differs", "another", 5.0))
    assert await here.pending() == ["c"]
    assert await here.parked() == [Parked("b", 1, 2, "differs", "another", 5.0)]
    await here.release(["b"])
    assert await here.pending() == ["b", "c"] and await here.parked() == []
    await filled.append("a", 2, [r.Paused(seq=3, at=3.0, seconds=1.0)])
    assert await here.pending() == ["a", "b", "c"]


async def test_a_thread_and_its_users(filled: SqliteStore) -> None:
    replicas = SqliteReplicas(filled, HERE)
    assert await replicas.find("nowhere") is None
    found = await replicas.find("b")
    assert found and (found.end, found.ended, found.mark, found.users) == (2, False, Mark("b", 0, None), ("ann",))
    await replicas.mark([Mark("b", 2, "ann")])
    found = await replicas.find("b")
    assert found and found.mark == Mark("b", 2, "ann")
    assert [event.seq for event in await replicas.events("b", 1, 9)] == [2]


async def test_a_thread_is_deleted_with_its_log(filled: SqliteStore) -> None:
    replicas = SqliteReplicas(filled, HERE)
    await replicas.mark([Mark("b", 2, "ann")])
    await filled.delete("b")
    assert await filled.read("b") is None and await replicas.pending() == ["a", "c"]
    header = r.Header(game="chess", thread="b", created=9.0)
    await filled.append("b", 0, [r.Paused(seq=1, at=9.0, seconds=1.0)], header)
    again = await replicas.find("b")
    assert again and again.mark == Mark("b", 0, None), "what takes its name begins anew"
