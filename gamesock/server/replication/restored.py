"""A thread as a project keeps it, made a log again: replayed by the game's rules, or refused. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from gamesock import record as r
from gamesock.server.replication import rows
from gamesock.server.stores.base import Log
from gamesock.thread import CorruptLog, Thread, game_of

LONGEST = 10_000
"""Events of a log that is brought back: replaying takes the server's time."""

LARGEST = 4 * 2**20
"""Bytes of it: they take the server's memory, and its time."""


class Kept(NamedTuple):
    """A thread as the project has it: its row, those of its members, and whose it is."""

    thread: rows.Row
    members: Sequence[rows.Row]
    owner: str


class Found(NamedTuple):
    """A thread as a store takes it."""

    header: r.Header
    events: list[r.Event]
    owner: str


def fits(kept: Kept) -> None:
    """Check that its log may be asked for.

    Raises:
        CorruptLog: it is too long.
    """
    if kept.thread["seq"] > LONGEST:
        raise CorruptLog(f"it has {kept.thread['seq']} events: {LONGEST} at most")
    if kept.thread["size"] > LARGEST:
        raise CorruptLog(f"it has {kept.thread['size'] / 2**20:.1f} MB: {LARGEST // 2**20} at most")


def restored(kept: Kept, seed: int | None, events: Sequence[rows.Row]) -> Found:
    """The thread, replayed.

    Raises:
        CorruptLog, ValueError: it can't be.
    """
    header = rows.header_of(kept.thread, seed)
    if str(rows.thread_id(kept.owner, header.thread, header.epoch)) != kept.thread["id"]:
        raise CorruptLog("its id isn't that of its owner's thread")
    log = [rows.event_of(row) for row in events]
    if not kept.thread["hidden"]:
        log = rows.whole(log, kept.thread["seq"])
    log = rows.seated(log, _holders(kept))
    _replay(header, log, kept)
    return Found(header, log, kept.owner)


def newer(kept: Kept, known: Log, mark: int, events: Sequence[rows.Row]) -> list[r.Event]:
    """What the project has beyond a log that it had up to ``mark``; nothing, if that log went on by itself.

    Raises:
        CorruptLog, ValueError: it can't be replayed.
    """
    there = {event.seq: event for event in map(rows.event_of, events)}
    end = len(known.events)
    for ours in r.shareable(known.events[mark:]):
        if there.get(ours.seq, rows.cleaned(ours)) != rows.cleaned(ours):
            return []
    if kept.thread["hidden"] and len(there) < kept.thread["seq"] - mark:
        return []
    log = rows.whole([*known.events, *(event for seq, event in there.items() if seq > end)], kept.thread["seq"])
    log = rows.seated(log, _holders(kept))
    _replay(known.header, log, kept)
    return log[end:]


def _holders(kept: Kept) -> dict[str, str]:
    return {seat: member["user_id"] for member in kept.members for seat in member["seats"]}


def _replay(header: r.Header, log: Sequence[r.Event], kept: Kept) -> None:
    ply = Thread(game_of(header), header, log).ply
    if ply != kept.thread["ply"]:
        raise CorruptLog(f"it has {kept.thread['ply']} moves, and {ply} were to be had")
