"""Reads chess moves the way people and programs write them, and says why one can't be played."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import chess

from gamesock.game import AmbiguousMove, IllegalMove, Move, few
from gamesock.games.chess_state import EXAMPLES

_NUMBER = re.compile(r"^\d+\.+")
_MARKS = re.compile(r"(e\.p\.)?[+#!?]*$")
_CASTLING = re.compile(r"([oO0])-?\1(?P<long>-?\1)?")
_MOVE = re.compile(
    r"(?P<piece>[KQRBNP])?(?P<file>[a-h])?(?P<rank>[1-8])?[-x:]?"
    r"(?P<target>[a-h][1-8])(?:[=/]?\(?(?P<promotion>[QRBNqrbn])\)?)?"
)
_COLORS = {chess.WHITE: "white", chess.BLACK: "black"}


class _Reading(NamedTuple):
    """What a text says about a move; ``origins`` is a bitboard of the squares it may start from."""

    target: chess.Square
    origins: chess.Bitboard
    origin: chess.Square | None
    """The square it starts from, when the text names it in full."""
    piece: chess.PieceType | None
    promotion: chess.PieceType | None

    @classmethod
    def of(cls, match: re.Match[str]) -> _Reading:
        piece, file, rank, target, promotion = match.groups()
        kind = _kind(piece)
        origins = chess.BB_ALL
        if file:
            origins &= chess.BB_FILES[chess.FILE_NAMES.index(file)]
        if rank:
            origins &= chess.BB_RANKS[chess.RANK_NAMES.index(rank)]
        if not (file and rank):
            kind = kind or chess.PAWN
            if kind == chess.PAWN and not file:
                origins &= chess.BB_FILES[chess.FILE_NAMES.index(target[0])]
        origin = chess.parse_square(file + rank) if file and rank else None
        return cls(chess.parse_square(target), origins, origin, kind, _kind(promotion))

    def starts(self, board: chess.Board, move: chess.Move) -> bool:
        """Whether the move is by a piece this may be about."""
        fits = self.origins >> move.from_square & 1
        return bool(fits) and self.piece in (None, board.piece_type_at(move.from_square))

    def fits(self, board: chess.Board, move: chess.Move) -> bool:
        """Whether the move is what was meant; castling is, only with both squares named."""
        return (
            move.to_square == self.target
            and self.starts(board, move)
            and self.promotion in (None, move.promotion)
            and (self.origin is not None or not board.is_castling(move))
        )


def read(board: chess.Board, legal: Mapping[Move, chess.Move], text: str) -> Move:
    """The one of the ``legal`` moves that ``text`` means: SAN, UCI, or near enough.

    Raises:
        IllegalMove: none; the message says why.
        AmbiguousMove: several; the message names them.
    """
    spelled = _MARKS.sub("", _NUMBER.sub("", "".join(text.split())))
    if castling := _CASTLING.fullmatch(spelled):
        return _castle(board, legal, kingside=not castling["long"])
    readings = _readings(spelled)
    if not readings:
        raise IllegalMove(
            f"{text.strip()[:20]!r} is no chess move: type it as in {EXAMPLES}" if spelled else "name a move"
        )
    for reading in readings:
        matches = [move for move, meant in legal.items() if reading.fits(board, meant)]
        if len(matches) == 1:
            return matches[0]
        if matches:
            raise AmbiguousMove(_which(board, spelled, [legal[move] for move in matches]))
    raise IllegalMove(_why_not(board, legal.values(), readings[0]))


def _readings(spelled: str) -> list[_Reading]:
    """What the text may say, likelier first: ``bc4`` is a pawn's move, or else the bishop's."""
    plain = spelled if _MOVE.fullmatch(spelled) else spelled.lower()
    matches = map(_MOVE.fullmatch, (plain, plain[:1].upper() + plain[1:]))
    return [_Reading.of(match) for match in matches if match]


def _castle(board: chess.Board, legal: Mapping[Move, chess.Move], *, kingside: bool) -> Move:
    castles = board.is_kingside_castling if kingside else board.is_queenside_castling
    for spelled, move in legal.items():
        if castles(move):
            return spelled
    raise IllegalMove(_why_no_castling(board, kingside=kingside))


def _which(board: chess.Board, spelled: str, moves: list[chess.Move]) -> str:
    if len({move.from_square for move in moves}) == 1:
        return f"say what the pawn becomes: add q, r, b or n, as in {spelled}=q"
    return f"{spelled} may be {' or '.join(map(board.san, moves))}"


def _why_not(board: chess.Board, legal: Iterable[chess.Move], reading: _Reading) -> str:
    reason = _wrong_piece(board, reading) or _wrong_way(board, reading)
    instead = [board.san(move) for move in legal if reading.starts(board, move)]
    instead = instead or [board.san(move) for move in legal]
    return f"{reason}; legal: {few(instead)}" if len(instead) <= 12 else reason


def _wrong_piece(board: chess.Board, reading: _Reading) -> str | None:
    """Why there is nothing to move, if so."""
    side, origin = _COLORS[board.turn], reading.origin
    if origin is None:
        assert reading.piece is not None
        own = board.pieces_mask(reading.piece, board.turn)
        if own & reading.origins:
            return None
        where = " there" if own else ""
        return f"{side} has no {chess.piece_name(reading.piece)}{where}"
    square, piece = chess.square_name(origin), board.piece_at(origin)
    if piece is None:
        return f"there is no piece on {square}"
    if piece.color != board.turn:
        return f"{square} is {_COLORS[piece.color]}'s and it is {side}'s turn"
    if reading.piece not in (None, piece.piece_type):
        return f"the piece on {square} is a {chess.piece_name(piece.piece_type)}"
    return None


def _wrong_way(board: chess.Board, reading: _Reading) -> str:
    """Why a piece that is there can't go where it should."""
    side, target = _COLORS[board.turn], chess.square_name(reading.target)
    origin = reading.origin
    kind = reading.piece or board.piece_type_at(origin or 0) or chess.PAWN
    if any(reading.fits(board, move) for move in board.generate_pseudo_legal_moves()):
        return f"{side} is in check, and still would be" if board.is_check() else "the king would be in check"
    if kind == chess.KING and not board.chess960 and origin is not None and _is_leap(origin, reading.target):
        return _why_no_castling(board, kingside=reading.target > origin)
    if board.color_at(reading.target) == board.turn:
        return f"{side}'s own {chess.piece_name(board.piece_type_at(reading.target) or kind)} is on {target}"
    if reading.promotion and (kind != chess.PAWN or chess.square_rank(reading.target) not in (0, 7)):
        return f"nothing promotes on {target}"
    name = chess.piece_name(kind)
    if origin is None:
        return f"no {name} can go to {target}"
    return f"a {name} on {chess.square_name(origin)} can't go to {target}"


def _why_no_castling(board: chess.Board, *, kingside: bool) -> str:
    rights = board.has_kingside_castling_rights if kingside else board.has_queenside_castling_rights
    if not rights(board.turn):
        return f"{_COLORS[board.turn]} may not castle {'kingside' if kingside else 'queenside'} any more"
    if board.is_check():
        return "there is no castling out of check"
    if _way(board, kingside=kingside) & board.occupied:
        return "there are pieces between king and rook"
    return "there is no castling through check, or into it"


def _way(board: chess.Board, *, kingside: bool) -> chess.Bitboard:
    """The squares king and rook cross or end on, but for their own; standard chess is a case of Chess960."""
    king = board.king(board.turn)
    assert king is not None
    rank = chess.square_rank(king)
    rooks = board.clean_castling_rights() & chess.BB_RANKS[rank]
    rook = chess.msb(rooks) if kingside else chess.lsb(rooks)
    home = chess.square(6 if kingside else 2, rank), chess.square(5 if kingside else 3, rank)
    squares = {king, rook, *home}
    span = chess.between(min(squares), max(squares)) | chess.BB_SQUARES[home[0]] | chess.BB_SQUARES[home[1]]
    return span & ~(chess.BB_SQUARES[king] | chess.BB_SQUARES[rook])


def _is_leap(origin: chess.Square, target: chess.Square) -> bool:
    same_rank = chess.square_rank(origin) == chess.square_rank(target)
    return same_rank and chess.square_distance(origin, target) == 2


def _kind(letter: str | None) -> chess.PieceType | None:
    return chess.PIECE_SYMBOLS.index(letter.lower()) if letter else None
