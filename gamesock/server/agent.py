"""Agents: what hosts one thread. The interface that any class can have, and the bundled one.

An agent class has ``get_config_class()`` and ``__init__(config=…)``; an agent has ``run(input, thread_id=…)``,
plain or async, which answers with a state (a pydantic model or a dict). The input ``{"move": M}`` plays M;
``{}`` asks for the first state, or else for the AI's move.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from pydantic import ConfigDict, Field

from gamesock import protocol as p
from gamesock import registry
from gamesock.bot import BotError, Choice
from gamesock.game import GameState
from gamesock.model import Model
from gamesock.server.header import new_header
from gamesock.server.thinking import question
from gamesock.server.workers import Workers
from gamesock.session import AskBot, Session, Viewer
from gamesock.thread import Thread

if TYPE_CHECKING:
    from gamesock.record import Header
    from gamesock.server.live import LiveThread


class Agent(Protocol):
    """What every agent can do; foreign ones need no base class."""

    def run(self, input: Any, *, thread_id: str) -> Any:
        """Take an input, answer with a state (or an awaitable of one)."""


def seed_config(thread_id: str, name: str) -> dict[str, Any]:
    """The configuration every agent is made with, before overrides."""
    runnable = {"configurable": {"thread_id": thread_id}, "recursion_limit": 100}
    return {"name": name, "runnable_config": runnable}


class AgentConfig(Model):
    """How a bundled agent is made."""

    model_config = ConfigDict(extra="forbid")

    name: str = "agent"
    runnable_config: dict[str, Any] = Field({})
    options: dict[str, Any] = Field({})
    """The game's options."""
    clock: str | None = None
    """A time control: ``5+3``."""
    visibility: str = "public"

    @property
    def thread_id(self) -> str:
        """The thread this agent hosts."""
        return str(self.runnable_config.get("configurable", {}).get("thread_id", "")) or "local"


class GameAgent:
    """The agent of every registered game.

    In a server it shares the living thread with every connection. On its own it plays in memory: the
    same class, without sockets.
    """

    game: ClassVar[str]

    def __init__(self, config: AgentConfig) -> None:
        self.config = config
        self.live: LiveThread | None = None
        """The living thread, in a server."""
        self._session: Session | None = None
        self._workers: Workers | None = None

    @classmethod
    def of(cls, game: str) -> type[GameAgent]:
        """The agent class of a game.

        Raises:
            NotRegistered: there is no such game.
        """
        if game not in registry.game_names():
            registry.game(game)
        return type(f"{game.title().replace('_', '')}Agent", (cls,), {"game": game, "__module__": __name__})

    @classmethod
    def get_config_class(cls) -> type[AgentConfig]:
        """The model that ``__init__`` takes."""
        return AgentConfig

    def header(self, now: float) -> Header:
        """The header of a new thread with this agent's configuration.

        Raises:
            Refusal: ``bad_message``: no such clock or visibility.
        """
        config = self.config
        fields = {"options": config.options, "clock": config.clock, "visibility": config.visibility}
        return new_header(config.thread_id, self.game, now, **fields)

    async def run(self, input: Mapping[str, Any], *, thread_id: str | None = None) -> GameState:
        """Play ``input["move"]``, or without one let the usual bot move; the first ``{}`` only looks.

        Raises:
            Refusal: the move isn't legal, or the game is over.
        """
        message = p.MakeMove(move=input["move"], auto_response=False) if "move" in input else p.AiMove()
        looking = isinstance(message, p.AiMove) and not self._here().thread.ply
        if self.live and not looking:
            await self.live.direct(message)
        elif not looking:
            await self._alone(message)
        return self._here().thread.position.view(None)

    async def close(self) -> None:
        """Let go of the worker processes that playing alone may have started."""
        if self._workers:
            await self._workers.close()
            self._workers = None

    def _here(self) -> Session:
        if self.live:
            return self.live.session
        if self._session is None:
            game = registry.game(self.game)
            self._session = Session(Thread(game, self.header(time.time())))
            self._session.connect(Viewer("agent", seats=list(game.seats)), time.time())
        return self._session

    async def _alone(self, message: p.MakeMove | p.AiMove) -> None:
        session = self._here()
        for effect in session.handle("agent", message, time.time(), secrets.token_hex(16)):
            if isinstance(effect, AskBot):
                choice = await self._choose(session.thread, effect)
                session.bot_moved(effect, "computer", choice, session.thread.ply, time.time())

    async def _choose(self, thread: Thread, ask: AskBot) -> Choice:
        self._workers = self._workers or Workers(1)
        bot = next((b.name for b in registry.bots(self.game) if b.name != "random"), "random")
        try:
            seed = thread.header.seed + thread.ply
            asked = question(thread.game, thread.position, ask.seat, bot=bot, level=None, budget=1.0, seed=seed)
            return await self._workers.choose(asked)
        except BotError as error:
            raise p.Refusal(p.Code.BOT_FAILED, str(error)) from error
