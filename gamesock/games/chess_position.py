"""A chess game under way, and what clients see of it."""

from __future__ import annotations

from collections import Counter
from typing import Any

import chess

from gamesock.game import BoardPicture, IllegalMove, Move, Outcome, Position, Seat, few, only
from gamesock.games.chess_picture import draw
from gamesock.games.chess_state import ChessState

_SEATS: dict[chess.Color, Seat] = {chess.WHITE: "white", chess.BLACK: "black"}
_COLORS = {"white": chess.WHITE, "black": chess.BLACK}
_TURNS = {color: frozenset({seat}) for color, seat in _SEATS.items()}
_NOBODY: frozenset[Seat] = frozenset()


class ChessPosition(Position):
    """A board with its past, kept up to date move by move so that looking at it costs little."""

    def __init__(self, board: chess.Board) -> None:
        self.board = board
        """The board with all moves on its stack: for reading; ``play`` moves."""
        self.fens = [board.fen()]
        """The FEN of the start, and after each move."""
        self._history: list[tuple[Seat, Move]] = []
        self.legal: dict[Move, chess.Move] = {}
        """The legal moves by their UCI, sorted; none once the game is over."""
        self._captured: dict[Seat, list[str]] = {seat: [] for seat in _SEATS.values()}
        self._seen = Counter[str]()
        self._last: tuple[chess.Square, ...] = ()
        self._picture: BoardPicture | None = None
        self._outcome: Outcome | None = None
        self._arrive()

    @property
    def variant(self) -> str:
        return "chess960" if self.board.chess960 else "standard"

    @property
    def moves(self) -> list[Move]:
        """The moves since the start position."""
        return [move for _, move in self._history]

    @property
    def fen(self) -> str:
        return self.fens[-1]

    @property
    def to_move(self) -> frozenset[Seat]:
        return _NOBODY if self._outcome else _TURNS[self.board.turn]

    def legal_moves(self, seat: Seat | None = None) -> list[Move]:
        return list(self.legal) if seat in (None, _SEATS[self.board.turn]) else []

    def play(self, move: Move, seat: Seat | None = None) -> None:
        mover = only(self.to_move, seat)
        meant = self.legal.get(move)
        if meant is None:
            raise IllegalMove(f"{move!r} isn't legal here: {few(list(self.legal))}")
        board = self.board
        if board.is_capture(meant):
            taken = chess.PAWN if board.is_en_passant(meant) else board.piece_type_at(meant.to_square)
            assert taken is not None
            self._captured[mover].append(chess.Piece(taken, not board.turn).symbol())
        castled = board.is_castling(meant)
        board.push(meant)
        landed = board.king(not board.turn) if castled else None
        self._last = (meant.from_square, meant.to_square if landed is None else landed)
        self._history.append((mover, move))
        self.fens.append(board.fen())
        self._arrive()

    def outcome(self) -> Outcome | None:
        return self._outcome

    def claims(self, seat: Seat) -> tuple[str, ...]:
        """Only the player to move may claim, once the position is on the board (not by announcing a move)."""
        if seat not in self.to_move:
            return ()
        rules = {
            "threefold_repetition": self._seen[_repeated(self.fen)] >= 3,
            "fifty_moves": self.board.halfmove_clock >= 100,
        }
        return tuple(reason for reason, holds in rules.items() if holds)

    def can_win(self, seat: Seat) -> bool:
        return not self.board.has_insufficient_material(_COLORS[seat])

    def view(self, seat: Seat | None) -> ChessState:
        fen, turn, ended = self.fen, _SEATS[self.board.turn], self._outcome
        return ChessState.model_validate(
            {
                "fen": fen,
                "board_fen": fen,
                "current_board_fen": fen,
                "board_fens": self.fens,
                "move_history": self._history,
                "current_player": turn,
                "turn": turn,
                "game_status": self._status(),
                "game_result": None if ended is None else f"{ended.winner}_win" if ended.winner else "draw",
                "captured_pieces": self._captured,
                "legal_moves": list(self.legal),
                "variant": self.variant,
            }
        )

    def picture(self, seat: Seat | None) -> BoardPicture:
        if self._picture is None:
            self._picture = draw(self.board, self.fen, self.legal, self._last, self._captured)
        return self._picture

    def dump(self) -> dict[str, Any]:
        return {"variant": self.variant, "fen": self.fens[0], "moves": self.moves}

    def copy(self) -> ChessPosition:
        twin = ChessPosition.__new__(ChessPosition)
        twin.__dict__ |= self.__dict__
        twin.board = self.board.copy()
        twin.fens = self.fens.copy()
        twin._history = self._history.copy()
        twin._captured = {taker: taken.copy() for taker, taken in self._captured.items()}
        twin._seen = self._seen.copy()
        return twin

    def at(self, ply: int) -> ChessPosition:
        """The position after the first ``ply`` moves: moves unmade, which costs far less than moves made."""
        twin, before = self.copy(), max(0, ply - 1)
        for _ in range(len(self._history) - before):
            undone = twin.board.pop()
            if twin.board.is_capture(undone):
                twin._captured[_SEATS[twin.board.turn]].pop()
        del twin.fens[before + 1 :], twin._history[before:]
        twin._seen = Counter(map(_repeated, twin.fens[:-1]))
        twin._last = ()
        twin._arrive()
        if ply:
            twin.play(self._history[before][1])
        return twin

    def _arrive(self) -> None:
        """Take stock of the position just reached."""
        self._seen[_repeated(self.fen)] += 1
        self._picture = None
        moves = {move.uci(): move for move in self.board.generate_legal_moves()}
        self._outcome = self._end(stuck=not moves)
        self.legal = {} if self._outcome else dict(sorted(moves.items()))

    def _end(self, *, stuck: bool) -> Outcome | None:
        board = self.board
        if stuck:
            mate = board.is_check()
            return Outcome(_SEATS[not board.turn], "checkmate") if mate else Outcome(None, "stalemate")
        if board.is_insufficient_material():
            return Outcome(None, "insufficient_material")
        if board.halfmove_clock >= 150:
            return Outcome(None, "seventyfive_moves")
        if self._seen[_repeated(self.fen)] >= 5:
            return Outcome(None, "fivefold_repetition")
        return None

    def _status(self) -> str:
        if self._outcome is None:
            return "check" if self.board.is_check() else "ongoing"
        return self._outcome.reason if self._outcome.reason in ("checkmate", "stalemate") else "draw"


def _repeated(fen: str) -> str:
    """What two positions share when one repeats the other: all but the move counters."""
    return fen.rsplit(" ", 2)[0]
