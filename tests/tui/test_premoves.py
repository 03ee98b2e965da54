"""Moves made before one's turn: typed, by mouse, by cursor; in every game; sent in time or dropped with a word."""

from __future__ import annotations

import sys
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from opened import app_for, said, screen_of, square

from gamesock import protocol as p
from gamesock.tui.screens.dialogs import Choose


async def opened(server, guest, game, seats=("white", "black")):
    """A game that waits for the first seat, and who has the second."""
    url = f"{server}/ws/{game}/ahead"
    ben = await guest(url, seats[1], name="ben")
    return url, ben


@asynccontextmanager
async def ahead(server, guest, until, game, seats=("white", "black"), move="e4"):
    """The screen of the first seat, which has moved, and who has the second."""
    url, ben = await opened(server, guest, game, seats)
    async with app_for(url, seat=seats[0]).run_test(size=(80, 24)) as pilot:
        screen = screen_of(pilot)
        await until(lambda: screen.mirror.my_turn)
        await screen.client.move(move)
        await until(lambda: screen.can_plan)
        yield pilot, screen, ben


async def test_a_typed_premove_is_shown_and_sent_when_the_turn_comes(server, guest, until):
    url, ben = await opened(server, guest, "chess")
    async with app_for(url, seat="white").run_test(size=(80, 24)) as pilot:
        screen = screen_of(pilot)
        await until(lambda: screen.mirror.my_turn)
        await pilot.press(*"e4", "enter")
        await until(lambda: ben.mirror.my_turn)
        await until(lambda: not screen.mirror.my_turn)
        await pilot.press(*"Nf3", "enter")
        await until(lambda: screen.plan)
        assert "Premove Nf3" in said(screen.table.plan)
        assert screen.table.board.scene.planned == {5 * 8 + 5}
        assert screen.entry.value == ""
        await ben.move("e5")
        await until(lambda: ben.mirror.notations == ["e4", "e5", "Nf3"])
        assert screen.plan is None
        assert screen.table.board.scene.planned == frozenset()


async def test_a_premove_by_mouse(server, guest, until):
    url, ben = await opened(server, guest, "chess")
    async with app_for(url, seat="white").run_test(size=(80, 24)) as pilot:
        screen = screen_of(pilot)
        await until(lambda: screen.mirror.my_turn)
        await screen.client.move("e4")
        await until(lambda: not screen.view.active or screen.can_plan)
        await pilot.click("#board", offset=square("d2"))
        await pilot.click("#board", offset=square("d4"))
        await until(lambda: screen.plan)
        assert "d2-d4" in said(screen.table.plan)
        await ben.move("e5")
        await until(lambda: ben.mirror.notations == ["e4", "e5", "d4"])


async def test_a_premove_by_cursor_in_connect_4(server, guest, until):
    async with ahead(server, guest, until, "connect4", ("red", "yellow"), move="a") as (pilot, screen, ben):
        await pilot.press("escape", "right", "space")
        await until(lambda: screen.plan)
        assert "column e" in said(screen.table.plan)
        await ben.move("e")
        await until(lambda: ben.mirror.notations == ["a", "e", "e"])


async def test_a_premove_onto_a_free_cell(server, guest, until):
    async with ahead(server, guest, until, "tictactoe", ("X", "O"), move="1") as (pilot, screen, ben):
        await pilot.press("up", "space")
        await until(lambda: screen.plan)
        await ben.move("9")
        await until(lambda: ben.mirror.notations == ["1", "9", "5"])


async def test_a_premove_that_is_not_legal_any_more_is_dropped_with_a_word(server, guest, until):
    async with ahead(server, guest, until, "tictactoe", ("X", "O"), move="1") as (pilot, screen, ben):
        await pilot.press("up", "space")
        await until(lambda: screen.plan)
        await ben.move("5")
        await until(lambda: "dropped" in said(screen.table.error))
        assert screen.mirror.my_turn and screen.mirror.notations == ["1", "5"]


async def test_a_typed_premove_that_is_refused_is_dropped_with_the_reason(server, guest, until):
    async with ahead(server, guest, until, "chess") as (pilot, screen, ben):
        await pilot.press(*"Qd5", "enter")
        await until(lambda: screen.plan)
        await ben.move("e5")
        await until(lambda: "Premove Qd5 dropped" in said(screen.table.error))
        assert screen.mirror.notations == ["e4", "e5"]


@pytest.mark.parametrize("ended", [p.Resign(), None])
async def test_escape_and_the_end_of_the_game_cancel_a_premove(server, guest, until, ended):
    async with ahead(server, guest, until, "chess") as (pilot, screen, ben):
        await pilot.press(*"d4", "enter")
        await until(lambda: screen.plan)
        if ended:
            await ben.request(ended)
        else:
            await pilot.press("escape")
        await until(lambda: screen.plan is None)
        assert screen.table.board.scene.planned == frozenset()
        if not ended:
            await ben.move("e5")
            await until(lambda: screen.mirror.my_turn)
            assert screen.mirror.notations == ["e4", "e5"]


async def test_another_premove_takes_the_place_of_the_first(server, guest, until):
    async with ahead(server, guest, until, "chess") as (pilot, screen, ben):
        await pilot.press(*"d4", "enter", *"c4", "enter")
        await until(lambda: screen.plan and screen.plan.text == "c4")
        await ben.move("e5")
        await until(lambda: ben.mirror.notations == ["e4", "e5", "c4"])


async def test_a_pawn_that_arrives_by_premove_becomes_what_was_chosen(server, guest, until):
    url = f"{server}/ws/chess/queen?fen=7k/P7/8/8/8/8/7p/K7%20b%20-%20-%200%201"
    ben = await guest(url, "black", name="ben")
    async with app_for(url, seat="white").run_test(size=(80, 24)) as pilot:
        screen = screen_of(pilot)
        await until(lambda: screen.can_plan and screen.table.board.scene.picture)
        await pilot.click("#board", offset=square("a7"))
        await pilot.click("#board", offset=square("a8"))
        await until(lambda: isinstance(pilot.app.screen, Choose))
        await pilot.press("n")
        await until(lambda: screen.plan)
        assert "a7-a8=N" in said(screen.table.plan)
        await ben.move("Kg7")
        await until(lambda: ben.mirror.notations[-1:] == ["a8=N"])


async def test_a_typed_castling_premove_marks_where_the_king_goes(server, guest, until):
    url, _ = await opened(server, guest, "chess")
    async with app_for(url, seat="white").run_test(size=(80, 24)) as pilot:
        screen = screen_of(pilot)
        await until(lambda: screen.mirror.my_turn)
        await screen.client.move("e4")
        await until(lambda: screen.can_plan)
        # A letter that is no command begins a move from the board too.
        await pilot.press("escape", *"O-O", "enter")
        await until(lambda: screen.plan)
        assert screen.table.board.scene.planned == {7 * 8 + 4, 7 * 8 + 6}
