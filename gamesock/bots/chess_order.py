"""In which order a chess search tries moves: the likelier one is best, the sooner the search is done.

First what a table remembers, then captures that gain, then quiet moves that refuted something elsewhere
(killers and history), and captures that look like losing material last.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import chess

from gamesock.bots.chess_values import VALUES

DEEPEST = 60
"""Half-moves from the root beyond which only captures are looked at."""
WORTH = [0, *(VALUES[kind][0] for kind in chess.PIECE_TYPES)]
"""By piece type, with the king above all."""
WORTH[chess.KING] = 2000

_EVEN_TRADE = 50
_KILLERS = 2
_FIRST = 1 << 60
_SEVENTH = (chess.BB_RANK_2, chess.BB_RANK_7)


class MoveOrder:
    """Orders the moves of one board, and learns from the search which quiet moves are good."""

    def __init__(self, board: chess.Board) -> None:
        self._board = board
        self._killers: list[list[chess.Move]] = [[] for _ in range(DEEPEST + 1)]
        self._history = [0] * 2 * 64 * 64

    def moves(self, hint: chess.Move | None, ply: int) -> Iterator[chess.Move]:
        """Every legal move once, ``hint`` first; moves are generated only as far as they are asked for."""
        if hint:
            yield hint
        board = self._board
        enemies = board.occupied_co[not board.turn]
        losing = []
        for move in sorted(board.generate_legal_moves(chess.BB_ALL, enemies), key=self.gain, reverse=True):
            if move == hint:
                continue
            if self.loses(move):
                losing.append(move)
            else:
                yield move
        quiet = board.generate_legal_moves(chess.BB_ALL, ~enemies)
        for move in sorted(quiet, key=self._merit(ply), reverse=True):
            if move != hint:
                yield move
        yield from losing

    def captures(self) -> Iterator[chess.Move]:
        """Captures that don't look like losing material, the greatest gain first, and new queens."""
        board = self._board
        moves = [move for move in board.generate_legal_captures() if not self.loses(move)]
        on_seventh = board.pawns & board.occupied_co[board.turn] & _SEVENTH[board.turn]
        if on_seventh:
            pushes = board.generate_legal_moves(on_seventh, ~board.occupied)
            moves += [move for move in pushes if move.promotion == chess.QUEEN]
        moves.sort(key=self.gain, reverse=True)
        return iter(moves)

    def gain(self, move: chess.Move) -> int:
        """What a move takes or promotes to; among equals, the least piece that does it is best."""
        board = self._board
        taken = board.piece_type_at(move.to_square) or 0
        mover = board.piece_type_at(move.from_square) or 0
        return WORTH[taken] + WORTH[move.promotion or 0] - mover

    def loses(self, move: chess.Move) -> bool:
        """Whether a capture gives more than it takes, as far as one recapture tells."""
        board = self._board
        taken, mover = board.piece_type_at(move.to_square), board.piece_type_at(move.from_square)
        if not taken or not mover or WORTH[mover] <= WORTH[taken] + _EVEN_TRADE or mover == chess.KING:
            return False
        return bool(board.attackers_mask(not board.turn, move.to_square))

    def refuted(self, move: chess.Move, ply: int, depth: int) -> None:
        """Learn that this quiet move was too good for the opponent to allow."""
        killers = self._killers[ply]
        if move not in killers:
            killers.insert(0, move)
            del killers[_KILLERS:]
        place = self._board.turn << 12 | move.from_square << 6 | move.to_square
        self._history[place] += depth * depth

    def _merit(self, ply: int) -> Callable[[chess.Move], int]:
        history, killers, side = self._history, self._killers[ply], self._board.turn << 12

        def merit(move: chess.Move) -> int:
            if move in killers or move.promotion == chess.QUEEN:
                return _FIRST
            return history[side | move.from_square << 6 | move.to_square]

        return merit
