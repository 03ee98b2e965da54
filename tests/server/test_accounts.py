"""A user id counts only when a token proves it."""

from __future__ import annotations

from typing import Any

import pytest

from gamesock import protocol as p
from gamesock.client import Client, ConnectionFailed
from gamesock.server.auth import Authenticator, Identity


class Doorkeeper(Authenticator):
    """Knows two people by their tokens."""

    async def verify(self, token: str) -> Identity:
        try:
            return Identity({"a-token": "ann", "b-token": "bob"}[token])
        except KeyError:
            raise p.Refusal(p.Code.UNAUTHENTICATED, "this token proves nothing") from None


async def test_a_token_in_the_handshake_signs_in(host: Any) -> None:
    server = await host(authenticator=Doorkeeper())
    url = f"{server.url}/ws/chess/t"
    async with Client(url, token="a-token", name="Ann") as ann:
        assert ann.welcome and ann.welcome.user == "ann"
        await ann.join("white")
    async with Client(url, token="a-token") as ann:
        assert (await ann.join("white")).seat == "white", "the user's own seat needs no seat token"
    async with Client(url, token="b-token") as bob:
        with pytest.raises(p.Refusal) as refused:
            await bob.join("white")
        assert refused.value.code == "seat_taken"
    with pytest.raises(ConnectionFailed, match="proves nothing"):
        await Client(url, token="forged").connect()


async def test_without_accounts_a_token_is_refused(host: Any) -> None:
    server = await host()
    with pytest.raises(ConnectionFailed, match="no accounts"):
        await Client(f"{server.url}/ws/chess/t", token="a-token").connect()


async def test_register_user_is_for_the_verified_user(host: Any, wire: Any) -> None:
    server = await host(authenticator=Doorkeeper())
    client = await wire(f"{server.url}/ws/chess/t")
    await client.recv()
    assert (await client.ask("register_user", user_id="ann"))["type"] == "warning"
    assert (await client.ask("authenticate", token="forged"))["code"] == "unauthenticated"
    assert (await client.ask("authenticate", token="a-token"))["type"] == "ack"
    registered = await client.ask("register_user", user_id="ann", id="r")
    assert registered["type"] == "user_registered" and registered["re"] == "r"
    assert (registered["thread_id"], registered["user_id"]) == ("t", "ann")
    assert (await client.ask("register_user", user_id="bob"))["code"] == "forbidden"


async def test_tokens_are_not_told(host: Any, wire: Any, capsys: pytest.CaptureFixture[str]) -> None:
    server = await host(authenticator=Doorkeeper())
    client = await wire(f"{server.url}/ws/chess/t", hello=True)
    await client.send("authenticate", token="very-secret")
    assert "very-secret" not in str(await client.until("error"))
    await client.send("join", seat="white", seat_token="very-secret", id="j")
    assert "very-secret" not in str(await client.until("error", re="j"))
    assert "very-secret" not in "".join(capsys.readouterr())
