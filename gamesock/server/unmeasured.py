"""The metrics of a server inside a program: nobody asks for them, so nothing is counted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from functools import cached_property
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry, Metric

    from gamesock import record as r


class _Nothing:
    """Takes what a counter, a gauge or a histogram takes, and keeps none of it."""

    def labels(self, *values: str) -> Self:
        return self

    def inc(self) -> None:
        pass

    def time(self) -> nullcontext[None]:
        return nullcontext()

    def set_function(self, ask: Callable[[], float]) -> None:
        pass

    def collect(self) -> Sequence[Metric]:
        return ()


class Unmeasured:
    """What ``Metrics`` has, without a word to say."""

    connections = threads = messages = refusals = moves = skipped = dropped = _Nothing()
    append = handle = thinking = _Nothing()

    @cached_property
    def registry(self) -> CollectorRegistry:
        """Of whoever counts here all the same: copies of games that go to a project."""
        from prometheus_client import CollectorRegistry

        return CollectorRegistry()

    def count(self, event: r.Event, game: str) -> None:
        """Let it pass."""

    def exposition(self) -> bytes:
        """Nothing."""
        return b""
