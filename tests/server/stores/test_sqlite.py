"""The SQLite store: what it adds to the contract."""

from __future__ import annotations

import asyncio
import sqlite3
import stat
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from gamesock.record import Event, Header, Joined, Left, Moved, Player, dump_event
from gamesock.server.stores import sqlite as module
from gamesock.server.stores.base import Conflict, StoreError, Wanted
from gamesock.server.stores.sqlite import SqliteStore
from gamesock.server.stores.sqlite_file import MIGRATIONS, migrate

Play = Callable[..., Awaitable[list[Event]]]


def move(seq: int) -> Moved:
    return Moved(seq=seq, at=1.0 + seq, seat="white", move="e2e4")


async def test_a_log_is_there_after_a_restart(path: Path, play: Play) -> None:
    store = SqliteStore(path)
    await store.open()
    events = await play(store, "t", 5, visibility="private")
    await store.close()
    assert [file.name for file in path.parent.iterdir()] == ["games.db"]

    await store.open()
    log = await store.read("t")
    assert log is not None and log.events == events and log.header.visibility == "private"
    await store.close()


async def test_close_finishes_what_is_under_way(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "QUEUE", 10)
    store = SqliteStore(path)
    await store.open()
    header = Header(game="chess", thread="t", created=1.0)
    appends = [
        asyncio.create_task(store.append(f"t{n}", 0, [move(1)], header.model_copy(update={"thread": f"t{n}"})))
        for n in range(100)
    ]
    await asyncio.sleep(0)
    await store.close()
    assert all(append.done() and append.exception() is None for append in appends)
    with pytest.raises(StoreError, match="isn't open"):
        await store.append("t0", 1, [move(2)])
    with pytest.raises(StoreError, match="isn't open"):
        await store.read("t0")
    await store.close()
    await store.open()
    assert len(await store.threads(limit=1000)) == 100
    await store.close()


@pytest.mark.skipif(sys.platform == "win32", reason="modes are a POSIX matter")
async def test_only_its_owner_may_read_a_new_database(tmp_path: Path, play: Play) -> None:
    store = SqliteStore(tmp_path / "deep" / "down" / "games.db")
    await store.open()
    await play(store, "t", 1)
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "deep" / "down").iterdir()}
    assert modes == {"games.db": 0o600, "games.db-wal": 0o600, "games.db-shm": 0o600}
    await store.close()


async def test_left_at_is_when_the_last_server_was_last_alive(path: Path, play: Play) -> None:
    first, second = SqliteStore(path), SqliteStore(path)
    await first.open()
    await play(first, "t", 2)
    await first.alive(500.0)
    await first.alive(400.0)
    await first.close()

    await second.open()
    log = await second.read("t")
    assert log is not None and log.left_at == 500.0
    await second.alive(600.0)
    log = await second.read("t")
    assert log is not None and log.left_at == 500.0
    await second.append("t", 2, [move(3)])
    log = await second.read("t")
    assert log is not None and log.left_at is None
    await second.close()


async def test_an_append_shows_that_its_server_is_alive(path: Path, play: Play, sqlite: SqliteStore) -> None:
    await play(sqlite, "t", 9)
    other = SqliteStore(path)
    await other.open()
    log = await other.read("t")
    assert log is not None and log.left_at == log.events[-1].at
    await other.close()


async def test_two_servers_on_one_file_cannot_fork_a_log(path: Path, play: Play, sqlite: SqliteStore) -> None:
    other = SqliteStore(path)
    await other.open()
    await play(sqlite, "t", 2)
    await other.append("t", 2, [move(3)])
    with pytest.raises(Conflict):
        await sqlite.append("t", 2, [move(3)])
    await sqlite.append("t", 3, [move(4)])
    with pytest.raises(Conflict):
        await other.append("t", 3, [move(4)])
    log = await other.read("t")
    assert log is not None and [event.seq for event in log.events] == [1, 2, 3, 4]
    await other.close()


async def test_servers_may_start_together(path: Path) -> None:
    stores = [SqliteStore(path) for _ in range(6)]
    await asyncio.gather(*(store.open() for store in stores))
    await asyncio.gather(*(store.alive(1.0) for store in stores))
    for store in stores:
        await store.close()


async def test_one_conflict_does_not_fail_the_others_of_its_batch(sqlite: SqliteStore, play: Play) -> None:
    await play(sqlite, "t", 1)
    await play(sqlite, "u", 1)
    results = await asyncio.gather(
        sqlite.append("t", 1, [move(2)]),
        sqlite.append("t", 1, [move(2)]),
        sqlite.append("u", 1, [move(2)]),
        sqlite.append("\ud800", 1, [move(2)]),
        sqlite.append("t", 2, [move(3)]),
        return_exceptions=True,
    )
    assert [type(result) for result in results] == [type(None), Conflict, type(None), StoreError, type(None)]


def written(store: SqliteStore) -> int:
    """Bytes of the write-ahead log."""
    return Path(f"{store.path}-wal").stat().st_size


async def test_appends_that_come_together_share_a_commit(path: Path, play: Play) -> None:
    """Each commit writes its pages into the write-ahead log: its size tells how many there were."""
    sizes = []
    for together in (False, True):
        store = SqliteStore(path.with_name(f"{together}.db"))
        await store.open()
        games = [play(store, f"t{n}", 2) for n in range(60)]
        if together:
            await asyncio.gather(*games)
        else:
            for game in games:
                await game
        sizes.append(written(store))
        await store.close()
    assert sizes[1] < sizes[0] / 3


async def test_a_cancelled_append_harms_nobody(sqlite: SqliteStore, play: Play) -> None:
    games = [asyncio.create_task(play(sqlite, f"t{n}", 200)) for n in range(40)]
    await asyncio.sleep(0.01)
    for game in games[::2]:
        game.cancel()
    await asyncio.gather(*games, return_exceptions=True)
    assert [game.cancelled() for game in games[:2]] == [True, False]
    for summary in await sqlite.threads():
        log = await sqlite.read(summary.header.thread)
        assert log is not None and [event.seq for event in log.events] == list(range(1, summary.seq + 1))
        await play(sqlite, summary.header.thread, summary.seq + 1, after=summary.seq)
    assert {(await sqlite.threads(limit=20))[n].seq for n in range(20)} == {201}


async def test_beyond_the_bound_appends_wait(path: Path, play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "QUEUE", 4)
    store = SqliteStore(path)
    await store.open()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    games = [asyncio.create_task(play(store, f"t{n}", 1)) for n in range(10)]
    await asyncio.sleep(0.05)
    assert not any(game.done() for game in games)
    for game in games:
        game.cancel()
    await asyncio.gather(*games, return_exceptions=True)
    other.close()
    await play(store, "last", 1)
    names = {summary.header.thread for summary in await store.threads()}
    assert names == {"t0", "t1", "t2", "t3", "last"}
    await store.close()


@pytest.mark.parametrize("game", [None, "rare", "none"])
@pytest.mark.parametrize("finished", [None, False, True])
@pytest.mark.parametrize("listed", [False, True])
async def test_a_list_costs_the_same_however_many_threads(
    crowded: SqliteStore, game: str | None, finished: bool | None, listed: bool
) -> None:
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    crowded._reading.set_progress_handler(count, 100)
    found = await crowded.threads(game=game, finished=finished, listed=listed, limit=20, before=1e9)
    assert steps * 100 < 20_000
    assert len(found) == (0 if game == "none" or (game == "rare" and finished) else 20)


@pytest.fixture
async def crowded(sqlite: SqliteStore) -> SqliteStore:
    """20 000 old finished threads of one game, and 60 going on of another."""
    rows = [
        (f"t{n}", game, visibility, float(n), None if game == "rare" else "draw")
        for n in range(20_000)
        for game in ["rare" if n < 60 else "chess"]
        for visibility in [("public", "unlisted", "private")[n % 3]]
    ]
    db = sqlite3.connect(sqlite.path)
    db.executemany(
        "INSERT INTO threads(thread, header, game, visibility, updated, ended, over)"
        " VALUES(?1, json_object('game', ?2, 'thread', ?1, 'created', 1), ?2, ?3, ?4, ?5, ?5 IS NOT NULL)",
        rows,
    )
    db.commit()
    db.close()
    return sqlite


async def test_a_public_list_of_very_many_looks_at_one_index(crowded: SqliteStore) -> None:
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    crowded._reading.set_progress_handler(count, 100)
    found, total = await crowded.listed(Wanted({"rare": 2}, open=True), 20)
    assert len(found) == total == 20 and steps * 100 < 20_000
    plan = crowded._reading.execute(
        f"EXPLAIN QUERY PLAN SELECT count(*) FROM {module._LISTED} WHERE visibility = 'public' AND over = 0"
        " AND game IN ('rare') AND (taken < 2) = 1"
    ).fetchall()
    assert "COVERING INDEX threads_listed" in str(plan)


async def test_a_database_of_the_first_version_is_listed_too(path: Path) -> None:
    db = sqlite3.connect(path, isolation_level=None)
    migrate(db, path, MIGRATIONS[:1])
    db.execute(
        """INSERT INTO threads(id, thread, header, game, visibility, seq, players) VALUES(1, 't',"""
        """ '{"gamesock":1,"game":"chess","thread":"t","created":90}', 'chess', 'public', 4, '{"black":"x"}')"""
    )
    bodies = [
        Joined(seq=1, at=1.0, seat="white", player=Player(name="b", kind="bot")),
        Left(seq=2, at=1.0, seat="white"),
        Joined(seq=3, at=1.0, seat="black", player=Player(name="a")),
        Joined(seq=4, at=1.0, seat="black", player=Player(name="x", kind="bot")),
    ]
    db.executemany(
        "INSERT INTO events(thread, seq, at, kind, body) VALUES(1, ?, 1.0, ?, ?)",
        [(event.seq, event.kind, dump_event(event).decode()) for event in bodies],
    )
    db.close()
    store = SqliteStore(path)
    await store.open()
    [summary], total = await store.listed(Wanted({"chess": 2}, open=True), 10)
    assert total == 1 and summary.bots == {"black": None} and summary.header.created == 90
    assert (await store.listed(Wanted({"chess": 1}, open=True), 10)) == ([], 0)
    await store.close()
