"""Moves that are not sent yet: premoves, and moves that wait to be confirmed. Pure.

The picture of an opponent's turn lists the opponent's moves only. What a player may plan meanwhile is read
from the shape of the game: any own piece to any other cell, any column with room, any free cell.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import NamedTuple

from gamesock.game import BoardPicture, PictureMove, Seat


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


def _alike(picture: BoardPicture, move: PictureMove, wanted: PictureMove) -> bool:
    if picture.pick == "column":
        return move.target % picture.columns == wanted.target % picture.columns
    return (move.origin, move.target) == (wanted.origin, wanted.target)


def planned(picture: BoardPicture, move: PictureMove) -> Plan:
    """The premove of a gesture."""
    column = picture.pick == "column"
    cells = frozenset({move.target} if column or move.origin is None else {move.origin, move.target})
    return Plan("", spoken(picture, move), cells, move, ahead=True)


def typed(picture: BoardPicture | None, text: str, *, ahead: bool) -> Plan:
    """The plan of what was typed; the cells it names are known where the board has names for them."""
    if picture is None:
        return Plan(text, text, ahead=ahead)
    legal = next((move for move in picture.moves if text in (move.move, move.label)), None)
    if legal and not ahead:
        return meant(picture, legal)
    return Plan(text, text, frozenset(_named(picture, text)), ahead=ahead)


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
    return f"{name_of(picture, move.origin)}-{name_of(picture, move.target)}"


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
        yield from (_gesture(to, "", cell) for cell in own for to in range(len(picture.cells)) if to != cell)


@lru_cache(maxsize=8192)
def _gesture(target: int, label: str = "", origin: int | None = None) -> PictureMove:
    """A gesture without a move; there are a thousand on a chess board, the same ones turn after turn."""
    return PictureMove(move="", label=label, target=target, origin=origin)


def _named(picture: BoardPicture, text: str) -> Iterator[int]:
    """The cells that typed text names."""
    direct = next((move.target for move in picture.moves if move.origin is None and text == move.label), None)
    if direct is not None:
        yield direct
        return
    if picture.pick == "column" and text.lower() in picture.column_labels:
        column = picture.column_labels.index(text.lower())
        yield from (move.target for move in _gestures(picture, ()) if move.target % picture.columns == column)
        return
    if not (picture.column_labels and picture.row_labels):
        return
    names = {name_of(picture, cell): cell for cell in range(len(picture.cells))}
    for name in re.findall("|".join(map(re.escape, sorted(names, key=len, reverse=True))), text):
        yield names[name]
