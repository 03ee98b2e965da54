"""A board in words: its cells, what stands on them, what may move. Pure; knows pictures, not games."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from gamesock.game import BoardPicture, PictureMove, Piece, Seat

_NUMBERED = 9
"""Cells of the largest board without labels whose cells are numbered in reading order."""

_MARKS = {"last": "of the last move", "check": "in check", "win": "of the winning line"}
_FILLERS = {"the", "a", "an", "all", "is", "are", "square", "cell", "piece", "pieces"}


def cell_name(picture: BoardPicture, cell: int) -> str:
    """What people call a cell: ``e4``; ``5``, or ``row 2 column 7``, where the board has no labels."""
    row, column = divmod(cell, picture.columns)
    if picture.column_labels:
        return f"{picture.column_labels[column]}{_row_name(picture, row)}"
    if len(picture.cells) <= _NUMBERED:
        return str(cell + 1)
    return f"row {_row_name(picture, row)} column {column + 1}"


def _row_name(picture: BoardPicture, row: int) -> str:
    if picture.row_labels:
        return picture.row_labels[row]
    # Columns with letters are counted from the bottom up, as discs pile up.
    return str(picture.rows - row if picture.column_labels else row + 1)


def find_cell(picture: BoardPicture, asked: str) -> int | None:
    """The cell of that name, however it is spaced."""
    wanted = _squeezed(asked)
    for cell in range(len(picture.cells)):
        row, column = divmod(cell, picture.columns)
        names = (cell_name(picture, cell), f"row {_row_name(picture, row)} column {column + 1}")
        if wanted in map(_squeezed, names):
            return cell
    return None


def bare_name(piece: Piece) -> str:
    """A piece without its side: ``knight`` of ``white knight``; empty where the side is all there is to say."""
    seat = piece.seat or ""
    return "" if piece.name == seat else piece.name.removeprefix(f"{seat} ")


def read_rows(picture: BoardPicture, *, flipped: bool = False, only: str = "") -> list[str]:
    """The board row by row, a line each: ``Row 8: black rook a8, black king e8.``"""
    lines = []
    for row in range(picture.rows - 1, -1, -1) if flipped else range(picture.rows):
        if only and only != _row_name(picture, row):
            continue
        cells = range(row * picture.columns, (row + 1) * picture.columns)
        filled = [
            f"{picture.pieces[picture.cells[cell]].name} {cell_name(picture, cell)}"
            for cell in (reversed(cells) if flipped else cells)
            if picture.cells[cell]
        ]
        lines.append(f"Row {_row_name(picture, row)}: {', '.join(filled) or 'empty'}.")
    return lines or [f"there is no row {only}: they are {_row_name(picture, 0)} to {_row_name(picture, -1)}"]


def where(picture: BoardPicture, asked: str, mine: Sequence[Seat] = ()) -> list[str]:
    """Where the pieces of that name are, a kind a line: ``white queen: d1.``"""
    keys = _keys(picture, asked, mine)
    if not keys:
        return [_no_such_piece(picture, asked)]
    lines = []
    for key in keys:
        cells = [cell_name(picture, cell) for cell, found in enumerate(picture.cells) if found == key]
        lines.append(f"{picture.pieces[key].name}: {', '.join(cells) or 'none on the board'}.")
    return lines


def what_is_on(picture: BoardPicture, asked: str) -> str:
    """What stands on the cell of that name."""
    cell = find_cell(picture, _meant(asked))
    if cell is None:
        return _no_such_cell(picture, asked)
    key = picture.cells[cell]
    marks = [_MARKS[mark.kind] for mark in picture.marks if mark.cell == cell]
    return f"{cell_name(picture, cell)}: {', '.join([picture.pieces[key].name if key else 'empty', *marks])}."


def legal_moves(picture: BoardPicture, asked: str = "", mine: Sequence[Seat] = ()) -> list[str]:
    """The moves there are, as they are typed; ``asked``: only of that piece, or from that cell."""
    moves: Iterable[PictureMove] = picture.moves
    if meant := _meant(asked):
        cell, keys = find_cell(picture, meant), _keys(picture, asked, mine)
        if cell is None and not keys:
            return [_no_such_piece(picture, asked)]
        moves = [move for move in moves if move.origin == cell or _origin_key(picture, move) in keys]
    by_origin: dict[int | None, list[str]] = {}
    for move in moves:
        by_origin.setdefault(move.origin, []).append(move.label)
    if not by_origin:
        return [f"no legal moves{f' of {asked}' if asked else ''} now"]
    count = sum(map(len, by_origin.values()))
    lines = [f"{count} legal {'move' if count == 1 else 'moves'}:"]
    for origin, labels in by_origin.items():
        whose = "" if origin is None else f"{_standing(picture, origin)} {cell_name(picture, origin)}: "
        lines.append(f"{whose}{', '.join(labels)}.")
    return lines


def _origin_key(picture: BoardPicture, move: PictureMove) -> str:
    return picture.cells[move.origin] if move.origin is not None else ""


def _standing(picture: BoardPicture, cell: int) -> str:
    key = picture.cells[cell]
    return bare_name(picture.pieces[key]) if key else ""


def _keys(picture: BoardPicture, asked: str, mine: Sequence[Seat]) -> list[str]:
    """The kinds of pieces that are called so; ``my`` narrows them to a player's own."""
    words = [word for word in _words(asked) if word not in _FILLERS]
    own = "my" in words
    words = [word for word in words if word != "my"]
    if not words and not own:
        return []
    return [
        key
        for key, piece in picture.pieces.items()
        if (not own or piece.seat in mine)
        and (asked.strip() == piece.letter or all(_names(word, piece) for word in words))
    ]


def _names(word: str, piece: Piece) -> bool:
    known = {*_words(piece.name), (piece.seat or "").lower()}
    return word in known or word.removesuffix("s") in known or word.removesuffix("es") in known


def _words(text: str) -> list[str]:
    return re.findall(r"[^\s,.?]+", text.lower())


def _meant(asked: str) -> str:
    return " ".join(word for word in _words(asked) if word not in _FILLERS)


def _squeezed(text: str) -> str:
    return re.sub(r"[\s,]+", "", text.lower())


def _no_such_piece(picture: BoardPicture, asked: str) -> str:
    names = ", ".join(dict.fromkeys(piece.name for piece in picture.pieces.values()))
    return f"no piece is called {asked!r} here: there are {names}" if asked else f"name a piece: {names}"


def _no_such_cell(picture: BoardPicture, asked: str) -> str:
    first = cell_name(picture, (picture.rows - 1) * picture.columns if picture.column_labels else 0)
    last = cell_name(picture, picture.columns - 1 if picture.column_labels else len(picture.cells) - 1)
    return f"there is no place {asked!r} on this board: they are {first} to {last}"
