"""What a chess position is worth without looking ahead, in centipawns.

The value is a sum of terms, each a pair (middlegame, endgame) from White's point of view, mixed by how much
material is left. A term depends on few bitboards, which seldom change from one position of a search to the
next, so most terms are remembered rather than computed. Only activity looks at every piece each time.
"""

from __future__ import annotations

from functools import lru_cache

import chess

from gamesock.bots.chess_values import PLACES, Pair

_FULL_PHASE = 24
_TEMPO = 10
_HARD_TO_WIN = 420
_BISHOP_PAIR = (24, 40)
_DOUBLED = (-8, -18)
_ISOLATED = (-10, -12)
_PASSED = ((0, 0), (2, 8), (3, 12), (8, 24), (20, 48), (42, 85), (70, 130), (0, 0))
_OPEN_FILE, _HALF_OPEN_FILE = (26, 12), (12, 6)
_SHIELD = (12, 6)
_NO_SHIELD = -14
# Bonus for each safe square a piece reaches, in the middlegame and the endgame, and how many are usual.
_MOBILITY = {
    chess.KNIGHT: (4, 4, 4),
    chess.BISHOP: (4, 5, 6),
    chess.ROOK: (2, 4, 7),
    chess.QUEEN: (1, 2, 13),
}
_SIEGE = 8
_EDGE, _NEAR = 10, 6

_NOTHING: Pair = (0, 0)
_CACHE = 1 << 15
_NEIGHBOURS = tuple(
    sum(chess.BB_FILES[near] for near in (file - 1, file + 1) if 0 <= near < 8) for file in range(8)
)


def evaluate(board: chess.Board) -> int:
    """The value of the position for the side to move."""
    white, black = board.occupied_co[chess.WHITE], board.occupied_co[chess.BLACK]
    own, their = board.pawns & white, board.pawns & black
    kings = board.kings & white, board.kings & black
    terms = (
        _places(chess.KNIGHT, board.knights & white, board.knights & black),
        _places(chess.BISHOP, board.bishops & white, board.bishops & black),
        _rooks(board.rooks & white, board.rooks & black, own, their),
        _places(chess.QUEEN, board.queens & white, board.queens & black),
        _kings(*kings, own, their),
        _pawns(own, their),
        _activity(board, chess.WHITE),
        _minus(_activity(board, chess.BLACK)),
        _chase(*kings, white == kings[0]) if white == kings[0] or black == kings[1] else _NOTHING,
    )
    phase, side = _phase(board), 1 if board.turn else -1
    middle, end = sum(term[0] for term in terms), sum(term[1] for term in terms)
    value = side * (middle * phase + end * (_FULL_PHASE - phase)) // _FULL_PHASE
    if not board.pawns and abs(value) < _HARD_TO_WIN:
        value //= 8
    return value + _TEMPO


def _phase(board: chess.Board) -> int:
    """How much of a middlegame this is, from the pieces left."""
    light = (board.knights | board.bishops).bit_count()
    return min(_FULL_PHASE, light + 2 * board.rooks.bit_count() + 4 * board.queens.bit_count())


def _minus(pair: Pair, other: Pair = _NOTHING) -> Pair:
    return other[0] - pair[0], other[1] - pair[1]


@lru_cache(_CACHE)
def _places(kind: chess.PieceType, white: int, black: int) -> Pair:
    """Where all pieces of a kind stand; two bishops are worth more than twice one."""
    places = PLACES[kind]
    pairs = [places[square] for square in chess.scan_forward(white)]
    pairs += [_minus(places[square]) for square in chess.scan_forward(chess.flip_vertical(black))]
    if kind == chess.BISHOP:
        pairs += [_BISHOP_PAIR] * (white.bit_count() > 1) + [_minus(_BISHOP_PAIR)] * (black.bit_count() > 1)
    return _total(pairs)


@lru_cache(_CACHE)
def _rooks(white: int, black: int, white_pawns: int, black_pawns: int) -> Pair:
    """Where the rooks stand, and the open files before them."""
    ours = _open_files(white, white_pawns, black_pawns)
    return _total([_places(chess.ROOK, white, black), ours, _minus(_open_files(black, black_pawns, white_pawns))])


def _open_files(rooks: int, own_pawns: int, their_pawns: int) -> Pair:
    pairs = []
    for square in chess.scan_forward(rooks):
        file = chess.BB_FILES[chess.square_file(square)]
        if not file & own_pawns:
            pairs.append(_HALF_OPEN_FILE if file & their_pawns else _OPEN_FILE)
    return _total(pairs)


@lru_cache(_CACHE)
def _kings(white: int, black: int, white_pawns: int, black_pawns: int) -> Pair:
    """Where the kings stand, and the pawns that shield them."""
    flip = chess.flip_vertical
    shields = _shield(white, white_pawns) - _shield(flip(black), flip(black_pawns))
    return _total([_places(chess.KING, white, black), (shields, 0)])


def _shield(king: int, pawns: int) -> int:
    """The pawns one and two ranks before White's king, on its file and beside it."""
    square = chess.lsb(king)
    file, rank = chess.square_file(square), chess.square_rank(square)
    value = 0
    for near in range(max(0, file - 1), min(8, file + 2)):
        before = [pawns >> chess.square(near, rank + step) & 1 for step in (1, 2) if rank + step < 8]
        bonus = (bonus for bonus, stands in zip(_SHIELD, before, strict=False) if stands)
        value += next(bonus, _NO_SHIELD)
    return value


@lru_cache(_CACHE)
def _pawns(white: int, black: int) -> Pair:
    """Where the pawns stand, and whether they are passed, isolated or doubled."""
    flip = chess.flip_vertical
    return _total(
        [
            _places(chess.PAWN, white, black),
            _structure(white, black),
            _minus(_structure(flip(black), flip(white))),
        ]
    )


def _structure(own: int, their: int) -> Pair:
    """The structure of White's pawns."""
    pairs = []
    for square in chess.scan_forward(own):
        file, rank = chess.square_file(square), chess.square_rank(square)
        beside, column = _NEIGHBOURS[file], chess.BB_FILES[file]
        ahead = chess.BB_ALL << 8 * (rank + 1) & chess.BB_ALL
        if not their & ahead & (beside | column) and not own & ahead & column:
            pairs.append(_PASSED[rank])
        if not own & beside:
            pairs.append(_ISOLATED)
        if own & ahead & column:
            pairs.append(_DOUBLED)
    return _total(pairs)


def _activity(board: chess.Board, color: chess.Color) -> Pair:
    """The safe squares that pieces of ``color`` reach, and those they attack around the other king."""
    own, other = board.occupied_co[color], board.occupied_co[not color]
    pawns = board.pawns & other
    allowed = ~(own | _pawn_attacks(pawns, not color))
    king = chess.msb(board.kings & other)
    ring = chess.BB_KING_ATTACKS[king]
    middle = end = siege = besiegers = 0
    for kind, pieces in (
        (chess.KNIGHT, board.knights),
        (chess.BISHOP, board.bishops),
        (chess.ROOK, board.rooks),
        (chess.QUEEN, board.queens),
    ):
        for_middle, for_end, usual = _MOBILITY[kind]
        for square in chess.scan_forward(pieces & own):
            reach = board.attacks_mask(square) & allowed
            count = reach.bit_count() - usual
            middle += for_middle * count
            end += for_end * count
            if reach & ring:
                besiegers += 1
                siege += (reach & ring).bit_count()
    return middle + _SIEGE * siege * (besiegers > 1), end


def _pawn_attacks(pawns: int, color: chess.Color) -> int:
    left, right = pawns & ~chess.BB_FILE_A, pawns & ~chess.BB_FILE_H
    return left << 7 | right << 9 if color else left >> 9 | right >> 7


@lru_cache(_CACHE)
def _chase(white: int, black: int, white_is_bare: bool) -> Pair:
    """Against a bare king: drive it to the edge, and bring the own king near."""
    bare, hunter = (white, black) if white_is_bare else (black, white)
    square = chess.lsb(bare)
    file, rank = chess.square_file(square), chess.square_rank(square)
    inside = min(file, 7 - file) + min(rank, 7 - rank)
    near = 7 - chess.square_distance(square, chess.lsb(hunter))
    value = _EDGE * (6 - inside) + _NEAR * near
    return (0, -value) if white_is_bare else (0, value)


def _total(pairs: list[Pair]) -> Pair:
    return sum(pair[0] for pair in pairs), sum(pair[1] for pair in pairs)
