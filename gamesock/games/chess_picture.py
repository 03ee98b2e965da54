"""How a chess board looks: its pieces, and the picture of a position."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import chess

from gamesock.game import BoardPicture, Mark, Move, PictureMove, Piece, Seat, Tray

_SEATS = {chess.WHITE: "white", chess.BLACK: "black"}
_GLYPHS = {"K": "♚", "Q": "♛", "R": "♜", "B": "♝", "N": "♞", "P": "♟"}
_VALUES = {chess.QUEEN: 9, chess.ROOK: 5, chess.BISHOP: 3, chess.KNIGHT: 3, chess.PAWN: 1}


def _piece(letter: str, color: chess.Color) -> Piece:
    name = chess.piece_name(chess.PIECE_SYMBOLS.index(letter.lower()))
    return Piece(
        name=f"{_SEATS[color]} {name}",
        seat=_SEATS[color],
        letter=letter if color else letter.lower(),
        glyph=_GLYPHS[letter],
        sprite=name,
        tone="light" if color else "dark",
    )


PIECES: Mapping[str, Piece] = {
    f"{_SEATS[color][0]}{letter}": _piece(letter, color) for color in chess.COLORS for letter in _GLYPHS
}
"""``"wN"`` and so on: the filled glyphs for both sides, which differ in tone."""

_KEYS = {piece.letter: key for key, piece in PIECES.items()}
_CELLS: dict[str, tuple[str, ...]] = {letter: (key,) for letter, key in _KEYS.items()}
_CELLS |= {str(empty): ("",) * empty for empty in range(1, 9)} | {"/": ()}


def draw(
    board: chess.Board,
    fen: str,
    legal: Mapping[Move, chess.Move],
    last: Sequence[chess.Square],
    captured: Mapping[Seat, Sequence[str]],
) -> BoardPicture:
    """The board as white sees it; ``fen`` is that of ``board``, ``captured`` are symbols by who took them."""
    marks = [Mark(kind="last", cell=_cell(square)) for square in last]
    king = board.king(board.turn)
    if king is not None and board.is_check():
        marks.append(Mark(kind="check", cell=_cell(king)))
    return BoardPicture(
        rows=8,
        columns=8,
        cells=tuple(key for letter in fen.split(" ", 1)[0] for key in _CELLS[letter]),
        pieces=PIECES,
        surface="checkered",
        column_labels=tuple(chess.FILE_NAMES),
        row_labels=tuple(reversed(chess.RANK_NAMES)),
        marks=tuple(marks),
        moves=tuple(_gesture(board, spelled, move) for spelled, move in legal.items()),
        rotates=True,
        trays=_trays(board, captured),
    )


def _gesture(board: chess.Board, spelled: Move, move: chess.Move) -> PictureMove:
    choice = None
    if move.promotion:
        choice = _KEYS[chess.Piece(move.promotion, board.turn).symbol()]
    origin, target = _cell(move.from_square), _cell(move.to_square)
    words = ""
    if board.is_castling(move):
        words = "castles kingside" if board.is_kingside_castling(move) else "castles queenside"
    return PictureMove(
        move=spelled, label=board.san(move), origin=origin, target=target, choice=choice, words=words
    )


def _trays(board: chess.Board, captured: Mapping[Seat, Sequence[str]]) -> dict[Seat, Tray]:
    """What each side took, the strongest first, and by how much it leads on the board."""
    lead = _material(board, chess.WHITE) - _material(board, chess.BLACK)
    leads = {"white": lead, "black": -lead}
    strength = "qrbnp".index
    return {
        seat: Tray(
            pieces=tuple(_KEYS[symbol] for symbol in sorted(symbols, key=lambda each: strength(each.lower()))),
            note=f"+{leads[seat]}" if leads[seat] > 0 else "",
        )
        for seat, symbols in captured.items()
    }


def _material(board: chess.Board, color: chess.Color) -> int:
    return sum(value * board.pieces_mask(kind, color).bit_count() for kind, value in _VALUES.items())


def _cell(square: chess.Square) -> int:
    return chess.square_mirror(square)
