"""One's own games at a project, on the command line: listed, exported, deleted; and parked ones tried again."""

from __future__ import annotations

import asyncio
import json
import os
import stat
import sys
from pathlib import Path
from typing import Any

from lite import PUBLISHABLE_KEY
from stand import Stand, User, seated
from test_recall import played

from gamesock.server.stores.sqlite import SqliteStore
from gamesock.server.stores.sqlite_replicas import Mark, Parked, SqliteReplicas


async def gamesock(
    home: Path, stand: Stand, user: User | None, *arguments: str, typed: str = ""
) -> tuple[int | None, str, str]:
    """Run a command as somebody who is signed in; exit code, stdout, stderr."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("XDG_", "GAMESOCK_"))}
    named = {"GAMESOCK_SUPABASE_URL": stand.url, "GAMESOCK_SUPABASE_KEY": PUBLISHABLE_KEY, "HOME": str(home)}
    given = {"GAMESOCK_ACCESS_TOKEN": user.token()} if user else {}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "gamesock", *arguments, env=kept | named | given,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await process.communicate(typed.encode())
    return process.returncode, out.decode(), err.decode()


async def test_ones_own_games(copying: Any, stand: Stand, until: Any, tmp_path: Path) -> None:
    ann, bob = await played(await copying(), stand, until, "mine-1")
    code, out, _ = await gamesock(tmp_path, stand, ann, "threads", "--mine", "--json")
    [row] = [json.loads(line) for line in out.splitlines()]
    assert code == 0 and (row["thread_id"], row["ply"], row["owner"]) == ("mine-1", 2, True)
    assert row["players"]["O"]["name"] == "Bob"
    assert row["id"] == stand.threads("mine-1")[0][0]
    _, out, _ = await gamesock(tmp_path, stand, bob, "threads", "--mine")
    assert "mine-1" in out and "X Ann" in out
    code, out, err = await gamesock(tmp_path, stand, stand.user("Eve"), "threads", "--mine")
    assert (code, out) == (0, "") and "no games of yours" in err
    other = await gamesock(tmp_path, stand, ann, "threads", "--mine", "--game", "chess", "--finished")
    assert other == (0, "", f"no finished chess games of yours at {stand.project.name} yet\n")
    named = ("--project", stand.url, "--key", PUBLISHABLE_KEY)
    code, out, _ = await gamesock(tmp_path, stand, ann, "threads", "--mine", "--game", "tic_tac_toe", *named)
    assert code == 0 and "mine-1" in out
    code, _, err = await gamesock(tmp_path, stand, ann, "threads", "--mine", "--server", "example.org")
    assert code == 2 and "leave out --server" in err
    code, _, err = await gamesock(tmp_path, stand, None, "threads", "--mine")
    assert code == 4 and "gamesock login" in err

    code, out, _ = await gamesock(tmp_path, stand, bob, "account", "export")
    given = json.loads(out)
    assert code == 0 and given["user"] == bob.id and "email" in given
    file = tmp_path / "bob.json"
    await gamesock(tmp_path, stand, bob, "account", "export", "--output", str(file))
    assert json.loads(file.read_text()) == given and stat.S_IMODE(file.stat().st_mode) == 0o600
    [thread] = given["threads"]
    assert (
        thread["seats"] == ["O"]
        and [event["kind"] for event in thread["events"]] == ["joined"] * 2 + ["moved"] * 2
    )

    code, _, err = await gamesock(tmp_path, stand, bob, "threads", "delete", "mine-1", typed="no\n")
    assert code == 2 and "Nothing was deleted" in err
    code, out, _ = await gamesock(tmp_path, stand, bob, "threads", "delete", "mine-1", typed="y\n")
    assert code == 0 and "your part in it" in out
    assert [event.player.name for event in stand.log("mine-1")[:2]] == ["Ann", "someone"]
    code, out, err = await gamesock(tmp_path, stand, ann, "threads", "delete", "mine-1", "--yes")
    assert code == 0 and "for all" in out, err
    assert stand.threads("mine-1") == []
    code, _, err = await gamesock(tmp_path, stand, ann, "threads", "delete", "mine-1", "--yes")
    assert code == 1 and "there is no 'mine-1'" in err


async def test_an_account_goes(copying: Any, stand: Stand, until: Any, tmp_path: Path) -> None:
    ann, bob = await played(await copying(), stand, until, "gone-1")
    code, _, err = await gamesock(tmp_path, stand, bob, "account", "delete", typed="yes\n")
    assert code == 2 and "Nothing was deleted" in err
    code, out, err = await gamesock(tmp_path, stand, bob, "account", "delete", typed=f"{stand.project.name}\n")
    assert code == 0 and "is deleted" in out, err
    assert stand.users("gone-1") == [ann.id, None, ann.id, None]
    assert stand.ask("select count(*) from auth.users where id = %s", bob.id) == [(0,)]


async def test_what_is_kept_here_goes_too(copying: Any, stand: Stand, tmp_path: Path) -> None:
    server = await copying()
    ann = stand.user("Ann")
    async with await seated(server, "both", "X", ann):
        pass
    await server.stop()
    store = f"sqlite:{tmp_path / 'games.db'}"
    code, out, err = await gamesock(tmp_path, stand, ann, "threads", "delete", "both", "--yes", "--store", store)
    assert code == 0 and "the copy here" in out, err
    again = SqliteStore(tmp_path / "games.db")
    await again.open()
    assert await again.read("both") is None
    assert await again.ask(lambda db: db.execute("select count(*) from events").fetchone()) == (0,)
    await again.close()


async def test_parked_games_are_listed_and_tried_again(
    copying: Any, stand: Stand, until: Any, tmp_path: Path
) -> None:
    server = await copying()
    async with await seated(server, "stuck", "X", stand.user("Ann")):
        await until(lambda: stand.log("stuck"))
    await server.stop()
    store = SqliteStore(tmp_path / "games.db")
    await store.open()
    replicas = SqliteReplicas(store, stand.url)
    await replicas.mark([Mark("stuck", 0, "somebody")])
    await replicas.park(Parked("stuck", 0, 1, "differs", "event 1 is another", 1e9))
    await store.close()
    at = ("--store", f"sqlite:{tmp_path / 'games.db'}")
    code, out, _ = await gamesock(tmp_path, stand, None, "replication", "list", *at)
    assert code == 0 and "stuck  0 of 1 events copied" in out and "event 1 is another (differs)" in out
    code, out, _ = await gamesock(tmp_path, stand, None, "replication", "list", "--json", *at)
    assert json.loads(out)["code"] == "differs"
    code, _, err = await gamesock(tmp_path, stand, None, "replication", "retry", "other", *at)
    assert code == 1 and "isn't parked" in err
    code, out, _ = await gamesock(tmp_path, stand, None, "replication", "retry", *at)
    assert (code, out) == (0, "1 game is tried again.\n")
    code, out, err = await gamesock(tmp_path, stand, None, "replication", "list", *at)
    assert (code, out) == (0, "") and err.startswith("Nothing is parked.\n1 game isn't copied to the end yet")
    code, out, err = await gamesock(tmp_path, stand, None, "replication", "retry", *at)
    assert (code, out, err) == (0, "", "Nothing is parked.\n")
    nowhere = tmp_path / "nowhere.db"
    code, _, err = await gamesock(tmp_path, stand, None, "replication", "list", "--store", f"sqlite:{nowhere}")
    assert code == 1 and "nothing was kept there" in err and not nowhere.exists()


async def test_a_game_is_resumed_on_another_machine(
    copying: Any, stand: Stand, until: Any, tmp_path: Path
) -> None:
    ann, _ = await played(await copying("here"), stand, until, "travels")
    there = await copying("there")
    play = ("play", "--resume", "--thread", "travels", "--server", there.url, "--plain")
    code, out, err = await gamesock(tmp_path, stand, ann, *play, typed="3\nquit\n")
    assert code == 0, err
    assert "you are X" in out
    await until(lambda: len(stand.log("travels")) == 5)
    assert stand.users("travels")[-1] == ann.id
    code, out, err = await gamesock(tmp_path / "guest", stand, None, *play)
    assert code != 0, out
