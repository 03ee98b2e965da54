"""To whom a token is shown, and to whom it isn't."""

from __future__ import annotations

import time
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from tokens import ANN, URL, token
from websockets.asyncio.server import serve

from gamesock.account import account as accounts
from gamesock.account.safe import File
from gamesock.account.session import Session
from gamesock.account.trust import Trust
from gamesock.admission import VARIABLE, Admission, is_safe
from gamesock.client import Client, ConnectionFailed


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("wss://games.example.org", True), ("ws://127.0.0.1:8765", True), ("ws://[::1]:8765", True),
        ("ws://192.168.1.5:8765", True), ("ws://localhost", True), ("ws://games.example.org:8765", False),
        ("ws://8.8.8.8:8765", False), ("ws://192.168.1.5.evil.example", False),
        ("ws://127.0.0.1@evil.example", False),
    ],
)  # fmt: skip
def test_tokens_do_not_travel_in_the_clear(url: str, safe: bool) -> None:
    assert is_safe(url) is safe


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Session]:
    """Be signed in at a project."""
    monkeypatch.setenv("GAMESOCK_KEYRING", "off")
    monkeypatch.setattr("platformdirs.user_data_path", lambda *a, **k: tmp_path)

    def keep(url: str = URL) -> Session:
        session = Session(
            project=url,
            key="k",
            user=ANN,
            expires=time.time() + 3600,
            access_token=token(url=url),
            refresh_token="r",
            name="Ann",
        )
        File().keep(session)
        return session

    return keep


def says(auth: object) -> Callable[[], Any]:
    async def health() -> object:
        return {"status": "ok"} | ({"auth": auth} if auth else {})

    return health


@pytest.mark.parametrize(
    ("server", "auth", "shown"),
    [
        ("wss://games.example.org", {"kind": "supabase", "url": URL}, True),
        ("ws://games.example.org", {"kind": "supabase", "url": URL}, False),
        ("wss://games.example.org", {"kind": "supabase", "url": "https://other.supabase.co"}, False),
        ("wss://games.example.org", {"kind": "other", "url": URL}, False),
        ("wss://games.example.org", {"kind": "supabase", "url": None}, False),
        ("wss://games.example.org", "yes", False),
        ("wss://games.example.org", None, False),
    ],
)
async def test_a_token_is_shown_to_servers_of_its_project_alone(
    kept: Any, server: str, auth: object, shown: bool
) -> None:
    session = kept()
    Trust().agree(server, URL)
    assert await Admission(server, says(auth)).token() == (session.access_token if shown else None)


async def test_a_server_elsewhere_is_shown_nothing_before_the_player_agrees(kept: Any) -> None:
    session, there = kept(), "wss://games.example.org"
    health = says({"kind": "supabase", "url": URL})
    admission = Admission(there, health)
    assert await admission.token() is None
    question = await admission.question()
    assert question and "games.example.org" in question and "127.0.0.1:9" in question
    assert await admission.question() is None, "it is asked once"
    assert admission.name is None, "nor who that is"
    admission.agree()
    assert await admission.token() == session.access_token
    assert admission.name == "Ann"
    assert await Admission(there, health).question() is None, "it is remembered"
    assert await Admission("wss://evil.example.org", health).token() is None
    assert await Admission("ws://127.0.0.1:8765", health).token() == session.access_token, "one's own machine"


@pytest.mark.parametrize(
    ("server", "auth", "told"),
    [
        (
            "wss://games.example.org",
            {"kind": "supabase", "url": URL},
            "gamesock login --server wss://games.example",
        ),
        ("ws://192.168.1.5:8765", {"kind": "supabase", "url": URL}, "gamesock login --server 192.168.1.5:8765"),
        ("ws://games.example.org", {"kind": "supabase", "url": URL}, "servers with wss:// alone"),
        ("wss://games.example.org", {"kind": "supabase", "url": URL, "required": False}, None),
        ("wss://games.example.org", {"kind": "other", "url": URL}, None),
        ("wss://games.example.org", None, None),
    ],
)
async def test_what_a_server_wants_before_one_plays(kept: Any, server: str, auth: Any, told: str | None) -> None:
    admission = Admission(server, says(auth))
    lacks = await admission.lacks()
    assert (told in lacks) if told and lacks else lacks is told
    if told and "login" in told:
        kept()
        assert await admission.lacks() is None
        question = await admission.question()
        assert question and question.endswith("Without, you can only watch.")


async def test_a_server_that_names_a_secret_key_is_believed_nothing() -> None:
    auth = {"kind": "supabase", "url": URL, "key": "sb_secret_x"}
    assert await Admission("wss://games.example.org", says(auth)).project() is None


async def test_visitors_of_serve_are_not_who_runs_it(kept: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    kept()
    monkeypatch.setenv(VARIABLE, "off")
    assert await Admission("ws://127.0.0.1:8765", says({"kind": "supabase", "url": URL})).token() is None


def test_a_spoilt_list_of_servers_is_none(tmp_path: Path) -> None:
    for text in ("", "[]", '{"a": 1}', "\x00"):
        (tmp_path / "servers.json").write_text(text)
        trust = Trust(tmp_path / "servers.json")
        assert not trust.holds("wss://a", "a")
        trust.agree("wss://a", "a")
        assert trust.holds("wss://a", "a") and not trust.holds("wss://b", "a")


async def test_a_token_in_the_environment_is_of_one_project(kept: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(accounts.TOKEN_VARIABLE, token())
    for url, shown in ((URL, True), ("https://other.supabase.co", False)):
        found = await Admission("wss://games.example.org", says({"kind": "supabase", "url": url})).token()
        assert (found is not None) is shown


async def test_a_redirect_does_not_take_the_token_along(host: Any) -> None:
    elsewhere = await host()

    def lead(connection: Any, request: Any) -> Any:
        answer = connection.respond(HTTPStatus.FOUND, "")
        answer.headers["Location"] = f"{elsewhere.url}/ws/chess/t"
        return answer

    async with serve(lambda socket: socket.wait_closed(), "127.0.0.1", 0, process_request=lead) as leading:
        url = f"ws://127.0.0.1:{leading.sockets[0].getsockname()[1]}/ws/chess/t"
        with pytest.raises(ConnectionFailed, match="302"):
            await Client(url, token=token()).connect()
    assert not elsewhere.threads.live
