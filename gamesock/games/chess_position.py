"""A chess game under way, and what clients see of it.

python-chess is loaded with the first move: its tables take as long as drawing a board ten times.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from gamesock.game import BoardPicture, IllegalMove, Move, Outcome, PictureMove, Position, Seat, few, only
from gamesock.games.chess_picture import FIRST_MOVES, draw, gesture, lead, symbol
from gamesock.games.chess_state import ChessState

if TYPE_CHECKING:
    import chess

_SEATS: dict[chess.Color, Seat] = {True: "white", False: "black"}
_COLORS = {seat: color for color, seat in _SEATS.items()}
_TURNS = {color: frozenset({seat}) for color, seat in _SEATS.items()}
_NOBODY: frozenset[Seat] = frozenset()
_PAWN = 1

START = "rnbqkbnr/pppppppp/8/8/8/8/PPPPPPPP/RNBQKBNR w KQkq - 0 1"
"""Where standard chess begins."""


class ChessPosition(Position):
    """A board with its past, kept up to date move by move so that looking at it costs little.

    Without a ``board`` it is the start of standard chess, which everybody knows: no library is asked about it.
    """

    def __init__(self, board: chess.Board | None = None) -> None:
        self._board = board
        self.variant = "chess960" if board is not None and board.chess960 else "standard"
        self.fens = [START if board is None else board.fen()]
        """The FEN of the start, and after each move."""
        self._history: list[tuple[Seat, Move]] = []
        self._turn: chess.Color = True
        self._legal: dict[Move, chess.Move] = {}
        self._captured: dict[Seat, list[str]] = {seat: [] for seat in _SEATS.values()}
        self._seen = Counter[str]()
        self._last: tuple[chess.Square, ...] = ()
        self._picture: BoardPicture | None = None
        self._outcome: Outcome | None = None
        if board is None:
            self._seen[_repeated(START)] += 1
        else:
            self._arrive()

    @property
    def board(self) -> chess.Board:
        """The board with all moves on its stack: for reading; ``play`` moves."""
        return self._set_up()

    @property
    def legal(self) -> Mapping[Move, chess.Move]:
        """The legal moves by their UCI, sorted; none once the game is over."""
        self._set_up()
        return self._legal

    def _set_up(self) -> chess.Board:
        if self._board is None:
            import chess

            self._board = chess.Board()
            self._legal = {move: chess.Move.from_uci(move) for move in FIRST_MOVES}
        return self._board

    @property
    def moves(self) -> list[Move]:
        """The moves since the start position."""
        return [move for _, move in self._history]

    @property
    def fen(self) -> str:
        return self.fens[-1]

    @property
    def to_move(self) -> frozenset[Seat]:
        return _NOBODY if self._outcome else _TURNS[self._turn]

    def legal_moves(self, seat: Seat | None = None) -> list[Move]:
        if seat not in (None, _SEATS[self._turn]):
            return []
        return list(FIRST_MOVES if self._board is None else self._legal)

    def play(self, move: Move, seat: Seat | None = None) -> None:
        mover = only(self.to_move, seat)
        meant = self.legal.get(move)
        if meant is None:
            raise IllegalMove(f"{move!r} isn't legal here: {few(list(self.legal))}")
        board = self.board
        if board.is_capture(meant):
            taken = _PAWN if board.is_en_passant(meant) else board.piece_type_at(meant.to_square)
            assert taken is not None
            self._captured[mover].append(symbol(taken, not board.turn))
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
            "fifty_moves": int(self.fen.split()[4]) >= 100,
        }
        return tuple(reason for reason, holds in rules.items() if holds)

    def can_win(self, seat: Seat) -> bool:
        return not self.board.has_insufficient_material(_COLORS[seat])

    def view(self, seat: Seat | None) -> ChessState:
        fen, turn, ended = self.fen, _SEATS[self._turn], self._outcome
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
                "legal_moves": self.legal_moves(),
                "variant": self.variant,
            }
        )

    def picture(self, seat: Seat | None) -> BoardPicture:
        if self._picture is None:
            board, check, ahead = self._board, None, 0
            moves: Iterable[PictureMove] = FIRST_MOVES.values()
            if board is not None:
                moves = (gesture(board, spelled, move) for spelled, move in self._legal.items())
                check = board.king(board.turn) if board.is_check() else None
                ahead = lead(board)
            self._picture = draw(self.fen, moves, self._last, check, self._captured, ahead)
        return self._picture

    def dump(self) -> dict[str, Any]:
        return {"variant": self.variant, "fen": self.fens[0], "moves": self.moves}

    def copy(self) -> ChessPosition:
        twin = ChessPosition.__new__(ChessPosition)
        twin.__dict__ |= self.__dict__
        twin._board = None if self._board is None else self._board.copy()
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
        self._turn = self.board.turn
        moves = {move.uci(): move for move in self.board.generate_legal_moves()}
        self._outcome = self._end(stuck=not moves)
        self._legal = {} if self._outcome else dict(sorted(moves.items()))

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
            return "check" if self._board is not None and self._board.is_check() else "ongoing"
        return self._outcome.reason if self._outcome.reason in ("checkmate", "stalemate") else "draw"


def _repeated(fen: str) -> str:
    """What two positions share when one repeats the other: all but the move counters."""
    return fen.rsplit(" ", 2)[0]
