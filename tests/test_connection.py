"""What goes wrong on the way to a server, in words that say what to do: never those of a library or the system."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from gamesock.client import Client, ConnectionFailed
from gamesock.connection import why
from gamesock.place import NoAnswer, Place, get
from gamesock.seatbook import SeatBook

NO_SERVER = "is it a gamesock server?"


@pytest.fixture
async def answering() -> AsyncIterator[Callable[[bytes], Any]]:
    """Something that listens, and answers everyone with the same bytes."""
    servers: list[asyncio.Server] = []

    async def listen(answer: bytes) -> int:
        async def tell(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read(4096)
            writer.write(answer)
            await writer.drain()
            writer.close()

        servers.append(await asyncio.start_server(tell, "127.0.0.1", 0))
        return int(servers[-1].sockets[0].getsockname()[1])

    yield listen
    for server in servers:
        server.close()


@pytest.mark.parametrize(
    ("answer", "joining", "asking"),
    [
        (b"SSH-2.0-OpenSSH_9\r\n", NO_SERVER, "no gamesock server"),
        (b"\x00\xff" * 3000, NO_SERVER, "no gamesock server"),
        (b"", NO_SERVER, "no gamesock server"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", NO_SERVER, "no gamesock server"),
        (b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n", "try again later", "try again later"),
        (b'HTTP/1.1 404 No\r\nContent-Length: 15\r\n\r\n{"message":"x"}', "no such game", ": x"),
    ],
)
async def test_what_isnt_gamesock(answer: bytes, joining: str, asking: str, answering: Any) -> None:
    server = f"ws://127.0.0.1:{await answering(answer)}"
    with pytest.raises(ConnectionFailed) as failed:
        await Client(f"{server}/ws/chess/x").connect()
    assert joining in str(failed.value)
    with pytest.raises(NoAnswer) as refused:
        await asyncio.to_thread(get, server, "/threads")
    assert asking in str(refused.value)
    with pytest.raises(ConnectionFailed) as failed:
        await Client(f"{server.replace('ws', 'wss')}/ws/chess/x").connect()
    assert "_ssl.c" not in str(failed.value) and "Errno" not in str(failed.value)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (socket.gaierror(-2, "Name or service not known"), "no server of that name"),
        (ConnectionRefusedError(111, "Connection refused"), "nobody answers there"),
        (OSError(101, "Network is unreachable"), "network is unreachable"),
        (ConnectionResetError(), "the connection was cut"),
        (TimeoutError(), "no answer in time"),
        (ssl.SSLError(1, "[SSL: NO_CIPHERS] no ciphers (_ssl.c:1)"), "TLS failed"),
    ],
)
def test_what_the_system_says_is_said_in_words(error: OSError, words: str) -> None:
    assert words in why(error)
    assert "[" not in why(error)


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b"[1]",
        b"{}",
        b"7",
        b'[{"name": "", "title": "", "seats": ["a"]}]',
        b'[{"name": "x", "title": "", "seats": []}]',
        b'[{"name": "x", "title": "", "seats": ["a"], "options": [{"name": "o p"}]}]',
    ],
)
async def test_offers_that_make_no_sense(body: bytes, answering: Any, tmp_path: Path) -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    place = Place(f"ws://127.0.0.1:{await answering(head + body)}", book=SeatBook(tmp_path / "seats"))
    with pytest.raises(NoAnswer):
        await place.games()
