"""The fields of a form: a label and a choice or a text, a line each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Input, Select, Static

from gamesock.catalogue import OptionOffer


class Field(Select[str | int], inherit_bindings=False):
    """One of several values: Enter shows them all, left and right turn; up and down lead to other fields."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space", "show_overlay", "All values", show=False),
        Binding("right,l", "turn(1)", "The next value", show=False),
        Binding("left,h", "turn(-1)", "The value before", show=False),
    ]

    def action_turn(self, by: int) -> None:
        """The next value, or the one before."""
        values = [value for _, value in self._options]
        self.value = values[(values.index(self.value) + by) % len(values)]


def select(options: Sequence[tuple[str, str | int]], *, id: str, value: str | int) -> Field:
    """A field of these values: what is shown of each, and what it is."""
    return Field(options, id=id, value=value, allow_blank=False, compact=True)


def line(label: str, widget: Widget, *, id: str | None = None) -> ComposeResult:
    """A label and its widget."""
    with Horizontal(classes="choice", id=id):
        yield Static(label, classes="choice-label")
        yield widget


def option_widgets(option: OptionOffer, given: str) -> Iterable[Widget]:
    """The line of a game's option, beginning with what was given the last time."""
    if option.choices:
        wished = (each for each in (given, option.default) if each in option.choices)
        value = next(wished, option.choices[0])
        field: Widget = select(
            [(choice, choice) for choice in option.choices], id=f"option-{option.name}", value=value
        )
    else:
        # As much of what it means as has room; the rest is said while one is there.
        hint = option.default or re.split("[,;(]", option.summary)[0]
        field = Input(given, placeholder=hint, id=f"option-{option.name}", compact=True)
    label = Static(option.title, classes="choice-label")
    yield Horizontal(label, field, classes="choice", id=f"line-{option.name}")
