"""The games of one file, to choose from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import Screen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from gamesock.tui.looks import Looks
from gamesock.tui.recorded import Volume
from gamesock.tui.screens.study import StudyScreen
from gamesock.tui.words import safe


class CollectionScreen(Screen[None]):
    """A list of games; the one chosen is replayed, and then one is back here."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "list('cursor_down')", "Down", show=False),
        Binding("k", "list('cursor_up')", "Up", show=False),
        Binding("q,escape", "dismiss", "Leave"),
    ]

    def __init__(self, games: Sequence[Volume], title: str, looks: Looks, *, speed: float = 1.0) -> None:
        super().__init__()
        self.games, self.heading, self.looks, self.speed = tuple(games), title, looks, speed

    def compose(self) -> ComposeResult:
        """The file's name, its games, the keys."""
        with Vertical(id="collection"):
            yield Static(Content.assemble((safe(self.heading), "bold"), f"  {len(self.games)} games"))
            yield OptionList(*(self._option(number, game) for number, game in enumerate(self.games, 1)))
            yield Static(Content.from_markup("[b]Enter[/b] replays  [b]q[/b] leaves"), classes="keys")

    def _option(self, number: int, game: Volume) -> Option:
        width = len(str(len(self.games)))
        details = f"  {safe(game.details)}" if game.details else ""
        return Option(
            Content.assemble(
                (f"{number:>{width}}  ", "$foreground-muted"), safe(game.title), (details, "$foreground-muted")
            )
        )

    def action_list(self, action: str) -> None:
        """Move as with the arrows."""
        getattr(self.query_one(OptionList), f"action_{action}")()

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        game = self.games[event.option_index].open()
        self.app.push_screen(StudyScreen(game, self.looks, speed=self.speed))
