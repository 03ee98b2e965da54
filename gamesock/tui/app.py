"""The full-screen client: an app that shows one screen after another, and the functions that run it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from textual.app import App, SystemCommand
from textual.binding import Binding
from textual.screen import Screen

from gamesock import protocol as p
from gamesock.game import Seat
from gamesock.tui.looks import THEMES, Looks
from gamesock.tui.terminal import tell_textual
from gamesock.tui.widgets.board import Board

if TYPE_CHECKING:
    from gamesock.client import Client
    from gamesock.tui.screens.home import Choice, Menu

Result = TypeVar("Result")


class GameApp(App[Result]):
    """Shows the screen that ``first`` makes; what that screen is dismissed with is the app's result."""

    CSS_PATH = Path(__file__).with_name("gamesock.tcss")
    TITLE = "gamesock"

    def __init__(self, first: Callable[[Looks], Screen[Any]], looks: Looks) -> None:
        tell_textual(looks)
        native = looks.depth != "full"
        super().__init__(ansi_color=native)
        for theme in THEMES.values():
            self.register_theme(theme)
        self.looks = looks
        self.theme = "ansi-dark" if native else looks.theme if looks.theme in THEMES else "slate"
        self._first = first

    def on_mount(self) -> None:
        """Show the first screen."""
        self.push_screen(self._first(self.looks), self._left)

    def watch_theme(self, theme: str) -> None:
        """A theme chosen in the palette is the board's too."""
        if theme in THEMES:
            self.looks = replace(self.looks, theme=theme)
            for screen in self.screen_stack:
                for board in screen.query(Board):
                    board.set_looks(self.looks)

    def _left(self, result: Result | None) -> None:
        self.exit(result)

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Every key of the screen, by what it does, beside what Textual offers."""
        yield from super().get_system_commands(screen)
        for _, binding, enabled, _ in screen.active_bindings.values():
            if enabled and binding.description and isinstance(binding, Binding) and "(" not in binding.action:
                act = partial(self.call_later, screen.run_action, binding.action)
                yield SystemCommand(binding.description, f"Key: {binding.key}", act)


class GamesApp(GameApp[str]):
    """Plays one game after another: each rematch is a new thread."""

    def __init__(self, play: Callable[[Looks, str | None], Screen[str | None]], looks: Looks) -> None:
        super().__init__(lambda looks: play(looks, None), looks)
        self._play = play

    def _left(self, result: str | None) -> None:
        if result:
            self.push_screen(self._play(self.looks, result), self._left)
        else:
            self.exit()


def game_app(
    client_factory: Callable[[], Client],
    *,
    seat: Seat | None = None,
    watch: bool = False,
    setup: Sequence[p.ClientMessage] = (),
    looks: Looks,
) -> GamesApp:
    """The app that plays or watches a thread, and the rematches that follow it.

    ``setup`` is requested once the seat is taken (a bot for another seat, say), not after a rematch.
    """
    from gamesock.tui.screens.game import GameScreen

    client: Client | None = None

    def play(looks: Looks, following: str | None) -> Screen[str | None]:
        nonlocal client
        if client and following:
            # Seats are swapped for a rematch; the tokens find them.
            client = client.for_thread(following)
            return GameScreen(client, looks, watch=watch)
        client = client_factory()
        return GameScreen(client, looks, seat=seat, watch=watch, setup=setup)

    return GamesApp(play, looks)


def run_game(
    client_factory: Callable[[], Client],
    *,
    seat: Seat | None,
    watch: bool = False,
    setup: Sequence[p.ClientMessage] = (),
    options: Looks | None = None,
) -> int:
    """Play or watch a thread until the player leaves; the exit code."""
    return _run(game_app(client_factory, seat=seat, watch=watch, setup=setup, looks=_settled(options)))


def run_replay(
    updates: Sequence[p.StateUpdate], title: str, looks: Looks | None = None, speed: float = 1.0
) -> int:
    """Play a recording until the player leaves; the exit code."""
    from gamesock.tui.screens.replay import ReplayScreen

    app: GameApp[None] = GameApp(lambda looks: ReplayScreen(updates, title, looks, speed=speed), _settled(looks))
    return _run(app)


def run_home(menu: Menu, looks: Looks | None = None) -> Choice | None:
    """Ask what to do; None: nothing, the player left."""
    from gamesock.tui.screens.home import HomeScreen

    app: GameApp[Choice] = GameApp(lambda looks: HomeScreen(menu), _settled(looks))
    return app.run()


def _settled(looks: Looks | None) -> Looks:
    from gamesock.tui.terminal import settled

    return settled(looks or Looks())


def _run(app: App[Any]) -> int:
    app.run()
    return app.return_code or 0
