"""Looks ahead in Connect 4 on bitboards, to the end of the game where there is time for it.

Bit ``column * 7 + row`` is a cell, row 0 at the bottom; the seventh bit of a column stays empty, so that no
line runs from one column into the next. A threat is an empty cell that would complete a four.
"""

from __future__ import annotations

from functools import lru_cache

from gamesock.bots.alphabeta import INFINITY, WIN, Search
from gamesock.bots.deadline import Deadline
from gamesock.bots.table import Table
from gamesock.game import Move

_COLUMNS, _ROWS = "abcdefg", 6
_STRIDE = _ROWS + 1
_BOTTOM = sum(1 << column * _STRIDE for column in range(7))
_CELLS = _BOTTOM * ((1 << _ROWS) - 1)
_ALL = 42
_COLUMN = tuple(((1 << _ROWS) - 1) << column * _STRIDE for column in (3, 2, 4, 1, 5, 0, 6))
"""The cells of each column, the middle first."""
_ODD_ROWS, _EVEN_ROWS = _BOTTOM * 0b010101, _BOTTOM * 0b101010
_MIDDLE = ((_COLUMN[0], 4), (_COLUMN[1] | _COLUMN[2], 2))
_THREAT, _LASTING = 15, 35
_SORT_DEPTH = 3


class Connect4Search(Search):
    """A search of one position, where ``mine`` are the discs of the seat to move."""

    def __init__(self, mine: int, theirs: int, deadline: Deadline) -> None:
        self._mine, self._discs = mine, mine | theirs
        self._start = self._discs.bit_count()
        self._deadline = deadline
        self._table: Table[int] = Table()

    @property
    def deepest(self) -> int:
        return _ALL - self._start

    def moves(self) -> list[Move]:
        playable = (self._discs + _BOTTOM) & _CELLS
        return [_letter(playable & column) for column in _COLUMN if playable & column]

    def look(self, move: Move, depth: int, alpha: int, beta: int) -> int:
        cell = _cell(self._discs, move)
        if cell & threats(self._mine, self._discs):
            return WIN - 1
        mine, discs = self._mine ^ self._discs, self._discs | cell
        return -self._search(mine, discs, depth - 1, -beta, -alpha)

    def line(self, move: Move, depth: int) -> list[Move]:
        mine, discs, moves = self._mine, self._discs, [move]
        cell = _cell(discs, move)
        while not cell & threats(mine, discs) and len(moves) < depth:
            mine, discs = mine ^ discs, discs | cell
            playable = (discs + _BOTTOM) & _CELLS
            entry = self._table.get((mine, discs))
            cell = threats(mine, discs) & playable or (entry.move if entry and entry.move else 0)
            cell &= -cell
            if not cell:
                break
            moves.append(_letter(cell))
        return moves

    def _search(self, mine: int, discs: int, depth: int, alpha: int, beta: int) -> int:
        """The score for the seat to move, exact between ``alpha`` and ``beta`` and a bound outside."""
        self._deadline.visit()
        playable = (discs + _BOTTOM) & _CELLS
        played = discs.bit_count() - self._start
        own = threats(mine, discs)
        if own & playable:
            return WIN - played - 1
        their = threats(mine ^ discs, discs)
        forced = their & playable
        if forced:
            playable = forced
        playable &= ~(their >> 1)  # a disc there would hold up the one that wins
        if forced & (forced - 1) or not playable:
            return 0 if discs == _CELLS else played + 2 - WIN
        if depth <= 0:
            return _value(mine, discs, own, their)
        alpha = max(alpha, played + 4 - WIN)  # neither side wins before that
        beta = min(beta, WIN - played - 3)
        if alpha >= beta:
            return alpha
        entry = self._table.get((mine, discs))
        if entry and (score := entry.cut(depth, alpha, beta, 0)) is not None:
            return score
        hint = entry.move if entry and entry.move else 0
        best, chosen = self._best(mine, discs, depth, alpha, beta, _order(mine, playable, hint, depth))
        self._table.put((mine, discs), depth, best, beta, chosen, 0)
        return best

    def _best(
        self, mine: int, discs: int, depth: int, alpha: int, beta: int, cells: list[int]
    ) -> tuple[int, int | None]:
        """The score and, if it is above ``alpha``, the cell that gets it."""
        theirs, best, chosen = mine ^ discs, -INFINITY, None
        for cell in cells:
            score = alpha + 1 if best == -INFINITY else self._probe(theirs, discs | cell, depth, alpha)
            if score > alpha:
                score = -self._search(theirs, discs | cell, depth - 1, -beta, -alpha)
            best = max(best, score)
            if score > alpha:
                alpha, chosen = score, cell
            if alpha >= beta:
                break
        return best, chosen

    def _probe(self, theirs: int, discs: int, depth: int, alpha: int) -> int:
        """Whether a move is better than ``alpha``, which is cheaper to know than how much."""
        return -self._search(theirs, discs, depth - 1, -alpha - 1, -alpha)


def _order(mine: int, playable: int, hint: int, depth: int) -> list[int]:
    """The playable cells: what the table remembers, then by the threats they make, the middle first."""
    cells = [playable & column for column in _COLUMN if playable & column]
    if depth >= _SORT_DEPTH:
        cells.sort(key=lambda cell: (cell != hint, -_fours(mine | cell).bit_count()))
    return cells


def _value(mine: int, discs: int, own: int, their: int) -> int:
    """A guess at the score from the threats and the middle cells each side holds.

    When columns fill up, the first player gets the odd rows and the second the even ones, so their threats
    there last (V. Allis, A Knowledge-based Approach of Connect-Four, 1988).
    """
    mine_last, theirs_last = (_EVEN_ROWS, _ODD_ROWS) if discs.bit_count() % 2 else (_ODD_ROWS, _EVEN_ROWS)
    theirs = mine ^ discs
    value = _THREAT * (own.bit_count() - their.bit_count())
    value += _LASTING * ((own & mine_last).bit_count() - (their & theirs_last).bit_count())
    for cells, weight in _MIDDLE:
        value += weight * ((mine & cells).bit_count() - (theirs & cells).bit_count())
    return value


def threats(side: int, discs: int) -> int:
    """The empty cells that complete a four for the side with these discs."""
    return _fours(side) & ~discs


@lru_cache(1 << 17)
def _fours(side: int) -> int:
    """The cells, empty or not, that complete a four for these discs."""
    found = side << 1 & side << 2 & side << 3
    for step in (_STRIDE - 1, _STRIDE, _STRIDE + 1):
        after = side << step & side << 2 * step
        before = side >> step & side >> 2 * step
        found |= after & (side << 3 * step | side >> step) | before & (side >> 3 * step | side << step)
    return found & _CELLS


def _cell(discs: int, move: Move) -> int:
    """The cell that a disc falls to."""
    column = ((1 << _ROWS) - 1) << _COLUMNS.index(move) * _STRIDE
    return discs + _BOTTOM & column


def _letter(cell: int) -> Move:
    return _COLUMNS[(cell.bit_length() - 1) // _STRIDE]
