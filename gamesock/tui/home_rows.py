"""What the home screen lists, as rows: games to play, to go on with, to watch and to see again. Pure."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from rich.cells import cell_len
from textual.content import Content

from gamesock.address import DEFAULT, server_address
from gamesock.new_game import NewGame
from gamesock.recent import Recent
from gamesock.seatbook import LOCAL, Entry
from gamesock.tui.looks import Looks
from gamesock.tui.widgets.rows import Part, Row, fitted
from gamesock.tui.words import safe

NARROW = 52
"""Columns below which notes at the right are left out."""

TITLE = 32
"""Columns of a title, where notes have room."""


class Kept(NamedTuple):
    """A game that is over: its key, and what tells it apart from others."""

    key: str
    game: str
    players: str
    result: str
    day: str


def header(player: str) -> Content:
    """The program's name, and the player's."""
    return Content.assemble(
        ("gamesock", "bold $accent"), ("  live games in your terminal", "$foreground-muted"), f"    {safe(player)}"
    )


def heading(text: str) -> Row:
    """The title of a section."""
    return Row(None, lambda width: [(text, "heading")])


def line(
    key: str, title: str, note: str = "", letter: str = "", *, kind: str = "", note_kind: str = "muted"
) -> Row:
    """A title at the left, a note after it, and the letter that does the same at the right."""

    def draw(width: int) -> Sequence[Part]:
        room = width - (3 if letter else 0)
        first = min(max(TITLE, cell_len(title) + 2), room) if note and width >= NARROW else room
        rest = room - first
        parts: list[Part] = [(fitted(title, first), kind)]
        if rest > 0:
            parts.append((fitted(note, rest), note_kind))
        if letter:
            parts.append((f" {letter} ", "muted"))
        return parts

    return Row(key, draw)


def game_rows(games: Sequence[tuple[str, str]], recent: Recent) -> list[Row]:
    """The games there are, with what was chosen the last time."""
    rows = [heading("Play")]
    for number, (name, title) in enumerate(games):
        last = recent.games.get(name)
        rows.append(line(f"play {name}", title, described(last) if last else "", "" if number else "n"))
    return rows


def described(new: NewGame) -> str:
    """A game as it was chosen: ``against alphabeta 3, as white, 5+3``."""
    level = f" {new.level}" if new.level else ""
    against = {"bot": f"against {new.bot}{level}", "human": "with a friend", "self": "two at this keyboard"}
    parts = [against[new.opponent], f"as {new.seat}" if new.seat else "", new.clock or ""]
    return ", ".join(part for part in [*parts, *new.options.values()] if part)


def standing_rows(entries: Sequence[Entry], titles: Mapping[str, str], few: int | None, looks: Looks) -> list[Row]:
    """The games that go on, the last one first."""
    if not entries:
        return []
    rows = [heading("Go on")]
    now = time.time()
    for number, entry in enumerate(entries[:few]):
        title = titles.get(entry.game, entry.game)
        against = f"{title}, {safe(entry.against)}" if entry.against else f"{title}, nobody yet"
        sign = looks.symbols.here if entry.mine else looks.symbols.away
        turn = "your move" if entry.mine else "their move" if entry.against else "open"
        where = "" if entry.server == LOCAL else f", {server_address(entry.server)}"
        played = "1 move" if entry.ply == 1 else f"{entry.ply} moves"
        note = f"{turn}, {played}, {ago(now - entry.used)}{where}"
        rows.append(line(f"go {number}", f"{sign} {against}", note, note_kind="good" if entry.mine else "muted"))
    return rows + _more("standing", len(entries), few)


def watch_rows(servers: Sequence[str], *, shared: bool = False, hosted: bool = False) -> list[Row]:
    """The lobbies of the servers one knows, and before them that of the place itself, if it is shared.

    ``hosted``: whether a server runs on this computer.
    """
    rows = [heading("Watch and meet")]
    if shared:
        rows.append(line(f"lobby {LOCAL}", "Lobby", "everyone who is here"))
    for url in servers:
        note = "games to watch and to join"
        if url == DEFAULT:
            note = "games hosted on this computer" if hosted else "nothing is hosted here: gamesock host"
        rows.append(line(f"lobby {url}", f"Lobby of {server_address(url)}", note))
    rows.append(line("lobby_other", "Another server", "enter its address", "l"))
    rows.append(line("join", "Join a friend", "with the code they give you", "c"))
    return rows


def kept_rows(kept: Sequence[Kept], few: int | None) -> list[Row]:
    """The games that are over, and files."""
    rows = [heading("Replay")]
    for number, game in enumerate(kept[:few]):
        note = ", ".join(part for part in (game.result, game.day) if part)
        rows.append(line(f"replay {number}", f"{game.game}, {safe(game.players)}", note))
    return [*rows, *_more("kept", len(kept), few), line("open", "A file", "a recording or PGN", "o")]


def last_rows(project: str | None = None, user: str | None = None) -> list[Row]:
    """What isn't a game; ``project``: where one may sign in, and ``user``: who did."""
    account = line("account", f"Signed in as {safe(user)}", f"at {project}", "a") if user else None
    if project and not account:
        account = line("account", "Sign in", f"at {project}", "a")
    return [
        heading("Gamesock"),
        *([account] if account else []),
        line("settings", "Settings", "colours, pieces, sound, your name", "s"),
        line("help", "Help", "every key", "?"),
        line("leave", "Leave", "", "q"),
    ]


def _more(section: str, count: int, few: int | None) -> list[Row]:
    if few is None or count <= few:
        return []
    return [line(f"more {section}", f"All {count}", kind="muted")]


def ago(seconds: float) -> str:
    """How long ago, in words."""
    minutes = int(seconds // 60)
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return f"{minutes} min ago"
    hours = minutes // 60
    if hours < 24:
        return f"{hours} h ago"
    days = hours // 24
    return "yesterday" if days == 1 else f"{days} days ago"
