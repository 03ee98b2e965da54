"""What the player can do now: offers to answer, claims to make, and the keys worth showing. Pure."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, TypeAlias

from textual.content import Content

from gamesock.mirror import Mirror
from gamesock.tui.looks import Looks
from gamesock.tui.words import plain, safe

if TYPE_CHECKING:
    from gamesock.client import Connection

Hint: TypeAlias = tuple[str, str]
"""A key, and what it does."""

_OFFERS = {"draw": ("d", "a draw"), "takeback": ("u", "to take back"), "rematch": ("r", "a rematch")}


def banner(mirror: Mirror, now: float) -> Content:
    """What waits for an answer, with its keys; empty when nothing does. It takes no focus.

    ``now``: the server's time.
    """
    table = mirror.table
    if table is None or (not mirror.seats and not mirror.next_thread):
        return Content("")
    if mirror.next_thread:
        return Content.from_markup("The next game is ready: [@click=screen.rematch][b]r[/b] goes there[/]")
    for offer in table.offers:
        if offer.seat not in mirror.seats:
            key, what = _OFFERS[offer.offer]
            decline = "" if offer.offer == "rematch" else "  [@click=screen.decline][b]n[/b] decline[/]"
            return Content.from_markup(
                f"$seat offers {what}: [@click=screen.{offer.offer}][b]{key}[/b] accept[/]{decline}",
                seat=offer.seat,
            )
    if table.offers:
        return Content(f"You offered: {table.offers[0].offer}")
    if mirror.claim_after is not None and mirror.claim_after <= now:
        return Content.from_markup("They are away: [@click=screen.claim_win][b]w[/b] claims the win[/]")
    if table.claims:
        why = plain(table.claims[0])
        return Content.from_markup(f"{why.capitalize()}: [@click=screen.draw][b]d[/b] claims the draw[/]")
    return Content("")


def hints(mirror: Mirror, *, reviewing: bool, watching: bool, typing: bool = False) -> tuple[Hint, ...]:
    """The keys worth showing, the most useful first; the one that lists all others is the last.

    ``typing``: letters are text now.
    """
    more = ("?", "all keys")
    if reviewing:
        return ((", .", "back, forward"), ("End", "back to now"), ("f", "flip"), more)
    if watching:
        return (("f", "flip"), (", .", "review"), ("q", "leave"), ("c", "chat"), ("y", "copy"), more)
    if mirror.outcome:
        return (("r", "rematch"), (", .", "review"), ("q", "leave"), ("y", "copy"), ("f", "flip"), more)
    if typing:
        return (("Enter", "plays"), ("Esc", "keys & board"), (", .", "review"), more)
    return (
        ("f", "flip"), ("a", "AI"), ("u", "undo"), ("x", "resign"), ("/", "type"), (", .", "review"),
        ("d", "draw"), ("H", "hint"), ("c", "chat"), more,
    )  # fmt: skip


def connection(mirror: Mirror, link: Connection, looks: Looks, now: float) -> tuple[Content, bool]:
    """How the connection is, and whether that is trouble."""
    match link.status:
        case "live":
            names = mirror.table.spectators if mirror.table else ()
            unnamed = mirror.table.watching - len(names) if mirror.table else 0
            more = f" and {unnamed} more" if unnamed > 0 else ""
            watching = f"  watching: {safe(', '.join(names))}{more}" if names else ""
            text = Content.assemble(
                (looks.symbols.here, "$success"),
                f" {safe(mirror.thread_id)}",
                (watching, "$foreground-muted"),
            )
            return text, False
        case "waiting":
            left = math.ceil(max(0.0, (link.retry_at or now) - now))
            lost = f"Connection lost: {safe(link.reason)}." if link.reason else "Connection lost."
            again = f"Trying again in {left} s" if left else "Trying again" + looks.symbols.dots
            return (
                Content.from_markup(
                    "$lost $again  [@click=screen.retry][b]Ctrl+R[/b] now[/]  [b]Esc[/b] leaves",
                    lost=lost,
                    again=again,
                ),
                True,
            )
        case "closed":
            return Content(f"Closed: {safe(link.reason) or 'the server ended the connection'}. Esc leaves."), True
        case _:
            return Content(f"Connecting{looks.symbols.dots}  Esc leaves"), False
