"""The client on real sockets, through a proxy that cuts connections where it hurts."""

from __future__ import annotations

import asyncio
import contextlib
import json
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from websockets.asyncio.server import serve
from websockets.exceptions import ConnectionClosed

from gamesock import protocol as p
from gamesock.client import BadAnswer, Client, Connection, ConnectionFailed, ConnectionLost, Status
from gamesock.mirror import Mirror
from gamesock.record import Chatted, Moved
from gamesock.server import GameSocketFactory


class Proxy:
    """A TCP proxy that can swallow what either side says, and cut."""

    def __init__(self, port: int) -> None:
        self.target = port
        self.deaf = self.mute = False
        self.refusing = False
        self._writers: list[asyncio.StreamWriter] = []
        self._server: asyncio.Server | None = None

    async def start(self) -> str:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return f"ws://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def stop(self) -> None:
        assert self._server
        self._server.close()
        self.cut()

    def cut(self) -> None:
        """Reset every connection, and forget what it swallowed."""
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()
        self.deaf = self.mute = False

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.refusing:
            writer.transport.abort()
            return
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self.target)
        self._writers += [writer, there_writer]
        with contextlib.suppress(ConnectionError):
            await asyncio.gather(
                self._pump(reader, there_writer, "deaf"), self._pump(there_reader, writer, "mute")
            )

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, gate: str) -> None:
        while data := await reader.read(65536):
            if not getattr(self, gate):
                writer.write(data)
        writer.close()


@pytest.fixture
async def proxied(host: Any) -> Any:
    """A server, a proxy before it, and its address."""
    server = await host()
    proxy = Proxy(server.port)
    yield server, proxy, await proxy.start()
    await proxy.stop()


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gamesock.link._FIRST_WAIT", 0.05)


async def test_a_game_between_two_clients(host: Any, until: Any) -> None:
    server = await host()
    url = f"{server.url}/ws/chess/t"
    async with Client(url, name="Ann") as ann, Client(url, name="Bob") as bob:
        assert ann.welcome and ann.welcome.protocol == p.PROTOCOL
        assert (await ann.join("white")).seat == "white"
        assert (await bob.join()).seat == "black"
        for turn, move in enumerate(["f3", "e5", "g4", "Qh4#"]):
            await (ann, bob)[turn % 2].move(move)
            await until(lambda n=turn + 1: ann.mirror.ply == bob.mirror.ply == n)
        await until(lambda: ann.mirror.outcome and bob.mirror.outcome)
        assert ann.mirror.outcome == bob.mirror.outcome == p.OutcomeView(winner="black", reason="checkmate")
        assert ann.mirror.state == bob.mirror.state
        page = await bob.page(2)
        assert page.notation == "e5"
        with pytest.raises(p.Refusal, match="4 moves"):
            await bob.page(9)


async def test_what_is_kept_of_a_private_game_says_which_it_is(host: Any, until: Any) -> None:
    server, kept = await host(), list[str]()

    def keep(client: Client) -> None:
        kept.append(client.mirror.table.game if client.mirror.table else "")

    async with Client(f"{server.url}/ws/chess/table-8c51f0a3b2d4e6f8?visibility=private", keep=keep) as ann:
        await ann.join("white")
        await until(lambda: kept[-1:] == ["chess"])


async def test_a_refusal_has_a_code_and_changes_nothing(host: Any) -> None:
    server = await host()
    async with Client(f"{server.url}/ws/chess/t") as client:
        await client.join("white")
        with pytest.raises(p.Refusal) as refused:
            await client.move("e5")
        assert refused.value.code == "illegal_move"
        await client.move("e4")
        with pytest.raises(p.Refusal) as refused:
            await client.move("d4")
        assert refused.value.code == "not_your_turn"
        assert client.mirror.notations == ["e4"]


@pytest.mark.parametrize("swallowed", ["deaf", "mute"])
async def test_a_move_cut_off_from_its_answer_is_played_once(swallowed: str, proxied: Any) -> None:
    server, proxy, url = proxied
    async with Client(f"{url}/ws/chess/t", name="Ann") as ann:
        await ann.join("white")
        setattr(proxy, swallowed, True)
        moving = asyncio.create_task(ann.move("e4"))
        await asyncio.sleep(0.1)
        assert not moving.done()
        proxy.cut()
        async with asyncio.timeout(5):
            answer = await moving
        assert isinstance(answer, p.StateUpdate) and answer.ply == 1
        assert ann.mirror.notations == ["e4"] and ann.mirror.seats == ("white",) and not ann.mirror.gap
    kept = await server.threads.store.read("t")
    assert [event.move for event in kept.events if isinstance(event, Moved)] == ["e2e4"]


async def test_a_seat_asked_for_on_a_connection_that_was_lost_is_asked_for_again(proxied: Any) -> None:
    _, proxy, url = proxied
    async with Client(f"{url}/ws/chess/t", name="Ann") as ann:
        proxy.deaf = True
        joining = asyncio.create_task(ann.join("white"))
        await asyncio.sleep(0.1)
        proxy.cut()
        async with asyncio.timeout(5):
            assert (await joining).seat == "white"
        assert ann.mirror.seats == ("white",) and ann.seat_tokens["white"]


async def test_what_may_not_be_repeated_is_given_up(proxied: Any) -> None:
    server, proxy, url = proxied
    async with Client(f"{url}/ws/chess/t", name="Ann") as ann:
        await ann.join("white")
        proxy.mute = True
        saying = asyncio.create_task(ann.request(p.Chat(text="hello")))
        await asyncio.sleep(0.1)
        proxy.cut()
        with pytest.raises(ConnectionLost):
            await saying
        await ann.request(p.Chat(text="again"))
    kept = await server.threads.store.read("t")
    assert [event.text for event in kept.events if isinstance(event, Chatted)] == ["hello", "again"]


async def test_what_is_asked_while_away_is_sent_once(proxied: Any, until: Any) -> None:
    server, proxy, url = proxied
    async with Client(f"{url}/ws/chess/t", name="Ann") as ann:
        await ann.join("white")
        proxy.refusing = True
        proxy.cut()
        await until(lambda: ann.connection.status is Status.WAITING)
        asking = [asyncio.create_task(ann.request(p.Chat(text=text))) for text in "ab"]
        await asyncio.sleep(0.05)
        proxy.refusing = False
        await asyncio.gather(*asking)
    kept = await server.threads.store.read("t")
    assert [event.text for event in kept.events if isinstance(event, Chatted)] == ["a", "b"]


@pytest.mark.parametrize("missed", [1, 12])
async def test_what_was_missed_is_told_afterwards(missed: int, proxied: Any, until: Any) -> None:
    server, proxy, url = proxied
    async with Client(f"{url}/ws/chess/t") as ann, Client(f"{server.url}/ws/chess/t") as bob:
        await bob.join("white")
        await bob.join("black")
        await until(lambda: ann.mirror.seq == bob.mirror.seq)
        proxy.refusing = True
        proxy.cut()
        for n in range(missed):
            await bob.move(["Nf3", "Nf6", "Ng1", "Ng8"][n % 4])
        await bob.request(p.Chat(text="hi", room="players"))
        proxy.refusing = False
        ann.retry_now()
        await until(lambda: ann.mirror.seq == bob.mirror.seq)
        assert ann.mirror.state == bob.mirror.state and ann.mirror.notations == bob.mirror.notations
        assert not ann.mirror.gap
        await bob.move("e4" if bob.mirror.moving == "white" else "e5")
        await until(lambda: ann.mirror.seq == bob.mirror.seq)
        assert ann.mirror.state == bob.mirror.state


async def test_waits_grow_and_can_be_cut_short(proxied: Any, until: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    _, proxy, url = proxied
    seen: list[Connection] = []
    async with Client(f"{url}/ws/chess/t") as client:

        async def watch() -> None:
            async for item in client:
                match item:
                    case Connection():
                        seen.append(item)

        watching = asyncio.create_task(watch())
        proxy.refusing = True
        proxy.cut()
        await until(lambda: client.connection.attempt >= 4)
        waits = [item for item in seen if item.status is Status.WAITING]
        assert [item.attempt for item in waits] == list(range(1, len(waits) + 1))
        assert all(item.reason and item.retry_at for item in waits)
        monkeypatch.setattr("gamesock.link._FIRST_WAIT", 60.0)
        await until(lambda: client.connection.status is Status.WAITING and client.connection.attempt >= 5)
        assert client.connection.retry_at and client.connection.retry_at > time.time() + 5
        proxy.refusing = False
        client.retry_now()
        await until(lambda: client.connection.status is Status.LIVE)
    await watching
    assert seen[-1].status is Status.CLOSED


async def test_without_retry_a_lost_connection_is_the_end(proxied: Any) -> None:
    _, proxy, url = proxied
    client = Client(f"{url}/ws/chess/t", retry=False)
    await client.connect()
    proxy.cut()
    items = [item async for item in client]
    assert isinstance(items[-1], Connection) and items[-1].status is Status.CLOSED
    with pytest.raises(ConnectionLost):
        await client.move("e4")
    await client.close()
    assert [item async for item in client] == [], "closing again says nothing new"


async def test_close_ends_iteration_and_requests(host: Any) -> None:
    server = await host()
    client = Client(f"{server.url}/ws/chess/t")
    await client.connect()
    told = asyncio.create_task(_all(client))
    await asyncio.sleep(0.05)
    await client.close()
    items = await told
    assert isinstance(items[-1], Connection) and items[-1].reason == "closed"
    with pytest.raises(ConnectionLost, match="closed"):
        await client.request(p.GetState())


async def _all(client: Client) -> list[Any]:
    return [item async for item in client]


async def test_what_is_too_large_is_not_sent(host: Any) -> None:
    server = await host()
    async with Client(f"{server.url}/ws/chess/t") as client:
        await client.join("white")
        for way in (client.request, client.send):
            with pytest.raises(p.Refusal, match="too long") as refused:
                await way(p.MakeMove(move="é" * p.MAX_FRAME))
            assert refused.value.code == "too_large"
        await client.move("e4")
        assert client.connection.status is Status.LIVE


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/ws/nowhere/t", "404"),
        ("/ws/games/unknown", "no game 'unknown'"),
        ("/ws/chess/t?clock=soon", "time control"),
        ("/ws/chess/%00", "64 letters"),
    ],
)
async def test_why_there_is_no_way_in(path: str, reason: str, host: Any) -> None:
    server = await host()
    client = Client(server.url + path)
    with pytest.raises(ConnectionFailed, match=reason):
        await client.connect()
    assert client.connection.status is Status.CLOSED and reason in client.connection.reason


async def test_why_there_is_no_connection(host: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gamesock.link.TIMEOUT", 0.3)
    server = await host()
    await server.stop()
    with pytest.raises(ConnectionFailed, match="is the server running"):
        await Client(f"ws://127.0.0.1:{server.port}/ws/chess/t").connect()
    for url in ("nonsense", "http://127.0.0.1/ws/chess/t", "ws://"):
        with pytest.raises(ConnectionFailed):
            await Client(url).connect()
    silent = await asyncio.start_server(lambda r, w: None, "127.0.0.1", 0)
    with pytest.raises(ConnectionFailed, match="no answer in time"):
        await Client(f"ws://127.0.0.1:{silent.sockets[0].getsockname()[1]}/ws/chess/t").connect()
    silent.close()

    async def stranger(socket: Any) -> None:
        with contextlib.suppress(ConnectionClosed):
            async for _ in socket:
                await socket.send(json.dumps({"type": "unheard-of"}))

    async with serve(stranger, "127.0.0.1", 0) as other:
        with pytest.raises(ConnectionFailed, match="no answer in time"):
            await Client(f"ws://127.0.0.1:{other.sockets[0].getsockname()[1]}/").connect()


async def test_a_rematch_is_another_thread_with_the_same_tokens(host: Any) -> None:
    server = await host()
    url = f"{server.url}/ws/tictactoe/t?clock=5"
    async with Client(url, name="Ann") as ann, Client(url, name="Bob") as bob:
        await ann.join("X")
        await bob.join("O")
        await ann.request(p.Resign())
        await bob.request(p.Rematch())
        ack = await ann.request(p.Rematch())
        assert isinstance(ack, p.Ack) and ack.thread_id
        async with ann.for_thread(ack.thread_id) as next_ann:
            assert next_ann.url == f"{server.url}/ws/tictactoe/{ack.thread_id}"
            await next_ann.join()
            assert next_ann.mirror.seats == ("O",) and list(next_ann.seat_tokens) == ["O"]
            assert next_ann.mirror.clock
        assert list(ann.seat_tokens) == ["X"], "the first game's stay as they were"


async def test_a_wrong_token_is_refused_and_right_ones_are_kept(host: Any) -> None:
    server = await host()
    async with Client(f"{server.url}/ws/chess/t", seat_tokens={"white": "wrong"}) as client:
        with pytest.raises(p.Refusal) as refused:
            await client.join()
        assert refused.value.code == "forbidden" and client.seat_tokens == {"white": "wrong"}


async def test_the_clock_counts_down_by_the_servers_time(host: Any) -> None:
    server = await host(now=lambda: time.time() + 1000)
    async with Client(f"{server.url}/ws/chess/t?clock=5") as client:
        await client.join("white")
        await client.join("black")
        assert client.clock_left("white", time.time()) == 300
        for move in ("e4", "e5"):
            await client.move(move)
        now = time.time()
        assert 299 < (client.clock_left("white", now) or 0) <= 300
        assert 289 < (client.clock_left("white", now + 10) or 0) < 290.1
        assert client.clock_left("black", now + 10) == pytest.approx(300, abs=0.5)
        assert client.clock_left("white", now + 999) == 0
        assert client.clock_left("nobody", now) is None


async def test_a_server_that_forgot_the_game_is_no_harm(host: Any, until: Any) -> None:
    first = await host()
    async with Client(f"{first.url}/ws/chess/t", name="Ann") as client:
        await client.join("white")
        await client.move("e4")
        epoch = client.mirror.epoch
        await first.stop()
        await host(port=first.port)
        client.retry_now()
        await until(lambda: client.connection.status is Status.LIVE and client.mirror.epoch != epoch)
        assert client.mirror.notations == [] and client.mirror.seats == ()
        client.seat_tokens.clear()
        await client.join("white")
        await client.move("d4")


async def test_wss_with_a_self_signed_certificate(host: Any, tls: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    server = await host(serving={"tls": tls[0]})
    url = f"wss://localhost:{server.port}/ws/chess/t"
    with pytest.raises(ConnectionFailed, match=r"(?i)certificate"):
        await Client(url).connect()
    async with Client(url, tls=tls[1]) as client:
        await client.join("white")
        await client.move("e4")
        assert client.mirror.ply == 1


async def test_a_mirror_follows_every_message(host: Any, until: Any) -> None:
    """What a client iterates over, folded anew, is what its mirror holds."""
    server = await host()
    async with Client(f"{server.url}/ws/connect4/t") as client:
        await client.join("red")
        await client.request(p.SetBot(seat="yellow", bot="random"))
        while not client.mirror.outcome:
            await until(lambda: client.mirror.my_turn or client.mirror.outcome)
            if client.mirror.my_turn and client.mirror.picture:
                await client.move(client.mirror.picture.moves[0].move)
        await asyncio.sleep(0.05)
    again = Mirror()
    async for item in client:
        if not isinstance(item, Connection):
            again.apply(item)
    assert again.state == client.mirror.state and again.notations == client.mirror.notations
    assert again.outcome == client.mirror.outcome and again.seq == client.mirror.seq


WELCOME = {
    "type": "welcome",
    "protocol": 1,
    "server": "x",
    "viewer": "v",
    "limits": {"max_frame": 16384, "messages_per_second": 1, "burst": 1},
}
STATE = {"type": "state_update", "state": {"moves": [1]}, "timestamp": "", "epoch": "e", "thread_id": "t"}
PICTURE = {"rows": 1, "columns": 2, "cells": ["", "x"], "pieces": {}}
PIECE = {"name": "cross", "seat": "X", "letter": "X", "glyph": "X", "sprite": "cross"}
TABLE = {"game": "g", "title": "G", "seats": ["X"], "players": {"X": None}, "to_move": ["X"]}


@asynccontextmanager
async def scripted(*messages: dict[str, Any]) -> AsyncIterator[str]:
    """A server that greets, shows a state, and then says this to every request."""

    async def speak(socket: Any) -> None:
        with contextlib.suppress(ConnectionClosed):
            async for frame in socket:
                asked = json.loads(frame)
                said = [WELCOME, STATE] if asked["type"] == "hello" else messages
                for message in said:
                    await socket.send(json.dumps({"re": asked["id"], **message}))

    async with serve(speak, "127.0.0.1", 0) as server:
        yield f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/ws/g/t"


@pytest.mark.parametrize(
    "message",
    [
        {**STATE, "picture": PICTURE},
        {**STATE, "picture": {**PICTURE, "cells": [""]}},
        {**STATE, "picture": {**PICTURE, "rows": 5, "columns": 0, "cells": []}},
        {**STATE, "picture": {**PICTURE, "rows": 10**6, "columns": 10**6}},
        {**STATE, "picture": {**PICTURE, "pieces": {"x": {**PIECE, "letter": "\x1b[2J"}}}},
        {**STATE, "picture": {**PICTURE, "pieces": {"x": PIECE}, "marks": [{"kind": "last", "cell": 9}]}},
        {**STATE, "picture": {**PICTURE, "pieces": {"x": PIECE}, "row_labels": ["1", "2", "3"]}},
        {**STATE, "table": {**TABLE, "players": {"O": None}}},
        {**STATE, "table": {**TABLE, "to_move": ["O"]}},
        {**STATE, "table": {**TABLE, "clock": {"control": "5", "left": {"O": 1}, "now": 0}}},
        {**STATE, "seq": 1, "state": {}, "delta": {"kept": {"other": 1}, "appended": {"other": 7}}},
        {**STATE, "state": 7},
        {"type": "chat"},
        {"type": "ack", "seq": "many"},
    ],
)
async def test_what_no_server_would_say_ends_it_with_a_reason(message: dict[str, Any], until: Any) -> None:
    async with scripted(message) as url, Client(url) as client:
        with pytest.raises(ConnectionLost, match="isn't gamesock's protocol"):
            await client.request(p.GetState())
        assert client.connection.status is Status.CLOSED and url in client.connection.reason


async def test_a_server_that_goes_away_for_ever_is_waited_for_a_minute() -> None:
    async with (
        scripted({"type": "going_away", "retry_after_ms": 10**400}, {"type": "ack"}) as url,
        Client(url) as client,
    ):
        await client.request(p.GetState())
        assert client.connection.status is Status.LIVE


async def test_a_seat_that_cant_be_remembered_is_played_all_the_same(host: Any) -> None:
    def keep(client: Client) -> None:
        raise OSError("the disk is full")

    server = await host()
    async with Client(f"{server.url}/ws/chess/kept", keep=keep) as ann:
        await ann.join("white")
        await ann.move("e4", auto_response=False)
        async for message in ann:
            if isinstance(message, p.Warning):
                break
        assert "disk is full" in message.message


async def test_a_delta_to_what_is_no_list(until: Any) -> None:
    odd = {**STATE, "state": {"moves": 7}, "seq": 1}
    delta = {**STATE, "state": {}, "seq": 2, "delta": {"kept": {"moves": 1}, "appended": {"moves": [2]}}}
    async with scripted(odd, delta) as url, Client(url) as client:
        await client.request(p.GetState())
        await until(lambda: client.connection.status is Status.CLOSED)
        assert "'moves' is no list" in client.connection.reason


async def test_answers_of_another_kind_are_named() -> None:
    async with scripted({"type": "info", "message": "hm"}) as url, Client(url) as client:
        for asking in (client.join("X"), client.page(3)):
            with pytest.raises(BadAnswer, match="with info"):
                await asking
    async with scripted({**STATE, "ply": 5, "review": True}) as url, Client(url) as client:
        with pytest.raises(BadAnswer, match="after 3 moves"):
            await client.page(3)


async def test_a_door_that_is_shut_for_good_is_tried_once(host: Any, until: Any) -> None:
    first = await host()
    async with Client(f"{first.url}/ws/connect4/t") as client:
        await first.stop()
        await host(port=first.port, setup=GameSocketFactory.create_chess_socket)
        client.retry_now()
        await until(lambda: client.connection.status is Status.CLOSED)
        assert "HTTP 404" in client.connection.reason


@pytest.mark.parametrize(
    ("status", "says"), [(403, "doesn't let this program in"), (200, "is it a gamesock server")]
)
async def test_a_server_that_answers_plain_http(status: int, says: str) -> None:
    async with serve(
        lambda socket: None, "127.0.0.1", 0, process_request=lambda c, r: c.respond(status, "")
    ) as http:  # type: ignore[arg-type,return-value]
        with pytest.raises(ConnectionFailed, match=says):
            await Client(f"ws://127.0.0.1:{http.sockets[0].getsockname()[1]}/ws/chess/t").connect()
