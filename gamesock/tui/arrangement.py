"""How board and panel share the terminal: the largest board, and room for what stands beside it. Pure."""

from __future__ import annotations

from typing import NamedTuple

from textual.geometry import Size

from gamesock.tui.frame import Frame, Shape, fit, frame

SMALLEST = Size(40, 14)
"""Terminals below this get a message instead of a board."""

_BELOW = 6
"""Rows a panel needs when it lies below the board."""

_AT_EASE = 12
"""Rows with which such a panel has room for everything."""

_WIDE = 120
"""Columns of terminals with room for a second column beside the board."""

_SPLIT = 54
"""Columns of a panel that is wide enough for two columns."""

BAR = 2
"""Columns of an eval bar, with the gap before it."""


class Arrangement(NamedTuple):
    """How large the board is drawn, and what is left for the panel: beside it, or below."""

    frame: Frame
    beside: bool
    panel: Size

    @property
    def split(self) -> bool:
        """Whether moves and chat have a column of their own."""
        return self.panel.width >= (_SPLIT if self.beside else 64)

    @property
    def has_bar(self) -> bool:
        """Whether there is room for an eval bar between board and panel."""
        least = _SPLIT if self.split else 32
        return self.beside and self.frame.size > 1 and self.panel.width >= least + BAR


def arrange(shape: Shape, size: Size) -> Arrangement | None:
    """The arrangement with the largest board, beside the panel rather than above; None: nothing fits."""
    if size.width < SMALLEST.width or size.height < SMALLEST.height:
        return None
    panel = 54 if size.width >= _WIDE else 32 if size.width >= 80 else 24 if size.width >= 50 else 20
    beside = fit(shape, size.width - panel, size.height)
    above = fit(shape, size.width, size.height - _AT_EASE)
    if beside is None and above is None:
        above = fit(shape, size.width, size.height - _BELOW)
    if beside and (above is None or beside.size >= above.size):
        return Arrangement(beside, True, Size(size.width - beside.width, size.height))
    return Arrangement(above, False, Size(size.width, size.height - above.height)) if above else None


def needed(shape: Shape | None) -> Size:
    """The smallest terminal that shows a board of this shape."""
    if shape is None:
        return SMALLEST
    smallest = frame(shape, 1)
    return Size(max(SMALLEST.width, smallest.width + 20), max(SMALLEST.height, smallest.height))
