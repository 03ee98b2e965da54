"""Chess: the published counts, every end, and what clients see."""

import json
import pickle
import random
from time import perf_counter
from typing import Any

import chess
import pytest

from gamesock.game import BadOptions, IllegalMove
from gamesock.games.chess import Chess
from gamesock.games.chess_position import ChessPosition
from gamesock.testing import perft, random_move

GAME = Chess()
KIWIPETE = "r3k2r/p1ppqpb1/bn2pnp1/3PN3/1p2P3/2N2Q1p/PPPBBPPP/R3K2R w KQkq - 0 1"
SHUFFLE = ["Nf3", "Nf6", "Ng1", "Ng8"]


def played(*moves: str, **options: Any) -> ChessPosition:
    position = GAME.start(options, 0)
    for move in moves:
        position.play(GAME.parse(position, move))
    return position


def ended(position: ChessPosition) -> tuple[str | None, str] | None:
    outcome = position.outcome()
    return (outcome.winner, outcome.reason) if outcome else None


@pytest.mark.parametrize(
    ("options", "counts"),
    [
        ({}, [20, 400, 8902, 197281]),
        ({"fen": KIWIPETE}, [48, 2039, 97862]),
        ({"fen": "8/2p5/3p4/KP5r/1R3p1k/8/4P1P1/8 w - - 0 1"}, [14, 191, 2812, 43238]),
        ({"fen": "bqnb1rkr/pp3ppp/3ppn2/2p5/5P2/P2P4/NPP1P1PP/BQ1BNRKR w HFhf - 2 9"}, [21, 528, 12189]),
        ({"fen": "2nnrbkr/p1qppppp/8/1ppb4/6PP/3PP3/PPP2P2/BQNNRBKR w HEhe - 1 9"}, [21, 807, 18002]),
    ],
)
def test_perft(options: dict[str, Any], counts: list[int]) -> None:
    variant = "chess960" if "HFhf" in str(options) or "HEhe" in str(options) else "standard"
    position = GAME.start(options | {"variant": variant}, 0)
    assert [perft(position, depth) for depth in range(1, len(counts) + 1)] == counts


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"variant": "atomic"}, "variant can't be 'atomic'"),
        ({"fen": "not a fen"}, "fen: expected 'w' or 'b'"),
        ({"fen": "rnbqkbnr/8"}, "fen: expected 8 rows"),
        ({"fen": "8/8/8/8/8/8/8/8 w - - 0 1"}, r"no such position can arise \(.*no white king"),
        ({"fen": "k7/8/8/8/8/8/8/KR6 w K - 0 1"}, "bad castling rights"),
        ({"fen": "k6R/8/8/8/8/8/8/K7 w - - 0 1"}, "the side that isn't to move is in check"),
        ({"fen": "k7/8/8/8/8/8/8/K7 w - - 0 1"}, r"over at once \(insufficient_material\)"),
        ({"position": 960}, "position can't be '960': it is a number from 0 to 959"),
        ({"position": "9" * 5000}, "it is a number from 0 to 959"),
        ({"position": "-1"}, "it is a number from 0 to 959"),
        ({"position": 5, "variant": "standard"}, "position goes with the variant chess960"),
        ({"position": 5, "fen": KIWIPETE}, "position goes with the variant chess960"),
        ({"time": "5+3"}, "no option 'time'"),
    ],
)
def test_impossible_options_say_why(options: dict[str, Any], reason: str) -> None:
    with pytest.raises(BadOptions, match=reason):
        GAME.start(options, 0)


def test_chess960_positions_come_from_the_number_or_the_seed() -> None:
    assert GAME.start({"position": 518}, 0).fen == chess.STARTING_FEN
    assert GAME.start({"position": "0", "variant": "chess960"}, 0).fen.startswith("bbqnnrkr/")
    drawn = [GAME.start({"variant": "chess960"}, seed).fen for seed in range(20)]
    assert drawn == [GAME.start({"variant": "chess960"}, seed).fen for seed in range(20)]
    assert len(set(drawn)) > 10
    assert GAME.start({"position": ""}, 1).fen == GAME.start({}, 2).fen == chess.STARTING_FEN


def test_checkmate() -> None:
    position = played("f3", "e5", "g4", "Qh4")
    assert ended(position) == ("black", "checkmate")
    assert (position.to_move, position.legal_moves(), position.claims("white")) == (frozenset(), [], ())
    state = position.view(None)
    assert (state.game_status, state.game_result) == ("checkmate", "black_win")
    with pytest.raises(IllegalMove, match="the game is over"):
        position.play("a2a3")
    with pytest.raises(IllegalMove, match="the game is over"):
        GAME.parse(position, "a3")


def test_stalemate() -> None:
    position = played("Qb6", fen="k7/8/8/8/8/8/1Q6/2K5 w - - 0 1")
    assert ended(position) == (None, "stalemate")
    assert (position.view(None).game_status, position.view(None).game_result) == ("stalemate", "draw")


def test_insufficient_material() -> None:
    position = played("Kxb2", fen="k7/8/8/8/8/8/1q6/2K5 w - - 0 1")
    assert ended(position) == (None, "insufficient_material")
    assert (position.view(None).game_status, position.view(None).game_result) == ("draw", "draw")


def test_seventy_five_moves() -> None:
    position = played("Rc2", fen="k7/8/8/8/8/8/8/1KR5 w - - 149 100")
    assert ended(position) == (None, "seventyfive_moves")


def test_mate_on_the_last_of_seventy_five_moves_counts() -> None:
    position = played("Rh8", fen="k7/8/1K6/8/8/8/8/7R w - - 149 100")
    assert ended(position) == ("white", "checkmate")


def test_fifty_moves_are_for_the_player_to_move_to_claim() -> None:
    position = played(fen="k7/8/8/8/8/8/8/1KR5 w - - 99 100")
    assert position.claims("white") == ()
    position.play("c1c2")
    assert (position.claims("white"), position.claims("black")) == ((), ("fifty_moves",))
    assert ended(position) is None


def test_repetition_is_claimed_at_three_and_automatic_at_five() -> None:
    position = played(*SHUFFLE)
    assert position.claims("white") == ()
    for move in SHUFFLE:
        position.play(GAME.parse(position, move))
    assert (position.claims("white"), position.claims("black")) == (("threefold_repetition",), ())
    for move in SHUFFLE * 2:
        assert ended(position) is None
        position.play(GAME.parse(position, move))
    assert ended(position) == (None, "fivefold_repetition")
    assert position.claims("white") == ()


def test_a_position_with_other_rights_is_no_repetition() -> None:
    moves = ["Ke2", "Ke7", "Ke1", "Ke8"] * 2
    position = played("e4", "e5", *moves)
    assert position.claims("white") == ()
    for move in moves[:4]:
        position.play(GAME.parse(position, move))
    assert position.claims("white") == ("threefold_repetition",)


def test_repetitions_survive_a_dump() -> None:
    position = played(*SHUFFLE, *SHUFFLE)
    restored = GAME.load(json.loads(json.dumps(position.dump())))
    assert restored.claims("white") == ("threefold_repetition",)
    assert restored.copy().claims("white") == ("threefold_repetition",)


@pytest.mark.parametrize(
    "change",
    [
        {"variant": "atomic"},
        {"fen": None},
        {"fen": "nonsense"},
        {"moves": "e2e4"},
        {"moves": ["e2e5"]},
        {"moves": [1]},
    ],
)
def test_a_dump_is_checked(change: dict[str, Any]) -> None:
    dump = played("e4").dump()
    assert dump == {"variant": "standard", "fen": chess.STARTING_FEN, "moves": ["e2e4"]}
    with pytest.raises(ValueError):
        GAME.load(dump | change)
    with pytest.raises(ValueError):
        GAME.load({name: value for name, value in dump.items() if name not in change})


def test_who_can_still_win_when_a_flag_falls() -> None:
    position = played(fen="k7/7p/8/8/8/8/8/KB6 w - - 0 1")
    assert position.can_win("white") is True  # black's own pawn may stand in the way of its king
    assert position.can_win("black") is True
    bare = played(fen="k7/8/8/8/8/8/1P6/K7 w - - 0 1")
    assert (bare.can_win("white"), bare.can_win("black")) == (True, False)


def test_turns_are_kept() -> None:
    position = played("e4")
    with pytest.raises(IllegalMove, match="it isn't white's turn"):
        position.play("d2d4", "white")
    with pytest.raises(IllegalMove, match="it isn't white's turn"):
        GAME.parse(position, "d4", "white")
    assert position.legal_moves("white") == []
    assert len(position.legal_moves("black")) == 20
    with pytest.raises(IllegalMove, match="'d7d4' isn't legal here: 20 moves are legal"):
        position.play("d7d4")
    assert position.moves == ["e2e4"]


def test_the_state_has_the_fields_clients_read() -> None:
    state: dict[str, Any] = played("e4", "d5", "exd5", "Qxd5", "Nc3", "Qe5").view("white").model_dump(mode="json")
    fen = "rnb1kbnr/ppp1pppp/8/4q3/8/2N5/PPPP1PPP/R1BQKBNR w KQkq - 2 4"
    assert state["board_fen"] == state["current_board_fen"] == state["fen"] == state["board_fens"][-1] == fen
    assert state["board_fens"][0] == chess.STARTING_FEN and len(state["board_fens"]) == 7
    assert state["move_history"][:2] == [["white", "e2e4"], ["black", "d7d5"]]
    assert state["current_player"] == state["turn"] == "white"
    assert (state["game_status"], state["game_result"], state["error_message"]) == ("check", None, None)
    assert state["captured_pieces"] == {"white": ["p"], "black": ["P"]}
    assert set(state["legal_moves"]) == {"d1e2", "f1e2", "g1e2", "c3e2", "c3e4"}


def test_en_passant_is_a_capture() -> None:
    state = played("e4", "a6", "e5", "d5", "exd6 e.p.").view(None)
    assert state.captured_pieces == {"white": ["p"], "black": []}


def test_a_view_is_its_own() -> None:
    position = played("e4")
    position.view(None).board_fens.append("scribble")
    position.view(None).captured_pieces["white"].append("q")
    assert len(position.view(None).board_fens) == 2
    assert position.view(None).captured_pieces["white"] == []


def test_the_board_as_a_picture() -> None:
    picture = played("f4", "e5", "g4", "exf4", "h4", "Qxh4").picture(None)
    assert picture.text().splitlines() == [
        "8 r n b . k b n r",
        "7 p p p p . p p p",
        "6 . . . . . . . .",
        "5 . . . . . . . .",
        "4 . . . . . p P q",
        "3 . . . . . . . .",
        "2 P P P P P . . .",
        "1 R N B Q K B N R",
        "  a b c d e f g h",
    ]
    assert picture.rotates and picture.surface == "checkered"
    assert {(mark.kind, mark.cell) for mark in picture.marks} == {("last", 3), ("last", 39), ("check", 60)}
    assert (picture.trays["black"].pieces, picture.trays["black"].note) == (("wP", "wP"), "+2")
    assert picture.trays["white"].note == ""
    pawn, knight = picture.pieces["bP"], picture.pieces["wN"]
    assert (pawn.glyph, pawn.name, pawn.tone, pawn.letter) == ("♟", "black pawn", "dark", "p")
    assert (knight.glyph, knight.sprite, knight.tone, knight.letter) == ("♞", "knight", "light", "N")


def test_promotions_share_a_gesture_and_differ_in_the_choice() -> None:
    moves = [move for move in played(fen="1n5k/P7/8/8/8/8/8/K7 w - - 0 1").picture(None).moves if move.choice]
    straight = [move for move in moves if move.target == 0]
    assert {move.origin for move in straight} == {8}
    assert {move.choice: move.label for move in straight} == {
        "wQ": "a8=Q",
        "wR": "a8=R",
        "wB": "a8=B",
        "wN": "a8=N",
    }
    assert {move.label for move in moves if move.target == 1} == {"axb8=Q+", "axb8=R+", "axb8=B", "axb8=N"}


def test_castling_goes_to_the_kings_square_or_the_rook_in_chess960() -> None:
    fen = "4k3/8/8/8/8/8/8/R3K2R w KQ - 0 1"
    castles = {move.label: move for move in played(fen=fen).picture(None).moves if "O" in move.label}
    assert {label: (move.move, move.target) for label, move in castles.items()} == {
        "O-O": ("e1g1", 62),
        "O-O-O": ("e1c1", 58),
    }
    position = played(fen=fen, variant="chess960")
    castles = {move.label: move for move in position.picture(None).moves if "O" in move.label}
    assert {label: (move.move, move.target) for label, move in castles.items()} == {
        "O-O": ("e1h1", 63),
        "O-O-O": ("e1a1", 56),
    }
    position.play("e1h1")
    assert {mark.cell for mark in position.picture(None).marks} == {60, 62}
    assert position.view(None).captured_pieces == {"white": [], "black": []}


def test_the_start_that_everybody_knows_is_python_chess_s() -> None:
    known, counted = GAME.start({}, 0), ChessPosition(chess.Board())
    assert known.view(None) == counted.view(None)
    assert known.picture(None) == counted.picture(None)
    assert known.dump() == counted.dump()
    assert known.legal_moves() == counted.legal_moves() == known.legal_moves("white")
    assert known.legal_moves("black") == []
    assert known.claims("white") == ()
    twin = known.copy()
    twin.play("g1f3")
    counted.play("g1f3")
    assert twin.view(None) == counted.view(None)
    assert twin.at(0).picture(None) == known.picture(None)
    assert (known.board, known.legal) == (chess.Board(), counted.at(0).legal)


def test_captures_and_endings_agree_with_python_chess() -> None:
    for seed in range(6):
        position = GAME.start({"variant": ("standard", "chess960")[seed % 2]}, seed)
        board = chess.Board(position.fen, chess960=seed % 2 == 1)
        men = chess.popcount(board.occupied)
        while position.outcome() is None:
            assert sorted(move.uci() for move in board.legal_moves) == position.legal_moves()
            move = random.Random(f"{seed} {position.fen}").choice(position.legal_moves())
            position.play(move)
            board.push_uci(move)
            assert position.fen == board.fen()
            state = position.view(None)
            assert men - sum(map(len, state.captured_pieces.values())) == chess.popcount(board.occupied)
        theirs, ours = board.outcome(), position.outcome()
        assert theirs is not None and ours is not None
        assert ours.reason == theirs.termination.name.lower()
        assert ours.winner == (None if theirs.winner is None else chess.COLOR_NAMES[theirs.winner])


def test_looking_at_a_long_game_stays_cheap() -> None:
    position = GAME.start({}, 1)
    for _ in range(200):
        position.play(random_move(position, 11)[1])
        if position.outcome():
            position = GAME.start({}, 2)
    times = []
    for _ in range(50):
        start = perf_counter()
        position.view(None)
        times.append(perf_counter() - start)
    assert min(times) < 0.001


def test_a_position_travels_to_a_worker() -> None:
    position = played(*SHUFFLE, *SHUFFLE)
    twin = pickle.loads(pickle.dumps(position))
    assert twin.dump() == position.dump() and twin.claims("white") == ("threefold_repetition",)
    assert twin.picture(None) == position.picture(None)
