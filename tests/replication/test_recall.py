"""A server that doesn't have a game gets it from the project: for those whose it is, if it can be replayed."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from lite import SECRET_KEY
from stand import Stand, User, kept, seated
from test_hosts import account_of
from test_parked import as_user
from test_replication import MOVES, play

from gamesock import protocol as p
from gamesock import record as r
from gamesock.client import Client, ConnectionFailed
from gamesock.server.replication.rows import event_row, thread_row


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
    with pytest.raises(ConnectionFailed, match="can't be told now"):
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


# What others, and other things than the project, make of it


async def test_an_invitation_is_no_game_of_ones_own(copying: Any, stand: Stand, until: Any) -> None:
    """Eve makes Ann host and player of a thread of the same name, changed later: Ann's own comes back."""
    here = await copying("here")
    ann, _ = await played(here, stand, until, "shadowed")
    elsewhere = await copying("elsewhere")
    eve = stand.user("Eve")
    async with await seated(elsewhere, "shadowed", "X", eve):
        await until(lambda: 1 in [seq for _, seq in stand.threads("shadowed")])
    [theirs] = [id for id, seq in stand.threads("shadowed") if seq == 1]
    stand.ask("insert into public.members (thread_id, user_id, host) values (%s, %s, true)", theirs, ann.id)
    there = await copying("there")
    async with Client(f"{there.url}/ws/games/shadowed", token=ann.token()) as x:
        assert x.mirror.ply == 2
    [own] = [id for id, seq in stand.threads("shadowed") if seq == 4]
    stand.ask("delete from public.threads where id = %s", own)
    nowhere = await copying("nowhere")
    with pytest.raises(ConnectionFailed, match="there is no game"):
        await Client(f"{nowhere.url}/ws/games/shadowed", token=ann.token()).connect()


async def test_a_name_that_may_be_elsewhere_waits_for_the_project(copying: Any, stand: Stand, until: Any) -> None:
    ann, _ = await played(await copying("here"), stand, until, "waited-for")
    there = await copying("there")
    url = f"{there.url}/ws/games/waited-for"
    stand.lite.fail({"status": 503})
    with pytest.raises(ConnectionFailed, match="try again in a moment"):
        await Client(f"{url}?game=tic_tac_toe", token=ann.token(), retry=False).connect()
    async with await seated(there, "just-made-up", "X", ann) as new:
        assert new.mirror.seats == ("X",)
    stand.lite.fail(None)
    await until(lambda: stand.log("just-made-up"))
    async with Client(url, token=ann.token()) as x:
        assert x.mirror.ply == 2, "nothing stands in its place"


async def test_a_log_that_is_too_long_is_not_fetched(
    copying: Any, stand: Stand, until: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, _ = await played(await copying("here"), stand, until, "heavy")
    monkeypatch.setattr("gamesock.server.replication.restored.LARGEST", 10)
    there = await copying("there")
    for _ in range(2):
        with pytest.raises(ConnectionFailed, match="MB"):
            await Client(f"{there.url}/ws/games/heavy", token=ann.token()).connect()
    refusals = there.threads.replication.recall._bad
    assert list(refusals) == [("heavy", ann.id)], "it isn't asked for again at once"


async def test_a_project_that_gives_few_rows_at_once_gives_all(
    copying: Any, stand: Stand, until: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, _ = await played(await copying("here"), stand, until, "paged")
    monkeypatch.setattr("gamesock.server.replication.remote.PAGE", 3)
    there = await copying("there")
    async with Client(f"{there.url}/ws/games/paged", token=ann.token()) as x:
        assert x.mirror.ply == 2


async def test_moves_that_are_missing_are_told(copying: Any, stand: Stand, until: Any) -> None:
    ann, _ = await played(await copying("here"), stand, until, "holed")
    [(id, _)] = stand.threads("holed")
    stand.ask("delete from public.events where thread_id = %s and seq = 4", id)
    there = await copying("there")
    with pytest.raises(ConnectionFailed, match="2 moves, and 1"):
        await Client(f"{there.url}/ws/games/holed", token=ann.token()).connect()


# What strangers write past every server


async def forged(stand: Stand, name: str, *, by: User, of: User, played: bool) -> None:
    """A thread that one user writes by themselves, in which another sits, and lost where that was ``played``."""
    made = r.Header(game="tic_tac_toe", thread=name, created=time.time(), epoch="forged", visibility="public")
    row = thread_row(by.id, made, False, ["X"])
    log = [
        r.Joined(seq=1, at=time.time(), seat="X", player=r.Player(name="Champion", user=of.id)),
        r.Joined(seq=2, at=time.time(), seat="O", player=r.Player(name="Eve", user=by.id)),
        r.Ended(seq=3, at=time.time(), winner="O", reason="resignation"),
    ]
    await as_user(stand, by, "POST", "threads", json=row)
    sent = [event_row(UUID(row["id"]), event, None)[0] for event in (log if played else log[:2])]
    await as_user(stand, by, "POST", "events", json=sent)


@pytest.mark.parametrize("name", ["key", "account"])
async def test_a_forged_game_is_no_hosts_own(copying: Any, stand: Stand, tmp_path: Path, name: str) -> None:
    """A host with a name of its own can read everything: that makes nothing of it the host's."""
    eve, operator, thread = stand.user("Eve"), stand.user("Operator"), f"forged-{name}"
    await forged(stand, thread, by=eve, of=stand.user("Ann"), played=True)
    if name == "key":
        own = stand.replicating(key=SECRET_KEY)
    else:
        own = stand.replicating(account=await account_of(stand, operator, tmp_path))
        [(id, _)] = stand.threads(thread)
        invited = {"thread_id": id, "user_id": operator.id, "host": True}
        await as_user(stand, eve, "POST", "members", json=invited)
    there = await copying(replication=own)
    async with Client(f"{there.url}/ws/games/{thread}", token=eve.token()) as found:
        assert found.mirror.outcome, "who asks for it by its name has it"
    assert there.threads.live[thread].thread.header.visibility == "unlisted"


async def test_nobody_bars_a_name_to_others(copying: Any, stand: Stand) -> None:
    """Eve gives Ann a seat in a thread of hers: Ann begins another by that name."""
    eve, ann = stand.user("Eve"), stand.user("Ann")
    await forged(stand, "game-1", by=eve, of=ann, played=False)
    there = await copying()
    with pytest.raises(ConnectionFailed, match="another player's account"):
        await Client(f"{there.url}/ws/games/game-1", token=ann.token()).connect()
    async with Client(f"{there.url}/ws/games/game-1?game=tic_tac_toe", token=ann.token()) as own:
        assert (await own.join("O")).seat == "O"
        assert there.threads.live["game-1"].thread.seq == 1


async def test_nobody_bars_a_name_with_nonsense(copying: Any, stand: Stand) -> None:
    """A host with a name of its own reads what Eve made, and can't replay it."""
    eve, ann = stand.user("Eve"), stand.user("Ann")
    await forged(stand, "game-2", by=eve, of=ann, played=False)
    stand.ask("update public.threads set ply = 7 where name = 'game-2'")
    there = await copying(replication=stand.replicating(key=SECRET_KEY))
    async with Client(f"{there.url}/ws/games/game-2?game=tic_tac_toe", token=ann.token()) as own:
        await own.join("X")
        assert there.threads.live["game-2"].thread.seq == 1
