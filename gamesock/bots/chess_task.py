"""A bot's task in the terms of python-chess."""

from __future__ import annotations

import chess

from gamesock.bot import BotError, Task


def board_of(task: Task) -> chess.Board:
    """The board of a chess position, with all moves since the start on its stack."""
    if task.position is None:
        raise BotError("it needs to see the whole position")
    dump = task.position.dump()
    board = chess.Board(dump["fen"], chess960=dump["variant"] == "chess960")
    for move in dump["moves"]:
        board.push(chess.Move.from_uci(move))
    return board
