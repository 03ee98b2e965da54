"""The project is away, slow, or takes a token no more: nothing is lost, nothing comes twice."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from stand import Stand, kept, seated
from test_replication import MOVES, play

from gamesock import protocol as p


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits half a minute elsewhere waits a moment here."""
    monkeypatch.setattr("gamesock.server.replication.replicator.LATEST", 0.5)
    monkeypatch.setattr("gamesock.server.replication.remote.TIMEOUT", 1.0)


@pytest.mark.parametrize("fault", [{"status": 503}, {"delay": 2500}], ids=["503", "slow"])
async def test_an_outage_from_the_start(
    copying: Any, stand: Stand, until: Any, tmp_path: Path, fault: dict[str, int]
) -> None:
    server, name = await copying(), next(iter(fault))
    ann, bob = stand.user("Ann"), stand.user("Bob")
    stand.lite.fail(fault)
    x, o = await seated(server, name, "X", ann), await seated(server, name, "O", bob)
    await play(x, o, MOVES[:4])
    replicator = server.threads.replication.replicator
    await until(lambda: not replicator.health.reachable)
    assert replicator.health.pending == 6
    stand.lite.fail(None)
    await until(lambda: len(stand.log(name)) == 6)
    await play(x, o, MOVES[4:])
    await until(lambda: len(stand.log(name)) == 8)
    assert stand.log(name) == kept(tmp_path / "games.db", name)
    await until(lambda: replicator.health.pending == 0)
    for player in (x, o):
        await player.close()


async def test_the_project_restarts(copying: Any, stand: Stand, until: Any, tmp_path: Path) -> None:
    server = await copying()
    ann, bob = stand.user("Ann"), stand.user("Bob")
    x, o = await seated(server, "down", "X", ann), await seated(server, "down", "O", bob)
    await play(x, o, MOVES[:2])
    stand.lite.stop()
    await play(x, o, MOVES[2:4])
    await until(lambda: not server.threads.replication.replicator.health.reachable)
    await stand.restart()
    await until(lambda: len(stand.log("down")) == 6)
    assert stand.log("down") == kept(tmp_path / "games.db", "down")
    for player in (x, o):
        await player.close()


async def test_more_than_memory_holds(copying: Any, stand: Stand, until: Any, tmp_path: Path) -> None:
    """A long outage: what comes later is read from the store, and folded to know whose turn it is."""
    server = await copying()
    async with await seated(server, "long", "X", stand.user("Ann")) as x:
        stand.lite.fail({"status": 503})
        await x.join("O")
        await x.move("1", auto_response=False)
        for number in range(250):
            await server.threads.live["long"].request(_connection(server), p.Chat(text=f"word {number}"))
        stand.lite.fail(None)
        await until(lambda: len(stand.log("long")) == 253)
    assert stand.log("long") == kept(tmp_path / "games.db", "long")
    assert stand.ask("select to_move from public.threads where name = 'long'") == [(["O"],)]


def _connection(server: Any) -> Any:
    """The only connection to a server's thread, past its budget for chat."""
    [live] = server.threads.live.values()
    return next(iter(live.connections.values()))


async def test_a_token_ends(copying: Any, stand: Stand, until: Any) -> None:
    ahead = 0.0
    server = await copying(now=lambda: time.time() + ahead)
    ann = stand.user("Ann")
    async with await seated(server, "late", "X", ann) as x:
        await until(lambda: len(stand.log("late")) == 1)
        ahead = 3597.0
        await x.request(p.Chat(text="still here"))
        replicator = server.threads.replication.replicator
        await until(lambda: replicator.health.waiting == 1)
        assert len(stand.log("late")) == 1
        await x.request(p.Authenticate(token=ann.token(7200)))
        await until(lambda: len(stand.log("late")) == 2)
        await until(lambda: replicator.health.waiting == 0)


async def test_a_token_is_refused(copying: Any, stand: Stand, until: Any) -> None:
    server = await copying()
    ann = stand.user("Ann")
    async with await seated(server, "refused", "X", ann) as x:
        await until(lambda: len(stand.log("refused")) == 1)
        credentials = server.threads.credentials
        credentials.renew(ann.id, ann.token(-60))
        await x.request(p.Chat(text="hello"))
        await until(lambda: server.threads.replication.replicator.health.waiting == 1)
        assert credentials.token(ann.id) is None, "a token that was refused is not used again"
        credentials.renew(ann.id, ann.token(), time.time() + 3600)
        await until(lambda: len(stand.log("refused")) == 2)
