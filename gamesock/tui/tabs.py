"""The open games, side by side: which there are, whose move it is there, and what happened unseen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gamesock.tui.looks import Symbols
from gamesock.tui.widgets.tab_bar import TabLook
from gamesock.tui.words import safe

if TYPE_CHECKING:
    from gamesock.tui.screens.connected import ConnectedScreen


@dataclass(slots=True, eq=False)
class Tab:
    """A game that is open."""

    screen: ConnectedScreen
    mode: str
    """The Textual mode it lives in."""
    unread: bool = False
    """Whether a move was made there since it was last on the screen."""

    @property
    def title(self) -> str:
        """Who else plays there, or the id of the thread."""
        mirror = self.screen.mirror
        players = mirror.table.players if mirror.table else {}
        others = [view.name for seat, view in players.items() if view and seat not in mirror.seats]
        return " - ".join(others) or self.screen.thread_id

    @property
    def game(self) -> str:
        """What is played there."""
        table = self.screen.mirror.table
        return table.title if table else ""

    def look(self, by: int, at: int, symbols: Symbols) -> TabLook:
        """How it shows in the row of tabs: at its place, ``by`` tabs away from the one on the screen."""
        mark = symbols.turn if self.my_turn else symbols.news if self.unread else ""
        game, against = safe(self.game) or "Connecting", safe(self.title)
        return TabLook(at + 1, game, against, by, mark)

    @property
    def my_turn(self) -> bool:
        """Whether a move of ours is waited for."""
        return self.screen.mirror.my_turn

    @property
    def under_way(self) -> bool:
        """Whether we are in the middle of a game there."""
        return self.screen.mirror.under_way


class Tabs:
    """The tabs in their order."""

    def __init__(self) -> None:
        self.open: list[Tab] = []
        self._made = 0

    def __len__(self) -> int:
        return len(self.open)

    def __iter__(self) -> Iterator[Tab]:
        return iter(self.open)

    def add(self, screen: ConnectedScreen, mode: str | None = None) -> Tab:
        """A new tab, the last; in a mode of its own unless ``mode`` says which."""
        tab = Tab(screen, mode or self._mode())
        self.open.append(tab)
        return tab

    def replace(self, tab: Tab, screen: ConnectedScreen) -> Tab:
        """A new tab in the place of another."""
        new = Tab(screen, self._mode())
        self.open[self.open.index(tab)] = new
        return new

    def of(self, screen: ConnectedScreen) -> Tab | None:
        """The tab of a screen."""
        return next((tab for tab in self.open if tab.screen is screen), None)

    def shown(self, mode: str) -> Tab | None:
        """The tab of a mode; None: the mode is no tab's."""
        return next((tab for tab in self.open if tab.mode == mode), None)

    def looks(self, screen: object, symbols: Symbols) -> list[TabLook]:
        """How all of them show while this screen is on."""
        here = next((at for at, tab in enumerate(self.open) if tab.screen is screen), 0)
        count = len(self.open)
        return [tab.look((at - here) % count, at, symbols) for at, tab in enumerate(self.open)]

    def beside(self, mode: str, by: int) -> Tab | None:
        """The tab ``by`` places from a mode's, round and round; from elsewhere, the first or the last."""
        if not self.open:
            return None
        shown = self.shown(mode)
        at = self.open.index(shown) if shown else (-1 if by > 0 else 0)
        return self.open[(at + by) % len(self.open)]

    def _mode(self) -> str:
        self._made += 1
        return f"table {self._made}"
