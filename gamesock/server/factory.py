"""``GameSocketFactory``: socket servers for the bundled games, for any agent class, and for all games at once."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from gamesock import registry
from gamesock.server.agent import GameAgent
from gamesock.server.any_game import AnyGameServer
from gamesock.server.lobby import LobbyServer
from gamesock.server.server import GameSocketServer
from gamesock.server.threads import Threads


class GameSocketFactory:
    """Creates socket servers and adds their routes to an application (an ``App`` or a FastAPI one)."""

    @staticmethod
    def create_socket(
        app: Any,
        agent_class: type[Any],
        state_schema: type[BaseModel],
        route_prefix: str = "/ws/games",
        *,
        threads: Threads | None = None,
    ) -> GameSocketServer:
        """A server for any agent class and state schema."""
        return GameSocketServer(app, agent_class, state_schema, route_prefix, threads=threads)

    @staticmethod
    def create_chess_socket(app: Any) -> GameSocketServer:
        """A server for chess at ``/ws/chess``."""
        return GameSocketFactory.create_game_socket(app, "chess")

    @staticmethod
    def create_connect4_socket(app: Any) -> GameSocketServer:
        """A server for Connect 4 at ``/ws/connect4``."""
        return GameSocketFactory.create_game_socket(app, "connect4")

    @staticmethod
    def create_tic_tac_toe_socket(app: Any) -> GameSocketServer:
        """A server for tic-tac-toe at ``/ws/tictactoe``."""
        return GameSocketFactory.create_game_socket(app, "tic_tac_toe")

    @staticmethod
    def create_game_socket(app: Any, game: str, *, threads: Threads | None = None) -> GameSocketServer:
        """A server for any installed game, at the game's own route.

        Raises:
            NotRegistered: no game of that name is installed.
        """
        rules = registry.game(game)
        prefix = f"/ws/{rules.route or game}"
        return GameSocketServer(app, GameAgent.of(game), rules.state_schema, prefix, threads=threads)

    @staticmethod
    def create_all_sockets(app: Any, *, threads: Threads | None = None) -> dict[str, GameSocketServer]:
        """A server for every installed game, one at ``/ws/games`` that finds a thread of any, and their lobby."""
        servers = {
            name: GameSocketFactory.create_game_socket(app, name, threads=threads)
            for name in registry.game_names()
        }
        LobbyServer(app, servers)
        return {**servers, "games": AnyGameServer(app, servers)}
