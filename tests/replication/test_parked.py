"""What the project refuses for good is parked, told, and tried again when somebody says so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest
from lite import PUBLISHABLE_KEY
from stand import Stand, User, kept, seated
from test_replication import MOVES, play

from gamesock.server.stores.sqlite import SqliteStore
from gamesock.server.stores.sqlite_replicas import SqliteReplicas


@pytest.fixture(autouse=True)
def attentive(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks at what was parked all the time."""
    monkeypatch.setattr("gamesock.server.replication.replicator.LOOK", 0.2)


async def as_user(stand: Stand, user: User, method: str, path: str, **how: Any) -> httpx.Response:
    """A request of a user's own, past the server."""
    headers = {"apikey": PUBLISHABLE_KEY, "Authorization": f"Bearer {user.token()}", "Prefer": "return=minimal"}
    async with httpx.AsyncClient(timeout=30) as http:
        answer = await http.request(method, f"{stand.url}/rest/v1/{path}", headers=headers, **how)
    assert answer.is_success, answer.text
    return answer


async def test_a_meddled_copy_is_parked_and_goes_on_once_it_is_mended(
    copying: Any, stand: Stand, until: Any, tmp_path: Path
) -> None:
    server = await copying()
    ann, bob = stand.user("Ann"), stand.user("Bob")
    x, o = await seated(server, "spoilt", "X", ann), await seated(server, "spoilt", "O", bob)
    await play(x, o, MOVES[:1])
    await until(lambda: len(stand.log("spoilt")) == 3)
    [(id, _)] = stand.threads("spoilt")
    mine = {"thread_id": id, "seq": 4, "at": 5.0, "kind": "moved", "seat": "O", "body": {"move": "2,2"}}
    await as_user(stand, bob, "POST", "events", json=mine)
    await play(x, o, MOVES[1:2], 1)
    replicator = server.threads.replication.replicator
    await until(lambda: replicator.health.parked == 1)
    replicas = SqliteReplicas(server.threads.store, stand.url)
    [parked] = await replicas.parked()
    assert (parked.thread, parked.seq, parked.code) == ("spoilt", 3, "differs")
    assert parked.reason == "event 4 is moved 1,0 of O here, and moved 2,2 of O there"
    await play(x, o, MOVES[2:3], 2)
    assert len(stand.log("spoilt")) == 4, "it stays as it is"

    stand.ask("delete from public.events where thread_id = %s and seq = 4", id)
    stand.ask("update public.threads set seq = 3, ply = 1, to_move = '{O}' where id = %s", id)
    elsewhere = SqliteStore(tmp_path / "games.db")
    await elsewhere.open()
    await SqliteReplicas(elsewhere, stand.url).release(["spoilt"])
    await elsewhere.close()
    await until(lambda: len(stand.log("spoilt")) == 5)
    assert stand.log("spoilt") == kept(tmp_path / "games.db", "spoilt")
    await until(lambda: replicator.health.parked == 0)
    for player in (x, o):
        await player.close()


async def test_a_deleted_thread_is_not_made_again(copying: Any, stand: Stand, until: Any) -> None:
    server = await copying()
    ann = stand.user("Ann")
    async with await seated(server, "deleted", "X", ann) as x:
        await until(lambda: len(stand.log("deleted")) == 1)
        [(id, _)] = stand.threads("deleted")
        await as_user(stand, ann, "DELETE", f"threads?id=eq.{id}")
        await x.move("1", auto_response=False)
        await until(lambda: server.threads.replication.replicator.health.parked == 1)
        assert stand.threads("deleted") == []
    again = await copying()
    assert again.threads.replication.replicator.health.parked == 1, "it is known after a restart"
