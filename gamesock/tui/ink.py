"""How a screen is written to the terminal: only what it doesn't show yet, and colours only where they change.

Textual repaints a line from the left edge of the widget that changed, whether it looks different or not, and
names every colour before each piece of text: up to ten times the bytes, which shows over slow links.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from rich.cells import cell_len
from rich.color import ColorSystem
from rich.console import COLOR_SYSTEMS, Console, RenderableType
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.geometry import Size
from textual.strip import Strip


class Pen(NamedTuple):
    """What the terminal writes with: parameters of SGR, the escape sequence that sets looks."""

    front: str = "39"
    back: str = "49"
    attributes: str = ""

    lined: bool = False
    """Whether a blank shows more than its background."""


_UNSEEN = frozenset(["", "1", "2", "3", "5", "6", "8"])
"""Attributes that don't show on a blank: bold, dim, italic, blinking and hidden."""

_OFF = {"1": "22", "2": "22", "3": "23", "4": "24", "7": "27", "9": "29"}
"""What ends an attribute, where that is a sequence every terminal knows."""

PLAIN = Pen()

Mark: TypeAlias = tuple[str, Pen]
"""A character and its look; a blank has only a background."""

Piece: TypeAlias = tuple[int, int, Strip, int, int]
"""Column, row, what is written there, and the columns from which and up to which it is."""


class Ink:
    """What the terminal shows, as far as it was written here; so that nothing is written twice."""

    def __init__(self) -> None:
        self._size = Size(0, 0)
        self._marks: dict[int, list[Mark | None]] = {}

    @property
    def used(self) -> bool:
        """Whether anything was written yet."""
        return bool(self._marks)

    def frugal(self, update: RenderableType | None, size: Size) -> RenderableType | None:
        """What Textual is about to display on a terminal of this size, to be written frugally."""
        if size != self._size:
            self._size, self._marks = size, {}  # a terminal that changes its size moves what it shows
        match update:
            case ChopsUpdate():
                return Inked(self, _changed(update))  # type: ignore[return-value]  # like Textual's own updates
            case LayoutUpdate():
                # The whole screen is asked for when something may have spoilt it.
                self._marks = {}
                return Inked(self, _whole(update))  # type: ignore[return-value]
        return update

    def write(self, pieces: Iterable[Piece], system: ColorSystem) -> str:
        """The bytes, as text, after which the terminal shows these pieces too."""
        written = _Written()
        for x, y, strip, first, last in pieces:
            line = self._marks.setdefault(y, [])
            line += [None] * (x + strip.cell_length - len(line))
            for found, look, _ in strip:
                text = found if found.isprintable() else _harmless(found)
                end = x + cell_len(text)
                begin, until = max(x, first), min(end, last)
                if begin < until:
                    marks = marks_of(text, look, system)
                    if marks is None:
                        written.move(begin, y)
                        written.whole(_cut(text, begin - x, until - x), look, system)
                        line[begin:until] = [None] * (until - begin)
                    elif line[begin:until] != (marks := marks[begin - x : until - x]):
                        written.change(begin, y, line, marks)
                        line[begin:until] = marks
                x = end
        return written.done()


class Inked(CompositorUpdate):
    """An update of the screen that shows the same as the one it is made from."""

    def __init__(self, ink: Ink, pieces: Iterable[Piece]) -> None:
        self._ink, self._pieces = ink, pieces

    def render_segments(self, console: Console) -> str:
        """What Textual writes to the terminal."""
        system = COLOR_SYSTEMS.get(console.color_system or "truecolor", ColorSystem.TRUECOLOR)
        return self._ink.write(self._pieces, system)


class _Written:
    """Escape sequences and text, with the pen and the place they lead to."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._pen = PLAIN
        self._x = self._y = -1

    def move(self, x: int, y: int) -> None:
        if (x, y) == (self._x, self._y):
            return
        ahead = x - self._x
        self._parts.append(f"\x1b[{ahead}C" if y == self._y and ahead > 0 else f"\x1b[{y + 1};{x + 1}H")
        self._x, self._y = x, y

    def change(self, x: int, y: int, line: list[Mark | None], marks: list[Mark]) -> None:
        """Write those marks that the line doesn't have from ``x`` on."""
        for at, mark in enumerate(marks, x):
            if line[at] != mark:
                self.move(at, y)
                self._put(*mark)

    def whole(self, text: str, look: Style | None, system: ColorSystem) -> None:
        """Write what isn't made of marks."""
        self._parts.append(stroke(self._pen, PLAIN))
        self._parts.append(Strip.render_style(look, text, system) if look else text)
        # Terminals disagree about its width: where they are after it has to be said.
        self._pen, self._y = PLAIN, -1

    def _put(self, character: str, pen: Pen) -> None:
        if character == " " and not pen.lined and not self._pen.lined:
            pen = Pen(self._pen.front, pen.back, self._pen.attributes)
        self._parts.append(stroke(self._pen, pen))
        self._parts.append(character)
        self._pen, self._x = pen, self._x + 1

    def done(self) -> str:
        self._parts.append(stroke(self._pen, PLAIN))
        return "".join(self._parts)


def _changed(update: ChopsUpdate) -> Iterator[Piece]:
    for y, first, last in update.spans:
        for end, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=True):
            if strip is not None and x < last and end > first:
                yield x, y, strip, first, min(end, last)


def _whole(update: LayoutUpdate) -> Iterator[Piece]:
    for y, strips in enumerate(update.strips, update.region.y):
        x = update.region.x
        for strip in strips:
            yield x, y, strip, x, x + strip.cell_length
            x += strip.cell_length


def _harmless(text: str) -> str:
    """The text with blanks for what isn't printed: whoever sent it, no sequence of theirs reaches the terminal."""
    return "".join(sign if sign.isprintable() else " " * cell_len(sign) for sign in text)


def _cut(text: str, begin: int, end: int) -> str:
    """These columns of a text."""
    return Strip([Segment(text)]).crop(begin, end).text


@lru_cache(maxsize=1 << 13)
def marks_of(text: str, look: Style | None, system: ColorSystem) -> list[Mark] | None:
    """A mark for each column; None: it leads somewhere, or not every character is one column wide."""
    if (look and look.link) or not (text.isascii() or all(cell_len(character) == 1 for character in text)):
        return None
    pen = pen_of(look, system) if look else PLAIN
    blank = " ", pen if pen.lined else Pen(back=pen.back)
    return [blank if character == " " else (character, pen) for character in text]


@lru_cache(maxsize=1 << 12)
def pen_of(look: Style, system: ColorSystem) -> Pen:
    """The pen that writes in this look, with the colours the terminal has."""
    front, back = (
        ";".join(color.downgrade(system).get_ansi_codes(foreground)) if color else default
        for color, foreground, default in ((look.color, True, PLAIN.front), (look.bgcolor, False, PLAIN.back))
    )
    attributes = Strip.render_ansi(look.without_color, system)
    return Pen(front, back, attributes, lined=not _UNSEEN.issuperset(attributes.split(";")))


@lru_cache(maxsize=1 << 13)
def stroke(old: Pen, new: Pen) -> str:
    """The escape sequence from one pen to another; empty when they are the same."""
    if new == old:
        return ""
    if new == PLAIN:
        return "\x1b[0m"
    had, has = ({code for code in pen.attributes.split(";") if code} for pen in (old, new))
    if had - has <= _OFF.keys():
        gone = sorted({_OFF[code] for code in had - has})
        again = has if gone else has - had
        colors = [after for before, after in zip(old[:2], new[:2], strict=True) if after != before]
        codes = [*gone, *sorted(again), *colors]
    else:
        colors = [color for color, default in zip(new[:2], PLAIN[:2], strict=True) if color != default]
        codes = ["0", *sorted(has), *colors]
    return f"\x1b[{';'.join(codes)}m"
