"""Home's list, and the board of what it points at; where its entries lead is its heir's business."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from gamesock.address import DEFAULT, server_url
from gamesock.game import BoardPicture
from gamesock.place import is_served, user_name
from gamesock.recent import Recent, load_recent
from gamesock.seatbook import Entry
from gamesock.tui.doors import Doors
from gamesock.tui.home_rows import Kept, game_rows, header, kept_rows, last_rows, standing_rows, watch_rows
from gamesock.tui.screens.ask import NotGood
from gamesock.tui.screens.shell import ShellScreen
from gamesock.tui.screens.sign_in import SignIn, preferred_project
from gamesock.tui.widgets.lines import Hints
from gamesock.tui.widgets.preview import Preview
from gamesock.tui.widgets.rows import Row, Rows

if TYPE_CHECKING:
    from gamesock.account.session import Session

SOON = 0.3
"""Seconds after which home, once it is drawn, gets ready for what is likely to be chosen."""

FEW = 5
"""Games shown of those kept and of those that go on, until one asks for more."""


class HomeList(ShellScreen):
    """What there is to play, to watch and to see again."""

    def __init__(self, doors: Doors) -> None:
        super().__init__()
        self.doors = doors
        self.recent: Recent = load_recent()
        self.places = doors.places
        self.kept: Sequence[Kept] = ()
        self.standing: list[Entry] = []
        self.sign_in: SignIn | None = None
        self.no_account = ""
        """Why nobody can sign in, where nobody can."""
        self.session: Session | None = None
        self.hosted = False
        """Whether a server runs on this computer."""
        self.whole: set[str] = set()
        """The sections that are shown whole."""

    def compose(self) -> ComposeResult:
        """The list, and beside it the board of what it points at."""
        symbols = self.app.looks.symbols
        with Vertical(id="home"):
            yield Static(header(self.name_of_player), id="home-title")
            with Horizontal(id="home-body"):
                yield Rows(symbols.held[0], id="home-list")
                yield Preview(self.app.looks, id="home-board")
            yield Hints(id="home-keys")

    @property
    def name_of_player(self) -> str:
        """Our name at the table."""
        account = self.session.name if self.session else None
        return self.app.preferences.name or self.doors.player or account or user_name()

    def on_mount(self) -> None:
        """Show what there is at once; what takes longer follows."""
        self.query_one(Hints).show(
            ("Enter", "go"), ("n", "new game"), ("l", "lobby"), ("c", "join"), ("s", "settings"), ("q", "leave"),
            ("?", "all keys"),
        )  # fmt: skip
        self.fill()
        self.query_one(Rows).focus()
        self.set_timer(SOON, self.get_ready)

    def on_screen_resume(self) -> None:
        """Games have gone on meanwhile."""
        self.run_worker(self._look(), group="look", exclusive=True)

    async def _look(self) -> None:
        """Read anew what games there are, and who is signed in."""
        try:
            project = preferred_project(self.app.preferences)
            if self.sign_in is None or self.sign_in.project != project:
                self.sign_in = SignIn(self.app, project, self._signed_in)
        except NotGood as reason:
            self.sign_in, self.no_account = None, str(reason)
        for place in self.places.values():
            place.note()
        entries = await asyncio.to_thread(self.doors.book.entries)
        self.standing = [entry for entry in entries if not entry.over and entry.game]
        self.fill()
        self.kept, self.standing = await self.doors.kept(), await self.doors.standing(self.standing)
        self.hosted = await asyncio.to_thread(is_served, DEFAULT)
        self.fill()
        if self.sign_in:
            self._signed_in(await self.sign_in.who())

    def _signed_in(self, session: Session | None) -> None:
        self.session = session
        if self.still_has(Rows):
            self.query_one("#home-title", Static).update(header(self.name_of_player))
        self.fill()

    def get_ready(self) -> None:
        """Do now what would take its time later."""

    # The list

    def fill(self) -> None:
        """Show what is known now."""
        if not self.still_has(Rows):
            return
        looks = self.app.looks
        games = sorted(self.doors.games, key=lambda game: self._order(game[0]))
        server = self.app.preferences.server
        servers = dict.fromkeys([*self.recent.servers, *([server_url(server)] if server else []), DEFAULT])
        sections: list[list[Row]] = [
            game_rows([(name, title) for name, title, _ in games], self.recent),
            standing_rows(self.standing, self._titles(), self._few("standing"), looks),
            watch_rows(list(servers), shared=self.doors.shared, hosted=self.hosted),
            kept_rows(self.kept, self._few("kept")),
            last_rows(
                self.sign_in.project.name if self.sign_in else None, self.session.title if self.session else None
            ),
        ]
        rows: list[Row] = []
        for section in sections:
            if section:
                rows += [Row(None, lambda width: ()), *section] if rows else section
        self.query_one(Rows).set_rows(rows)

    def _order(self, game: str) -> int:
        played = list(self.recent.games)
        return played.index(game) if game in played else len(played)

    def _titles(self) -> dict[str, str]:
        return {name: title for name, title, _ in self.doors.games}

    def _few(self, section: str) -> int | None:
        return None if section in self.whole else FEW

    @on(Rows.Moved)
    def _moved(self, event: Rows.Moved) -> None:
        kind, _, name = event.key.partition(" ")
        picture: BoardPicture | None = None
        if kind == "play":
            picture = next((picture for game, _, picture in self.doors.games if game == name), None)
        elif kind == "go":
            picture = self.standing[int(name)].picture
        if picture:
            self.query_one(Preview).show(picture)
