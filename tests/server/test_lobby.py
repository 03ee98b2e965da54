"""The lobby on real sockets: what it lists, creates, tells and shows, and what it keeps to itself."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from gamesock.protocol import Code, Refusal
from gamesock.record import Ended, Event, Header, Joined, Left, Moved, Player
from gamesock.server import GameSocketFactory
from gamesock.server.limits import Limits, Rate
from gamesock.server.listing import read_cursor, write_cursor
from gamesock.server.stores.base import Place, Store, StoreError, Wanted
from gamesock.server.stores.memory import MemoryStore
from gamesock.server.stores.sqlite import SqliteStore

FREE = Limits(rate=1e6, burst=10**6, lists=Rate(1e6, 10**6), address_lists=Rate(1e6, 10**6))
"""No limit on lists: these tests turn many pages."""


async def fill(store: Store, count: int, *, finished: int = 5, free: int = 3) -> None:
    """Stored threads ``t00000`` on, several created in the same second; every n-th over, or with a free seat."""

    async def add(n: int) -> None:
        header = Header(game=("chess", "connect4")[n % 2], thread=f"t{n:05}", created=1e9 + n // 7, clock="5+3")
        seats = (("white", "black"), ("red", "yellow"))[n % 2]
        sitting = seats[:1] if n % free == 0 else seats
        events: list[Event] = [
            Joined(
                seq=seq, at=1e9 + n, seat=seat, player=Player(name=f"Ann{n}", kind="human" if seq == 1 else "bot")
            )
            for seq, seat in enumerate(sitting, 1)
        ]
        if n % finished == 0:
            events.append(Ended(seq=len(events) + 1, at=2e9, winner=None, reason="agreement"))
        await store.append(header.thread, 0, events, header)

    for start in range(0, count, 1000):
        await asyncio.gather(*(add(n) for n in range(start, min(start + 1000, count))))


@pytest.fixture(params=["memory", "sqlite"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    made: Store = MemoryStore() if request.param == "memory" else SqliteStore(tmp_path / "games.db", "NORMAL")
    await made.open()
    return made  # the host closes it


@pytest.fixture
def lobby(wire: Any) -> Any:
    """A connection to a server's lobby."""

    async def enter(server: Any, **options: Any) -> Any:
        return await wire(f"{server.url}/ws/lobby", **options)

    return enter


async def pages(client: Any, **asked: Any) -> list[dict[str, Any]]:
    """Every page of a list."""
    found = [await client.ask("list_threads", **asked)]
    while found[-1]["cursor"]:
        found.append(await client.ask("list_threads", **asked, cursor=found[-1]["cursor"]))
    return found


# Lists


async def test_what_is_listed(host: Any, wire: Any, lobby: Any) -> None:
    server = await host()
    assert (await (await lobby(server)).ask("list_threads", id="1")) == {
        "re": "1", "type": "lobby", "threads": [], "total": 0, "cursor": None,
    }  # fmt: skip
    await (await wire(f"{server.url}/ws/connect4/waiting?clock=5%2B3")).recv()
    player = await wire(f"{server.url}/ws/chess/played?variant=chess960", hello=True)
    for seat in ("white", "black"):
        await player.send("join", seat=seat, name="Ann", id=seat)
        await player.until("ack", re=seat)
    await player.send("make_move", move="e4")
    await player.until("state_update", ply=1)
    over = await wire(f"{server.url}/ws/tictactoe/over", hello=True)
    await over.send("join", id="j")
    await over.until("ack", re="j")
    await over.send("resign")
    await over.until("game_over")

    client = await lobby(server)
    listed = await client.ask("list_threads")
    assert listed["total"] == 2 and [thread["thread_id"] for thread in listed["threads"]] == ["played", "waiting"]
    played, waiting = listed["threads"]
    assert played["status"] == "live" and played["open"] == [] and played["to_move"] == ["black"]
    assert played["players"]["white"]["name"] == "Ann" and played["ply"] == 1 and played["here"] == 1
    assert played["options"] == {"variant": "chess960"} and played["route"] == "/ws/chess"
    assert played["title"] == "Chess" and played["outcome"] is None
    assert waiting["status"] == "open" and waiting["open"] == ["red", "yellow"] and waiting["watching"] == 1
    assert waiting["clock"]["control"] == "5+3" and waiting["clock"]["left"] == {"red": 300.0, "yellow": 300.0}
    for asked, ids in (
        ({"status": "open"}, ["waiting"]),
        ({"status": "live"}, ["played"]),
        ({"status": "finished"}, ["over"]),
        ({"game": "chess"}, ["played"]),
        ({"game": "tic_tac_toe"}, []),
        ({"text": "ANN"}, ["played"]),
        ({"text": "wait"}, ["waiting"]),
        ({"text": "%"}, []),
        ({"text": "white"}, []),
    ):
        answer = await client.ask("list_threads", **asked)
        assert [thread["thread_id"] for thread in answer["threads"]] == ids, asked
        assert answer["total"] == len(ids)


async def test_what_is_stored_is_listed_after_a_restart(host: Any, wire: Any, lobby: Any, tmp_path: Path) -> None:
    first = await host(SqliteStore(tmp_path / "games.db"))
    player = await wire(f"{first.url}/ws/chess/kept?clock=5", hello=True)
    await player.ask("set_bot", seat="black", bot="random", level=1)
    await player.send("join", seat="white", name="Ann", id="j")
    await player.until("ack", re="j")
    await first.stop()
    second = await host(SqliteStore(tmp_path / "games.db"))
    client = await lobby(second)
    [kept] = (await client.ask("list_threads"))["threads"]
    assert kept["status"] == "live" and kept["seats"] == ["white", "black"] and kept["here"] == 0
    assert kept["players"]["white"] == {"name": "Ann", "kind": "human", "here": False}
    assert kept["players"]["black"]["kind"] == "bot"
    assert kept["clock"]["control"] == "5" and kept["clock"]["left"] == {}
    shown = await client.ask("preview_thread", thread_id="kept")
    assert shown["picture"]["rows"] == 8 and not second.threads.live, "a look wakes nobody"


async def test_ten_thousand_threads_page_by_page(host: Any, lobby: Any, store: Store) -> None:
    await fill(store, 10_000)
    server = await host(store, FREE)
    client = await lobby(server)
    for asked, total in (
        ({}, 8_000),
        ({"status": "open"}, sum(n % 5 > 0 and n % 3 == 0 for n in range(10_000))),
        ({"status": "finished", "game": "chess"}, 1_000),
        ({"text": "nN123"}, sum(n % 5 > 0 and "nn123" in f"ann{n}" for n in range(10_000))),
    ):
        found = await pages(client, limit=100, **asked)
        ids = [thread["thread_id"] for page in found for thread in page["threads"]]
        assert len(ids) == len(set(ids)) == total and {page["total"] for page in found} == {total}
        assert ids == sorted(ids, reverse=True), "the newest first"


async def test_every_thread_once_though_others_change_meanwhile(
    host: Any, wire: Any, lobby: Any, store: Store
) -> None:
    await fill(store, 60, finished=100)
    server = await host(store, FREE, idle=0.0)
    client, seen = await lobby(server), []
    page = await client.ask("list_threads", limit=7)
    for turn in range(40):
        seen += [thread["thread_id"] for thread in page["threads"]]
        if page["cursor"] is None:
            break
        # One that was seen and one that wasn't are played in, one ends, a new one is opened and another stored.
        for n in (3 + turn, 55 - turn):
            await store.append(f"t{n:05}", await length(store, f"t{n:05}"), [await chat(store, f"t{n:05}")])
        await (await wire(f"{server.url}/ws/chess/new{turn}")).recv()
        page = await client.ask("list_threads", limit=7, cursor=page["cursor"])
    assert len(seen) == len(set(seen))
    assert {f"t{n:05}" for n in range(1, 60)} <= {*seen} and not any(each.startswith("new") for each in seen)


async def length(store: Store, thread: str) -> int:
    log = await store.read(thread)
    return len(log.events) if log else 0


async def chat(store: Store, thread: str) -> Event:
    seq = await length(store, thread) + 1
    return Left(seq=seq, at=3e9 + seq, seat="nobody")


async def test_a_thread_is_listed_once_while_it_is_stored(host: Any, wire: Any, lobby: Any) -> None:
    """It is in memory alone when the list begins, and in the store too before the store is asked."""

    class Slow(MemoryStore):
        async def listed(self, *what: Any) -> Any:
            await reached.put(None)
            await go_on.wait()
            return await super().listed(*what)

    reached: asyncio.Queue[None] = asyncio.Queue()
    go_on = asyncio.Event()
    server = await host(Slow())
    player = await wire(f"{server.url}/ws/chess/new", hello=True)
    client = await lobby(server)
    await client.send("list_threads")
    await reached.get()
    await player.send("join", id="j")
    await player.until("ack", re="j")
    go_on.set()
    listed = await client.until("lobby")
    assert [thread["thread_id"] for thread in listed["threads"]] == ["new"]


Threads = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from(["chess", "go"]), st.booleans(), st.booleans()), max_size=25
)


@settings(max_examples=40, deadline=None)
@given(Threads, st.integers(1, 7), st.sampled_from([None, True, False]), st.booleans())
def test_pages_of_any_size_give_each_thread_once(
    threads: list[tuple[int, str, bool, bool]], limit: int, free: bool | None, over: bool
) -> None:
    """Both stores, whatever is stored: the same threads in the same order as one long page."""

    async def check(store: Store) -> list[str]:
        await store.open()
        for n, (created, game, full, ended) in enumerate(threads):
            header = Header(game=game, thread=f"t{n}", created=created)
            seats = ("white", "black") if full else ("white",)
            events: list[Event] = [
                Joined(seq=seq, at=n, seat=seat, player=Player(name="x")) for seq, seat in enumerate(seats, 1)
            ]
            events += [Ended(seq=len(events) + 1, at=n, winner=None, reason="draw")] if ended else []
            await store.append(header.thread, 0, events, header)
        wanted = Wanted({"chess": 2}, finished=over, open=free)
        everything, total = await store.listed(wanted, 1000)
        names, after = [summary.header.thread for summary in everything], None
        assert len(names) == total
        seen: list[str] = []
        while True:
            page, again = await store.listed(wanted, limit, after)
            assert again == total and len(page) <= limit
            seen += [summary.header.thread for summary in page]
            if len(page) < limit:
                break
            after = Place(page[-1].header.created, page[-1].header.thread)
        await store.close()
        assert seen == names
        return seen

    async def both(path: str) -> None:
        assert await check(SqliteStore(path, "NORMAL")) == await check(MemoryStore())

    with TemporaryDirectory() as folder:
        asyncio.run(both(f"{folder}/games.db"))


@given(st.floats(-6e10, 2.5e11), st.text(st.characters(exclude_categories=("Cs",)), max_size=64))
def test_a_cursor_is_read_as_it_was_written(created: float, thread: str) -> None:
    assert read_cursor(write_cursor(created, thread)) == Place(created, thread)


@given(st.text(max_size=40))
def test_any_other_text_is_no_cursor(text: str) -> None:
    with suppress(Refusal):
        place = read_cursor(text)
        assert isinstance(place.created, float) and isinstance(place.thread, str)


async def test_a_store_that_cannot_list(host: Any, lobby: Any) -> None:
    class Unreadable(MemoryStore):
        async def listed(self, *what: Any) -> Any:
            raise StoreError("the database /home/ann/games.db failed")

    client = await lobby(await host(Unreadable()))
    refused = await client.ask("list_threads", id="7")
    assert refused["code"] == "store_unavailable" and refused["re"] == "7"
    assert "try again" in refused["message"] and "/home" not in refused["message"], "strangers ask, too"


# New threads


async def test_a_thread_is_created_and_played(host: Any, wire: Any, lobby: Any) -> None:
    server = await host()
    client = await lobby(server)
    made = await client.ask(
        "create_thread", id="c", game="chess", clock="3+2", options={"variant": "chess960", "position": 5}
    )
    assert made["type"] == "thread_created" and made["re"] == "c" and made["route"] == "/ws/chess"
    assert made["thread_id"].startswith("chess-")
    player = await wire(f"{server.url}{made['route']}/{made['thread_id']}", hello=True)
    await player.send("get_state", id="s")
    table = (await player.until("state_update", re="s"))["table"]
    assert table["clock"]["control"] == "3+2" and table["options"]["variant"] == "chess960"
    named = await client.ask("create_thread", game="tic_tac_toe", thread_id="friday", visibility="unlisted")
    assert (named["thread_id"], named["route"]) == ("friday", "/ws/tictactoe")
    assert [t["thread_id"] for t in (await client.ask("list_threads"))["threads"]] == [made["thread_id"]]
    for visibility in ("unlisted", "private"):
        hidden = await client.ask("create_thread", game="chess", visibility=visibility)
        assert len(hidden["thread_id"]) > 25, "who doesn't have the id can't guess it"


@pytest.mark.parametrize(
    ("asked", "code", "says"),
    [
        ({"game": "ludo"}, "not_found", "no game named 'ludo'"),
        ({}, "bad_message", "game"),
        ({"game": "chess", "options": {"colour": "pink"}}, "bad_message", "no option 'colour'"),
        ({"game": "chess", "options": {"clock": "5"}}, "bad_message", "no option 'clock'"),
        ({"game": "chess", "options": {"fen": "nonsense"}}, "bad_message", "fen"),
        ({"game": "chess", "clock": "soon"}, "bad_message", "time control"),
        ({"game": "chess", "visibility": "secret"}, "bad_message", "visibility"),
        ({"game": "chess", "thread_id": "a b"}, "bad_message", "thread_id"),
        ({"game": "chess", "thread_id": "x" * 65}, "bad_message", "thread_id"),
        ({"game": "chess", "thread_id": "friday", "visibility": "private"}, "bad_message", "16 characters"),
        ({"game": "chess", "thread_id": "here"}, "thread_exists", "choose another"),
        ({"game": "connect4", "thread_id": "kept"}, "thread_exists", "choose another"),
    ],
)
async def test_what_cannot_be_created(asked: Any, code: str, says: str, host: Any, wire: Any, lobby: Any) -> None:
    store = MemoryStore()
    header = Header(game="chess", thread="kept", created=1.0)
    await store.append("kept", 0, [Moved(seq=1, at=1.0, seat="white", move="e2e4")], header)
    server = await host(store)
    await (await wire(f"{server.url}/ws/chess/here")).recv()
    client = await lobby(server)
    refused = await client.ask("create_thread", id="c", **asked)
    assert refused["code"] == code and says in refused["message"] and refused["re"] == "c"
    assert list(server.threads.live) == ["here"] and list(server.servers["chess"].agents) == ["here"]


async def test_of_two_who_create_the_same_thread_one_does(host: Any, lobby: Any) -> None:
    server = await host()
    clients = [await lobby(server) for _ in range(4)]
    answers = await asyncio.gather(*(c.ask("create_thread", game="chess", thread_id="t") for c in clients))
    assert sorted(answer["type"] for answer in answers) == ["error", "error", "error", "thread_created"]


async def test_an_address_creates_only_so_many(host: Any, lobby: Any) -> None:
    server = await host(limits=Limits(address_creates=Rate(0.01, 3)))
    clients = [await lobby(server), await lobby(server)]
    answers = [await clients[n % 2].ask("create_thread", game="chess") for n in range(5)]
    assert [answer.get("code") for answer in answers] == [None, None, None, "rate_limited", "rate_limited"]
    assert "new games" in answers[-1]["message"] and answers[-1]["retry_after_ms"] > 1000
    assert len(server.threads.live) == 3


async def test_lists_have_a_budget(host: Any, lobby: Any) -> None:
    client = await lobby(await host(limits=Limits(lists=Rate(0.01, 2))))
    answers = [await client.ask("list_threads") for _ in range(3)]
    assert [answer.get("code") for answer in answers] == [None, None, "rate_limited"]
    assert (await client.ask("watch_lobby"))["type"] == "ack"


# Pushed changes


async def test_two_watchers_are_told_what_each_asked_for(host: Any, wire: Any, lobby: Any) -> None:
    server = await host()
    everything, waiting = await lobby(server), await lobby(server)
    assert (await everything.ask("watch_lobby"))["type"] == "ack"
    assert (await waiting.ask("watch_lobby", game="chess", status="open"))["type"] == "ack"
    await (await wire(f"{server.url}/ws/connect4/other")).recv()
    player = await wire(f"{server.url}/ws/chess/t", hello=True)
    told = await until_told(waiting, "t")
    assert told["status"] == "open" and told["players"] == {"white": None, "black": None}
    for seat in ("white", "black"):
        await player.send("join", seat=seat, name="Ann", id=seat)
        await player.until("ack", re=seat)
    assert await until_gone(waiting, "t") == [], "nothing of connect 4 was told here"
    while (await until_told(everything, "t"))["status"] != "live":
        pass
    await player.send("make_move", move="e4")
    while (await until_told(everything, "t"))["ply"] != 1:
        pass
    await player.send("resign")
    await until_gone(everything, "t")
    await everything.ask("watch_lobby", on=False)
    assert len(server.threads.lookout._interests) == 1


async def until_told(client: Any, thread: str) -> dict[str, Any]:
    """The next word of a thread."""
    while True:
        for view in (await client.until("lobby_changed"))["changed"]:
            if view["thread_id"] == thread:
                return dict(view)


async def until_gone(client: Any, thread: str) -> list[str]:
    """Wait for the word that a thread is gone; the others that were told of meanwhile."""
    others: set[str] = set()
    while True:
        told = await client.until("lobby_changed")
        others |= {view["thread_id"] for view in told["changed"]} | {*told["gone"]}
        if thread in told["gone"]:
            return sorted(others - {thread})


async def test_many_changes_are_told_together_and_none_is_lost(host: Any, lobby: Any) -> None:
    server = await host(limits=Limits(address_creates=Rate(1e6, 10**6), rate=1e6, burst=10**6))
    watcher, maker = await lobby(server), await lobby(server)
    await watcher.ask("watch_lobby")
    ids = {(await maker.ask("create_thread", game="tic_tac_toe"))["thread_id"] for _ in range(120)}
    told, words = set[str](), 0
    while told != ids:
        changed = (await watcher.until("lobby_changed"))["changed"]
        assert len(changed) <= 50
        words += 1
        told |= {view["thread_id"] for view in changed}
    assert words < 60, "not one by one"


async def test_a_thread_that_left_no_trace_is_gone(host: Any, wire: Any, lobby: Any) -> None:
    server = await host()
    watcher = await lobby(server)
    await watcher.ask("watch_lobby")
    visitor = await wire(f"{server.url}/ws/chess/brief")
    await until_told(watcher, "brief")
    await visitor.socket.close()
    server.threads.discard("brief")
    await until_gone(watcher, "brief")


async def test_while_nobody_watches_nothing_is_gathered(host: Any, wire: Any, lobby: Any) -> None:
    server = await host()
    client, player = await lobby(server), await wire(f"{server.url}/ws/chess/t")
    await player.recv()
    await player.ask("make_move", move="e4", auto_response=False)
    assert not server.threads.lookout._changed and server.threads.lookout._timer is None
    await client.ask("watch_lobby", game="connect4")
    await client.ask("watch_lobby", on=False)
    await player.ask("make_move", move="e5", auto_response=False)
    assert not server.threads.lookout._changed


async def test_who_left_is_not_told(host: Any, lobby: Any, wire: Any, until: Any) -> None:
    server = await host()
    client = await lobby(server)
    await (await wire(f"{server.url}/ws/chess/t")).recv()
    await client.ask("watch_lobby")
    await client.ask("preview_thread", thread_id="t")
    await client.socket.close()
    lookout = server.threads.lookout
    await until(lambda: not lookout.connections)
    assert not lookout._interests and not lookout._previews and not lookout._lookers


async def test_a_slow_watcher_is_skipped_and_lists_anew(host: Any, lobby: Any, until: Any) -> None:
    server = await host()
    async with connect(f"{server.url}/ws/lobby", max_queue=1, max_size=None) as slow:
        await slow.send(json.dumps({"type": "watch_lobby"}))
        await until(lambda: server.threads.lookout._interests)
        connection = next(iter(server.threads.lookout.connections.values()))
        async with asyncio.timeout(20):
            while connection.outbox.stale_since is None:
                connection.send({"type": "info", "message": "x" * 50_000, "timestamp": ""})
                connection.outbox.fits(asyncio.get_running_loop().time())
                await asyncio.sleep(0)
        maker = await lobby(server)
        await maker.ask("create_thread", game="chess", thread_id="untold")
        await until(lambda: connection in server.threads.house.behind)
        assert not server.threads.lookout._changed
        message: dict[str, Any] = {"type": ""}
        async with asyncio.timeout(20):
            while message["type"] != "lobby_changed":
                message = json.loads(await slow.recv())
        assert message["missed"] is True and message["changed"] == []


async def test_a_watcher_that_never_reads_is_cut_off(host: Any, lobby: Any, until: Any) -> None:
    server = await host(limits=Limits(patience=0.3))
    async with connect(f"{server.url}/ws/lobby", max_queue=1, max_size=None) as slow:
        await slow.send(json.dumps({"type": "watch_lobby"}))
        await until(lambda: server.threads.lookout._interests)
        connection = next(iter(server.threads.lookout.connections.values()))
        for _ in range(400):
            connection.send({"type": "info", "message": "x" * 50_000, "timestamp": ""})
        await (await lobby(server)).ask("create_thread", game="chess")
        await until(lambda: connection not in server.threads.lookout.connections.values())
        with pytest.raises(ConnectionClosed):
            async with asyncio.timeout(20):
                while True:
                    await slow.recv()


# Previews


async def test_a_preview_follows_its_thread(host: Any, wire: Any, lobby: Any) -> None:
    server = await host()
    player = await wire(f"{server.url}/ws/chess/t")
    await player.recv()
    client = await lobby(server)
    shown = await client.ask("preview_thread", thread_id="t", id="p")
    assert shown["re"] == "p" and shown["thread"]["thread_id"] == "t" and shown["notations"] == []
    assert len(shown["picture"]["cells"]) == 64 and "moves" not in shown["picture"]
    await player.ask("make_move", move="e4", auto_response=False)
    shown = await client.until("thread_preview")
    while not shown["notations"]:
        shown = await client.until("thread_preview")
    assert shown["notations"] == ["e4"] and shown["thread"]["ply"] == 1 and "re" not in shown
    await (await wire(f"{server.url}/ws/connect4/u")).recv()
    assert (await client.ask("preview_thread", thread_id="u"))["thread"]["game"] == "connect4"
    await player.ask("make_move", move="e5", auto_response=False)
    assert (await client.ask("preview_thread", thread_id=None, id="n"))["type"] == "ack"
    assert not server.threads.lookout._lookers


async def test_private_threads_are_never_shown(host: Any, wire: Any, lobby: Any) -> None:
    server = await host()
    client = await lobby(server)
    await client.ask("watch_lobby")
    secret = "private-8c51f0a3"
    for thread in (secret, "unlisted", "public"):
        player = await wire(f"{server.url}/ws/chess/{thread}?visibility={thread.partition('-')[0]}")
        await player.recv()
        await player.send("join", seat="white", name="Secret Ann", id="j")
        await player.until("ack", re="j")
        await player.send("make_move", move="e4", auto_response=False)
    missing = "private-00000000"
    for thread in (secret, missing):
        await client.send("preview_thread", thread_id=thread, id=thread)
    refusals = [await client.until("error", re=thread) for thread in (secret, missing)]
    assert refusals[0]["code"] == refusals[1]["code"] == "not_found", "nobody learns that it is there"
    assert refusals[0]["message"].replace(secret, missing) == refusals[1]["message"]
    await client.send("preview_thread", thread_id="unlisted")
    shown = await client.until("thread_preview")
    assert shown["thread"]["visibility"] == "unlisted", "whoever has the id may watch it"
    await client.send("list_threads")
    listed = await client.until("lobby")
    assert [thread["thread_id"] for thread in listed["threads"]] == ["public"]
    server.threads.discard(secret)
    await client.send("preview_thread", thread_id=secret, id="stored")
    assert (await client.until("error", re="stored"))["code"] == "not_found"
    told = await until_told(client, "public")
    assert told["players"]["white"]["name"] == "Secret Ann"


async def test_what_there_is_to_preview(host: Any, lobby: Any) -> None:
    store = MemoryStore()
    odd = Header(game="ludo", thread="odd", created=1.0)
    bad = Header(game="chess", thread="bad", created=1.0)
    for header in (odd, bad):
        move = Moved(seq=1, at=1.0, seat="white", move="e2e5")
        await store.append(header.thread, 0, [move], header)
    client = await lobby(await host(store))
    for thread_id, code in (
        ("nowhere", "not_found"),
        ("odd", "internal"),
        ("bad", "internal"),
        ("\0", "not_found"),
    ):
        assert (await client.ask("preview_thread", thread_id=thread_id))["code"] == code
    listed = (await client.ask("list_threads"))["threads"]
    assert [thread["thread_id"] for thread in listed] == ["bad"], "a game that isn't served can't be joined"


# Bad input


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("{", "bad_json"),
        ("[]", "bad_message"),
        ("{}", "bad_message"),
        (b"\x00", "bad_message"),
        ('{"type":"make_move","move":"e4"}', "bad_message"),
        ('{"type":"list_threads","status":"lost"}', "bad_message"),
        ('{"type":"list_threads","limit":101}', "bad_message"),
        ('{"type":"list_threads","limit":0}', "bad_message"),
        ('{"type":"list_threads","game":"ludo"}', "not_found"),
        ('{"type":"list_threads","cursor":"soon"}', "bad_message"),
        ('{"type":"watch_lobby","game":"ludo"}', "not_found"),
        ('{"type":"preview_thread","thread_id":7}', "bad_message"),
        ('{"type":"authenticate","token":"x"}', "unauthenticated"),
        (json.dumps({"type": "list_threads", "text": "x" * 17_000}), "too_large"),
    ],
)
async def test_a_bad_frame_is_answered_and_the_connection_lives(
    frame: str | bytes, code: str, host: Any, lobby: Any
) -> None:
    client = await lobby(await host())
    assert (await client.raw(frame))["code"] == code
    assert (await client.ask("list_threads"))["type"] == "lobby"


async def test_hello_and_the_limits_of_every_socket(host: Any, lobby: Any) -> None:
    server = await host(limits=Limits(connections_per_address=2, rate=10.0, burst=3))
    client = await lobby(server)
    welcome = await client.ask("hello", id="h", features=["deltas"])
    assert welcome["type"] == "welcome" and welcome["re"] == "h" and welcome["limits"]["burst"] == 3
    for _ in range(4):
        answer = await client.ask("watch_lobby")
    assert answer["code"] == "rate_limited"
    await lobby(server)
    barred = await lobby(server)
    assert (await barred.recv())["code"] == "server_full" and await barred.closed() == 1013


async def test_foreign_pages_may_not_enter(host: Any, lobby: Any) -> None:
    server = await host()
    with pytest.raises(InvalidStatus):
        await lobby(server, origin="https://evil.example")
    forged = await lobby(server, additional_headers={"Authorization": "Bearer forged"})
    assert (await forged.recv())["code"] == Code.UNAUTHENTICATED and await forged.closed() == 1008


async def test_the_lobby_says_goodbye(host: Any, lobby: Any) -> None:
    server = await host()
    client = await lobby(server)
    await client.ask("watch_lobby")
    await server.stop()
    assert (await client.recv())["type"] == "going_away"
    assert await client.closed() == 1001


async def test_an_application_without_every_game_has_no_lobby(host: Any) -> None:
    server = await host(setup=GameSocketFactory.create_chess_socket)
    with pytest.raises(InvalidStatus) as refused:
        await connect(f"{server.url}/ws/lobby")
    assert refused.value.response.status_code == 404


async def test_a_fastapi_application_has_a_lobby(until: Any) -> None:
    fastapi = pytest.importorskip("fastapi")
    uvicorn = pytest.importorskip("uvicorn")
    import socket

    app = fastapi.FastAPI()
    servers = GameSocketFactory.create_all_sockets(app)
    running = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        serving = asyncio.create_task(running.serve([listening]))
        url = f"ws://127.0.0.1:{listening.getsockname()[1]}"
        try:
            async with connect(f"{url}/ws/lobby") as client:
                await client.send('{"type":"create_thread","game":"chess","thread_id":"t"}')
                assert json.loads(await client.recv())["type"] == "thread_created"
                await client.send('{"type":"watch_lobby"}')
                await client.recv()
                async with connect(f"{url}/ws/chess/t"):
                    assert json.loads(await client.recv())["type"] == "lobby_changed"
        finally:
            running.should_exit = True
            await serving
            await servers["chess"].threads.close()


async def test_an_id_that_became_private_is_shown_no_more(host: Any, wire: Any, lobby: Any) -> None:
    server, thread = await host(), "friday-8c51f0a3b2"
    looker = await lobby(server)
    first = await wire(f"{server.url}/ws/chess/{thread}", hello=True)
    assert (await looker.ask("preview_thread", thread_id=thread))["type"] == "thread_preview"
    await first.socket.close()
    server.threads.discard(thread)
    ann = await wire(f"{server.url}/ws/chess/{thread}?visibility=private")
    await ann.send("hello")
    await ann.send("join", seat="white", name="Ann", id="j")
    await ann.until("ack", re="j")
    await ann.send("make_move", move="e4", auto_response=False)
    await ann.until("state_update", last_action="player_move")
    await asyncio.sleep(1.0)  # several times as long as a preview takes
    await looker.send("list_threads", id="end")
    while (message := await looker.recv()).get("re") != "end":
        assert "Ann" not in json.dumps(message)
