"""Moves that are not sent yet: premoves, and moves that wait to be confirmed. Pure.

The picture of an opponent's turn lists the opponent's moves only. What a player may plan meanwhile is read
from the shape of the game: any own piece to any other cell, any column with room, any free cell.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from gamesock.game import BoardPicture, PictureMove, Piece, Seat

_PROMOTED = ("queen", "rook", "bishop", "knight")

_CASTLING = re.compile(r"([O0o])-\1(-\1)?[+#]?")


class Plan(NamedTuple):
    """A move the player has in mind, as a gesture, as typed text, or both."""

    text: str
    """What is sent; empty: it depends on what the gesture will mean then."""
    label: str
    """What the player calls it."""
    cells: frozenset[int] = frozenset()
    """What it touches, as far as that is known."""
    gesture: PictureMove | None = None
    ahead: bool = False
    """Whether it is a premove: played when the turn comes. Otherwise it waits for a yes."""

    def fitting(self, picture: BoardPicture) -> list[PictureMove]:
        """The legal moves that this gesture is now; the first is the strongest choice."""
        wanted = self.gesture
        if wanted is None:
            return []
        order = list(picture.pieces)
        fitting = [move for move in picture.moves if _alike(picture, move, wanted)]
        return sorted(fitting, key=lambda move: order.index(move.choice) if move.choice in order else 0)


def begins(picture: BoardPicture | None, sign: str) -> bool:
    """Whether a move is typed so: a digit, and where pieces move, the letter of one, or of castling."""
    letters = {piece.letter for piece in picture.pieces.values()} if picture else set()
    return sign.isdecimal() or ("K" in letters and sign in letters | {"O"})


def _alike(picture: BoardPicture, move: PictureMove, wanted: PictureMove) -> bool:
    if wanted.choice and move.choice != wanted.choice:
        return False
    if picture.pick == "column":
        return move.target % picture.columns == wanted.target % picture.columns
    return (move.origin, move.target) == (wanted.origin, wanted.target)


def planned(picture: BoardPicture, move: PictureMove) -> Plan:
    """The premove of a gesture."""
    column = picture.pick == "column"
    cells = frozenset({move.target} if column or move.origin is None else {move.origin, move.target})
    return Plan("", spoken(picture, move), cells, move, ahead=True)


def typed(picture: BoardPicture | None, text: str, *, ahead: bool, seats: Collection[Seat] = ()) -> Plan:
    """The plan of what was typed; the cells it names are known where the board has names for them.

    ``seats``: whose king it is, where castling is typed.
    """
    if picture is None:
        return Plan(text, text, ahead=ahead)
    legal = next((move for move in picture.moves if text in (move.move, move.label)), None)
    if legal and not ahead:
        return meant(picture, legal)
    cells = _castled(picture, text, seats) if _CASTLING.fullmatch(text) else _named(picture, text)
    return Plan(text, text, frozenset(cells), ahead=ahead)


def meant(picture: BoardPicture, move: PictureMove) -> Plan:
    """The plan of a legal move that waits to be confirmed."""
    cells = {move.target} if move.origin is None else {move.origin, move.target}
    return Plan(move.move, move.label, frozenset(cells), move)


def candidates(picture: BoardPicture, seats: Collection[Seat]) -> BoardPicture:
    """The picture with what ``seats`` may plan in place of the moves that are legal for another."""
    return picture.model_copy(update={"moves": tuple(_gestures(picture, seats))})


def shown(picture: BoardPicture, plan: Plan, mover: Seat | None) -> BoardPicture:
    """The board as it would be after a move that waits for a yes. Nothing else can be picked meanwhile."""
    move = plan.gesture
    if move is None:
        return picture.model_copy(update={"moves": ()})
    cells = list(picture.cells)
    fresh = next((key for key, piece in picture.pieces.items() if piece.seat == mover), "")
    cells[move.target] = move.choice or (fresh if move.origin is None else cells[move.origin])
    if move.origin is not None:
        cells[move.origin] = ""
    marks = tuple(mark for mark in picture.marks if mark.kind != "last")
    return picture.model_copy(update={"cells": tuple(cells), "moves": (), "marks": marks})


def spoken(picture: BoardPicture, move: PictureMove) -> str:
    """A gesture in words: ``e2-e4``, ``column d``, ``5``."""
    if picture.pick == "column":
        labels = picture.column_labels
        column = move.target % picture.columns
        return f"column {labels[column] if labels else column + 1}"
    if move.origin is None:
        return move.label or name_of(picture, move.target)
    chosen = f"={picture.pieces[move.choice].letter.upper()}" if move.choice else ""
    return f"{name_of(picture, move.origin)}-{name_of(picture, move.target)}{chosen}"


def name_of(picture: BoardPicture, cell: int) -> str:
    """What people call a cell: ``e4``; its number where the board has no labels."""
    row, column = divmod(cell, picture.columns)
    across = picture.column_labels[column] if picture.column_labels else ""
    down = picture.row_labels[row] if picture.row_labels else ""
    return f"{across}{down}" or str(cell + 1)


def _gestures(picture: BoardPicture, seats: Collection[Seat]) -> Iterator[PictureMove]:
    origins = any(move.origin is not None for move in picture.moves)
    labels = {move.target: move.label for move in picture.moves if move.origin is None}
    if picture.pick == "column":
        for column in range(picture.columns):
            free = [row for row in range(picture.rows) if not picture.cells[row * picture.columns + column]]
            if free:
                yield _gesture(free[-1] * picture.columns + column)
        return
    if labels or not picture.moves:
        yield from (_gesture(cell, labels.get(cell, "")) for cell, key in enumerate(picture.cells) if not key)
    if origins:
        own = [cell for cell, key in enumerate(picture.cells) if key and picture.pieces[key].seat in seats]
        for cell in own:
            anywhere = _anywhere(cell, len(picture.cells))
            if not _may_promote(picture, cell):
                yield from anywhere
                continue
            for gesture in anywhere:
                choices = _choices(picture, cell, gesture.target)
                yield from (_gesture(gesture.target, "", cell, choice) for choice in choices)


@lru_cache(maxsize=1024)
def _anywhere(origin: int, cells: int) -> tuple[PictureMove, ...]:
    """From a cell to every other; there are a thousand on a chess board, the same ones turn after turn."""
    return tuple(_gesture(to, "", origin) for to in range(cells) if to != origin)


@lru_cache(maxsize=8192)
def _gesture(target: int, label: str = "", origin: int | None = None, choice: str | None = None) -> PictureMove:
    """A gesture without a move; made of numbers that need no check."""
    return PictureMove.model_construct(move="", label=label, target=target, origin=origin, choice=choice)


def _may_promote(picture: BoardPicture, cell: int) -> bool:
    """Whether a pawn stands there that is one row from the last."""
    piece = picture.pieces[picture.cells[cell]]
    return piece.sprite == "pawn" and abs(cell // picture.columns - _last_row(picture, piece)) == 1


def _last_row(picture: BoardPicture, piece: Piece) -> int:
    first = next((other.seat for other in picture.pieces.values() if other.seat), None)
    return 0 if piece.seat == first else picture.rows - 1


def _choices(picture: BoardPicture, origin: int, target: int) -> Sequence[str | None]:
    """What a pawn one row from the last may become where it arrives; for every other gesture, no choice."""
    pawn = picture.pieces[picture.cells[origin]]
    column, (row, across) = origin % picture.columns, divmod(target, picture.columns)
    if row != _last_row(picture, pawn) or abs(column - across) > 1:
        return (None,)
    become = {piece.sprite: key for key, piece in picture.pieces.items() if piece.seat == pawn.seat}
    return [become[sprite] for sprite in _PROMOTED if sprite in become] or (None,)


def _column(picture: BoardPicture, text: str) -> int | None:
    """The column that is called so, or counted so from 1."""
    if text in picture.column_labels:
        return picture.column_labels.index(text)
    return int(text) - 1 if re.fullmatch("[1-9]", text) and int(text) <= picture.columns else None


def _castled(picture: BoardPicture, text: str, seats: Collection[Seat]) -> Iterator[int]:
    """Where the king goes from and to."""
    kings = (cell for cell, key in enumerate(picture.cells) if key and picture.pieces[key].sprite == "king")
    king = next((cell for cell in kings if picture.pieces[picture.cells[cell]].seat in seats), None)
    side = "c" if text.count("-") == 2 else "g"
    if king is not None and side in picture.column_labels:
        yield king
        yield king // picture.columns * picture.columns + picture.column_labels.index(side)


def _named(picture: BoardPicture, text: str) -> Iterator[int]:
    """The cells that typed text names."""
    direct = next((move.target for move in picture.moves if move.origin is None and text == move.label), None)
    if direct is not None:
        yield direct
        return
    column = _column(picture, text.lower()) if picture.pick == "column" else None
    if column is not None:
        yield from (move.target for move in _gestures(picture, ()) if move.target % picture.columns == column)
        return
    if not (picture.column_labels and picture.row_labels):
        return
    names = {name_of(picture, cell): cell for cell in range(len(picture.cells))}
    for name in re.findall("|".join(map(re.escape, sorted(names, key=len, reverse=True))), text):
        yield names[name]
