"""Who is at a table."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from gamesock.mirror import Mirror
from gamesock.tui.words import player_text, safe


class People(ModalScreen[None]):
    """The players, and those who watch."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,v,enter", "dismiss", "Close")]

    def __init__(self, mirror: Mirror) -> None:
        super().__init__()
        self.mirror = mirror

    def compose(self) -> ComposeResult:
        """The names."""
        with VerticalScroll(classes="dialog"):
            yield Static(self.text())

    def text(self) -> Content:
        """The players seat by seat, and the first of those who watch."""
        table = self.mirror.table
        if table is None:
            return Content("Not connected yet")
        lines = [Content.styled("Playing", "bold $accent")]
        for seat in table.seats:
            player = table.players.get(seat)
            away = " (away)" if player and not player.here and player.kind == "human" else ""
            you = " (you)" if seat in self.mirror.seats else ""
            lines.append(Content(f"  {seat}: {safe(player_text(player))}{you}{away}"))
        lines += [Content(""), Content.styled(f"Watching: {table.watching}", "bold $accent")]
        lines += [Content(f"  {safe(name)}") for name in table.spectators]
        if table.watching > len(table.spectators):
            lines.append(Content(f"  and {table.watching - len(table.spectators)} more"))
        return Content("\n").join(lines)
