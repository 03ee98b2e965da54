"""A board to look at: as large as its place allows, without a cursor."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Container

from gamesock.game import BoardPicture
from gamesock.tui.frame import Shape, fit
from gamesock.tui.looks import Looks
from gamesock.tui.scene import Scene
from gamesock.tui.widgets.board import Board


class Preview(Container):
    """A place for a board; empty while there is nothing to show or no room."""

    def __init__(self, looks: Looks, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.board = Board(looks)
        self.board.can_focus = False
        self._picture: BoardPicture | None = None

    def compose(self) -> ComposeResult:
        """The board."""
        yield self.board

    def on_resize(self) -> None:
        """Draw it as large as it fits."""
        self._fit()

    def show(self, picture: BoardPicture | None, *, flipped: bool = False) -> None:
        """Show this picture; None: nothing."""
        if picture is None or self._picture is None or Shape.of(picture) != Shape.of(self._picture):
            self.board.set_frame(None)  # the one there is fits another board
        self._picture = picture
        self.board.show(Scene(picture, flipped=flipped))
        self._fit()

    def _fit(self) -> None:
        room = self.content_size
        picture = self._picture
        frame = fit(Shape.of(picture), room.width, room.height) if picture and room else None
        self.board.set_frame(frame)
