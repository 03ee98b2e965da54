"""The game: playing and watching are this one screen.

Messages come from the client and are folded into its mirror; ``paint`` shows the mirror. Keys and gestures
become requests. Nothing here decides a rule.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.timer import Timer
from textual.widgets import Input

from gamesock import protocol as p
from gamesock.client import Client, Connection, Status
from gamesock.game import PictureMove, Seat
from gamesock.tui import prompts
from gamesock.tui.looks import Looks
from gamesock.tui.screens.dialogs import Choose
from gamesock.tui.screens.help import Help
from gamesock.tui.screens.player import PlayerScreen
from gamesock.tui.widgets.board import Board
from gamesock.tui.widgets.lines import MoveInput
from gamesock.tui.widgets.moves import MoveList
from gamesock.tui.widgets.table import Table, View
from gamesock.tui.words import moves_text, next_tick, position_text, status_text


class GameScreen(PlayerScreen):
    """One thread, to play or to watch."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f", "flip", "Turn the board"),
        Binding("comma", "review(-1)", "Back through the game"),
        Binding("full_stop", "review(1)", "Forward through the game"),
        Binding("left", "sideways(-1)", show=False),
        Binding("right", "sideways(1)", show=False),
        Binding("home", "review_start", "The start of the game"),
        Binding("end", "live", "The position that is played now"),
        # With priority the line has the focus before the next key, however fast it comes.
        Binding("slash", "type", "Type a move", priority=True),
        Binding("up,down,enter,space", "board", "To the board: arrows move, Enter picks", show=False),
        *(Binding(digit, f"type({digit!r})", "Type a move", priority=True) for digit in "0123456789"),
        Binding("c", "chat", "Chat", priority=True),
        Binding("y", "copy_position", "Copy the position"),
        Binding("Y", "copy_moves", "Copy the moves"),
        Binding("ctrl+r", "retry", "Connect again now"),
        Binding("question_mark", "help", "This help"),
        Binding("q", "leave", "Leave"),
        Binding("escape", "back", "Let go, go back, leave"),
    ]

    def __init__(
        self,
        client: Client,
        looks: Looks,
        *,
        seat: Seat | None = None,
        watch: bool = False,
        setup: Sequence[p.ClientMessage] = (),
        now: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(client, seat=seat, watch=watch, setup=setup)
        self.looks, self.now = looks, now
        self.entry = MoveInput(id="entry")
        self.table = Table(looks, self.entry)
        self._turned = False
        self._looking_at: int | None = None
        self._timer: Timer | None = None

    def compose(self) -> ComposeResult:
        """The table."""
        yield self.table

    def on_mount(self) -> None:
        """A player can type at once; Escape or an arrow leads to the board and its keys."""
        (self.table.board if self.watch_only else self.entry).focus()

    def heard(self, message: p.ServerMessage | Connection) -> None:
        """Ring for the opponent's move, follow to the rematch, and show what changed."""
        match message:
            case p.StateUpdate(review=False):
                self.say_error("")
                if self._looking_at is not None and self._looking_at >= self.mirror.ply:
                    self._looking_at = None
                if message.move is not None and self.mirror.seats and message.seat not in self.mirror.seats:
                    self.app.bell()
            case p.RematchMessage() if self.wants_rematch:
                self.dismiss(message.next_thread)
        super().heard(message)

    def say_error(self, text: str) -> None:
        """Show it by the line where moves are typed."""
        self.table.error.say(text)

    # What is shown

    @property
    def reviewing(self) -> bool:
        """Whether an earlier position is on the board."""
        return self._looking_at is not None

    @property
    def view(self) -> View:
        """What of the mirror is on the board."""
        mirror = self.mirror
        seats: tuple[Seat, ...] = mirror.table.seats if mirror.table else ()
        second = len(seats) > 1 and bool(mirror.seats) and seats[0] not in mirror.seats
        rotates = mirror.picture is not None and mirror.picture.rotates
        page = mirror.pages.get(self._looking_at) if self._looking_at is not None else None
        return View(
            mirror=mirror,
            picture=page.picture if page else mirror.picture,
            ply=page.ply if page else mirror.ply,
            flipped=(second and rotates) != self._turned,
            active=mirror.my_turn and page is None,
            walkable=bool(mirror.seats) and not mirror.outcome and page is None,
        )

    def paint(self) -> None:
        """Show the mirror. Every widget repaints only what changed."""
        table, view = self.table, self.view
        table.show(view)
        table.status.say(self._status(view))
        self._hint()
        self.entry.talk(self.entry.chatting, self.mirror.table.notations if self.mirror.table else "")
        self.entry.display = self.entry.chatting or not (self.watching or self.mirror.outcome)
        if not self.entry.display and self.entry.has_focus:
            self.set_focus(table.board)
        self.refresh_bindings()
        self._tick()

    def on_descendant_focus(self) -> None:
        """Other keys matter now."""
        self._hint()

    def _hint(self) -> None:
        typing = self.entry.has_focus and self.entry.display
        hints = prompts.hints(self.mirror, reviewing=self.reviewing, watching=self.watching, typing=typing)
        self.table.hints.show(*hints)

    def _status(self, view: View) -> str:
        if not self.reviewing:
            return status_text(self.mirror, self.looks)
        turn = " - your move" if self.mirror.my_turn else ""
        return f"After {view.ply} of {self.mirror.ply} moves{turn}"

    def _tick(self) -> None:
        """Show what depends on the time, and come back when that will have changed."""
        now = self.now()
        clock = self.mirror.clock
        left = {seat: self.client.clock_left(seat, now) or 0.0 for seat in clock.left} if clock else {}
        self.table.banner.say(prompts.banner(self.mirror, now + self.client.offset))
        self.table.show_seats(self.view, left.get, now + self.client.offset)
        text, trouble = prompts.connection(self.mirror, self.client.connection, self.looks, now)
        self.table.say_connection(text, trouble=trouble)
        if self._timer:
            self._timer.stop()
        running = [left[seat] for seat in clock.running] if clock else []
        waiting = self.client.connection.status == Status.WAITING or self.mirror.claim_after is not None
        delay = next_tick(running) or (1.0 if waiting else None)
        self._timer = self.set_timer(delay, self._tick) if delay else None

    # Moving

    @on(Board.MoveChosen)
    def _chosen(self, event: Board.MoveChosen) -> None:
        self._move(event.move)

    @on(Board.ChoiceNeeded)
    def _choice(self, event: Board.ChoiceNeeded) -> None:
        pieces = self.mirror.picture.pieces if self.mirror.picture else {}
        order = list(pieces)
        choices = [(move, pieces.get(move.choice or "")) for move in event.moves]
        choices.sort(key=lambda choice: order.index(choice[0].choice) if choice[1] and choice[0].choice else 0)
        self.app.push_screen(
            Choose(choices, self.table.board.looks), lambda move: self._move(move) if move else None
        )

    def _move(self, move: PictureMove) -> None:
        # What is typed next is a move again, not a command.
        self.entry.focus()
        self.run_worker(self.ask(self.client.move(move.move)))

    @on(Input.Submitted, "#entry")
    async def _typed(self, event: Input.Submitted) -> None:
        text = event.value.strip()
        if not text:
            return
        if self.entry.chatting:
            self.entry.value = ""
            self.request(p.Chat(text=text))
        elif self.reviewing:
            self.action_live()
            self.say_error("You were looking back: this is the game now. Enter plays.")
        else:
            self.run_worker(self._send_typed(text))

    async def _send_typed(self, text: str) -> None:
        granted = await self.ask(self.client.move(text))
        if self.entry.value.strip() != text:
            return
        if granted:
            self.entry.value = ""
        else:
            # It stays to be corrected, and goes when something else is typed.
            self.entry.select_all()

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
        picture = self.mirror.picture
        if self.mirror.my_turn and not self.reviewing and picture and picture.pick == "column":
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
        self.paint()

    # Everything else a key can do

    def action_flip(self) -> None:
        """Turn the board."""
        self._turned = not self._turned
        self.paint()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Where one types already, keys are letters; where nobody moves, no move is typed."""
        if action in ("type", "chat") and self.entry.has_focus:
            return False
        if action == "type" and (self.watching or self.mirror.outcome):
            return False
        return super().check_action(action, parameters)

    def action_board(self) -> None:
        """To the board."""
        self.table.board.focus()

    def action_type(self, begun: str = "") -> None:
        """Type a move; a digit, which is no command, begins it."""
        self._enter(chatting=False)
        self.entry.insert_text_at_cursor(begun)

    def action_chat(self) -> None:
        """Type a line of chat."""
        self._enter(chatting=True)

    def _enter(self, *, chatting: bool) -> None:
        self.entry.talk(chatting, self.mirror.table.notations if self.mirror.table else "")
        self.entry.display = True
        # At once, so that what is typed next goes there already.
        self.set_focus(self.entry)

    def action_copy_position(self) -> None:
        """Copy the position on the board, as FEN or as text."""
        page = self.mirror.pages.get(self._looking_at) if self._looking_at is not None else None
        state = page.state if page else self.mirror.state
        self.app.copy_to_clipboard(position_text(state, self.view.picture))
        self.notify("Position copied")

    def action_copy_moves(self) -> None:
        """Copy all moves as text."""
        seats = len(self.mirror.table.seats) if self.mirror.table else 2
        self.app.copy_to_clipboard(moves_text(self.mirror.notations, seats))
        self.notify("Moves copied")

    def action_retry(self) -> None:
        """Don't wait: connect now."""
        self.client.retry_now()

    def action_help(self) -> None:
        """Every key."""
        notations = self.mirror.table.notations if self.mirror.table else ""
        sections = [("On the board", Board.BINDINGS), ("In the game", GameScreen.BINDINGS)]
        if not self.watching:
            sections.insert(1, ("As a player", PlayerScreen.BINDINGS))
        self.app.push_screen(Help(*sections, notations=notations))

    def action_back(self) -> None:
        """Undo one step of what one is doing; with nothing left to undo, leave."""
        if self.entry.has_focus and self.entry.value and not self.entry.chatting:
            self.entry.value = ""
            self.say_error("")
        elif self.entry.has_focus and self.client.connection.status == Status.LIVE:
            self.entry.talk(False, self.mirror.table.notations if self.mirror.table else "")
            self.set_focus(self.table.board)
            self.paint()
        elif self.table.board.let_go():
            return
        elif self.reviewing:
            self.action_live()
        else:
            self.action_leave()

    def action_leave(self) -> None:
        """Leave; in the middle of a game, only when that is meant."""
        playing = bool(self.mirror.seats) and not self.mirror.outcome and self.mirror.ply > 0
        if playing and self.client.connection.status == Status.LIVE:
            self.confirm("Leave the game? It goes on, and your seat is kept.", lambda: self.dismiss(None))
        else:
            self.dismiss(None)
