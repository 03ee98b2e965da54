"""Connect 4 against an oracle that looks at the board in plain two dimensions."""

import random
from typing import Any

import pytest

from gamesock.game import IllegalMove
from gamesock.games.connect4 import COLUMNS, Connect4, ConnectFourPosition
from gamesock.testing import perft

GAME = Connect4()
DIRECTIONS = ((0, 1), (1, 0), (1, 1), (1, -1))


class Oracle:
    """Rows of text, row 0 at the top; a game as a child would check it."""

    def __init__(self) -> None:
        self.rows = [[""] * 7 for _ in range(6)]

    def free(self) -> list[int]:
        return [column for column in range(7) if not self.rows[0][column]]

    def drop(self, column: int, color: str) -> tuple[int, int]:
        row = max(row for row in range(6) if not self.rows[row][column])
        self.rows[row][column] = color
        return row, column

    def wins(self, row: int, column: int) -> bool:
        color = self.rows[row][column]
        for down, right in DIRECTIONS:
            count = 1
            for sign in (1, -1):
                r, c = row + sign * down, column + sign * right
                while 0 <= r < 6 and 0 <= c < 7 and self.rows[r][c] == color:
                    count, r, c = count + 1, r + sign * down, c + sign * right
            if count >= 4:
                return True
        return False


def played(moves: str) -> ConnectFourPosition:
    return GAME.load({"moves": list(moves)})


def test_ten_thousand_random_games_agree_with_the_oracle() -> None:
    dice = random.Random(4)
    ends = {"red": 0, "yellow": 0, "draw": 0}
    for _ in range(10_000):
        position, oracle, color = GAME.start({}, 0), Oracle(), "red"
        while True:
            free = oracle.free()
            assert position.legal_moves() == [COLUMNS[column] for column in free]
            assert position.to_move == {color}
            column = dice.choice(free)
            position.play(COLUMNS[column], color)
            won = oracle.wins(*oracle.drop(column, color))
            if won or not oracle.free():
                break
            assert position.outcome() is None
            color = "yellow" if color == "red" else "red"
        outcome = position.outcome()
        assert outcome is not None and outcome.winner == (color if won else None)
        assert position.view(None).board == [[cell or None for cell in row] for row in oracle.rows]
        ends[color if won else "draw"] += 1
    assert all(ends.values())


def test_perft() -> None:
    position = GAME.start({}, 0)
    assert [perft(position, depth) for depth in range(1, 8)] == [7, 49, 343, 2401, 16807, 117649, 823536]


@pytest.mark.parametrize("raw", ["d", "D", " d ", 3, "4", " 4 ", {"column": 3}, {"column": "3"}, {"column": "d"}])
def test_columns_as_they_arrive(raw: object) -> None:
    assert GAME.parse(GAME.start({}, 0), raw) == "d"


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("h", "there is no column 'h': they are a to g"),
        ("8", "there is no column '8'"),
        ("0", "there is no column '0': they are a to g"),
        (7, "name a column: they are a to g"),
        (-1, "name a column"),
        ("", "name a column"),
        (None, "name a column"),
        (True, "name a column"),
        ({}, "name a column"),
        ({"row": 3}, "name a column"),
        ("33", "there is no column '33'"),
    ],
)
def test_what_is_no_column(raw: object, reason: str) -> None:
    with pytest.raises(IllegalMove, match=reason):
        GAME.parse(GAME.start({}, 0), raw)


def test_a_full_column_is_refused_by_name() -> None:
    position = played("dddddd")
    for refuse in (lambda: GAME.parse(position, "d"), lambda: position.play("d")):
        with pytest.raises(IllegalMove, match="column d is full"):
            refuse()
    assert "d" not in position.legal_moves()
    assert len(position.moves) == 6


def test_turns_are_kept() -> None:
    position = played("d")
    with pytest.raises(IllegalMove, match="it isn't red's turn"):
        position.play("d", "red")
    with pytest.raises(IllegalMove, match="it isn't red's turn"):
        GAME.parse(position, "d", "red")
    assert position.legal_moves("red") == []
    position.play("d", "yellow")


@pytest.mark.parametrize("moves", ["abababa", "aabbccd", "abbccdcddgd", "gffeededdad"])
def test_red_wins_in_every_direction(moves: str) -> None:
    position = played(moves)
    outcome = position.outcome()
    assert outcome is not None and (outcome.winner, outcome.reason) == ("red", "four_in_a_row")
    assert position.to_move == frozenset() and position.legal_moves() == []
    marks = position.picture(None).marks
    winning = [mark.cell for mark in marks if mark.kind == "win"]
    assert len(winning) == 4 and marks[0].kind == "last" and marks[0].cell in winning
    with pytest.raises(IllegalMove, match="the game is over"):
        position.play("g")


def test_lines_do_not_wrap_into_the_next_column() -> None:
    assert played("bagagaafafa").outcome() is None  # red has the top three of a, and the bottom of b


def test_a_full_board_is_a_draw() -> None:
    dice = random.Random(0)
    position = GAME.start({}, 0)
    while (outcome := position.outcome()) is None or outcome.winner:
        if outcome:
            position = GAME.start({}, 0)
        position.play(dice.choice(position.legal_moves()))
    assert (outcome.winner, outcome.reason, len(position.moves)) == (None, "board_full", 42)
    assert position.view(None).game_status == "draw"
    assert all(position.picture(None).cells)


def test_the_state_has_the_fields_clients_read() -> None:
    position = played("ddab")
    state: dict[str, Any] = position.view("red").model_dump()
    assert state["board"][5] == ["red", "yellow", None, "red", None, None, None]
    assert state["board"][4] == [None, None, None, "yellow", None, None, None]
    assert state["turn"] == "red"
    assert state["game_status"] == "ongoing"
    assert state["move_history"] == [{"column": 3}, {"column": 3}, {"column": 0}, {"column": 1}]
    assert state["winner"] is None and state["error_message"] is None
    won = played("abababa").view(None)
    assert (won.game_status, won.winner, won.legal_moves) == ("red_win", "red", [])
    assert GAME.wire("d") == {"column": 3}


def test_the_picture_drops_discs_where_they_land() -> None:
    picture = played("dd").picture(None)
    assert (picture.rows, picture.columns, picture.surface, picture.pick) == (6, 7, "rack", "column")
    assert picture.cells[38] == "R" and picture.cells[31] == "Y"
    assert {move.label: move.target for move in picture.moves}["d"] == 24
    assert [mark.cell for mark in picture.marks] == [31]
    assert picture.text().splitlines()[-1] == "a b c d e f g"


def test_a_dump_is_checked_move_by_move() -> None:
    for dump in ({}, {"moves": "dd"}, {"moves": [3]}, {"moves": ["z"]}, {"moves": ["d"] * 7}):
        with pytest.raises(ValueError):
            GAME.load(dump)
    twin = (position := played("dd")).copy()
    twin.play("d")
    assert position.moves == ["d", "d"] and position.discs != twin.discs
