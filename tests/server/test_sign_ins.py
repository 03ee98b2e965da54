"""A server that knows its players: what visitors may do, and sign-ins that end and are renewed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from tokens import ANN, BEN, SECRET, URL, jwt, token

from gamesock import protocol as p
from gamesock.account.project import Project
from gamesock.client import Client, ConnectionFailed
from gamesock.lobby import LobbyClient
from gamesock.place import Place
from gamesock.server.supabase_auth import SupabaseTokens


@pytest.fixture
async def server(host: Any) -> Any:
    """A server for the project's users."""
    return await host(authenticator=SupabaseTokens(Project(URL, secret=SECRET)))


async def test_visitors_watch_and_do_nothing_else(server: Any, wire: Any) -> None:
    thread = f"{server.url}/ws/chess/t"
    async with Client(thread, token=token()) as ann:
        await ann.join("white")
        assert ann.mirror.table and ann.mirror.table.players["white"]
        assert ann.mirror.table.players["white"].name == "ann", "the token's name, where none was given"
        visitor = await wire(thread, hello=True)
        for message in (
            {"type": "join"}, {"type": "make_move", "move": "e4"}, {"type": "ai_move"},
            {"type": "chat", "text": "hi"},
            {"type": "set_bot", "seat": "black", "bot": "random"}, {"type": "rematch"}, {"type": "resign"},
            {"type": "register_user", "user_id": ANN},
        ):  # fmt: skip
            await visitor.send(**message, id="1")
            refused = await visitor.until("error", re="1")
            assert refused["code"] == "unauthenticated" and "gamesock login" in refused["message"], message
        for message in ({"type": "join", "seat": "spectator"}, {"type": "get_state"}, {"type": "get_recording"}):
            await visitor.send(**message, id="2")
            assert (await visitor.recv())["type"] != "error"
    lobby = await wire(f"{server.url}/ws/lobby")
    assert (await lobby.ask("list_threads"))["total"] == 1
    assert (await lobby.ask("create_thread", game="chess"))["code"] == "unauthenticated"
    stranger = await wire(f"{server.url}/ws/chess/new")
    assert (await stranger.recv())["code"] == "unauthenticated"
    assert await stranger.closed() == 1008
    with pytest.raises(ConnectionFailed, match="gamesock login"):
        await Client(f"{server.url}/ws/chess/new").connect()


async def test_the_server_names_its_project(server: Any) -> None:
    said = {"kind": "supabase", "url": URL, "key": None, "required": True}
    async with Client(f"{server.url}/ws/chess/t", token=token()) as ann:
        assert ann.welcome and ann.welcome.auth and ann.welcome.auth.model_dump() == said
    assert (await Place(server.url).get("/healthz"))["auth"] == said


async def test_a_sign_in_that_ends_is_noticed_enforced_and_renewed(server: Any, wire: Any) -> None:
    thread = f"{server.url}/ws/chess/table-8c51f0a3b2?visibility=private"
    old = {"Authorization": f"Bearer {token(lasts=3)}"}
    ann = await wire(thread, additional_headers=old)
    notice = await ann.until("sign_in_ending")
    assert 0 < notice["expires_at"] - time.time() < 60
    await ann.send("hello")
    await ann.send("join", seat="white", id="j")
    assert (await ann.until("ack", re="j"))["seat"] == "white"
    assert "only watch" in (await ann.until("warning"))["message"]
    hidden = await ann.until("error", code="forbidden")
    assert "private" in hidden["message"], "what isn't anyone's to see, isn't theirs any more"
    for message in ({"type": "make_move", "move": "e4"}, {"type": "join", "seat": "white"}):
        await ann.send(**message, id="m")
        assert (await ann.until("error", re="m"))["code"] == "unauthenticated"
    await ann.send("authenticate", token=token(BEN), id="b")
    assert (await ann.until("error", re="b"))["code"] == "forbidden", "nobody takes over another's connection"
    await ann.send("authenticate", token=token(lasts=-60), id="o")
    assert "expired" in (await ann.until("error", re="o"))["message"]
    await ann.send("authenticate", token=token(), id="a")
    assert await ann.until("ack", re="a")
    await ann.send("make_move", move="e4", id="m2")
    assert (await ann.until("state_update", re="m2"))["notation"] == "e4", "the seat is theirs again"


async def test_what_ends_no_later_is_announced_once(server: Any, wire: Any) -> None:
    soon = token(lasts=3)
    ann = await wire(f"{server.url}/ws/chess/t", additional_headers={"Authorization": f"Bearer {soon}"})
    await ann.until("sign_in_ending")
    await ann.send("authenticate", token=soon, id="again")
    between: list[str] = []
    while (message := await ann.recv())["type"] != "warning":
        between.append(message["type"])
    assert "ack" in between and "sign_in_ending" not in between


async def test_names_in_tokens_are_printable_and_short(server: Any) -> None:
    metadata = {"name": "\x1b]0;pwned\x07\x1b[2J\u202eevil\nline" + "x" * 100}
    async with Client(f"{server.url}/ws/chess/t", token=token(user_metadata=metadata)) as ann:
        await ann.join("white")
        player = ann.mirror.table.players["white"] if ann.mirror.table else None
        assert player and player.name.isprintable() and len(player.name) <= 40


async def test_opponents_see_that_they_are_away_meanwhile(server: Any, wire: Any) -> None:
    thread = f"{server.url}/ws/chess/t"
    async with Client(thread, token=token(BEN)) as ben:
        await ben.join("black")
        ann = await wire(thread, additional_headers={"Authorization": f"Bearer {token(lasts=3)}"})
        await ann.send("join", seat="white", id="j")
        here: list[bool] = []
        async with asyncio.timeout(30):
            async for message in ben:
                player = message.players["white"] if isinstance(message, p.Presence) else None
                if player and player.here not in here[-1:]:
                    here.append(player.here)
                if here == [True, False]:
                    await ann.send("authenticate", token=token(), id="a")
                if here == [True, False, True]:
                    break


async def test_seats_belong_to_users(server: Any) -> None:
    thread = f"{server.url}/ws/chess/t"
    async with Client(thread, token=token()) as ann:
        await ann.join("white")
        seat_token = ann.seat_tokens["white"]
    async with Client(thread, token=token(BEN), seat_tokens={"white": seat_token}) as ben:
        with pytest.raises(p.Refusal) as refused:
            await ben.join("white")
        assert refused.value.code == "forbidden" and "another user" in str(refused.value)
    async with Client(thread, token=token()) as ann:
        assert (await ann.join()).seat == "white", "without the seat's token, on any machine"


async def test_the_client_renews_by_itself(server: Any, until: Any) -> None:
    def renewing() -> Callable[[], Awaitable[str]]:
        """First a token that ends soon, then none, then the same again, then good ones."""
        given: list[str] = []
        soon = token(lasts=3)

        async def fresh() -> str:
            given.append(soon if len(given) < 3 else token())
            if len(given) == 2:
                raise ConnectionError("the project is away for a moment")
            return given[-1]

        return fresh

    async with (
        Client(f"{server.url}/ws/chess/t", token=renewing()) as ann,
        LobbyClient(server.url, renewing()) as lobby,
    ):
        await ann.join("white")
        rooms = (server.threads.live["t"], server.threads.lookout)
        here = [connection for room in rooms for connection in room.connections.values()]
        assert len(here) == 2
        await until(lambda: all(each.identity.expires > time.time() + 60 for each in here))
        await ann.move("e4")
        assert (await lobby.create("chess")).thread_id


async def test_a_fresh_token_on_every_connection(server: Any, until: Any) -> None:
    given: list[str] = []

    async def fresh() -> str:
        given.append(token(lasts=3600 + len(given)))
        return given[-1]

    async with Client(f"{server.url}/ws/chess/t", token=fresh) as ann:
        await ann.join("white")
        [connection] = server.threads.live["t"].connections.values()
        await connection.websocket.close(1012)
        await until(lambda: len(given) == 2)
        ann.retry_now()
        await until(lambda: ann.connection.status == "live" and len(server.threads.live["t"].connections) == 1)
        await ann.move("e4")
    assert len(set(given)) == 2


async def test_keys_that_can_not_be_fetched_are_for_later(host: Any, wire: Any) -> None:
    server = await host(authenticator=SupabaseTokens(Project(URL)))
    from cryptography.hazmat.primitives.asymmetric import ec

    signed = jwt.encode({"sub": ANN}, ec.generate_private_key(ec.SECP256R1()), "ES256", headers={"kid": "k"})
    client = await wire(f"{server.url}/ws/chess/t", additional_headers={"Authorization": f"Bearer {signed}"})
    assert (await client.recv())["code"] == "auth_unavailable"
    assert await client.closed() == 1013


async def test_no_token_in_any_log(server: Any, wire: Any, capfd: pytest.CaptureFixture[str]) -> None:
    good, bad = token(), token(secret="x" * 40)
    ann = await wire(
        f"{server.url}/ws/chess/t", hello=False, additional_headers={"Authorization": f"Bearer {good}"}
    )
    for each in (good, bad, f"{good}x", "x" * 17_000):
        await ann.send("authenticate", token=each)
    await ann.send("authenticate", token=good, id="last")
    await ann.until("ack", re="last")
    refused = await wire(f"{server.url}/ws/chess/t", additional_headers={"Authorization": f"Bearer {bad}"})
    assert await refused.closed() == 1008
    said = "".join(capfd.readouterr())
    assert all(part not in said for each in (good, bad) for part in each.split(".")[1:])
