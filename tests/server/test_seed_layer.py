"""Clients written from the seed layer alone play whole games; what the old system got wrong goes right."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from websockets.asyncio.client import connect

from gamesock.server import GameSocketFactory, GameSocketServer

AI_FIRST = {"tictactoe": {"row": 1, "col": 1}, "connect4": {"column": 3}, "chess": "f2f3"}


class SeedClient:
    """Knows the seed layer's messages and fields, and nothing else."""

    def __init__(self, socket: Any) -> None:
        self.socket = socket

    async def state(self) -> dict[str, Any]:
        while True:
            message = json.loads(await asyncio.wait_for(self.socket.recv(), 30))
            if message["type"] == "state_update":
                assert message["thread_id"] and message["timestamp"]
                return message
            assert message["type"] in ("info", "warning", "user_registered", "game_over", "going_away"), message

    async def send(self, **message: Any) -> None:
        await self.socket.send(json.dumps(message))


def a_move(kind: str, state: dict[str, Any]) -> Any:
    """Any legal move, from the seed's state fields alone."""
    if kind == "chess":
        return state["legal_moves"][0]
    if kind == "connect4":
        return {"column": next(c for c in range(7) if state["board"][0][c] is None)}
    return next({"row": r, "col": c} for r in range(3) for c in range(3) if state["board"][r][c] is None)


def going_on(state: dict[str, Any]) -> bool:
    return state["game_status"] in ("ongoing", "check")


@pytest.mark.parametrize("kind", ["tictactoe", "connect4", "chess"])
async def test_a_whole_game_against_the_ai(kind: str, host: Any) -> None:
    server = await host()
    async with connect(f"{server.url}/ws/{kind}/a-game") as socket:
        client = SeedClient(socket)
        first = await client.state()
        assert "last_action" not in first
        state, turns = first["state"], 0
        while going_on(state) and turns < 3 + 40 * (kind != "chess"):
            move = a_move(kind, state)
            await client.send(type="make_move", move=move, auto_response=True)
            mine = await client.state()
            assert mine["last_action"] == "player_move" and mine["move"] == move
            state = mine["state"]
            if going_on(state):
                answer = await client.state()
                assert answer["last_action"] == "ai_move"
                state = answer["state"]
            turns += 1
        assert kind == "chess" or not going_on(state)
        if kind == "chess":
            assert len(state["move_history"]) == 6 and state["turn"] == "white"


@pytest.mark.parametrize(
    ("kind", "moves", "status"),
    [
        ("tictactoe", [[0, 0], [1, 0], [0, 1], [1, 1], [0, 2]], "X_win"),
        ("connect4", [0, 1, 0, 1, 0, 1, 0], "red_win"),
        ("chess", ["f2f3", {"move": "e7e5"}, "g2g4", "d8h4"], "checkmate"),
    ],
)
async def test_two_clients_play_and_both_see_every_state(
    kind: str, moves: list[Any], status: str, host: Any
) -> None:
    server = await host()
    url = f"{server.url}/ws/{kind}/both"
    async with connect(url) as one, connect(url) as two:
        clients = SeedClient(one), SeedClient(two)
        for client in clients:
            await client.state()
        for turn, move in enumerate(moves):
            wire = {"row": move[0], "col": move[1]} if isinstance(move, list) else move
            await clients[turn % 2].send(type="make_move", move=wire, auto_response=False)
            seen = [await client.state() for client in clients]
            assert seen[0] == seen[1]
            assert seen[0]["last_action"] == "player_move"
        assert seen[0]["state"]["game_status"] == status


async def test_without_auto_response_the_ai_moves_when_asked(host: Any, wire: Any) -> None:
    server = await host()
    client = await wire(f"{server.url}/ws/tictactoe/asked")
    await client.recv()
    await client.ask("make_move", move={"row": 0, "col": 0, "player": "X"}, auto_response=False)
    answer = await client.ask("ai_move")
    assert answer["last_action"] == "ai_move"
    assert answer["state"]["turn"] == "X"
    await client.send("ai_move")
    assert (await client.recv())["state"]["turn"] == "O", "it plays for the side to move"


@pytest.mark.parametrize("frame", ["{", "[]", "null", "", '{"no":"type"}', b"\x00\xff", "{" * 10_000])
async def test_a_bad_frame_is_answered_and_the_connection_lives(frame: str | bytes, host: Any, wire: Any) -> None:
    server = await host()
    client = await wire(f"{server.url}/ws/chess/bad")
    await client.recv()
    error = await client.raw(frame)
    assert error["type"] == "error" and error["message"] and error["timestamp"]
    assert (await client.ask("get_state"))["type"] == "state_update"


async def test_reading_the_state_moves_nothing(host: Any, wire: Any) -> None:
    server = await host()
    client = await wire(f"{server.url}/ws/connect4/look")
    first = await client.recv()
    for _ in range(3):
        again = await client.ask("get_state")
        assert again["state"] == first["state"] and "last_action" not in again
    assert await server.threads.store.read("look") is None, "nothing is stored before the first event"


async def test_register_user_believes_no_one(host: Any, wire: Any) -> None:
    server = await host()
    client = await wire(f"{server.url}/ws/chess/users")
    await client.recv()
    assert (await client.ask("register_user"))["code"] == "bad_message"
    assert (await client.ask("register_user", user_id=7))["type"] == "error"
    warning = await client.ask("register_user", user_id="somebody")
    assert warning["type"] == "warning" and "not using Supabase persistence" in warning["message"]


async def test_an_unknown_type_gets_info(host: Any, wire: Any) -> None:
    server = await host()
    client = await wire(f"{server.url}/ws/chess/info")
    await client.recv()
    info = await client.ask("dance")
    assert info["type"] == "info" and info["message"] == "Received message of type: dance"


async def test_the_custom_hook_can_be_overridden(host: Any, wire: Any) -> None:
    class Polite(GameSocketServer):
        async def handle_custom_message(self, connection: Any, message: Any) -> None:
            if message.type == "explode":
                raise RuntimeError("boom")
            connection.send({"type": "greeting", "message": message.data["name"]}, message.id)

    def setup(app: Any) -> GameSocketServer:
        chess = GameSocketFactory.create_chess_socket(app)
        return Polite(app, chess.agent_class, chess.state_schema, "/ws/polite")

    server = await host(setup=setup)
    client = await wire(f"{server.url}/ws/polite/hi")
    await client.recv()
    assert await client.ask("greet", name="Ann", id="9") == {"type": "greeting", "message": "Ann", "re": "9"}
    failed = await client.ask("explode")
    assert failed["code"] == "internal" and failed["error_id"] and "boom" not in failed["message"]
    assert (await client.ask("greet", name="Bob"))["message"] == "Bob"


async def test_the_common_route_finds_any_thread(host: Any, wire: Any) -> None:
    server = await host()
    chess = await wire(f"{server.url}/ws/chess/known")
    await chess.recv()
    found = await wire(f"{server.url}/ws/games/known")
    assert "board_fen" in (await found.recv())["state"]
    new = await wire(f"{server.url}/ws/games/new?game=connect4")
    assert len((await new.recv())["state"]["board"]) == 6
    for path in ("/ws/games/unknown", "/ws/games/other?game=ludo", "/ws/connect4/known"):
        lost = await wire(server.url + path)
        assert (await lost.recv())["code"] == "not_found"
        assert await lost.closed() == 1008
