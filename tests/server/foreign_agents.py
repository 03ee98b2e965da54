"""Agents as other systems write them: the seed's interface, and nothing of gamesock."""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from typing import Any

from pydantic import BaseModel

from gamesock.game import IllegalMove


class NimState(BaseModel):
    """Twenty-one: take one to three, who takes the last wins."""

    left: int = 21
    turn: str = "player"
    game_status: str = "ongoing"
    winner: str | None = None
    error_message: str | None = None


class NimConfig(BaseModel):
    name: str = "nim"
    runnable_config: dict[str, Any] = {}
    start: int = 21


class NimAgent:
    """Sync; its state is a pydantic model."""

    def __init__(self, config: NimConfig) -> None:
        assert config.runnable_config["configurable"]["thread_id"] in config.name
        assert config.runnable_config["recursion_limit"] == 100
        self.state = NimState(left=config.start)
        self.fresh = True

    @classmethod
    def get_config_class(cls) -> type[NimConfig]:
        return NimConfig

    def run(self, input: dict[str, Any], thread_id: str | None = None) -> Any:
        fresh, self.fresh = self.fresh, False
        if "move" in input:
            self.take(input["move"], "player")
        elif not fresh:
            self.take(self.state.left % 4 or 1, "ai")
        return self.state

    def take(self, count: Any, who: str) -> None:
        if count not in (1, 2, 3) or count > self.state.left:
            self.state = self.state.model_copy(update={"error_message": f"can't take {count}"})
            return
        left = self.state.left - count
        over = {"game_status": f"{who}_win", "winner": who} if not left else {}
        turn = "ai" if who == "player" else "player"
        self.state = NimState(left=left, turn=turn, **over)


class DictNim(NimAgent):
    """Sync; its state is a dict."""

    def run(self, input: dict[str, Any], thread_id: str | None = None) -> Any:
        return super().run(input, thread_id).model_dump()


class AsyncNim(NimAgent):
    """Async, with a model."""

    async def run(self, input: dict[str, Any], thread_id: str | None = None) -> Any:
        await asyncio.sleep(0.001)
        return super().run(input, thread_id)


class LooseConfig:
    """A config class that is no pydantic model."""

    def __init__(self, **settings: Any) -> None:
        self.settings = settings


class AsyncDictNim(NimAgent):
    """Async, with a dict, and a config class of its own."""

    def __init__(self, config: LooseConfig) -> None:
        super().__init__(NimConfig(**config.settings))

    @classmethod
    def get_config_class(cls) -> Any:
        return LooseConfig

    async def run(self, input: dict[str, Any], thread_id: str | None = None) -> Any:
        return super().run(input, thread_id).model_dump()


class Unmade(NimAgent):
    """Does in ``__init__`` what its thread id says."""

    def __init__(self, config: NimConfig) -> None:
        super().__init__(config)
        misbehave(config.runnable_config["configurable"]["thread_id"])


class Wayward(NimAgent):
    """Does in ``run`` what a move says."""

    def run(self, input: dict[str, Any], thread_id: str | None = None) -> Any:
        if isinstance(input.get("move"), str):
            return misbehave(input["move"])
        return super().run(input, thread_id)


class AsyncWayward(NimAgent):
    """The same, async."""

    async def run(self, input: dict[str, Any], thread_id: str | None = None) -> Any:
        if input.get("move") == "hang":
            await asyncio.sleep(60)
        if isinstance(input.get("move"), str):
            return misbehave(input["move"])
        return super().run(input, thread_id)


class FirstStateMissing(NimAgent):
    """Has no state to start with."""

    def run(self, input: dict[str, Any], thread_id: str | None = None) -> Any:
        return None


class Counter(NimAgent):
    """Counts its runs, slowly; tells how many ran at once."""

    running = 0
    most = 0

    def run(self, input: dict[str, Any], thread_id: str | None = None) -> Any:
        cls = type(self)
        cls.running += 1
        cls.most = max(cls.most, cls.running)
        time.sleep(0.1)
        cls.running -= 1
        return super().run(input, thread_id)


let_go = threading.Event()


def misbehave(how: str) -> Any:
    match how:
        case "raise":
            raise RuntimeError("secret plans")
        case "illegal":
            raise IllegalMove("no stones are left there")
        case "exit":
            sys.exit(3)
        case "stop":
            raise StopIteration
        case "hang":
            let_go.wait(60)
        case "none":
            return None
        case "text":
            return "hello"
        case "odd":
            return {"thing": object()}
        case "big-number":
            return {"n": 10**40}
        case "loop":
            loop: dict[str, Any] = {}
            loop["self"] = loop
            return loop
        case "surrogate":
            return {"text": "\ud800"}
        case "huge":
            return {"text": "x" * 5_000_000}
    return {}
