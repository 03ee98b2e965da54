"""Whatever comes in, the sender gets a coded answer or a closed door, and nobody else notices."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import os
import socket
import ssl
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from gamesock.server.limits import Limits
from gamesock.server.workers import Workers


@contextlib.asynccontextmanager
async def raw_socket(port: int, path: str | None, receive_buffer: int = 0) -> Any:
    """A TCP connection; with ``path``, its WebSocket handshake done by hand."""
    plain = socket.socket()
    if receive_buffer:
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    plain.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(plain, ("127.0.0.1", port))
    if path:
        key = base64.b64encode(os.urandom(16)).decode()
        request = (
            f"GET {path} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )
        await loop.sock_sendall(plain, request.encode())
    try:
        yield plain
    finally:
        plain.close()


async def test_too_large_is_answered_and_far_too_large_ends_the_connection(host: Any, wire: Any) -> None:
    server = await host()
    client = await wire(f"{server.url}/ws/chess/t")
    await client.recv()
    assert (await client.raw("x" * 16_385))["code"] == "too_large"
    assert (await client.raw('"' + "é" * 8_192 + '"'))["code"] == "too_large", "bytes count, not characters"
    assert (await client.raw("x" * 1_000_000))["code"] == "too_large"
    assert (await client.ask("get_state"))["type"] == "state_update"
    await client.socket.send("x" * (1 << 20) + "x")
    assert await client.closed() == 1009


@pytest.mark.parametrize(
    "message",
    [
        {"type": "make_move"},
        {"type": "make_move", "move": None},
        {"type": "make_move", "move": "\ud800"},
        {"type": "make_move", "move": "e2e4\x00"},
        {"type": "make_move", "move": 10**40},
        {"type": "make_move", "move": {"move": {"move": "e2e4"}}},
        {"type": "make_move", "move": ["e2e4"]},
        {"type": "make_move", "move": "e2e4", "seq": -1},
        {"type": "make_move", "move": "e2e4", "seq": 10**30},
        {"type": "get_state", "ply": 9},
        {"type": "ai_move", "bot": "nobody"},
        {"type": "ai_move", "time_ms": 10**9},
        {"type": "set_bot", "seat": "purple", "bot": "random"},
        {"type": "join", "seat": "purple"},
        {"type": "join", "seat_token": "guess"},
        {"type": "chat", "text": ""},
        {"type": "chat", "text": "\u202e\x1b"},
        {"type": "authenticate", "token": "x"},
        {"type": "analyse", "bot": "nobody"},
        {"type": "resume"},
        {"type": "accept_draw"},
        {"type": "rematch"},
    ],
)
async def test_nonsense_is_refused_under_its_own_id(message: dict[str, Any], host: Any, wire: Any) -> None:
    server = await host()
    client = await wire(f"{server.url}/ws/chess/t")
    await client.recv()
    error = await client.raw(json.dumps({**message, "id": "the-id"}))
    assert error["type"] == "error" and error["code"] != "internal", error
    assert error.get("re") == "the-id" or error["code"] == "bad_json"
    assert len(error["message"]) < 500
    state = await client.ask("get_state")
    assert state["state"]["move_history"] == [] and state["seq"] == 0


async def test_half_an_emoji_hides_no_id(host: Any, wire: Any) -> None:
    client = await wire(f"{(await host()).url}/ws/chess/half", hello=True)
    told = await client.raw(r'{"type": "chat", "text": "\ud83d", "id": "c"}')
    assert (told["code"], told["re"]) == ("bad_json", "c")
    for frame in (r'{"type": "chat", "text": "hi", "id": "\ud83d"}', '{"id": "c", "type": ' + "[" * 8000):
        assert (await client.raw(frame))["code"] == "bad_json"


async def test_an_id_that_is_too_long_is_a_bad_message(host: Any, wire: Any) -> None:
    server = await host()
    client = await wire(f"{server.url}/ws/chess/t")
    await client.recv()
    for odd in ("i" * 65, 7, ["x"]):
        assert (await client.ask("get_state", id=odd))["code"] == "bad_message"


async def test_who_sends_too_fast_is_told_to_wait_and_who_goes_on_is_closed(host: Any, wire: Any) -> None:
    server = await host(limits=Limits(rate=10.0, burst=5, refusals=20))
    other = await wire(f"{server.url}/ws/chess/t")
    await other.recv()
    client = await wire(f"{server.url}/ws/chess/t")
    await client.recv()
    for n in range(7):
        await client.send("get_state", id=str(n))
    answers = [await client.recv() for _ in range(7)]
    refused = [answer for answer in answers if answer["type"] == "error"]
    assert refused and all(a["code"] == "rate_limited" and "wait" in a["message"] for a in refused)
    assert refused[-1]["re"] == "6" and 0 < refused[-1]["retry_after_ms"] <= 100
    await asyncio.sleep(refused[-1]["retry_after_ms"] / 1000 + 0.02)
    assert (await client.ask("get_state"))["type"] == "state_update"
    with contextlib.suppress(ConnectionClosed):
        for _ in range(60):
            await client.send("get_state")
    assert await client.closed() == 1008
    assert (await other.ask("get_state"))["type"] == "state_update"


async def test_an_address_has_a_budget_too(host: Any, wire: Any) -> None:
    server = await host(limits=Limits(address_rate=1.0, address_burst=3))
    clients = [await wire(f"{server.url}/ws/chess/t") for _ in range(4)]
    for client in clients:
        await client.recv()
    answers = [await client.ask("get_state") for client in clients]
    assert [answer.get("code") for answer in answers] == [None, None, None, "rate_limited"]


@pytest.mark.parametrize(
    "name", ["%00", "%F0%9F%98%80", "a%20b", "x" * 5_000, "a%2Fb", "..%2F..%2Fetc", "%FF", ".."]
)
@pytest.mark.parametrize("route", ["chess", "games"])
async def test_odd_thread_ids_are_refused(route: str, name: str, host: Any, wire: Any) -> None:
    server = await host()
    client = await wire(f"{server.url}/ws/{route}/{name}")
    refused = await client.recv()
    assert refused["code"] == "bad_message" and "64 letters" in refused["message"]
    assert await client.closed() == 1008
    assert not server.threads.live


@pytest.mark.parametrize(
    "path", ["/ws/chess/a/b", "/ws/chess/", "/ws/chess", "/ws/ludo/x", "/", "/ws/chess/../x/y"]
)
async def test_paths_without_a_thread_are_not_found(path: str, host: Any) -> None:
    server = await host()
    with pytest.raises(InvalidStatus) as refused:
        await connect(server.url + path)
    assert refused.value.response.status_code == 404


async def test_an_id_of_ten_kilobytes_is_refused(host: Any) -> None:
    server = await host()
    with pytest.raises(Exception):  # noqa: B017 - the request line is longer than HTTP servers read
        await connect(f"{server.url}/ws/chess/{'x' * 10_000}")
    async with httpx.AsyncClient() as client:
        assert (await client.get(f"{server.http}/healthz")).status_code == 200


@pytest.mark.parametrize(
    "query", ["clock=soon", "visibility=secret", "colour=pink", "fen=nonsense", "clock=1%00", "fen="]
)
async def test_odd_queries_are_refused_or_ignored(query: str, host: Any, wire: Any) -> None:
    server = await host()
    client = await wire(f"{server.url}/ws/chess/t?{query}")
    answer = await client.recv()
    assert answer.get("code", "bad_message") == "bad_message"
    if answer["type"] == "error":
        assert not server.threads.live and not server.servers["chess"].agents
    fine = await wire(f"{server.url}/ws/chess/t")
    assert (await fine.recv())["type"] == "state_update"


async def test_foreign_pages_may_not_connect(host: Any, wire: Any) -> None:
    server = await host(origins=("https://games.example",))
    for origin in ("https://evil.example", "null", "http://localhost.evil.example"):
        with pytest.raises(InvalidStatus) as refused:
            await connect(f"{server.url}/ws/chess/t", origin=origin)
        assert refused.value.response.status_code == 403
    for origin in ("https://games.example", "http://localhost:3000", "http://127.0.0.1", None):
        client = await wire(f"{server.url}/ws/chess/t", origin=origin)
        assert (await client.recv())["type"] == "state_update"


async def test_there_are_only_so_many_connections_and_threads(host: Any, wire: Any, until: Any) -> None:
    server = await host(limits=Limits(connections=3, connections_per_address=2, threads=1))
    one, two = await wire(f"{server.url}/ws/chess/t"), await wire(f"{server.url}/ws/chess/t")
    await one.recv()
    await two.recv()
    barred = await wire(f"{server.url}/ws/chess/t")
    assert (await barred.recv())["code"] == "server_full"
    assert await barred.closed() == 1013
    await two.socket.close()
    await until(lambda: server.threads.gate.total == 1)
    second_thread = await wire(f"{server.url}/ws/chess/t2")
    assert (await second_thread.recv())["code"] == "server_full"
    assert await second_thread.closed() == 1013
    await until(lambda: server.threads.gate.total == 1)
    again = await wire(f"{server.url}/ws/chess/t")
    assert (await again.recv())["type"] == "state_update"


async def test_half_open_connections_are_dropped(host: Any, until: Any) -> None:
    server = await host(limits=Limits(handshake=0.3, ping=0.3))
    loop = asyncio.get_running_loop()
    async with raw_socket(server.port, None) as silent, raw_socket(server.port, "/ws/chess/t") as mute:
        async with asyncio.timeout(5):
            while await loop.sock_recv(silent, 4096):
                pass
            assert (await loop.sock_recv(mute, 4096)).startswith(b"HTTP/1.1 101")
            await until(lambda: server.threads.gate.total == 1)
            while await loop.sock_recv(mute, 4096):
                pass
    await until(lambda: server.threads.gate.total == 0)


async def test_a_slow_reader_is_skipped_then_cut(host: Any, wire: Any, until: Any) -> None:
    server = await host(limits=Limits(patience=0.6))
    chess = server.servers["chess"]
    other = await wire(f"{server.url}/ws/chess/t")
    await other.recv()
    async with raw_socket(server.port, "/ws/chess/t", receive_buffer=4096):
        await until(lambda: len(chess.active_connections) == 2)
        live = server.threads.live["t"]
        slow = next(
            c for c in live.connections.values() if c.websocket.connection.remote_address[1] != other_port(other)
        )
        text = "x" * 50_000
        backlog = 0
        for n in range(300):
            await chess.broadcast_to_thread("t", {"type": "news", "n": n, "text": text})
            assert (await other.recv())["n"] == n, "the others get everything"
            backlog = max(backlog, slow.websocket.connection.transport.get_write_buffer_size())
        assert slow.outbox.stale_since is not None
        assert backlog < 250_000, "what waits for a slow reader is bounded"
        assert server.threads.metrics.skipped._value.get() > 0
        await until(lambda: len(live.connections) == 1)
    assert server.threads.metrics.dropped._value.get() == 1
    assert (await other.ask("get_state"))["type"] == "state_update"


def other_port(other: Any) -> int:
    return int(other.socket.local_address[1])


async def test_who_asks_without_reading_is_not_read(host: Any, until: Any) -> None:
    server = await host(limits=Limits(rate=1e6, burst=10**6, patience=0.5))
    frame = b'{"type":"get_state"}'
    masked = bytes([0x81, 0x80 | len(frame)]) + bytes(4) + frame
    async with raw_socket(server.port, "/ws/chess/t", receive_buffer=4096) as mute:
        await until(lambda: "t" in server.threads.live and server.threads.live["t"].connections)
        connection = next(iter(server.threads.live["t"].connections.values()))
        most = 0
        for _ in range(200):
            with contextlib.suppress(OSError):
                mute.send(masked * 50)
            await asyncio.sleep(0.002)
            most = max(most, connection.websocket.connection.transport.get_write_buffer_size())
        assert most < 250_000
        await until(lambda: not server.threads.live["t"].connections)


async def test_a_slow_reader_that_drains_gets_the_newest_state(host: Any, until: Any) -> None:
    server = await host()
    chess = server.servers["chess"]
    async with connect(f"{server.url}/ws/chess/t", max_queue=1, max_size=None) as slow:
        await until(lambda: "t" in server.threads.live and server.threads.live["t"].connections)
        connection = next(iter(server.threads.live["t"].connections.values()))
        async with asyncio.timeout(20):
            while connection.outbox.stale_since is None:
                await chess.broadcast_to_thread("t", {"type": "news", "text": "x" * 50_000})
                await asyncio.sleep(0)
        agent = chess.get_or_create_agent("t")
        await agent.run({"move": "e2e4"})
        message: dict[str, Any] = {"type": ""}
        async with asyncio.timeout(20):
            while message.get("recovered") is None:
                message = json.loads(await slow.recv())
                assert message.get("last_action") is None, "the move itself was skipped"
        assert message["recovered"] is False and message["seq"] == 1
        assert message["state"]["move_history"] == [["white", "e2e4"]]
        await agent.run({"move": "e7e5"})
        assert json.loads(await slow.recv())["move"] == "e7e5"


async def test_a_bot_that_fails_is_told_to_everyone(host: Any, wire: Any) -> None:
    server = await host()
    seed = await wire(f"{server.url}/ws/tictactoe/t")
    watcher = await wire(f"{server.url}/ws/tictactoe/t", hello=True)
    await seed.recv()
    # Killed at its first thought: the processes have no time at all.
    server.threads.workers = Workers(1, grace=-2.0)
    await seed.send("make_move", move={"row": 0, "col": 0}, auto_response=True)
    assert (await seed.recv())["last_action"] == "player_move"
    failed = await watcher.until("bot_failed")
    assert failed["bot"] == "perfect" and "did not answer" in failed["reason"]
    error = await seed.recv()
    assert error["code"] == "bot_failed" and "perfect" in error["message"]
    await server.threads.workers.close()
    server.threads.workers = Workers(1)
    await seed.send("ai_move")
    assert (await seed.recv())["last_action"] == "ai_move"


async def test_one_bot_a_thread_and_one_analysis_a_connection(host: Any, wire: Any) -> None:
    served = await host()
    greedy = await wire(f"{served.url}/ws/chess/greedy", hello=True)
    await greedy.send("analyse", id="first", time_ms=20_000)
    again = await greedy.ask("analyse", id="second", time_ms=20_000)
    while again.get("re") != "second":
        again = await greedy.recv()
    assert again["code"] == "rate_limited"
    await greedy.socket.close()
    # The only worker is free again at once: nobody waits for that analysis any more.
    modest = await wire(f"{served.url}/ws/tictactoe/modest")
    await modest.recv()
    await modest.send("ai_move", bot="perfect", time_ms=100)
    assert (await modest.until("state_update", timeout=8))["last_action"] == "ai_move"


async def test_a_bot_that_thinks_is_not_asked_again(host: Any, wire: Any) -> None:
    served = await host()
    socket = await wire(f"{served.url}/ws/chess/eager")
    await socket.recv()
    await socket.send("ai_move", id="first", bot="alphabeta", level=8, time_ms=1500)
    await socket.send("ai_move", id="second", bot="alphabeta", level=8, time_ms=1500)
    answers = [await socket.recv(), await socket.recv()]
    assert {(answer["re"], answer["type"]) for answer in answers} == {
        ("second", "error"),
        ("first", "state_update"),
    }


async def test_a_takeback_stops_the_bot_that_was_thinking(host: Any, wire: Any) -> None:
    served = await host()
    socket = await wire(f"{served.url}/ws/chess/sorry", hello=True)
    await socket.ask("join", seat="white")
    await socket.send("make_move", move="e4", auto_response=False, id="e4")
    await socket.until("state_update", re="e4")
    await socket.send("ai_move", id="long", bot="alphabeta", level=8, time_ms=60_000)
    await socket.send("offer_takeback")
    stopped = await socket.until("error", re="long", timeout=8)
    assert stopped["code"] == "stale"


async def test_plain_text_on_a_tls_port(host: Any, tls: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    server = await host(serving={"tls": tls[0]})
    async with raw_socket(server.port, "/ws/chess/t") as plain:
        async with asyncio.timeout(5):
            with contextlib.suppress(ConnectionError):
                while await asyncio.get_running_loop().sock_recv(plain, 4096):
                    pass
    async with connect(f"wss://localhost:{server.port}/ws/chess/t", ssl=tls[1]) as secure:
        assert json.loads(await secure.recv())["type"] == "state_update"
