"""Opening names: by position, whatever the order of the moves."""

from __future__ import annotations

import pytest

from gamesock.game import Opening
from gamesock.games.chess import Chess
from gamesock.games.chess_openings import opening_of
from gamesock.games.chess_position import ChessPosition
from gamesock.games.tic_tac_toe import TicTacToe

CHESS = Chess()


def after(moves: str, **options: str) -> ChessPosition:
    position = CHESS.start(options, 0)
    for move in moves.split():
        position.play(CHESS.parse(position, move))
    return position


@pytest.mark.parametrize(
    ("moves", "code", "name"),
    [
        ("e4", "B00", "King's Pawn Game"),
        ("e4 e5 Nf3 Nc6 Bc4", "C50", "Italian Game"),
        ("e4 c5 Nf3 d6 d4 cxd4 Nxd4 Nf6 Nc3 a6", "B90", "Sicilian Defense: Najdorf Variation"),
        ("d4 d5 c4", "D06", "Queen's Gambit"),
        ("d4 Nf6 c4 e6 Nc3 Bb4", "E20", "Nimzo-Indian Defense"),
        ("e4 e5 Nf3 Nc6 Bb5", "C60", "Ruy Lopez"),
        ("f3 e5 g4 Qh4#", "A00", "Barnes Opening: Fool's Mate"),
    ],
)
def test_well_known_openings(moves, code, name):
    assert CHESS.opening(after(moves)) == Opening(code=code, name=name)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("d4 e6 e4 d5", "e4 e6 d4 d5"),
        ("c4 Nf6 d4 e6 Nc3 Bb4", "d4 Nf6 c4 e6 Nc3 Bb4"),
        ("Nf3 d6 e4 c5 d4 cxd4 Nxd4 Nf6 Nc3 a6", "e4 c5 Nf3 d6 d4 cxd4 Nxd4 Nf6 Nc3 a6"),
    ],
)
def test_the_order_of_moves_does_not_matter(one, other):
    assert CHESS.opening(after(one)) == CHESS.opening(after(other)) is not None


def test_the_last_name_stays_once_the_game_leaves_the_book():
    known = after("e4 e5 Nf3 Nc6 Bc4")
    beyond = after("e4 e5 Nf3 Nc6 Bc4 h5 a4 h4 a5 Rh5 Ra4")
    assert CHESS.opening(beyond) == CHESS.opening(known)
    assert CHESS.opening(beyond.at(4)).name == "King's Knight Opening: Normal Variation"


def test_what_has_no_opening():
    assert CHESS.opening(after("")) is None
    assert CHESS.opening(after("", fen="8/8/8/4k3/8/8/4P3/4K3 w - - 0 1")) is None
    assert CHESS.opening(after("e4", variant="chess960", position="0")) is None
    assert opening_of([]) is None
    assert TicTacToe().opening(TicTacToe().start({}, 0)) is None


def test_a_set_up_position_is_recognized_too():
    fen = after("e4 e5 Nf3 Nc6 Bc4").fen
    assert CHESS.opening(after("", fen=fen)).name == "Italian Game"


def test_a_long_game_keeps_its_name_without_a_search_through_all_of_it():
    position = after("e4 c5 " + "Nf3 Nf6 Ng1 Ng8 " * 4)
    assert CHESS.opening(position).code.startswith("B")


def test_every_opening_has_a_code_of_the_encyclopaedia():
    from gamesock.games.chess_openings import _catalogue

    named, longest = _catalogue()
    assert len(named) > 3000 and 30 < longest < 60
    for opening in named.values():
        assert opening.code[0] in "ABCDE" and opening.code[1:].isdecimal() and len(opening.code) == 3
        assert opening.name == opening.name.strip() != ""
