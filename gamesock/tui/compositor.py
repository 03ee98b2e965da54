"""How a screen is put together from its widgets: only the characters that changed, of only the widgets they show.

Textual asks every widget near a change for all its lines, those behind others included; a move on the board
cost twice as much as it had to.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import TypeAlias

from textual._compositor import ChopsUpdate, Compositor
from textual.geometry import Region
from textual.strip import Strip

Span: TypeAlias = tuple[int, int, int]
"""A row, and the columns from which and up to which it changed."""

Chop: TypeAlias = tuple[int, int]
"""From which column on, and up to which, a part of a row shows one widget."""


class FrugalCompositor(Compositor):
    """Shows the same as Textual's."""

    def render_partial_update(self) -> ChopsUpdate | None:
        """What changed since the last update; None: nothing."""
        regions, self._dirty_regions = self._dirty_regions, set()
        spans = [span for span in self._regions_to_spans(regions) if 0 <= span[0] < self.size.height]
        if not spans:
            return None
        return ChopsUpdate(self._chops(spans), spans, [cuts[1:] for cuts in self.cuts])

    def _chops(self, spans: Iterable[Span]) -> list[dict[int, Strip | None]]:
        """What each row shows from each of its cuts on, where it changed."""
        chops: list[dict[int, Strip | None]] = [dict.fromkeys(cuts[:-1]) for cuts in self.cuts]
        missing = self._missing(spans)
        for widget, (region, clip) in self.visible_widgets.items():  # those in front come first
            shown = region.intersection(clip)
            found = {y: inside for y in shown.line_range if (inside := _inside(missing.get(y, ()), shown))}
            if not found:
                continue
            top, bottom = min(found), max(found)
            rows = Region(shown.x - region.x, top - region.y, shown.width, bottom - top + 1)
            strips = widget.render_lines(rows)
            for y, inside in found.items():
                for begin, end in inside:
                    chops[y][begin] = strips[y - top].crop(begin - shown.x, end - shown.x)
                missing[y] = [chop for chop in missing[y] if chop not in inside]
        return chops

    def _missing(self, spans: Iterable[Span]) -> dict[int, list[Chop]]:
        """The parts of rows that have to be drawn."""
        missing: dict[int, list[Chop]] = {}
        for y, first, last in spans:
            cuts = self.cuts[y]
            parts = ((begin, end) for begin, end in pairwise(cuts) if begin < last)
            missing.setdefault(y, []).extend(part for part in parts if part[1] > first)
        return missing


def _inside(chops: Sequence[Chop], region: Region) -> list[Chop]:
    return [chop for chop in chops if region.x <= chop[0] < region.right]
