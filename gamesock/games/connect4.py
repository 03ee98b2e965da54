"""Connect 4: discs fall into seven columns of six, four in a line win.

A move is the letter of its column, ``"a"`` to ``"g"`` from the left, as the board is labelled; who types a digit
counts from 1, as people do. JSON numbers are indexes, from 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal, TypeAlias

from gamesock.game import (
    BoardPicture,
    Game,
    GameState,
    IllegalMove,
    Mark,
    Move,
    Outcome,
    PictureMove,
    Piece,
    Position,
    Seat,
    only,
    replayed,
)

ROWS = 6
COLUMNS = "abcdefg"
STRIDE = ROWS + 1
"""Bits a column takes: one stays empty above it, so that no line wraps into the next."""

_SEATS = ("red", "yellow")
_TURNS = (frozenset({"red"}), frozenset({"yellow"}))
_NOBODY: frozenset[Seat] = frozenset()
_DIRECTIONS = (1, STRIDE - 1, STRIDE, STRIDE + 1)
_PIECES = {
    "R": Piece(name="red disc", seat="red", letter="R", glyph="●", sprite="disc", tone="red"),
    "Y": Piece(name="yellow disc", seat="yellow", letter="Y", glyph="●", sprite="disc", tone="yellow"),
}

Color: TypeAlias = Literal["red", "yellow"]


class ConnectFourState(GameState):
    """A Connect 4 position for clients; row 0 is the top, column 0 the left."""

    histories = ("move_history",)

    board: list[list[Color | None]]
    turn: Color
    game_status: Literal["ongoing", "red_win", "yellow_win", "draw"]
    move_history: list[dict[str, int]]
    winner: Color | None
    legal_moves: list[int]
    error_message: str | None = None


class ConnectFourPosition(Position):
    """Two bitboards: bit ``column * STRIDE + row`` is a disc, row 0 at the bottom."""

    def __init__(self) -> None:
        self.moves: list[Move] = []
        self.discs = [0, 0]
        """Red's discs and yellow's."""
        self._heights = [column * STRIDE for column in range(len(COLUMNS))]
        self._outcome: Outcome | None = None

    @property
    def to_move(self) -> frozenset[Seat]:
        return _NOBODY if self._outcome else _TURNS[len(self.moves) % 2]

    def legal_moves(self, seat: Seat | None = None) -> list[Move]:
        if self._outcome or seat not in (None, _SEATS[len(self.moves) % 2]):
            return []
        tops = zip(COLUMNS, self._heights, strict=True)
        return [letter for letter, height in tops if height % STRIDE < ROWS]

    def play(self, move: Move, seat: Seat | None = None) -> None:
        only(self.to_move, seat)
        column = COLUMNS.find(move) if len(move) == 1 else -1
        if column < 0:
            raise IllegalMove(f"there is no column {move!r}: they are a to g")
        height = self._heights[column]
        if height % STRIDE == ROWS:
            raise IllegalMove(f"column {move} is full")
        mover = len(self.moves) % 2
        self.discs[mover] |= 1 << height
        self._heights[column] += 1
        self.moves.append(move)
        if _fours(self.discs[mover]):
            self._outcome = Outcome(_SEATS[mover], "four_in_a_row")
        elif len(self.moves) == ROWS * len(COLUMNS):
            self._outcome = Outcome(None, "board_full")

    def outcome(self) -> Outcome | None:
        return self._outcome

    def view(self, seat: Seat | None) -> ConnectFourState:
        board = [[_SEATS[owner] if owner >= 0 else None for owner in row] for row in self._rows()]
        ended = self._outcome
        winner = ended.winner if ended else None
        return ConnectFourState.model_validate(
            {
                "board": board,
                "turn": _SEATS[len(self.moves) % 2],
                "game_status": f"{winner}_win" if winner else "draw" if ended else "ongoing",
                "move_history": [{"column": COLUMNS.index(move)} for move in self.moves],
                "winner": winner,
                "legal_moves": [COLUMNS.index(move) for move in self.legal_moves()],
                "error_message": None,
            }
        )

    def picture(self, seat: Seat | None) -> BoardPicture:
        last = [self._heights[COLUMNS.index(move)] - 1 for move in self.moves[-1:]]
        line = _line(self.discs[0]) | _line(self.discs[1]) if self._outcome else set()
        marks = [Mark(kind="last", cell=_cell(bit)) for bit in last]
        return BoardPicture(
            rows=ROWS,
            columns=len(COLUMNS),
            cells=tuple("RY"[owner] if owner >= 0 else "" for row in self._rows() for owner in row),
            pieces=_PIECES,
            surface="rack",
            column_labels=tuple(COLUMNS),
            marks=(*marks, *(Mark(kind="win", cell=cell) for cell in sorted(map(_cell, line)))),
            moves=tuple(
                PictureMove(move=move, label=move, target=_cell(self._heights[COLUMNS.index(move)]))
                for move in self.legal_moves()
            ),
            pick="column",
        )

    def dump(self) -> dict[str, Any]:
        return {"moves": list(self.moves)}

    def copy(self) -> ConnectFourPosition:
        twin = ConnectFourPosition.__new__(ConnectFourPosition)
        twin.moves = self.moves.copy()
        twin.discs = self.discs.copy()
        twin._heights = self._heights.copy()
        twin._outcome = self._outcome
        return twin

    def _rows(self) -> list[list[int]]:
        """The owner of each cell, 0 or 1 (-1: empty), from the top left."""
        red, yellow = self.discs
        return [
            [
                (yellow >> bit & 1) - (~(red | yellow) >> bit & 1)
                for bit in range(top, STRIDE * len(COLUMNS), STRIDE)
            ]
            for top in range(ROWS - 1, -1, -1)
        ]


class Connect4(Game):
    """Four in a line wins; with perfect play, the first disc in the middle does."""

    name = "connect4"
    title = "Connect 4"
    seats = _SEATS
    state_schema = ConnectFourState
    notations: ClassVar[str] = "column a-g or 1-7"

    def start(self, options: Mapping[str, Any], seed: int) -> ConnectFourPosition:
        self.chosen(options)
        return ConnectFourPosition()

    def load(self, dump: Mapping[str, Any]) -> ConnectFourPosition:
        return replayed(ConnectFourPosition(), dump.get("moves"))

    def parse(self, position: Position, raw: object, seat: Seat | None = None) -> Move:
        """Read ``"d"`` or ``"4"`` as people type it, ``3`` or ``{"column": 3}`` as JSON clients send it."""
        only(position.to_move, seat)
        move = _letter(_index(raw.get("column")) if isinstance(raw, Mapping) else raw)
        if move not in position.legal_moves():
            raise IllegalMove(f"column {move} is full")
        return move

    def wire(self, move: Move) -> dict[str, int]:
        return {"column": COLUMNS.index(move)}


def _index(raw: object) -> object:
    """A JSON field may hold its number as text: it is an index all the same."""
    return int(raw) if isinstance(raw, str) and raw in "0123456" and len(raw) == 1 else raw


def _letter(raw: object) -> Move:
    text = raw.strip().lower() if isinstance(raw, str) else ""
    for column, letter in enumerate(COLUMNS):
        if text in (letter, str(column + 1)) or (type(raw) is int and raw == column):
            return letter
    named = f"there is no column {text[:20]!r}" if text else "name a column"
    raise IllegalMove(f"{named}: they are a to g (or 1 to 7), from the left")


def _fours(discs: int) -> bool:
    """Whether four of these discs are in a line (John Tromp's shift-and-mask test)."""
    for step in _DIRECTIONS:
        pairs = discs & discs >> step
        if pairs & pairs >> 2 * step:
            return True
    return False


def _line(discs: int) -> set[int]:
    """The bits of every line of four, or more, among these discs."""
    found: set[int] = set()
    for step in _DIRECTIONS:
        firsts = discs & discs >> step & discs >> 2 * step & discs >> 3 * step
        starts = (bit for bit in range(firsts.bit_length()) if firsts >> bit & 1)
        found.update(start + step * place for start in starts for place in range(4))
    return found


def _cell(bit: int) -> int:
    column, row = divmod(bit, STRIDE)
    return (ROWS - 1 - row) * len(COLUMNS) + column
