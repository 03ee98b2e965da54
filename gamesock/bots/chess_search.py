"""Looks ahead in chess: principal variation search and quiescence.

Scores are centipawns for the side to move; a mate is a forced win. What the techniques are called, and where
they come from, is on https://www.chessprogramming.org.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import NamedTuple

import chess

from gamesock.bots.alphabeta import DECIDED, INFINITY, WIN, Search
from gamesock.bots.chess_eval import evaluate
from gamesock.bots.chess_order import DEEPEST, WORTH, MoveOrder
from gamesock.bots.deadline import Deadline
from gamesock.bots.table import Table
from gamesock.game import Move

_OPENING_PLIES, _OPENING_NOISE = 10, 8.0
_NULL_DEPTH, _NULL_REDUCTION = 3, 3
_LATE_DEPTH, _LATE_MOVE, _VERY_LATE_MOVE = 3, 4, 12
_FUTILE_DEPTH, _FUTILE_MARGIN = 3, 110
_DELTA_MARGIN = 150
_NULL_MOVE = chess.Move.null()


class ChessSearch(Search):
    """A search of one chess position."""

    deepest = DEEPEST - 1

    def __init__(self, board: chess.Board, deadline: Deadline) -> None:
        self._root = board
        self._board = board.copy()
        self._deadline = deadline
        self._table: Table[chess.Move] = Table()
        self._seen = _past(board)
        self._order = MoveOrder(self._board)
        self.variety = _OPENING_NOISE if board.ply() < _OPENING_PLIES else 0.0

    def moves(self) -> list[Move]:
        return [move.uci() for move in self._order.moves(None, 0)]

    def look(self, move: Move, depth: int, alpha: int, beta: int) -> int:
        self._board.push(chess.Move.from_uci(move))
        score = -self._search(depth - 1, -beta, -alpha, 1)
        self._board.pop()
        return score

    def line(self, move: Move, depth: int) -> list[Move]:
        board, moves = self._root.copy(stack=False), [move]
        board.push(chess.Move.from_uci(move))
        while len(moves) < depth and not _is_drawn(board):
            entry = self._table.get(board._transposition_key())
            if entry is None or entry.move is None:
                break
            moves.append(entry.move.uci())
            board.push(entry.move)
        return moves

    def _search(self, depth: int, alpha: int, beta: int, ply: int, null: bool = False) -> int:
        """The score, exact between ``alpha`` and ``beta`` and a bound outside."""
        board = self._board
        self._deadline.visit()
        key = board._transposition_key()
        if key in self._seen or _is_drawn(board):
            return 0
        checked = board.is_check()
        depth += checked
        if depth <= 0 or ply >= DEEPEST:
            return self._quiesce(alpha, beta, ply)
        alpha = max(alpha, ply - WIN)
        if alpha >= beta:
            return alpha
        entry = self._table.get(key)
        if entry and (score := entry.cut(depth, alpha, beta, ply)) is not None:
            return score
        static = -INFINITY if checked else evaluate(board)
        if not checked and not null and alpha + 1 == beta:
            bound = self._prune(depth, beta, ply, static)
            if bound is not None:
                return bound
        node = _Node(depth, alpha, beta, ply, static)
        self._seen.add(key)
        best, move = self._best(node, entry.move if entry else None)
        self._seen.discard(key)
        self._table.put(key, depth, best, beta, move, ply)
        return best

    def _prune(self, depth: int, beta: int, ply: int, static: int) -> int | None:
        """A score of at least ``beta`` where the position is so good that a full search isn't needed."""
        board = self._board
        if static < beta or abs(beta) >= DECIDED:
            return None
        if depth <= _FUTILE_DEPTH and static - _FUTILE_MARGIN * depth >= beta:
            return static
        pieces = board.occupied_co[board.turn] & ~(board.pawns | board.kings)
        if depth < _NULL_DEPTH or not pieces:
            return None
        board.push(_NULL_MOVE)
        score = -self._search(depth - _NULL_REDUCTION - depth // 5, -beta, -beta + 1, ply + 1, null=True)
        board.pop()
        return min(score, DECIDED - 1) if score >= beta else None

    def _best(self, node: _Node, hint: chess.Move | None) -> tuple[int, chess.Move | None]:
        """The score and, if it is above ``alpha``, the move that gets it."""
        board, (depth, alpha, beta, ply, static) = self._board, node
        hope = static + _FUTILE_MARGIN * depth
        futile = depth <= _FUTILE_DEPTH and static > -INFINITY and hope <= alpha
        best, chosen = -INFINITY, None
        for index, move in enumerate(self._order.moves(hint, ply)):
            quiet = not (board.occupied >> move.to_square & 1 or move.promotion)
            if quiet and futile and best > -DECIDED and index:
                best = max(best, hope)
                continue
            late = 0 if static == -INFINITY or not quiet or depth < _LATE_DEPTH else _later(index)
            board.push(move)
            score = self._score(node, alpha, late=late, first=best == -INFINITY)
            board.pop()
            if score > best:
                best = score
            if score > alpha:
                alpha, chosen = score, move
            if alpha >= beta:
                if quiet:
                    self._order.refuted(move, ply, depth)
                break
        if best == -INFINITY:
            best = ply - WIN if static == -INFINITY else 0
        return best, chosen

    def _score(self, node: _Node, alpha: int, *, late: int, first: bool) -> int:
        """The score of the move just played: with an open window only if it seems to be the best."""
        depth, _, beta, ply, _ = node
        if not first:
            score = -self._search(depth - 1 - late, -alpha - 1, -alpha, ply + 1)
            if score <= alpha or (score >= beta and not late):
                return score
        return -self._search(depth - 1, -beta, -alpha, ply + 1)

    def _quiesce(self, alpha: int, beta: int, ply: int) -> int:
        """The score once captures are played out, so that no piece hangs when it is counted."""
        board = self._board
        self._deadline.visit()
        checked = board.is_check()
        if checked:
            best, margin = ply - WIN, INFINITY
            moves = self._order.moves(None, min(ply, DEEPEST))
        else:
            best = evaluate(board)
            if best >= beta:
                return best
            margin = best + _DELTA_MARGIN
            alpha = max(alpha, best)
            moves = self._order.captures()
        for move in moves:
            taken = WORTH[board.piece_type_at(move.to_square) or chess.PAWN]
            if margin + taken + WORTH[move.promotion or 0] <= alpha:
                continue
            board.push(move)
            score = -self._quiesce(-beta, -alpha, ply + 1)
            board.pop()
            if score > best:
                best = score
                alpha = max(alpha, score)
                if score >= beta:
                    break
        return best


class _Node(NamedTuple):
    """A position of the search tree; ``static`` is its value without looking ahead (-infinity: in check)."""

    depth: int
    alpha: int
    beta: int
    ply: int
    static: int


def _later(index: int) -> int:
    """How much less deep a quiet move is looked at, the ``index``-th in the order of likelihood."""
    return (index >= _LATE_MOVE) + (index >= _VERY_LATE_MOVE)


def _is_drawn(board: chess.Board) -> bool:
    """Whether the rules make this a draw, or let a player claim one."""
    if not (board.pawns | board.rooks | board.queens) and board.is_insufficient_material():
        return True
    return board.is_fifty_moves()


def _past(board: chess.Board) -> set[Hashable]:
    """The positions of the game that could still be repeated, the present one included."""
    past, seen = board.copy(), {board._transposition_key()}
    while past.move_stack and past.halfmove_clock:
        past.pop()
        seen.add(past._transposition_key())
    return seen
