"""Records a game in the real client, on a real server: de Légal against Saint Brie, Paris, about 1750."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from film import Film, Frame, paced, take
from textual.pilot import Pilot

PICTURE = Path(__file__).resolve().parent.parent / "docs" / "pictures" / "game.svg"
SIZE = (80, 24)
BOARD = 48
"""Columns of the board on a screen of that size."""

MOVES = (
    ("e4", "e5"), ("Nf3", "d6"), ("Bc4", "Bg4"), ("Nc3", "g6"), ("Nxe5", "Bxd1"), ("Bxf7+", "Ke7"), ("Nd5#", None),
)  # fmt: skip
BY_CURSOR = {"Bc4": ("f1", "c4"), "Nxe5": ("f3", "e5")}
"""Moves made on the board, by arrows and Enter; the others are typed."""


class Recorder:
    """Keeps the screens of an app while it runs, each with the moment it appeared."""

    def __init__(self, pilot: Pilot[None]) -> None:
        self.pilot, self.frames = pilot, list[Frame]()
        self._task = asyncio.create_task(self._watch())

    async def _watch(self) -> None:
        while True:
            screen = take(self.pilot.app)
            if screen and (not self.frames or screen != self.frames[-1].screen):
                self.frames.append(Frame(time.monotonic(), screen))
            await asyncio.sleep(0.04)

    async def keys(self, *keys: str, pace: float = 0.11) -> None:
        """Press keys as a person does."""
        for key in keys:
            await self.pilot.press(key)
            await asyncio.sleep(pace)

    def stop(self) -> list[Frame]:
        """The frames."""
        self._task.cancel()
        return self.frames


async def until(condition: Callable[[], object]) -> None:
    """Wait for it."""
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110 - any condition, not one that tells of itself
            await asyncio.sleep(0.02)


async def record() -> list[Frame]:
    """Play the game, from the home screen to the offered rematch."""
    from gamesock import registry
    from gamesock.cli.local import place_for
    from gamesock.place import Place
    from gamesock.preferences import Preferences
    from gamesock.tui.app import GameApp
    from gamesock.tui.doors import Doors
    from gamesock.tui.looks import Looks
    from gamesock.tui.screens.home import HomeScreen

    async def nothing() -> list[object]:
        return []

    names = [registry.game(name) for name in registry.game_names()]
    with ExitStack() as stack:

        def local() -> Place:
            return stack.enter_context(place_for(None, "memory", "de Légal"))

        doors = Doors(
            games=[(game.name, game.title, game.start({}, 0).picture(None)) for game in names],
            local=local, kept=nothing, open=lambda name: [],
        )  # fmt: skip
        looks = Looks(pieces="sprite", color="full")
        app: GameApp[None] = GameApp(lambda looks: HomeScreen(doors), looks, Preferences(name="de Légal"))
        async with app.run_test(size=SIZE) as pilot:
            recorder = Recorder(pilot)
            await asyncio.sleep(1.0)
            await play(recorder, app, doors)
            return recorder.stop()


async def play(recorder: Recorder, app: object, doors: object) -> None:
    """The whole game."""
    from gamesock import protocol as p
    from gamesock.client import Client

    await recorder.keys("enter")
    await until(lambda: recorder.pilot.app.screen.query("#play"))
    await asyncio.sleep(0.9)
    await recorder.keys("enter")
    await until(lambda: app.tables and app.tables[0].screen.mirror.seats)
    screen = app.tables[0].screen
    await asyncio.sleep(1.1)
    (place,) = doors.places.values()
    friend = Client(f"{place.url}/ws/chess/{screen.mirror.thread_id}", name="Saint Brie")
    await friend.connect()
    await friend.join("black")
    await until(lambda: screen.mirror.my_turn and None not in screen.mirror.table.players.values())
    await asyncio.sleep(0.4)
    for move, answer in MOVES:
        await make(recorder, screen, move)
        await until(lambda move=move: screen.mirror.notations[-1:] == [move])
        if answer:
            await asyncio.sleep(0.55)
            await friend.move(answer)
            await until(lambda: screen.mirror.my_turn)
            await asyncio.sleep(0.2)
    await asyncio.sleep(0.7)
    await friend.request(p.Chat(text="My queen was not worth it!"))
    await asyncio.sleep(0.6)
    await friend.request(p.Rematch())
    await until(lambda: screen.mirror.offer("rematch"))
    await asyncio.sleep(0.5)
    await friend.close()


async def make(recorder: Recorder, screen: object, move: str) -> None:
    """A move, typed or on the board."""
    if move not in BY_CURSOR:
        keys = [{"#": "number_sign", "+": "plus"}.get(sign, sign) for sign in move.rstrip("+#")]
        await recorder.keys("slash", pace=0.02)
        await recorder.keys(*keys, "enter", pace=0.09)
        return
    board = screen.table.board
    board.focus()
    for square in BY_CURSOR[move]:
        target = "abcdefgh".index(square[0]) + 8 * (8 - int(square[1]))
        while board.scene.cursor != target:
            at = board.scene.cursor
            across, down = target % 8 - at % 8, target // 8 - at // 8
            await recorder.keys(
                "down" if down > 0 else "up" if down else "right" if across > 0 else "left", pace=0.07
            )
        await recorder.keys("enter", pace=0.2)


def main() -> None:
    """Record, and write the picture."""
    os.environ.pop("NO_COLOR", None)
    with tempfile.TemporaryDirectory() as home:
        # Nothing of the user's is read or changed.
        os.environ |= {"HOME": home, **{f"XDG_{name}_HOME": home for name in ("DATA", "CONFIG", "STATE", "CACHE")}}
        from gamesock.new_game import NewGame
        from gamesock.recent import Recent, save_recent

        save_recent(Recent().played(NewGame(game="chess", seat="white", opponent="human", clock="5+3")))
        frames = paced(asyncio.run(record()), longest=1.2, last=2.5)
    film = Film("gamesock", SIZE, cuts=(BOARD,))
    PICTURE.write_text(film.draw(frames, still=len(frames) - 2), encoding="utf-8")
    size = PICTURE.stat().st_size / 1000
    sys.stderr.write(f"docs/pictures/game.svg: {len(frames) - 1} screens, {frames[-1].at:.1f} s, {size:.0f} kB\n")


if __name__ == "__main__":
    main()
