"""What the tests of the game screen share: the app on a thread, and its screen."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from textual.pilot import Pilot

from gamesock.client import Client
from gamesock.preferences import Preferences
from gamesock.tui.app import GameApp, game_app
from gamesock.tui.looks import Looks
from gamesock.tui.screens.game import GameScreen

LOOKS = Looks(pieces="sprite", color="full")

CAREFUL = Preferences(confirm_moves=True)


def app_for(url: str, *, seat: str | None = None, watch: bool = False, name: str = "anna", **more: Any) -> GameApp:
    """The app that opens this thread."""
    return game_app(lambda: Client(url, name=name), seat=seat, watch=watch, looks=LOOKS, **more)


def screen_of(pilot: Pilot[Any]) -> GameScreen:
    """The game's screen, also under a dialog."""
    return next(screen for screen in pilot.app.screen_stack if isinstance(screen, GameScreen))


@asynccontextmanager
async def opened(
    url: str, *, size: tuple[int, int] = (80, 24), **how: Any
) -> AsyncIterator[tuple[Pilot[Any], GameScreen]]:
    """The app on this thread while the block runs: its pilot, and its screen."""
    async with app_for(url, **how).run_test(size=size) as pilot:
        yield pilot, screen_of(pilot)


def said(widget: Any) -> str:
    """What a line says."""
    return str(widget.content)


def square(name: str) -> tuple[int, int]:
    """Where a square of chess is on an 80x24 screen, as white sees it."""
    return "abcdefgh".index(name[0]) * 6 + 2, (8 - int(name[1])) * 3 + 1


async def begun(screen: GameScreen, ben: Client, until: Any) -> None:
    """e4 by the screen's player, e5 by the other; it is the player's turn again."""
    await until(lambda: screen.mirror.my_turn)
    await screen.client.move("e4")
    await ben.move("e5")
    await until(lambda: screen.mirror.my_turn)
