"""The screens around the games, for pictures: home, lobby, new game, settings, and the questions they ask."""

from __future__ import annotations

import asyncio
import tempfile
import time
from pathlib import Path
from typing import Any

from textual.pilot import Pilot
from textual.screen import Screen
from waiting import still, until

from gamesock import recent, registry
from gamesock.client import Client
from gamesock.new_game import NewGame
from gamesock.place import Place
from gamesock.recent import Recent, save_recent
from gamesock.seatbook import LOCAL, Entry, SeatBook
from gamesock.server import App, GameSocketFactory
from gamesock.server.stores.memory import MemoryStore
from gamesock.server.threads import Threads
from gamesock.tui.app import GameApp
from gamesock.tui.doors import Doors
from gamesock.tui.home_rows import Kept
from gamesock.tui.looks import Looks
from gamesock.tui.screens import home_list, settings
from gamesock.tui.screens.home import HomeScreen
from gamesock.tui.screens.lobby import LobbyScreen
from gamesock.tui.screens.new_game import NewGameDialog

GAMES = (
    ("chess", "spring", "anna ben", "e4 e5 Nf3 Nc6 Bc4 Nf6 Ng5 d5"),
    ("connect4", "lunch", "cleo dan", "d d d e c b e e"),
    ("chess", "waiting", "emil", ""),
    ("tictactoe", "quick", "fay gus", "5 1 3"),
    ("chess", "sicilian", "hal ida", "e4 c5 Nf3"),
)
"""Route, thread, players, moves."""

FULL, BARE, PLAIN = Looks("sprite", color="full"), Looks("sprite", color="none"), Looks("ascii", color="16")


class Shown(GameApp[Any]):
    """Home or a lobby, on a server of its own."""

    def __init__(self, first: str, looks: Looks) -> None:
        super().__init__(self._make, looks)
        self._which = first
        self._clock = 1_700_000_000.0
        self._clients: list[Client] = []
        self._serving: asyncio.Task[None] | None = None
        self._folder = tempfile.TemporaryDirectory(prefix="gamesock")
        self._home = Path(self._folder.name)
        self.place = Place("ws://127.0.0.1:8765")

    async def on_mount(self) -> None:
        """Serve, and play what is to be seen; the screen is made after that."""
        # No picture shows, or changes, what one chose and who one is.
        recent.recent_path = lambda: self._home / "recent.json"
        settings.preferences_path = lambda: Path.home() / ".config/gamesock/settings.toml"
        settings.user_name = lambda: "anna"
        home_list.is_served = lambda url: False
        app = App(Threads(MemoryStore(), now=lambda: self._clock))
        GameSocketFactory.create_all_sockets(app)
        started: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._serving = asyncio.create_task(app.serve(port=0, started=lambda app: started.set_result(app.urls[0])))
        url = await started
        book = SeatBook(self._home / "seats")
        self.place = Place(url, "anna", name=LOCAL, book=book)
        if self._which == "lobby":
            for game in GAMES:
                await self._play(url, *game)
        self._remember(book)

    async def _play(self, url: str, route: str, thread: str, names: str, moves: str) -> None:
        self._clock += 60
        players = []
        for name in names.split():
            client = Client(f"{url}/ws/{route}/{thread}", name=name)
            await client.connect()
            await client.join()
            players.append(client)
        for ply, move in enumerate(moves.split()):
            await players[ply % 2].move(move, auto_response=False)
        self._clients += players

    def _remember(self, book: SeatBook) -> None:
        chess = NewGame(game="chess", seat="white", bot="alphabeta", level=3, clock="5+3")
        save_recent(
            Recent(servers=("ws://games.example.org:8765",))
            .played(NewGame(game="connect4", bot="alphabeta", level=2))
            .played(chess)
        )
        picture = registry.game("chess").start(
            {"fen": "r1bqkb1r/ppp2ppp/2n2n2/3pp1N1/2B1P3/8/PPPP1PPP/RNBQK2R w KQkq - 0 5"}, 0
        )
        board = picture.picture(None).model_copy(update={"moves": ()})
        ago = time.time() - 7300
        book.write(
            Entry(
                server=LOCAL, thread="b", game="connect4", tokens={}, used=ago, against="dan", ply=7, picture=None
            )
        )
        book.write(
            Entry(
                server=LOCAL,
                thread="a",
                game="chess",
                tokens={},
                used=ago,
                against="ben",
                ply=8,
                mine=True,
                picture=board,
            )
        )

    def _make(self, looks: Looks) -> Screen[None]:
        if self._which == "lobby":
            return LobbyScreen(self.place)
        games = [registry.game(name) for name in registry.game_names()]

        async def kept() -> list[Kept]:
            return [
                Kept("1", "Chess", "Morphy - Allies", "white won", "1858.11.02"),
                Kept("2", "Tic-tac-toe", "anna - perfect", "draw", "2026-01-02"),
            ]

        return HomeScreen(
            Doors(
                games=[(game.name, game.title, game.start({}, 0).picture(None)) for game in games],
                local=lambda: self.place,
                kept=kept,
                open=lambda name: [],
                player="anna",
                book=self.place.book,
            )
        )

    async def on_unmount(self) -> None:
        """Stop everything."""
        for client in self._clients:
            await client.close()
        if self._serving:
            self._serving.cancel()
            await asyncio.gather(self._serving, return_exceptions=True)
        self._folder.cleanup()


async def settle(pilot: Pilot[Any], *keys: str) -> None:
    """Wait until everything is there, and press the keys."""
    app = pilot.app
    assert isinstance(app, Shown)
    await until(lambda: isinstance(app.screen, HomeScreen | LobbyScreen))
    screen = app.screen
    if isinstance(screen, HomeScreen):
        await until(lambda: bool(screen.kept))
    elif isinstance(screen, LobbyScreen):
        await until(lambda: len(screen.listing) == len(GAMES) and screen.shown is not None)
    for key in keys:
        await pilot.press(key)
        await pilot.pause()
    await until(lambda: _settled(app))
    await still(pilot)


def _settled(app: Shown) -> bool:
    """Whether nothing is on its way."""
    screen = app.screen
    if isinstance(screen, NewGameDialog):
        return bool(screen._bots) and screen._value("opponent") != ""
    if isinstance(screen, LobbyScreen):
        return screen.shown is not None and screen.shown.thread.thread_id == screen.selected_id
    return True


SHELL: dict[str, tuple[tuple[str, Looks], tuple[int, int], tuple[str, ...]]] = {
    "home_80x24": (("home", FULL), (80, 24), ()),
    "home_120x40": (("home", FULL), (120, 40), ("down", "down", "down")),
    "home_40x14": (("home", FULL), (40, 14), ("down",)),
    "home_no_color": (("home", BARE), (80, 24), ("down", "down")),
    "home_ascii_16": (("home", PLAIN), (60, 20), ()),
    "lobby_80x24": (("lobby", FULL), (80, 24), ("down",)),
    "lobby_120x40": (("lobby", FULL), (120, 40), ("end",)),
    "lobby_40x14": (("lobby", FULL), (40, 14), ("down",)),
    "lobby_no_color": (("lobby", BARE), (80, 24), ("down", "down")),
    "lobby_tall": (("lobby", FULL), (60, 40), ("end",)),
    "lobby_seat": (("lobby", FULL), (80, 24), ("down", "down", "enter")),
    "new_game_80x24": (("home", FULL), (80, 24), ("n",)),
    "new_game_40x14": (("home", FULL), (40, 14), ("n",)),
    "new_game_no_color": (("home", BARE), (80, 24), ("n",)),
    "settings_80x24": (("home", FULL), (80, 24), ("s",)),
    "settings_120x40": (("home", FULL), (120, 40), ("s", "down")),
    "settings_40x14": (("home", FULL), (40, 14), ("s",)),
    "settings_tall": (("home", BARE), (60, 36), ("s", "down")),
    "new_game_help": (("home", FULL), (80, 24), ("n", "question_mark")),
    "palette_80x24": (("home", FULL), (80, 24), ("ctrl+p",)),
    "join_80x24": (("home", FULL), (80, 24), ("c", "x", "enter")),
}
"""By name: home or lobby and how it looks, the terminal's size, and keys to press."""
