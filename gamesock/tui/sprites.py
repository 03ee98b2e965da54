"""Turns drawings into characters: the sprite of a shape for a cell of any size.

Every character of a cell shows two by two pixels in at most two inks, so that a foreground and a background
colour are enough.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import Literal, NamedTuple, TypeAlias

from gamesock.tui.drawings import BITMAPS, OUTLINES, Ellipse, Ink, Part

Bitmap: TypeAlias = tuple[str, ...]

Manner: TypeAlias = Literal["solid", "rimmed", "hollow"]
"""Filled; filled with a line around it; or nothing but that line."""

_QUADRANTS = " ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█"
"""Indexed by the sum of 1 (top left), 2 (top right), 4 (bottom left), 8 (bottom right)."""

_SAMPLES = (2, 4)
"""Fewest and most points a side with which an outline is sampled in each pixel: large cells need fewer."""


class Glyph(NamedTuple):
    """One character of a sprite: ``text`` drawn in ink ``front`` on ink ``back``."""

    text: str
    front: Ink
    back: Ink


def drawn(shape: str) -> bool:
    """Whether there is a drawing of this shape."""
    return shape in OUTLINES


@lru_cache(maxsize=512)
def sprite(shape: str, width: int, height: int, manner: Manner = "solid") -> tuple[tuple[Glyph, ...], ...]:
    """The characters, row by row, of ``shape`` in a cell of ``width x height``."""
    pixels = bitmap(shape, width, height)
    if manner == "rimmed":
        pixels = rimmed(pixels)
    drawing = _glyphs(pixels)
    if manner == "hollow":
        # What the line encloses is blank, whatever the square is textured with.
        empty = Glyph(" ", "#", ".")
        pairs = (
            zip(lines, full, strict=True) for lines, full in zip(_glyphs(outlined(pixels)), drawing, strict=True)
        )
        return tuple(tuple(empty if a.front == "." != b.front else a for a, b in row) for row in pairs)
    return drawing


def _glyphs(pixels: Bitmap) -> tuple[tuple[Glyph, ...], ...]:
    across, down = range(0, len(pixels[0]), 2), range(0, len(pixels), 2)
    return tuple(tuple(_glyph(pixels, x, y) for x in across) for y in down)


@lru_cache(maxsize=256)
def bitmap(shape: str, width: int, height: int) -> Bitmap:
    """The pixels, ``2 * width`` by ``2 * height``, of ``shape``: as drawn by hand, else from its outline."""
    by_hand = BITMAPS.get((width, height), {}).get(shape)
    return by_hand or _rastered(OUTLINES[shape], width, height)


def outlined(pixels: Bitmap) -> Bitmap:
    """Only the rim of a bitmap: what tells the second side apart where there are no colours."""
    rows, columns = len(pixels), len(pixels[0])

    def inside(row: int, column: int) -> bool:
        around = ((row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1))
        return all(0 <= y < rows and 0 <= x < columns and pixels[y][x] != "." for y, x in around)

    return tuple(
        "".join(
            "#" if pixels[row][column] != "." and not inside(row, column) else "." for column in range(columns)
        )
        for row in range(rows)
    )


def rimmed(pixels: Bitmap) -> Bitmap:
    """A bitmap without its shade, and with a line (``o``) around it."""
    rows, columns = len(pixels), len(pixels[0])

    def ink(row: int, column: int) -> Ink:
        if pixels[row][column] == "#":
            return "#"
        # Pixels are twice as high as wide: two beside are as thick as one above, where there is room for two.
        beside = (-2, -1, 1, 2) if columns > 12 else (-1, 1)
        near = ((row - 1, column), (row + 1, column), *((row, column + by) for by in beside))
        touches = any(0 <= y < rows and 0 <= x < columns and pixels[y][x] != "." for y, x in near)
        return "o" if touches or pixels[row][column] == "o" else "."

    return tuple("".join(ink(row, column) for column in range(columns)) for row in range(rows))


def _glyph(pixels: Bitmap, x: int, y: int) -> Glyph:
    block = pixels[y][x : x + 2] + pixels[y + 1][x : x + 2]
    inks: list[Ink] = [ink for ink in ("#", "o", ".") if ink in block]
    if len(inks) == 1:
        return Glyph(" " if inks[0] == "." else "█", inks[0], ".")
    if len(inks) == 3:
        # Two inks are all a character has: the line gives way, or takes the rest of the square with it.
        block = block.replace(".", "o") if block.count("o") >= block.count(".") else block.replace("o", ".")
        inks = [ink for ink in inks if ink in block]
    front, back = inks[0], inks[-1]
    return Glyph(_QUADRANTS[sum(1 << i for i, ink in enumerate(block) if ink != back)], front, back)


def _rastered(parts: tuple[Part, ...], width: int, height: int) -> Bitmap:
    columns, rows = 2 * width, 2 * height
    # A cell that isn't twice as wide as high shows the whole drawing in its largest square.
    scale = min(width, 2 * height)
    across, down = width / scale, 2 * height / scale
    samples = min(max(20 // height, _SAMPLES[0]), _SAMPLES[1])

    def ink(row: int, column: int) -> Ink:
        votes = {"#": 0, "o": 0, ".": 0}
        for i in range(samples):
            for j in range(samples):
                x = ((column + (i + 0.5) / samples) / columns - 0.5) * across + 0.5
                y = ((row + (j + 0.5) / samples) / rows - 0.5) * down + 0.5
                votes[_ink_at(parts, x, y)] += 1
        if votes["."] * 2 > samples**2:
            return "."
        return "o" if votes["o"] >= votes["#"] else "#"

    return tuple("".join(ink(row, column) for column in range(columns)) for row in range(rows))


def _ink_at(parts: tuple[Part, ...], x: float, y: float) -> Ink:
    return next((part.ink for part in reversed(parts) if _covers(part, x, y)), ".")


def _covers(part: Part, x: float, y: float) -> bool:
    if isinstance(part, Ellipse):
        return ((x - part.x) / part.rx) ** 2 + ((y - part.y) / part.ry) ** 2 <= 1
    crossings = 0
    for (x1, y1), (x2, y2) in pairwise((*part.points, part.points[0])):
        if (y1 > y) != (y2 > y) and x < x1 + (y - y1) * (x2 - x1) / (y2 - y1):
            crossings += 1
    return crossings % 2 == 1
