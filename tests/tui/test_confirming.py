"""Moves that wait for a yes, for players who want it so; and the picker of pieces."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from opened import CAREFUL, app_for, opened, said, screen_of, square

from gamesock.tui.screens.dialogs import Choose

PROMOTING = "?fen=8/P6k/8/8/8/8/7K/8%20w%20-%20-%200%201"


async def test_a_typed_move_is_shown_and_played_by_enter(server, until):
    async with opened(f"{server}/ws/chess/careful", seat="white", preferences=CAREFUL) as (pilot, screen):
        await until(lambda: screen.mirror.my_turn)
        await pilot.press(*"e4", "enter")
        await until(lambda: "Play e4?" in said(screen.table.plan))
        board = screen.table.board.scene
        assert board.picture.cells[4 * 8 + 4] == "wP", "it is on the board already"
        assert board.planned == {4 * 8 + 4, 6 * 8 + 4}
        assert screen.mirror.notations == []
        await pilot.press("enter")
        await until(lambda: screen.mirror.notations == ["e4"])
        assert screen.plan is None


async def test_escape_lets_go_of_a_move(server, until):
    async with opened(f"{server}/ws/chess/letgo", seat="white", preferences=CAREFUL) as (pilot, screen):
        await until(lambda: screen.mirror.my_turn)
        await pilot.press(*"e4", "enter")
        await until(lambda: screen.plan)
        await pilot.press("escape")
        assert screen.plan is None
        await pilot.press(*"d4", "enter", "enter")
        await until(lambda: screen.mirror.notations == ["d4"])


async def test_a_second_click_plays_and_a_click_elsewhere_lets_go(server, until):
    async with opened(f"{server}/ws/chess/clicks", seat="white", preferences=CAREFUL) as (pilot, screen):
        await until(lambda: screen.mirror.my_turn)
        for last in ("a8", "e4"):
            await pilot.click("#board", offset=square("e2"))
            await pilot.click("#board", offset=square("e4"))
            await until(lambda: screen.plan)
            assert screen.mirror.notations == []
            await pilot.click("#board", offset=square(last))
            await until(lambda: screen.plan is None)
        await until(lambda: screen.mirror.notations == ["e4"])


async def test_a_piece_is_picked_by_mouse_and_by_arrows(server, until):
    for how, notation in (("click", "a8=N"), ("arrows", "a8=R")):
        app = app_for(f"{server}/ws/chess/pick-{how}{PROMOTING}", seat="white")
        async with app.run_test(size=(80, 24)) as pilot:
            screen = screen_of(pilot)
            await until(lambda screen=screen: screen.mirror.my_turn)
            await pilot.click("#board", offset=square("a7"))
            await pilot.click("#board", offset=square("a8"))
            await until(lambda pilot=pilot: isinstance(pilot.app.screen, Choose))
            if how == "click":
                await pilot.click("_Choices", offset=(3 * 6 + 2, 1))
            else:
                await pilot.press("right", "enter")
            await until(lambda screen=screen, notation=notation: screen.mirror.notations == [notation])
