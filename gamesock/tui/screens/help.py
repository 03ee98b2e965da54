"""Help: every key, collected from the bindings themselves so that none is forgotten."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

_NAMES = {
    "comma": ",",
    "full_stop": ".",
    "question_mark": "?",
    "slash": "/",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "plus": "+",
    "minus": "-",
    "left": "←",
    "right": "→",
    "up": "↑",
    "down": "↓",
    "escape": "Esc",
    "enter": "Enter",
    "space": "Space",
    "home": "Home",
    "end": "End",
}


def keys_of(bindings: Iterable[BindingType]) -> list[tuple[str, str]]:
    """The keys, as people call them, and what they do: bindings of one description share a line."""
    lines: dict[str, list[str]] = {}
    for binding in bindings:
        if isinstance(binding, Binding):
            names = [
                _NAMES.get(key.strip(), key.strip().replace("ctrl+", "Ctrl+")) for key in binding.key.split(",")
            ]
            lines.setdefault(binding.description, []).extend(names)
    return [(" ".join(keys), description) for description, keys in lines.items()]


class Help(ModalScreen[None]):
    """Every key of a screen, and how moves are typed."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,question_mark,enter", "dismiss", "Close")]

    def __init__(self, *sections: tuple[str, Iterable[BindingType]], notations: str = "") -> None:
        super().__init__()
        self.sections = [(title, keys_of(bindings)) for title, bindings in sections]
        self.notations = notations

    def compose(self) -> ComposeResult:
        """The sections, one after the other."""
        with VerticalScroll(classes="dialog", id="help"):
            yield Static(self._text())

    def _text(self) -> Content:
        lines: list[Content] = []
        for title, keys in self.sections:
            lines += [Content.styled(title, "bold $accent")]
            lines += [Content.assemble((f"  {names:<14}", "bold"), what) for names, what in keys]
            lines.append(Content(""))
        if self.notations:
            lines += [
                Content.styled("Typing moves", "bold $accent"),
                Content(f"  {self.notations}"),
                Content(""),
            ]
        lines.append(
            Content.styled("Mouse: click a piece and a square, or drag. Esc closes this.", "$foreground-muted")
        )
        return Content("\n").join(lines)
