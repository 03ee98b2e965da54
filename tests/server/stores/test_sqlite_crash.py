"""The SQLite store when its process is killed: what was acknowledged is there."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from gamesock.server.stores.sqlite import SqliteStore

PROGRAM = """
import asyncio, sys
from gamesock.record import Header, Moved
from gamesock.server.stores.sqlite import SqliteStore

async def play(store, thread):
    log = await store.read(thread)
    header, seq = (None, len(log.events)) if log else (Header(game="g", thread=thread, created=1), 0)
    while True:
        await store.append(thread, seq, [Moved(seq=seq + 1, at=seq, seat="X", move=str(seq))], header)
        header, seq = None, seq + 1
        print(thread, seq, flush=True)

async def main():
    store = SqliteStore(sys.argv[1])
    await store.open()
    await asyncio.gather(*(play(store, f"t{n}") for n in range(10)))

asyncio.run(main())
"""


@contextmanager
def nobody_else_commits(path: Path) -> Iterator[None]:
    """Hold the database for a while, so that whatever is acknowledged too early is lost for sure."""
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("BEGIN IMMEDIATE")
    time.sleep(0.05)
    yield
    db.close()


async def read(path: Path) -> dict[str, list[int]]:
    """The numbers of the events of every thread."""
    store = SqliteStore(path)
    await store.open()
    logs = [await store.read(summary.header.thread) for summary in await store.threads()]
    await store.close()
    return {log.header.thread: [event.seq for event in log.events] for log in logs if log}


def test_every_acknowledged_event_survives_kill_9(path: Path) -> None:
    chance = random.Random(3)
    acknowledged: dict[str, int] = {}
    for locked in (False, True, False, True):
        with subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(path)], stdout=subprocess.PIPE, text=True
        ) as child:
            assert child.stdout is not None
            lines = [child.stdout.readline()]
            time.sleep(chance.uniform(0.02, 0.3))
            with nobody_else_commits(path) if locked else nullcontext():
                child.kill()
            # The last line may be cut off; what is whole was acknowledged.
            lines += [line for line in child.stdout if line.endswith("\n")]
        for thread, seq in (line.split() for line in lines):
            acknowledged[thread] = int(seq)

        stored = asyncio.run(read(path))
        for thread, last in acknowledged.items():
            assert stored[thread] == list(range(1, len(stored[thread]) + 1))
            assert len(stored[thread]) >= last
    assert len(acknowledged) == 10
