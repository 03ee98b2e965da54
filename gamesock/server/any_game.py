"""The route that finds a thread of any game: ``/ws/games/{thread_id}``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gamesock import registry
from gamesock.game import GameState
from gamesock.protocol import Code, Refusal
from gamesock.server.agent import GameAgent
from gamesock.server.server import GameSocketServer, check_thread_id
from gamesock.server.sockets import query_of


class AnyGameServer(GameSocketServer):
    """Hands each connection to the server of its thread's game; a new thread needs ``?game=``."""

    def __init__(self, app: Any, servers: Mapping[str, GameSocketServer], route_prefix: str = "/ws/games"):
        threads = next(iter(servers.values())).threads
        super().__init__(app, GameAgent, GameState, route_prefix, threads=threads)
        self._servers = servers

    async def serve(self, websocket: Any, thread_id: str = "") -> None:
        try:
            game = await self._game(thread_id, websocket)
        except Refusal as refusal:
            await websocket.accept()
            await self.bar(self.connection(websocket), refusal)
            return
        await self._servers[game].serve(websocket, thread_id)

    async def _game(self, thread_id: str, websocket: Any) -> str:
        check_thread_id(thread_id)
        live = self.threads.live.get(thread_id)
        kept = None if live else await self.threads.read(thread_id)
        header = live.thread.header if live else kept.header if kept else None
        game = header.game if header else query_of(websocket).get("game")
        if game is None and self.threads.replication:
            # One who is signed in may have it elsewhere.
            asking = self.connection(websocket)
            await self.sign_in(asking)
            self.threads.sign_ins.leave(asking)
            user = asking.viewer.user
            recalled = user and await self.threads.recalled(thread_id, user, resuming=True)
            game = recalled.header.game if recalled else None
        if game is None:
            raise Refusal(
                Code.NOT_FOUND,
                f"there is no game {thread_id!r} here: it may be spelled otherwise, or on another server",
            )
        if game not in self._servers:
            reason = str(registry.NotRegistered("game", game, self._servers))
            raise Refusal(Code.NOT_FOUND, reason)
        return game
