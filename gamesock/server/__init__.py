"""The server: ``App``, ``GameSocketServer``, ``GameSocketFactory``."""

from gamesock.server.app import App
from gamesock.server.factory import GameSocketFactory
from gamesock.server.server import GameSocketServer

__all__ = ["App", "GameSocketFactory", "GameSocketServer"]
