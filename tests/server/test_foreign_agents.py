"""Foreign agents, on gamesock's ``App`` and on a real FastAPI application: the same answers, and no harm done."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI

from gamesock.server import GameSocketFactory
from gamesock.server.limits import Limits
from gamesock.server.stores.memory import MemoryStore
from gamesock.server.stores.sqlite import SqliteStore
from gamesock.server.threads import Threads

sys.path.insert(0, str(Path(__file__).parent))
import foreign_agents as agents

NIMS = [agents.NimAgent, agents.DictNim, agents.AsyncNim, agents.AsyncDictNim]

SCRIPT: list[dict[str, Any]] = [
    {"type": "make_move", "move": 1, "auto_response": False},
    {"type": "ai_move"},
    {"type": "make_move", "move": 9, "auto_response": False},
    {"type": "get_state"},
    {"type": "get_state", "ply": 1},
    {"type": "register_user", "user_id": "u"},
    {"type": "register_user"},
    {"type": "resign"},
    {"type": "wave", "id": "w"},
    {"type": "make_move", "move": 3, "auto_response": False, "id": "m"},
    {"type": "make_move", "move": 3, "auto_response": False, "id": "m"},
    {"type": "make_move", "move": {"odd": [1, None]}, "auto_response": False},
    *({"type": "make_move", "move": 3, "auto_response": False} for _ in range(4)),
    {"type": "ai_move"},
    {"type": "make_move", "move": 3, "auto_response": True},
    {"type": "make_move", "move": 1, "auto_response": False},
]


@asynccontextmanager
async def fastapi_serving(setup: Callable[[Any], Any]) -> AsyncIterator[str]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        await app.state.gamesock.close()

    before = names()
    app = FastAPI(lifespan=lifespan)
    setup(app)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        config = uvicorn.Config(app, log_level="error", lifespan="on")
        running = uvicorn.Server(config)
        task = asyncio.create_task(running.serve([listening]))
        while not running.started:  # noqa: ASYNC110 - uvicorn tells in no other way
            await asyncio.sleep(0.01)
        try:
            yield f"ws://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            running.should_exit = True
            await task
    assert names() <= before, "nothing goes on in the background"


def names() -> Counter[str]:
    """The tasks under way."""
    names = (task.get_name() for task in asyncio.all_tasks())
    return Counter(name for name in names if not name.startswith("Task-"))


def comparable(message: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in message.items() if key not in ("timestamp", "epoch")}


async def transcript(wire: Any, url: str, script: list[dict[str, Any]]) -> list[dict[str, Any]]:
    client = await wire(url)
    told = [await client.recv(), *[await client.ask(**message) for message in script]]
    await client.socket.close()
    return [comparable(message) for message in told]


@pytest.mark.parametrize("agent", NIMS)
async def test_fastapi_and_app_give_the_same_answers(agent: Any, host: Any, wire: Any) -> None:
    def setup(app: Any) -> Any:
        return GameSocketFactory.create_socket(app, agent, agents.NimState, "/ws/nim")

    server = await host(setup=setup)
    ours = await transcript(wire, f"{server.url}/ws/nim/t", SCRIPT)
    async with fastapi_serving(setup) as url:
        theirs = await transcript(wire, f"{url}/ws/nim/t", SCRIPT)
    assert ours == theirs
    assert ours[0]["state"]["left"] == 21
    assert ours[1]["last_action"] == "player_move" and ours[1]["state"]["left"] == 20
    assert ours[2]["last_action"] == "ai_move" and ours[2]["state"]["turn"] == "player"
    assert ours[3]["state"]["error_message"] == "can't take 9"
    assert ours[-1]["code"] == "game_over"
    moves = [message for message in ours if message.get("last_action")]
    assert [message["seq"] for message in moves[:3]] == [1, 2, 3]
    assert ours[10]["state"] == ours[11]["state"], "the repeated move was answered, not played again"


async def test_bundled_games_on_fastapi(host: Any, wire: Any) -> None:
    script: list[dict[str, Any]] = [
        {"type": "make_move", "move": "e2e4", "auto_response": False},
        {"type": "make_move", "move": "e2e4", "auto_response": False},
        {"type": "make_move", "move": "e7e5", "auto_response": False},
        {"type": "get_state"},
        {"type": "dance"},
    ]
    server = await host()
    ours = await transcript(wire, f"{server.url}/ws/chess/t", script)
    async with fastapi_serving(GameSocketFactory.create_all_sockets) as url:
        assert await transcript(wire, f"{url}/ws/chess/t", script) == ours
        found = await wire(f"{url}/ws/games/t")
        assert (await found.recv())["state"]["move_history"][0] == ["white", "e2e4"]
        client = await wire(f"{url}/ws/tictactoe/ai")
        await client.recv()
        await client.ask("make_move", move={"row": 0, "col": 0}, auto_response=True)
        assert (await client.recv())["last_action"] == "ai_move"
        for frame, code in [("{", "bad_json"), (b"x", "bad_message"), ("x" * 20_000, "too_large")]:
            assert (await client.raw(frame))["code"] == code
        barred = await wire(f"{url}/ws/chess/%20")
        assert (await barred.recv())["code"] == "bad_message"
        assert await barred.closed() == 1008


@pytest.mark.parametrize("agent", [agents.Wayward, agents.AsyncWayward])
async def test_a_wayward_agent_gets_a_coded_answer(agent: Any, host: Any, wire: Any) -> None:
    def setup(app: Any) -> Any:
        GameSocketFactory.create_chess_socket(app)
        return GameSocketFactory.create_socket(app, agent, agents.NimState, "/ws/nim")

    server = await host(setup=setup, limits=Limits(agent=2.0))
    client = await wire(f"{server.url}/ws/nim/t")
    watcher = await wire(f"{server.url}/ws/nim/t")
    await client.recv()
    await watcher.recv()
    for how in ("raise", "exit", "stop", "none", "text", "odd", "big-number", "loop", "surrogate", "huge"):
        refused = await client.ask("make_move", move=how, id=how)
        assert refused["code"] == "bot_failed" and refused["re"] == how, (how, refused)
        assert len(refused["message"]) < 400
    refused = await client.ask("make_move", move=10**40, id="n")
    assert refused["code"] == "bad_message" and refused["re"] == "n"
    played = await client.ask("make_move", move=2, auto_response=False)
    assert played["state"]["left"] == 19 and played["seq"] == 1
    assert (await watcher.recv())["seq"] == 1


@pytest.mark.parametrize("agent", [agents.Wayward, agents.AsyncWayward])
async def test_a_hanging_agent_holds_up_nobody(agent: Any, host: Any, wire: Any) -> None:
    def setup(app: Any) -> Any:
        return GameSocketFactory.create_socket(app, agent, agents.NimState, "/ws/nim")

    agents.let_go.clear()
    server = await host(setup=setup, limits=Limits(agent=0.3))
    client = await wire(f"{server.url}/ws/nim/hangs")
    other = await wire(f"{server.url}/ws/nim/fine")
    await client.recv()
    await other.recv()
    await client.send("make_move", move="hang", id="h")
    async with asyncio.timeout(0.25):
        assert (await other.ask("make_move", move=1, auto_response=False))["seq"] == 1
        await client.send("get_state", id="s")
        assert (await client.recv())["re"] == "s", "the thread itself answers too"
    refused = await client.recv()
    assert refused["re"] == "h" and refused["code"] == "bot_failed" and "0.3 s" in refused["message"]
    if agent is agents.Wayward:
        assert "still hangs" in (await client.ask("make_move", move=1))["message"]
        agents.let_go.set()
        await asyncio.sleep(0.1)
    assert (await client.ask("make_move", move=1, auto_response=False))["seq"] == 1


@pytest.mark.parametrize("how", ["raise", "exit", "hang"])
async def test_an_agent_that_cannot_be_made(how: str, host: Any, wire: Any) -> None:
    def setup(app: Any) -> Any:
        return GameSocketFactory.create_socket(app, agents.Unmade, agents.NimState, "/ws/nim")

    agents.let_go.clear()
    server = await host(setup=setup, limits=Limits(agent=0.4))
    client, other = await asyncio.gather(wire(f"{server.url}/ws/nim/{how}"), wire(f"{server.url}/ws/nim/ok"))
    async with asyncio.timeout(0.35):
        assert (await other.recv())["state"]["left"] == 21
    refused = await client.recv()
    assert refused["code"] == "bot_failed"
    assert await client.closed() == 1008
    assert list(server.servers[""].agents) == ["ok"]
    agents.let_go.set()


async def test_an_agent_without_a_first_state(host: Any, wire: Any) -> None:
    def setup(app: Any) -> Any:
        return GameSocketFactory.create_socket(app, agents.FirstStateMissing, agents.NimState)

    server = await host(setup=setup)
    client = await wire(f"{server.url}/ws/games/t")
    assert (await client.recv())["message"] == "the agent answered with NoneType, not with a state"
    assert not server.threads.live and not server.servers[""].agents


async def test_one_run_at_a_time_and_not_too_many_wait(host: Any, wire: Any) -> None:
    def setup(app: Any) -> Any:
        return GameSocketFactory.create_socket(app, agents.Counter, agents.NimState)

    server = await host(setup=setup)
    client = await wire(f"{server.url}/ws/games/t")
    await client.recv()
    for n in range(10):
        await client.send("make_move", move=1, auto_response=False, id=str(n))
    answers = {}
    for _ in range(10):
        answer = await client.recv()
        answers[answer["re"]] = answer
    refused = [answer["code"] for answer in answers.values() if answer["type"] == "error"]
    assert refused == ["rate_limited"] * 2
    assert sorted(a["seq"] for a in answers.values() if a["type"] == "state_update") == list(range(1, 9))
    assert agents.Counter.most == 1


async def test_two_clients_may_number_their_requests_alike(host: Any, wire: Any) -> None:
    def setup(app: Any) -> Any:
        return GameSocketFactory.create_socket(app, agents.NimAgent, agents.NimState)

    server = await host(setup=setup)
    one, two = await wire(f"{server.url}/ws/games/t"), await wire(f"{server.url}/ws/games/t")
    await one.recv()
    await two.recv()
    await one.send("make_move", move=1, auto_response=False, id="1")
    assert [(await client.recv())["seq"] for client in (one, two)] == [1, 1]
    await two.send("make_move", move=1, auto_response=False, id="1")
    assert [(await client.recv())["seq"] for client in (two, one)] == [2, 2], "it is another client's move"
    await two.socket.close()
    again = await wire(f"{server.url}/ws/games/t")
    await again.recv()
    repeated = await again.ask("make_move", move=1, auto_response=False, id="1")
    assert repeated["seq"] == 2 and "last_action" not in repeated, "asked again after a lost connection"


async def test_a_foreign_game_comes_back_from_the_store(host: Any, wire: Any, tmp_path: Path) -> None:
    def setup(app: Any) -> Any:
        return GameSocketFactory.create_socket(app, agents.NimAgent, agents.NimState)

    first = await host(SqliteStore(tmp_path / "games.db"), setup=setup)
    client = await wire(f"{first.url}/ws/games/t")
    await client.recv()
    await client.ask("make_move", move=2, auto_response=False)
    await first.stop()
    second = await host(SqliteStore(tmp_path / "games.db"), setup=setup)
    back = await wire(f"{second.url}/ws/games/t")
    restored = await back.recv()
    assert restored["state"]["left"] == 19 and restored["seq"] == 1


async def test_a_slow_reader_on_fastapi_is_cut_off(wire: Any, until: Any) -> None:
    servers: list[Any] = []

    def setup(app: Any) -> None:
        app.state.gamesock = Threads(MemoryStore(), limits=Limits(patience=0.4))
        servers.append(GameSocketFactory.create_chess_socket(app))

    async with fastapi_serving(setup) as url:
        chess = servers[0]
        other = await wire(f"{url}/ws/chess/t")
        await other.recv()
        slow = await wire(f"{url}/ws/chess/t", max_queue=1)
        await until(lambda: len(chess.active_connections) == 2)
        for n in range(250):
            await chess.broadcast_to_thread("t", {"type": "news", "n": n, "text": "x" * 100_000})
            assert (await other.recv())["n"] == n
        await until(lambda: len(chess.active_connections) == 1)
        assert chess.threads.metrics.dropped._value.get() == 1
        assert (await other.ask("get_state"))["type"] == "state_update"
        slow.socket.transport.abort()


@pytest.mark.parametrize("agent", [agents.Wayward, agents.AsyncWayward])
async def test_an_agent_may_refuse_a_move(agent: Any, host: Any, wire: Any) -> None:
    def setup(app: Any) -> Any:
        return GameSocketFactory.create_socket(app, agent, agents.NimState, "/ws/nim")

    server = await host(setup=setup)
    client = await wire(f"{server.url}/ws/nim/t", hello=True)
    refused = await client.ask("make_move", move="illegal", id="m")
    assert (refused["type"], refused["code"], refused["re"]) == ("error", "illegal_move", "m")
    assert refused["message"] == "no stones are left there"
    played = await client.ask("make_move", move=1, auto_response=False)
    assert played["seq"] == 1, "the refused move is no event"
