"""Moves and endings in words. Pure; a game says more where its pictures' moves have ``words``."""

from __future__ import annotations

from gamesock import protocol as p
from gamesock.game import BoardPicture, PictureMove
from gamesock.plain.boards import bare_name, cell_name


def move_words(update: p.StateUpdate, before: BoardPicture | None) -> str:
    """A move: ``White: knight g1 to f3``; in its notation where ``before``, the board until then, doesn't tell."""
    seat = update.seat or "agent"
    said = _told(update.notation, before, update.picture) or update.notation or str(update.move)
    return f"{seat[:1].upper()}{seat[1:]}: {said}"


def gesture_words(move: PictureMove, before: BoardPicture, after: BoardPicture | None = None) -> str:
    """A legal move of the board ``before``; the board ``after`` it, where it is known, tells the rest."""
    if move.words:
        said = move.words
    elif move.origin is None:
        said = _placed(move, before, after)
    else:
        said = _moved(move, before)
        if after:
            said += _taken_aside(move, before, after)
        if move.choice:
            said += f", becomes {bare_name(before.pieces[move.choice])}"
    checked = after is not None and any(mark.kind == "check" for mark in after.marks)
    return f"{said}, check" if checked else said


def end_line(outcome: p.OutcomeView) -> str:
    """How a game ended."""
    winner = f"{outcome.winner} wins" if outcome.winner else "no winner"
    return f"game over: {winner} ({outcome.reason.replace('_', ' ')})"


def _told(notation: str | None, before: BoardPicture | None, after: BoardPicture | None) -> str:
    if before is None or after is None or len(before.cells) != len(after.cells):
        return ""
    fitting = [move for move in before.moves if move.label == notation]
    if len(fitting) != 1 or not (fitting[0].words or _is_plain(fitting[0], before, after)):
        return ""
    return gesture_words(fitting[0], before, after)


def _is_plain(move: PictureMove, before: BoardPicture, after: BoardPicture) -> bool:
    """Whether a piece went from here to there, or came to lie there: what cells alone can tell."""
    came = bool(after.cells[move.target])
    return came and (not before.cells[move.target] if move.origin is None else bool(before.cells[move.origin]))


def _moved(move: PictureMove, before: BoardPicture) -> str:
    assert move.origin is not None
    key, met = before.cells[move.origin], before.cells[move.target]
    name = bare_name(before.pieces[key]) if key else ""
    origin, target = cell_name(before, move.origin), cell_name(before, move.target)
    if met and key and before.pieces[met].seat != before.pieces[key].seat:
        return f"{name} {origin} takes {bare_name(before.pieces[met])} on {target}".strip()
    return f"{name} {origin} to {target}".strip()


def _placed(move: PictureMove, before: BoardPicture, after: BoardPicture | None) -> str:
    key = after.cells[move.target] if after else ""
    name = bare_name(before.pieces[key]) if key in before.pieces else ""
    place = cell_name(before, move.target)
    if before.pick == "column" and before.column_labels:
        row = before.rows - move.target // before.columns
        place = f"column {before.column_labels[move.target % before.columns]}, row {row}"
        return f"{name} in {place}" if name else place
    return f"{name} on {place}" if name else place


def _taken_aside(move: PictureMove, before: BoardPicture, after: BoardPicture) -> str:
    """Others' pieces that went from elsewhere than the target: ``, takes pawn on d5``."""
    mover = before.cells[move.origin or 0]
    own = before.pieces[mover].seat if mover else None
    gone = [
        cell
        for cell, key in enumerate(before.cells)
        if key and before.pieces[key].seat != own and cell != move.target and after.cells[cell] != key
    ]
    if len(gone) > 2:
        return f", takes {len(gone)} pieces"
    return "".join(
        f", takes {bare_name(before.pieces[before.cells[at]])} on {cell_name(before, at)}" for at in gone
    )
