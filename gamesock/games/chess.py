"""Chess and Chess960, on the rules of python-chess.

A move is UCI (``"e2e4"``, ``"e7e8q"``); in Chess960 castling is written as the king taking its rook.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import chess

from gamesock.game import BadOptions, Game, IllegalMove, Move, Opening, Option, Position, Seat, only, rng
from gamesock.games.chess_notation import EXAMPLES, read
from gamesock.games.chess_openings import opening_of
from gamesock.games.chess_position import ChessPosition, ChessState

_WORDS = {chess.STATUS_OPPOSITE_CHECK: "the side that isn't to move is in check"}


class Chess(Game):
    """The rules of the FIDE; draws by 75 moves and fivefold repetition come by themselves."""

    name = "chess"
    title = "Chess"
    seats = ("white", "black")
    state_schema = ChessState
    options = (
        Option("variant", "chess960 shuffles the pieces behind the pawns", "standard", ("standard", "chess960")),
        Option("fen", "the position to start from"),
        Option("position", "the Chess960 start position, 0 to 959; drawn by lot when left out"),
    )
    notations: ClassVar[str] = EXAMPLES

    def start(self, options: Mapping[str, Any], seed: int) -> ChessPosition:
        given = self.chosen(options)
        variant = given.get("variant", "chess960" if "position" in given else "standard")
        if "position" in given and (variant != "chess960" or "fen" in given):
            raise BadOptions("position goes with the variant chess960, and without a fen")
        if "fen" in given:
            board = _set_up(given["fen"], variant)
        elif variant == "chess960":
            board = chess.Board.from_chess960_pos(_number(given.get("position"), seed))
        else:
            board = chess.Board()
        position = ChessPosition(board)
        if ended := position.outcome():
            raise BadOptions(f"fen: the game would be over at once ({ended.reason})")
        return position

    def load(self, dump: Mapping[str, Any]) -> ChessPosition:
        variant, fen, moves = dump.get("variant"), dump.get("fen"), dump.get("moves")
        if variant not in ("standard", "chess960") or not isinstance(fen, str):
            raise ValueError("a chess dump has a variant and a fen")
        if not isinstance(moves, list) or not all(isinstance(move, str) for move in moves):
            raise ValueError("a chess dump has a list of moves")
        position = ChessPosition(_set_up(fen, variant))
        for move in moves:
            position.play(move)
        return position

    def parse(self, position: Position, raw: object, seat: Seat | None = None) -> Move:
        """Read SAN or UCI, by itself or in ``{"move": ...}``."""
        assert isinstance(position, ChessPosition)
        only(position.to_move, seat)
        text = raw.get("move") if isinstance(raw, Mapping) else raw
        if not isinstance(text, str):
            raise IllegalMove(f"a chess move is text, as in {EXAMPLES}")
        return read(position.board, position.legal, text)

    def format(self, position: Position, move: Move) -> str:
        assert isinstance(position, ChessPosition)
        return position.board.san(position.legal[move])

    def opening(self, position: Position) -> Opening | None:
        """None in Chess960, where the start is another one."""
        assert isinstance(position, ChessPosition)
        return None if position.board.chess960 else opening_of(position.fens)


def _set_up(fen: str, variant: str) -> chess.Board:
    try:
        board = chess.Board(fen, chess960=variant == "chess960")
    except ValueError as error:
        raise BadOptions(f"fen: {error}") from None
    if board.fullmove_number > 9999 or board.halfmove_clock > 9999:
        raise BadOptions("fen: its move counters are beyond 9999")
    wrong = [_WORDS.get(flag, str(flag.name).replace("_", " ").lower()) for flag in board.status()]
    if wrong:
        raise BadOptions(f"fen: no such position can arise ({', '.join(wrong)})")
    return board


def _number(text: str | None, seed: int) -> int:
    if text is None:
        return rng(seed, "chess960").randrange(960)
    if not (text.isascii() and text.isdigit() and len(text) <= 3 and int(text) < 960):
        raise BadOptions(f"position can't be {text!r}: it is a number from 0 to 959")
    return int(text)
