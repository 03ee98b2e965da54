"""Home: play, go on with a game, watch, replay, settings; what one comes back to from a game."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType

from gamesock.address import DEFAULT, BadAddress, read_invite, server_address, server_url
from gamesock.new_game import NewGame
from gamesock.place import NoAnswer, Place
from gamesock.recent import Recent, save_recent
from gamesock.seatbook import LOCAL, Entry
from gamesock.tui.recorded import Volume
from gamesock.tui.screens.ask import Ask, NotGood
from gamesock.tui.screens.help import Help
from gamesock.tui.screens.home_list import HomeList
from gamesock.tui.screens.sign_in import admitted
from gamesock.tui.widgets.rows import Rows


class HomeScreen(HomeList):
    """What gamesock shows when it is started alone."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "new", "New game"),
        Binding("c", "join", "Join with a code"),
        Binding("l", "lobby", "The lobby of a server"),
        Binding("o", "open", "Open a recording"),
        Binding("a", "account", "Sign in, or out"),
        Binding("s", "settings", "Settings"),
        Binding("delete,d", "forget", "Forget the chosen server"),
        Binding("question_mark", "help", "This help"),
        Binding("q,escape", "leave", "Leave"),
    ]

    _starting: asyncio.Task[Place] | None = None

    @on(Rows.Chosen)
    def _chosen(self, event: Rows.Chosen) -> None:
        kind, _, name = event.key.partition(" ")
        match kind:
            case "play":
                self.action_new(name)
            case "go":
                self._go_on(self.standing[int(name)])
            case "lobby" if name == LOCAL:
                self.run_worker(self._visit_here(), group="new", exclusive=True)
            case "lobby":
                self._visit(name)
            case "replay":
                self._replay(self.kept[int(name)].key)
            case "more":
                self.whole.add(name)
                self.fill()
            case _:
                self.run_worker(self.run_action("lobby" if kind == "lobby_other" else kind))

    # Playing

    def get_ready(self) -> None:
        """Start the server for the games of this computer."""
        self.run_worker(self._get_ready())

    async def _get_ready(self) -> None:
        with contextlib.suppress(Exception):  # who needs it will hear of it
            await self.local()

    async def local(self) -> Place:
        """The place inside this program."""
        if LOCAL not in self.places:
            # Several may wait for it, and the last of them finds it over.
            starting = self._starting = self._starting or asyncio.create_task(asyncio.to_thread(self.doors.local))
            try:
                self.places[LOCAL] = await asyncio.shield(starting)
            finally:
                if starting.done():
                    self._starting = None
        place = self.places[LOCAL]
        place.called = self.name_of_player
        return place

    def place(self, url: str) -> Place:
        """A server, as this player sees it."""
        place = self.places.setdefault(url, Place(url, book=self.doors.book))
        place.called = self.app.preferences.name or self.doors.player
        return place

    def action_new(self, game: str | None = None) -> None:
        """Choose a new game, and play it."""
        self.run_worker(self._new(game), group="new", exclusive=True)

    async def _new(self, game: str | None) -> None:
        from gamesock.tui.screens.new_game import NewGameDialog

        try:
            place = await self.local()
            games = await place.games()
        except Exception as error:  # whatever keeps a server from starting, the player must hear of it
            self.say(f"No game can start here: {error}")
            return
        self.app.push_screen(
            NewGameDialog(games, place.bots, self.recent, first=game, shared=self.doors.shared),
            lambda new: self._begin(place, new),
        )

    def _begin(self, place: Place, new: NewGame | None) -> None:
        if new is None:
            return
        # Who sees games on this computer is no choice, so none for the next one on a server.
        chosen = new if self.doors.shared else new.model_copy(update={"visibility": None})
        self.remember(self.recent.played(chosen))
        self.app.start_game(place, new)

    def _go_on(self, entry: Entry) -> None:
        self.run_worker(self._sit_again(entry))

    async def _sit_again(self, entry: Entry) -> None:
        try:
            place = await self.local() if entry.server == LOCAL else self.place(entry.server)
        except Exception as error:  # as above
            self.say(f"That game can't be opened here: {error}")
            return
        await self._admitted(place)
        self.app.enter(place, entry.thread)

    def action_join(self) -> None:
        """Join a friend's game by its code."""

        async def understand(text: str) -> tuple[Place, str]:
            try:
                invite = read_invite(text.removeprefix("gamesock play --join").strip())
            except BadAddress as error:
                raise NotGood(str(error)) from None
            return self.place(invite.server), invite.thread

        def joined(found: tuple[Place, str] | None) -> None:
            if found:
                self.run_worker(self._join(*found))

        ask = Ask("Join a friend's game", understand, example="for example 192.168.1.5:8765/chess-8f3a")
        self.app.push_screen(ask, joined)

    async def _join(self, place: Place, thread: str) -> None:
        await self._admitted(place)
        self.app.enter(place, thread)

    async def _admitted(self, place: Place) -> None:
        """Ask, once for each server, whether it may know who plays."""
        await admitted(self.app, place, self.say)

    # Watching

    def action_lobby(self) -> None:
        """Go to the lobby of a server one names."""
        server = self.app.preferences.server
        last = self.recent.servers[0] if self.recent.servers else server_url(server) if server else DEFAULT

        async def understand(text: str) -> str:
            try:
                url = server_url(text)
            except BadAddress as error:
                raise NotGood(str(error)) from None
            try:
                await Place(url).games()
            except NoAnswer as error:
                raise NotGood(str(error)) from None
            return url

        def found(url: str | None) -> None:
            if url:
                self._visit(url)

        self.app.push_screen(
            Ask("Which server?", understand, text=server_address(last), example="for example games.example.org"),
            found,
        )

    def _visit(self, url: str) -> None:
        self.run_worker(self._visit_there(url), group="new", exclusive=True)

    async def _visit_there(self, url: str) -> None:
        from gamesock.tui.screens.lobby import LobbyScreen

        self.remember(self.recent.visited(url))
        place = self.place(url)
        await self._admitted(place)
        self.app.push_screen(LobbyScreen(place))

    async def _visit_here(self) -> None:
        from gamesock.tui.screens.lobby import LobbyScreen

        try:
            place = await self.local()
        except Exception as error:  # as above
            self.say(f"The lobby can't be opened: {error}")
            return
        self.app.push_screen(LobbyScreen(place))

    def action_forget(self) -> None:
        """Strike a server off the list."""
        kind, _, url = (self.query_one(Rows).key or "").partition(" ")
        if kind == "lobby":
            self.remember(self.recent.without(url))
            self.fill()

    # Looking at recordings

    def action_open(self) -> None:
        """Replay a file."""

        async def understand(text: str) -> Sequence[Volume]:
            return await asyncio.to_thread(self.doors.open, text)

        self.app.push_screen(
            Ask("Replay which file?", understand, example="games.pgn, or a .jsonl recording"), self._show_volumes
        )

    def _replay(self, key: str) -> None:
        self.run_worker(self._replay_kept(key), group="replay", exclusive=True)

    async def _replay_kept(self, key: str) -> None:
        try:
            self._show_volumes(await asyncio.to_thread(self.doors.open, key))
        except NotGood as error:
            self.say(str(error))

    def _show_volumes(self, volumes: Sequence[Volume] | None) -> None:
        from gamesock.tui.screens.collection import CollectionScreen
        from gamesock.tui.screens.study import StudyScreen

        if volumes and len(volumes) == 1 and (opened := volumes[0].open):
            self.app.push_screen(StudyScreen(opened(), self.app.looks))
        elif volumes:
            self.app.push_screen(CollectionScreen(volumes, "Replay", self.app.looks))

    # Everything else

    def remember(self, recent: Recent) -> None:
        """Remember what was chosen."""
        self.recent = recent
        save_recent(recent)

    def say(self, text: str) -> None:
        """Tell the player what went wrong."""
        self.notify(text, severity="error", markup=False, timeout=10)

    def action_account(self) -> None:
        """Sign in or out."""
        if self.sign_in is None:
            self.say(self.no_account)
        elif self.session is None:
            self.sign_in.begin()
        else:
            self.sign_in.end(self.session)

    def action_settings(self) -> None:
        """Change the settings."""
        from gamesock.tui.screens.settings import SettingsScreen

        self.app.push_screen(SettingsScreen())

    def action_help(self) -> None:
        """Every key."""
        moving = [Binding("up,down,j,k", "", "Choose"), Binding("enter", "", "Go there")]
        self.app.push_screen(Help(("Home", [*moving, *self.BINDINGS])))

    async def action_leave(self) -> None:
        """Leave gamesock."""
        await self.app.run_action("leave_app")
