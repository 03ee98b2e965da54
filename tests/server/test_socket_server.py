"""``GameSocketServer`` and ``GameSocketFactory``: every name of the seed document works."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from gamesock.game import GameState
from gamesock.protocol import Refusal
from gamesock.server import App, GameSocketFactory, GameSocketServer
from gamesock.server.agent import GameAgent


class Sink:
    """A WebSocket of some other framework."""

    client = ("127.0.0.1", 1)

    def __init__(self) -> None:
        self.sent: list[str] = []

    async def send_text(self, data: str) -> None:
        self.sent.append(data)


async def test_attributes_follow_connections(host: Any, wire: Any, until: Any) -> None:
    server = await host()
    chess: GameSocketServer = server.servers["chess"]
    assert chess.app is server.app
    assert issubclass(chess.agent_class, GameAgent) and chess.agent_class.game == "chess"
    assert issubclass(chess.state_schema, GameState)
    assert not chess.active_connections and not chess.connection_thread_map and not chess.agents
    client = await wire(f"{server.url}/ws/chess/t1")
    await client.recv()
    assert len(chess.active_connections) == 1
    assert list(chess.connection_thread_map.values()) == ["t1"]
    assert list(chess.agents) == ["t1"]
    await client.socket.close()
    await until(lambda: not chess.active_connections and not chess.connection_thread_map)
    assert list(chess.agents) == ["t1"], "the thread is still in memory"


async def test_broadcast_reaches_one_thread(host: Any, wire: Any) -> None:
    server = await host()
    chess = server.servers["chess"]
    here = [await wire(f"{server.url}/ws/chess/t1") for _ in range(2)]
    other = await wire(f"{server.url}/ws/chess/t2")
    for client in (*here, other):
        await client.recv()
    await chess.broadcast_to_thread("t1", {"type": "news", "text": "hello"})
    for client in here:
        assert await client.recv() == {"type": "news", "text": "hello"}
    await chess.broadcast_to_thread("nowhere", {"type": "news"})
    assert (await other.ask("get_state"))["type"] == "state_update"


async def test_registered_connections_hear_broadcasts(host: Any) -> None:
    server = await host()
    chess, sink = server.servers["chess"], Sink()
    chess.register_connection(sink, "t1")
    assert sink in chess.active_connections and chess.connection_thread_map == {sink: "t1"}
    await chess.broadcast_to_thread("t1", {"type": "news"})
    await asyncio.sleep(0.05)
    assert sink.sent == ['{"type":"news"}']
    chess.unregister_connection(sink)
    chess.unregister_connection(sink)
    assert not chess.active_connections and not chess.connection_thread_map
    await asyncio.sleep(0)
    assert not [task for task in asyncio.all_tasks() if task.get_name() == "outbox"]


async def test_an_agent_is_made_once_and_with_overrides() -> None:
    chess = GameSocketFactory.create_chess_socket(App())
    agent = chess.get_or_create_agent("t1", {"clock": "5+3"})
    assert chess.get_or_create_agent("t1") is agent is chess.agents["t1"]
    assert agent.config.clock == "5+3" and agent.config.thread_id == "t1"
    assert agent.config.runnable_config == {"configurable": {"thread_id": "t1"}, "recursion_limit": 100}
    with pytest.raises(Refusal) as refused:
        chess.get_or_create_agent("t2", {"no_such_setting": 1})
    assert refused.value.code == "bot_failed" and "t2" not in chess.agents


async def test_an_agent_of_a_live_thread_plays_there(host: Any, wire: Any) -> None:
    server = await host()
    client = await wire(f"{server.url}/ws/chess/t1")
    await client.recv()
    agent = server.servers["chess"].get_or_create_agent("t1")
    state = await agent.run({"move": "e2e4"})
    assert state.turn == "black"
    assert (await client.recv())["move"] == "e2e4"


async def test_an_agent_alone_plays_in_memory() -> None:
    agent = GameSocketFactory.create_tic_tac_toe_socket(App()).get_or_create_agent("alone")
    try:
        assert (await agent.run({})).turn == "X"
        assert (await agent.run({"move": {"row": 0, "col": 0}})).turn == "O"
        assert (await agent.run({})).turn == "X"
    finally:
        await agent.close()


async def test_cleanup_drops_agents_and_keeps_games(host: Any, wire: Any) -> None:
    server = await host()
    chess = server.servers["chess"]
    client = await wire(f"{server.url}/ws/chess/t1")
    await client.recv()
    await client.ask("make_move", move="e2e4", auto_response=False)
    await (await wire(f"{server.url}/ws/chess/t2")).recv()
    chess.cleanup("t1")
    assert list(chess.agents) == ["t2"] == list(server.threads.live)
    assert await client.closed() == 1001
    back = await wire(f"{server.url}/ws/chess/t1")
    assert (await back.recv())["state"]["move_history"] == [["white", "e2e4"]]
    chess.cleanup()
    assert not chess.agents and not server.threads.live


@pytest.mark.parametrize(
    ("make", "prefix"),
    [
        (GameSocketFactory.create_chess_socket, "/ws/chess"),
        (GameSocketFactory.create_connect4_socket, "/ws/connect4"),
        (GameSocketFactory.create_tic_tac_toe_socket, "/ws/tictactoe"),
    ],
)
async def test_each_factory_method_serves_its_game(make: Any, prefix: str, host: Any, wire: Any) -> None:
    server = await host(setup=make)
    assert server.servers[""].route_prefix == prefix
    client = await wire(f"{server.url}{prefix}/x")
    assert (await client.recv())["type"] == "state_update"


async def test_create_socket_serves_a_bundled_agent_class_at_any_prefix(host: Any, wire: Any) -> None:
    def setup(app: App) -> GameSocketServer:
        chess = GameAgent.of("chess")
        return GameSocketFactory.create_socket(app, agent_class=chess, state_schema=GameState, route_prefix="/p/q")

    server = await host(setup=setup)
    client = await wire(f"{server.url}/p/q/x")
    assert "board_fen" in (await client.recv())["state"]


def test_servers_of_one_application_share_their_threads() -> None:
    class State:
        """Where applications of other frameworks keep things."""

    class Other:
        state = State()

        def websocket(self, path: str) -> Any:
            return lambda handler: handler

    app = Other()
    chess, connect4 = GameSocketFactory.create_chess_socket(app), GameSocketFactory.create_connect4_socket(app)
    assert chess.threads is connect4.threads
