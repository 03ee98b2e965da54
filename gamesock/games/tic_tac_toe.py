"""Tic-tac-toe: three in a line on a grid of nine.

A move is ``"row,column"``, both from 0 at the top left, as JSON clients count; people read and type the
digit of the cell, 1 to 9.
"""

from __future__ import annotations

import re
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
    few,
    only,
    replayed,
)

MOVES: tuple[Move, ...] = tuple(f"{row},{column}" for row in range(3) for column in range(3))
"""The nine moves; the index of one is its cell, its digit less one."""

_CELLS = {move: cell for cell, move in enumerate(MOVES)}
_LINES = ((0, 1, 2), (3, 4, 5), (6, 7, 8), (0, 3, 6), (1, 4, 7), (2, 5, 8), (0, 4, 8), (2, 4, 6))
_SEATS = ("X", "O")
_TURNS = (frozenset({"X"}), frozenset({"O"}))
_NOBODY: frozenset[Seat] = frozenset()
_PAIR = re.compile(r"([0-2])\s*[,; ]\s*([0-2])")
_PIECES = {
    "X": Piece(name="X", seat="X", letter="X", glyph="✕", sprite="cross", tone="blue"),
    "O": Piece(name="O", seat="O", letter="O", glyph="○", sprite="ring", tone="red"),
}

Sign: TypeAlias = Literal["X", "O"]


class TicTacToeState(GameState):
    """A tic-tac-toe position for clients; ``board[row][col]``, row 0 at the top."""

    histories = ("move_history",)

    board: list[list[Sign | None]]
    turn: Sign
    game_status: Literal["ongoing", "X_win", "O_win", "draw"]
    move_history: list[dict[str, int | Sign]]
    winner: Sign | None
    players: list[str]
    player_X: str  # noqa: N815 - clients of the first servers read it by this name
    player_O: str  # noqa: N815
    legal_moves: list[dict[str, int]]
    error_message: str | None = None


class TicTacToePosition(Position):
    """Nine cells, in reading order: ``"X"``, ``"O"`` or ``""``."""

    def __init__(self) -> None:
        self.moves: list[Move] = []
        self.cells = [""] * 9
        self._outcome: Outcome | None = None

    @property
    def to_move(self) -> frozenset[Seat]:
        return _NOBODY if self._outcome else _TURNS[len(self.moves) % 2]

    def legal_moves(self, seat: Seat | None = None) -> list[Move]:
        if self._outcome or seat not in (None, _SEATS[len(self.moves) % 2]):
            return []
        return [move for move, sign in zip(MOVES, self.cells, strict=True) if not sign]

    def play(self, move: Move, seat: Seat | None = None) -> None:
        mover = only(self.to_move, seat)
        cell = _CELLS.get(move)
        if cell is None:
            raise IllegalMove(f"there is no cell {move!r}: they are 0,0 to 2,2")
        if self.cells[cell]:
            raise IllegalMove(_taken(self, move))
        self.cells[cell] = mover
        self.moves.append(move)
        if self._line():
            self._outcome = Outcome(mover, "three_in_a_row")
        elif len(self.moves) == 9:
            self._outcome = Outcome(None, "board_full")

    def outcome(self) -> Outcome | None:
        return self._outcome

    def view(self, seat: Seat | None) -> TicTacToeState:
        ended = self._outcome
        winner = ended.winner if ended else None
        players = zip(self.moves, _SEATS * 5, strict=False)
        return TicTacToeState.model_validate(
            {
                "board": [[sign or None for sign in self.cells[row : row + 3]] for row in (0, 3, 6)],
                "turn": _SEATS[len(self.moves) % 2],
                "game_status": f"{winner}_win" if winner else "draw" if ended else "ongoing",
                "move_history": [_wire(move) | {"player": player} for move, player in players],
                "winner": winner,
                "players": ["player1", "player2"],
                "player_X": "player1",
                "player_O": "player2",
                "legal_moves": [_wire(move) for move in self.legal_moves()],
                "error_message": None,
            }
        )

    def picture(self, seat: Seat | None) -> BoardPicture:
        last = [Mark(kind="last", cell=_CELLS[move]) for move in self.moves[-1:]]
        return BoardPicture(
            rows=3,
            columns=3,
            cells=tuple(self.cells),
            pieces=_PIECES,
            marks=(*last, *(Mark(kind="win", cell=cell) for cell in self._line())),
            moves=tuple(
                PictureMove(move=move, label=_digit(move), target=_CELLS[move]) for move in self.legal_moves()
            ),
        )

    def dump(self) -> dict[str, Any]:
        return {"moves": list(self.moves)}

    def copy(self) -> TicTacToePosition:
        twin = TicTacToePosition.__new__(TicTacToePosition)
        twin.moves = self.moves.copy()
        twin.cells = self.cells.copy()
        twin._outcome = self._outcome
        return twin

    def _line(self) -> list[int]:
        """The cells of every finished line, in reading order."""
        cells = self.cells
        done = (line for line in _LINES if cells[line[0]] and len({cells[cell] for cell in line}) == 1)
        return sorted({cell for line in done for cell in line})


class TicTacToe(Game):
    """Three in a line wins; with perfect play, nobody does."""

    name = "tic_tac_toe"
    title = "Tic-tac-toe"
    route = "tictactoe"
    seats = _SEATS
    state_schema = TicTacToeState
    notations: ClassVar[str] = "1 to 9, row by row"

    def start(self, options: Mapping[str, Any], seed: int) -> TicTacToePosition:
        self.chosen(options)
        return TicTacToePosition()

    def load(self, dump: Mapping[str, Any]) -> TicTacToePosition:
        return replayed(TicTacToePosition(), dump.get("moves"))

    def parse(self, position: Position, raw: object, seat: Seat | None = None) -> Move:
        """Read ``"3"``, ``"0,2"``, ``"0 2"``, ``[0, 2]`` or ``{"row": 0, "col": 2}``."""
        only(position.to_move, seat)
        move = _cell(raw)
        if move not in position.legal_moves():
            raise IllegalMove(_taken(position, move))
        return move

    def format(self, position: Position, move: Move) -> str:
        return _digit(move)

    def wire(self, move: Move) -> dict[str, int]:
        return _wire(move)


def _cell(raw: object) -> Move:
    text = ""
    match raw:
        case {"row": int(row), "col": int(column)} | [int(row), int(column)] if {row, column} <= {0, 1, 2}:
            text = f"{row},{column}"
        case int() if 1 <= raw <= 9:
            text = str(raw)
        case str():
            text = raw.strip()
    if len(text) == 1 and text in "123456789":
        return MOVES[int(text) - 1]
    if pair := _PAIR.fullmatch(text):
        return f"{pair[1]},{pair[2]}"
    named = f"there is no cell {text[:20]!r}" if text else "name a cell"
    raise IllegalMove(f"{named}: type 1 to 9, row by row from the top left")


def _taken(position: Position, move: Move) -> str:
    free = [_digit(other) for other in position.legal_moves()]
    return f"cell {_digit(move)} is taken: {few(free)} {'is' if len(free) == 1 else 'are'} free"


def _digit(move: Move) -> str:
    return str(_CELLS[move] + 1)


def _wire(move: Move) -> dict[str, int]:
    row, column = move.split(",")
    return {"row": int(row), "col": int(column)}
