"""The full-screen client: one app, whose games are open side by side in tabs, and the functions that run it."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from rich.console import RenderableType
from rich.text import Text
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen

from gamesock import protocol as p
from gamesock.game import Seat
from gamesock.heap import settle
from gamesock.preferences import Preferences
from gamesock.tui.ink import Ink
from gamesock.tui.looks import THEMES, Looks
from gamesock.tui.tabbed import FIRST, TabbedApp
from gamesock.tui.terminal import is_gone, tell_textual
from gamesock.tui.widgets.board import Board

if TYPE_CHECKING:
    from textual.driver import Driver

    from gamesock.client import Client
    from gamesock.place import Place
    from gamesock.tui.doors import Doors
    from gamesock.tui.recorded import Archive, Volume

Result = TypeVar("Result")

STARTED = 1.0
"""Seconds after which the first board is there, and what the start leaves behind."""

INTERRUPTED = 130
"""The exit code after Ctrl+C."""

TERMINAL_CHECK = 5.0
"""Seconds between two looks whether the terminal is still there."""


class GameApp(TabbedApp[Result]):
    """Shows the screen that ``first`` makes, and every open game in a tab of its own.

    With ``tab`` the first screen is a game, and closing the last tab ends the app; without, the first screen is
    what one comes back to, and what it is dismissed with is the app's result.
    """

    CSS_PATH = Path(__file__).with_name("gamesock.tcss")
    TITLE = "gamesock"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "leave_app", "Leave gamesock", show=False, priority=True),
        Binding("ctrl+c", "interrupt", "Leave gamesock", show=False, priority=True),
    ]

    def __init__(
        self,
        first: Callable[[Looks], Screen[Any]],
        looks: Looks,
        preferences: Preferences | None = None,
        *,
        tab: bool = False,
    ) -> None:
        tell_textual(looks)
        self._dressed = False
        native = looks.depth != "full"
        super().__init__(alone=tab, ansi_color=native)
        for known in THEMES.values():
            self.register_theme(known)
        self.looks = looks
        self.set_class(looks.pieces == "ascii", "-ascii")
        self.preferences = preferences or Preferences()
        theme = "ansi-dark" if native else looks.theme if looks.theme in THEMES else "slate"
        self.set_reactive(App.theme, theme)  # as a change, it would have the style sheet read three times more
        self._dressed = True
        self.stylesheet.set_variables(self.get_css_variables())
        self._ink = Ink()
        self.archive: Archive | None = None
        """Makes games to look at of recordings, where somebody gave us one."""
        self._first = first
        self._asked_to_leave = False
        self._leave_code = 0

    def get_css_variables(self) -> dict[str, str]:
        """The theme's; none before it is settled which: to mix its colours takes a while."""
        return super().get_css_variables() if self._dressed else {}

    def get_driver_class(self) -> type[Driver]:
        """Where Textual would read the keys of a Unix terminal, we do."""
        usual = super().get_driver_class()
        if usual.__module__ != "textual.drivers.linux_driver":
            return usual
        from gamesock.tui.keyboard import PatientDriver

        return PatientDriver

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        super()._display(screen, self._ink.frugal(renderable, self.size))

    def on_resize(self) -> None:
        """A terminal that changes its size may spoil what it shows."""
        if self._ink.used:
            self.screen.refresh()

    def on_mount(self) -> None:
        """Show the first screen."""
        self.add_mode(FIRST, Screen)  # a mode known earlier has the style sheet read twice more
        screen: Any = self._first(self.looks)
        if self._alone:
            self.tabs.add(screen, FIRST)
        self.push_screen(screen, self.exit)
        if not self.is_headless:
            self.set_timer(STARTED, settle)
        if not self.is_headless and not is_gone():
            # Usually SIGHUP ends the program then. Where that is ignored, Textual would read the end for ever.
            self.set_interval(TERMINAL_CHECK, self._end_with_terminal)
        if not self.is_headless and sys.platform != "win32":
            self._end_by_signals()

    def _end_by_signals(self) -> None:
        """Whoever ends the program gets a terminal back as it was."""
        for number in (signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) is not signal.SIG_IGN:
                leave = partial(self.exit, return_code=128 + number)
                asyncio.get_running_loop().add_signal_handler(number, leave)

    def _end_with_terminal(self) -> None:
        if is_gone():
            self.exit(return_code=1)

    def watch_theme(self, theme: str) -> None:
        """A theme chosen in the palette is the board's too."""
        if theme in THEMES:
            self._dress(self.looks._replace(theme=theme))

    def prefer(self, preferences: Preferences) -> None:
        """Take other preferences, here and now; the number of colours is settled when the app starts."""
        self.preferences = preferences
        wished = Looks.preferred(preferences)
        self._dress(_settled(wished._replace(color=self.looks.color)))
        if self.looks.depth == "full":
            self.theme = self.looks.theme

    def _dress(self, looks: Looks) -> None:
        self.looks = looks
        for stack in self._screen_stacks.values():
            for screen in stack:
                for board in screen.query(Board):
                    board.set_looks(looks)

    def bell(self) -> None:
        """Ring, if the player likes that."""
        if self.preferences.bell:
            super().bell()

    # Leaving

    def _fatal_error(self) -> None:
        """A fault of ours: give the terminal back, and say in few words how to go on."""
        from gamesock.tui.collapse import keep_fault

        error = self._exception
        if error is not None and not self._exit_renderables:
            under_way = sum(tab.under_way for tab in self.tabs)
            self._exit_renderables.append(Text(keep_fault(error, under_way=under_way)))
        self._close_messages_no_wait()

    def action_leave_app(self) -> None:
        """Leave gamesock; with games under way, only when that is meant."""
        games = sum(tab.under_way for tab in self.tabs)
        if not games or self._asked_to_leave:
            self.exit(return_code=self._leave_code)
            return
        from gamesock.tui.screens.dialogs import Confirm

        kept = "A game is under way; your seat is kept."
        if games > 1:
            kept = f"{games} games are under way; your seats are kept."
        self._asked_to_leave = True
        self.push_screen(Confirm(f"Leave gamesock? {kept}"), self._leave_if)

    def _leave_if(self, yes: bool | None) -> None:
        self._asked_to_leave = False
        if yes:
            self.exit(return_code=self._leave_code)
        self._leave_code = 0

    def action_interrupt(self) -> None:
        """Leave gamesock, interrupted, as shells know it; a second time without a question."""
        self._leave_code = INTERRUPTED
        self.action_leave_app()

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Everything that can be done here, with its keys; and nothing that isn't ours."""
        from gamesock.tui.screens.palette import commands

        yield from commands(self, screen)

    def action_command_palette(self) -> None:
        """Everything by name."""
        from gamesock.tui.screens.palette import open_palette

        open_palette(self)


def game_app(
    client_factory: Callable[[], Client],
    *,
    seat: Seat | None = None,
    watch: bool = False,
    setup: Sequence[p.ClientMessage] = (),
    looks: Looks,
    preferences: Preferences | None = None,
    address: str | None = None,
) -> GameApp[None]:
    """The app that plays or watches a thread, and the rematches that follow it.

    ``setup`` is requested once the seat is taken (a bot for another seat, say), not after a rematch.
    ``address``: what a friend types to reach the server, where that isn't what the client connects to.
    """
    from gamesock.tui.screens.game import GameScreen

    def play(looks: Looks) -> GameScreen:
        screen = GameScreen(client_factory(), looks, seat=seat, watch=watch, setup=setup)
        screen.address = address or screen.address
        return screen

    return GameApp(play, looks, preferences, tab=True)


def run_game(
    client_factory: Callable[[], Client],
    *,
    seat: Seat | None,
    watch: bool = False,
    setup: Sequence[p.ClientMessage] = (),
    options: Looks | None = None,
    preferences: Preferences | None = None,
    address: str | None = None,
    archive: Archive | None = None,
) -> int:
    """Play or watch a thread until the player leaves; the exit code."""
    looks = _settled(options)
    app = game_app(
        client_factory, seat=seat, watch=watch, setup=setup, looks=looks, preferences=preferences, address=address
    )
    app.archive = archive
    return _run(app)


def run_replay(
    games: Sequence[Volume],
    title: str,
    looks: Looks | None = None,
    speed: float = 1.0,
    preferences: Preferences | None = None,
) -> int:
    """Replay a game, or those of a file one chooses from, until the player leaves; the exit code."""
    from gamesock.tui.screens.collection import CollectionScreen
    from gamesock.tui.screens.study import StudyScreen

    def first(looks: Looks) -> Screen[None]:
        if len(games) == 1 and (opened := games[0].open):
            return StudyScreen(opened(), looks, speed=speed)
        return CollectionScreen(games, title, looks, speed=speed)

    app: GameApp[None] = GameApp(first, _settled(looks), preferences)
    return _run(app)


def run_home(doors: Doors, looks: Looks, preferences: Preferences, archive: Archive | None = None) -> int:
    """Show the home screen, and what is chosen there, until the player leaves; the exit code."""
    from gamesock.tui.screens.home import HomeScreen

    app: GameApp[None] = GameApp(lambda looks: HomeScreen(doors), _settled(looks), preferences)
    app.archive = archive
    return _run(app)


def run_lobby(place: Place, looks: Looks, preferences: Preferences, archive: Archive | None = None) -> int:
    """Show a server's lobby, and the games that are chosen there, until the player leaves; the exit code."""
    from gamesock.tui.screens.lobby import LobbyScreen

    app: GameApp[None] = GameApp(lambda looks: LobbyScreen(place), _settled(looks), preferences)
    app.archive = archive
    return _run(app)


def _settled(looks: Looks | None) -> Looks:
    from gamesock.tui.terminal import settled

    return settled(looks or Looks())


def _run(app: App[Any]) -> int:
    app.run()
    return app.return_code or 0
