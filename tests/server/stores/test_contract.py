"""What every store promises, whichever it is."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gamesock.bot import Thought
from gamesock.record import (
    Chatted,
    Ended,
    Event,
    Header,
    Joined,
    Left,
    Moved,
    Offered,
    Player,
    Ran,
    TakenBack,
)
from gamesock.server.stores.base import Conflict, Place, Store, Wanted
from gamesock.server.stores.memory import MemoryStore
from gamesock.server.stores.sqlite import SqliteStore

CREATED = Header(game="chess", thread="t", created=1.0, seed=7, options={"a": [1, None]}, tags={"event": "Ü"})


def move(seq: int, at: float = 2.0) -> Moved:
    return Moved(seq=seq, at=at, seat="white", move="e2e4")


async def test_what_was_appended_is_read(store: Store) -> None:
    thought = Thought(seat="white", score=0.5, line=("e4", "e5"))
    events: list[Event] = [
        Joined(seq=1, at=1.5, seat="white", player=Player(name="Ada\u2028 \x85🙂", key="ab", user="u")),
        Moved(seq=2, at=2.5, seat="white", move="e2e4", id="1", thought=thought),
        Ran(seq=3, at=2.6, by="ai", state={"board": [[None, "X"]], "n": 1.5}),
        Chatted(seq=4, at=3.0, room="players", name="Ada", text="line\nbreak\r\n\0 end"),
    ]
    await store.append("t", 0, events[:3], CREATED)
    await store.append("t", 3, events[3:])
    log = await store.read("t")
    assert log is not None
    assert log.header == CREATED
    assert log.events == events
    assert log.left_at is None


async def test_an_unknown_thread_is_none(store: Store) -> None:
    assert await store.read("nobody") is None


async def test_what_was_read_is_the_readers_own(store: Store) -> None:
    await store.append("t", 0, [move(1)], CREATED)
    log = await store.read("t")
    assert log is not None
    log.events.clear()
    again = await store.read("t")
    assert again is not None and again.events == [move(1)]


async def test_a_conflict_changes_nothing(store: Store) -> None:
    with pytest.raises(Conflict, match="begins with a header"):
        await store.append("t", 0, [move(1)])
    await store.append("t", 0, [move(1), move(2)], CREATED)
    with pytest.raises(Conflict, match="exists already"):
        await store.append("t", 0, [move(1)], CREATED)
    with pytest.raises(Conflict, match="ends at 2, not at 1"):
        await store.append("t", 1, [move(2)])
    with pytest.raises(Conflict, match="ends at 2, not at 5"):
        await store.append("t", 5, [move(6)])
    log = await store.read("t")
    assert log is not None and log.events == [move(1), move(2)]
    [summary] = await store.threads()
    assert (summary.seq, summary.ply) == (2, 2)


@pytest.mark.parametrize(
    ("after", "events", "header"),
    [
        (0, [], CREATED),
        (0, [move(2)], CREATED),
        (0, [move(1), move(3)], CREATED),
        (0, [move(1)], CREATED.model_copy(update={"thread": "other"})),
        (1, [move(2)], CREATED),
        (0, [Ran(seq=1, at=1, by="ai", state={"x": object()})], CREATED),
    ],
)
async def test_nonsense_is_refused(store: Store, after: int, events: list[Event], header: Header | None) -> None:
    with pytest.raises(ValueError):
        await store.append("t", after, events, header)
    assert await store.threads() == []


async def test_of_many_who_append_at_once_one_wins(store: Store) -> None:
    await store.append("t", 0, [move(1)], CREATED)
    results = await asyncio.gather(
        *(store.append("t", 1, [move(2, at=float(n))]) for n in range(20)), return_exceptions=True
    )
    assert [type(result) for result in results].count(Conflict) == 19
    log = await store.read("t")
    assert log is not None and [event.seq for event in log.events] == [1, 2]
    assert log.events[1].at == results.index(None)


async def test_fifty_threads_at_once(store: Store) -> None:
    chance = random.Random(1)

    async def play(thread: str) -> None:
        header = CREATED.model_copy(update={"thread": thread})
        for seq in range(1, 21):
            await store.append(thread, seq - 1, [move(seq)], header if seq == 1 else None)
            if chance.random() < 0.2:
                with pytest.raises(Conflict):
                    await store.append(thread, seq - 1, [move(seq)])

    await asyncio.gather(*(play(f"t{number}") for number in range(50)))
    summaries = await store.threads()
    assert {summary.header.thread for summary in summaries} == {f"t{number}" for number in range(50)}
    assert {(summary.seq, summary.ply) for summary in summaries} == {(20, 20)}
    for summary in summaries:
        log = await store.read(summary.header.thread)
        assert log is not None and log.events == [move(seq) for seq in range(1, 21)]


async def test_a_summary_follows_from_the_events(store: Store) -> None:
    await store.append(
        "t",
        0,
        [
            Joined(seq=1, at=1, seat="white", player=Player(name="Ada")),
            Joined(seq=2, at=2, seat="black", player=Player(name="Bob")),
            move(3),
            move(4),
            Ran(seq=5, at=5, by="ai", state={}),
        ],
        CREATED,
    )
    [summary] = await store.threads()
    assert summary.header == CREATED
    assert (summary.seq, summary.ply, summary.updated) == (5, 3, 5.0)
    assert summary.players == {"white": "Ada", "black": "Bob"}
    assert (summary.ended, summary.winner) == (None, None)

    await store.append(
        "t",
        5,
        [
            TakenBack(seq=6, at=6, seat="white", plies=2),
            Left(seq=7, at=7, seat="black"),
            Joined(seq=8, at=8, seat="black", player=Player(name="Cyd")),
            Ended(seq=9, at=9, winner="black", reason="resignation"),
            Offered(seq=10, at=10, seat="white", offer="rematch"),
        ],
    )
    [summary] = await store.threads()
    assert (summary.seq, summary.ply, summary.updated) == (10, 1, 10.0)
    assert summary.players == {"white": "Ada", "black": "Cyd"}
    assert (summary.ended, summary.winner) == ("resignation", "black")


async def fill(store: Store) -> None:
    """Twelve threads: of two games, each public, unlisted and private, over or going on; changed at 10…21."""
    number = 10
    for game in ("chess", "connect4"):
        for visibility in ("public", "unlisted", "private"):
            for over in (False, True):
                name = f"{game}-{visibility}-{'over' if over else 'on'}"
                header = Header.model_validate(
                    {"game": game, "thread": name, "created": 1.0, "visibility": visibility}
                )
                last = Ended(seq=2, at=number, winner=None, reason="draw") if over else move(2, at=number)
                await store.append(name, 0, [move(1), last], header)
                number += 1


@pytest.mark.parametrize("finished", [None, False, True])
@pytest.mark.parametrize("game", [None, "chess", "go"])
@pytest.mark.parametrize("listed", [False, True])
async def test_lists_are_filtered_and_newest_first(
    store: Store, finished: bool | None, game: str | None, listed: bool
) -> None:
    await fill(store)
    found = await store.threads(finished=finished, game=game, listed=listed)
    everything = sorted(await store.threads(), key=lambda summary: -summary.updated)
    assert len(everything) == 12
    assert found == [
        summary
        for summary in everything
        if (finished is None or (summary.ended is not None) == finished)
        and (game is None or summary.header.game == game)
        and (not listed or summary.header.visibility == "public")
    ]


async def test_lists_page_on(store: Store) -> None:
    await fill(store)
    seen: list[float] = []
    before = None
    while page := await store.threads(limit=5, before=before):
        assert len(page) <= 5
        seen += [summary.updated for summary in page]
        before = page[-1].updated
    assert seen == [float(at) for at in range(21, 9, -1)]
    assert [s.updated for s in await store.threads(limit=2, before=15.0, listed=True)] == [11.0, 10.0]


async def test_a_change_moves_a_thread_to_the_top(store: Store) -> None:
    await fill(store)
    oldest = (await store.threads())[-1]
    await store.append(oldest.header.thread, 2, [move(3, at=50.0)])
    assert (await store.threads(limit=1))[0].header == oldest.header


async def test_a_list_of_the_public_knows_free_seats_names_and_bots(store: Store) -> None:
    def joined(seq: int, seat: str, name: str, kind: str = "human", level: int | None = None) -> Joined:
        return Joined(
            seq=seq, at=1.0, seat=seat, player=Player.model_validate({"name": name, "kind": kind, "level": level})
        )

    logs: dict[str, list[Event]] = {
        "waiting": [joined(1, "white", "Ada_1")],
        "played": [joined(1, "white", "Bob"), joined(2, "black", "engine", "bot", 3)],
        "left": [
            joined(1, "white", "Cyd"),
            joined(2, "black", "engine", "bot"),
            Left(seq=3, at=1.0, seat="black"),
        ],
        "over": [joined(1, "white", "Ada"), Ended(seq=2, at=1.0, winner=None, reason="agreement")],
        "private": [joined(1, "white", "Ada")],
    }
    for number, (thread, events) in enumerate(logs.items()):
        visibility = "private" if thread == "private" else "public"
        header = Header.model_validate(
            {"game": "chess", "thread": thread, "created": float(number), "visibility": visibility}
        )
        await store.append(thread, 0, events, header)
    chess = {"chess": 2}

    async def names(wanted: Wanted) -> list[str]:
        found, total = await store.listed(wanted, 10)
        assert total == len(found)
        return [summary.header.thread for summary in found]

    assert await names(Wanted(chess)) == ["left", "played", "waiting"]
    assert await names(Wanted(chess, open=True)) == ["left", "waiting"]
    assert await names(Wanted(chess, open=False)) == ["played"]
    assert await names(Wanted(chess, finished=True)) == ["over"]
    assert await names(Wanted({"go": 2})) == await names(Wanted({})) == []
    assert await names(Wanted({"go": 2, "chess": 1}, open=True)) == []
    for text, expected in {"ADA": ["waiting"], "a_1": ["waiting"], "_": ["waiting"], "%": [], "lay": ["played"],
                           "white": [], "\\": [], "engine": ["played"], "'": []}.items():  # fmt: skip
        assert await names(Wanted(chess, text=text)) == expected, text
    [left, played, _], _ = await store.listed(Wanted(chess), 10)
    assert played.bots == {"black": 3} and left.bots == {} and left.players == {"white": "Cyd"}
    first, total = await store.listed(Wanted(chess), 1)
    rest, again = await store.listed(Wanted(chess), 9, Place(first[0].header.created, "left"))
    assert total == again == 3 and [summary.header.thread for summary in rest] == ["played", "waiting"]


async def test_alive_is_accepted_any_time(store: Store) -> None:
    await store.alive(5.0)
    await store.append("t", 0, [move(1)], CREATED)
    await store.alive(4.0)
    log = await store.read("t")
    assert log is not None and log.left_at is None


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 6), st.integers(1, 3), st.booleans())))
def test_any_appends_leave_both_stores_alike(attempts: list[tuple[str, int, int, bool]]) -> None:
    async def attempt(store: Store) -> list[object]:
        await store.open()
        results: list[object] = []
        for at, (thread, after, count, first) in enumerate(attempts):
            events = [move(after + n, at=float(at)) for n in range(1, count + 1)]
            header = CREATED.model_copy(update={"thread": thread}) if first and not after else None
            try:
                results.append(await store.append(thread, after, events, header))
            except Conflict as conflict:
                results.append(str(conflict))
        results += [await store.threads(), *[await store.read(thread) for thread in "abc"]]
        await store.close()
        return results

    with TemporaryDirectory() as directory:
        sqlite = SqliteStore(Path(directory) / "games.db", synchronous="NORMAL")
        assert asyncio.run(attempt(sqlite)) == asyncio.run(attempt(MemoryStore()))
