"""Talk around the board: the rooms for chat, and who is there."""

from __future__ import annotations

from typing import ClassVar, Literal

from textual.binding import Binding, BindingType

from gamesock import protocol as p
from gamesock.tui.screens.moving import MovingScreen

Room = Literal["players", "spectators"]

_TO = {"players": "say to the players", "spectators": "say to those who watch"}


class TalkingScreen(MovingScreen):
    """A thread to talk at."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "chat", "Chat; Tab changes the room after the game", priority=True),
        Binding("v", "people", "Who plays, who watches"),
        Binding("tab", "room", "The other room", priority=True, show=False),
        Binding("pageup", "scroll_chat(-1)", "Older chat, or moves", priority=True, show=False),
        Binding("pagedown", "scroll_chat(1)", "Newer chat, or moves", priority=True, show=False),
    ]

    _room: Room | None = None

    @property
    def room(self) -> Room:
        """The room in which one talks: one's own while the game goes on, either after it."""
        own: Room = "players" if self.mirror.seats or self.lent else "spectators"
        return self._room if self._room and self.mirror.outcome else own

    def show_line(self) -> None:
        """Show the line to type in while there is something to type, and say what."""
        entry, chatting = self.entry, self.entry.chatting
        notations = self.mirror.table.notations if self.mirror.table else ""
        other = " (Tab: the other room)" if self.mirror.outcome else ""
        entry.talk(chatting, f"{_TO[self.room]}{other}" if chatting else notations)
        entry.display = chatting or not (self.watching or self.mirror.outcome)
        self.table.set_class(chatting, "-chatting")
        if not entry.display and entry.has_focus:
            self.set_focus(self.table.board)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys of the chat are the chat's while one talks; where one types moves, ``c`` is a letter."""
        if action == "room":
            return self.entry.chatting and self.entry.has_focus and self.mirror.outcome is not None
        if action == "chat" and self.entry.has_focus:
            return False
        return super().check_action(action, parameters)

    def action_chat(self) -> None:
        """Type a line of chat."""
        self.enter_line(chatting=True)
        self.paint()

    def stop_chatting(self) -> None:
        """Back to the board."""
        self.entry.talk(False, "")
        self.set_focus(self.table.board)
        self.paint()

    def action_room(self) -> None:
        """Talk in the other room."""
        self._room = "spectators" if self.room == "players" else "players"
        self.paint()

    def say(self, text: str) -> None:
        """Say something in the room one is in."""
        self.request(p.Chat(text=text, room=self.room))

    def action_scroll_chat(self, by: int) -> None:
        """Scroll through what was said, or through the moves."""
        scrolled = self.table.chat if self.entry.chatting else self.table.moves
        step = max(1, scrolled.size.height - 1)
        scrolled.scroll_relative(y=by * step, animate=False)

    def action_people(self) -> None:
        """Who plays, who watches."""
        from gamesock.tui.screens.people import People

        self.app.push_screen(People(self.mirror))
