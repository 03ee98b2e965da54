"""Tic-tac-toe, to the last of its games."""

from typing import Any

import pytest

from gamesock.game import IllegalMove
from gamesock.games.tic_tac_toe import MOVES, TicTacToe, TicTacToePosition

GAME = TicTacToe()


def played(digits: str) -> TicTacToePosition:
    position = GAME.start({}, 0)
    for digit in digits:
        position.play(GAME.parse(position, digit))
    return position


def test_every_game_there_is() -> None:
    ways: dict[tuple[str, ...], dict[str, int]] = {}

    def count(position: TicTacToePosition) -> dict[str, int]:
        """The games from here on, by how they end; each position is looked at once."""
        key = tuple(position.cells)
        if key not in ways:
            total: dict[str, int] = {}
            if outcome := position.outcome():
                total[outcome.winner or "draw"] = 1
            for move in position.legal_moves():
                after = position.copy()
                after.play(move)
                for end, number in count(after).items():
                    total[end] = total.get(end, 0) + number
            ways[key] = total
        return ways[key]

    ends = count(GAME.start({}, 0))
    assert ends == {"X": 131_184, "O": 77_904, "draw": 46_080}
    assert sum(ends.values()) == 255_168
    assert len(ways) == 5_478


@pytest.mark.parametrize(
    "raw",
    ["3", 3, "0,2", "0 2", " 0, 2 ", [0, 2], {"row": 0, "col": 2}, {"row": 0, "col": 2, "player": "X"}],
)
def test_cells_as_they_arrive(raw: object) -> None:
    assert GAME.parse(GAME.start({}, 0), raw) == "0,2"


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "0",
        "10",
        "3,0",
        "a1",
        None,
        True,
        -1,
        0.5,
        [],
        [0],
        [0, 1, 2],
        {"row": 0},
        {"row": None, "col": 1},
    ],
)
def test_what_is_no_cell(raw: object) -> None:
    with pytest.raises(IllegalMove, match=r"cell.*: type 1 to 9"):
        GAME.parse(GAME.start({}, 0), raw)


def test_a_taken_cell_names_the_free_ones() -> None:
    position = played("1234")
    with pytest.raises(IllegalMove, match="cell 2 is taken: 5, 6, 7, 8, 9 are free"):
        GAME.parse(position, 2)
    with pytest.raises(IllegalMove, match="cell 2 is taken"):
        position.play("0,1")
    with pytest.raises(IllegalMove, match="there is no cell 'e4'"):
        position.play("e4")
    with pytest.raises(IllegalMove, match="it isn't O's turn"):
        position.play("1,1", "O")
    assert position.moves == [MOVES[cell] for cell in range(4)]


def test_people_read_the_digits_they_type() -> None:
    position = GAME.start({}, 0)
    assert [GAME.format(position, move) for move in position.legal_moves()] == list("123456789")


@pytest.mark.parametrize(
    ("digits", "winner", "line"),
    [
        ("14253", "X", [0, 1, 2]),
        ("142576", "O", [3, 4, 5]),
        ("12457", "X", [0, 3, 6]),
        ("12539", "X", [0, 4, 8]),
        ("253648791", "X", [0, 1, 2, 3, 6]),
    ],
)
def test_lines(digits: str, winner: str, line: list[int]) -> None:
    position = played(digits)
    outcome = position.outcome()
    assert outcome is not None and (outcome.winner, outcome.reason) == (winner, "three_in_a_row")
    assert [mark.cell for mark in position.picture(None).marks if mark.kind == "win"] == line
    with pytest.raises(IllegalMove, match="the game is over"):
        GAME.parse(position, "9")


def test_the_state_has_the_fields_clients_read() -> None:
    state: dict[str, Any] = played("59").view(None).model_dump()
    assert state["board"] == [[None, None, None], [None, "X", None], [None, None, "O"]]
    assert state["turn"] == "X"
    assert state["game_status"] == "ongoing"
    assert state["move_history"] == [
        {"row": 1, "col": 1, "player": "X"},
        {"row": 2, "col": 2, "player": "O"},
    ]
    assert state["winner"] is None and state["error_message"] is None
    assert len(state["players"]) == 2 and state["player_X"] and state["player_O"]
    assert GAME.wire("0,2") == {"row": 0, "col": 2}
    assert played("14253").view(None).game_status == "X_win"
    assert played("519742368").view(None).game_status == "draw"


def test_a_dump_is_checked_move_by_move() -> None:
    for dump in ({}, {"moves": "12"}, {"moves": [1]}, {"moves": ["0,0", "0,0"]}, {"moves": ["3,3"]}):
        with pytest.raises(ValueError):
            GAME.load(dump)
