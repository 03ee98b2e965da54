"""Makes the living threads of one server: new ones, and those that come back from the store."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from gamesock.game import BadOptions
from gamesock.protocol import Code, Refusal
from gamesock.record import Event
from gamesock.server.agent import GameAgent
from gamesock.server.foreign import ForeignThread, Runner, aside, is_async
from gamesock.server.live import LiveThread
from gamesock.server.stores.base import Log
from gamesock.thread import Thread, game_of

if TYPE_CHECKING:
    from gamesock.server.server import GameSocketServer


NEW = "new"
"""In a URL's query: the id was just made up, so that the thread can't be anywhere else."""


class Founder:
    """Makes threads of a server's agent class; ``settings`` (options, clock, visibility) are for new ones.

    ``barred``: why whoever asks may start none; ``new``: whether the id was just made up.
    """

    def __init__(
        self,
        server: GameSocketServer,
        settings: Mapping[str, Any],
        barred: Refusal | None = None,
        *,
        new: bool = False,
    ) -> None:
        self.new = new
        self._server = server
        self._settings = settings
        self._barred = barred

    async def found(self, thread_id: str) -> LiveThread:
        """A new thread, in memory only.

        Raises:
            Refusal: ``bad_message``: the URL asks for what isn't possible, or for a private thread whose id
                can be guessed; ``bot_failed``: no agent; ``unauthenticated``: a visitor may start none.
        """
        if self._barred:
            raise self._barred
        least = self._server.threads.gate.limits.secret_id
        if self._settings.get("visibility") == "private" and len(thread_id) < least:
            reason = "a private game needs an id that nobody finds by trying: leave it out, or take one of "
            raise Refusal(Code.BAD_MESSAGE, f"{reason}{least} characters or more")
        new = thread_id not in self._server.agents
        try:
            if issubclass(self._server.agent_class, GameAgent):
                return self._found_game(thread_id)
            runner = await self._runner(thread_id)
            return await ForeignThread.found(self._server.threads, thread_id, self._server.game, runner)
        except Refusal:
            if new:
                self._server.agents.pop(thread_id, None)
            raise

    async def revive(self, kept: Log) -> LiveThread:
        """A thread as it was stored.

        Raises:
            Refusal: ``not_found``: it is another game's; ``bot_failed``: no agent.
            CorruptLog: its log can't be folded.
        """
        server, header = self._server, kept.header
        self._check(header.game)
        thread = Thread(game_of(header), header, kept.events)
        if header.foreign:
            return ForeignThread(server.threads, thread, await self._runner(header.thread), kept.events)
        settings = {"options": header.options, "clock": header.clock, "visibility": header.visibility}
        return self._host(server.get_or_create_agent(header.thread, settings), thread, kept.events)

    def admit(self, live: LiveThread) -> None:
        """Check that the thread may be reached by this server's route.

        Raises:
            Refusal: ``not_found``: it is another game's.
        """
        self._check(live.thread.header.game)

    def _found_game(self, thread_id: str) -> LiveThread:
        agent: GameAgent = self._server.get_or_create_agent(thread_id, dict(self._settings))
        header = agent.header(self._server.threads.now())
        try:
            return self._host(agent, Thread(game_of(header), header), [])
        except BadOptions as error:
            raise Refusal(Code.BAD_MESSAGE, str(error)) from error

    async def _runner(self, thread_id: str) -> Runner:
        server, limit = self._server, self._server.threads.gate.limits.agent
        if thread_id in server.agents or is_async(server.agent_class):
            return Runner(server.get_or_create_agent(thread_id), thread_id, limit)
        try:
            async with asyncio.timeout(limit):
                made = await aside(partial(server.make_agent, thread_id))
        except TimeoutError:
            raise Refusal(Code.BOT_FAILED, f"the agent could not be made in {limit:g} s") from None
        return Runner(server.agents.setdefault(thread_id, made), thread_id, limit)

    def _check(self, game: str) -> None:
        if game != self._server.game:
            raise Refusal(Code.NOT_FOUND, f"this thread is a game of {game}, not of {self._server.game}")

    def _host(self, agent: GameAgent, thread: Thread, events: list[Event]) -> LiveThread:
        agent.live = LiveThread(self._server.threads, thread, events)
        return agent.live


def settings_of(query: Mapping[str, str]) -> dict[str, Any]:
    """What a URL's query asks of a new thread."""
    settings = {key: value for key, value in query.items() if key in ("clock", "visibility")}
    options = {k: v for k, v in query.items() if k not in ("clock", "visibility", "name", "game", NEW)}
    return {**settings, "options": options}
