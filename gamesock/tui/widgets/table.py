"""The table: the board and everything beside it, arranged for the space there is.

Playing, watching and replaying show the same table; what lies at the foot of its panel differs.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget
from textual.widgets import Static

from gamesock import protocol as p
from gamesock.game import BoardPicture, Seat
from gamesock.mirror import Mirror
from gamesock.tui.frame import Frame, Shape, fit, frame
from gamesock.tui.looks import Looks
from gamesock.tui.widgets.board import Board
from gamesock.tui.widgets.clock import ClockLook
from gamesock.tui.widgets.lines import ChatLog, EvalLine, Hints, Line
from gamesock.tui.widgets.moves import MoveList
from gamesock.tui.widgets.seats import SeatLook, SeatPanel
from gamesock.tui.words import player_text, safe, tray_text

SMALLEST = Size(40, 14)
"""Terminals below this get a message instead of a board."""

_BELOW = 6
"""Rows a panel needs when it lies below the board."""


class Arrangement(NamedTuple):
    """How large the board is drawn, and whether the panel is beside it or below."""

    frame: Frame
    beside: bool


def arrange(shape: Shape, size: Size) -> Arrangement | None:
    """The arrangement with the largest board, beside the panel rather than above; None: nothing fits."""
    if size.width < SMALLEST.width or size.height < SMALLEST.height:
        return None
    panel = 32 if size.width >= 80 else 24 if size.width >= 50 else 20
    beside = fit(shape, size.width - panel, size.height)
    above = fit(shape, size.width, size.height - _BELOW)
    if beside and (above is None or beside.size >= above.size):
        return Arrangement(beside, beside=True)
    return Arrangement(above, beside=False) if above else None


def needed(shape: Shape | None) -> Size:
    """The smallest terminal that shows a board of this shape."""
    if shape is None:
        return SMALLEST
    smallest = frame(shape, 1)
    return Size(max(SMALLEST.width, smallest.width + 20), max(SMALLEST.height, smallest.height))


class View(NamedTuple):
    """What of a mirror is on the board, and for whom."""

    mirror: Mirror
    picture: BoardPicture | None
    ply: int
    flipped: bool = False
    active: bool = False
    walkable: bool = False
    notations: Sequence[str] | None = None
    """The moves to list, if not those of the mirror (a replay lists the whole game)."""


class Table(Container):
    """Board and panel."""

    def __init__(self, looks: Looks, *foot: Widget) -> None:
        super().__init__()
        self.looks = looks
        self.board = Board(looks, id="board")
        self.moves = MoveList(id="moves")
        self.chat = ChatLog(id="chat")
        self.evaluation = EvalLine(id="eval")
        self.connection = Line(id="connection", keep=True)
        self.banner = Line(id="banner")
        self.status = Line(id="status", keep=True)
        self.error = Line(id="error")
        self.hints = Hints(id="hints")
        self._foot = foot
        self._others = Vertical(id="others")
        self._nearest = Vertical(id="nearest")
        self._too_small = Static(id="too-small")
        self._seats: dict[Seat, SeatPanel] = {}
        self._order: tuple[Seat, ...] = ()
        self._shape: Shape | None = None

    def compose(self) -> ComposeResult:
        """The board's place, the panel, and a cover for when there is no room."""
        with Container(id="board-place"):
            yield self.board
        with Vertical(id="panel"):
            yield self.connection
            yield self._others
            yield self.moves
            yield self.chat
            yield self._nearest
            yield self.evaluation
            yield self.banner
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
        self.set_class(covered, "-covered")
        if covered:
            least = needed(self._shape)
            self._too_small.update(
                f"Make the terminal larger:\n{least.width}x{least.height} needed, it is {size.width}x{size.height}"
            )
        self.set_class(found is not None and not found.beside, "-stacked")
        height = size.height if found is None or found.beside else size.height - found.frame.height
        for widget in (self, *self._seats.values()):
            widget.set_class(height < 18, "-short")
        self.set_class(height < 12, "-tiny")
        self.board.set_frame(found.frame if found else None)

    # What to show

    def show(self, view: View) -> None:
        """Show the board, the moves and the chat of this view; seats and clocks follow by ``show_seats``."""
        mirror, picture = view.mirror, view.picture
        if picture and Shape.of(picture) != self._shape:
            self._shape = Shape.of(picture)
            self._arrange()
        self.board.show(
            picture, mover=mirror.moving, active=view.active, walkable=view.walkable, flipped=view.flipped
        )
        if mirror.table:
            notations = mirror.notations if view.notations is None else view.notations
            self.moves.show(notations, len(mirror.table.seats), view.ply)
            # A bot's last thought was about the position before its move; what is older is of no use.
            fresh = mirror.thought if mirror.thought and mirror.ply - mirror.thought.ply <= 1 else None
            thought = fresh.thought if fresh and view.ply == mirror.ply else None
            self.evaluation.think(thought, mirror.table.seats[0], self.looks)
        self.chat.tell(mirror.chat)

    def show_seats(self, view: View, left: Callable[[Seat], float | None], now: float) -> None:
        """Show who sits where, with what ``left`` says of each clock."""
        table = view.mirror.table
        if table is None:
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
            clock=None if left is None else ClockLook.of(left, running=running),
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
