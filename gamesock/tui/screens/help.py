"""Help: every key, collected from the bindings themselves so that none is forgotten."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

_NAMES = {
    "comma": ",",
    "full_stop": ".",
    "question_mark": "?",
    "slash": "/",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "plus": "+",
    "equals_sign": "=",
    "minus": "-",
    "hyphen": "-",
    "left": "←",
    "right": "→",
    "up": "↑",
    "down": "↓",
    "escape": "Esc",
    "enter": "Enter",
    "space": "Space",
    "home": "Home",
    "end": "End",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "tab": "Tab",
    "delete": "Del",
    "backspace": "Backspace",
}

_WORDS = str.maketrans({"←": "Left", "→": "Right", "↑": "Up", "↓": "Down"})
"""The same where there are letters only."""


_WIDTH, _NAME, _NARROW = 68, 17, 14
"""Columns of the dialog, and of the keys in it; the same where there is little room."""

_ARROWS = {"←", "→", "↑", "↓"}


def key_name(key: str) -> str:
    """A key as people call it: ``Ctrl+R``, ``,``, ``PgUp``."""
    key = key.strip()
    if key.startswith("ctrl+"):
        return f"Ctrl+{key_name(key.removeprefix('ctrl+')).capitalize()}"
    return _NAMES.get(key, key)


def keys_of(bindings: Iterable[BindingType]) -> list[tuple[str, str]]:
    """The keys, as people call them, and what they do: bindings of one description share a line."""
    lines: dict[str, list[str]] = {}
    for binding in bindings:
        if isinstance(binding, Binding) and binding.description:
            lines.setdefault(binding.description, []).extend(map(key_name, binding.key.split(",")))
    return [(_together(keys), description) for description, keys in lines.items()]


def _together(keys: list[str]) -> str:
    """Keys of one meaning: the four arrows are one word, and so are the digits."""
    if set(keys) >= _ARROWS:
        keys = ["arrows", *(key for key in keys if key not in _ARROWS)]
    return re.sub(r"\b0( \d)+\b", "0-9", " ".join(keys))


class Help(ModalScreen[None]):
    """Every key of a screen, and how moves are typed; what is typed here searches."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter", "dismiss", "Close"),
        Binding("up", "scroll(-1)", "Up", show=False, priority=True),
        Binding("down", "scroll(1)", "Down", show=False, priority=True),
        Binding("pageup", "scroll(-8)", "A page up", show=False, priority=True),
        Binding("pagedown", "scroll(8)", "A page down", show=False, priority=True),
    ]

    def __init__(
        self,
        *sections: tuple[str, Iterable[BindingType]],
        notations: str = "",
        signs: Iterable[tuple[str, str]] = (),
    ) -> None:
        """``notations``: how moves are typed; ``signs``: what the signs on the screen mean."""
        super().__init__()
        self.signs = [*signs]
        self.sections = [(title, keys_of(bindings)) for title, bindings in sections]
        self.notations = notations
        self.search = Input(placeholder="type to search; Esc closes", compact=True)
        self.search.cursor_blink = False
        self.list = Static(self._text())
        self.body = VerticalScroll(self.list, can_focus=False)

    def compose(self) -> ComposeResult:
        """A line to search in, and the sections one after the other."""
        with Vertical(classes="dialog", id="help"):
            yield self.search
            yield self.body

    @on(Input.Changed)
    def _searched(self, event: Input.Changed) -> None:
        if event.value.endswith("?"):  # the key that opened it closes it
            self.dismiss(None)
            return
        self.list.update(self._text(event.value))
        self.body.scroll_home(animate=False)

    def on_resize(self) -> None:
        """Lines break elsewhere."""
        self.list.update(self._text(self.search.value))

    def action_scroll(self, by: int) -> None:
        """Scroll by lines."""
        self.body.scroll_relative(y=by, animate=False)

    def _text(self, wanted: str = "") -> Content:
        wanted = wanted.strip().lower()
        arrows = _WORDS if self.app.has_class("-ascii") else {}
        width = min(_WIDTH, self.app.size.width) - 8
        lines: list[Content] = []
        for title, keys in self.sections:
            told = [(names.translate(arrows), what) for names, what in keys]
            found = [(names, what) for names, what in told if wanted in f"{names} {what} {title}".lower()]
            if found:
                lines += [Content.styled(title, "bold $accent"), *(_line(*each, width) for each in found)]
                lines.append(Content(""))
        if self.notations and wanted in f"typing moves {self.notations}".lower():
            lines += [Content.styled("Typing moves", "bold $accent"), Content(f" {self.notations}"), Content("")]
        found = [(sign, what) for sign, what in self.signs if wanted in f"signs {what}".lower()]
        if found:
            lines += [
                Content.styled("Signs", "bold $accent"),
                *(_line(*each, width) for each in found),
                Content(""),
            ]
        if not wanted:
            lines.append(Content("Mouse: click a piece and a square, or drag. What is underlined can be clicked."))
        return Content("\n").join(lines) if lines else Content(f"No key for {wanted!r}")


def _line(names: str, what: str, width: int) -> Content:
    """A key and what it does, in a column of its own: long names have a line to themselves."""
    column = _NAME if width >= _WIDTH - 8 else _NARROW
    first, *more = textwrap.wrap(what, max(12, width - column))
    gap = "\n" + " " * column
    short = len(names) < column - 1
    start = f" {names:<{column - 1}}" if short else f" {names}{gap}"
    return Content.assemble((start, "bold"), gap.join([first, *more]))
