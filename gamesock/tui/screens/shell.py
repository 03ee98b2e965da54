"""What the screens around the games share: a style sheet of their own, and classes by the room there is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from textual.screen import ModalScreen, Screen
from textual.widget import Widget

if TYPE_CHECKING:
    from gamesock.tui.app import GameApp

Result = TypeVar("Result")

_WIDTHS = [(0, "-narrow"), (76, "-middle"), (104, "-wide")]
_HEIGHTS = [(0, "-short"), (20, "-tall"), (32, "-high")]


class ShellScreen(Screen[None]):
    """A whole screen that is no game."""

    app: GameApp[Any]
    CSS_PATH = "../shell.tcss"
    HORIZONTAL_BREAKPOINTS = _WIDTHS
    VERTICAL_BREAKPOINTS = _HEIGHTS

    def still_has(self, widget: type[Widget]) -> bool:
        """Whether there is still such a widget: what a server says may come when the screen is being closed."""
        return self.is_attached and bool(self.query(widget))


class ShellDialog(ModalScreen[Result]):
    """A dialog over one."""

    CSS_PATH = "../shell.tcss"
    HORIZONTAL_BREAKPOINTS = _WIDTHS
    VERTICAL_BREAKPOINTS = _HEIGHTS
