"""A thread as a line of the lobby, and as the words beside its board. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from gamesock.protocol import ThreadPreview, ThreadView
from gamesock.tui.listing import Filter, Listing
from gamesock.tui.looks import Looks
from gamesock.tui.widgets.rows import Part, Row, fitted
from gamesock.tui.words import clock_text, numbered, outcome_text, player_text, safe

_STATUS = {None: "open and live", "open": "open seats", "live": "live", "finished": "finished"}


def status_name(wanted: Filter) -> str:
    """The status asked for, in words."""
    return _STATUS[wanted.status]


def row(thread: ThreadView, looks: Looks, *, ours: bool = False) -> Row:
    """The thread as a line that takes the room there is."""
    return Row(thread.thread_id, lambda width: _parts(thread, looks, width, ours))


def columns(width: int) -> list[tuple[str, int]]:
    """The columns that have room, and how wide each is; the players take what is left."""
    extra = [("game", 13), ("clock", 9), ("ply", 5), ("watching", 9), ("id", 20)]
    room = width - 2
    shown: list[tuple[str, int]] = []
    for name, size in extra:
        if room - size >= 20:
            shown.append((name, size))
            room -= size
    return [("sign", 2), ("players", room), *shown]


def headings(width: int) -> list[Part]:
    """The columns' names."""
    names = {
        "sign": "",
        "players": "players",
        "game": "game",
        "clock": "clock",
        "ply": "ply",
        "watching": "watching",
        "id": "id",
    }
    return [(fitted(names[name], size), "muted") for name, size in columns(width)]


def _parts(thread: ThreadView, looks: Looks, width: int, ours: bool) -> Sequence[Part]:
    seats_free = bool(thread.open)
    cells: dict[str, Part] = {
        "sign": (looks.symbols.away if seats_free else looks.symbols.here, "good" if seats_free else "muted"),
        "players": (players(thread, looks) + ("  (you)" if ours else ""), "strong" if seats_free else ""),
        "game": (thread.title, "muted"),
        "clock": (thread.clock.control if thread.clock else looks.symbols.dash, "muted"),
        "ply": (str(thread.ply), "muted"),
        "watching": (str(thread.watching) if thread.watching else "", "muted"),
        "id": (thread.thread_id, "muted"),
    }
    if thread.status == "finished":
        cells["sign"] = (" ", "muted")
    # A column ends with a gap.
    return [(fitted(cells[name][0], size - 1) + " ", cells[name][1]) for name, size in columns(width)]


def players(thread: ThreadView, looks: Looks) -> str:
    """``anna - ben``, ``anna - (black free)``."""
    names = []
    for seat in thread.seats:
        player = thread.players.get(seat)
        names.append(safe(player_text(player)) if player else f"({seat} free)")
    return f" {looks.symbols.dash} ".join(names)


def summary(wanted: Filter, listing: Listing) -> str:
    """How many there are."""
    if not len(listing):
        return ""
    games = "1 game" if listing.total == 1 else f"{listing.total:,} games"
    return games if wanted.status != "open" else f"{games} to join"


def empty(wanted: Filter, place: str) -> str:
    """What to do where there is nothing to see."""
    if wanted.text or wanted.game or wanted.status:
        return "No game fits. Press f for another kind, t for another game, / for other words, or Esc to show all."
    return f"Nobody plays at {place} now. Press n to start a game: whoever comes here sees it and can join."


def beside(preview: ThreadPreview, looks: Looks, now: float) -> Content:
    """What is said under the board."""
    thread = preview.thread
    lines = [_seat(thread, seat, looks, now) for seat in thread.seats]
    lines.append(Content.styled(_standing(thread, looks), "$foreground-muted"))
    tail = list(preview.notations)
    if tail:
        lines.append(Content(_moves(tail, thread.ply, len(thread.seats))))
    return Content("\n").join(lines)


def _seat(thread: ThreadView, seat: str, looks: Looks, now: float) -> Content:
    player = thread.players.get(seat)
    name = safe(player_text(player)) if player else "free seat"
    turn = looks.symbols.held[0] if seat in thread.to_move and thread.outcome is None else " "
    clock = thread.clock
    left = clock.left.get(seat) if clock else None
    if clock and left is not None and seat in clock.running:
        left -= max(0.0, now - clock.now - clock.delay)
    time = f"  {clock_text(max(0.0, left))}" if left is not None else ""
    return Content.assemble(
        f"{turn} ", (name, "bold" if player else "$success"), (f" ({seat})", "$foreground-muted"), time
    )


def _standing(thread: ThreadView, looks: Looks) -> str:
    if thread.outcome:
        told = outcome_text(thread.outcome, looks)
    elif thread.open:
        told = f"{' and '.join(thread.open)} free: Enter joins"
    else:
        told = f"{' and '.join(thread.to_move)} to move" if thread.to_move else "under way"
    watching = f", {thread.watching} watching" if thread.watching else ""
    return f"{thread.title}, {_count(thread.ply)}{watching}\n{told}"


def _count(ply: int) -> str:
    return "1 move" if ply == 1 else f"{ply} moves"


def _moves(tail: Sequence[str], ply: int, seats: int) -> str:
    """The last moves with their numbers: ``12. ... Nc6 13. Bb5``."""
    first = ply - len(tail)
    gap = first % max(1, seats)
    rounds = numbered([*[""] * gap, *tail], seats)
    start = first // max(1, seats)
    texts = []
    for at, (_, moves) in enumerate(rounds):
        texts.append(f"{start + at + 1}. " + " ".join(move or "..." for move in moves))
    return " ".join(texts)
