"""Threads as lines of a list: the living as they are, the stored as their summaries tell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gamesock import registry
from gamesock.game import Seat
from gamesock.server.stores.base import Summary
from gamesock.tell import Payload, Teller

SHORT = 100
"""Characters of an option that a list has room for."""


def told(teller: Teller, now: float, *, route: str, here: int) -> Payload:
    """A thread as its session knows it; with nobody ``here`` its clock doesn't count."""
    thread, header = teller.session.thread, teller.session.thread.header
    clock = teller.clock(now) if here else at_rest(header.clock, now)
    outcome = thread.outcome and {"winner": thread.outcome.winner, "reason": thread.outcome.reason}
    return {
        "thread_id": header.thread,
        "game": header.game,
        "title": thread.game.title,
        "route": route,
        **_seating(thread.game.seats, teller.players(), over=thread.outcome is not None),
        "to_move": sorted(thread.to_move),
        "ply": thread.ply,
        "clock": clock,
        "options": {} if header.foreign else _short(header.options),
        "outcome": outcome,
        "visibility": header.visibility,
        "watching": teller.watching(),
        "here": here,
        "created": header.created,
        "updated": thread.changed_at,
    }


def stored(summary: Summary, *, route: str, now: float) -> Payload:
    """A thread that no process holds in memory."""
    header, over = summary.header, summary.ended is not None
    title, seats = _of_game(header.game, summary)
    players: dict[Seat, Payload | None] = dict.fromkeys(seats)
    for seat, name in summary.players.items():
        bot = seat in summary.bots
        level = {"level": summary.bots[seat]} if bot else {}
        players[seat] = {"name": name, "kind": "bot" if bot else "human", "here": bot, **level}
    return {
        "thread_id": header.thread,
        "game": header.game,
        "title": title,
        "route": route,
        **_seating(seats, players, over=over),
        "to_move": [],
        "ply": summary.ply,
        "clock": at_rest(header.clock, now),
        "options": {} if header.foreign else _short(header.options),
        "outcome": {"winner": summary.winner, "reason": summary.ended} if over else None,
        "visibility": header.visibility,
        "watching": 0,
        "here": 0,
        "created": header.created,
        "updated": summary.updated,
    }


def status_of(open_seats: bool, over: bool) -> str:
    """The ``ThreadStatus`` of a thread."""
    return "finished" if over else "open" if open_seats else "live"


def at_rest(control: str | None, now: float) -> Payload | None:
    """A clock of which only the time control is known."""
    return None if control is None else {"control": control, "left": {}, "running": [], "now": now, "delay": 0.0}


def _seating(seats: tuple[Seat, ...], players: Mapping[Seat, Payload | None], *, over: bool) -> Payload:
    free = [] if over else [seat for seat in seats if players[seat] is None]
    return {"seats": seats, "players": players, "open": free, "status": status_of(bool(free), over)}


def _of_game(name: str, summary: Summary) -> tuple[str, tuple[Seat, ...]]:
    """A game's title and seats, also of one that isn't installed any more."""
    if name in registry.game_names() and not summary.header.foreign:
        game = registry.game(name)
        return game.title, game.seats
    return name, tuple(summary.players)


def _short(options: Mapping[str, Any]) -> dict[str, Any]:
    """The options that tell the variant; nothing that is as long as a recording."""
    return {
        key: value
        for key, value in options.items()
        if isinstance(value, bool | int) or (isinstance(value, str) and len(value) <= SHORT)
    }
