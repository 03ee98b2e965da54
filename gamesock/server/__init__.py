"""The server: ``App``, ``GameSocketServer``, ``GameSocketFactory``, imported when they are asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gamesock.server.app import App
    from gamesock.server.factory import GameSocketFactory
    from gamesock.server.server import GameSocketServer

__all__ = ["App", "GameSocketFactory", "GameSocketServer"]

_HOMES = {"App": "app", "GameSocketFactory": "factory", "GameSocketServer": "server"}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
