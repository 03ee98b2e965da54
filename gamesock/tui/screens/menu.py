"""Small dialogs that ask for one of several things, or for a file's name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.events import Key
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option


class Item(NamedTuple):
    """A line of a menu."""

    value: str
    label: str
    key: str = ""
    """The letter that chooses it."""


class Menu(ModalScreen[str | None]):
    """One of several things: by its letter, by arrows and Enter, or by a click."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q", "dismiss(None)", "Cancel")]

    def __init__(self, title: str, items: Sequence[Item]) -> None:
        super().__init__()
        self.heading, self.items = title, tuple(items)
        self._chosen = False

    def compose(self) -> ComposeResult:
        """The title and the items."""
        with Vertical(classes="dialog menu"):
            yield Static(Content.styled(self.heading, "bold"))
            yield OptionList(*(self._option(item) for item in self.items), compact=True)
            yield Static(Content("Esc cancels"), classes="answers")

    @staticmethod
    def _option(item: Item) -> Option:
        key = Content.assemble((f"{item.key}  ", "bold")) if item.key else Content("")
        return Option(Content.assemble(key, item.label))

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self.items[event.option_index].value)

    def on_key(self, event: Key) -> None:
        """Choose by a letter."""
        for item in self.items:
            if item.key and event.character == item.key:
                event.stop()
                if not self._chosen:  # a second letter may come before this is gone
                    self._chosen = True
                    self.dismiss(item.value)
                return


class SaveAs(ModalScreen[Path | None]):
    """Where to write a file; one that is there is replaced only when that is meant."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Cancel")]

    def __init__(self, name: str, explanation: str) -> None:
        super().__init__()
        self.line = Input(name, compact=True)
        self.line.cursor_blink = False
        self.explanation = explanation
        self._warned: Path | None = None
        self._warning = Static("", classes="warning")

    def compose(self) -> ComposeResult:
        """The name, and what its ending means."""
        with Vertical(classes="dialog save"):
            yield Static(Content.styled("Save the game as", "bold"))
            yield self.line
            yield self._warning
            yield Static(Content(f"{self.explanation}\nEnter saves, Esc cancels"), classes="answers")

    @on(Input.Changed)
    def _changed(self) -> None:
        self._warning.update("")

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        if not event.value.strip():
            return
        path = Path(event.value.strip()).expanduser().absolute()
        if path.is_dir():
            self._warning.update(Content("That is a directory: add a name"))
        elif path.exists() and path != self._warned:
            self._warned = path
            self._warning.update(Content("There is such a file: Enter again replaces it"))
        else:
            self.dismiss(path)
