"""What a game with secrets never tells to who may not know: over every way that leads to it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gamesock import record, registry

CHATTY = """
from gamesock.bot import Bot, BotError, Choice, Level, Thought

class Chatty(Bot):
    name = title = "chatty"
    levels = (Level(1, "loud", "thinks aloud"), Level(2, "lost", "fails, and says what it knew"))

    def choose(self, task, tell):
        if task.level == 2:
            raise BotError("I wanted to choose paper")
        tell(Thought(seat=task.seat, line=("paper",)))
        return Choice(move="paper", thought=Thought(seat=task.seat, line=("paper",)))
"""


@pytest.fixture
def duel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A game with secrets and a bot that thinks aloud, installed as plug-ins: here, and where bots run."""
    info = tmp_path / "duel-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: duel\nVersion: 1\n")
    plugins = "[gamesock.games]\nduel = room:Duel\n[gamesock.bots]\nchatty.duel = chatty:Chatty\n"
    (info / "entry_points.txt").write_text(plugins)
    (tmp_path / "chatty.py").write_text(CHATTY)
    here = [str(tmp_path), str(Path(__file__).parent.parent)]
    monkeypatch.setenv("PYTHONPATH", ":".join(here))
    for path in here:
        monkeypatch.syspath_prepend(path)
    _forget()
    yield
    monkeypatch.undo()
    _forget()


def _forget() -> None:
    for known in vars(registry).values():
        getattr(known, "cache_clear", lambda: None)()


@pytest.mark.usefixtures("duel")
async def test_a_choice_is_told_to_nobody_before_its_time(host: Any, wire: Any, until: Any) -> None:
    server = await host()
    url = f"{server.url}/ws/duel/d"
    left, right, watcher = [await wire(url, hello=True) for _ in range(3)]
    lobby = await wire(f"{server.url}/ws/lobby")
    await lobby.send("preview_thread", thread_id="d")
    for seat, player in (("left", left), ("right", right)):
        await player.send("join", seat=seat, id="j")
        await player.until("ack", re="j")
    await left.send("make_move", move="paper", auto_response=False, id="m")
    assert (await left.until("state_update", re="m"))["state"]["mine"] == "paper"
    for stranger in (right, watcher):
        for number, asked in enumerate(
            (
                {"type": "get_state"},
                {"type": "get_state", "ply": 0},
                {"type": "get_state", "ply": 1},
                {"type": "resume", "seq": 0, "epoch": server.threads.live["d"].thread.header.epoch},
                {"type": "get_recording"},
                {"type": "analyse", "ply": 1, "time_ms": 50},
                {"type": "analyse", "ply": 0, "time_ms": 50},
                {"type": "join", "seat": "left"},
                {"type": "set_bot", "seat": "left", "bot": "random"},
                {"type": "make_move", "move": "nonsense"},
                {"type": "chat", "text": "what is it?"},
                {"type": "stop_analysis"},
            )
        ):
            await stranger.send(**asked, id=str(number))
        await stranger.send("get_state", id="end")
    for stranger in (right, watcher):
        heard = await _until_answered(stranger, "end")
        assert heard and "paper" not in "".join(heard).replace("rock, paper", "")
    await lobby.send("list_threads", id="end")
    assert "paper" not in "".join(await _until_answered(lobby, "end"))
    assert str(server.threads.live["d"].thread.header.seed) not in "".join(heard)


@pytest.mark.usefixtures("duel")
async def test_what_a_bot_thinks_is_its_own_seats_to_know(host: Any, wire: Any) -> None:
    server = await host()
    url = f"{server.url}/ws/duel/d"
    left, seed = await wire(url), await wire(url)
    await left.send("hello", features=["thinking"])
    await left.send("join", seat="left", id="j")
    await left.until("ack", re="j")
    heard = []
    for asked in (
        {"type": "set_bot", "seat": "right", "bot": "chatty", "level": 1},
        {"type": "make_move", "move": "rock"},
        {"type": "set_bot", "seat": "right", "bot": "chatty", "level": 2},
    ):
        await left.send(**asked, id=asked["type"])
        heard += await _until_answered(left, asked["type"])
    while not any('"bot_failed"' in message for message in heard):
        heard.append(json.dumps(await left.recv()))
    assert "thinking" not in "".join(heard) and "I wanted" not in "".join(heard)
    assert "secret" in json.loads(heard[-1])["reason"]
    await left.send("set_bot", seat="right", bot=None)
    for seat, heard in (("right", False), ("left", True)):
        await left.send("ai_move", bot="chatty", level=1, id=seat)
        told = await _until_answered(left, seat)
        assert json.loads(told[-1])["seat"] == seat
        assert ("thinking" in "".join(told)) is heard, "what thinks for one's own seat is one's own to know"
    await seed.send("get_state", id="end")
    assert "I wanted" not in "".join(await _until_answered(seed, "end"))


async def test_a_recording_does_not_tell_what_a_bot_will_play(host: Any, wire: Any) -> None:
    server = await host()
    player = await wire(f"{server.url}/ws/connect4/c", hello=True)
    seeds = set()
    choose = server.threads.workers.choose

    async def noting(question: Any, *rest: Any, **more: Any) -> Any:
        seeds.add(question.seed)
        return await choose(question, *rest, **more)

    server.threads.workers.choose = noting
    for number in range(3):
        await player.send("ai_move", bot="random", id=str(number))
        await player.until("state_update", re=str(number))
    await player.send("get_recording", id="r")
    header, events = record.loads((await player.until("recording", re="r"))["text"])
    assert len(seeds) == 3 and not {header.seed + ply for ply in range(len(events) + 1)} & seeds


async def _until_answered(wire: Any, re: str) -> list[str]:
    """All that comes until that answer, as text."""
    heard = []
    while True:
        message = await wire.recv()
        heard.append(json.dumps(message))
        if message.get("re") == re:
            return heard
