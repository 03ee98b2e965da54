"""What the player can do now: offers to answer, claims to make, and the keys worth showing. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from textual.content import Content

from gamesock.game import Seat
from gamesock.mirror import Mirror
from gamesock.record import OfferKind
from gamesock.tui.looks import Looks
from gamesock.tui.plans import Plan
from gamesock.tui.words import called, plain, safe

if TYPE_CHECKING:
    from gamesock.client import Connection

Hint: TypeAlias = tuple[str, str]
"""A key, and what it does."""

_OFFERS: Mapping[OfferKind, tuple[str, str, str]] = {
    "draw": ("d", "offers a draw", "You offered a draw"),
    "takeback": ("u", "asks to take back", "You asked to take back"),
    "rematch": ("r", "offers a rematch", "You offered a rematch"),
}
"""The key that accepts, what the others do, and what was done oneself."""

_MORE = ("?", "all keys")
_LOOPBACK = ("127.", "localhost", "[::1]")


class Moment(NamedTuple):
    """What the player is about, beside what the mirror holds."""

    reviewing: bool = False
    watching: bool = False
    typing: bool = False
    """Letters are text now."""
    chatting: bool = False
    held: bool = False
    """A piece is in hand."""
    plan: Plan | None = None
    lent: Seat | None = None
    """The seat that a bot keeps for the player."""
    absent: Seat | None = None
    """The opponent who has been away for so long that the game can be claimed."""
    unread: int = 0
    """Lines of chat not seen yet."""
    join_line: str = ""
    word: str = ""
    """The others' answer to an offer."""


def banner(mirror: Mirror, moment: Moment) -> Content:
    """What waits for an answer, with its keys; empty when nothing does. It takes no focus."""
    told = _waiting(mirror, moment)
    if moment.typing and told and told.plain != moment.word:
        return Content.assemble(told, ("  (after Esc)", "$foreground-muted"))
    return told


def _waiting(mirror: Mirror, moment: Moment) -> Content:
    table = mirror.table
    if table is None or not (mirror.seats or mirror.next_thread or moment.lent):
        return Content("")
    if mirror.next_thread:
        return Content.from_markup("The next game is ready:  [@click=screen.rematch][b]r[/b] goes there[/]")
    for offer in table.offers:
        own = offer.seat in mirror.seats
        return _offer(None if own else called(mirror, offer.seat), offer.offer)
    if moment.word:
        return Content(moment.word)
    if moment.lent:
        return Content.from_markup("A bot plays for you:  [@click=screen.bot][b]b[/b] takes over[/]")
    if not mirror.outcome and (free := vacant(mirror)):
        return _invitation(free, moment.join_line)
    if moment.absent:
        claim = "[@click=screen.claim_win][b]w[/b] claims the win[/]"
        bot = "[@click=screen.bot][b]b[/b] a bot plays on[/]"
        return Content.from_markup(f"$who is away:  {claim}  {bot}", who=called(mirror, moment.absent))
    if table.claims:
        why = plain(table.claims[0]).capitalize()
        return Content.from_markup("$why:  [@click=screen.draw][b]d[/b] claims the draw[/]", why=why)
    return Content("")


def _offer(who: str | None, kind: OfferKind) -> Content:
    """An offer, and its keys; ``who`` made it, None: oneself."""
    key, theirs, own = _OFFERS[kind]
    if who is None:
        withdraw = "" if kind == "rematch" else "  [@click=screen.decline][b]n[/b] withdraws[/]"
        return Content.from_markup(f"{own}{withdraw}")
    decline = "" if kind == "rematch" else "  [@click=screen.decline][b]n[/b] declines[/]"
    return Content.from_markup(f"$who {theirs}:  [@click=screen.{kind}][b]{key}[/b] accepts[/]{decline}", who=who)


def _invitation(free: Sequence[Seat], join_line: str) -> Content:
    """Whom one waits for, and how they come."""
    address = join_line.rpartition(" ")[2]
    here = " on this computer" if address.startswith(_LOOPBACK) else ""
    return Content.from_markup(
        f"Waiting for $seats{here}:\n[b]$line[/b]\n[@click=screen.invite][b]i[/b] copies[/]"
        "  [@click=screen.bot][b]b[/b] a bot[/]",
        seats=" and ".join(free),
        line=join_line,
    )


def vacant(mirror: Mirror) -> list[Seat]:
    """The seats that nobody plays."""
    table = mirror.table
    return [seat for seat in table.seats if table.players.get(seat) is None] if table else []


def plan_line(moment: Moment) -> Content:
    """The move that isn't sent yet, in words; empty: there is none."""
    plan = moment.plan
    if plan is None:
        return Content("")
    if plan.ahead:
        return Content.from_markup(
            "Premove [b]$move[/b]  [@click=screen.back][b]Esc[/b] cancels[/]", move=plan.label
        )
    return Content.from_markup(
        "Play [b]$move[/b]?  [@click=screen.enter][b]Enter[/b] yes[/]  [@click=screen.back][b]Esc[/b] no[/]",
        move=plan.label,
    )


def hints(mirror: Mirror, moment: Moment) -> tuple[Hint, ...]:
    """The keys worth showing now, the most useful first; the one that lists all others is the last."""
    chat = ("c", f"chat ({moment.unread} new)" if moment.unread else "chat")
    if moment.chatting:
        rooms = (("Tab", "other room"),) if mirror.outcome else ()
        return (("Enter", "says it"), *rooms, ("PgUp", "older"), ("Esc", "done"), _MORE)
    if moment.plan and not moment.plan.ahead:
        return (("Enter", "plays"), ("Esc", "lets go"), _MORE)
    if moment.reviewing:
        return ((", .", "back, forward"), ("End", "back to now"), ("f", "flip"), ("y", "copy"), _MORE)
    if moment.watching:
        back = (("b", "take over"),) if moment.lent else (("A", "analyse"),) if mirror.outcome else ()
        return (*back, (", .", "review"), ("f", "flip"), chat, ("v", "who"), ("y", "copy"), ("q", "leave"), _MORE)
    if mirror.outcome:
        save = (("e", "save"), ("y", "copy"), ("f", "flip"))
        return (("r", "rematch"), ("A", "analyse"), (", .", "review"), ("q", "leave"), chat, *save, _MORE)
    if moment.typing:
        enter = ("Enter", "plays" if mirror.my_turn else "premoves")
        return (enter, ("Esc", "keys & board"), *((chat,) if moment.unread else ()), (", .", "review"), _MORE)
    if moment.held:
        return (("Enter", "drops"), ("Esc", "lets go"), _MORE)
    return (*_playing(mirror, chat), _MORE)


def _playing(mirror: Mirror, chat: Hint) -> Iterator[Hint]:
    """The keys of a player at the board."""
    started = mirror.table is not None and mirror.ply >= len(mirror.table.seats)
    if chat[1] != "chat":
        yield chat
    yield ("Enter", "picks" if mirror.my_turn else "premoves")
    yield ("/", "type")
    if mirror.ply:
        yield (", .", "review")
    if started or (mirror.ply and mirror.last and mirror.last.seat in mirror.seats):
        yield ("u", "undo")
    yield ("x", "resign" if started else "abort")
    if started:
        yield ("d", "draw")
    if mirror.my_turn:
        yield from (("H", "hint"), ("a", "AI"))
    yield from (("f", "flip"), ("c", "chat"), ("b", "bot"))


def connection(mirror: Mirror, link: Connection, looks: Looks, now: float) -> tuple[Content, bool]:
    """How the connection is, and whether that is trouble."""
    match link.status:
        case "live":
            count = mirror.table.watching if mirror.table else 0
            return Content.assemble(
                (looks.symbols.here, "$success"),
                f" {safe(mirror.thread_id)}",
                (f"  {count} watching" if count else "", "$foreground-muted"),
            ), False
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


def watching(mirror: Mirror) -> str:
    """Who watches: the names, and how many more."""
    names = mirror.table.spectators if mirror.table else ()
    unnamed = mirror.table.watching - len(names) if mirror.table else 0
    more = f" and {unnamed} more" if unnamed > 0 else ""
    return f"{safe(', '.join(names))}{more}" if names else ""


def watchers(mirror: Mirror) -> Content:
    """Who watches, with their number, for a column with room."""
    count = mirror.table.watching if mirror.table else 0
    return Content.assemble((f"Watching ({count}): ", "bold"), watching(mirror)) if count else Content("")
