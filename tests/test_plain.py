"""The line client over a real server: what it says, waits for, and how it ends."""

import asyncio
import io
import json

import pytest

from gamesock import protocol as p
from gamesock.cli.store import store_of
from gamesock.client import Client, ConnectionFailed
from gamesock.plain import LineClient, end_line, move_line, stream
from gamesock.server.embedded import embedded


@pytest.fixture(scope="module")
def server():
    """A server in this process."""
    with embedded(store_of("memory")) as url:
        yield url


async def say(url, words, seat=None, setup=(), **how):
    """What the line client answers to these words."""
    sink = io.StringIO()
    code = await LineClient(Client(url, name="Ann"), io.StringIO(words), sink).run(seat, setup, **how)
    assert code == 0
    return sink.getvalue()


async def test_a_game_of_two(server):
    url = f"{server}/ws/tictactoe/two"
    said = await asyncio.gather(say(url, "1\n2\n3\n", "X"), say(url, "4\n5\n", "O"))
    for text in said:
        assert text.endswith("3. X: 3\nX X X\nO O .\n. . .\ngame over: X wins (three in a row)\n")
    assert "2. O: 5\nX X .\nO O .\n. . .\nyour move (X)\n" in said[0]
    assert "your move (O)" not in said[0]


async def test_words_of_others_cant_move_the_cursor(server):
    url = f"{server}/ws/connect4/rude"
    async with Client(url, name="Eve") as eve:
        await eve.join("yellow")
        ann = asyncio.create_task(say(url, "d\nmoves\nquit\n", "red"))
        async for item in eve:
            if isinstance(item, p.StateUpdate) and item.last_action:
                await eve.request(p.Chat(text="hi\x1b[2J\u202e\rthere"))
                await eve.move("e")
                break
        text = await ann
    assert "\x1b" not in text
    assert "\r" not in text


async def test_offers(server):
    url = f"{server}/ws/chess/offers"
    async with Client(url, name="Ben") as ben:
        await ben.join("black")
        ann = asyncio.create_task(say(url, "e4\ntakeback\nd4\nc4\ndraw\n", "white"))
        async for item in ben:
            if isinstance(item, p.Offer) and not item.declined and item.offer == "takeback":
                await ben.request(p.AcceptTakeback())
            if isinstance(item, p.StateUpdate) and item.notation == "d4":
                await ben.move("d5")
            if isinstance(item, p.GameOver):
                break
            if isinstance(item, p.Offer) and item.offer == "draw":
                await ben.request(p.AcceptDraw())
        text = await ann
    assert "white took back" in text
    assert "game over: no winner" in text


async def test_watching_ends_with_the_game(server):
    url = f"{server}/ws/tictactoe/watched"
    async with Client(url, name="Ben") as ben:
        await ben.join("X")
        watcher = asyncio.create_task(say(url, "", watch=True))
        sink = io.StringIO()
        streamer = asyncio.create_task(stream(Client(url), sink))
        await ben.join("O")
        for move in "14253":
            await ben.move(move)
        text = await asyncio.wait_for(watcher, 10)
        assert await asyncio.wait_for(streamer, 10) == 0
    assert "you are watching" in text
    assert text.endswith("game over: X wins (three in a row)\n")
    assert json.loads(sink.getvalue().splitlines()[-1])["type"] in ("game_over", "state_update")


async def test_no_way_in(server):
    client = LineClient(Client(f"{server}/ws/nothing/x"), io.StringIO(), io.StringIO())
    with pytest.raises(ConnectionFailed):
        await client.run(None, ())
    taken = f"{server}/ws/chess/taken"
    async with Client(taken) as ben:
        await ben.join("white")
        with pytest.raises(p.Refusal):
            await say(taken, "", "white")


def test_lines():
    table = p.Table.model_construct(seats=("white", "black"))
    update = p.StateUpdate.model_construct(ply=4, seat="black", notation="Nc6", move="b8c6")
    assert move_line(update, table) == "2. black: Nc6"
    assert move_line(update, None) == "4. black: Nc6"
    assert end_line(p.OutcomeView(winner=None, reason="draw_agreed")) == "game over: no winner (draw agreed)"
