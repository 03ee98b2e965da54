"""The table of a thread: the board from either side, and every earlier position while the game goes on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widget import Widget

from gamesock.client import Client
from gamesock.game import Seat
from gamesock.mirror import Page
from gamesock.tui.looks import Looks
from gamesock.tui.screens.player import PlayerScreen
from gamesock.tui.widgets.moves import MoveList
from gamesock.tui.widgets.table import Table, View


class ReviewScreen(PlayerScreen):
    """A thread to look at."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("comma", "review(-1)", "Back through the game"),
        Binding("full_stop", "review(1)", "Forward through the game"),
        Binding("left", "sideways(-1)", "Back through the game", show=False),
        Binding("right", "sideways(1)", "Forward through the game", show=False),
        Binding("home", "review_start", "To the start of the game"),
        Binding("end", "live", "To the position that is played now"),
        Binding("f", "flip", "Turn the board"),
    ]

    def __init__(self, client: Client, looks: Looks, **how: Any) -> None:
        super().__init__(client, **how)
        self.looks = looks
        self.table = Table(looks, *self.foot())
        self._turned = False
        self._looking_at: int | None = None

    def foot(self) -> Sequence[Widget]:
        """What stands below everything else in the panel."""
        return ()

    def compose(self) -> ComposeResult:
        """The table."""
        yield self.table

    # What is on the board

    @property
    def reviewing(self) -> bool:
        """Whether an earlier position is on the board."""
        return self._looking_at is not None

    @property
    def page(self) -> Page | None:
        """The earlier position on the board, once it is here."""
        return self.mirror.pages.get(self._looking_at) if self._looking_at is not None else None

    @property
    def view(self) -> View:
        """What of the mirror is on the board."""
        mirror, page = self.mirror, self.page
        seats: tuple[Seat, ...] = mirror.table.seats if mirror.table else ()
        second = len(seats) > 1 and bool(mirror.seats) and seats[0] not in mirror.seats
        rotates = mirror.picture is not None and mirror.picture.rotates
        return View(
            mirror=mirror,
            picture=page.picture if page else mirror.picture,
            ply=page.ply if page else mirror.ply,
            flipped=(second and rotates) != self._turned,
            opening=page.opening if page else mirror.opening,
            opinion=None if self.reviewing else self.opinion,
            mover=mirror.moving,
            state=page.state if page else mirror.state,
            active=mirror.my_turn and page is None,
            walkable=bool(mirror.seats) and not mirror.outcome and page is None,
        )

    def caught_up(self) -> None:
        """After a takeback there may be nothing left of what one looked at."""
        if self._looking_at is not None and self._looking_at >= self.mirror.ply:
            self._looking_at = None

    # Looking back

    @on(MoveList.Picked)
    def _picked(self, event: MoveList.Picked) -> None:
        self._look_at(event.ply)

    def action_review(self, by: int) -> None:
        """Look at the position one move earlier or later."""
        at = self.mirror.ply if self._looking_at is None else self._looking_at
        self._look_at(at + by)

    def action_sideways(self, by: int) -> None:
        """Where a move is a column, to the board and along it; elsewhere, through the game."""
        picture = self.view.picture
        if self.view.walkable and not self.reviewing and picture and picture.pick == "column":
            self.table.board.focus()
            self.table.board.action_step(0, by)
        else:
            self.action_review(by)

    def action_review_start(self) -> None:
        """Look at the first position."""
        self._look_at(0)

    def action_live(self) -> None:
        """Back to the position that is played."""
        self._look_at(self.mirror.ply)

    def _look_at(self, ply: int) -> None:
        ply = max(0, ply)
        self._looking_at = ply if ply < self.mirror.ply else None
        self.table.board.let_go()
        if self._looking_at is None or ply in self.mirror.pages:
            self.paint()
        else:
            self.run_worker(self._turn_page(ply), group="pages", exclusive=True)

    async def _turn_page(self, ply: int) -> None:
        if not await self.ask(self.client.page(ply)) and self._looking_at == ply:
            self._looking_at = None
        self.repaint()

    def action_flip(self) -> None:
        """Turn the board."""
        self._turned = not self._turned
        self.paint()
