"""A recording read out, move by move, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gamesock import protocol as p
from gamesock.plain.moves import end_line, move_words
from gamesock.plain.signs import printable


def read_out(updates: Sequence[p.StateUpdate]) -> Iterator[str]:
    """What to read of the updates that ``replay.replay`` gives: a line a move, then the last board and the end."""
    before = None
    for update in updates:
        if update.last_action == "takeback":
            yield printable(f"{update.seat} took back")
        elif update.last_action:
            yield printable(f"{_number(update)} {move_words(update, before)}")
        before = update.picture or before
    named = next((update.opening for update in reversed(updates) if update.opening), None)
    if named:
        yield printable(f"opening: {named.code} {named.name}")
    if before and before.cells:
        yield before.text()
    if not updates:
        return
    last = updates[-1]
    if last.table and last.table.outcome:
        yield printable(end_line(last.table.outcome))
    else:
        yield f"unfinished: the recording ends after {last.ply} {'move' if last.ply == 1 else 'moves'}"


def _number(update: p.StateUpdate) -> str:
    """The number of a move; of two players, both moves have the same."""
    each = len(update.table.seats) if update.table else 1
    return f"{(update.ply + each - 1) // each}."
