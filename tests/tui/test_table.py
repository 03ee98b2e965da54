"""How board and panel are arranged, from the smallest terminal to very wide ones."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from textual.geometry import Size

sys.path.insert(0, str(Path(__file__).parent))
from opened import LOOKS, app_for, screen_of

from gamesock.client import Client
from gamesock.tui.arrangement import arrange
from gamesock.tui.frame import Shape
from gamesock.tui.screens.game import GameScreen

CHESS = Shape(8, 8, "checkered", True, False)
WIDE = Shape(3, 9, "grid", True, False)


@pytest.mark.parametrize(
    ("size", "cells", "split"),
    [((40, 14), 1, False), ((80, 24), 3, False), ((120, 40), 4, True), ((160, 50), 6, True), ((200, 60), 7, True)],
)
def test_larger_terminals_have_larger_boards_and_a_second_column(size, cells, split):
    found = arrange(CHESS, Size(*size))
    assert (found.frame.size, found.split, found.beside) == (cells, split, True)
    assert found.frame.width + found.panel.width == size[0]


def test_nothing_fits_into_less_than_40_by_14():
    assert arrange(CHESS, Size(39, 14)) is None and arrange(CHESS, Size(40, 13)) is None


def test_a_wide_board_leaves_room_for_the_hints_below_it():
    found = arrange(WIDE, Size(80, 24))
    assert not found.beside and found.panel.height >= 12


def test_everything_has_a_place_in_terminals_of_every_size():
    for shape in (CHESS, WIDE, Shape(6, 7, "rack", True, True), Shape(3, 3, "grid", False, False)):
        for width in range(40, 260, 7):
            for height in range(14, 90, 5):
                found = arrange(shape, Size(width, height))
                assert found and found.frame.width <= width and found.frame.height <= height
                assert found.panel.width >= 20 and found.panel.height >= 6


async def test_the_hint_line_is_there_below_a_wide_board(server, until):
    async with app_for(f"{server}/ws/connect4/wide", seat="red").run_test(size=(60, 44)) as pilot:
        screen = screen_of(pilot)
        await until(lambda: screen.mirror.my_turn)
        await until(lambda: screen.table.has_class("-stacked"))
        await until(lambda: screen.table.hints.region.height > 0)
        assert screen.table.hints.region.bottom <= 44


async def test_open_games_are_in_the_first_line_and_can_be_clicked(server, guest, until):
    app = app_for(f"{server}/ws/chess/one", seat="white")
    async with app.run_test(size=(80, 24)) as pilot:
        first = screen_of(pilot)
        await until(lambda: first.mirror.my_turn)
        assert not first.table.tabs.display
        second = GameScreen(Client(f"{server}/ws/tictactoe/two", name="anna"), LOOKS, seat="X")
        app.open_table(second)
        await until(lambda: app.screen is second and second.mirror.my_turn)
        await until(lambda: second.table.tabs.region.height == 1)
        assert second.table.tabs.content(30).plain == "1 Chess • [2 Tic-tac-toe, two]"
        await pilot.press("escape", "left_square_bracket")
        await until(lambda: app.screen is first)
        await until(lambda: first.table.tabs.region.height == 1)
        assert first.table.tabs.content(60).plain == "[1 Chess, one] 2 Tic-tac-toe, two •"
        await pilot.click("#tabs", offset=(22, 0))
        await until(lambda: app.screen is second)


async def test_what_is_in_hand_decides_what_the_keys_are(server, until):
    async with app_for(f"{server}/ws/chess/hand", seat="white").run_test(size=(80, 24)) as pilot:
        screen = screen_of(pilot)
        await until(lambda: screen.mirror.my_turn)
        assert ("Enter", "plays") in screen.table.hints._hints
        await pilot.press("up")
        await until(lambda: ("Enter", "picks") in screen.table.hints._hints)
        await pilot.press("space")
        await until(lambda: ("Enter", "drops") in screen.table.hints._hints)
        await pilot.press("escape")
        await until(lambda: ("Enter", "picks") in screen.table.hints._hints)
        assert ("x", "abort") in screen.table.hints._hints
