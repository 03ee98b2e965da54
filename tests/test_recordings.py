"""The golden games: read, written, played, decided, told and served again, they stay what they are.

`scripts/record` makes them anew; after a wanted change of what a state holds, `scripts/record --states` does for
the digests in recordings/states.json.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from again import Again
from websockets.asyncio.client import connect

from gamesock import protocol as p
from gamesock import record as r
from gamesock.client import Client
from gamesock.game import Outcome
from gamesock.mirror import Mirror
from gamesock.replay import messages, replay
from gamesock.server import App, GameSocketFactory
from gamesock.server.limits import Limits
from gamesock.server.stores.sqlite import SqliteStore
from gamesock.server.threads import Threads
from gamesock.tell import View
from gamesock.thread import game_of

HERE = Path(__file__).parent.parent / "recordings"
FILES = {path.relative_to(HERE).as_posix(): path for path in sorted(HERE.glob("*/*.jsonl"))}
BY_RULES = {
    "checkmate", "stalemate", "insufficient_material", "seventyfive_moves", "fivefold_repetition",
    "four_in_a_row", "three_in_a_row", "board_full",
}  # fmt: skip
OTHERWISE = {
    "resignation", "agreement", "aborted", "abandoned", "timeout", "timeout_insufficient_material",
    "threefold_repetition", "fifty_moves",
}  # fmt: skip

every = pytest.mark.parametrize("file", FILES)


def text_of(file: str) -> str:
    return FILES[file].read_text(encoding="utf-8")


def load(file: str) -> tuple[r.Header, list[r.Event]]:
    return r.loads(text_of(file))


def replayed(file: str) -> Mirror:
    mirror = Mirror()
    for update in replay(*load(file)):
        mirror.apply(update)
    return mirror


# Reading and playing


@every
def test_is_written_as_it_was_read(file: str) -> None:
    header, events = load(file)
    assert r.dumps(header, events) == text_of(file)
    assert file == f"{header.game}/{header.thread}.jsonl"
    assert r.shareable(events) == events, "it holds what belongs to its players alone"


@every
def test_is_played_by_the_rules(file: str) -> None:
    header, events = load(file)
    game = game_of(header)
    line = moves_that_stand(events)
    position = game.start(header.options, header.seed)
    for move in line:
        assert position.outcome() is None and position.to_move == {move.seat}
        assert move.move in position.legal_moves(move.seat)
        assert game.parse(position, game.format(position, move.move), move.seat) == move.move
        assert game.parse(position, game.wire(move.move), move.seat) == move.move
        position.play(move.move, move.seat)
    (ended,) = [event for event in events if isinstance(event, r.Ended)]
    by_rules = Outcome(ended.winner, ended.reason) if ended.reason in BY_RULES else None
    assert position.outcome() == by_rules
    assert game.load(position.dump()).view(None) == position.view(None)


def moves_that_stand(events: list[r.Event]) -> list[r.Moved]:
    line: list[r.Moved] = []
    for event in events:
        if isinstance(event, r.Moved):
            line.append(event)
        elif isinstance(event, r.TakenBack):
            del line[-event.plies :]
    return line


def test_there_is_one_of_each_end() -> None:
    ends = {event.reason for file in FILES for event in load(file)[1] if isinstance(event, r.Ended)}
    assert ends == BY_RULES | OTHERWISE


def test_there_is_one_of_each_event() -> None:
    kinds = {event.kind for file in FILES for event in load(file)[1]}
    assert kinds == {
        "joined", "left", "moved", "offered", "declined", "taken_back", "paused", "chatted", "bot_failed",
        "ended", "rematched",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "board"),
    [
        ("1750-paris-legal-saint-brie", "rn1q1bnr/ppp1kB1p/3p2p1/3NN3/4P3/8/PPPP1PPP/R1BbK2R"),
        ("1851-london-anderssen-kieseritzky", "r1bk3r/p2pBpNp/n4n2/1p1NP2P/6P1/3P4/P1P1K3/q5b1"),
        ("1852-berlin-anderssen-dufresne", "1r3kr1/pbpBBp1p/1b3P2/8/8/2P2q2/P4PPP/3R2K1"),
        ("1858-paris-morphy-brunswick-isouard", "1n1Rkb1r/p4ppp/4q3/4p1B1/4P3/8/PPP2PPP/2K5"),
        ("1907-lodz-rotlewi-rubinstein", "6k1/5ppp/pb2p3/1p2P3/1P2bPnP/P6r/1B4QP/R4R1K"),
        ("1910-vienna-reti-tartakower", "rnbB1b1r/ppk2ppp/2p5/4q3/4n3/8/PPP2PPP/2KR1BNR"),
        ("1912-london-lasker-thomas", "rn3r2/pbppq1p1/1p2pN2/8/3P2NP/6P1/PPPKBP1R/R5k1"),
        ("1956-new-york-byrne-fischer", "1Q6/5pk1/2p3p1/1p2N2p/1b5P/1bn5/2r3P1/2K5"),
        ("1997-new-york-deep-blue-kasparov", "r1k4r/p2nb1p1/2b4p/1p1n1p2/2PP4/3Q1NB1/1P3PPP/R5K1"),
        ("1999-wijk-aan-zee-kasparov-topalov", "8/Q6p/6p1/5p2/5P2/2p3P1/3r3P/2K1k3"),
    ],
)
def test_famous_games_end_where_history_says(name: str, board: str) -> None:
    mirror = replayed(f"chess/{name}.jsonl")
    assert mirror.table and mirror.outcome
    assert mirror.state["fen"].partition(" ")[0] == board
    assert mirror.table.tags["result"] == {"white": "1-0", "black": "0-1"}[mirror.outcome.winner or ""]
    assert mirror.table.tags["date"] == name[:4]


# Deciding


@every
def test_a_session_decides_the_same_again(file: str) -> None:
    header, events = load(file)
    again = Again(header)
    while len(again.log) < len(events):
        before = len(again.log)
        again.ask_for(events[before])
        assert r.shareable(again.log[before:]) == events[before : len(again.log)]
        assert len(again.log) > before
    assert again.session.thread.outcome and again.session.deadline() is None


# Telling


@every
def test_the_states_are_the_same_as_ever(file: str) -> None:
    digest = hashlib.sha256()
    for update in replay(*load(file)):
        digest.update(orjson.dumps(update.state, option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE))
    assert json.loads((HERE / "states.json").read_text()).get(file) == digest.hexdigest()


def test_the_states_of_no_other_games_are_kept() -> None:
    assert json.loads((HERE / "states.json").read_text()).keys() == FILES.keys()


@every
@pytest.mark.parametrize("deltas", [False, True], ids=["full", "deltas"])
def test_a_mirror_that_was_there_all_along_shows_the_same(file: str, deltas: bool) -> None:
    whole, mirror = replayed(file), Mirror()
    for message in messages(*load(file), View(greeted=True, deltas=deltas, picture=True)):
        mirror.apply(p.parse_server(orjson.dumps(message)))
        assert not mirror.gap
    assert (mirror.state, mirror.ply, mirror.notations) == (whole.state, whole.ply, whole.notations)
    assert mirror.picture == whole.picture and mirror.seq == whole.seq
    assert portrait(mirror.table) == portrait(whole.table)
    assert {ply: page.state for ply, page in mirror.pages.items()} == {
        ply: page.state for ply, page in whole.pages.items()
    }


def portrait(table: p.Table | None) -> dict[str, Any]:
    """A table without the present: who is here, and what time it is."""
    assert table
    shown = table.model_dump(exclude={"spectators": True, "watching": True, "clock": {"now"}, "claim_after": True})
    for player in shown["players"].values():
        if player:
            del player["here"], player["away_since"]
    return shown


# Serving


@every
async def test_a_server_shows_the_same(file: str, tmp_path: Path) -> None:
    header, whole = load(file)[0], replayed(file)
    async with serving(file, tmp_path / "games.db") as url, Client(url, name="Cleo") as client:
        assert (client.mirror.state, client.mirror.notations) == (whole.state, whole.notations)
        assert client.mirror.seq == whole.seq and client.mirror.epoch == header.epoch
        assert portrait(client.mirror.table) == portrait(whole.table)
        for ply in range(whole.ply + 1):
            page = await client.page(ply)
            assert page.state == whole.pages[ply].state and page.picture == whole.pages[ply].picture
        async with connect(url) as seed:
            assert json.loads(await seed.recv())["state"] == whole.state
            for ply in range(whole.ply + 1):
                await seed.send(json.dumps({"type": "get_state", "ply": ply}))
                told = json.loads(await seed.recv())
                assert told["state"] == whole.pages[ply].state and "table" not in told


@contextlib.asynccontextmanager
async def serving(file: str, path: Path) -> AsyncIterator[str]:
    """A server that finds the recording in its store; the URL of its thread."""
    header, events = load(file)
    store = SqliteStore(path, "NORMAL")
    app = App(Threads(store, limits=Limits(rate=1e6, burst=10**6, address_rate=1e6, address_burst=10**6)))
    servers = GameSocketFactory.create_all_sockets(app)
    up = asyncio.Event()
    task = asyncio.create_task(app.serve(port=0, started=lambda _: up.set()))
    waiting = asyncio.create_task(up.wait())
    await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
    assert not task.done(), task.exception()
    try:
        await store.append(header.thread, 0, events, header)
        yield f"{app.urls[0]}{servers[header.game].route_prefix}/{header.thread}"
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
