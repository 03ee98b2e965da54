"""Small questions over a game: yes or no, and which of several moves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.events import Click, Key
from textual.geometry import Size
from textual.screen import ModalScreen
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Static

from gamesock.game import PictureMove, Piece
from gamesock.tui.cells import Cell, Figure, paint
from gamesock.tui.looks import Looks


class Confirm(ModalScreen[bool]):
    """A question that must not be answered by accident: only ``y`` says yes."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "dismiss(True)", "Yes"),
        Binding("n,escape,q,enter", "dismiss(False)", "No"),
    ]

    def __init__(self, question: str) -> None:
        super().__init__()
        self.question = question

    def compose(self) -> ComposeResult:
        """The question and its two answers."""
        with Vertical(classes="dialog"):
            yield Static(Content(self.question))
            yield Static(
                Content.from_markup(
                    "[@click=screen.dismiss(True)][b]y[/b] yes[/]    [@click=screen.dismiss(False)][b]n[/b] no[/]"
                ),
                classes="answers",
            )


class Choose(ModalScreen[PictureMove | None]):
    """Which of several moves a gesture meant: the pieces side by side, as on the board."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "step(-1)", "Left"),
        Binding("right,l", "step(1)", "Right"),
        Binding("enter,space", "take", "Choose"),
        Binding("escape,q", "dismiss(None)", "Cancel"),
    ]

    def __init__(self, moves: Sequence[tuple[PictureMove, Piece | None]], looks: Looks) -> None:
        super().__init__()
        self.choices = _Choices(moves, looks)

    def compose(self) -> ComposeResult:
        """The pieces, and the keys."""
        with Vertical(classes="dialog"):
            yield self.choices
            yield Static(Content.from_markup("[b]Enter[/b], or the letter"), classes="answers")

    def action_step(self, by: int) -> None:
        """Point at the next piece."""
        self.choices.step(by)

    def action_take(self) -> None:
        """Choose what is pointed at."""
        self.dismiss(self.choices.moves[self.choices.at][0])

    def on_key(self, event: Key) -> None:
        """Choose by the letter of a piece."""
        for move, piece in self.choices.moves:
            if piece and event.character and piece.letter.lower() == event.character.lower():
                event.stop()
                self.dismiss(move)
                return


class _Choices(Widget):
    """Pieces side by side."""

    SIZE = 3

    def __init__(self, moves: Sequence[tuple[PictureMove, Piece | None]], looks: Looks) -> None:
        super().__init__()
        self.moves = list(moves)
        self.looks = looks
        self.at = 0

    def step(self, by: int) -> None:
        self.at = (self.at + by) % len(self.moves)
        self.refresh()

    def get_content_width(self, container: Size, viewport: Size) -> int:
        return 2 * self.SIZE * len(self.moves)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return self.SIZE + 1

    def _letters(self) -> Strip:
        """Below each piece, the key that chooses it."""
        names = (piece.letter.upper() if piece else move.label[: 2 * self.SIZE] for move, piece in self.moves)
        return Strip([Segment("".join(name.center(2 * self.SIZE) for name in names), self.rich_style)])

    def render_line(self, y: int) -> Strip:
        if y == self.SIZE:
            return self._letters()
        segments: list[Segment] = []
        for at, (_, piece) in enumerate(self.moves):
            figure = Figure.of(piece, piece.seat if piece.tone == "light" else None) if piece else None
            ground = "dark" if at % 2 else "light"
            cell = Cell(
                "dark" if ground == "dark" else "light",
                figure,
                hand="cursor" if at == self.at else "",
            )
            segments.extend(paint(cell, self.SIZE, self.looks)[y])
        return Strip(segments)

    def on_click(self, event: Click) -> None:
        at = event.x // (2 * self.SIZE)
        if 0 <= at < len(self.moves):
            self.screen.dismiss(self.moves[at][0])
