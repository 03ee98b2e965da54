"""What was said at a table: it scrolls, and knows what hasn't been seen."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from gamesock import protocol as p
from gamesock.game import Seat
from gamesock.tui.words import safe

KEPT = 200
"""Lines that can be scrolled to."""


class ChatLog(VerticalScroll, can_focus=False):
    """The newest lines, the last at the bottom."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._text = Static()
        self._told: tuple[p.ChatMessage, ...] = ()
        self._seen = 0
        """The ``seq`` of the newest line that was in sight."""
        self.add_class("-empty")

    def on_mount(self) -> None:
        """Follow the talk, until somebody scrolls back in it."""
        self.anchor()

    def compose(self) -> Iterable[Static]:
        """The lines."""
        yield self._text

    def tell(self, messages: Iterable[p.ChatMessage], own: Collection[Seat], *, rooms: bool) -> None:
        """Show these; ``own``: the seats whose words are the viewer's; ``rooms``: say where each was said."""
        told = tuple(messages)[-KEPT:]
        if told != self._told:
            self._told = told
            self.set_class(not told, "-empty")
            self._text.update(Content("\n").join(_said(message, rooms=rooms) for message in told))
            if not told or told[-1].seat in own:
                self.anchor()
        if self._in_sight and told:
            self._seen = told[-1].seq

    @property
    def unread(self) -> int:
        """Lines that came while they could not be seen."""
        if self._in_sight and self._told:
            self._seen = self._told[-1].seq
        return sum(message.seq > self._seen for message in self._told)

    @property
    def _in_sight(self) -> bool:
        return self.size.height > 0 and self.region.height > 0 and self.max_scroll_y - self.scroll_y < 2


def _said(message: p.ChatMessage, *, rooms: bool) -> Content:
    where = " (watching)" if rooms and message.room == "spectators" else ""
    return Content.assemble((f"{safe(message.name)}{where}: ", "bold $accent"), safe(message.text))
