"""An app whose games are open side by side, each in a tab (a Textual mode) of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from rich.text import Text
from textual.app import App
from textual.binding import Binding, BindingType
from textual.screen import Screen

from gamesock import protocol as p
from gamesock.address import BadAddress
from gamesock.game import Seat
from gamesock.text import clean
from gamesock.tui.looks import Looks
from gamesock.tui.tabs import Tab, Tabs

if TYPE_CHECKING:
    from gamesock.client import Client
    from gamesock.new_game import NewGame
    from gamesock.place import Place
    from gamesock.tui.screens.connected import ConnectedScreen

Result = TypeVar("Result")

FIRST = "first"
"""The mode of the first screen, and its stack."""


class TabbedApp(App[Result]):
    """Opens games in tabs, and closes them.

    With ``alone`` the first screen is a game, and closing the last tab ends the app; without, the first screen
    is what one comes back to.
    """

    DEFAULT_MODE = FIRST
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left_square_bracket", "tab(-1)", "The tab before", show=False),
        Binding("right_square_bracket", "tab(1)", "The next tab", show=False),
        Binding("g", "home", "Home; the game goes on in its tab", show=False),
    ]

    looks: Looks

    def __init__(self, *, alone: bool, ansi_color: bool) -> None:
        super().__init__(ansi_color=ansi_color)
        self.tabs = Tabs()
        self._alone = alone

    @property
    def tables(self) -> Sequence[Tab]:
        """The open games, in the order of their tabs."""
        return self.tabs.open

    @property
    def has_home(self) -> bool:
        """Whether there is a screen to come back to from a game."""
        return not self._alone

    def open_table(self, screen: ConnectedScreen) -> None:
        """Open a game in a tab of its own, and show it."""
        tab = self.tabs.add(screen)
        self.add_mode(tab.mode, lambda: screen)
        self.switch_mode(tab.mode)
        self._repaint_tabs()

    def start_game(self, place: Place, new: NewGame, thread: str | None = None) -> None:
        """Start a new game at a place, in a tab of its own; ``thread``: it is there already, and empty."""
        self.run_worker(self._start(place, new, thread))

    async def _start(self, place: Place, new: NewGame, thread: str | None) -> None:
        from gamesock.new_game import new_thread_id
        from gamesock.place import NoAnswer
        from gamesock.seatbook import LOCAL

        # To this computer nobody comes by guessing.
        visibility = None if place.name == LOCAL else new.visibility
        try:
            offer = next((game for game in await place.games() if game.name == new.game), None)
            if offer is None:
                raise NoAnswer(f"{place.title} has no {new.game} any more")
            query = {} if thread else new.query()
            client = place.client(thread or new_thread_id(new.game, visibility), query=query)
        except (NoAnswer, BadAddress) as error:
            self._complain(f"That game can't begin: {error}")
            return
        mine = new.side(offer.seats)
        setup = new.setup(offer.seats, mine)
        self.sit(place, client, seat=mine, setup=setup)

    def enter(self, place: Place, thread: str, *, seat: Seat | None = None, watch: bool = False) -> None:
        """Open a game that is there already; if it is open in a tab, show that."""
        for tab in self.tabs:
            if tab.screen.thread_id == thread and tab.screen.address == place.address:
                self.show_table(tab)
                return
        try:
            client = place.client(thread)
        except BadAddress as error:
            self._complain(str(error))
        else:
            self.sit(place, client, seat=seat, watch=watch)

    def _complain(self, reason: str) -> None:
        self.notify(reason, severity="error", markup=False, timeout=10)

    def sit(
        self,
        place: Place,
        client: Client,
        *,
        seat: Seat | None = None,
        setup: Sequence[p.ClientMessage] = (),
        watch: bool = False,
    ) -> None:
        """Open a game of a place in a tab."""
        from gamesock.tui.screens.game import GameScreen

        screen = GameScreen(client, self.looks, seat=seat, watch=watch, setup=setup)
        screen.address = place.address
        self.open_table(screen)

    def close_table(self, screen: ConnectedScreen, following: str | None = None) -> None:
        """Close a game's tab; with ``following``, the thread of that id takes its place."""
        tab = self.tabs.of(screen)
        if tab is None:
            return
        shown = self.current_mode == tab.mode
        if following:
            new = self.tabs.replace(tab, self._following(screen, following))
            self.add_mode(new.mode, lambda: new.screen)
            following_mode: str | None = new.mode
        else:
            beside = self.tabs.beside(tab.mode, 1)
            self.tabs.open.remove(tab)
            following_mode = FIRST if self.has_home else beside.mode if beside and self.tabs.open else None
        if following_mode is None:
            self.exit()
            return
        if shown or following:
            self.switch_mode(following_mode)
        self.remove_mode(tab.mode)
        self._repaint_tabs()

    def fail_table(self, screen: ConnectedScreen, reason: str) -> None:
        """A game can't be reached: close its tab, and say why where one comes to then."""
        if self.tabs.of(screen) is None:
            return  # it was closed meanwhile
        if self.has_home or len(self.tabs) > 1:
            self.close_table(screen)
            self._complain(reason)
        else:
            self.exit(return_code=1, message=Text(clean(reason, 2000)))

    def fail_screen(self, screen: Screen[Any], reason: str) -> None:
        """What a screen shows can't be reached: back to where one came from, and say why."""
        if len(self._screen_stacks[FIRST]) > 2:
            screen.dismiss()
            self._complain(reason)
        else:
            self.exit(return_code=1, message=Text(clean(reason, 2000)))

    def stirred(self, screen: ConnectedScreen) -> None:
        """A move was made at a table: mark its tab unless it is on the screen."""
        tab = self.tabs.of(screen)
        if tab and self.current_mode != tab.mode:
            tab.unread = True
            self._repaint_tabs()

    def show_table(self, tab: Tab) -> None:
        """Show an open game."""
        tab.unread = False
        self.switch_mode(tab.mode)
        self._repaint_tabs()

    def action_tab(self, by: int) -> None:
        """The next tab, or the one before."""
        tab = self.tabs.beside(self.current_mode, by)
        if tab:
            self.show_table(tab)

    def action_home(self) -> None:
        """Home; games go on in their tabs."""
        if self.has_home:
            self.switch_mode(FIRST)

    def _following(self, screen: ConnectedScreen, thread: str) -> ConnectedScreen:
        from gamesock.tui.screens.game import GameScreen

        # Seats are swapped for a rematch; the tokens find them.
        new = GameScreen(screen.client.for_thread(thread), self.looks, watch=screen.watch_only)
        new.address = screen.address
        return new

    def _repaint_tabs(self) -> None:
        shown = self.tabs.shown(self.current_mode)
        if shown and shown.screen.is_mounted:
            shown.screen.repaint()
