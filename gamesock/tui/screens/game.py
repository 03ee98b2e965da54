"""The game: playing and watching are this one screen.

Messages come from the client and are folded into its mirror; ``paint`` shows the mirror. Keys and gestures
become requests. Nothing here decides a rule.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Input

from gamesock import protocol as p
from gamesock.client import Client, Connection, ConnectionFailed, ConnectionLost, Status
from gamesock.game import PictureMove, Seat
from gamesock.tui import prompts
from gamesock.tui.looks import Looks
from gamesock.tui.screens.dialogs import Choose, Confirm
from gamesock.tui.screens.help import Help
from gamesock.tui.widgets.board import Board
from gamesock.tui.widgets.lines import MoveInput
from gamesock.tui.widgets.moves import MoveList
from gamesock.tui.widgets.table import Table, View
from gamesock.tui.words import LOW, moves_text, plain, position_text, safe, status_text

_SEATED = frozenset(["ai", "takeback", "resign", "draw", "rematch", "decline", "claim_win", "hint"])
"""Actions that only players have."""


class GameScreen(Screen[str | None]):
    """One thread. It is dismissed with the id of the thread to go to next, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f", "flip", "Turn the board"),
        Binding("a", "ai", "Let a bot make this move"),
        Binding("u", "takeback", "Ask to take back, or agree to it"),
        Binding("x", "resign", "Resign (asks first)"),
        Binding("d", "draw", "Offer, accept or claim a draw"),
        Binding("n", "decline", "Decline an offer"),
        Binding("w", "claim_win", "Claim the win from a player who left"),
        Binding("r", "rematch", "Rematch, or go to the next game"),
        Binding("H", "hint", "Hint: what a bot thinks"),
        Binding("comma,left", "review(-1)", "Back through the game"),
        Binding("full_stop,right", "review(1)", "Forward through the game"),
        Binding("home", "review_start", "The start of the game"),
        Binding("end", "live", "The position that is played now"),
        Binding("slash", "type", "Type a move"),
        Binding("c", "chat", "Chat"),
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
        super().__init__()
        self.client, self.mirror, self.looks = client, client.mirror, looks
        self.seat, self.watch_only, self.setup = seat, watch, tuple(setup)
        self.now = now
        self.entry = MoveInput(id="entry")
        self.table = Table(looks, self.entry)
        self._turned = False
        self._looking_at: int | None = None
        self._wants_rematch = False
        self._timer: Timer | None = None

    def compose(self) -> ComposeResult:
        """The table."""
        yield self.table

    def on_mount(self) -> None:
        """Connect, join, listen."""
        self.table.board.focus()
        self.paint()
        self.run_worker(self._live(), name="live")

    async def on_unmount(self) -> None:
        """Let the connection go."""
        await self.client.close()

    # The connection

    async def _live(self) -> None:
        try:
            await self.client.connect()
        except ConnectionFailed as failed:
            self.app.exit(return_code=1, message=str(failed))
            return
        self.run_worker(self._join(), name="join")
        async for message in self.client:
            self._heard(message)
        self.paint()

    async def _join(self) -> None:
        if self.watch_only:
            await self._ask(self.client.join(seat=p.SPECTATOR))
            return
        if await self._ask(self.client.join(seat=self.seat)):
            for message in self.setup:
                await self._ask(self.client.request(message))

    def _heard(self, message: p.ServerMessage | Connection) -> None:
        match message:
            case p.StateUpdate(review=False):
                if self._looking_at is not None and self._looking_at >= self.mirror.ply:
                    self._looking_at = None
                if message.move is not None and self.mirror.seats and message.seat not in self.mirror.seats:
                    self.app.bell()
                self.table.error.say("")
            case p.BotFailedMessage():
                self.table.error.say(f"{safe(message.bot)} failed: {safe(message.reason)}")
            case p.Warning() | p.Info():
                self.table.error.say(safe(message.message))
            case p.RematchMessage() if self._wants_rematch:
                self.dismiss(message.next_thread)
                return
        self.paint()

    async def _ask(self, answer: Awaitable[object]) -> bool:
        """Await the answer to a request; a refusal is shown, in the server's words."""
        try:
            await answer
        except p.Refusal as refusal:
            self.table.error.say(safe(str(refusal)))
        except ConnectionLost as lost:
            self.table.error.say(f"Not sent: {safe(str(lost)) or 'the connection was lost'}")
        except TimeoutError:
            self.table.error.say("The server didn't answer in time")
        else:
            self.table.error.say("")
            return True
        return False

    def _request(self, message: p.ClientMessage) -> None:
        self.run_worker(self._ask(self.client.request(message)))

    # What is shown

    @property
    def reviewing(self) -> bool:
        """Whether an earlier position is on the board."""
        return self._looking_at is not None

    @property
    def watching(self) -> bool:
        """Whether this client holds no seat, and won't."""
        return self.watch_only or not self.mirror.seats

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
        table.banner.say(prompts.banner(self.mirror))
        table.status.say(self._status(view))
        table.hints.show(*prompts.hints(self.mirror, reviewing=self.reviewing, watching=self.watching))
        self.entry.talk(self.entry.chatting, self.mirror.table.notations if self.mirror.table else "")
        self.entry.display = not self.watching or self.entry.chatting
        self.refresh_bindings()
        self._tick()

    def _status(self, view: View) -> str:
        if not self.reviewing:
            return status_text(self.mirror, self.looks)
        turn = " - your move" if self.mirror.my_turn else ""
        return f"After {view.ply} of {self.mirror.ply} moves{turn}"

    def _tick(self) -> None:
        """Show what depends on the time, and come back when that will have changed."""
        now = self.now()
        left = {
            seat: self.client.clock_left(seat, now)
            for seat in (self.mirror.clock.left if self.mirror.clock else ())
        }
        self.table.show_seats(self.view, left.get, now)
        text, trouble = prompts.connection(self.mirror, self.client.connection, self.looks, now)
        self.table.say_connection(text, trouble=trouble)
        if self._timer:
            self._timer.stop()
        running = [
            left[seat] for seat in (self.mirror.clock.running if self.mirror.clock else ()) if seat in left
        ]
        delay = self._until_change(running)
        self._timer = self.set_timer(delay, self._tick) if delay else None

    def _until_change(self, running: Sequence[float]) -> float | None:
        """Seconds until a clock shows another number; a second while anyone is waited for."""
        if running and 0 < min(running) < LOW:
            return 0.1
        if running and min(running) > 0:
            # A little late rather than early: an early tick shows the old second again.
            return min(running) % 1 + 0.02
        counting = self.client.connection.status == Status.WAITING or self.mirror.claim_after is not None
        return 1.0 if counting else None

    # Moving

    @on(Board.MoveChosen)
    def _chosen(self, event: Board.MoveChosen) -> None:
        self._move(event.move)

    @on(Board.ChoiceNeeded)
    def _choice(self, event: Board.ChoiceNeeded) -> None:
        pieces = self.mirror.picture.pieces if self.mirror.picture else {}
        order = list(pieces)
        choices = [(move, pieces.get(move.choice or "")) for move in event.moves]
        choices.sort(
            key=lambda choice: order.index(choice[0].choice) if choice[1] and choice[0].choice else 0
        )
        self.app.push_screen(Choose(choices, self.looks), lambda move: self._move(move) if move else None)

    def _move(self, move: PictureMove) -> None:
        self.run_worker(self._ask(self.client.move(move.move)))

    @on(Input.Submitted, "#entry")
    async def _typed(self, event: Input.Submitted) -> None:
        text = event.value.strip()
        if not text:
            return
        if self.entry.chatting:
            self.entry.value = ""
            self._request(p.Chat(text=text))
        else:
            self.run_worker(self._send_typed(text))

    async def _send_typed(self, text: str) -> None:
        # A refused move stays where it was typed, to be corrected.
        if await self._ask(self.client.move(text)) and self.entry.value.strip() == text:
            self.entry.value = ""

    @on(MoveInput.Left)
    def _left_entry(self) -> None:
        self.entry.talk(False, self.mirror.table.notations if self.mirror.table else "")
        self.table.board.focus()
        self.paint()

    # Looking back

    @on(MoveList.Picked)
    def _picked(self, event: MoveList.Picked) -> None:
        self._look_at(event.ply)

    def action_review(self, by: int) -> None:
        """Look at the position one move earlier or later."""
        at = self.mirror.ply if self._looking_at is None else self._looking_at
        self._look_at(at + by)

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
        if not await self._ask(self.client.page(ply)) and self._looking_at == ply:
            self._looking_at = None
        self.paint()

    # Everything else a key can do

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Spectators have no controls of the game."""
        return not (action in _SEATED and self.watching)

    def action_flip(self) -> None:
        """Turn the board."""
        self._turned = not self._turned
        self.paint()

    def action_ai(self) -> None:
        """Let a bot play for the seat to move."""
        self._request(p.AiMove())

    def action_takeback(self) -> None:
        """Ask for a takeback, or agree to one."""
        asked = self.mirror.offer("takeback")
        self._request(p.AcceptTakeback() if asked and asked not in self.mirror.seats else p.OfferTakeback())

    def action_resign(self) -> None:
        """Resign; before both sides have moved, abort."""
        if self.mirror.table is None or self.mirror.outcome:
            return
        early = self.mirror.ply < len(self.mirror.table.seats)
        question, message = ("Abort this game?", p.Abort()) if early else ("Resign this game?", p.Resign())
        self._confirm(question, lambda: self._request(message))

    def _confirm(self, question: str, then: Callable[[], object]) -> None:
        def answered(yes: bool | None) -> None:
            if yes:
                then()

        self.app.push_screen(Confirm(question), answered)

    def action_draw(self) -> None:
        """Accept a draw, claim one that the rules allow, or offer one."""
        offered = self.mirror.offer("draw")
        claims = [why for why in (self.mirror.table.claims if self.mirror.table else ()) if why != "away"]
        if offered and offered not in self.mirror.seats:
            self._request(p.AcceptDraw())
        elif claims:
            self._confirm(f"Claim a draw by {plain(claims[0])}?", lambda: self._request(p.ClaimDraw()))
        else:
            self._request(p.OfferDraw())

    def action_decline(self) -> None:
        """Decline what the opponent offered."""
        for kind, message in (("draw", p.DeclineDraw()), ("takeback", p.DeclineTakeback())):
            offered = self.mirror.offer("draw" if kind == "draw" else "takeback")
            if offered and offered not in self.mirror.seats:
                self._request(message)

    def action_claim_win(self) -> None:
        """Claim the game from a player who has been away too long."""
        self._request(p.ClaimWin())

    def action_rematch(self) -> None:
        """Go to the next game if there is one, else ask for it."""
        if self.mirror.next_thread:
            self.dismiss(self.mirror.next_thread)
            return
        self._wants_rematch = True
        self._request(p.Rematch())

    def action_hint(self) -> None:
        """Ask what a bot thinks of the position."""
        self._request(p.Analyse(time_ms=1500))

    def action_type(self) -> None:
        """Type a move."""
        self._enter(chatting=False)

    def action_chat(self) -> None:
        """Type a line of chat."""
        self._enter(chatting=True)

    def _enter(self, *, chatting: bool) -> None:
        if self.watching and not chatting:
            return
        self.entry.talk(chatting, self.mirror.table.notations if self.mirror.table else "")
        self.entry.display = True
        self.entry.focus()

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
        sections = (("On the board", Board.BINDINGS), ("In the game", self.BINDINGS))
        self.app.push_screen(Help(*sections, notations=notations))

    def action_back(self) -> None:
        """Undo one step of what one is doing; with nothing left to undo, leave."""
        if self.table.board.let_go():
            return
        if self.reviewing:
            self.action_live()
        else:
            self.action_leave()

    def action_leave(self) -> None:
        """Leave; in the middle of a game, only when that is meant."""
        playing = bool(self.mirror.seats) and not self.mirror.outcome and self.mirror.ply > 0
        if playing and self.client.connection.status == Status.LIVE:
            self._confirm("Leave the game? It goes on, and your seat is kept.", lambda: self.dismiss(None))
        else:
            self.dismiss(None)
