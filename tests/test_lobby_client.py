"""The lobby's client on real sockets: lists, changes, previews, and coming back."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from websockets.asyncio.server import serve

from gamesock import protocol as p
from gamesock.client import BadAnswer, Client, Connection, ConnectionFailed, ConnectionLost, Status
from gamesock.lobby import LobbyChanged, LobbyClient, ThreadPreview


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gamesock.link._FIRST_WAIT", 0.05)
    monkeypatch.setattr("gamesock.link._LONGEST_WAIT", 0.2)


class Reader:
    """Reads everything that a lobby tells."""

    def __init__(self, lobby: LobbyClient) -> None:
        self.items: list[Any] = []
        self._reading = asyncio.create_task(self._read(lobby))

    def all(self, kind: type[Any]) -> list[Any]:
        return [item for item in self.items if isinstance(item, kind)]

    async def done(self) -> None:
        await self._reading

    async def _read(self, lobby: LobbyClient) -> None:
        async for item in lobby:
            self.items.append(item)


async def test_list_create_watch_and_preview(host: Any, until: Any) -> None:
    server = await host()
    async with LobbyClient(server.url) as lobby:
        assert lobby.url == f"{server.url}/ws/lobby" and lobby.welcome
        told = Reader(lobby)
        assert (await lobby.list()).threads == ()
        await lobby.watch(game="chess")
        made = await lobby.create("chess", clock="5+3", options={"variant": "chess960"}, thread_id="t")
        assert (made.thread_id, made.route) == ("t", "/ws/chess")
        async with Client(f"{server.url}{made.route}/{made.thread_id}", name="Ann") as ann:
            await ann.join("white")
            await ann.join("black")
            shown = await lobby.preview("t")
            assert shown and shown.picture and shown.thread.players["white"]
            await ann.move("e4")
            await until(lambda: any(each.notations == ("e4",) for each in told.all(ThreadPreview)))
            await until(lambda: any(v.ply == 1 for each in told.all(LobbyChanged) for v in each.changed))
        page = await lobby.list(status="live", text="ann", limit=1)
        assert page.total == 1 and page.threads[0].thread_id == "t" and page.cursor is None
        assert await lobby.preview(None) is None
        await lobby.watch(False)
        assert not server.threads.lookout._interests and not server.threads.lookout._lookers
    await told.done()
    assert told.items[-1].status is Status.CLOSED


async def test_pages_follow_each_other(host: Any) -> None:
    server = await host()
    async with LobbyClient(server.url) as lobby:
        made = [(await lobby.create("tic_tac_toe")).thread_id for _ in range(7)]
        seen, cursor = [], None
        while True:
            page = await lobby.list(limit=3, cursor=cursor)
            seen += [thread.thread_id for thread in page.threads]
            cursor = page.cursor
            if cursor is None:
                break
        assert sorted(seen) == sorted(made)


async def test_refusals_have_codes(host: Any) -> None:
    server = await host()
    async with LobbyClient(server.url) as lobby:
        for asking, code in (
            (lobby.create("ludo"), "not_found"),
            (lobby.create("chess", clock="soon"), "bad_message"),
            (lobby.list(cursor="soon"), "bad_message"),
            (lobby.list(game="ludo"), "not_found"),
            (lobby.watch(game="ludo"), "not_found"),
            (lobby.preview("nowhere"), "not_found"),
        ):
            with pytest.raises(p.Refusal) as refused:
                await asking
            assert refused.value.code == code


async def test_it_watches_and_previews_on_after_a_restart(host: Any, until: Any) -> None:
    first = await host()
    store = first.threads.store
    async with LobbyClient(first.url) as lobby:
        await lobby.create("chess", thread_id="t")
        async with Client(f"{first.url}/ws/chess/t", name="Ann") as ann:
            await ann.join("white")
        told = Reader(lobby)
        await lobby.watch(status="open")
        await lobby.preview("t")
        await first.stop()
        await until(lambda: lobby.connection.status is Status.WAITING)
        told.items.clear()
        second = await host(store, port=first.port)
        lobby.retry_now()
        await until(lambda: lobby.connection.status is Status.LIVE)
        await until(lambda: any(each.missed for each in told.all(LobbyChanged)))
        assert told.all(ThreadPreview)[-1].thread.thread_id == "t", "the picture is shown again"
        async with Client(f"{second.url}/ws/chess/new"):
            await until(lambda: any(v.thread_id == "new" for e in told.all(LobbyChanged) for v in e.changed))
        async with Client(f"{second.url}/ws/chess/t", name="Bob") as bob:
            await bob.join("black")
            await until(lambda: any(each.thread.status == "live" for each in told.all(ThreadPreview)))


async def test_a_list_that_lost_its_answer_is_asked_for_again(host: Any, until: Any) -> None:
    first = await host()
    async with LobbyClient(first.url) as lobby:
        await first.stop()
        await until(lambda: lobby.connection.status is Status.WAITING)
        asking = asyncio.create_task(lobby.list())
        creating = asyncio.create_task(lobby.create("chess", thread_id="t"))
        await host(port=first.port)
        lobby.retry_now()
        assert (await asking).total in (0, 1)
        assert (await creating).thread_id == "t"


async def test_a_server_without_a_lobby(host: Any) -> None:
    from gamesock.server import GameSocketFactory

    server = await host(setup=GameSocketFactory.create_chess_socket)
    lobby = LobbyClient(server.url)
    with pytest.raises(ConnectionFailed, match="no such game or lobby"):
        await lobby.connect()
    assert lobby.connection.status is Status.CLOSED


async def test_a_door_that_is_shut_for_good_is_tried_once(host: Any, until: Any) -> None:
    """The server comes back, but without a lobby."""
    from gamesock.server import GameSocketFactory

    first = await host()
    async with LobbyClient(first.url) as lobby:
        told = Reader(lobby)
        await first.stop()
        await host(port=first.port, setup=GameSocketFactory.create_chess_socket)
        lobby.retry_now()
        await until(lambda: lobby.connection.status is Status.CLOSED)
        assert "404" in lobby.connection.reason
        with pytest.raises(ConnectionLost):
            await lobby.list()
    await told.done()
    assert isinstance(told.items[-1], Connection)


async def test_wrong_answers_are_named(host: Any) -> None:
    """A server that greets well, and then answers everything with an ack."""

    async def impostor(socket: Any) -> None:
        async for frame in socket:
            asked = json.loads(frame)
            welcome = {"type": "welcome", "protocol": 1, "server": "x", "viewer": "v",
                       "limits": {"max_frame": 9999, "messages_per_second": 1, "burst": 1}}  # fmt: skip
            answer = welcome if asked["type"] == "hello" else {"type": "ack"}
            await socket.send(json.dumps({"re": asked["id"], **answer}))

    async with (
        serve(impostor, "127.0.0.1", 0) as server,
        LobbyClient(f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}") as lobby,
    ):
        for asking in (lobby.list(), lobby.create("chess")):
            with pytest.raises(BadAnswer, match="with ack"):
                await asking
        assert await lobby.preview("t") is None


async def test_nonsense_ends_the_connection_with_a_reason(host: Any) -> None:
    async def fool(socket: Any) -> None:
        async for _ in socket:
            await socket.send('{"type":"lobby","threads":7}')

    async with serve(fool, "127.0.0.1", 0) as server:
        with pytest.raises(ConnectionFailed, match="isn't gamesock's protocol"):
            await LobbyClient(f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}").connect()
