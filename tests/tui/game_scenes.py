"""The states of a game screen worth a picture, beyond those of ``pictures``."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from pictures import CROSSES, FOUR, ITALIAN, SPRITES, Pictured, Scenery
from textual.pilot import Pilot
from waiting import still, until

from gamesock import protocol as p
from gamesock.bot import Thought
from gamesock.client import Client
from gamesock.preferences import Preferences
from gamesock.tui.looks import Looks
from gamesock.tui.screens.game import GameScreen

ASCII = Looks("ascii", color="none")
COLORLESS = Looks("sprite", color="none")

QUIET = Preferences(animations=False)
OPEN = Preferences(animations=False, show_thoughts=True)
CAREFUL = Preferences(animations=False, confirm_moves=True)

ARRIVING = "?fen=1n5k/P7/8/8/8/8/7K/8%20b%20-%20-%200%201"
PROMOTING = "?fen=1n5k/P7/8/8/8/8/7K/8%20w%20-%20-%200%201"


@dataclass(frozen=True)
class GameScene:
    """A game, what happens while one looks, and the keys one presses."""

    moves: str = ITALIAN
    keys: Sequence[str] = ()
    size: tuple[int, int] = (80, 24)
    looks: Looks = SPRITES
    route: str = "chess"
    query: str = "?clock=5%2B3"
    seat: int | None = 0
    guests: int = 2
    preferences: Preferences = QUIET
    happens: Callable[[Staged], Awaitable[object]] | None = None
    settled: Callable[[GameScreen], object] = field(default=lambda screen: True)
    """Whether what happened is on the screen."""


class Staged(Pictured):
    """A game screen of a scene, on a server of its own."""

    def __init__(self, scene: GameScene) -> None:
        scenery = Scenery(scene.route, scene.moves, scene.looks, scene.seat, scene.query)
        super().__init__(scenery)
        self.preferences = scene.preferences
        self.scene = scene
        self.others: list[Client] = []

    def _screen(self, looks: Looks) -> GameScreen:
        screen = super()._screen(looks)
        screen.address = "192.168.1.5:8765"
        return screen

    async def _prepare(self) -> None:
        if self.scene.guests == 2:
            await super()._prepare()
            return
        client = Client(self._url, name="anna")
        await client.connect()
        await client.join()
        self._clients.append(client)

    async def finish(self) -> None:
        """What happens while one looks."""
        if self.scene.happens:
            await self.scene.happens(self)

    @property
    def table_screen(self) -> GameScreen:
        """The game's screen, also under a dialog."""
        return next(screen for screen in self.screen_stack if isinstance(screen, GameScreen))

    def other(self) -> Client:
        """The player whose screen this isn't."""
        return self._clients[1 - (self.scene.seat or 0)]

    async def comes(self, name: str) -> Client:
        """Someone comes to watch."""
        client = Client(self._url, name=name)
        await client.connect()
        await client.join(seat=p.SPECTATOR)
        self._clients.append(client)
        return client


async def stage(pilot: Pilot[Any]) -> None:
    """Wait until the scene is on the screen, and press its keys."""
    app = pilot.app
    assert isinstance(app, Staged)
    scene = app.scene
    await until(lambda: any(isinstance(screen, GameScreen) for screen in app.screen_stack))
    screen = app.table_screen
    ply = len(scene.moves.split()) if scene.guests == 2 else 0
    await until(lambda: screen.mirror.ply == ply and (screen.seated or screen.watching))
    await app.finish()
    watching = (scene.seat is None) + sum(not client.mirror.seats for client in app._clients)
    await until(lambda: screen.mirror.table is not None and screen.mirror.table.watching == watching)
    await until(lambda: bool(scene.settled(screen)))
    await still(pilot)
    screen.paint()  # what is in sight now counts as read
    await still(pilot)
    await pilot.press(*scene.keys)
    await still(pilot)


# What happens


async def draw_offered(app: Staged) -> None:
    await app.other().request(p.OfferDraw())


async def much_said(app: Staged) -> None:
    for text in (
        "good luck, have fun!",
        "the Fried Liver? brave",
        "I know this line, it is sharper than it looks",
    ):
        await app.other().request(p.Chat(text=text))


async def resigned(app: Staged) -> None:
    await app.other().request(p.Resign())


async def watched(app: Staged) -> None:
    for name in ("cleo", "dan", "eva"):
        await app.comes(name)


async def thought(app: Staged) -> None:
    screen = app.table_screen
    opinion = Thought(seat="white", score=0.8, depth=12, line=("exd5", "Na5", "Bb5+", "c6"))
    screen.mirror.apply(p.Thinking(bot="alphabeta", ply=screen.mirror.ply, thought=opinion))


async def hinted(app: Staged) -> None:
    screen = app.table_screen
    opinion = Thought(seat="white", score=0.8, depth=12, line=("exd5", "Na5", "Bb5+", "c6"))
    screen._advice = p.Thinking(bot="alphabeta", ply=screen.mirror.ply, thought=opinion, done=True)


async def hinted_column(app: Staged) -> None:
    screen = app.table_screen
    opinion = Thought(seat="red", score=1.5, depth=9, line=("d", "c"))
    screen._advice = p.Thinking(bot="alphabeta", ply=screen.mirror.ply, thought=opinion, done=True)


async def all_at_once(app: Staged) -> None:
    await watched(app)
    await much_said(app)
    await thought(app)


async def gone(app: Staged) -> None:
    await app.other().close()


def said(screen: GameScreen) -> bool:
    return bool(screen.mirror.chat)


def away(screen: GameScreen) -> bool:
    return any(player and not player.here for player in screen.mirror.table.players.values())


AHEAD = ITALIAN + " exd5"
"""Black is to move, and white looks."""

SCENES: dict[str, GameScene] = {
    "premove": GameScene(AHEAD, ("slash", *"O-O", "enter")),
    "premove_by_cursor": GameScene(AHEAD, ("up", "left", "space", "up", "up", "space")),
    "premove_ascii_40x14": GameScene(AHEAD, ("slash", *"d2d4", "enter"), (40, 14), ASCII),
    "premove_no_color": GameScene(AHEAD, ("slash", *"d2d4", "enter"), looks=COLORLESS),
    "premove_connect4": GameScene(FOUR[:-2], ("slash", "e", "enter"), route="connect4"),
    "premove_tic_tac_toe": GameScene(CROSSES, ("slash", "6", "enter"), route="tictactoe", query=""),
    "confirm": GameScene(keys=("slash", *"exd5", "enter"), preferences=CAREFUL),
    "confirm_ascii_40x14": GameScene(
        keys=("slash", *"exd5", "enter"), size=(40, 14), looks=ASCII, preferences=CAREFUL
    ),
    "promotion": GameScene("", ("up", *["up"] * 5, *["left"] * 4, "space", "up", "space"), query=PROMOTING),
    "promotion_ascii_40x14": GameScene(
        "", ("up", *["up"] * 5, *["left"] * 4, "space", "up", "space"), (40, 14), ASCII, query=PROMOTING
    ),
    "waiting": GameScene("", guests=1),
    "waiting_40x14": GameScene("", guests=1, size=(40, 14), looks=ASCII),
    "draw_offer_40x14": GameScene(size=(40, 14), looks=ASCII, happens=draw_offered),
    "draw_offer": GameScene(happens=draw_offered, settled=lambda screen: screen.mirror.offer("draw")),
    "away": GameScene(happens=gone, settled=away),
    "board_keys": GameScene(keys=("escape",)),
    "reviewing": GameScene(keys=("comma", "comma", "comma")),
    "result": GameScene(happens=resigned, settled=lambda screen: screen.mirror.outcome),
    "result_reviewing": GameScene(
        keys=("comma", "comma"), happens=resigned, settled=lambda screen: screen.mirror.outcome
    ),
    "chat": GameScene(keys=("escape", "c", *"thanks"), happens=much_said, settled=said),
    "chat_40x14": GameScene(keys=("escape", "c"), size=(40, 14), looks=ASCII, happens=much_said, settled=said),
    "people": GameScene(keys=("escape", "v"), happens=watched),
    "copy_menu": GameScene(keys=("escape", "y")),
    "save_dialog": GameScene(keys=("escape", "e")),
    "help_80x24": GameScene(keys=("question_mark",)),
    "help_40x14": GameScene(keys=("question_mark",), size=(40, 14), looks=ASCII),
    "help_search": GameScene(keys=("question_mark", *"draw")),
    "help_over": GameScene(
        keys=("question_mark",), happens=resigned, settled=lambda screen: screen.mirror.outcome, size=(80, 40)
    ),
    "opinion_80x24": GameScene(happens=thought, preferences=OPEN),
    "hint_80x24": GameScene(keys=("escape",), happens=hinted),
    "hint_connect4": GameScene(FOUR, happens=hinted_column, route="connect4"),
    "hint_ascii_40x14": GameScene(happens=hinted, size=(40, 14), looks=ASCII),
    "premove_promotion": GameScene("", ("up", *["up"] * 5, *["left"] * 4, "space", "up", "space"), query=ARRIVING),
    "full_100x30": GameScene(size=(100, 30), preferences=OPEN, happens=all_at_once, settled=said),
    "full_120x40": GameScene(size=(120, 40), preferences=OPEN, happens=all_at_once, settled=said),
    "full_160x50": GameScene(size=(160, 50), preferences=OPEN, happens=all_at_once, settled=said),
    "full_200x60": GameScene(size=(200, 60), preferences=OPEN, happens=all_at_once, settled=said),
    "full_16_colors": GameScene(
        size=(120, 40), looks=Looks("sprite", color="16"), preferences=OPEN, happens=all_at_once, settled=said
    ),
    "full_no_color": GameScene(
        size=(120, 40), looks=COLORLESS, preferences=OPEN, happens=all_at_once, settled=said
    ),
    "connect4_120x40": GameScene(FOUR, size=(120, 40), route="connect4", happens=watched),
    "tic_tac_toe_40x14": GameScene(CROSSES, size=(40, 14), route="tictactoe", query="", looks=ASCII),
    "tic_tac_toe_120x40": GameScene(CROSSES, size=(120, 40), route="tictactoe", query=""),
    "watching_80x24": GameScene(seat=None),
    "too_small": GameScene(size=(38, 12)),
}
"""By name."""
