"""The line client over a real server: what it says, waits for, and how it ends."""

import asyncio
import contextlib
import io
import json
import os
import queue
import re

import pytest

from gamesock import protocol as p
from gamesock.cli.store import store_of
from gamesock.client import Client, ConnectionFailed
from gamesock.plain import LineClient, stream
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
        assert text.endswith("X: 3\ngame over: X wins (three in a row)\n")
    assert "O: 5\nyour move (X)\n" in said[0]
    assert "your move (O)" not in said[0]


async def test_an_input_that_is_at_its_end_leaves(server):
    url = f"{server}/ws/chess/left"
    async with Client(url, name="Ben") as ben:
        await ben.join("black")
        async with Client(url, name="Eve") as eve:
            await eve.join("white")
            await eve.move("e4")
            async with asyncio.timeout(60):  # who waited for black's move would be here for two minutes
                sink = io.StringIO()
                ann = LineClient(Client(url, seat_tokens=eve.seat_tokens), io.StringIO(), sink)
                assert await ann.run(None, ()) == 0
    assert "you are white\n1 move was played, the last was e4\nblack to move\n" in sink.getvalue()


async def test_words_of_others_cant_move_the_cursor(server):
    url = f"{server}/ws/connect4/rude"
    async with Client(url, name="Eve") as eve:
        await eve.join("yellow")
        ann = asyncio.create_task(say(url, "d\nd\nquit\n", "red"))
        async for item in eve:
            if isinstance(item, p.StateUpdate) and item.last_action:
                await eve.request(p.Chat(text="hi\x1b[2J\u202e\rthere"))
                await eve.move("e")
                break
        text = await ann
    assert "Eve says: hi[2Jthere\n" in text
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


async def test_a_line_too_long_is_refused_and_the_next_is_heard(server):
    for length in (20_000, 64 * 1024, 300_000):
        text = await say(f"{server}/ws/tictactoe/long{length}", f"{'x' * length}\n5\nquit\n", "X")
        assert text.count("error: that is too long") == 1
        assert "X: 5" in text


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


class Keys(io.StringIO):
    """A keyboard: lines come when a test types them, and there is a terminal."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: queue.Queue[str] = queue.Queue()

    def type(self, line: str) -> None:
        self._lines.put(f"{line}\n")

    def isatty(self) -> bool:
        return True

    def readline(self, size=-1):
        return self._lines.get()


class Someone:
    """A person at the line client, who types and reads."""

    def __init__(self, url: str, seat=None, *, name="Ann", watch=False, low_time=20.0) -> None:
        self.keys, self.sink = Keys(), io.StringIO()
        self.client = Client(url, name=name)
        line_client = LineClient(self.client, self.keys, self.sink, low_time=low_time)
        self.task = asyncio.create_task(line_client.run(seat, (), watch=watch))

    async def reads(self, *texts: str) -> str:
        """Waits until the texts were written, one after the other; everything so far."""
        for _ in range(3000):
            at = 0
            for text in texts:
                found = self.sink.getvalue().find(text, at)
                if found < 0:
                    break
                at = found + len(text)
            else:
                return self.sink.getvalue()
            if self.task.done():
                self.task.result()
            await asyncio.sleep(0.01)
        raise TimeoutError(f"{texts} never came: {self.sink.getvalue()}")

    async def plays(self, move: str) -> None:
        """Types a move once it is their turn, and waits until it is played."""
        mirror = self.client.mirror
        await self._until(lambda: mirror.my_turn)
        before = mirror.ply
        self.keys.type(move)
        await self._until(lambda: mirror.ply > before)

    async def _until(self, condition) -> None:
        async with asyncio.timeout(30):
            while not condition():  # noqa: ASYNC110 - any condition, not one that tells of itself
                await asyncio.sleep(0.01)

    async def leaves(self) -> str:
        self.keys.type("quit")
        assert await asyncio.wait_for(self.task, 30) == 0
        return self.sink.getvalue()


async def test_a_game_by_ear(server):
    url = f"{server}/ws/chess/by-ear?clock=5"
    ann = Someone(url, "white")
    await ann.reads("you are white", "your move (white)")
    ben = Someone(url, "black", name="Ben")
    await ann.reads("Ben is black")
    for words, answer in {
        "where is the white queen?": "white queen: d1.\n",
        "what is on e1": "e1: white king.\n",
        "legal knight": "knight g1: Nf3, Nh3.\n",
        "last": "no moves yet\n",
        "turn": "your move (white)\n",
        "clock": "white: 5 minutes\nblack: 5 minutes\n",
        "read row 2": "Row 2: white pawn a2",
        "board": "8 r n b q k b n r\n",
        "flip": "the board is turned",
        "board ": "1 R N B K Q B N R\n",
        "help": "takeback ",
        "bord": "did you mean board?",
        "e5": "(legal lists the moves, help the commands)\n",
    }.items():
        ann.keys.type(words)
        await ann.reads(answer)
    ann.keys.type("players")
    await ann.reads("white: Ann, you\nblack: Ben\n")
    ann.keys.type("Nf3")
    ann.keys.type("last")
    await ann.reads("White: knight g1 to f3\nWhite: knight g1 to f3\n")
    ann.keys.type("e4")
    await ann.reads("error: black to move; 'e4' was not played")
    await ben.reads("White: knight g1 to f3\nyour move (black)\n")
    ben.keys.type("chat my clock\x1b[2J says five")
    await ann.reads("Ben says: my clock[2J says five\n")
    await ann.leaves()
    await ben.reads("Ann (white) is away")
    await ben.leaves()


async def test_offers_say_how_to_answer(server):
    url = f"{server}/ws/chess/answered"
    ann = Someone(url, "white")
    await ann.reads("you are white")
    ben = Someone(url, "black", name="Ben")
    await ann.reads("Ben is black")
    await ann.plays("e4")
    await ben.plays("e5")
    await ann.reads("Black: pawn e7 to e5")
    ann.keys.type("takeback")
    await ben.reads("white offers a takeback: takeback or accept agrees, decline refuses")
    ben.keys.type("decline")
    await ann.reads("you offered a takeback", "black declined the takeback")
    ann.keys.type("takeback")
    await ben.reads("white offers a takeback", "white offers a takeback")
    ben.keys.type("accept")
    await ann.reads("white took back: no move is left")
    await ann.plays("e4")
    await ben.plays("e5")
    await ann.reads("took back", "Black: pawn e7 to e5")
    ann.keys.type("draw")
    await ben.reads("white offers a draw")
    ben.keys.type("draw")
    await ann.reads("game over: no winner (agreement)")
    ann.keys.type("d4")
    await ann.reads("(rematch plays again, quit leaves)")
    await ann.leaves()
    await ben.leaves()


async def test_an_answer_to_no_offer(server):
    said = await say(f"{server}/ws/chess/unoffered", "accept\ndecline\n")
    assert said.count("error: nothing is offered: draw offers a draw, takeback asks for a move back\n") == 2


async def test_a_rematch_is_accepted_like_any_offer(server):
    url = f"{server}/ws/tictactoe/again"
    ann, ben = Someone(url, "X"), Someone(url, "O", name="Ben")
    for each in (ann, ben):
        await each.reads("you are")
    for player, move in zip((ann, ben, ann, ben, ann), "14253", strict=True):
        await player.plays(move)
    await ann.reads("game over")
    ann.keys.type("rematch")
    await ben.reads("X offers a rematch: rematch or accept agrees\n")
    ben.keys.type("decline")
    await ben.reads("error: a rematch that you don't want needs no answer: quit leaves")
    ben.keys.type("accept")
    await ben.reads("rematch: ", "you are X")
    await ann.reads("rematch: ", "you are O")
    await ann.leaves()
    await ben.leaves()


async def test_what_fits_into_no_request_is_said_in_words(server):
    said = await say(f"{server}/ws/chess/talkative", f"chat {'x' * 501}\n")
    assert "error: text: at most 500 characters\n" in said


@pytest.mark.parametrize("json_lines", [False, True])
async def test_who_reads_no_more_is_not_waited_for(server, json_lines):
    out, into = os.pipe()
    with os.fdopen(out, encoding="utf-8") as reader, os.fdopen(into, "w", encoding="utf-8") as sink:
        client = Client(f"{server}/ws/chess/unread")
        watching = LineClient(client, Keys(), sink).run(None, (), watch=True)
        task = asyncio.create_task(stream(client, sink) if json_lines else watching)
        assert await asyncio.to_thread(reader.readline)
        reader.close()  # and nothing more happens in the game
        with pytest.raises(BrokenPipeError):
            await asyncio.wait_for(task, 30)
        watching.close()
        with contextlib.suppress(BrokenPipeError):
            sink.close()


async def test_resigning_asks(server):
    url = f"{server}/ws/chess/lost"
    ann = Someone(url, "white")
    await ann.reads("you are white")
    ben = Someone(url, "black")
    await ben.reads("you are black")
    await ann.plays("e4")
    await ben.plays("e5")
    await ann.plays("d4")
    await ben.reads("White: pawn d2 to d4")
    ben.keys.type("resign")
    await ben.reads("resign this game?")
    ben.keys.type("d5")
    await ben.reads("the game goes on")
    ben.keys.type("resign")
    ben.keys.type("yes")
    assert "Black: pawn d" not in await ben.reads("game over: white wins (resignation)")
    await ann.reads("game over: white wins (resignation)")
    await ann.leaves()
    await ben.leaves()


async def test_a_hint_is_in_words(server):
    ann = Someone(f"{server}/ws/tictactoe/hinted", "X")
    await ann.reads("your move")
    ann.keys.type("hint")
    assert re.search(r"\w+ would play \d", await ann.reads("would play"))
    await ann.leaves()


async def test_low_time_is_announced(server):
    url = f"{server}/ws/chess/hasty?clock=3s/move"
    ann = Someone(url, "white", low_time=60.0)
    await ann.reads("you are white")
    ben = Someone(url, "black", low_time=0)
    await ben.reads("you are black")
    await ann.plays("e4")
    await ben.plays("e5")
    await ann.reads("seconds left\n")
    await ann.reads("game over: ")
    await ben.reads("game over: ")
    assert "seconds left" not in ben.sink.getvalue()
    await ann.leaves()
    await ben.leaves()


async def test_who_watches_may_ask_and_leave(server):
    url = f"{server}/ws/tictactoe/asked"
    async with Client(url, name="Ben") as ben:
        await ben.join("X")
        await ben.join("O")
        eve = Someone(url, watch=True, name="Eve")
        await eve.reads("you are watching")
        await ben.move("5")
        await eve.reads("X: 5\n")
        eve.keys.type("where is X")
        await eve.reads("X: 5.\n")
        eve.keys.type("boards")
        await eve.reads("after every move")
        await ben.move("1")
        await eve.reads("O: 1\n", "O . .\n. X .\n. . .\n")
        await eve.leaves()


async def test_a_lost_connection_is_told_once_and_its_return_too(tmp_path):
    games = f"sqlite:{tmp_path}/games.db"
    with embedded(store_of(games), private=True) as url:
        ann = Someone(f"{url}/ws/tictactoe/back", "X")
        await ann.reads("your move (X)")
    await ann.reads("connection lost: ", "trying again")
    with embedded(store_of(games), port=int(url.rpartition(":")[2]), private=True):
        text = await ann.reads("connected again\nyour move (X)\n")
        assert text.count("connection lost") == 1
        await ann.leaves()
