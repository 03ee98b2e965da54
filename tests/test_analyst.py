"""Asking a server's bots about one thread, over a connection of its own."""

from __future__ import annotations

from typing import Any

import pytest

from gamesock import record
from gamesock.analyst import Analyst, fetch
from gamesock.client import Client, ConnectionFailed, ConnectionLost
from gamesock.protocol import Code, Refusal, Resign

MINE = "mine-8c51f0a3b2d4"
"""A private thread's id is one that nobody comes upon by trying."""


@pytest.fixture
async def resigned(host: Any) -> Any:
    """A finished private game, and the client of its only player."""
    served = await host()
    player = Client(f"{served.url}/ws/tictactoe/{MINE}?visibility=private", name="ann")
    await player.connect()
    await player.join("X")
    await player.join("O")
    for move in ("1", "5", "2"):
        await player.move(move, auto_response=False)
    await player.request(Resign())
    yield player
    await player.close()


async def test_it_asks_about_any_position(resigned: Client) -> None:
    analyst = await Analyst(resigned.for_thread(MINE)).open()
    lost = await analyst.think(3, 0.1)
    assert (lost.seat, lost.line[0], analyst.bot) == ("O", "3", "perfect")
    even = await analyst.think(0, 0.1)
    assert even.score == 0.0
    with pytest.raises(Refusal) as refused:
        await analyst.think(9, 0.1)
    assert refused.value.code == Code.NOT_FOUND
    await analyst.close()
    with pytest.raises(ConnectionLost):
        await analyst.think(0, 0.1)


async def test_the_game_of_others_is_not_its_to_ask_about(resigned: Client) -> None:
    told: list[str] = []

    async def done() -> None:
        told.append("done")

    stranger = Client(resigned.url.partition("?")[0])
    with pytest.raises(Refusal):
        await Analyst(stranger, done).open()
    assert told == ["done"]


async def test_a_server_that_is_not_there() -> None:
    with pytest.raises(ConnectionFailed):
        await Analyst(Client("ws://127.0.0.1:1/ws/chess/x")).open()


async def test_the_recording_is_fetched(resigned: Client) -> None:
    header, events = record.loads(await fetch(resigned))
    assert (header.thread, header.visibility) == (MINE, "private")
    assert [event.kind for event in events] == ["joined", "joined", "moved", "moved", "moved", "ended"]


async def test_looking_on_takes_no_seat(host: Any) -> None:
    served = await host()
    url = f"{served.url}/ws/tictactoe/{MINE}"
    owner = Client(f"{url}?visibility=private", name="ann")
    await owner.connect()
    await owner.join("X")
    with pytest.raises(Refusal):
        await Analyst(Client(url)).open()
    assert owner.mirror.table is not None and owner.mirror.table.players["O"] is None
    await owner.close()
