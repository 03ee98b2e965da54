"""A thread as JSON, one server message a line: for scripts."""

from __future__ import annotations

from typing import TextIO

from gamesock import protocol as p
from gamesock.client import Client, Connection


async def stream(client: Client, sink: TextIO) -> int:
    """Watch a thread until the game is over; the exit code.

    Raises:
        ConnectionFailed, Refusal: there is no way in.
    """
    async with client:
        await client.join(p.SPECTATOR)
        async for item in client:
            if not isinstance(item, Connection):
                sink.write(item.model_dump_json(exclude_none=True) + "\n")
                sink.flush()
            if isinstance(item, p.GameOver) or _found_over(item):
                return 0
    return 1


def _found_over(item: p.ServerMessage | Connection) -> bool:
    """Whether this is the state of a game that ended while nobody told us."""
    if not isinstance(item, p.StateUpdate) or item.last_action is not None:
        return False
    return bool(item.table and item.table.outcome)
