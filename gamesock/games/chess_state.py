"""What clients are told of chess: the state of a game, and how moves are typed."""

from __future__ import annotations

from typing import Literal, TypeAlias

from gamesock.game import GameState, Move

EXAMPLES = "e4 Nf3 O-O e2e4"

Color: TypeAlias = Literal["white", "black"]


class ChessState(GameState):
    """A chess position for clients. ``board_fen``, ``current_board_fen`` and ``fen`` are the same FEN."""

    histories = ("board_fens", "move_history")

    fen: str
    board_fen: str
    current_board_fen: str
    board_fens: list[str]
    """From the start position on, one after each move."""
    move_history: list[tuple[Color, Move]]
    current_player: Color
    turn: Color
    game_status: Literal["ongoing", "check", "checkmate", "stalemate", "draw"]
    game_result: Literal["white_win", "black_win", "draw"] | None
    captured_pieces: dict[Color, list[str]]
    """What each player has taken, in order, as FEN letters: white's are lower-case, being black pieces."""
    legal_moves: list[Move]
    variant: Literal["standard", "chess960"]
    error_message: str | None = None
