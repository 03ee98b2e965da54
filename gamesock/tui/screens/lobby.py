"""The lobby: the public games of a server, live; watch one, take a free seat, or start one."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widgets import Input

from gamesock import protocol as p
from gamesock.address import BadAddress, read_invite
from gamesock.admission import is_ours, is_safe
from gamesock.connection import ConnectionLost
from gamesock.new_game import NewGame
from gamesock.place import NoAnswer, Place
from gamesock.recent import load_recent, save_recent
from gamesock.seatbook import LOCAL
from gamesock.tui.listing import Filter, turned
from gamesock.tui.screens.ask import Ask, NotGood
from gamesock.tui.screens.help import Help
from gamesock.tui.screens.lobby_list import LobbyList
from gamesock.tui.screens.menu import Item, Menu
from gamesock.tui.screens.sign_in import SignIn, admitted
from gamesock.tui.widgets.rows import Rows

if TYPE_CHECKING:
    from gamesock.account.session import Session


class LobbyScreen(LobbyList):
    """What one can do with the games of a server."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "new", "New game here"),
        Binding("w", "watch", "Watch, without a seat"),
        Binding("f", "status", "Open, live, finished"),
        Binding("t", "game", "Which game"),
        Binding("slash", "find", "Find by name or id"),
        Binding("i", "copy", "Copy the line to join or watch with"),
        Binding("c", "join", "Join by id or code"),
        Binding("a", "account", "Sign in, or out"),
        Binding("ctrl+r", "retry", "Connect again now"),
        Binding("question_mark", "help", "This help"),
        Binding("escape,q", "back", "Show all again, leave"),
    ]

    @on(Rows.Chosen)
    def _chosen(self) -> None:
        thread = self.selected
        if thread is None:
            return
        if not thread.open or self.place.has_seat(thread.thread_id):
            self.app.enter(self.place, thread.thread_id, watch=not self.place.has_seat(thread.thread_id))
            return
        items = [Item(seat, f"play {seat}", seat[:1].lower()) for seat in thread.open]
        if len({item.key for item in items}) < len(items):
            items = [item._replace(key=str(number)) for number, item in enumerate(items, 1)]
        items.append(Item("", "only watch", "v" if any(item.key == "w" for item in items) else "w"))
        self.app.push_screen(Menu("Take which seat?", items), lambda seat: self._sit(thread.thread_id, seat))

    def _sit(self, thread: str, seat: str | None) -> None:
        if seat and self.lacks:
            self.action_account()
        elif seat is not None:
            self.app.enter(self.place, thread, seat=seat or None, watch=not seat)

    def action_watch(self) -> None:
        """Watch the game that the cursor is on."""
        if self.selected_id:
            self.app.enter(self.place, self.selected_id, watch=not self.place.has_seat(self.selected_id))

    def action_copy(self) -> None:
        """Copy what a friend types to come to this game: to take the free seat, or to watch."""
        thread = self.selected
        if thread is None:
            return
        line = f"gamesock watch {thread.thread_id} --server {self.place.address}"
        if thread.open:
            line = f"gamesock play --join {self.place.invite(thread.thread_id)}"
        self.app.copy_to_clipboard(line)
        what = "who types this takes the free seat" if thread.open else "no seat is free, this watches"
        self.notify(line, title=f"Copied: {what}", markup=False)

    # Filters

    def action_status(self) -> None:
        """Other kinds of games: open, live, finished."""
        self.want(turned(self.wanted))

    def action_game(self) -> None:
        """Only one game, or all."""
        self.run_worker(self._ask_game(), group="ask", exclusive=True)

    async def _ask_game(self) -> None:
        try:
            games = await self.place.games()
        except NoAnswer as error:
            self.say(str(error))
            return
        self.titles = {game.name: game.title for game in games}
        each = (Item(game.name, game.title, str(number)) for number, game in enumerate(games, 1))
        items = [Item("", "all games", "a"), *each]

        def chosen(name: str | None) -> None:
            if name is not None:
                self.want(self.wanted._replace(game=name or None))

        self.app.push_screen(Menu("Show which games?", items), chosen)

    def action_find(self) -> None:
        """Type part of a name or an id."""
        find = self.query_one("#lobby-find", Input)
        find.display = True
        find.focus()

    @on(Input.Submitted, "#lobby-find")
    def _finish_finding(self) -> None:
        self.query_one("#lobby-find").display = bool(self.wanted.text)
        self.query_one(Rows).focus()

    @on(Input.Changed, "#lobby-find")
    def _finding(self, event: Input.Changed) -> None:
        self.want(self.wanted._replace(text=event.value))

    # Coming and going

    def action_new(self) -> None:
        """Start a game here, for others to see."""
        if self.lacks:
            self.action_account()  # a form that is filled in vain is no fun
            return
        self.run_worker(self._ask_new(), group="ask", exclusive=True)

    async def _ask_new(self) -> None:
        from gamesock.tui.screens.new_game import NewGameDialog

        try:
            games = await self.place.games()
        except NoAnswer as error:
            self.say(str(error))
            return
        dialog = NewGameDialog(
            games, self.place.bots, load_recent(), first=self.wanted.game, where=self.place.title
        )
        self.app.push_screen(dialog, self._begin)

    def _begin(self, new: NewGame | None) -> None:
        if new:
            save_recent(load_recent().played(new))
            self.run_worker(self._create(new))

    async def _create(self, new: NewGame) -> None:
        try:
            created = await self.client.create(
                new.game, options=new.options, clock=new.clock, visibility=new.visibility or "public"
            )
        except (p.Refusal, ConnectionLost, TimeoutError) as error:
            self.say(f"That game can't be: {error}")
            return
        self.app.start_game(self.place, new, created.thread_id)

    def action_join(self) -> None:
        """Join by a thread's id, or by the code a friend gave."""

        async def understand(text: str) -> tuple[Place, str]:
            try:
                invite = read_invite(text.removeprefix("gamesock play --join").strip(), self.place.url)
            except BadAddress as error:
                raise NotGood(str(error)) from None
            here = invite.server == self.place.url
            return self.place if here else Place(invite.server, self.place.called), invite.thread

        def joined(found: tuple[Place, str] | None) -> None:
            if found:
                self.run_worker(self._join(*found))

        self.app.push_screen(Ask("Join which game?", understand, example="an id, or a friend's code"), joined)

    async def _join(self, place: Place, thread: str) -> None:
        await admitted(self.app, place, self.say)
        self.app.enter(place, thread)

    def action_account(self) -> None:
        """Sign in where one must be signed in to play; or out."""
        self.run_worker(self._account(), group="ask", exclusive=True)

    async def _account(self) -> None:
        project = None if self.place.name == LOCAL else await self.place.admission.project()
        if project is None or not is_ours():
            self.say(f"{self.place.title} has no accounts for you: you play here as a guest.")
            return
        if not is_safe(self.place.url):
            self.say(f"{self.lacks}.")
            return
        if not project.key:
            self.say(f"{self.place.title} doesn't tell the key of {project.url}: ask who runs it.")
            return

        def then(session: Session | None) -> None:
            self.run_worker(self._is(session))

        sign_in = SignIn(self.app, project, then)
        session = await sign_in.who()
        if session:
            sign_in.end(session)
        else:
            sign_in.begin()

    async def _is(self, session: Session | None) -> None:
        """Somebody has signed in, or out: the server hears of it."""
        if session:
            await admitted(self.app, self.place, self.say)
        await self.again()

    def action_retry(self) -> None:
        """Don't wait: connect now."""
        self.client.retry_now()

    def action_help(self) -> None:
        """Every key."""
        moving = [Binding("up,down,j,k", "", "Choose"), Binding("enter", "", "Join, or watch")]
        self.app.push_screen(Help(("Lobby", [*moving, *self.BINDINGS])))

    def action_back(self) -> None:
        """From the line to the list; from a filter to all games; else leave."""
        find = self.query_one("#lobby-find", Input)
        if find.display or self.wanted != Filter():
            find.value = ""
            find.display = False
            self.query_one(Rows).focus()
            self.want(Filter())
        else:
            self.dismiss()
