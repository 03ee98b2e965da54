"""A dialog that asks for one line of text, and takes it only once it is good."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import ClassVar, Generic, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from gamesock.tui.screens.shell import ShellDialog

Answer = TypeVar("Answer")


class NotGood(Exception):
    """The line won't do; the message says why, to the player."""


class Ask(ShellDialog[Answer | None], Generic[Answer]):
    """One line; ``understand`` makes the answer of it, or raises ``NotGood``."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Cancel")]

    def __init__(
        self,
        heading: str,
        understand: Callable[[str], Awaitable[Answer]],
        *,
        text: str = "",
        example: str = "",
        blank: bool = False,
    ) -> None:
        """``blank``: nothing is something to understand, too."""
        super().__init__()
        self._blank = blank
        self.heading, self.understand = heading, understand
        self.line = Input(text, placeholder=example, compact=True)
        self.problem = Static("", classes="problem")

    def compose(self) -> ComposeResult:
        """The question, the line, and what is wrong with it."""
        with Vertical(classes="dialog ask"):
            yield Static(Content.styled(self.heading, "bold"))
            yield self.line
            yield self.problem
            yield Static(
                Content.from_markup("[@click=screen.submit][b]Enter[/b] goes on[/]   [b]Esc[/b] cancels"),
                classes="answers",
            )

    def action_submit(self) -> None:
        """Take the line if it is good."""
        if self._blank or self.line.value.strip():
            self.problem.update(Content.styled("One moment...", "$foreground-muted"))
            self.run_worker(self._try(self.line.value.strip()), exclusive=True)
        else:
            wanted = f": {self.line.placeholder}" if self.line.placeholder else ". Esc cancels"
            self.problem.update(Content(f"Nothing is typed yet{wanted}"))

    @on(Input.Submitted)
    def _submitted(self) -> None:
        self.action_submit()

    @on(Input.Changed)
    def _changed(self) -> None:
        self.problem.update("")

    async def _try(self, text: str) -> None:
        try:
            answer = await self.understand(text)
        except NotGood as error:
            self.problem.update(Content(str(error)))
            self.line.select_all()  # the next try takes its place
        else:
            self.dismiss(answer)
