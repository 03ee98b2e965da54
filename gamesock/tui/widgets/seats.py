"""Who plays: a line with name, presence and clock, and below it what the player captured."""

from __future__ import annotations

from typing import NamedTuple

from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from gamesock.tui.widgets.clock import ClockLook


class SeatLook(NamedTuple):
    """Everything shown of a seat."""

    sign: str
    name: str
    role: str = ""
    """The seat, beside the name where there is room."""
    moving: bool = False
    here: bool = True
    note: str = ""
    """Why one waits for this player: ``away 0:42``."""
    tray: str = ""
    clock: ClockLook | None = None


class SeatPanel(Widget):
    """One seat beside the board."""

    def __init__(self) -> None:
        super().__init__()
        self._look = SeatLook("", "")

    def show(self, look: SeatLook) -> None:
        """Show this seat."""
        if look != self._look:
            layout = bool(look.tray) != bool(self._look.tray)
            self._look = look
            self.refresh(layout=layout)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """One row, and one for the tray if anything lies there and there is room."""
        return 2 if self._look.tray and not self.has_class("-short") else 1

    def render(self) -> Content:
        """The name on the left, the clock on the right, the tray below."""
        look, width = self._look, self.size.width
        clock = look.clock.content if look.clock else Content("")
        room = width - clock.cell_length - 3
        note = f" {look.note}" if look.note else ""
        role = f" ({look.role})" if look.role and look.role not in look.name else ""
        if len(look.name) + len(role) + len(note) > room:
            role = ""
        name = look.name[: max(3, room - len(note))]
        left = Content.assemble(
            (f"{look.sign} ", "$success" if look.here else "$warning"),
            (name, "bold" if look.moving else ""),
            (role, "$foreground-muted"),
            (note, "$warning"),
        )
        gap = " " * max(1, width - left.cell_length - clock.cell_length)
        return Content.assemble(left, gap, clock, "\n", (f"  {look.tray}", "$foreground-muted"))
