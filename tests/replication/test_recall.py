"""A server that doesn't have a game gets it from the project: for those whose it is, if it can be replayed."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest
from stand import Stand, kept, seated
from test_replication import MOVES, play

from gamesock import protocol as p
from gamesock import record as r
from gamesock.client import Client, ConnectionFailed


async def played(server: Any, stand: Stand, until: Any, name: str, **how: Any) -> tuple[Any, Any]:
    """Ann's and Bob's game, two moves old, at the project; Ann sat down first."""
    ann, bob = stand.user("Ann"), stand.user("Bob")
    x, o = await seated(server, name, "X", ann), await seated(server, name, "O", bob)
    await play(x, o, MOVES[:2])
    await until(lambda: len(stand.log(name)) == 4)
    for player in (x, o):
        await player.close()
    return ann, bob


async def test_a_game_goes_on_at_another_server(copying: Any, stand: Stand, until: Any, tmp_path: Any) -> None:
    ann, bob = await played(await copying("here"), stand, until, "moved-house")
    there = await copying("there")
    async with Client(f"{there.url}/ws/games/moved-house", token=ann.token(), name="Ann") as x:
        assert (await x.join()).seat == "X", "her seat is found by who she is"
        async with Client(f"{there.url}/ws/games/moved-house", token=bob.token(), name="Bob") as o:
            assert (await o.join()).seat == "O"
            await play(x, o, MOVES[2:])
    assert kept(tmp_path / "there.db", "moved-house")[:4] == kept(tmp_path / "here.db", "moved-house")
    await until(lambda: stand.log("moved-house")[-1].kind == "ended")
    assert stand.log("moved-house") == kept(tmp_path / "there.db", "moved-house")


async def test_strangers_and_guests_get_nothing(copying: Any, stand: Stand, until: Any) -> None:
    ann, bob = await played(await copying("here"), stand, until, "not-yours")
    there = await copying("there")
    url = f"{there.url}/ws/games/not-yours"
    for token in (stand.user("Eve").token(), None):
        with pytest.raises(ConnectionFailed, match="there is no game"):
            await Client(url, token=token).connect()
    with pytest.raises(ConnectionFailed, match="another player's account"):
        await Client(url, token=bob.token()).connect()
    async with Client(url, token=ann.token()) as x:
        await x.join()
    async with Client(url, token=bob.token()) as o:
        assert (await o.join()).seat == "O", "the owner brought it back for both"


async def test_a_copy_that_breaks_the_rules_is_refused(copying: Any, stand: Stand, until: Any) -> None:
    ann, _ = await played(await copying("here"), stand, until, "cheated")
    [(id, _)] = stand.threads("cheated")
    stand.ask('update public.events set body = \'{"move": "1"}\' where thread_id = %s and seq = 4', id)
    there = await copying("there")
    for route in ("games/cheated", "games/cheated?game=tic_tac_toe"):
        with pytest.raises(ConnectionFailed, match="can't be replayed: event 4"):
            await Client(f"{there.url}/ws/{route}", token=ann.token()).connect()
    assert await there.threads.store.read("cheated") is None, "nothing of it is kept"


async def test_what_spectators_said_stays_theirs(copying: Any, stand: Stand, until: Any) -> None:
    """The owner doesn't host: what was said behind the players' backs is no more than a gap."""
    here = await copying("here")
    ann, _ = await played(here, stand, until, "gossip")
    async with Client(f"{here.url}/ws/games/gossip", token=stand.user("Eve").token(), name="Eve") as eve:
        await eve.join(p.SPECTATOR)
        await eve.request(p.Chat(text="X is lost"))
    await until(lambda: len(stand.log("gossip")) == 5)
    [(id, _)] = stand.threads("gossip")
    stand.ask("update public.members set host = false where thread_id = %s", id)
    there = await copying("there")
    async with Client(f"{there.url}/ws/games/gossip", token=ann.token()) as x:
        await x.join()
    log = await there.threads.store.read("gossip")
    assert isinstance(log.events[4], r.Chatted)
    assert (log.events[4].name, log.events[4].text) == ("someone", "")


async def test_while_the_project_is_away_new_games_begin(copying: Any, stand: Stand) -> None:
    server, user = await copying("here"), stand.user("Ann")
    stand.lite.fail({"status": 503})
    with pytest.raises(ConnectionFailed, match="can't be fetched now"):
        await Client(f"{server.url}/ws/games/unknown", token=user.token()).connect()
    async with await seated(server, "fresh", "X", user) as x:
        await x.move("1", auto_response=False)


async def test_nobody_pays_for_the_way(copying: Any, stand: Stand, until: Any) -> None:
    here = await copying("here")
    ann, bob = stand.user("Ann"), stand.user("Bob")
    timed = "tic_tac_toe&clock=1"
    x, o = await seated(here, "timed", "X", ann, game=timed), await seated(here, "timed", "O", bob, game=timed)
    await play(x, o, MOVES[:3])
    await until(lambda: len(stand.log("timed")) == 5)
    for player in (x, o):
        await player.close()
    there = await copying("there", now=lambda: time.time() + 1000)
    async with Client(f"{there.url}/ws/games/timed", token=ann.token(3000)) as x:
        assert x.mirror.outcome is None and x.mirror.clock and x.mirror.clock.left["O"] > 30
    await until(lambda: isinstance(stand.log("timed")[-1], r.Paused))


async def test_two_ask_at_once(copying: Any, stand: Stand, until: Any) -> None:
    ann, _ = await played(await copying("here"), stand, until, "rushed")
    there = await copying("there")
    clients = [Client(f"{there.url}/ws/games/rushed", token=ann.token()) for _ in range(4)]
    await asyncio.gather(*(client.connect() for client in clients))
    assert {client.mirror.ply for client in clients} == {2}
    for client in clients:
        await client.close()
