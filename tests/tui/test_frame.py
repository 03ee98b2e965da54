from __future__ import annotations

import pytest
from textual.geometry import Size

from gamesock.registry import game
from gamesock.tui.arrangement import SMALLEST, arrange, needed
from gamesock.tui.frame import Shape, fit, frame


def shape_of(name: str) -> Shape:
    return Shape.of(game(name).start({}, 0).picture(None))


@pytest.mark.parametrize(
    ("terminal", "cell", "board"),
    [((40, 14), 1, (19, 9)), ((80, 23), 2, (34, 17)), ((80, 24), 3, (48, 24)), ((120, 40), 4, (64, 32))],
)
def test_chess_takes_the_size_the_design_names(terminal, cell, board):
    found = arrange(shape_of("chess"), Size(*terminal))
    assert found and found.beside
    assert (found.frame.size, (found.frame.width, found.frame.height)) == (cell, board)


@pytest.mark.parametrize("name", ["chess", "connect4", "tic_tac_toe"])
@pytest.mark.parametrize("size", [(40, 14), (45, 50), (60, 20), (80, 24), (132, 43), (500, 200)])
def test_the_board_and_a_panel_always_fit(name, size):
    found = arrange(shape_of(name), Size(*size))
    assert found
    if found.beside:
        assert found.frame.width + 20 <= size[0] and found.frame.height <= size[1]
    else:
        assert found.frame.width <= size[0] and found.frame.height + 6 <= size[1]


def test_below_the_smallest_terminal_there_is_no_board():
    assert arrange(shape_of("chess"), Size(39, 14)) is None
    assert arrange(shape_of("chess"), Size(40, 13)) is None
    assert needed(shape_of("chess")) == SMALLEST


def test_tic_tac_toe_has_large_cells():
    found = arrange(shape_of("tic_tac_toe"), Size(80, 24))
    assert found and found.frame.size == 7


@pytest.mark.parametrize("name", ["chess", "connect4", "tic_tac_toe"])
@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_every_character_of_a_cell_leads_back_to_it(name, size):
    board = frame(shape_of(name), size)
    for row in range(board.shape.rows):
        for column in range(board.shape.columns):
            region = board.region(row, column)
            corners = [(region.x, region.y), (region.right - 1, region.bottom - 1)]
            assert {board.at(x, y) for x, y in corners} == {(row, column)}
            assert region.x >= 0 and region.right <= board.width and region.bottom <= board.height


def test_margins_and_lines_are_no_cell():
    assert frame(shape_of("tic_tac_toe"), 3).at(6, 0) is None
    assert frame(shape_of("chess"), 2).at(0, 0) is None


def test_above_a_rack_a_click_means_the_column():
    board = frame(shape_of("connect4"), 3)
    assert board.at(1 + 6 * 2, 0) == (0, 2)


def test_what_fits_nowhere_is_none():
    assert fit(shape_of("chess"), 10, 10) is None
