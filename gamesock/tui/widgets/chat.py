"""What was said at a table: it scrolls, and knows what hasn't been seen."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from gamesock import protocol as p
from gamesock.game import Seat
from gamesock.tui.words import safe

KEPT = 200
"""Lines that can be scrolled to."""


class ChatLog(VerticalScroll, can_focus=False):
    """The newest lines, the last at the bottom."""

    class Read(Message):
        """What had not been seen is in sight now."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._text = Static()
        self._told: tuple[p.ChatMessage, ...] = ()
        self._seen = 0
        """The ``seq`` of the newest line that was in sight."""
        self.add_class("-empty", update=False)

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
        self._look()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """One may have scrolled to what is new."""
        super().watch_scroll_y(old_value, new_value)
        self._look()

    def on_resize(self) -> None:
        """There may be room for it now."""
        self.call_after_refresh(self._look)

    def _look(self) -> None:
        """What is in sight has been read; whoever counts what is new is told."""
        new = self._told[-1].seq if self._told else 0
        if self._in_sight and new > self._seen:
            self._seen = new
            self.post_message(self.Read())

    @property
    def unread(self) -> int:
        """Lines that came while they could not be seen."""
        return sum(message.seq > self._seen for message in self._told)

    @property
    def _in_sight(self) -> bool:
        return self.size.height > 0 and self.region.height > 0 and self.max_scroll_y - self.scroll_y < 2


def _said(message: p.ChatMessage, *, rooms: bool) -> Content:
    where = " (watching)" if rooms and message.room == "spectators" else ""
    return Content.assemble((f"{safe(message.name)}{where}: ", "bold $accent"), safe(message.text))
