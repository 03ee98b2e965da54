"""Signed-in players' games arrive at their project: once, in order, under their names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest
from stand import Stand, kept, seated

from gamesock import protocol as p
from gamesock import record as r
from gamesock.client import Client
from gamesock.server.replication.remote import Actor
from gamesock.server.stores.base import StoreError
from gamesock.server.stores.memory import MemoryStore
from gamesock.server.threads import Threads

MOVES = ["1", "4", "2", "5", "3"]
"""X wins."""


async def play(x: Client, o: Client, moves: list[str], first: int = 0) -> None:
    """The players' moves in turn."""
    for number, move in enumerate(moves, first):
        await (x, o)[number % 2].move(move, auto_response=False)


async def test_a_game_arrives_as_it_was(copying: Any, stand: Stand, until: Any, tmp_path: Path) -> None:
    server = await copying()
    ann, bob = stand.user("Ann"), stand.user("Bob")
    x, o = await seated(server, "g1", "X", ann), await seated(server, "g1", "O", bob)
    await play(x, o, MOVES[:3])
    await until(
        lambda: stand.ask("select to_move from public.threads where name = 'g1' and ply = 3") == [(["O"],)]
    )
    await play(x, o, MOVES[3:], 3)
    await x.request(p.Chat(text="well played"))
    log = kept(tmp_path / "games.db", "g1")
    assert [event.kind for event in log][-2:] == ["ended", "chatted"]
    await until(lambda: len(stand.log("g1")) == len(log))
    assert stand.log("g1") == log
    users = [{"X": ann.id, "O": bob.id}.get(getattr(event, "seat", None) or "") for event in log]
    assert stand.users("g1") == users
    assert stand.ask("select ended, winner, to_move from public.threads where name = 'g1'") == [
        ("three_in_a_row", "X", [])
    ]
    replicator = server.threads.replication.replicator
    await until(lambda: not replicator.health.pending)
    assert (replicator.health.parked, replicator.health.waiting, replicator.health.reachable) == (0, 0, True)
    for player in (x, o):
        await player.close()


async def test_what_it_does_can_be_seen(copying: Any, stand: Stand, until: Any) -> None:
    server = await copying()
    async with await seated(server, "seen", "X", stand.user("Ann")):
        await until(lambda: stand.log("seen"))
    async with httpx.AsyncClient() as http:
        health = (await http.get(f"{server.http}/healthz")).json()["replication"]
        assert health.keys() == {"project", "reachable", "pending", "lag", "waiting", "parked"}
        assert health["project"] == stand.project.name
        metrics = (await http.get(f"{server.http}/metrics")).text
    for name in ("lag_seconds", "pending_events", "waiting_threads", "parked_threads", "events_total 1.0"):
        assert f"gamesock_replication_{name}" in metrics


async def test_guests_games_stay_here(copying: Any, stand: Stand, until: Any) -> None:
    server = await copying()
    server.threads.authenticator.required = False
    url = f"{server.url}/ws/games/guests?game=tic_tac_toe"
    async with Client(url, name="Ann") as x, Client(url, name="Bob") as o:
        await x.join("X")
        await o.join("O")
        await play(x, o, MOVES[:2])
        async with await seated(server, "other", "X", stand.user("Cid")):
            await until(lambda: stand.log("other"))
        assert stand.threads("guests") == []
        # One who signs in later takes the whole game along.
        await o.request(p.Leave())
        async with await seated(server, "guests", "O", stand.user("Dan")):
            await until(lambda: len(stand.log("guests")) == 6)


async def test_it_goes_on_after_a_restart(copying: Any, stand: Stand, until: Any, tmp_path: Path) -> None:
    ann, bob = stand.user("Ann"), stand.user("Bob")
    first = await copying()
    x, o = await seated(first, "again", "X", ann), await seated(first, "again", "O", bob)
    await play(x, o, MOVES[:2])
    await first.stop()
    assert stand.log("again") == kept(tmp_path / "games.db", "again"), "what was left went out on the way down"
    second = await copying()
    for player, user in ((x, ann), (o, bob)):
        await player.close()
        assert user
    x, o = await seated(second, "again", "X", ann), await seated(second, "again", "O", bob)
    await play(x, o, MOVES[2:])
    await until(lambda: stand.log("again")[-1:] and stand.log("again")[-1].kind == "ended")
    assert stand.log("again") == kept(tmp_path / "games.db", "again")
    for player in (x, o):
        await player.close()


async def test_a_thread_is_registered_once(copying: Any, stand: Stand) -> None:
    """However often, by whatever server: its name and its metadata stay as they were first."""
    from gamesock.server.replication.rows import thread_row

    ann = stand.user("Ann")
    server = await copying()
    tables = server.threads.replication.replicator.remote.tables(Actor(ann.id, ann.token()))
    header = r.Header(game="chess", thread="friday", created=1.0, epoch="e", tags={"event": "London"})
    row = thread_row(ann.id, header, False, ["white"])
    for _ in range(3):
        await tables.register_thread(row)
    [(name, tags, owner)] = stand.ask(
        "select name, tags, user_id::text from public.threads join public.members on thread_id = id where id = %s",
        row["id"],
    )
    assert (name, tags, owner) == ("friday", {"event": "London"}, ann.id)


async def test_a_store_in_memory_is_no_outbox(stand: Stand) -> None:
    with pytest.raises(StoreError, match="sqlite"):
        Threads(MemoryStore(), replication=stand.replicating())
