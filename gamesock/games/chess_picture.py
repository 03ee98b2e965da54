"""How a chess board looks: its pieces, and the picture of a position."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from gamesock.game import BoardPicture, Mark, Move, PictureMove, Piece, Seat, Tray

if TYPE_CHECKING:
    import chess

_SEATS = {True: "white", False: "black"}
_LETTERS = " pnbrqk"
"""By python-chess's numbers for the pieces."""
_NAMES = {"K": "king", "Q": "queen", "R": "rook", "B": "bishop", "N": "knight", "P": "pawn"}
_GLYPHS = {"K": "♚", "Q": "♛", "R": "♜", "B": "♝", "N": "♞", "P": "♟"}
_VALUES = {"q": 9, "r": 5, "b": 3, "n": 3, "p": 1}


def _piece(letter: str, color: chess.Color) -> Piece:
    return Piece(
        name=f"{_SEATS[color]} {_NAMES[letter]}",
        seat=_SEATS[color],
        letter=letter if color else letter.lower(),
        glyph=_GLYPHS[letter],
        sprite=_NAMES[letter],
        tone="light" if color else "dark",
    )


PIECES: Mapping[str, Piece] = {
    f"{_SEATS[color][0]}{letter}": _piece(letter, color) for color in _SEATS for letter in _GLYPHS
}
"""``"wN"`` and so on: the filled glyphs for both sides, which differ in tone."""

_KEYS = {piece.letter: key for key, piece in PIECES.items()}
_CELLS: dict[str, tuple[str, ...]] = {letter: (key,) for letter, key in _KEYS.items()}
_CELLS |= {str(empty): ("",) * empty for empty in range(1, 9)} | {"/": ()}


def _cell(square: chess.Square) -> int:
    """Squares count from a1, cells from a8."""
    return square ^ 0b111000


def _first(label: str, origin: str) -> PictureMove:
    target = label[-2:]
    return PictureMove(move=origin + target, label=label, origin=_named(origin), target=_named(target))


def _named(square: str) -> int:
    return "abcdefgh".index(square[0]) + 8 * "87654321".index(square[1])


_PAWNS = [_first(f"{file}{rank}", f"{file}2") for file in "abcdefgh" for rank in (3, 4)]
_KNIGHTS = [_first("Na3", "b1"), _first("Nc3", "b1"), _first("Nf3", "g1"), _first("Nh3", "g1")]

FIRST_MOVES: Mapping[Move, PictureMove] = {
    first.move: first for first in sorted(_PAWNS + _KNIGHTS, key=lambda first: first.move)
}
"""The moves with which standard chess begins, by their UCI."""


def draw(
    fen: str,
    moves: Iterable[PictureMove],
    last: Sequence[chess.Square],
    check: chess.Square | None,
    captured: Mapping[Seat, Sequence[str]],
    lead: int,
) -> BoardPicture:
    """The board as white sees it.

    ``last``: the squares of the last move; ``check``: that of a king in check; ``captured``: symbols by who took
    them; ``lead``: white's on the board, in pawns.
    """
    marks = [Mark(kind="last", cell=_cell(square)) for square in last]
    if check is not None:
        marks.append(Mark(kind="check", cell=_cell(check)))
    return BoardPicture(
        rows=8,
        columns=8,
        cells=tuple(key for letter in fen.split(" ", 1)[0] for key in _CELLS[letter]),
        pieces=PIECES,
        surface="checkered",
        column_labels=tuple("abcdefgh"),
        row_labels=tuple("87654321"),
        marks=tuple(marks),
        moves=tuple(moves),
        rotates=True,
        trays=_trays(captured, lead),
    )


def gesture(board: chess.Board, spelled: Move, move: chess.Move) -> PictureMove:
    """A legal move on the board, with its name in SAN."""
    choice = _KEYS[symbol(move.promotion, board.turn)] if move.promotion else None
    words = ""
    if board.is_castling(move):
        words = "castles kingside" if board.is_kingside_castling(move) else "castles queenside"
    origin, target = _cell(move.from_square), _cell(move.to_square)
    return PictureMove(
        move=spelled, label=board.san(move), origin=origin, target=target, choice=choice, words=words
    )


def symbol(piece: chess.PieceType, color: chess.Color) -> str:
    """The letter of a piece in a FEN."""
    return _LETTERS[piece].upper() if color else _LETTERS[piece]


def lead(board: chess.Board) -> int:
    """By how much white leads on the board, in pawns."""
    return _material(board, True) - _material(board, False)


def _trays(captured: Mapping[Seat, Sequence[str]], lead: int) -> dict[Seat, Tray]:
    """What each side took, the strongest first, and by how much it leads."""
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
    return sum(
        value * board.pieces_mask(_LETTERS.index(letter), color).bit_count() for letter, value in _VALUES.items()
    )
