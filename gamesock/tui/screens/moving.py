"""How moves are made: on the board, by typing, confirmed if the player wants it so, and ahead of one's turn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.events import MouseDown
from textual.widget import Widget
from textual.widgets import Input

from gamesock import protocol as p
from gamesock.client import Client, Connection, ConnectionLost
from gamesock.game import PictureMove
from gamesock.tui import plans
from gamesock.tui.looks import Looks
from gamesock.tui.plans import Plan
from gamesock.tui.screens.sharing import SharingScreen
from gamesock.tui.widgets.board import Board
from gamesock.tui.widgets.lines import MoveInput
from gamesock.tui.widgets.table import View
from gamesock.tui.words import safe

_BEGIN_MOVES = "0123456789KQRBNO"
"""Keys that are no commands: where moves begin with them, they begin one from anywhere."""


class MovingScreen(SharingScreen):
    """A thread to play."""

    BINDINGS: ClassVar[list[BindingType]] = [
        # With priority the line has the focus before the next key, however fast it comes.
        Binding("slash", "type", "Type a move", priority=True),
        *(Binding(sign, f"type({sign!r})", "Begin to type a move", priority=True) for sign in _BEGIN_MOVES),
        Binding("up,down,space", "board", "To the board", show=False),
        Binding("enter", "enter", "Play the move that waits for a yes", show=False),
    ]

    def __init__(self, client: Client, looks: Looks, **how: Any) -> None:
        self.entry = MoveInput(id="entry")
        super().__init__(client, looks, **how)
        self.plan: Plan | None = None
        """A premove, or a move that waits to be confirmed."""
        self._sent = ""
        """What was typed, while it isn't answered."""

    def foot(self) -> Sequence[Widget]:
        """The line to type in."""
        return (self.entry,)

    # What is on the board

    @property
    def can_plan(self) -> bool:
        """Whether a premove could be made now."""
        mirror = self.mirror
        return bool(mirror.seats) and not (mirror.outcome or mirror.my_turn or self.reviewing)

    @property
    def view(self) -> View:
        """With what the player has in mind."""
        view = super().view
        picture = view.picture
        if picture is None or self.page is not None:
            return view
        plan = self.plan
        if plan and not plan.ahead:
            shown = plans.shown(picture, plan, view.mover)
            return view._replace(picture=shown, active=False, walkable=False, planned=plan.cells)
        if self.can_plan:
            cells = plan.cells if plan else frozenset[int]()
            own = self.mirror.seats[0]
            return view._replace(planners=self.mirror.seats, mover=own, active=True, planned=cells)
        return view

    # Gestures and text

    @on(Board.MoveChosen)
    def _chosen(self, event: Board.MoveChosen) -> None:
        self._mean(event.move)

    @on(Board.ChoiceNeeded)
    def _choice(self, event: Board.ChoiceNeeded) -> None:
        from gamesock.tui.screens.dialogs import Choose

        pieces = self.mirror.picture.pieces if self.mirror.picture else {}
        order = list(pieces)
        choices = [(move, pieces.get(move.choice or "")) for move in event.moves]
        choices.sort(key=lambda choice: order.index(choice[0].choice) if choice[1] and choice[0].choice else 0)
        self.app.push_screen(
            Choose(choices, self.table.board.looks), lambda move: self._mean(move) if move else None
        )

    def _mean(self, move: PictureMove) -> None:
        # What is typed next is a move again, not a command.
        self.entry.focus()
        picture = self.mirror.picture
        if not move.move and picture:
            self.keep_plan(plans.planned(picture, move))
        elif self.app.preferences.confirm_moves and picture:
            self.keep_plan(plans.meant(picture, move))
        else:
            self.run_worker(self.ask(self.client.move(move.move)))

    @on(Input.Submitted, "#entry")
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.say_error("")
        text = event.value.strip()
        if not text:
            return
        if self.entry.chatting:
            self.entry.value = ""
            self.say(text)
        elif self.reviewing:
            self.action_live()
            self.say_error("You were looking back: this is the game now. Enter plays.")
        elif self.can_plan or self.app.preferences.confirm_moves:
            self.entry.value = ""
            picture, seats = self.mirror.picture, self.mirror.seats
            self.keep_plan(plans.typed(picture, text, ahead=self.can_plan, seats=seats))
        else:
            self.run_worker(self._send_typed(text))

    def say(self, text: str) -> None:
        """Say something to the others."""
        self.request(p.Chat(text=text))

    async def _send_typed(self, text: str) -> None:
        self._sent = self.entry.sent = text
        played = await self.ask(self.client.move(text))
        self.entry.sent = ""
        if played:
            self.call_after_refresh(self._clear, text)
        elif self.entry.value.strip() == text:
            # It stays to be corrected, and goes when something else is typed.
            self._sent = ""
            self.entry.select_all()

    def _clear(self, text: str) -> None:
        """Empty the line, unless something else stands there by now."""
        if text and self.entry.value.strip() == text:
            with self.entry.prevent(Input.Changed):
                self.entry.value = ""

    # Plans

    def keep_plan(self, plan: Plan | None) -> None:
        """Have this in mind in place of what was."""
        self.plan = plan
        self.table.board.let_go()
        self.paint()

    def action_enter(self) -> None:
        """Play the move that waits for a yes; else to the board."""
        plan = self.plan
        if plan is None or plan.ahead or self.reviewing:
            self.action_board()
            return
        self.keep_plan(None)
        self.run_worker(self.ask(self.client.move(plan.text)))

    def on_mouse_down(self, event: MouseDown) -> None:
        """A click on the move that waits for a yes says it, a click elsewhere on the board lets it go."""
        plan, board = self.plan, self.table.board
        if plan is None or plan.ahead or not board.region.contains(event.screen_x, event.screen_y):
            return
        cell = board.cell_at(event.screen_x - board.region.x, event.screen_y - board.region.y)
        if cell is not None and cell in plan.cells:
            self.action_enter()
        else:
            self.keep_plan(None)

    def heard(self, message: p.ServerMessage | Connection) -> None:
        """The premove's turn may have come."""
        if isinstance(message, p.StateUpdate) and message.move is not None and message.seat in self.mirror.seats:
            self._clear(self._sent)  # here, so that the line and the board change in one
        super().heard(message)
        if self.plan is None or not isinstance(
            message, p.StateUpdate | p.GameOver | p.LeftMessage | p.JoinedMessage
        ):
            return
        taken_back = isinstance(message, p.StateUpdate) and message.last_action == "takeback"
        if self.mirror.outcome or taken_back or not self.mirror.seats:
            self.keep_plan(None)
        elif self.plan.ahead and self.mirror.my_turn:
            plan = self.plan
            self.keep_plan(None)
            self.run_worker(self._play_ahead(plan), name="premove")
        elif not self.plan.ahead and not self.mirror.my_turn:
            self.keep_plan(None)

    async def _play_ahead(self, plan: Plan) -> None:
        fitting = plan.fitting(self.mirror.picture) if self.mirror.picture else []
        move = plan.text or (fitting[0].move if fitting else "")
        why = "not legal now"
        if move:
            try:
                await self.client.move(move)
            except p.Refusal as refusal:
                why = safe(str(refusal))
            except (ConnectionLost, TimeoutError):
                why = "the connection was lost"
            else:
                return
        self.say_error(f"Premove {plan.label} dropped: {why}")

    # The focus

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Where one types already, keys are letters; where nobody moves, no move is typed."""
        if action == "type" and (self.entry.has_focus or self.watching or self.mirror.outcome):
            return False
        if action == "type" and parameters and not plans.begins(self.mirror.picture, str(parameters[0])):
            return False
        return super().check_action(action, parameters)

    def action_board(self) -> None:
        """To the board."""
        self.table.board.focus()

    def action_type(self, begun: str = "") -> None:
        """Type a move; a key that is no command begins it."""
        self.enter_line(chatting=False)
        self.entry.insert_text_at_cursor(begun)

    def enter_line(self, *, chatting: bool) -> None:
        """Type in the line: moves, or chat."""
        self.entry.talk(chatting, self.mirror.table.notations if self.mirror.table else "")
        self.entry.display = True
        # At once, so that what is typed next goes there already.
        self.set_focus(self.entry)
