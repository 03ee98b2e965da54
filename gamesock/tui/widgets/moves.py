"""The list of moves: scrolls, marks the one on the board, and a click on a move looks back at it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import zip_longest

from rich.segment import Segment
from rich.style import Style
from textual.events import Click
from textual.geometry import Size
from textual.message import Message
from textual.reactive import Reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from gamesock.tui.words import numbered


class MoveList(ScrollView, can_focus=False):
    """Moves in rounds, one line each."""

    COMPONENT_CLASSES = {"move-list--number", "move-list--shown", "move-list--mark"}  # noqa: RUF012 - as Textual declares it

    virtual_size = Reactive(Size(0, 0), layout=False)  # a move more in a list that scrolls moves nothing else

    class Picked(Message):
        """A move was clicked: show the board after ``ply`` moves."""

        def __init__(self, ply: int) -> None:
            super().__init__()
            self.ply = ply

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._notations: tuple[str, ...] = ()
        self._seats = 2
        self._shown = 0
        self._marks: dict[int, str] = {}
        self._rounds: list[tuple[str, list[str]]] = []
        self._drawn: list[tuple[object, ...]] = []
        """What decides how each line looks."""

    def show(
        self, notations: Sequence[str], seats: int, shown: int, marks: Mapping[int, str] | None = None
    ) -> None:
        """Show these moves of a game of so many seats; ``shown``: the ply that is on the board.

        ``marks``: what to put behind the move of a ply, as in ``Qd7??``.
        """
        new = tuple(notations), max(1, seats), shown, dict(marks or {})
        if new == (self._notations, self._seats, self._shown, self._marks):
            return
        before = self._drawn
        self._notations, self._seats, self._shown, self._marks = new
        self._rounds = numbered(notations, self._seats)
        self._drawn = [self._described(line) for line in range(len(self._rounds))]
        self._fit()
        changed = {line for line, (old, now) in enumerate(zip_longest(before, self._drawn)) if old != now}
        for line in changed.intersection(self._lines_in_sight):
            self.refresh_line(line)

    def on_resize(self) -> None:
        """Keep the shown move in sight."""
        self._fit()

    def _fit(self) -> None:
        rounds = len(self._rounds)
        self.virtual_size = Size(self.size.width, rounds if rounds > self.size.height else 0)
        self._scroll_update(self.virtual_size)
        line = max(0, self._shown - 1) // self._seats
        if line not in self._lines_in_sight:
            self.scroll_to(y=max(0, line - self.size.height + 1), animate=False)

    @property
    def _lines_in_sight(self) -> range:
        top = round(self.scroll_offset.y)
        return range(top, top + self.size.height)

    def _described(self, line: int) -> tuple[object, ...]:
        number, moves = self._rounds[line]
        first = line * self._seats + 1
        plies = range(first, first + len(moves))
        marks = tuple(self._marks.get(ply) for ply in plies)
        return number, *moves, marks, self._shown if self._shown in plies else None, self._columns()

    def _columns(self) -> tuple[int, int]:
        number = max(3, len(str(len(self._rounds))) + 1) + 1
        return number, max(4, min(12, (self.size.width - number) // self._seats))

    def render_line(self, y: int) -> Strip:
        """One round."""
        line = y + round(self.scroll_offset.y)
        look = self.rich_style
        if line >= len(self._rounds):
            return Strip.blank(self.size.width, look)
        number_width, width = self._columns()
        number, moves = self._rounds[line]
        segments = [Segment(f"{number:>{number_width - 1}} ", self.get_component_rich_style("move-list--number"))]
        for at, move in enumerate(moves):
            segments.extend(self._move(move, line * self._seats + at + 1, width, look))
        return Strip(segments).adjust_cell_length(self.size.width, look)

    def _move(self, move: str, ply: int, width: int, look: Style) -> list[Segment]:
        mark = self._marks.get(ply, "")
        text = move[: width - 1 - len(mark)]
        rest = Segment(" " * (width - len(text) - len(mark)), look)
        if ply == self._shown:
            return [Segment(text + mark, self.get_component_rich_style("move-list--shown")), rest]
        marked = self.get_component_rich_style("move-list--mark") if mark else look
        return [Segment(text, look), Segment(mark, marked), rest] if mark else [Segment(text, look), rest]

    def on_click(self, event: Click) -> None:
        """Look back at the move under the mouse."""
        number_width, width = self._columns()
        line = event.y + round(self.scroll_offset.y)
        at = max(0, event.x - number_width) // width
        ply = line * self._seats + at + 1
        if at < self._seats and ply <= len(self._notations):
            self.post_message(self.Picked(ply))
