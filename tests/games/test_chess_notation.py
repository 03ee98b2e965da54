"""How people write chess moves, and what they are told when one can't be played."""

import pytest

from gamesock.game import AmbiguousMove, IllegalMove
from gamesock.games.chess import Chess
from gamesock.testing import random_move

GAME = Chess()
START = "rnbqkbnr/pppppppp/8/8/8/8/PPPPPPPP/RNBQKBNR w KQkq - 0 1"
CASTLE = "r3k2r/8/8/8/8/8/8/R3K2R w KQkq - 0 1"
PROMOTE = "1n5k/P7/8/8/8/8/8/K7 w - - 0 1"
KNIGHTS = "4k3/8/8/8/8/5N2/8/1N2K3 w - - 0 1"
FILES = "4k3/8/8/1p1p4/2P5/1B6/8/4K3 w - - 0 1"


@pytest.mark.parametrize(
    ("fen", "raw", "move"),
    [
        *((START, raw, "e2e4") for raw in ("e4", "e2e4", "e2-e4", "E2E4", "E4", " e4 ", "1.e4", "1. e4", "e2 e4")),
        *((START, raw, "e2e4") for raw in ("e4!", "e4!?", "e4+", "e4#", "Pe4", "P e2 - e4", {"move": "e4"})),
        *((START, raw, "g1f3") for raw in ("Nf3", "nf3", "NF3", "Ng1f3", "g1f3", "Ngf3", "N1f3", "G1F3")),
        *((CASTLE, raw, "e1g1") for raw in ("O-O", "0-0", "o-o", "OO", "O-O+", "e1g1", "Ke1g1", "e1-g1")),
        *((CASTLE, raw, "e1c1") for raw in ("O-O-O", "0-0-0", "o-o-o", "ooo", "000", "e1c1")),
        *((PROMOTE, raw, "a7a8q") for raw in ("a8=Q", "a8Q", "a8q", "a7a8q", "a7-a8=Q", "a8/Q", "a8(Q)")),
        *((PROMOTE, raw, "a7b8n") for raw in ("axb8=N", "a7xb8=N", "a7b8n", "axb8n", "ab8=N", "A7B8N")),
        *((FILES, raw, "c4b5") for raw in ("cxb5", "cb5", "c4b5", "c4xb5")),
        *((FILES, raw, "b3a4") for raw in ("Ba4", "ba4")),
        (KNIGHTS, "Nbd2", "b1d2"),
        (KNIGHTS, "N3d2", "f3d2"),
        (KNIGHTS, "Nf3-d2", "f3d2"),
    ],
)
def test_moves_as_people_write_them(fen: str, raw: object, move: str) -> None:
    assert GAME.parse(GAME.start({"fen": fen}, 0), raw) == move


def test_a_small_b_is_the_pawn_if_the_pawn_can() -> None:
    position = GAME.start({"fen": "4k3/8/8/8/2p5/1P1B4/8/4K3 w - - 0 1"}, 0)
    assert GAME.parse(position, "bxc4") == "b3c4"
    assert GAME.parse(position, "Bxc4") == "d3c4"


def test_castling_in_chess960_takes_the_rook() -> None:
    position = GAME.start({"fen": CASTLE, "variant": "chess960"}, 0)
    assert GAME.parse(position, "O-O") == GAME.parse(position, "e1h1") == "e1h1"
    assert GAME.parse(position, "0-0-0") == "e1a1"
    with pytest.raises(IllegalMove, match="a king on e1 can't go to g1"):
        GAME.parse(position, "e1g1")


@pytest.mark.parametrize(
    ("fen", "raw", "names"),
    [
        (KNIGHTS, "Nd2", ["Nbd2", "Nfd2"]),
        ("4k3/8/8/8/R6R/8/8/4K3 w - - 0 1", "Rd4", ["Rad4", "Rhd4"]),
        (PROMOTE, "a7a8", ["add q, r, b or n, as in a7a8=q"]),
        (PROMOTE, "a8", ["add q, r, b or n, as in a8=q"]),
        (PROMOTE, "axb8", ["add q, r, b or n, as in axb8=q"]),
    ],
)
def test_what_fits_several_moves_names_them(fen: str, raw: str, names: list[str]) -> None:
    with pytest.raises(AmbiguousMove) as caught:
        GAME.parse(GAME.start({"fen": fen}, 0), raw)
    assert all(name in str(caught.value) for name in names)


@pytest.mark.parametrize(
    ("fen", "raw", "reason"),
    [
        (START, "e5e6", "there is no piece on e5"),
        (START, "e7e5", "e7 is black's and it is white's turn"),
        (START.replace(" w ", " b "), "e2e4", "e2 is white's and it is black's turn"),
        (START, "e2e5", "a pawn on e2 can't go to e5; legal: e3, e4"),
        (START, "e5", "no pawn can go to e5; legal: e3, e4"),
        (START, "Ng3", "no knight can go to g3; legal: Na3, Nc3, Nf3, Nh3"),
        (START, "Ne2e4", "the piece on e2 is a pawn"),
        (START, "Nd2", "white's own pawn is on d2"),
        (START, "Qh5", "no queen can go to h5"),
        (START, "Nhd4", "white has no knight there"),
        (PROMOTE, "Qh5", "white has no queen"),
        (START, "e2e4q", "nothing promotes on e4"),
        (START, "O-O", "there are pieces between king and rook"),
        (START, "O-O-O", "there are pieces between king and rook"),
        (CASTLE, "Kg1", "no king can go to g1"),
        (CASTLE.replace("KQkq", "Qkq"), "O-O", "white may not castle kingside any more"),
        (CASTLE.replace("KQkq", "Kkq"), "e1c1", "white may not castle queenside any more"),
        ("4kr2/8/8/8/8/8/8/R3K2R w KQ - 0 1", "O-O", "no castling through check, or into it"),
        ("4k1r1/8/8/8/8/8/8/R3K2R w KQ - 0 1", "e1g1", "no castling through check, or into it"),
        ("1n2k3/8/8/8/4r3/8/8/R3K2R w KQ - 0 1", "0-0-0", "no castling out of check"),
        ("4k3/8/8/8/4r3/8/4N3/4K3 w - - 0 1", "Nc3", "the king would be in check"),
        ("4k3/8/8/8/4r3/8/3N4/4K3 w - - 0 1", "Nf3", "white is in check, and still would be; legal: Nxe4"),
        ("4k3/8/8/8/4r3/8/8/R3K3 w - - 0 1", "Ra2", "white is in check, and still would be; legal: Kd1"),
        (START, "hello", "'hello' is no chess move: type it as in e4 Nf3 O-O e2e4"),
        (START, "i9", "'i9' is no chess move"),
        (START, "", "name a move"),
        (START, " !? ", "name a move"),
        (START, None, "a chess move is text, as in e4"),
        (START, 4, "a chess move is text"),
        (START, {}, "a chess move is text"),
        (START, {"move": {"move": "e4"}}, "a chess move is text"),
    ],
)
def test_the_reason_is_for_people(fen: str, raw: object, reason: str) -> None:
    position = GAME.start({"fen": fen}, 0)
    with pytest.raises(IllegalMove) as caught:
        GAME.parse(position, raw)
    assert reason in str(caught.value)
    assert not isinstance(caught.value, AmbiguousMove)
    assert len(str(caught.value)) < 200


def test_a_long_text_is_not_repeated() -> None:
    with pytest.raises(IllegalMove) as caught:
        GAME.parse(GAME.start({}, 0), "e4" * 5000)
    assert len(str(caught.value)) < 100


@pytest.mark.parametrize("variant", ["standard", "chess960"])
def test_whatever_is_written_can_be_read(variant: str) -> None:
    for seed in range(3):
        position = GAME.start({"variant": variant}, seed)
        while position.outcome() is None and len(position.moves) < 120:
            for move in position.legal_moves():
                written = GAME.format(position, move)
                assert GAME.parse(position, written) == GAME.parse(position, move) == move
                assert GAME.parse(position, written.rstrip("+#")) == move
            position.play(random_move(position, seed)[1])
