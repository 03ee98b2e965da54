"""The lobby's list: pages as they were read, and what was pushed since. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from gamesock.protocol import LobbyChanged, ThreadStatus, ThreadView


class Filter(NamedTuple):
    """Which threads are wanted."""

    game: str | None = None
    status: ThreadStatus | None = None
    """None: those that are open or live."""
    text: str = ""

    def admits(self, thread: ThreadView) -> bool:
        """Whether a pushed thread belongs to the list."""
        wanted = (self.status,) if self.status else ("open", "live")
        return thread.status in wanted and self.game in (None, thread.game) and self.finds(thread)

    def finds(self, thread: ThreadView) -> bool:
        """Whether the text is in its id or in a player's name."""
        text = self.text.strip().casefold()
        names = [player.name for player in thread.players.values() if player]
        return not text or any(text in word.casefold() for word in (thread.thread_id, *names))


@dataclass
class Listing:
    """The threads in their order, as far as they were read."""

    threads: dict[str, ThreadView] = field(default_factory=dict)
    total: int = 0
    cursor: str | None = None
    """Of the next page; None: there is none."""

    def __len__(self) -> int:
        return len(self.threads)

    def rows(self) -> Sequence[ThreadView]:
        """The threads from the top down."""
        return list(self.threads.values())

    def add_page(self, threads: Iterable[ThreadView], total: int, cursor: str | None) -> None:
        """Put a page below what there is."""
        self.threads.update((thread.thread_id, thread) for thread in threads)
        self.total, self.cursor = max(total, len(self.threads)), cursor

    def apply(self, change: LobbyChanged, wanted: Filter) -> None:
        """Take over what changed: known threads stay where they are, new ones come first."""
        new: dict[str, ThreadView] = {}
        gone = set(change.gone)
        for thread in change.changed:
            if not wanted.admits(thread):
                gone.add(thread.thread_id)
            elif thread.thread_id in self.threads:
                self.threads[thread.thread_id] = thread
            else:
                new[thread.thread_id] = thread
        left = [name for name in gone if self.threads.pop(name, None) is not None]
        self.threads = new | self.threads
        self.total = max(self.total + len(new) - len(left), len(self.threads))


STATUSES: tuple[ThreadStatus | None, ...] = (None, "open", "live", "finished")
"""What one may ask for, in the order of the key that turns it."""


def turned(wanted: Filter, by: int = 1) -> Filter:
    """The filter with the next status."""
    at = STATUSES.index(wanted.status)
    return wanted._replace(status=STATUSES[(at + by) % len(STATUSES)])
