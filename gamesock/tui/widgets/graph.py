"""The course of a game as a line of time to click on, and above it, once somebody analysed it, the chances."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from rich.segment import Segment
from rich.style import Style
from textual.events import Click, MouseMove
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from gamesock.tui.cells import style
from gamesock.tui.looks import Looks

_STEPS = (" ▁▂▃▄▅▆▇█", " .#")
"""How full a cell can be: with blocks, and in ASCII."""

_TRACK = ("━", "=")
"""The time that is over, likewise."""

_INKS = {"full": ("#e6e9ec", "#3d444d"), "16": ("bright_white", "bright_black"), "none": (None, None)}
"""Of the first seat's chances, and of the rest, by how many colours there are: light and dark on any ground."""

_LOUD = ("??", "?")
"""Marks that are shown among the plies too, the worst first."""


class Graph(Widget, can_focus=False):
    """The chances of the first seat, from below; under them the plies, with a sign at those worth a look.

    Every column stands for one ply or for several; a click, or a drag, goes to it.
    """

    COMPONENT_CLASSES = {  # noqa: RUF012 - as Textual declares it
        "graph--now", "graph--done", "graph--left", "graph--mark",
    }  # fmt: skip

    class Picked(Message):
        """A ply was clicked."""

        def __init__(self, ply: int) -> None:
            super().__init__()
            self.ply = ply

    def __init__(self, looks: Looks, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.looks = looks
        self._rows = 0
        self._plies = 0
        self._at = 0
        self._chances: tuple[float | None, ...] = ()
        self._marks: dict[int, str] = {}
        self._signs: tuple[int, dict[int, str]] = 0, {}
        """For a width: what stands in which column."""

    # What to show

    def show(
        self,
        plies: int,
        at: int,
        chances: Sequence[float | None] = (),
        marks: Mapping[int, str] | None = None,
        *,
        rows: int = 3,
    ) -> None:
        """Show a game of so many plies, at one of them.

        ``chances``: of the first seat, 0 to 1, before the first move and after each; None where unknown.
        ``rows``: how high they are drawn; an odd number has a middle, 0 leaves them out.
        """
        rows = rows if chances else 0
        taller, self._rows = rows != self._rows, rows
        everything = (plies, tuple(chances), dict(marks or {}))
        changed = everything != (self._plies, self._chances, self._marks)
        before, self._at = self._at, at
        self._plies, self._chances, self._marks = everything
        if changed:
            self._signs = 0, {}
        if taller:
            self.refresh(layout=True)
        elif changed:
            self.refresh()
        elif before != at:
            self._refresh_between(before, at)

    def _refresh_between(self, before: int, at: int) -> None:
        """Only the columns in which something moved."""
        columns = sorted((self.column(before), self.column(at)))
        for column in set(columns):
            self.refresh(Region(column, 0, 1, self.size.height))
        self.refresh(Region(columns[0], self.size.height - 1, columns[1] - columns[0] + 1, 1))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """One row for the time, and as many more as the chances take."""
        return 1 + self._rows

    # Plies and columns

    def column(self, ply: int) -> int:
        """Where a ply is."""
        last = max(0, self.size.width - 1)
        return round(min(max(ply, 0), self._plies) / self._plies * last) if self._plies else 0

    def ply(self, column: int) -> int:
        """What is at a column."""
        last = max(1, self.size.width - 1)
        return min(max(round(column / last * self._plies), 0), self._plies)

    # Drawing

    def render_line(self, y: int) -> Strip:
        """A row of the chances, or the row of time."""
        width, height = self.size.width, self.size.height
        if y == height - 1:
            return _strip(self._time(column) for column in range(width))
        level = height - 2 - y
        return _strip(self._cell(column, level, height - 1) for column in range(width))

    def _cell(self, column: int, level: int, rows: int) -> tuple[str, Style]:
        now = column == self.column(self._at)
        look = self.get_component_rich_style("graph--now") if now else style(*_INKS[self.looks.depth])
        ply = self._at if now else self.ply(column)
        chance = self._chances[ply] if ply < len(self._chances) else None
        steps = _STEPS[self.looks.pieces == "ascii"]
        each = len(steps) - 1
        part = 0 if chance is None else min(max(round(chance * rows * each) - level * each, 0), each)
        even = self.looks.symbols.lines[0] if level == rows // 2 else " "
        return (steps[part] if part else even), look

    def _time(self, column: int) -> tuple[str, Style]:
        now = self.column(self._at)
        if column == now:
            return self.looks.symbols.here, self.get_component_rich_style("graph--now")
        if sign := self._signs_now().get(column):
            return sign, self.get_component_rich_style("graph--mark")
        done = column < now
        sign = _TRACK[self.looks.pieces == "ascii"] if done else self.looks.symbols.lines[0]
        return sign, self.get_component_rich_style("graph--done" if done else "graph--left")

    def _signs_now(self) -> dict[int, str]:
        """What stands in which column, as in the list of moves: a mark is never to be taken for a worse one."""
        width = self.size.width
        if self._signs[0] != width:
            signs: dict[int, str] = {}
            for loud in _LOUD:
                for ply in (ply for ply, mark in self._marks.items() if mark == loud):
                    at = min(self.column(ply), width - len(loud))
                    if not any(beside in signs for beside in range(at - 1, at + len(loud) + 1)):
                        signs |= dict(enumerate(loud, at))
            self._signs = width, signs
        return self._signs[1]

    # The mouse

    def on_click(self, event: Click) -> None:
        """Go to the ply under the mouse."""
        self.post_message(self.Picked(self.ply(event.x)))

    def on_mouse_move(self, event: MouseMove) -> None:
        """While the button is down, follow the mouse."""
        if event.button:
            self.post_message(self.Picked(self.ply(event.x)))


def _strip(cells: Iterable[tuple[str, Style]]) -> Strip:
    """Cells of one look are one segment: few bytes for the terminal."""
    merged: list[tuple[str, Style]] = []
    for text, look in cells:
        if merged and merged[-1][1] == look:
            merged[-1] = merged[-1][0] + text, look
        else:
            merged.append((text, look))
    return Strip([Segment(text, look) for text, look in merged])
