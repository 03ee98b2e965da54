"""The open games, side by side in one row: the one on the screen in brackets, marks where something happened."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from textual.content import Content
from textual.widget import Widget

_LONGEST = 14
"""Characters of a name."""


class TabLook(NamedTuple):
    """What is shown of one tab."""

    number: int
    game: str
    against: str
    by: int
    """How many tabs away it is; 0: it is the one on the screen."""
    mark: str = ""
    """What is to be known of it while another one is on the screen."""


class TabBar(Widget):
    """As much of every tab as fits; a click goes there. With a single one there is nothing to show."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._looks: tuple[TabLook, ...] = ()
        self.display = False

    def show(self, looks: Sequence[TabLook]) -> None:
        """Show these."""
        if tuple(looks) != self._looks:
            self._looks = tuple(looks)
            self.display = len(looks) > 1
            self.refresh()

    def render(self) -> Content:
        """The fullest of the ways to name them that fits."""
        return self.content(self.size.width)

    def content(self, width: int) -> Content:
        """The tabs in so many columns."""
        ways = list(self._ways())
        fitting = (way for way in ways if sum(map(len, way)) + len(way) - 1 <= width)
        labels = next(fitting, ways[-1] if ways else ())
        return Content(" ").join(_drawn(look, label) for look, label in zip(self._looks, labels, strict=True))

    def _ways(self) -> Iterator[list[str]]:
        """Labels for all tabs, the fullest first."""
        games = {look.game for look in self._looks}
        distinct = len(games) == len(self._looks)
        short = [look.game if distinct else look.against[:_LONGEST] for look in self._looks]
        full = [f"{look.game}, {look.against[:_LONGEST]}" for look in self._looks]
        none = [""] * len(self._looks)
        ways = (full, full), (full, short), (full, none), (short, short), (short, none), (none, none)
        for shown, others in ways:
            yield [_label(look, (others if look.by else shown)[at]) for at, look in enumerate(self._looks)]


def _label(look: TabLook, name: str) -> str:
    text = f"{look.number} {name}".rstrip()
    return f"{text} {look.mark}" if look.by and look.mark else text if look.by else f"[{text}]"


def _drawn(look: TabLook, label: str) -> Content:
    if not look.by:
        return Content.styled(label, "bold $foreground")
    return Content.from_markup(f"[@click=app.tab({look.by})]$label[/]", label=label)
