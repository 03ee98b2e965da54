"""Sets chess boards up: the first position of a game, by its options, and any one that was dumped."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import chess

from gamesock.game import BadOptions, replayed, rng
from gamesock.games.chess_position import ChessPosition

_WORDS = {chess.STATUS_OPPOSITE_CHECK: "the side that isn't to move is in check"}


def start(given: Mapping[str, Any], seed: int) -> ChessPosition:
    """The position that these options ask for, where that isn't the start of standard chess.

    Raises:
        BadOptions: they contradict each other, or no game can begin so.
    """
    variant = given.get("variant", "chess960" if "position" in given else "standard")
    if "position" in given and (variant != "chess960" or "fen" in given):
        raise BadOptions("position goes with the variant chess960, and without a fen")
    if "fen" in given:
        board = _set_up(given["fen"], variant)
    else:
        board = chess.Board.from_chess960_pos(_number(given.get("position"), seed))
    position = ChessPosition(board)
    if ended := position.outcome():
        raise BadOptions(f"fen: the game would be over at once ({ended.reason})")
    return position


def load(dump: Mapping[str, Any]) -> ChessPosition:
    """The position that was dumped so; raises ``ValueError``."""
    variant, fen = dump.get("variant"), dump.get("fen")
    if variant not in ("standard", "chess960") or not isinstance(fen, str):
        raise ValueError("a chess dump has a variant and a fen")
    return replayed(ChessPosition(_set_up(fen, variant)), dump.get("moves"))


def _set_up(fen: str, variant: str) -> chess.Board:
    try:
        board = chess.Board(fen, chess960=variant == "chess960")
    except ValueError as error:
        raise BadOptions(f"fen: {error}") from None
    if board.fullmove_number > 9999 or board.halfmove_clock > 9999:
        raise BadOptions("fen: its move counters are beyond 9999")
    wrong = [_WORDS.get(flag, str(flag.name).replace("_", " ").lower()) for flag in board.status()]
    if wrong:
        raise BadOptions(f"fen: no such position can arise ({', '.join(wrong)})")
    return board


def _number(text: str | None, seed: int) -> int:
    if text is None:
        return rng(seed, "chess960").randrange(960)
    if not (text.isascii() and text.isdigit() and len(text) <= 3 and int(text) < 960):
        raise BadOptions(f"position can't be {text!r}: it is a number from 0 to 959")
    return int(text)
