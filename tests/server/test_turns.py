"""Turns at the workers: moves first, analyses never on the last one."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from gamesock.bot import BotError
from gamesock.server.turns import Turns


class Crowd:
    """Those who have a turn or wait for one, by name."""

    def __init__(self, turns: Turns) -> None:
        self.turns = turns
        self.has: list[str] = []
        self._done: dict[str, asyncio.Event] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    async def comes(self, *names: str) -> None:
        """Ask for a turn; the name of an analysis begins with ``study``, what is for somebody says ``for``."""
        for name in names:
            self._done[name] = asyncio.Event()
            self._tasks[name] = asyncio.create_task(self._take(name))
            await self.rest()

    async def goes(self, name: str, *, cancelled: bool = False) -> None:
        if cancelled:
            self._tasks[name].cancel()
        self._done[name].set()
        await self.rest()

    async def rest(self) -> None:
        for _ in range(5):
            await asyncio.sleep(0)

    async def _take(self, name: str) -> None:
        async with self.turns.take(study=name.startswith("study"), owner=name.partition(" for ")[2]):
            self.has.append(name)
            try:
                await self._done[name].wait()
            finally:
                self.has.remove(name)


@pytest.fixture
def crowd() -> Any:
    return lambda size, queue=9: Crowd(Turns(size, queue))


async def test_analyses_leave_a_worker_to_the_moves(crowd: Any) -> None:
    many = crowd(3)
    await many.comes("study 1", "study 2", "study 3", "move 1")
    assert many.has == ["study 1", "study 2", "move 1"]
    await many.goes("move 1")
    assert many.has == ["study 1", "study 2"]


async def test_moves_come_before_analyses_that_waited_longer(crowd: Any) -> None:
    many = crowd(2)
    await many.comes("move 1", "move 2", "study 1", "move 3")
    await many.goes("move 1")
    assert many.has == ["move 2", "move 3"]
    await many.goes("move 2")
    assert many.has == ["move 3", "study 1"]


async def test_with_one_worker_an_analysis_has_its_own(crowd: Any) -> None:
    many = crowd(1)
    await many.comes("study 1", "study 2", "move 1", "move 2")
    assert many.has == ["study 1", "move 1"]
    await many.goes("study 1")
    assert many.has == ["move 1", "study 2"]
    await many.goes("move 1")
    assert many.has == ["study 2", "move 2"]


async def test_who_gives_up_waiting_takes_nobodys_turn(crowd: Any) -> None:
    many = crowd(1)
    await many.comes("move 1", "move 2", "move 3")
    await many.goes("move 2", cancelled=True)
    await many.goes("move 1", cancelled=True)
    assert many.has == ["move 3"]


async def test_analyses_that_wait_keep_no_move_out(crowd: Any) -> None:
    many = crowd(1, 1)
    await many.comes("study 1", "study 2", "move 1", "move 2")
    with pytest.raises(BotError, match="too many positions are being analysed; try again"):
        async with many.turns.take(study=True):
            pass
    with pytest.raises(BotError, match="too many games are thinking; try again"):
        async with many.turns.take():
            pass
    await many.goes("move 1")
    assert many.has == ["study 1", "move 2"]


async def test_who_asks_for_many_leaves_others_a_worker(crowd: Any) -> None:
    many = crowd(3, 40)
    await many.comes(*(f"move {n} for ann" for n in range(6)))
    assert many.has == ["move 0 for ann", "move 1 for ann"], "one worker is left"
    await many.comes("move 1 for bob", "move 2 for bob", "move 3 for bob")
    assert many.has[2:] == ["move 1 for bob"]
    await many.goes("move 0 for ann")
    assert many.has == ["move 1 for ann", "move 1 for bob", "move 2 for ann"], "in turns"
    await many.goes("move 1 for ann")
    assert many.has == ["move 1 for bob", "move 2 for ann", "move 2 for bob"]
    await many.goes("move 1 for bob")
    assert many.has == ["move 2 for ann", "move 2 for bob", "move 3 for ann"]


async def test_nobody_fills_the_queue_alone(crowd: Any) -> None:
    many = crowd(1, 8)
    await many.comes("move 0 for ann", "move 1 for ann", "move 2 for ann")
    with pytest.raises(BotError, match="too many games are thinking"):
        async with many.turns.take(owner="ann"):
            pass
    await many.comes("move for bob")
    await many.goes("move 1 for ann", cancelled=True)
    await many.goes("move 0 for ann")
    assert many.has == ["move 2 for ann"]
    await many.goes("move 2 for ann")
    assert many.has == ["move for bob"]


async def test_what_is_given_back_can_be_had_again(crowd: Any) -> None:
    many = crowd(2, 40)
    await many.comes(*(f"move {n} for ann" for n in range(5)))
    for n in range(5):
        assert many.has == [f"move {n} for ann"]
        await many.goes(f"move {n} for ann")
    assert not many.turns._lines[False]._waiting and not +many.turns._lines[False].held
