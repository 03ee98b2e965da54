"""An index of the public threads in memory: pages and totals without looking at every thread."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import islice

from gamesock.server.stores.base import Place, Summary, Wanted
from gamesock.server.stores.summary import lowered

_Kind = tuple[str, bool, int]
"""A game, whether it is over, and how many seats are taken."""


class PublicThreads:
    """Which of ``summaries`` are public, in the order of their creation, those under way apart from the rest."""

    def __init__(self, summaries: Mapping[str, Summary]) -> None:
        self._summaries = summaries
        self._order: dict[bool, list[tuple[float, str]]] = {False: [], True: []}
        self._counts: Counter[_Kind] = Counter()
        self._words: dict[str, bytes] = {}
        """What is searched for a text: ids and names."""

    def update(self, before: Summary | None, after: Summary) -> None:
        """A thread is new, or other than it was."""
        if after.header.visibility != "public":
            return
        over, key = after.ended is not None, (after.header.created, after.header.thread)
        if before is None or (before.ended is not None) != over:
            if before is not None:
                order = self._order[not over]
                del order[bisect_left(order, key)]
            insort(self._order[over], key)
        if before is not None:
            self._counts[_kind(before)] -= 1
        self._counts[_kind(after)] += 1
        self._words[after.header.thread] = lowered("\n".join((after.header.thread, *after.players.values())))

    def page(self, wanted: Wanted, limit: int, after: Place | None) -> tuple[list[Summary], int]:
        """As ``Store.listed``."""
        order = self._order[wanted.finished]
        if wanted.text is not None:
            total = sum(1 for _ in self._fitting(order, wanted))
        else:
            total = sum(count for kind, count in self._counts.items() if _is_wanted(kind, wanted))
        end = len(order) if after is None else bisect_left(order, (after.created, after.thread))
        return list(islice(self._fitting(order[:end], wanted), min(limit, total))), total

    def _fitting(self, order: list[tuple[float, str]], wanted: Wanted) -> Iterator[Summary]:
        part = lowered(wanted.text or "")
        for _, thread in reversed(order):
            if part in self._words[thread] and _is_wanted(_kind(self._summaries[thread]), wanted):
                yield self._summaries[thread]


def _kind(summary: Summary) -> _Kind:
    return summary.header.game, summary.ended is not None, len(summary.players)


def _is_wanted(kind: _Kind, wanted: Wanted) -> bool:
    game, over, taken = kind
    return game in wanted.games and over == wanted.finished and wanted.open in (None, taken < wanted.games[game])
