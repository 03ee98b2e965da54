"""The board repaints only what changed, and little of it travels to the terminal."""

from __future__ import annotations

import time

import pytest
from textual.app import App, ComposeResult

from gamesock.game import BoardPicture
from gamesock.registry import game
from gamesock.tui.frame import Shape, frame
from gamesock.tui.looks import Looks
from gamesock.tui.scene import Scene
from gamesock.tui.widgets.board import Board


class BoardApp(App[None]):
    """A board alone."""

    def __init__(self, picture: BoardPicture, mover: str, size: int) -> None:
        super().__init__()
        self.board = Board(Looks("sprite", color="full"))
        self.scene, self.cell = Scene(picture, mover, active=True, walkable=True), size
        self.chosen: list[str] = []

    def compose(self) -> ComposeResult:
        yield self.board

    def on_mount(self) -> None:
        self.board.show(self.scene)
        self.board.set_frame(frame(Shape.of(self.scene.picture), self.cell))
        self.board.focus()

    def on_board_move_chosen(self, event: Board.MoveChosen) -> None:
        self.chosen.append(event.move.move)


def app_for(name: str, size: int = 3) -> BoardApp:
    rules = game(name)
    return BoardApp(rules.start({}, 0).picture(None), rules.seats[0], size)


@pytest.mark.parametrize("size", [1, 2, 3, 5])
async def test_every_line_is_as_wide_as_the_frame(size):
    for name in ("chess", "connect4", "tic_tac_toe"):
        app = app_for(name, size)
        async with app.run_test(size=(100, 50)):
            assert app.board.frame
            for y in range(app.board.frame.height):
                strip = app.board.render_line(y)
                assert sum(segment.cell_length for segment in strip) == app.board.frame.width, (name, y)


async def test_a_step_of_the_cursor_repaints_two_squares(monkeypatch):
    app = app_for("chess")
    async with app.run_test(size=(80, 24)) as pilot:
        refreshed = []
        monkeypatch.setattr(app.board, "refresh", lambda *regions, **_: refreshed.extend(regions))
        await pilot.press("right")
        assert len(refreshed) == 2
        assert all(region.size == (6, 3) for region in refreshed)


async def test_showing_the_same_picture_again_repaints_nothing(monkeypatch):
    app = app_for("chess")
    async with app.run_test(size=(80, 24)):
        refreshed = []
        monkeypatch.setattr(app.board, "refresh", lambda *regions, **_: refreshed.append(regions))
        app.board.show(app.scene)
        assert refreshed == []


async def test_a_step_of_the_cursor_is_cheap():
    app = app_for("chess")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("right", "left")
        began = time.process_time()
        for _ in range(50):
            app.board.action_step(0, 1)
            app.board.action_step(0, -1)
            for y in range(3 * 6, 3 * 7):
                app.board.render_line(y)
        assert (time.process_time() - began) / 100 < 0.005


async def test_escape_puts_the_piece_back_and_keys_play():
    app = app_for("chess")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("space")
        assert app.board.scene.held == 52
        assert app.board.let_go() and not app.board.let_go()
        await pilot.press("space", "k", "k", "enter")
        await pilot.pause()
        assert app.chosen == ["e2e4"]


async def test_a_click_anywhere_in_the_column_drops():
    app = app_for("connect4")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.click(Board, offset=(1 + 6 * 2 + 3, 8))
        await pilot.click(Board, offset=(1 + 6 * 5 + 3, 0))
        await pilot.pause()
        assert app.chosen == ["c", "f"]
