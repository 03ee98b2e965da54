"""The games of one file, to choose from while more of them are read."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option
from textual.worker import get_current_worker

from gamesock.tui.looks import Looks
from gamesock.tui.recorded import AT_ONCE, Shelf, Volume
from gamesock.tui.screens.study import StudyScreen
from gamesock.tui.widgets.lines import Line
from gamesock.tui.words import safe

_OFTEN = 0.2
"""Seconds between two looks at what was read."""

_PART = 4
"""A list grows by this part of itself, or more."""

_WIDE = 5
"""Digits of a number, where nobody knows yet how many there are."""


class CollectionScreen(Screen[None]):
    """A list of games; the one chosen is replayed, and then one is back here."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "list('cursor_down')", "Down", show=False),
        Binding("k", "list('cursor_up')", "Up", show=False),
        Binding("q,escape", "dismiss", "Leave"),
    ]

    class Found(Message):
        """More games were read."""

        def __init__(self, games: Sequence[Volume], *, read: int, reason: str = "", last: bool = False) -> None:
            super().__init__()
            self.games, self.read, self.reason, self.last = games, read, reason, last

    def __init__(self, games: Sequence[Volume], title: str, looks: Looks, *, speed: float = 1.0) -> None:
        super().__init__()
        self.games, self.heading, self.looks, self.speed = list(games), title, looks, speed
        self._rest = games.rest if isinstance(games, Shelf) and len(games) >= AT_ONCE else None
        self._count = Line(id="count", keep=True)
        self._list = OptionList(*(self._option(number, game) for number, game in enumerate(self.games, 1)))

    def compose(self) -> ComposeResult:
        """The file's name, its games, the keys."""
        with Vertical(id="collection"):
            yield self._count
            yield self._list
            yield Static(Content.from_markup("[b]Enter[/b] replays  [b]q[/b] leaves"), classes="keys")

    def on_mount(self) -> None:
        """Read on."""
        reading = self._rest is not None
        self._tell(len(self.games), f"  reading on{self.looks.symbols.dots}" if reading else "")
        if reading:
            self.run_worker(self._read, thread=True, group="reading")

    def _read(self) -> None:
        """Read the rest, and hand it over several games at a time."""
        worker, found, known, told = get_current_worker(), list[Volume](), len(self.games), time.monotonic()
        reason = ""
        try:
            for volume in self._rest or ():
                if worker.is_cancelled:
                    return
                found.append(volume)
                if time.monotonic() - told > _OFTEN:
                    told = time.monotonic()
                    # A list that grows by its part, not by a few, is laid out a few times in all.
                    handed = found if len(found) * _PART >= known else []
                    self.post_message(self.Found(handed, read=known + len(found)))
                    if handed:
                        known, found = known + len(found), []
        except Exception as error:
            # Whatever is wrong with the file: what was read so far is there to be seen.
            reason = str(error) or type(error).__name__
        self.post_message(self.Found(found, read=known + len(found), reason=reason, last=True))

    @on(Found)
    def _found(self, event: Found) -> None:
        first = len(self.games) + 1
        self.games += event.games
        if event.games:
            self._list.add_options([self._option(number, game) for number, game in enumerate(event.games, first)])
        read_on = "" if event.last else f"  reading on{self.looks.symbols.dots}"
        self._tell(event.read, f"  the rest can't be read: {safe(event.reason)}" if event.reason else read_on)

    def _tell(self, count: int, more: str) -> None:
        self._count.say(Content.assemble((safe(self.heading), "bold"), f"  {count} games{more}"))

    def _option(self, number: int, game: Volume) -> Option:
        width = len(str(len(self.games))) if self._rest is None else _WIDE
        details = f"  {safe(game.details)}" if game.details else ""
        told = (f"{number:>{width}}  ", "$foreground-muted"), safe(game.title), (details, "$foreground-muted")
        return Option(Content.assemble(*told), disabled=game.open is None)

    def action_list(self, action: str) -> None:
        """Move as with the arrows."""
        getattr(self._list, f"action_{action}")()

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        if opened := self.games[event.option_index].open:
            self.app.push_screen(StudyScreen(opened(), self.looks, speed=self.speed))
