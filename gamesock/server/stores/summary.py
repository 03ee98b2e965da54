"""How a thread's summary follows from its log: one fold, and the checks of an append, for every store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from gamesock.record import Ended, Event, Header, Joined, Left, Moved, Ran, TakenBack
from gamesock.server.stores.base import Conflict, Summary, Wanted


def check(thread: str, after: int, events: Sequence[Event], header: Header | None) -> None:
    """Refuse an append that no store could take, whatever the log holds.

    Raises:
        ValueError: it has no events, or they aren't numbered from ``after + 1`` on; or there is a header
            of another thread, or one for a log that has begun.
    """
    if not events:
        raise ValueError("an append needs events")
    if [event.seq for event in events] != list(range(after + 1, after + 1 + len(events))):
        raise ValueError(f"events after {after} are numbered from {after + 1} on, without a gap")
    if header and (header.thread != thread or after):
        raise ValueError(f"a header comes with the first events of its own thread, not at {thread!r} {after}")


def extended(
    summary: Summary | None, thread: str, after: int, events: Sequence[Event], header: Header | None
) -> Summary:
    """The summary of the log that ``summary`` sums up (None: there is none yet) with ``events`` appended.

    Raises:
        Conflict: the log doesn't end at ``after``, or the header says that it begins and it has begun.
    """
    if summary is None:
        if header is None:
            raise Conflict(f"there is no thread {thread!r} yet: it begins with a header")
        summary = Summary(header, seq=0, ply=0, updated=header.created)
    elif header is not None:
        raise Conflict(f"the thread {thread!r} exists already")
    if summary.seq != after:
        raise Conflict(f"the log of {thread!r} ends at {summary.seq}, not at {after}")
    return folded(summary, events)


def folded(summary: Summary, events: Sequence[Event]) -> Summary:
    """``summary`` after these events."""
    ply, players, ended, winner = summary.ply, dict(summary.players), summary.ended, summary.winner
    bots = dict(summary.bots)
    for event in events:
        match event:
            case Moved() | Ran():
                ply += 1
            case TakenBack():
                ply = max(0, ply - event.plies)
            case Joined():
                players[event.seat] = event.player.name
                bots.pop(event.seat, None)
                if event.player.kind == "bot":
                    bots[event.seat] = event.player.level
            case Left():
                players.pop(event.seat, None)
                bots.pop(event.seat, None)
            case Ended():
                ended, winner = event.reason, event.winner
    last = events[-1]
    return replace(
        summary,
        seq=last.seq,
        ply=ply,
        updated=last.at,
        players=players,
        bots=bots,
        ended=ended,
        winner=winner,
    )


def fits(summary: Summary, wanted: Wanted) -> bool:
    """Whether a list shows this thread."""
    header = summary.header
    return (
        header.visibility == "public"
        and header.game in wanted.games
        and (summary.ended is not None) == wanted.finished
        and wanted.open in (None, len(summary.players) < wanted.games[header.game])
        and (wanted.text is None or any(lowered(wanted.text) in lowered(word) for word in _words(summary)))
    )


def lowered(text: str) -> bytes:
    """A text to search in, or for: the case of ASCII letters doesn't matter, as in SQL."""
    return text.encode(errors="surrogatepass").lower()


def _words(summary: Summary) -> tuple[str, ...]:
    return summary.header.thread, *summary.players.values()
