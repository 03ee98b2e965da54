"""What bots think of the position on the board: overheard at the table, or asked for as a hint. Pure."""

from __future__ import annotations

from typing import NamedTuple

from gamesock import protocol as p
from gamesock.bot import Thought
from gamesock.game import BoardPicture, PictureMove
from gamesock.mirror import Mirror
from gamesock.tui.looks import Symbols
from gamesock.tui.plans import name_of, spoken
from gamesock.tui.words import safe


class Opinion(NamedTuple):
    """What is thought of the position on the board, and who thinks so."""

    said: str
    """Whose opinion it is, or what is recommended, in words."""
    thought: Thought | None = None
    advice: bool = False
    """Whether somebody asked what to play; then ``said`` begins with the answer."""
    cells: frozenset[int] = frozenset()
    """What the recommended move touches."""


def opinion_of(bot: str, thought: Thought | None) -> Opinion | None:
    """An opinion with the name of who has it; without one, it came with the game."""
    return Opinion(f"{safe(bot)} thinks:" if bot else "Evaluation:", thought) if thought else None


def overheard(mirror: Mirror) -> Opinion | None:
    """What a bot at the table thinks, while that is of use."""
    told = mirror.thought
    # A bot's last thought was about the position before its move; what is older says nothing any more.
    if told is None or not 0 <= mirror.ply - told.ply <= 1:
        return None
    return opinion_of(told.bot, told.thought)


def asking(symbols: Symbols) -> Opinion:
    """A hint is on its way."""
    return Opinion(f"{symbols.hint} Hint: a bot thinks{symbols.dots}", advice=True)


def hint(told: p.Thinking, picture: BoardPicture | None, symbols: Symbols) -> Opinion:
    """The answer to who asked for a hint: the move, and in words what moves where."""
    line = told.thought.line
    if not line:
        return Opinion(f"{safe(told.bot)} has no advice here", told.thought, advice=True)
    moves = picture.moves if picture else ()
    move = next((each for each in moves if line[0] in (each.label, each.move)), None)
    words = f"  {in_words(picture, move)}" if picture and move else ""
    cells = frozenset() if move is None else {move.target} if move.origin is None else {move.origin, move.target}
    said = f"{symbols.hint} Hint: {safe(line[0])}{words}\n{safe(told.bot)}:"
    return Opinion(said, told.thought, advice=True, cells=frozenset(cells))


def in_words(picture: BoardPicture, move: PictureMove) -> str:
    """A move in words: ``knight g1 to f3``, ``column d``, ``cell 5``."""
    if move.words:
        return move.words
    if move.origin is None:
        return spoken(picture, move) if picture.pick == "column" else f"cell {spoken(picture, move)}"
    piece = picture.pieces[key] if (key := picture.cells[move.origin]) else None
    name = piece.name.removeprefix(f"{piece.seat} ") if piece else "piece"
    return f"{name} {name_of(picture, move.origin)} to {name_of(picture, move.target)}"
