"""Terminal screens over time as one animated SVG: no script, no outside font, every character in its place."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from textual.app import App

WIDTH, HEIGHT = 10, 20
"""Of a character, in the picture's own units."""

MARGIN, BAR = 14, 34
"""Around the screen, and above it for the title."""

FONT = "ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace"
BLOCKS = " ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█"
"""Indexed by the sum of 1 (top left), 2 (top right), 4 (bottom left), 8 (bottom right)."""


class Run(NamedTuple):
    """Characters that look alike."""

    text: str
    color: str
    ground: str
    bold: bool


Row = tuple[Run, ...]
Screen = tuple[Row, ...]


class Frame(NamedTuple):
    """A screen, and the second it appeared."""

    at: float
    screen: Screen


def take(app: App[object]) -> Screen:
    """What the app shows now."""
    plain = app.screen.styles.background.rgb
    rows = []
    for strip in app.screen._compositor.render_strips(app.size):
        runs: list[Run] = []
        for segment in strip:
            style = segment.style
            color = style.color.get_truecolor() if style and style.color else (224, 227, 230)
            ground = style.bgcolor.get_truecolor() if style and style.bgcolor else plain
            if style and style.reverse:
                color, ground = ground, color
            run = Run(segment.text, _hex(color), _hex(ground), bool(style and style.bold))
            if runs and runs[-1][1:] == run[1:]:
                run = Run(runs.pop().text + run.text, *run[1:])
            runs.append(run)
        rows.append(tuple(runs))
    return tuple(rows)


def _hex(color: Sequence[int]) -> str:
    return "#{:02x}{:02x}{:02x}".format(*color[:3])


def paced(frames: Sequence[Frame], longest: float, last: float) -> list[Frame]:
    """The frames with pauses no longer than ``longest``, and ``last`` seconds for the end."""
    at, kept = 0.0, []
    for frame, following in zip(frames, [*frames[1:], None], strict=True):
        kept.append(Frame(at, frame.screen))
        at += min(following.at - frame.at, longest) if following else last
    return [*kept, Frame(at, ())]


@dataclass
class Film:
    """Draws frames as an SVG. What comes again is drawn once: parts of rows, and columns of such parts."""

    title: str
    size: tuple[int, int]
    cuts: Sequence[int] = ()
    """Columns where rows are cut into parts, so that more parts come again."""
    _drawn: dict[str, str] = field(default_factory=dict)
    """The name of everything that is drawn, by what it is."""
    _looks: dict[tuple[str, bool], str] = field(default_factory=dict)
    _ground: str = ""

    def draw(self, frames: Sequence[Frame], still: int) -> str:
        """The picture; the last frame is the end. ``still`` is shown to those who want nothing to move."""
        *shown, end = frames
        self._ground = shown[0].screen[-1][0].ground
        wide, high = self.size[0] * WIDTH, self.size[1] * HEIGHT
        strip = "".join(self._frame(frame.screen, number * wide) for number, frame in enumerate(shown))
        steps = "".join(
            f"{100 * frame.at / end.at:.3f}%{{transform:translateX({-number * wide}px)}}"
            for number, frame in enumerate(shown)
        )
        looks = "".join(
            f".{name}{{fill:{color}{';font-weight:bold' if bold else ''}}}"
            for (color, bold), name in self._looks.items()
        )
        style = (
            f"text{{font:{WIDTH / 0.602:.1f}px {FONT};white-space:pre}}"
            f"defs rect,defs path{{shape-rendering:crispEdges}}{looks}"
            f".film{{animation:film {end.at:.2f}s step-end infinite}}@keyframes film{{{steps}}}"
            "@media(prefers-reduced-motion:reduce)"
            f"{{.film{{animation:none;transform:translateX({-still * wide}px)}}}}"
        )
        return self._window(wide, high, style, strip)

    def _window(self, wide: int, high: int, style: str, strip: str) -> str:
        outer_wide, outer_high = wide + 2 * MARGIN, high + BAR + MARGIN
        title = html.escape(self.title)
        defs = "".join(f'<g id="{name}">{drawn}</g>' for drawn, name in self._drawn.items())
        dots = "".join(f'<circle cx="{x}" cy="17" r="5.5" fill="#3d444d"/>' for x in (20, 38, 56))
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {outer_wide} {outer_high}" '
            f'width="{outer_wide}" height="{outer_high}" role="img"><title>{title}</title>'
            f"<style>{style}</style><defs>{defs}</defs>"
            f'<rect width="{outer_wide}" height="{outer_high}" rx="10" fill="{self._ground}"/>'
            f'<rect x=".5" y=".5" width="{outer_wide - 1}" height="{outer_high - 1}" rx="9.5" fill="none" '
            f'stroke="#ffffff2e"/>{dots}<text x="{outer_wide / 2}" y="22" text-anchor="middle" fill="#8b949e" '
            f'style="font-size:14px">{title}</text><svg x="{MARGIN}" y="{BAR}" width="{wide}" height="{high}">'
            f'<g class="film">{strip}</g></svg></svg>\n'
        )

    def _frame(self, screen: Screen, left: int) -> str:
        uses = []
        for (column, first), *rows in zip(*(_cut(runs, self.cuts) for runs in screen), strict=True):
            name = self._named(self._column((first, *(part for _, part in rows))))
            uses.append(f'<use href="#{name}" x="{left + column * WIDTH}"/>')
        return "".join(uses)

    def _column(self, rows: Sequence[Row]) -> str:
        # All grounds before all signs: where rows meet, no ground may lie over half a piece.
        return "".join(
            f'<use href="#{self._named(drawn)}" y="{row * HEIGHT}"/>'
            for draw in (self._grounds, self._signs)
            for row, part in enumerate(rows)
            if (drawn := draw(part))
        )

    def _named(self, drawn: str) -> str:
        return self._drawn.setdefault(drawn, f"d{len(self._drawn)}")

    def _grounds(self, part: Row) -> str:
        drawn, at = "", 0
        for run in part:
            wide = len(run.text) * WIDTH
            if run.ground != self._ground:
                # A little larger, so that neighbours leave no gap when the picture is shown smaller.
                drawn += f'<rect x="{at}" width="{wide + 1}" height="{HEIGHT + 1}" fill="{run.ground}"/>'
            at += wide
        return drawn

    def _signs(self, part: Row) -> str:
        drawn, at = "", 0
        for run in part:
            if run.text.strip():
                look = self._looks.setdefault((run.color, run.bold), f"c{len(self._looks)}")
                drawn += _blocks(run.text, at, look) + _words(run.text, at, look)
            at += len(run.text)
        return drawn


def _blocks(text: str, at: int, look: str) -> str:
    path = "".join(
        _block(BLOCKS.index(found[0][0]), (at + found.start()) * WIDTH, len(found[0]))
        for found in re.finditer(r"([▖-▟▀▄█▌▐])\1*", text)
    )
    return f'<path class="{look}" d="{path}"/>' if path else ""


def _words(text: str, at: int, look: str) -> str:
    drawn = ""
    for words in re.finditer(r"\S+(?: \S+)*", "".join(" " if sign in BLOCKS else sign for sign in text)):
        x, length = (at + words.start()) * WIDTH, len(words[0]) * WIDTH
        fixed = f' textLength="{length}"' if len(words[0]) > 1 else ""
        drawn += f'<text class="{look}" x="{x}" y="15"{fixed}>{html.escape(words[0])}</text>'
    return drawn


def _block(bits: int, x: int, count: int) -> str:
    """The same block some times over; what reaches the lower edge goes a little further, into the next row."""
    half, low, over = WIDTH // 2, HEIGHT // 2, 0.5
    whole = {15: (0, HEIGHT + over), 3: (0, low), 12: (low, low + over)}
    if bits in whole:
        down, high = whole[bits]
        return f"M{x} {down}h{count * WIDTH}v{high:g}h-{count * WIDTH}z"
    path = ""
    for left in range(x, x + count * WIDTH, WIDTH):
        for upper, lower, side in ((bits & 1, bits & 4, left), (bits & 2, bits & 8, left + half)):
            if upper or lower:
                high = (low if upper else 0) + (low + over if lower else 0)
                path += f"M{side} {0 if upper else low}h{half}v{high:g}h-{half}z"
    return path


def _cut(row: Row, cuts: Sequence[int]) -> list[tuple[int, Row]]:
    """The parts of a row, each with the column where it begins."""
    ends = [*cuts, sum(len(run.text) for run in row)]
    parts, begin = [], 0
    for end in ends:
        part, at = [], 0
        for run in row:
            low, high = max(begin, at), min(end, at + len(run.text))
            if low < high:
                part.append(run._replace(text=run.text[low - at : high - at]))
            at += len(run.text)
        parts.append((begin, tuple(part)))
        begin = end
    return parts
