"""Analyses over real sockets: of any position, one at a time, and never in the way of a game."""

from __future__ import annotations

from typing import Any

import pytest

from gamesock import record, registry

SCHOLAR = ["e4", "e5", "Qh5", "Nc6", "Bc4", "Nf6", "Qxf7#"]


@pytest.fixture
async def mated(host: Any, wire: Any) -> Any:
    """A finished game of chess, and a spectator of it."""
    served = await host()
    url = f"{served.url}/ws/chess/scholar"
    player = await wire(url)
    await player.recv()
    for move in SCHOLAR:
        await player.send("make_move", move=move, auto_response=False)
        await player.until("state_update")
    return await wire(url, hello=True)


async def answer(socket: Any, id: str) -> dict[str, Any]:
    while True:
        message = await socket.recv(20)
        if message.get("re") == id:
            return message


async def test_past_positions_of_a_finished_game(mated: Any) -> None:
    await mated.send("analyse", id="a", ply=6, bot="alphabeta", time_ms=300)
    told = await answer(mated, "a")
    assert (told["type"], told["ply"], told["done"]) == ("thinking", 6, True)
    assert told["thought"]["seat"] == "white" and told["thought"]["mate"] == 1
    assert told["thought"]["line"] == ["Qxf7#"]
    await mated.send("analyse", id="b", ply=0, time_ms=50)
    told = await answer(mated, "b")
    strengths = {bot.name: bot.strength for bot in registry.bots("chess") if bot.evaluates}
    assert strengths[told["bot"]] == max(strengths.values())


async def test_a_bot_without_thoughts_answers_in_notation_too(mated: Any) -> None:
    await mated.send("analyse", id="a", ply=0, bot="random", time_ms=300)
    (move,) = (await answer(mated, "a"))["thought"]["line"]
    assert move in {"Na3", "Nc3", "Nf3", "Nh3"} or move[1:] in {"3", "4"}


@pytest.mark.parametrize(
    ("asked", "code", "reason"),
    [
        ({}, "game_over", "nothing to think about"),
        ({"ply": 7}, "game_over", "nothing to think about"),
        ({"ply": 8}, "not_found", "the game has 7 moves, not 8"),
        ({"ply": 1, "bot": "alphabeta", "level": 99}, "no_such_bot", "levels 1 to 8"),
        ({"ply": 1, "bot": "nobody"}, "no_such_bot", "no bot named"),
        ({"ply": -1}, "bad_message", "ply"),
    ],
)
async def test_what_cannot_be_analysed(mated: Any, asked: dict[str, Any], code: str, reason: str) -> None:
    await mated.send("analyse", id="x", **asked)
    told = await answer(mated, "x")
    assert told["code"] == code and reason in told["message"]


async def test_a_game_that_was_resigned_has_a_last_position_to_think_about(host: Any, wire: Any) -> None:
    served = await host()
    url = f"{served.url}/ws/connect4/resigned"
    ann = await wire(url, hello=True)
    await ann.send("join", id="j", seat="red")
    for ply in range(2):
        await ann.send("make_move", id=f"m{ply}", move="d", auto_response=True)
        await answer(ann, f"m{ply}")
    await ann.send("resign", id="r")
    await answer(ann, "r")
    await ann.send("analyse", id="a", time_ms=100)
    assert (await answer(ann, "a"))["type"] == "thinking"


async def test_stopping_answers_with_what_is_known(mated: Any) -> None:
    await mated.send("analyse", id="a", ply=1, bot="alphabeta", time_ms=60_000)
    first = await mated.until("thinking")
    await mated.send("stop_analysis", id="s")
    answers = {}
    while len(answers) < 2:
        message = await mated.recv()
        if message.get("re"):
            answers[message["re"]] = message
    assert answers["s"]["type"] == "ack"
    assert answers["a"]["done"] and answers["a"]["thought"]["depth"] >= first["thought"]["depth"]
    await mated.send("stop_analysis", id="again")
    assert (await answer(mated, "again"))["type"] == "ack"
    await mated.send("analyse", id="b", ply=1, time_ms=50)
    assert (await answer(mated, "b"))["type"] == "thinking"


async def test_an_analysis_that_is_stopped_before_it_begins_is_answered(mated: Any) -> None:
    # In one frame's time, so that the server reads both at once.
    for number in range(20):
        await mated.send("analyse", id=f"a{number}", ply=1)
        await mated.send("stop_analysis", id=f"s{number}")
    wanted = {f"{kind}{number}" for kind in "as" for number in range(20)}
    while wanted:
        wanted.discard((await mated.recv()).get("re"))


async def test_an_analysis_keeps_no_game_waiting(mated: Any, wire: Any, host: Any) -> None:
    served = await host()
    student = await wire(f"{served.url}/ws/chess/study", hello=True)
    await student.send("analyse", id="long", bot="alphabeta", time_ms=60_000)
    await student.until("thinking")
    player = await wire(f"{served.url}/ws/tictactoe/quick")
    await player.recv()
    await player.send("ai_move", bot="perfect", time_ms=100)
    assert (await player.until("state_update"))["last_action"] == "ai_move"


async def test_the_recording_is_given_and_says_nothing_that_is_anothers(mated: Any, host: Any, wire: Any) -> None:
    await mated.send("get_recording", id="r")
    told = await answer(mated, "r")
    header, events = record.loads(told["text"])
    assert header.thread == "scholar" and [event.kind for event in events].count("moved") == 7
    served = await host()
    url = f"{served.url}/ws/chess/early"
    early = await wire(url, hello=True)
    for type, more in (("join", {"seat": "white"}), ("chat", {"text": "hm"}), ("make_move", {"move": "e4"})):
        await early.send(type, id=type, **more)
        await answer(early, type)
    for viewer, kinds in (
        (early, ["joined", "chatted", "moved"]),
        (await wire(url, hello=True), ["joined", "moved"]),
    ):
        await viewer.send("get_recording", id="r")
        text = (await answer(viewer, "r"))["text"]
        assert [event.kind for event in record.loads(text)[1]] == kinds
        assert '"key"' not in text


async def test_a_private_game_is_nobodys_to_analyse_or_take(host: Any, wire: Any) -> None:
    served = await host()
    url = f"{served.url}/ws/chess/secret-8c51f0a3b2?visibility=private"
    owner = await wire(url, hello=False)
    await owner.recv()
    await owner.send("hello")
    await owner.send("join", id="j", seat="white")
    await answer(owner, "j")
    stranger = await wire(url)
    await stranger.recv()
    for type in ("analyse", "get_recording"):
        await stranger.send(type, id=type)
        assert (await answer(stranger, type))["code"] == "forbidden"
    await owner.send("analyse", id="a", time_ms=50)
    assert (await answer(owner, "a"))["type"] == "thinking"
