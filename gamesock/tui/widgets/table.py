"""The table: the board and everything beside it, arranged for the space there is.

Playing, watching and replaying show the same table; what lies at the foot of its panel differs.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.reactive import Reactive
from textual.widget import Widget
from textual.widgets import Static

from gamesock import protocol as p
from gamesock.game import BoardPicture, Opening, Seat
from gamesock.mirror import Mirror
from gamesock.tui.advice import Opinion
from gamesock.tui.arrangement import SMALLEST, Arrangement, arrange, needed
from gamesock.tui.frame import Shape
from gamesock.tui.looks import Looks
from gamesock.tui.scene import Scene
from gamesock.tui.widgets.board import Board
from gamesock.tui.widgets.chat import ChatLog
from gamesock.tui.widgets.clock import ClockLook
from gamesock.tui.widgets.evaluation import BarLook, EvalBar, EvalLine
from gamesock.tui.widgets.lines import Hints, Line
from gamesock.tui.widgets.moves import MoveList
from gamesock.tui.widgets.seats import SeatLook, SeatPanel
from gamesock.tui.widgets.tab_bar import TabBar
from gamesock.tui.words import LOW, opening_text, player_text, safe, tray_text

MOST = 100
"""Lines of a state that are shown."""


class View(NamedTuple):
    """What of a mirror is on the board, and for whom."""

    mirror: Mirror
    picture: BoardPicture | None
    ply: int
    flipped: bool = False
    mover: Seat | None = None
    """Whose piece a gesture moves."""
    active: bool = False
    walkable: bool = False
    planners: tuple[Seat, ...] = ()
    """Who may plan a move ahead on the board; nobody: the moves are those of the picture."""
    planned: frozenset[int] = frozenset()
    """The cells of a move that isn't sent yet."""
    glide: bool = False
    """Whether a piece that moved is seen to move."""
    notations: Sequence[str] | None = None
    """The moves to list, if not those of the mirror (a replay lists the whole game)."""
    marks: Mapping[int, str] | None = None
    """What stands behind moves in the list, by ply."""
    opening: Opening | None = None
    opinion: Opinion | None = None
    """What is thought of the position on the board."""
    state: Mapping[str, Any] = {}
    """Shown as it is, where there is no board."""


class Stack(Vertical):
    """Widgets below each other that don't scroll: another size of it arranges nothing a second time."""

    virtual_size = Reactive(Size(0, 0), layout=False, repaint=False)


class Table(Container):
    """Board and panel."""

    class Uncovered(Message):
        """There is room again."""

    def __init__(self, looks: Looks, *foot: Widget) -> None:
        super().__init__()
        self.looks = looks
        self.board = Board(looks, id="board")
        self.bar = EvalBar(looks, id="eval-bar")
        self.tabs = TabBar(id="tabs")
        self.connection = Line(id="connection", keep=True)
        self.moves = MoveList(id="moves")
        self.chat = ChatLog(id="chat")
        self.watchers = Line(id="watchers")
        self.opening = Line(id="opening")
        self.evaluation = EvalLine(id="eval")
        self.banner = Line(id="banner")
        self.plan = Line(id="plan")
        self.status = Line(id="status", keep=True)
        self.error = Line(id="error")
        self.hints = Hints(id="hints")
        self.low_time = LOW
        """Seconds below which a clock calls for attention."""
        self.panel = Stack(id="panel")
        self._foot = foot
        self._others = Stack(id="others")
        self._nearest = Stack(id="nearest")
        self._too_small = Static(id="too-small")
        self._seats: dict[Seat, SeatPanel] = {}
        self._order: tuple[Seat, ...] = ()
        self._shape: Shape | None = None
        self._arranged: Arrangement | None = None
        self._state: Static | None = None

    def compose(self) -> ComposeResult:
        """The board's place, the panel, and a cover for when there is no room."""
        with Container(id="board-place"):
            yield self.board
            yield self.bar
        with self.panel:
            with Stack(id="above"):
                yield self.tabs
                yield self.connection
                yield self._others
                yield self.opening
            with Stack(id="record"):
                yield self.moves
                yield self.watchers
                yield self.chat
            with Stack(id="below"):
                yield self._nearest
                yield self.evaluation
                yield self.banner
                yield self.plan
                yield self.status
                yield self.error
                yield from self._foot
                yield self.hints
        yield self._too_small

    def on_resize(self) -> None:
        """Arrange anew."""
        self._arrange()

    def _arrange(self) -> None:
        size = self.app.size
        found = arrange(self._shape, size) if self._shape else None
        roomy = size.width >= SMALLEST.width and size.height >= SMALLEST.height
        covered = not roomy or (self._shape is not None and found is None)
        if self.covered and not covered:
            self.post_message(self.Uncovered())
        self.set_class(covered, "-covered")
        if covered:
            least = needed(self._shape)
            self._too_small.update(
                f"Make the terminal larger:\n{least.width}x{least.height} needed, it is {size.width}x{size.height}"
            )
        self._arranged = found
        self.set_class(found is not None and not found.beside, "-stacked")
        self.set_class(found is not None and found.split, "-split")
        height = found.panel.height if found else size.height
        for widget in (self, *self._seats.values()):
            widget.set_class(height < 18, "-short")
        self.set_class(height < 12, "-tiny")
        self.board.set_frame(found.frame if found else None)
        if found:
            self.bar.styles.height = found.frame.height

    @property
    def covered(self) -> bool:
        """Whether the terminal is too small for the game."""
        return self.has_class("-covered")

    # What to show

    def show(self, view: View) -> None:
        """Show the board, the moves and the chat of this view; seats and clocks follow by ``show_seats``."""
        mirror, picture = view.mirror, view.picture
        if picture and not picture.rows:
            picture = None  # a game whose rules only its agent knows has no board
        if picture and Shape.of(picture) != self._shape:
            self._shape = Shape.of(picture)
            self._arrange()
        scene = Scene(
            picture,
            view.mover or mirror.moving,
            active=view.active,
            walkable=view.walkable,
            flipped=view.flipped,
            planners=view.planners,
            planned=view.planned,
            hinted=view.opinion.cells if view.opinion else frozenset(),
        )
        self.board.show(scene, glide=view.glide)
        if mirror.table:
            notations = mirror.notations if view.notations is None else view.notations
            self.moves.show(notations, len(mirror.table.seats), view.ply, view.marks)
            self.opening.say(opening_text(view.opening))
            if mirror.table.seats:
                self._think(view, mirror.table.seats)
            if view.picture and not picture:
                self._tell_state(view.state)
            self.chat.tell(mirror.chat, mirror.seats, rooms=mirror.outcome is not None)

    def _tell_state(self, state: Mapping[str, Any]) -> None:
        """Show the state itself, where there is no board to show it on."""
        if self._state is None:
            self._state = Static(id="state")
            self.panel.mount(self._state, before="#record")
        lines = json.dumps(state, indent=2, ensure_ascii=False).splitlines()[:MOST]
        self._state.update(Content("\n".join(map(safe, lines))))

    def _think(self, view: View, seats: Sequence[Seat]) -> None:
        """Show what a bot thinks of the position on the board."""
        arranged, thought = self._arranged, view.opinion.thought if view.opinion else None
        self.evaluation.think(view.opinion, seats[0], self.looks)
        room = arranged is not None and arranged.has_bar
        self.bar.show(BarLook.of(thought, view.picture, seats, view.flipped), self.board.looks, room=room)

    def show_seats(self, view: View, left: Callable[[Seat], float | None], now: float) -> None:
        """Show who sits where, with what ``left`` says of each clock."""
        table = view.mirror.table
        if table is None or not table.seats:
            return
        self._seat(table.seats, _nearest(view))
        for seat in table.seats:
            self._seats[seat].show(self._look(view, table, seat, left(seat), now))

    def _seat(self, seats: Sequence[Seat], nearest: Seat) -> None:
        order = (*(seat for seat in reversed(seats) if seat != nearest), nearest)
        if order == self._order:
            return
        self._order = order
        for panel in self._seats.values():
            panel.remove()
        self._seats = {seat: SeatPanel() for seat in order}
        self._others.mount(*(self._seats[seat] for seat in order[:-1]))
        self._nearest.mount(self._seats[nearest])
        self._arrange()

    def _look(self, view: View, table: p.Table, seat: Seat, left: float | None, now: float) -> SeatLook:
        player = table.players.get(seat)
        here = player is not None and (player.here or player.kind == "bot")
        running = bool(table.clock and seat in table.clock.running)
        return SeatLook(
            sign=self.looks.symbols.here if here else self.looks.symbols.away,
            name=safe(player_text(player)),
            role=seat,
            moving=seat in table.to_move,
            here=here,
            note=_away(player, view.mirror.claim_after, now),
            tray=tray_text(view.picture, seat, self.looks),
            clock=None if left is None else ClockLook.of(left, running=running, low=self.low_time),
        )

    def say_connection(self, text: Content | str, *, trouble: bool = False) -> None:
        """Say how the connection is; ``trouble``: loudly, and over as many lines as it takes."""
        self.connection.set_class(trouble, "-trouble")
        self.connection.say(text)


def _nearest(view: View) -> Seat:
    """The seat at the near side of the board: one's own, unless the board is turned."""
    table = view.mirror.table
    assert table is not None
    picture = view.picture
    if picture is not None and picture.rotates:
        return table.seats[1 if view.flipped else 0]
    own = next((seat for seat in table.seats if seat in view.mirror.seats), table.seats[0])
    turned = view.flipped and len(table.seats) > 1
    return next(seat for seat in table.seats if seat != own) if turned else own


def _away(player: p.PlayerView | None, claim_after: float | None, now: float) -> str:
    if player is None or player.here or player.kind == "bot":
        return ""
    if claim_after is not None and claim_after > now:
        return f"away, {math.ceil(claim_after - now)} s"
    return "away"
