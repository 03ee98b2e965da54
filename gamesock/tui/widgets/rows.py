"""A list with a cursor, as long as it likes: only the rows that are seen are drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar, NamedTuple, TypeAlias

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.events import Click, MouseMove, Resize
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

Part: TypeAlias = tuple[str, str]
"""A text, and its kind: one of ``Rows.KINDS`` or ````."""

CURSOR = 2
"""Columns at the left for the cursor's sign."""


class Row(NamedTuple):
    """A line of the list; without a key it is a heading or a gap, and the cursor passes it over."""

    key: str | None
    draw: Callable[[int], Sequence[Part]]
    """Its parts, given how many columns there are."""


class Rows(ScrollView, can_focus=True):
    """Rows, one of which the cursor is on."""

    KINDS = ("heading", "strong", "muted", "good", "warn")
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"rows--{kind}" for kind in (*KINDS, "cursor", "hover")}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "step(1)", "Down", show=False),
        Binding("up,k", "step(-1)", "Up", show=False),
        Binding("pagedown", "page(1)", "A page down", show=False),
        Binding("pageup", "page(-1)", "A page up", show=False),
        Binding("home", "edge(False)", "The first", show=False),
        Binding("end", "edge(True)", "The last", show=False),
        Binding("enter,space", "choose", "Choose", show=False),
    ]

    class Moved(Message):
        """The cursor is on another row."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    class Chosen(Message):
        """A row was chosen, by Enter or a click."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    def __init__(self, sign: str = "▸", *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.sign = sign
        self.rows: Sequence[Row] = ()
        self._at = -1
        self._hovered = -1

    @property
    def key(self) -> str | None:
        """The key of the row that the cursor is on."""
        return self.rows[self._at].key if 0 <= self._at < len(self.rows) else None

    @property
    def at(self) -> int:
        """The number of that row; -1: there is none."""
        return self._at

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Show these; the cursor stays on its key, or else where it was."""
        before = self.key
        self.rows = rows
        self.virtual_size = Size(1, len(rows))
        keys = [row.key for row in rows]
        if before is not None and before in keys:
            self._at = keys.index(before)
        else:
            self._at = self._nearest(min(max(self._at, 0), len(rows) - 1), 1)
        if self.key is not None and self.key != before:
            self.post_message(self.Moved(self.key))
        self.refresh()

    def point_at(self, key: str) -> None:
        """Put the cursor on the row of this key."""
        keys = [row.key for row in self.rows]
        if key in keys:
            self._go(keys.index(key))

    def _nearest(self, at: int, by: int) -> int:
        """The first row with a key from ``at`` on, or else the last one before it."""
        for way in (by, -by):
            found = at
            while 0 <= found < len(self.rows):
                if self.rows[found].key is not None:
                    return found
                found += way
        return -1

    def _go(self, at: int) -> None:
        if at == self._at or not 0 <= at < len(self.rows):
            return
        self._at = at
        # A heading above the first row comes into view with it.
        top = at - 1 if at and self.rows[at - 1].key is None else at
        if at == self._nearest(0, 1):
            top = 0
        self.scroll_to_region(Region(0, top, 1, at - top + 1), animate=False, force=True)
        key = self.key
        assert key is not None
        self.post_message(self.Moved(key))
        self.refresh()

    # Keys and mouse

    def action_step(self, by: int) -> None:
        """The next row, or the one before."""
        self._go(self._nearest(min(max(self._at + by, 0), len(self.rows) - 1), by))

    def action_page(self, by: int) -> None:
        """A screen further."""
        page = max(1, self.size.height - 1)
        self._go(self._nearest(min(max(self._at + by * page, 0), len(self.rows) - 1), by))

    def action_edge(self, last: bool) -> None:
        """The first or the last row."""
        self._go(self._nearest(len(self.rows) - 1, -1) if last else self._nearest(0, 1))

    def action_choose(self) -> None:
        """Choose the row that the cursor is on."""
        if self.key is not None:
            self.post_message(self.Chosen(self.key))

    def on_click(self, event: Click) -> None:
        """Choose what was clicked."""
        at = event.y + self.scroll_offset.y
        if 0 <= at < len(self.rows) and self.rows[at].key is not None:
            self._go(at)
            self.action_choose()

    def on_mouse_move(self, event: MouseMove) -> None:
        """Show what a click would choose."""
        self._hover(event.y + self.scroll_offset.y)

    def on_leave(self) -> None:
        """The mouse is elsewhere."""
        self._hover(-1)

    def _hover(self, at: int) -> None:
        if at != self._hovered:
            self._hovered = at
            self.refresh()

    def on_resize(self, event: Resize) -> None:
        """Rows are as wide as the list."""
        self.virtual_size = Size(1, len(self.rows))
        if self._at >= 0:
            self.scroll_to_region(Region(0, self._at, 1, 1), animate=False, force=True)

    # Drawing

    def render_line(self, y: int) -> Strip:
        """One row."""
        width = self.scrollable_content_region.width
        at = y + self.scroll_offset.y
        if not 0 <= at < len(self.rows):
            return Strip.blank(width, self.rich_style)
        row = self.rows[at]
        chosen = at == self._at
        ground = self.rich_style
        if chosen and row.key is not None:
            ground = self.get_component_rich_style("rows--cursor")
        elif at == self._hovered and row.key is not None:
            ground = self.get_component_rich_style("rows--hover")
        sign = f"{self.sign} "[:CURSOR] if chosen else " " * CURSOR
        segments = [Segment(sign, ground)]
        ascii_only = self.app.has_class("-ascii")
        for drawn, kind in row.draw(max(0, width - CURSOR)):
            text = drawn.replace("…", "~") if ascii_only else drawn
            segments.append(Segment(text, ground + self._ink(kind) if kind else ground))
        return Strip(segments).adjust_cell_length(width, ground)

    def _ink(self, kind: str) -> Style:
        """The style of a kind, upon whatever ground the row has."""
        style = self.get_component_rich_style(f"rows--{kind}")
        return Style(color=style.color, bold=style.bold or None)


def fitted(text: str, width: int, *, right: bool = False) -> str:
    """The text in exactly ``width`` columns; what is too long ends with ``…``."""
    if width <= 0:
        return ""
    if cell_len(text) > width:
        return set_cell_size(text, width - 1) + "…"
    return " " * (width - cell_len(text)) + text if right else set_cell_size(text, width)
