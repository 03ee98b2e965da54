"""The game: playing and watching are this one screen.

Messages come from the client and are folded into its mirror; ``paint`` shows the mirror. Keys and gestures
become requests. Nothing here decides a rule.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.events import DescendantFocus
from textual.timer import Timer
from textual.widgets import Input

from gamesock import protocol as p
from gamesock.client import Client, Connection, Status
from gamesock.tui import prompts
from gamesock.tui.looks import Looks
from gamesock.tui.motion import quick
from gamesock.tui.screens.talking import TalkingScreen
from gamesock.tui.widgets.board import Board
from gamesock.tui.widgets.chat import ChatLog
from gamesock.tui.widgets.table import View
from gamesock.tui.words import next_tick, review_text, status_text


class GameScreen(TalkingScreen):
    """One thread, to play or to watch."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+r", "retry", "Connect again now"),
        Binding("question_mark", "help", "This help"),
        Binding("q", "leave", "Leave the game; it is kept"),
        Binding("escape", "back", "Let go, go back, leave"),
    ]

    def __init__(self, client: Client, looks: Looks, *, now: Callable[[], float] = time.time, **how: Any) -> None:
        super().__init__(client, looks, **how)
        self.now = now
        self._timer: Timer | None = None
        self._seen = 0
        """Moves there were when one began to look back."""
        self._rang_low = False

    def on_mount(self) -> None:
        """A player can type at once; Escape or an arrow leads to the board and its keys."""
        self._take_focus()

    def _take_focus(self) -> None:
        self.set_focus(self.table.board if self.watch_only or not self.entry.display else self.entry)

    def on_table_uncovered(self) -> None:
        """What is hidden loses the focus; it comes back with the board."""
        self.call_after_refresh(self._take_focus)

    def on_screen_resume(self) -> None:
        """One comes back to this tab."""
        self.repaint()

    def heard(self, message: p.ServerMessage | Connection) -> None:
        """Ring for the opponent's move, follow to the rematch, and show what changed."""
        match message:
            case p.StateUpdate(review=False):
                self.say_error("")
                self.caught_up()
                if message.move is not None and self.mirror.seats and message.seat not in self.mirror.seats:
                    self.app.bell()
            case p.RematchMessage() if self.wants_rematch:
                self.leave(message.next_thread)
        super().heard(message)

    def say_error(self, text: str) -> None:
        """Show it by the line where moves are typed, until something else is done."""
        self.table.error.say(text)

    def on_key(self) -> None:
        """What was wrong has been read when the next key comes."""
        self.say_error("")

    @on(Input.Changed, "#entry")
    def _typing(self) -> None:
        self.say_error("")

    # What is shown

    @property
    def server_time(self) -> float:
        """What the server's clock shows."""
        return self.now() + self.client.offset

    @property
    def moment(self) -> prompts.Moment:
        """What the player is about."""
        return prompts.Moment(
            reviewing=self.reviewing,
            watching=self.watching,
            typing=self.entry.has_focus and self.entry.display,
            chatting=self.entry.chatting and self.entry.has_focus,
            held=self.table.board.scene.held is not None,
            plan=self.plan,
            lent=self.lent,
            absent=self.absent,
            unread=self.table.chat.unread,
            join_line=self.join_line,
            word=self.word,
        )

    @property
    def view(self) -> View:
        """With others' moves in motion, if the player likes that and the terminal is near enough."""
        last, latest = self.mirror.last, not self.reviewing
        others = last is not None and last.seat not in self.mirror.seats
        wanted = self.app.preferences.animations and self.looks.depth != "none" and self.looks.draws
        return super().view._replace(glide=latest and others and wanted and quick(os.environ))

    def paint(self) -> None:
        """Show the mirror. Every widget repaints only what changed."""
        table, view = self.table, self.view
        table.low_time = self.app.preferences.low_time
        table.show(view)
        table.status.say(self._status(view))
        table.plan.say(prompts.plan_line(self.moment))
        table.tabs.show(self.app.tabs.looks(self, self.looks.symbols))
        table.watchers.say(prompts.watchers(self.mirror))
        self.show_line()
        self.refresh_bindings()
        self._tick()
        self.hint()

    @on(DescendantFocus)
    @on(Board.HandChanged)
    @on(ChatLog.Read)
    def hint(self) -> None:
        """Show the keys that matter now."""
        self.table.hints.show(*prompts.hints(self.mirror, self.moment))

    def _status(self, view: View) -> str:
        if not self.reviewing:
            self._seen = self.mirror.ply
            return status_text(self.mirror, self.looks)
        return review_text(self.mirror, view.ply, self.mirror.ply - self._seen, self.looks)

    def _come_back(self) -> None:
        """The time has changed something; what can't be shown costs no other game its life."""
        try:
            self._tick()
        except Exception as error:
            self.distrust(error)

    def _tick(self) -> None:
        """Show what depends on the time, and come back when that will have changed."""
        now, clock = self.now(), self.mirror.clock
        left = {seat: self.client.clock_left(seat, now) or 0.0 for seat in clock.left} if clock else {}
        self.table.banner.say(prompts.banner(self.mirror, self.moment))
        self.table.show_seats(self.view, left.get, self.server_time)
        text, trouble = prompts.connection(self.mirror, self.client.connection, self.looks, now)
        self.table.say_connection(text, trouble=trouble)
        if self._timer:
            self._timer.stop()
        running = {seat: left[seat] for seat in clock.running if seat in left} if clock else {}
        self._ring_low([seconds for seat, seconds in running.items() if seat in self.mirror.seats])
        waiting = self.client.connection.status == Status.WAITING or self.mirror.claim_after is not None
        delay = next_tick(list(running.values())) or (1.0 if waiting else None)
        self._timer = self.set_timer(delay, self._come_back) if delay else None

    def _ring_low(self, own: list[float]) -> None:
        """Ring once a game when one's own clock runs low."""
        if not self._rang_low and any(0 < seconds < self.app.preferences.low_time for seconds in own):
            self._rang_low = True
            self.app.bell()

    # Everything else a key can do

    def action_retry(self) -> None:
        """Don't wait: connect now."""
        self.client.retry_now()

    def action_help(self) -> None:
        """Every key."""
        from gamesock.tui.screens.game_help import help_for

        other = [*GameScreen.BINDINGS, *self.app.BINDINGS]
        several = len(self.app.tables) > 1
        self.app.push_screen(
            help_for(self.mirror, self.looks, watching=self.watching, several=several, other=other)
        )

    def action_back(self) -> None:
        """Undo one step of what one is doing; with nothing left to undo, leave."""
        if self.entry.has_focus and self.entry.value and not self.entry.chatting:
            self.entry.value = ""
            self.say_error("")
        elif self.entry.chatting:
            self.stop_chatting()
        elif self.plan:
            self.keep_plan(None)
        elif self.entry.has_focus and self.client.connection.status == Status.LIVE:
            self.set_focus(self.table.board)
        elif self.table.board.let_go():
            self.hint()
        elif self.reviewing:
            self.action_live()
        else:
            self.action_leave()

    def action_leave(self) -> None:
        """Leave; in the middle of a game, only when that is meant."""
        if self.mirror.under_way and self.client.connection.status == Status.LIVE:
            self.confirm("Leave the game? It goes on, and your seat is kept.", self.leave)
        else:
            self.leave()
