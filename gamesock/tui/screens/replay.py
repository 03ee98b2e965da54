"""A replay: a recorded game on the same table as a living one, with the controls of a player of films."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Key
from textual.screen import Screen
from textual.style import Style
from textual.timer import Timer
from textual.widget import Widget

from gamesock.mirror import Mirror
from gamesock.tui.looks import Looks
from gamesock.tui.recorded import Recorded
from gamesock.tui.screens.help import Help
from gamesock.tui.widgets.graph import Graph
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
        Binding("pageup,up,k", f"step(-{_JUMP})", f"{_JUMP} moves back"),
        Binding("pagedown,down,j", f"step({_JUMP})", f"{_JUMP} moves forward"),
        Binding("home", "ends(False)", "The start"),
        Binding("end", "ends(True)", "The end"),
        Binding("0-9,enter", "go", "Type a move's number, Enter goes there; beyond the last, to the end"),
        Binding("f", "flip", "Turn the board"),
        Binding("y", "copy_position", "Copy the position"),
        Binding("Y", "copy_moves", "Copy the moves"),
        Binding("P", "copy_pgn", "Copy the game as PGN"),
        Binding("question_mark", "help", "This help"),
        Binding("escape", "back", "Leave"),
        Binding("q", "dismiss", "Leave"),
    ]

    def __init__(self, game: Recorded, looks: Looks, *, speed: float = 1.0, playing: bool = True) -> None:
        super().__init__()
        self.game, self.looks = game, looks
        self.updates = list(game.updates)
        self.speed = min(SPEEDS, key=lambda known: abs(known - speed))
        self.graph = Graph(looks, id="graph")
        self.controls = Line(id="controls", keep=True)
        self.table = Table(looks, *self.foot())
        self.mirror = Mirror()
        self.whole = Mirror()
        """The end of the game: its moves are listed from the start."""
        self._at = 0
        self._turned = False
        self._playing = playing and len(self.updates) > 1
        self._number = ""
        """The digits typed so far."""
        self._timer: Timer | None = None

    def foot(self) -> Iterable[Widget]:
        """What stands below everything else in the panel."""
        return (self.graph, self.controls)

    def compose(self) -> ComposeResult:
        """The table, with the time at its foot."""
        yield self.table

    def on_mount(self) -> None:
        """Show the first position and begin."""
        if self.updates:
            self.whole.apply(self.updates[-1])
        self.go(0)
        self._schedule()

    def on_resize(self) -> None:
        """There may be room for more, or for less."""
        self.call_after_refresh(self.paint)

    # Time

    def _schedule(self) -> None:
        if self._timer:
            self._timer.stop()
        self._timer = self.set_interval(1 / self.speed, self._next) if self._playing else None

    def _next(self) -> None:
        if self._at + 1 >= len(self.updates) - 1:
            self._playing = False
            self._schedule()
        self.go(self._at + 1)

    def go(self, at: int) -> None:
        """Show the position after update ``at``: each update is whole, so nothing before it matters."""
        self._at = min(max(at, 0), max(0, len(self.updates) - 1))
        self.mirror = Mirror()
        for update in self.updates[self._at : self._at + 1]:
            self.mirror.apply(update)
        self.paint()

    def go_to_ply(self, ply: int) -> None:
        """Stop, and show the position after ``ply`` moves of the game as it was played in the end."""
        self.stop()
        found = [at for at, update in enumerate(self.updates) if update.ply == ply]
        # The end of a game is told by an update of its own; the move comes before it.
        stands = [at for at in found if self.stands(at)]
        if found:
            self.go((stands or found)[0])

    def stands(self, at: int) -> bool:
        """Whether the position after update ``at`` wasn't taken back later."""
        notations = self.updates[at].notations or []
        return notations == self.whole.notations[: len(notations)]

    # What is shown

    @property
    def view(self) -> View:
        """What is on the board."""
        return View(
            self.mirror,
            self.mirror.picture,
            self.mirror.ply,
            flipped=self._turned,
            notations=self.whole.notations,
            opening=self.mirror.opening,
            state=self.mirror.state,
        )

    def paint(self) -> None:
        """Show it. Every widget repaints only what changed."""
        view, mirror = self.view, self.mirror
        self.table.show(view)
        clock = mirror.clock.left if mirror.clock else {}
        self.table.show_seats(view, clock.get, 0.0)
        self.table.say_connection(Content(safe(self.game.details or self.game.title)))
        count = f"  {self._count()}"
        self.table.status.say(
            Content.assemble(status_text(mirror, self.looks, live=False), (count, "$foreground-muted not bold"))
        )
        self.show_time()
        self.controls.say(self._controls())
        self.hint()

    def _count(self) -> str:
        """Where in the game this is, in moves as the list numbers them."""
        return f"move {self._number_of(self.mirror.ply)} of {self._number_of(len(self.whole.notations))}"

    def _number_of(self, ply: int) -> int:
        seats = len(self.whole.table.seats) if self.whole.table else 1
        return -(-ply // seats)

    def show_time(self) -> None:
        """The line of time."""
        self.graph.show(len(self.whole.notations), self.mirror.ply)

    def hint(self) -> None:
        """The keys worth showing."""
        self.table.hints.show(
            ("Space", "pause" if self._playing else "play"), (", .", "step"), ("+ -", "speed"),
            ("q", "leave"), ("f", "flip"), ("y", "copy"), ("?", "all keys"),
        )  # fmt: skip

    def _controls(self) -> Content:
        if self._number:
            last = self._number_of(len(self.whole.notations))
            return Content.from_markup(
                "Go to move [b]$number[/b]_ (1-$last)  [b]Enter[/b]", number=self._number, last=str(last)
            )
        signs = self.looks.symbols
        sign = signs.pause if self._playing else signs.play
        return Content("").join(
            [
                _button("|<", "ends(False)"), _button(" < ", "step(-1)"), _button(f"[{sign}]", "pause"),
                _button(" > ", "step(1)"), _button(">|", "ends(True)"),
                _button("  - ", "faster(-1)"), Content(f"{self.speed:g}/s"), _button(" + ", "faster(1)"),
            ]
        )  # fmt: skip

    # Keys and clicks

    @on(MoveList.Picked)
    @on(Graph.Picked)
    def _picked(self, event: MoveList.Picked | Graph.Picked) -> None:
        self.go_to_ply(event.ply)

    def stop(self) -> None:
        """Pause."""
        self._playing = False
        self._schedule()

    def on_key(self, event: Key) -> None:
        """Digits gather to a move's number, until another key is pressed."""
        if event.key == "enter":
            return
        if event.character and event.character.isascii() and event.character.isdecimal():
            self._number = (self._number + event.character)[-4:]
        elif event.key == "backspace":
            self._number = self._number[:-1]
        elif self._number:
            self._number = ""
            if event.key == "escape":
                event.stop()
        else:
            return
        self.controls.say(self._controls())

    def action_go(self) -> None:
        """Go to the move whose number was typed: the position after the first seat made it."""
        if self._number:
            seats = len(self.whole.table.seats) if self.whole.table else 1
            ply = (int(self._number) - 1) * seats + 1
            self._number = ""
            self.go_to_ply(min(max(ply, 0), len(self.whole.notations)))

    def action_back(self) -> None:
        """Leave."""
        self.dismiss()

    def action_pause(self) -> None:
        """Play or pause; at the end, play again from the start."""
        self._playing = not self._playing and len(self.updates) > 1
        if self._playing and self._at == len(self.updates) - 1:
            self._at = 0
        self._schedule()
        self.go(self._at)

    def action_faster(self, by: int) -> None:
        """The next speed up or down."""
        at = min(max(SPEEDS.index(self.speed) + by, 0), len(SPEEDS) - 1)
        self.speed = SPEEDS[at]
        self._schedule()
        self.paint()

    def action_step(self, by: int) -> None:
        """Go some moves forward or back, and stay there."""
        self.stop()
        self.go(self._at + by)

    def action_ends(self, last: bool) -> None:
        """Go to the start or the end."""
        self.stop()
        self.go(len(self.updates) - 1 if last else 0)

    def action_flip(self) -> None:
        """Turn the board."""
        self._turned = not self._turned
        self.paint()

    def action_copy_position(self) -> None:
        """Copy the position on the board."""
        self.app.copy_to_clipboard(position_text(self.mirror.state, self.mirror.picture))
        self.notify("Position copied")

    def action_copy_moves(self) -> None:
        """Copy all moves as text."""
        seats = len(self.mirror.table.seats) if self.mirror.table else 2
        self.app.copy_to_clipboard(moves_text(self.whole.notations, seats))
        self.notify("Moves copied")

    def action_copy_pgn(self) -> None:
        """Copy the game as PGN."""
        if self.game.pgn:
            self.app.copy_to_clipboard(self.game.pgn())
            self.notify("PGN copied")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only some games have a PGN."""
        return action != "copy_pgn" or self.game.pgn is not None

    def action_help(self) -> None:
        """Every key."""
        self.app.push_screen(Help((self.game.title, self._bindings_shown())))

    def _bindings_shown(self) -> Iterable[BindingType]:
        return [
            binding
            for kind in type(self).__mro__
            for binding in vars(kind).get("BINDINGS", ())
            if issubclass(kind, ReplayScreen)
        ]


def _button(text: str, action: str) -> Content:
    return Content.styled(text, Style(bold=True) + Style.from_meta({"@click": f"screen.{action}"}))
