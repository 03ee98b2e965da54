"""The lobby's list and its board: read, kept up to date, and shown; what one does there is its heir's business."""

from __future__ import annotations

import asyncio
import logging
import math
import time

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Input, Static

from gamesock import protocol as p
from gamesock.connection import Connection, ConnectionFailed, ConnectionLost, Status
from gamesock.place import Place
from gamesock.protocol import LobbyChanged, ThreadPreview, ThreadView
from gamesock.seatbook import LOCAL
from gamesock.tui import lobby_rows
from gamesock.tui.listing import Filter, Listing
from gamesock.tui.screens.shell import ShellScreen
from gamesock.tui.widgets.lines import Hints, Line
from gamesock.tui.widgets.preview import Preview
from gamesock.tui.widgets.rows import CURSOR, Rows
from gamesock.tui.words import unshowable

_log = logging.getLogger(__name__)

PAGE = 100
"""Threads asked for at once."""

AHEAD = 30
"""Rows before the end of what was read at which the next page is asked for."""

RESTING = 0.15
"""Seconds that the cursor rests on a thread before its board is asked for."""


class LobbyList(ShellScreen):
    """The games of one server, and the board of one of them."""

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place
        self.client = place.lobby()
        self.wanted = Filter()
        self.listing = Listing()
        self.shown: ThreadPreview | None = None
        self.titles: dict[str, str] = {}
        """Of games, by name, as far as they were asked for."""
        self.lacks: str | None = None
        """Why we can't play here, where we can't."""
        self._offset = 0.0
        """The server's clock less ours, in seconds."""
        self._ready = False
        self._paging = False

    def compose(self) -> ComposeResult:
        """The list, and the board of the game that the cursor is on."""
        looks = self.app.looks
        with Vertical(id="lobby"):
            yield Line(id="lobby-title", keep=True)
            yield Line(id="lobby-banner")
            with Horizontal(id="lobby-body"):
                with Vertical(id="lobby-side"):
                    yield Input(placeholder="a name or an id", id="lobby-find", compact=True)
                    yield Line(id="lobby-columns", keep=True)
                    yield Rows(looks.symbols.held[0], id="lobby-list")
                    yield Static("", id="lobby-empty")
                    yield Line(id="lobby-about")
                yield Preview(looks, id="lobby-board")
            yield Hints(id="lobby-keys")

    def on_mount(self) -> None:
        """Connect, read, listen."""
        self.query_one("#lobby-find").display = False
        self.query_one(Rows).focus()
        self._paint()
        self.run_worker(self._live(), name="live")
        self.run_worker(self.look_who())
        self.set_interval(1.0, self._tick)

    async def on_unmount(self) -> None:
        """Let the connection go."""
        await self.client.close()

    def on_resize(self) -> None:
        """Other columns may fit."""
        self.call_after_refresh(self._head)

    # The connection

    async def _live(self) -> None:
        try:
            await self.client.connect()
        except ConnectionFailed as failed:
            self.app.fail_screen(self, str(failed))
            return
        self.run_worker(self._load(), group="load", exclusive=True)
        async for item in self.client:
            try:
                self._heard(item)
            except Exception as error:
                _log.error("what %s sent can't be shown", self.client.url, exc_info=error)
                self.run_worker(self.client.close(unshowable(error)))

    async def again(self) -> None:
        """Connect anew, as whoever we are now."""
        before, self.client = self.client, self.place.lobby()
        await before.close()
        self.run_worker(self._live(), name="live")
        await self.look_who()

    async def look_who(self) -> None:
        """Find out whether we may play here."""
        self.lacks = None if self.place.name == LOCAL else await self.place.admission.lacks()
        self._tick()

    def _heard(self, item: object) -> None:
        match item:
            case LobbyChanged(missed=True):
                self.run_worker(self._load(), group="load", exclusive=True)
            case LobbyChanged():
                self.listing.apply(item, self.wanted)
                self._paint()
            case ThreadPreview() if self.still_has(Rows) and item.thread.thread_id == self.selected_id:
                self._show(item)
            case Connection():
                self._tick()

    async def _load(self) -> None:
        """Watch what is wanted, and read its first page."""
        wanted = self.wanted
        try:
            await self.client.watch(game=wanted.game, status=wanted.status)
            page = await self._page(None)
        except (p.Refusal, ConnectionLost, TimeoutError) as error:
            self.say(str(error))
            return
        self.listing = Listing()
        self.listing.add_page(page.threads, page.total, page.cursor)
        self._ready = True
        self._paint()

    async def _page(self, cursor: str | None) -> p.Lobby:
        wanted = self.wanted
        text = wanted.text.strip() or None
        return await self.client.list(game=wanted.game, status=wanted.status, text=text, cursor=cursor, limit=PAGE)

    async def _more(self) -> None:
        if self._paging or not self.listing.cursor:
            return
        self._paging = True
        try:
            listing = self.listing
            page = await self._page(listing.cursor)
            if listing is self.listing:
                listing.add_page(page.threads, page.total, page.cursor)
                self._paint()
        except (p.Refusal, ConnectionLost, TimeoutError) as error:
            self.say(str(error))
        finally:
            self._paging = False

    # What is shown

    @property
    def selected_id(self) -> str | None:
        """The id of the thread that the cursor is on."""
        return self.query_one(Rows).key

    @property
    def selected(self) -> ThreadView | None:
        """The thread that the cursor is on."""
        return self.listing.threads.get(self.selected_id or "")

    def _paint(self) -> None:
        if not self.still_has(Rows):
            return
        looks = self.app.looks
        threads = self.listing.rows()
        self.query_one(Rows).set_rows([lobby_rows.row(thread, looks) for thread in threads])
        nothing = self._ready and not threads
        empty = self.query_one("#lobby-empty", Static)
        empty.display = not threads
        self.query_one(Rows).display = bool(threads)
        empty.update(Content(lobby_rows.empty(self.wanted, self.place.title) if nothing else "One moment..."))
        if not threads:
            self._show(None)
        self.call_after_refresh(self._head)

    def _head(self) -> None:
        if not self.still_has(Rows):
            return
        wanted = self.wanted
        game = self.titles.get(wanted.game, wanted.game) if wanted.game else "all games"
        at = f" of {self.place.title}" if self.size.width >= 76 else ""
        self.query_one("#lobby-title", Line).say(
            Content.from_markup(
                "[b $accent]Lobby[/]$at   [@click=screen.game][b]t[/b] $game[/]"
                "   [@click=screen.status][b]f[/b] $status[/]   [@click=screen.find][b]/[/b] $text[/]   "
                "[$foreground-muted]$count[/]",
                at=at,
                game=game,
                status=lobby_rows.status_name(wanted),
                text=wanted.text or "find",
                count=lobby_rows.summary(wanted, self.listing),
            )
        )
        width = self.query_one(Rows).scrollable_content_region.width - CURSOR
        heads = lobby_rows.headings(width) if len(self.listing) and width > 0 else []
        self.query_one("#lobby-columns", Line).say(" " * CURSOR + "".join(text for text, _ in heads))
        thread = self.selected
        free = bool(thread and thread.open)
        enter = ("Enter", "join" if free else "watch")
        copy = ("i", "invite" if free else "copy")
        keys = (enter, ("n", "new"), copy, ("c", "by code"), ("Esc", "leave"), ("?", "all keys"))
        self.query_one(Hints).show(*keys)

    def _show(self, preview: ThreadPreview | None) -> None:
        if not self.still_has(Preview):
            return
        self.shown = preview
        if preview and preview.thread.clock:
            self._offset = preview.thread.clock.now - time.time()
        self.query_one("#lobby-board", Preview).show(preview.picture if preview else None)
        self._about()

    def _about(self) -> None:
        about, shown = self.query_one("#lobby-about", Line), self.shown
        about.say(lobby_rows.beside(shown, self.app.looks, time.time() + self._offset) if shown else "")

    def _tick(self) -> None:
        """What depends on the time: clocks, and the wait for the server."""
        if not self.still_has(Rows):
            return
        link = self.client.connection
        banner = self.query_one("#lobby-banner", Line)
        match link.status:
            case Status.WAITING:
                left = math.ceil(max(0.0, (link.retry_at or 0.0) - time.time()))
                again = f"trying again in {left} s" if left else "trying again"
                banner.say(
                    Content.from_markup(
                        "Connection lost: $why, $again.  [@click=screen.retry][b]Ctrl+R[/b] now[/]",
                        why=link.reason,
                        again=again,
                    )
                )
            case Status.CLOSED if self.is_mounted and self._ready:
                banner.say(Content.from_markup("Closed: $why.  [b]Esc[/b] leaves", why=link.reason))
            case Status.LIVE if self.lacks:
                told = "Guests only watch here. [@click=screen.account][b]a[/b] signs in[/]"
                banner.say(Content.from_markup(told))
            case Status.LIVE:
                banner.say("")
        if self.shown and self.shown.thread.clock and self.shown.thread.clock.running:
            self._about()

    def say(self, text: str) -> None:
        """Tell the player what went wrong."""
        self.notify(text, severity="error", markup=False, timeout=8)

    # The cursor

    @on(Rows.Moved)
    def _moved(self) -> None:
        self._head()
        self.run_worker(self._preview(), group="preview", exclusive=True)
        if self.query_one(Rows).at >= len(self.listing) - AHEAD:
            self.run_worker(self._more(), group="more")

    async def _preview(self) -> None:
        thread = self.selected_id
        # Who runs down the list doesn't ask for every board on the way.
        await asyncio.sleep(RESTING)
        try:
            preview = await self.client.preview(thread)
        except (p.Refusal, ConnectionLost, TimeoutError):
            preview = None
        if self.still_has(Rows) and thread == self.selected_id:
            self._show(preview)

    def want(self, wanted: Filter) -> None:
        """Show others."""
        if wanted != self.wanted:
            self.wanted = wanted
            self._load_soon()
            self._head()

    @work(group="load", exclusive=True)
    async def _load_soon(self) -> None:
        await asyncio.sleep(RESTING)
        await self._load()
