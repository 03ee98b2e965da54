"""A thread as JSON, one server message a line: for scripts."""

from __future__ import annotations

import asyncio
from typing import TextIO

from gamesock import protocol as p
from gamesock.client import Client, Connection
from gamesock.plain.reader import until_nobody_reads


async def stream(client: Client, sink: TextIO) -> int:
    """Watch a thread until the game is over; the exit code.

    Raises:
        ConnectionFailed, Refusal: there is no way in.
        BrokenPipeError: nobody reads it any more.
    """
    async with client:
        await client.join(p.SPECTATOR)
        writing = asyncio.create_task(_write(client, sink))
        unread = asyncio.create_task(until_nobody_reads(sink))
        try:
            done, _ = await asyncio.wait({writing, unread}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            writing.cancel()
            unread.cancel()
        for task in done:
            task.result()
        return 0 if writing.result() else 1


async def _write(client: Client, sink: TextIO) -> bool:
    """Write what comes; whether it came to the end of the game."""
    async for item in client:
        if not isinstance(item, Connection):
            sink.write(item.model_dump_json(exclude_none=True) + "\n")
            sink.flush()
        if isinstance(item, p.GameOver) or _found_over(item):
            return True
    return False


def _found_over(item: p.ServerMessage | Connection) -> bool:
    """Whether this is the state of a game that ended while nobody told us."""
    if not isinstance(item, p.StateUpdate) or item.last_action is not None:
        return False
    return bool(item.table and item.table.outcome)
