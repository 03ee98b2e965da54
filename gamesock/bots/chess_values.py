"""What a chess piece is worth, and on which squares it is worth more: in centipawns, as pairs.

Each pair holds the worth in the middlegame and in the endgame. Squares are White's; Black's are mirrored.
"""

from __future__ import annotations

from typing import TypeAlias

import chess

Pair: TypeAlias = tuple[int, int]

VALUES: dict[chess.PieceType, Pair] = {
    chess.PAWN: (85, 105),
    chess.KNIGHT: (325, 300),
    chess.BISHOP: (335, 315),
    chess.ROOK: (475, 525),
    chess.QUEEN: (980, 970),
    chess.KING: (0, 0),
}

# Where a piece stands well: a bonus for its rank (1 to 8), for its file (edge to middle) and for its ring
# (rim to centre), each for the middlegame and for the endgame.
_PLACES: dict[chess.PieceType, tuple[tuple[int, ...], ...]] = {
    chess.PAWN: (
        (0, 0, 2, 8, 14, 26, 55, 0),
        (-8, -4, 2, 8),
        (0, 0, 3, 14),
        (0, 0, 4, 14, 32, 60, 100, 0),
        (2, 2, 0, -2),
        (0, 0, 0, 0),
    ),
    chess.KNIGHT: (
        (-8, -2, 3, 6, 10, 8, 0, -10),
        (-6, 0, 2, 3),
        (-24, -4, 10, 18),
        (-6, 0, 2, 4, 4, 2, 0, -6),
        (-6, 0, 2, 4),
        (-20, -4, 8, 16),
    ),
    chess.BISHOP: (
        (-8, 4, 4, 4, 4, 2, -4, -8),
        (-2, 3, 1, 2),
        (-8, 3, 8, 10),
        (-4, 0, 2, 4, 4, 2, 0, -4),
        (-2, 0, 1, 2),
        (-8, 0, 6, 10),
    ),
    chess.ROOK: (
        (0, -4, -4, -2, 0, 4, 18, 8),
        (-4, -1, 3, 7),
        (0, 0, 0, 0),
        (-2, -2, 0, 2, 4, 6, 12, 6),
        (0, 0, 0, 0),
        (0, 0, 0, 0),
    ),
    chess.QUEEN: (
        (0, 3, 1, -2, -4, -4, 0, 0),
        (-4, 0, 1, 2),
        (-4, 1, 3, 3),
        (-14, -4, 0, 6, 8, 8, 6, 0),
        (-4, 0, 2, 4),
        (-12, 0, 8, 14),
    ),
    chess.KING: (
        (14, -2, -30, -50, -60, -60, -60, -60),
        (16, 24, 2, -12),
        (0, 0, 0, 0),
        (-14, -4, 4, 10, 14, 14, 6, -6),
        (-6, 0, 2, 4),
        (-24, -6, 12, 24),
    ),
}


def _worth(kind: chess.PieceType, square: chess.Square, first: int) -> int:
    """A piece's worth on a square, from the three tables that begin at ``first``."""
    ranks, files, rings = _PLACES[kind][first : first + 3]
    file, rank = chess.square_file(square), chess.square_rank(square)
    inner = min(file, 7 - file)
    return ranks[rank] + files[inner] + rings[min(inner, rank, 7 - rank)]


PLACES: dict[chess.PieceType, tuple[Pair, ...]] = {
    kind: tuple((middle + _worth(kind, square, 0), end + _worth(kind, square, 3)) for square in chess.SQUARES)
    for kind, (middle, end) in VALUES.items()
}
"""For each piece, its worth on each of White's squares: its value and its place together."""
