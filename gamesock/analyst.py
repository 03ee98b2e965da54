"""Somebody to ask about the positions of a finished game: a server's bots, over a connection of its own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Self

from gamesock import protocol as p
from gamesock.bot import Thought
from gamesock.client import Client

_PATIENCE = 120.0
"""Seconds to wait for an answer beyond the time a bot was given: it may stand in a queue."""


class Analyst:
    """Asks about one thread.

    Args:
        client: a fresh one, for that thread.
        done: awaited once nothing more will be asked.
    """

    def __init__(self, client: Client, done: Callable[[], Awaitable[None]] | None = None) -> None:
        self._client, self._done = client, done
        self.bot = ""
        """Who answered last."""

    async def open(self) -> Self:
        """Connect.

        Raises:
            ConnectionFailed: the server isn't there.
            Refusal: the thread is private, and not ours.
        """
        try:
            await enter(self._client)
        except BaseException:
            await self.close()
            raise
        return self

    async def think(self, ply: int, seconds: float) -> Thought:
        """What the strongest bot thinks of the position after ``ply`` moves.

        Raises:
            Refusal: ``game_over``: nobody is to move there; ``bot_failed``, ``no_such_bot``: nobody can tell.
            ConnectionLost, TimeoutError: ask again.
        """
        question = p.Analyse(ply=ply, time_ms=max(1, round(seconds * 1000)))
        answer = await self._client.request(question, timeout=seconds + _PATIENCE)
        assert isinstance(answer, p.Thinking)
        self.bot = answer.bot
        return answer.thought

    async def close(self) -> None:
        """Stop thinking, and let the connection go."""
        await self._client.close()
        if self._done:
            await self._done()


async def enter(client: Client) -> None:
    """Connect to look on; a private thread is shown to those who have a seat there.

    Raises:
        ConnectionFailed: the server isn't there.
        Refusal: the thread is private, and not ours.
    """
    await client.connect()
    if client.mirror.table is None:
        # Without a key of ours a free seat would be taken: we didn't come to play.
        await client.join(None if client.seat_tokens else p.SPECTATOR)


async def fetch(client: Client) -> str:
    """The recording of a client's thread, as text.

    Raises:
        Refusal: the game is private, or has secrets and goes on.
    """
    answer = await client.request(p.GetRecording())
    assert isinstance(answer, p.Recording)
    return answer.text
