"""Finds a chess board on a page by its colours, as a player's eye would: whatever the layout is."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

from chromium import Page

from gamesock.tui.looks import PALETTES


class Shown(NamedTuple):
    """Where the board is on the page, in pixels."""

    left: float
    top: float
    side: tuple[float, float]
    """Of a square: width and height."""

    def square(self, name: str) -> tuple[float, float]:
        """The middle of a square, white's side below."""
        column, row = "abcdefgh".index(name[0]), 8 - int(name[1])
        return self.left + (column + 0.5) * self.side[0], self.top + (row + 0.5) * self.side[1]


async def find_board(page: Page, theme: str = "slate") -> Shown | None:
    """The board, once all of it is drawn."""
    cells = re.search(r"width=(\d+)&height=(\d+)", "".join(page.sockets[-1:]))
    screen = await page.value("document.querySelector('.xterm-screen')?.getBoundingClientRect().toJSON()")
    if not cells or not screen:
        return None
    columns, rows = int(cells[1]), int(cells[2])
    wide, high = screen["width"] / columns, screen["height"] / rows
    # Most cells of a square show its colour in their corner; pieces and marks leave enough of them.
    points = [(int(x * wide) + 1, int(y * high) + 1) for y in range(rows) for x in range(columns)]
    colors = await page.colors(points)
    squares = {_rgb(surface.base) for surface in (PALETTES[theme].light, PALETTES[theme].dark)}
    found = [(i % columns, i // columns) for i, color in enumerate(colors) if color in squares]
    if not found:
        return None
    (left, right), (top, bottom) = ((min(each), max(each) + 1) for each in zip(*found, strict=True))
    if (right - left) % 8 or (bottom - top) % 8:
        return None
    return Shown(left * wide, top * high, ((right - left) * wide / 8, (bottom - top) * high / 8))


def _rgb(color: str) -> tuple[int, ...]:
    digits = color.lstrip("#")
    return tuple(int(digits[at:end], 16) for at, end in pairwise((0, 2, 4, 6)))
