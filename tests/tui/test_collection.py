"""The games of one file, listed while they are read."""

from __future__ import annotations

import threading
import time
from itertools import count

from gamesock.tui.app import GameApp
from gamesock.tui.looks import Looks
from gamesock.tui.recorded import AT_ONCE, Recorded, Shelf, Volume
from gamesock.tui.screens.collection import CollectionScreen

LOOKS = Looks("sprite", color="full")


def volume(number: int) -> Volume:
    return Volume(f"game {number}", "", lambda: Recorded(f"game {number}", []))


def heading(screen: CollectionScreen) -> str:
    return screen._count.render().plain


async def test_games_appear_as_they_are_read(until):
    gate = threading.Event()

    def reading():
        for number in range(AT_ONCE + 3):
            if number == AT_ONCE:
                gate.wait(30)
            yield volume(number + 1)

    app: GameApp[None] = GameApp(lambda looks: CollectionScreen(Shelf(reading()), "big.pgn", looks), LOOKS)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(lambda: isinstance(app.screen, CollectionScreen) and app.screen.is_mounted)
        screen = app.screen
        await until(lambda: f"{AT_ONCE} games  reading on…" in heading(screen))
        assert screen._list.option_count == AT_ONCE
        gate.set()
        await until(lambda: heading(screen) == f"big.pgn  {AT_ONCE + 3} games")
        await pilot.press("end")
        assert screen._list.highlighted == AT_ONCE + 2


async def test_what_is_wrong_further_on_is_said_and_the_rest_is_there(until):
    def reading():
        yield from map(volume, range(1, AT_ONCE + 2))
        raise ValueError("line 7: 'Zz9' is no move")

    app: GameApp[None] = GameApp(lambda looks: CollectionScreen(Shelf(reading()), "odd.pgn", looks), LOOKS)
    async with app.run_test(size=(80, 24)):
        await until(lambda: isinstance(app.screen, CollectionScreen) and "can't be read" in heading(app.screen))
        assert f"{AT_ONCE + 1} games  the rest can't be read: line 7" in heading(app.screen)


async def test_leaving_stops_the_reading(until):
    read: list[int] = []

    def reading():
        for number in count(1):
            read.append(number)
            time.sleep(0.001)
            yield volume(number)

    app: GameApp[None] = GameApp(lambda looks: CollectionScreen(Shelf(reading()), "endless.pgn", looks), LOOKS)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(lambda: len(read) > AT_ONCE)
        (reading_on,) = (worker for worker in app.workers if worker.group == "reading")
        await pilot.press("q")
        await until(lambda: reading_on.is_finished)


def test_a_short_file_is_read_at_once():
    shelf = Shelf(map(volume, (1, 2, 3)))
    assert len(shelf) == 3 and [each.title for each in shelf[1:]] == ["game 2", "game 3"]
    assert next(shelf.rest, None) is None
