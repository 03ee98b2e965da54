"""The conformance suite itself: each broken promise is found, and named."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from gamesock.game import BadOptions, BoardPicture, IllegalMove, Mark, Move, Outcome, Position, Seat, Tray
from gamesock.games.chess import Chess
from gamesock.games.connect4 import Connect4
from gamesock.games.tic_tac_toe import TicTacToe, TicTacToePosition, TicTacToeState
from gamesock.testing import check_game, perft, random_game


def broken(method: Callable[..., Any]) -> TicTacToe:
    """Tic-tac-toe with one method of its positions replaced."""
    position_type: Any = type("BrokenPosition", (TicTacToePosition,), {method.__name__: method})

    class Broken(TicTacToe):
        def start(self, options: Mapping[str, Any], seed: int) -> TicTacToePosition:
            super().start(options, seed)
            return position_type()  # type: ignore[no-any-return]

        def load(self, dump: Mapping[str, Any]) -> TicTacToePosition:
            whole = super().load(dump)
            position = position_type()
            for move in whole.moves:
                position.play(move)
            return position  # type: ignore[no-any-return]

    return Broken()


def test_a_sound_game_passes() -> None:
    check_game(TicTacToe(), games=5)


def test_unstable_legal_moves() -> None:
    calls = 0

    def legal_moves(self: TicTacToePosition, seat: Seat | None = None) -> list[Move]:
        nonlocal calls
        calls += 1
        moves = TicTacToePosition.legal_moves(self, seat)
        return moves[::-1] if calls % 2 else moves

    with pytest.raises(AssertionError, match=r"stable|starts differently"):
        check_game(broken(legal_moves), games=1)


def test_play_that_ignores_whose_turn_it_is() -> None:
    def play(self: TicTacToePosition, move: Move, seat: Seat | None = None) -> None:
        TicTacToePosition.play(self, move)

    with pytest.raises(AssertionError, match="by O should raise IllegalMove"):
        check_game(broken(play), games=1)


def test_a_refused_move_that_leaves_traces() -> None:
    def play(self: TicTacToePosition, move: Move, seat: Seat | None = None) -> None:
        self.cells[0] = "X"
        TicTacToePosition.play(self, move, seat)

    with pytest.raises(AssertionError, match="after no moves"):
        check_game(broken(play), games=1)


def test_a_copy_that_shares_its_cells() -> None:
    def copy(self: TicTacToePosition) -> TicTacToePosition:
        return self

    with pytest.raises(AssertionError, match=r"should be read as|on a copy"):
        check_game(broken(copy), games=1)


def test_an_outcome_for_a_stranger() -> None:
    def outcome(self: TicTacToePosition) -> Outcome | None:
        return Outcome("Z", "three_in_a_row") if self._outcome else None

    with pytest.raises(AssertionError, match="'Z' won, but is no seat"):
        check_game(broken(outcome), games=1)


def test_an_outcome_in_prose() -> None:
    def outcome(self: TicTacToePosition) -> Outcome | None:
        return Outcome(None, "Nobody won.") if self._outcome else None

    with pytest.raises(AssertionError, match="snake_case"):
        check_game(broken(outcome), games=1)


def test_a_turn_that_outlives_the_game() -> None:
    def outcome(self: TicTacToePosition) -> Outcome | None:
        return Outcome(None, "boredom") if len(self.moves) > 3 else self._outcome

    with pytest.raises(AssertionError, match=r"to move: .* outcome: "):
        check_game(broken(outcome), games=1)


def test_a_view_that_is_no_state() -> None:
    def view(self: TicTacToePosition, seat: Seat | None) -> TicTacToeState:
        return TicTacToePosition.view(self, seat).model_copy(update={"turn": "Z"})

    with pytest.raises(ValueError, match="turn"):
        check_game(broken(view), games=1)


@pytest.mark.parametrize(
    ("update", "message"),
    [
        ({"cells": ("",) * 8}, "8 cells for 9 squares"),
        ({"cells": ("Z",) * 9}, r"not among the pieces: \['Z'\]"),
        ({"marks": (Mark(kind="last", cell=9),)}, "off the board"),
        ({"moves": ()}, "the picture's moves aren't the legal ones"),
        ({"row_labels": ("1",)}, "row labels"),
        ({"column_labels": ("a",)}, "column labels"),
        ({"trays": {"Z": Tray()}}, "belongs to no seat"),
    ],
)
def test_a_picture_that_cannot_be_drawn(update: dict[str, Any], message: str) -> None:
    def picture(self: TicTacToePosition, seat: Seat | None) -> BoardPicture:
        return TicTacToePosition.picture(self, seat).model_copy(update=update)

    with pytest.raises(AssertionError, match=message):
        check_game(broken(picture), games=1)


def test_a_parser_that_takes_anything() -> None:
    class Lenient(TicTacToe):
        def parse(self, position: Position, raw: object, seat: Seat | None = None) -> Move:
            try:
                return super().parse(position, raw, seat)
            except IllegalMove:
                return position.legal_moves()[0]

    with pytest.raises(AssertionError, match="'' was read as '0,0'"):
        check_game(Lenient(), games=1)


def test_options_that_are_not_checked() -> None:
    class Careless(TicTacToe):
        def start(self, options: Mapping[str, Any], seed: int) -> TicTacToePosition:
            return TicTacToePosition()

    with pytest.raises(AssertionError, match="BadOptions"):
        check_game(Careless(), games=1)


def test_a_load_that_believes_anything() -> None:
    class Trusting(TicTacToe):
        def load(self, dump: Mapping[str, Any]) -> TicTacToePosition:
            return super().load(dump) if "moves" in dump else TicTacToePosition()

    with pytest.raises(AssertionError, match="ValueError"):
        check_game(Trusting(), games=1)


class OddState(TicTacToeState):
    histories = ("moves_so_far",)


def test_a_history_that_is_no_field() -> None:
    class Odd(TicTacToe):
        state_schema = OddState

    with pytest.raises(AssertionError, match="moves_so_far"):
        check_game(Odd(), games=1)


def test_random_games_depend_on_the_seed_alone() -> None:
    game = Connect4()
    assert random_game(game, 1) == random_game(game, 1)
    assert random_game(game, 1) != random_game(game, 2)
    moves, outcome = random_game(Chess(), 3, {"variant": "chess960"})
    assert [seat for seat, _ in moves[:3]] == ["white", "black", "white"] and outcome.reason


def test_perft_counts_ways_and_leaves_the_position_alone() -> None:
    position = TicTacToe().start({}, 0)
    assert [perft(position, depth) for depth in range(4)] == [1, 9, 72, 504]
    assert position.moves == []


def test_a_game_without_its_own_copy_is_copied_deeply() -> None:
    position = TicTacToe().start({}, 0)
    twin = Position.copy(position)
    twin.play("0,0")
    assert position.moves == [] and twin.moves == ["0,0"]


def test_chosen_options_are_checked_against_what_the_game_declares() -> None:
    assert Chess().chosen({"variant": "chess960", "fen": " ", "position": 7}) == {
        "variant": "chess960",
        "position": "7",
    }
    with pytest.raises(BadOptions, match="no option 'colour': there is variant, fen, position"):
        Chess().chosen({"colour": "red"})
    with pytest.raises(BadOptions, match="variant can't be 'atomic': choose standard or chess960"):
        Chess().chosen({"variant": "atomic"})
    with pytest.raises(BadOptions, match="it has none"):
        Connect4().chosen({"rows": 8})
