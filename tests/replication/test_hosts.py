"""The server's own account, its secret key, and games with secrets."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lite import SECRET_KEY
from stand import Stand, User, seated
from test_parked import as_user
from test_replication import MOVES, play

from gamesock import protocol as p
from gamesock import registry
from gamesock.account.account import Account
from gamesock.account.safe import File
from gamesock.account.session import Session
from gamesock.client import Client


async def account_of(stand: Stand, user: User, folder: Path) -> Account:
    """An operator who is signed in on the machine of the server."""
    account = Account(stand.project, File(folder / "sessions"), locks=folder)
    ends = time.time() + 3600
    await account.keep(
        Session(project=stand.url, user=user.id, expires=ends, access_token=user.token(), refresh_token="r")
    )
    return account


@pytest.fixture
def duel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A game with secrets, installed as a plug-in."""
    info = tmp_path / "duel-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: duel\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[gamesock.games]\nduel = room:Duel\n")
    monkeypatch.syspath_prepend(str(Path(__file__).parent.parent))
    monkeypatch.syspath_prepend(str(tmp_path))
    _forget()
    yield "duel"
    monkeypatch.undo()
    _forget()


def _forget() -> None:
    for known in vars(registry).values():
        getattr(known, "cache_clear", lambda: None)()


async def test_a_servers_account_writes_for_those_who_left(
    copying: Any, stand: Stand, until: Any, tmp_path: Path
) -> None:
    operator, ann = stand.user("Operator"), stand.user("Ann")
    server = await copying(replication=stand.replicating(account=await account_of(stand, operator, tmp_path)))
    async with await seated(server, "hosted", "X", ann) as x:
        await until(lambda: len(stand.log("hosted")) == 1)
        server.threads.credentials.refused(ann.id, server.threads.credentials.token(ann.id))
        await x.join("O")
        await play(x, x, MOVES)
        await until(lambda: stand.log("hosted")[-1].kind == "ended")
    members = stand.ask(
        "select user_id::text, owner, host from public.members join public.threads on id = thread_id"
        " where name = 'hosted' order by owner"
    )
    assert members == [(operator.id, False, True), (ann.id, True, True)]
    # With a server's account, whoever plays brings a game back.
    there = await copying(
        "there", replication=stand.replicating(account=await account_of(stand, operator, tmp_path))
    )
    async with Client(f"{there.url}/ws/games/hosted", token=ann.token()) as back:
        assert back.mirror.outcome


async def test_the_secret_key_needs_nobody(copying: Any, stand: Stand, until: Any) -> None:
    ann = stand.user("Ann")
    server = await copying(replication=stand.replicating(key=SECRET_KEY))
    async with await seated(server, "keyed", "X", ann) as x:
        server.threads.credentials.refused(ann.id, server.threads.credentials.token(ann.id))
        await x.move("1", auto_response=False)
        await until(lambda: len(stand.log("keyed")) == 2)
    assert stand.users("keyed") == [ann.id, ann.id]
    owners = (
        "select owner, host, seats from public.members join public.threads on id = thread_id where name = 'keyed'"
    )
    assert stand.ask(owners) == [(True, True, ["X"])]


async def test_secrets_wait_for_the_end_where_only_players_could_host(
    copying: Any, stand: Stand, until: Any, duel: str
) -> None:
    server = await copying()
    ann, bob = stand.user("Ann"), stand.user("Bob")
    left, right = (
        await seated(server, "duel-1", "left", ann, game=duel),
        await seated(server, "duel-1", "right", bob, game=duel),
    )
    for number in range(3):
        async with await seated(server, f"beside-{number}", "X", ann):
            await until(lambda n=number: stand.log(f"beside-{n}"))
        assert stand.threads("duel-1") == []
        await left.move("rock", auto_response=False)
        await right.move("scissors", auto_response=False)
    await until(lambda: stand.log("duel-1")[-1:] and stand.log("duel-1")[-1].kind == "ended")
    for player in (left, right):
        await player.close()


async def test_secrets_stay_with_their_seats(
    copying: Any, stand: Stand, until: Any, duel: str, tmp_path: Path
) -> None:
    operator, ann, bob = stand.user("Operator"), stand.user("Ann"), stand.user("Bob")
    server = await copying(replication=stand.replicating(account=await account_of(stand, operator, tmp_path)))
    left, right = (
        await seated(server, "duel-2", "left", ann, game=duel),
        await seated(server, "duel-2", "right", bob, game=duel),
    )
    await left.move("rock", auto_response=False)
    await until(lambda: len(stand.log("duel-2")) == 3)
    [(id, _)] = stand.threads("duel-2")
    for user, sees in ((ann, 3), (bob, 2), (operator, 3)):
        answer = await as_user(stand, user, "GET", f"events?thread_id=eq.{id}&select=seq")
        assert len(json.loads(answer.text)) == sees, user.name
        seeds = await as_user(stand, user, "GET", f"seeds?thread_id=eq.{id}&select=seed")
        assert bool(json.loads(seeds.text)) == (user is operator)
    assert stand.ask("select user_id::text from public.members where thread_id = %s and owner", id) == [
        (operator.id,)
    ]
    await right.request(p.Leave())
    await until(lambda: len(stand.log("duel-2")) == 4)
    answer = await as_user(stand, bob, "GET", f"events?thread_id=eq.{id}&kind=eq.moved&select=seq")
    assert json.loads(answer.text) == [], "who gives the seat up sees no more than before"
    for player in (left, right):
        await player.close()
