"""Screens worth a picture, each from a real game on a real server whose clock stands still.

The snapshot tests compare them, ``scripts/screenshots`` draws them for the documentation.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from textual.pilot import Pilot
from waiting import still, until

from gamesock import protocol as p
from gamesock.client import Client
from gamesock.server import App, GameSocketFactory
from gamesock.server.stores.memory import MemoryStore
from gamesock.server.threads import Threads
from gamesock.tui.app import GameApp
from gamesock.tui.looks import Looks
from gamesock.tui.screens.game import GameScreen

ITALIAN = "e4 e5 Nf3 Nc6 Bc4 Nf6 Ng5 d5"
CHECK = "e4 e5 Qh5 Nc6 Qxf7+"
FOUR = "d d d e c b e e f c"
CROSSES = "5 1 3 7 4"


SPRITES = Looks(pieces="sprite", color="full")

PICKED = ("up", "right", "right", "up", "up", "up", "space", "up")
"""A piece in hand: the cursor, the piece and its targets are on the board."""


@dataclass(frozen=True)
class Scenery:
    """A position, and who looks at it."""

    route: str
    moves: str
    looks: Looks = SPRITES
    seat: int | None = 0
    """Which of the two players looks; None: a spectator."""
    query: str = "?clock=5%2B3"
    chat: str = ""
    after: Sequence[p.ClientMessage] = ()
    """What the other player asks for in the end."""


class Pictured(GameApp[None]):
    """A game screen on a server of its own."""

    def __init__(self, scenery: Scenery) -> None:
        super().__init__(self._screen, scenery.looks, tab=True)
        self.scenery = scenery
        self._time = 1_700_000_000.0
        self._clients: list[Client] = []
        self._serving: asyncio.Task[None] | None = None
        self._url = ""

    def _screen(self, looks: Looks) -> GameScreen:
        client = self._mine()

        def now() -> float:
            return client.mirror.clock.now - client.offset if client.mirror.clock else 0.0

        return GameScreen(client, looks, watch=self.scenery.seat is None, now=now)

    def _mine(self) -> Client:
        if self.scenery.seat is None:
            return Client(self._url, name="cleo")
        known = self._clients[self.scenery.seat]
        return Client(self._url, name=known.name, seat_tokens=known.seat_tokens)

    async def on_mount(self) -> None:
        """Serve, and play the game up to the picture; the screen is made after that."""
        app = App(Threads(MemoryStore(), now=lambda: self._time))
        GameSocketFactory.create_all_sockets(app)
        started: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._serving = asyncio.create_task(app.serve(port=0, started=lambda app: started.set_result(app.urls[0])))
        self._url = f"{await started}/ws/{self.scenery.route}/tiger-42{self.scenery.query}"
        await self._prepare()

    async def _prepare(self) -> None:
        for name in ("anna", "ben"):
            client = Client(self._url, name=name)
            await client.connect()
            await client.join()
            self._clients.append(client)
        for ply, move in enumerate(self.scenery.moves.split()):
            self._time += 4 + 7 * (ply % 3)
            await self._clients[ply % 2].move(move, auto_response=False)

    async def finish(self) -> None:
        """What the other player does while one looks."""
        other = self._clients[1 - (self.scenery.seat or 0)]
        if self.scenery.chat:
            await other.request(p.Chat(text=self.scenery.chat))
        for message in self.scenery.after:
            await other.request(message)

    async def on_unmount(self) -> None:
        """Stop everything."""
        for client in self._clients:
            await client.close()
        if self._serving:
            self._serving.cancel()
            await asyncio.gather(self._serving, return_exceptions=True)


async def settle(pilot: Pilot[str], *keys: str) -> None:
    """Wait until the screen shows the whole game, and press the keys."""
    app = pilot.app
    assert isinstance(app, Pictured)
    await until(lambda: isinstance(app.screen, GameScreen) and _shown(app.screen, app.scenery))
    await app.finish()
    screen = app.screen
    assert isinstance(screen, GameScreen)
    # Word of who is here comes a moment after the state.
    watching = 1 if app.scenery.seat is None else 0
    await until(lambda: screen.mirror.table is not None and screen.mirror.table.watching == watching)
    await until(lambda: bool(screen.mirror.chat) or not app.scenery.chat)
    await until(lambda: screen.table.banner.display or not app.scenery.after)
    await still(pilot)
    await pilot.press(*keys)
    await still(pilot)


def _shown(screen: GameScreen, scenery: Scenery) -> bool:
    seated = bool(screen.mirror.seats) or scenery.seat is None
    everyone = screen.mirror.table is not None and None not in screen.mirror.table.players.values()
    return seated and everyone and screen.mirror.ply == len(scenery.moves.split())


SCENES: dict[str, tuple[Scenery, tuple[int, int], tuple[str, ...]]] = {
    "chess_80x24": (Scenery("chess", ITALIAN), (80, 24), ()),
    "chess_80x23": (Scenery("chess", ITALIAN), (80, 23), ()),
    "chess_120x40": (Scenery("chess", ITALIAN, chat="good luck, have fun!"), (120, 40), ()),
    "chess_60x20": (Scenery("chess", ITALIAN, after=(p.OfferDraw(),)), (60, 20), ()),
    "chess_ascii_40x14": (Scenery("chess", ITALIAN, Looks("ascii", color="none")), (40, 14), ()),
    "chess_no_color": (Scenery("chess", ITALIAN, Looks("sprite", color="none")), (80, 24), ()),
    "chess_16_colors": (Scenery("chess", CHECK, Looks("sprite", color="16"), seat=1), (80, 24), ()),
    "chess_targets": (Scenery("chess", ITALIAN), (80, 24), ("up", "up", "space", "up")),
    "connect4_80x24": (Scenery("connect4", FOUR), (80, 24), ()),
    "tic_tac_toe_80x24": (Scenery("tictactoe", CROSSES, query="", seat=1), (80, 24), ()),
    "watching_stacked": (Scenery("chess", ITALIAN, seat=None), (44, 40), ()),
    "too_small": (Scenery("chess", ITALIAN), (30, 10), ()),
    "looks_light": (Scenery("chess", ITALIAN, Looks("sprite", "light", "full")), (80, 24), PICKED),
    "looks_high_contrast": (
        Scenery("chess", CHECK, Looks("sprite", "high-contrast", "full"), seat=1), (80, 24), (),
    ),
    "looks_colorblind": (Scenery("chess", ITALIAN, Looks("sprite", "colorblind", "full")), (80, 24), PICKED),
    "looks_outline": (Scenery("chess", ITALIAN, Looks("outline", "wood", "full")), (120, 40), ()),
    "looks_letters": (Scenery("chess", ITALIAN, Looks("letters", "forest", "full")), (80, 24), PICKED),
    "looks_letters_no_color": (Scenery("chess", ITALIAN, Looks("letters", color="none")), (80, 24), PICKED),
    "looks_glyph_no_color": (Scenery("chess", ITALIAN, Looks("glyph", color="none")), (60, 20), PICKED),
    "looks_small_no_color": (Scenery("chess", ITALIAN, Looks("sprite", color="none")), (60, 20), PICKED),
    "looks_connect4_light": (Scenery("connect4", FOUR, Looks("sprite", "light", "full")), (80, 24), ()),
    "looks_connect4_colorblind": (Scenery("connect4", FOUR, Looks("sprite", "colorblind", "full")), (80, 24), ()),
    "looks_tic_tac_toe_light": (
        Scenery("tictactoe", CROSSES, Looks("sprite", "light", "full"), query="", seat=1), (80, 24), (),
    ),
}  # fmt: skip
"""By name: the scenery, the terminal's size, and keys to press."""
