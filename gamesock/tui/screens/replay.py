"""A replay: state updates, played one after the other through the same mirror and table as a living game."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen
from textual.timer import Timer

from gamesock import protocol as p
from gamesock.mirror import Mirror
from gamesock.tui.looks import Looks
from gamesock.tui.screens.help import Help
from gamesock.tui.widgets.lines import Line
from gamesock.tui.widgets.moves import MoveList
from gamesock.tui.widgets.table import Table, View
from gamesock.tui.words import moves_text, position_text, safe, status_text

SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
"""Moves a second."""

_JUMP = 10


class ReplayScreen(Screen[None]):
    """A recorded game."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "pause", "Play, pause"),
        Binding("plus,equals_sign", "faster(1)", "Faster"),
        Binding("minus", "faster(-1)", "Slower"),
        Binding("left,comma,h", "step(-1)", "A move back"),
        Binding("right,full_stop,l", "step(1)", "A move forward"),
        Binding("left_square_bracket", f"step(-{_JUMP})", f"{_JUMP} moves back"),
        Binding("right_square_bracket", f"step({_JUMP})", f"{_JUMP} moves forward"),
        Binding("home", "ends(False)", "The start"),
        Binding("end", "ends(True)", "The end"),
        Binding("f", "flip", "Turn the board"),
        Binding("y", "copy_position", "Copy the position"),
        Binding("Y", "copy_moves", "Copy the moves"),
        Binding("question_mark", "help", "This help"),
        Binding("q,escape", "dismiss", "Leave"),
    ]

    def __init__(
        self,
        updates: Sequence[p.StateUpdate],
        title: str,
        looks: Looks,
        *,
        speed: float = 1.0,
        playing: bool = True,
    ) -> None:
        super().__init__()
        self.updates, self.name_of_game, self.looks = list(updates), title, looks
        self.speed = min(SPEEDS, key=lambda known: abs(known - speed))
        self.progress = Line(id="progress", keep=True)
        self.table = Table(looks, self.progress)
        self.mirror = Mirror()
        self._at = 0
        self._turned = False
        self._playing = playing and len(self.updates) > 1
        self._timer: Timer | None = None

    def compose(self) -> ComposeResult:
        """The table, with the progress at its foot."""
        yield self.table

    def on_mount(self) -> None:
        """Show the first position and begin."""
        self._whole = Mirror()
        for update in self.updates:
            self._whole.apply(update)
        self._go(0)
        self._schedule()

    # Time

    def _schedule(self) -> None:
        if self._timer:
            self._timer.stop()
        self._timer = self.set_interval(1 / self.speed, self._next) if self._playing else None

    def _next(self) -> None:
        self._go(self._at + 1)
        if self._at == len(self.updates) - 1:
            self._playing = False
            self._schedule()
            self._paint()

    def _go(self, at: int) -> None:
        """Show the position after update ``at``; backwards, the mirror is folded anew."""
        at = min(max(at, 0), max(0, len(self.updates) - 1))
        if at < self._at or not self.mirror.table:
            self.mirror, self._at = Mirror(), -1
        for update in self.updates[self._at + 1 : at + 1]:
            self.mirror.apply(update)
        self._at = at
        self._paint()

    # What is shown

    def _paint(self) -> None:
        mirror = self.mirror
        view = View(mirror, mirror.picture, mirror.ply, flipped=self._turned, notations=self._whole.notations)
        self.table.show(view)
        clock = mirror.clock.left if mirror.clock else {}
        self.table.show_seats(view, clock.get, 0.0)
        self.table.say_connection(Content(safe(self.name_of_game)))
        self.table.status.say(status_text(mirror, self.looks))
        self.progress.say(self._progress())
        self.table.hints.show(
            ("Space", "pause" if self._playing else "play"), ("+ -", "speed"), (", .", "step"),
            ("[ ]", "jump"), ("q", "leave"), ("f", "flip"), ("?", "all keys"),
        )  # fmt: skip

    def _progress(self) -> Content:
        signs = self.looks.symbols
        sign = signs.play if self._playing else signs.pause
        last = max(1, len(self.updates) - 1)
        text = f" {self._at}/{last}  {self.speed:g}/s"
        width = max(4, min(24, self.table.moves.size.width - len(text) - 3))
        filled = round(self._at / last * width)
        full, rest = signs.bar
        return Content.assemble(f"{sign} ", full * filled, (rest * (width - filled), "$foreground-muted"), text)

    def on_resize(self) -> None:
        """The bar takes the room there is."""
        self.call_after_refresh(self._paint)

    # Keys

    @on(MoveList.Picked)
    def _picked(self, event: MoveList.Picked) -> None:
        at = next((at for at, update in enumerate(self.updates) if update.ply == event.ply), None)
        if at is not None:
            self._stop()
            self._go(at)

    def _stop(self) -> None:
        self._playing = False
        self._schedule()

    def action_pause(self) -> None:
        """Play or pause; at the end, play again from the start."""
        self._playing = not self._playing
        if self._playing and self._at == len(self.updates) - 1:
            self._go(0)
        self._schedule()
        self._paint()

    def action_faster(self, by: int) -> None:
        """The next speed up or down."""
        at = min(max(SPEEDS.index(self.speed) + by, 0), len(SPEEDS) - 1)
        self.speed = SPEEDS[at]
        self._schedule()
        self._paint()

    def action_step(self, by: int) -> None:
        """Go some moves forward or back, and stay there."""
        self._stop()
        self._go(self._at + by)

    def action_ends(self, last: bool) -> None:
        """Go to the start or the end."""
        self._stop()
        self._go(len(self.updates) - 1 if last else 0)

    def action_flip(self) -> None:
        """Turn the board."""
        self._turned = not self._turned
        self._paint()

    def action_copy_position(self) -> None:
        """Copy the position on the board."""
        self.app.copy_to_clipboard(position_text(self.mirror.state, self.mirror.picture))
        self.notify("Position copied")

    def action_copy_moves(self) -> None:
        """Copy all moves as text."""
        seats = len(self.mirror.table.seats) if self.mirror.table else 2
        self.app.copy_to_clipboard(moves_text(self._whole.notations, seats))
        self.notify("Moves copied")

    def action_help(self) -> None:
        """Every key."""
        self.app.push_screen(Help((self.name_of_game, self.BINDINGS)))
