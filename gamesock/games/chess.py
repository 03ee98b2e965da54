"""Chess and Chess960, on the rules of python-chess, which is loaded with the first move.

A move is UCI (``"e2e4"``, ``"e7e8q"``); in Chess960 castling is written as the king taking its rook.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from gamesock.game import Game, IllegalMove, Move, Opening, Option, Position, Seat, only
from gamesock.games.chess_openings import opening_of
from gamesock.games.chess_state import EXAMPLES, ChessState

if TYPE_CHECKING:
    from gamesock.games.chess_position import ChessPosition


class Chess(Game):
    """The rules of the FIDE; draws by 75 moves and fivefold repetition come by themselves."""

    name = "chess"
    title = "Chess"
    seats = ("white", "black")
    state_schema = ChessState
    options = (
        Option("variant", "chess960 shuffles the pieces behind the pawns", "standard", ("standard", "chess960")),
        Option("fen", "the position to start from"),
        Option(
            "position",
            "the Chess960 start position, 0 to 959; drawn by lot when left out",
            when=("variant", "chess960"),
        ),
    )
    notations: ClassVar[str] = EXAMPLES

    def start(self, options: Mapping[str, Any], seed: int) -> ChessPosition:
        given = self.chosen(options)
        if given in ({}, {"variant": "standard"}):
            from gamesock.games.chess_position import ChessPosition

            return ChessPosition()
        from gamesock.games import chess_start

        return chess_start.start(given, seed)

    def load(self, dump: Mapping[str, Any]) -> ChessPosition:
        from gamesock.games import chess_start

        return chess_start.load(dump)

    def parse(self, position: Position, raw: object, seat: Seat | None = None) -> Move:
        """Read SAN or UCI, by itself or in ``{"move": ...}``."""
        from gamesock.games.chess_notation import read

        only(position.to_move, seat)
        text = raw.get("move") if isinstance(raw, Mapping) else raw
        if not isinstance(text, str):
            raise IllegalMove(f"a chess move is text, as in {EXAMPLES}")
        own = _own(position)
        return read(own.board, own.legal, text)

    def format(self, position: Position, move: Move) -> str:
        own = _own(position)
        return own.board.san(own.legal[move])

    def opening(self, position: Position) -> Opening | None:
        """None in Chess960, where the start is another one."""
        own = _own(position)
        return None if own.variant == "chess960" else opening_of(own.fens)


def _own(position: Position) -> ChessPosition:
    from gamesock.games.chess_position import ChessPosition

    assert isinstance(position, ChessPosition)
    return position
