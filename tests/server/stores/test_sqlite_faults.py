"""The SQLite store when the file, the disk or another process stands in its way."""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import sqlite3
import subprocess
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryDirectory

import pytest

from gamesock.record import Event, Moved, Ran
from gamesock.server.stores.base import StoreError
from gamesock.server.stores.sqlite import SqliteStore
from gamesock.server.stores.sqlite_file import APPLICATION, MIGRATIONS, connect, migrate

Play = Callable[..., Awaitable[list[Event]]]

posix = pytest.mark.skipif(os.name != "posix", reason="permissions and limits are those of POSIX")


def move(seq: int) -> Moved:
    return Moved(seq=seq, at=1.0 + seq, seat="white", move="e2e4")


def refusal(path: Path) -> str:
    """Why the database at ``path`` can't be opened."""
    return asyncio.run(refused(path))


async def refused(path: Path) -> str:
    store = SqliteStore(path, patience=0.1)
    with pytest.raises(StoreError) as error:
        await store.open()
    await store.close()
    assert str(path) in str(error.value)
    return str(error.value)


# Files that are no database of ours


@pytest.mark.parametrize("content", [b"x", b"1. e4 e5 2. Nf3\n" * 500, bytes(5000)])
def test_a_file_that_is_no_database_is_refused_and_kept(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    assert "is no database: name another file" in refusal(path)
    assert path.read_bytes() == content


def test_another_programs_database_is_refused_and_kept(path: Path) -> None:
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE bookmarks(url)")
    db.execute("PRAGMA user_version=70")
    db.close()
    before = path.read_bytes()
    assert "another program's database" in refusal(path)
    assert path.read_bytes() == before


def test_a_newer_gamesocks_database_is_refused(path: Path) -> None:
    db = connect(path, 1)
    migrate(db, path)
    db.execute("PRAGMA user_version=99")
    db.close()
    assert "newer gamesock (schema 99" in refusal(path)


async def test_an_empty_file_becomes_a_database(tmp_path: Path, play: Play) -> None:
    with NamedTemporaryFile(dir=tmp_path) as file:
        store = SqliteStore(file.name)
        await store.open()
        await play(store, "t", 1)
        await store.close()


# Migrations


def schema(db: sqlite3.Connection) -> tuple[int, list[str]]:
    [version] = db.execute("PRAGMA user_version").fetchone()
    return version, [name for (name,) in db.execute("SELECT name FROM sqlite_master ORDER BY name")]


def test_an_older_schema_is_brought_up_to_date(path: Path) -> None:
    steps = (
        ("CREATE TABLE a(x)", "INSERT INTO a VALUES(1)"),
        ("CREATE TABLE b(x)", "INSERT INTO b SELECT x + 1 FROM a"),
        ("DROP TABLE a",),
    )
    db = connect(path, 1)
    for version, names in ((1, ["a"]), (1, ["a"]), (3, ["b"]), (3, ["b"])):
        migrate(db, path, steps[:version])
        assert schema(db) == (version, names)
    assert db.execute("SELECT x FROM b").fetchall() == [(2,)]
    db.close()


def test_a_migration_that_fails_changes_nothing(path: Path) -> None:
    db = connect(path, 1)
    migrate(db, path, [("CREATE TABLE a(x)",)])
    with pytest.raises(sqlite3.OperationalError):
        migrate(db, path, [("CREATE TABLE a(x)",), ("CREATE TABLE b(x)", "no SQL")])
    assert schema(db) == (1, ["a"])
    assert not db.in_transaction
    db.close()


async def test_a_hand_made_database_of_this_version_is_read(path: Path) -> None:
    """The files of version 1 that are out there must be readable for good: this is one, in full."""
    db = sqlite3.connect(path)
    for statement in MIGRATIONS[0]:
        db.execute(statement)
    db.execute(f"PRAGMA application_id={APPLICATION}")
    db.execute("PRAGMA user_version=1")
    db.execute("INSERT INTO runs VALUES(7, 4242, 100.0, 250.5)")
    db.execute(
        "INSERT INTO threads(id, thread, header, game, visibility, seq, ply, updated, players, owner)"
        """ VALUES(3, 't', '{"gamesock":1,"game":"chess","thread":"t","created":90}', 'chess', 'public',"""
        """ 1, 1, 101.0, '{"white":"Ada"}', 7)"""
    )
    db.execute(
        "INSERT INTO events(thread, seq, at, kind, body) VALUES(3, 1, 101.0, 'moved',"
        """ '{"seq":1,"at":101.0,"kind":"moved","seat":"white","move":"e2e4"}')"""
    )
    db.commit()
    db.close()
    store = SqliteStore(path)
    await store.open()
    log = await store.read("t")
    assert log is not None and log.left_at == 250.5
    assert log.events == [Moved(seq=1, at=101.0, seat="white", move="e2e4")]
    assert (await store.threads())[0].players == {"white": "Ada"}
    await store.append("t", 1, [move(2)])
    await store.close()


# Damage


@pytest.fixture
async def played(path: Path, play: Play) -> Path:
    """A database of some size, closed."""
    store = SqliteStore(path, synchronous="NORMAL")
    await store.open()
    for thread in range(40):
        await play(store, f"t{thread}", 20)
    await store.close()
    return path


def test_a_truncated_database_is_told(played: Path) -> None:
    os.truncate(played, played.stat().st_size * 2 // 3)
    assert "is damaged: restore a copy" in refusal(played)


def garble(path: Path, start: int) -> None:
    """Overwrite the file from ``start`` on."""
    content = path.read_bytes()
    path.write_bytes(content[:start] + random.Random(1).randbytes(len(content) - start))


async def test_damaged_pages_are_told_and_nothing_is_made_up(played: Path) -> None:
    garble(played, 8 * 4096)
    store = SqliteStore(played)
    await store.open()
    failures = 0
    for thread in range(40):
        try:
            log = await store.read(f"t{thread}")
            assert log is not None and log.events == [
                Moved(seq=n, at=100.0 + n, seat="white", move=f"m{n}") for n in range(1, 21)
            ]
        except StoreError as error:
            assert "is damaged" in str(error)
            failures += 1
    assert failures
    await store.close()


async def test_a_damaged_event_is_told(played: Path) -> None:
    db = sqlite3.connect(played)
    db.execute("UPDATE events SET body = substr(body, 1, 30) WHERE seq = 7")
    db.execute("UPDATE threads SET header = '{' WHERE thread = 't1'")
    db.commit()
    db.close()
    store = SqliteStore(played)
    await store.open()
    with pytest.raises(StoreError, match="is damaged"):
        await store.read("t0")
    with pytest.raises(StoreError, match="is damaged"):
        await store.append("t1", 20, [move(21)])
    await store.append("t2", 20, [move(21)])
    await store.close()


def torn(path: Path, part: float) -> Path:
    """A copy of the database with only that part of its write-ahead log."""
    copy = path.with_name(f"{part}.db")
    shutil.copy(path, copy)
    log = Path(f"{path}-wal").read_bytes()
    Path(f"{copy}-wal").write_bytes(log[: int(len(log) * part)])
    return copy


async def test_a_torn_write_ahead_log_loses_only_its_end(path: Path, sqlite: SqliteStore, play: Play) -> None:
    """After a power cut the log may end anywhere: what is left must be a beginning of every thread."""
    events = await play(sqlite, "t", 60)
    kept = []
    for part in [0.003, 0.04, 0.11, 0.29, 0.53, 0.71, 0.9, 0.999]:
        store = SqliteStore(torn(path, part))
        await store.open()
        log = await store.read("t")
        found = log.events if log else []
        assert found == events[: len(found)]
        kept.append(len(found))
        await play(store, "t", len(found) + 1, after=len(found))
        await store.close()
    assert kept == sorted(kept) and kept[0] < 10 and kept[-1] > 50


# Permissions, locks, disks


@contextmanager
def unprivileged() -> Iterator[Path]:
    """A directory, and the rights of someone whom permissions hold back (as they don't root)."""
    root = os.geteuid() == 0
    with TemporaryDirectory() as directory:
        Path(directory).chmod(0o755)
        if root:
            os.chown(directory, 65534, 65534)
            os.seteuid(65534)
        try:
            yield Path(directory)
        finally:
            if root:
                os.seteuid(0)
            Path(directory).chmod(0o755)


@posix
async def test_a_read_only_file_is_told(play: Play) -> None:
    with unprivileged() as directory:
        path = directory / "games.db"
        store = SqliteStore(path)
        await store.open()
        await play(store, "t", 1)
        await store.close()
        path.chmod(0o444)
        assert "is read-only: check its permissions" in await refused(path)


@posix
async def test_a_directory_that_cannot_be_written_is_told() -> None:
    with unprivileged() as directory:
        directory.chmod(0o555)
        assert "Permission denied" in await refused(directory / "games.db")
        assert "Permission denied" in await refused(directory / "new" / "games.db")


@posix
async def test_a_directory_that_became_read_only_is_told(play: Play) -> None:
    with unprivileged() as directory:
        path = directory / "games.db"
        store = SqliteStore(path)
        await store.open()
        await play(store, "t", 1)
        await store.close()
        directory.chmod(0o555)
        assert "check" in await refused(path)


def test_a_path_through_a_file_or_to_a_directory_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "can't write the database" in refusal(tmp_path / "file" / "games.db")
    assert "is no database" in refusal(tmp_path)


async def test_a_lock_is_waited_for_then_told(path: Path, play: Play) -> None:
    store = SqliteStore(path, patience=0.1)
    await store.open()
    await play(store, "t", 1)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="locked by another process"):
        await store.append("t", 1, [move(2)])
    assert "locked by another process" in await refused(path)
    log = await store.read("t")
    assert log is not None and len(log.events) == 1, "a writer elsewhere doesn't stop readers"
    other.execute("ROLLBACK")
    await store.append("t", 1, [move(2)])
    other.close()
    await store.close()


@contextmanager
def small_disk(directory: Path) -> Iterator[Path]:
    """A file system of one megabyte."""
    directory.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(directory)]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("only root can mount a small disk")
    try:
        yield directory
    finally:
        subprocess.run(["umount", str(directory)], check=True)


async def fill_up(store: SqliteStore, play: Play) -> tuple[int, str]:
    """Append until the store refuses: the last acknowledged seq, and the refusal."""
    await play(store, "t", 1)
    for seq in range(2, 10_000):
        try:
            await store.append("t", seq - 1, [Ran(seq=seq, at=1.0, by="ai", state={"x": "x" * 5000})])
        except StoreError as error:
            return seq - 1, str(error)
    raise AssertionError("the disk never filled up")


async def test_a_full_disk_is_told_and_nothing_acknowledged_is_lost(tmp_path: Path, play: Play) -> None:
    with small_disk(tmp_path / "disk") as disk:
        (disk / "ballast").write_bytes(bytes(400_000))
        store = SqliteStore(disk / "games.db")
        await store.open()
        last, reason = await fill_up(store, play)
        assert "the disk is full" in reason and str(disk) in reason
        log = await store.read("t")
        assert log is not None and len(log.events) == last

        (disk / "ballast").unlink()
        await store.append("t", last, [move(last + 1)])
        await store.close()
        await store.open()
        log = await store.read("t")
        assert log is not None and len(log.events) == last + 1
        await store.close()


async def test_a_failing_disk_is_told_and_nothing_acknowledged_is_lost(path: Path, play: Play) -> None:
    """Files may not grow beyond a limit: every write past it fails, as on a broken disk."""
    store = SqliteStore(path)
    await store.open()
    resource = pytest.importorskip("resource", reason="limits are those of POSIX")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, hard))
    try:
        last, reason = await fill_up(store, play)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert f"the disk failed under the database {path}" in reason
    await store.append("t", last, [move(last + 1)])
    await store.close()
    await store.open()
    log = await store.read("t")
    assert log is not None and len(log.events) == last + 1
    await store.close()
