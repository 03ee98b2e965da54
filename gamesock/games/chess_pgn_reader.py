"""Gathers a game while python-chess reads its PGN, and makes a recording of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import chess
import chess.pgn

from gamesock import record
from gamesock.clock import TimeControl
from gamesock.game import IllegalMove, Move
from gamesock.games import chess_pgn_tags as pgn
from gamesock.games.chess import Chess
from gamesock.games.chess_notation import read
from gamesock.games.chess_position import ChessPosition

_CHESS = Chess()
_DERIVED = {"Result", "SetUp", "FEN", "Variant", "Termination"}
_UNKNOWN = ("", "?", "????.??.??")


class Reader(chess.pgn.BaseVisitor["Reader"]):
    """The main line of one game, with its tags and comments."""

    def __init__(self) -> None:
        self.tags = chess.pgn.Headers({})
        self.moves: list[Move] = []
        self._comments: dict[int, str] = {}
        self._result = "*"
        self._fault: Exception | None = None

    def begin_headers(self) -> chess.pgn.Headers:
        return self.tags

    def visit_header(self, tagname: str, tagvalue: str) -> None:
        self.tags[tagname] = re.sub(r'\\(["\\])', r"\1", tagvalue)

    def begin_variation(self) -> chess.pgn.SkipType:
        return chess.pgn.SKIP

    def parse_san(self, board: chess.Board, san: str) -> chess.Move:
        try:
            if move := board.parse_san(san):
                return move
        except ValueError:
            pass
        # What python-chess refuses may be a spelling that we know; if not, our reasons are for people.
        legal = {move.uci(): move for move in board.legal_moves}
        try:
            return legal[read(board, legal, san)]
        except IllegalMove as error:
            raise ValueError(f"move {_number(board)} {san}: {error}") from None

    def visit_move(self, board: chess.Board, move: chess.Move) -> None:
        self.moves.append(move.uci())

    def visit_comment(self, comment: str) -> None:
        ply = len(self.moves) - 1
        self._comments[ply] = f"{self._comments.get(ply, '')} {comment}"

    def visit_result(self, result: str) -> None:
        self._result = result

    def handle_error(self, error: Exception) -> None:
        self._fault = self._fault or error  # python-chess goes on to the end of the game: the next can be read

    def result(self) -> Reader:
        return self

    @property
    def empty(self) -> bool:
        """Whether nothing stood there that belongs to a game."""
        return not (self.tags or self.moves or self._fault)

    def recording(self) -> tuple[record.Header, list[record.Event]]:
        """The game as a recording.

        Raises:
            ValueError: it is of another variant, its start or a move is impossible, or it goes on after its end.
        """
        if self._fault:
            raise self._fault
        header = self._header()
        position = _CHESS.start(header.options, header.seed)
        events: list[record.Event] = []
        for seat in _CHESS.seats:
            player = record.Player(name=header.tags.get(seat, seat.capitalize()))
            events.append(record.Joined(seq=len(events) + 1, at=header.created, seat=seat, player=player))
        for ply, at in enumerate(self._times(header)):
            events.append(self._moved(position, ply, len(events) + 1, at))
        end = self._ended(position, len(events) + 1, events[-1].at)
        return header, events if end is None else [*events, end]

    def _header(self) -> record.Header:
        if self.tags.variant() is not chess.Board:
            raise ValueError(f"the variant {self.tags['Variant']} isn't played here")
        control = pgn.control(self.tags.get("TimeControl", "-"))
        derived = _DERIVED | ({"TimeControl"} if control else set())
        tags = {
            name.lower() if name in chess.pgn.TAG_ROSTER else name: value
            for name, value in self.tags.items()
            if name not in derived and value not in _UNKNOWN
        }
        return record.Header(
            game=_CHESS.name,
            thread=_thread_id(tags),
            created=pgn.created(tags),
            options=self._options(),
            clock=str(control) if control else None,
            visibility="private",  # as games on this computer are
            tags=tags,
        )

    def _options(self) -> dict[str, Any]:
        if self.tags.board().chess960:
            return {"variant": "chess960", "fen": self.tags.get("FEN", chess.STARTING_FEN)}
        return {"fen": self.tags["FEN"]} if "FEN" in self.tags else {}

    def _times(self, header: record.Header) -> Iterator[float]:
        """When each move was made, by the clocks in the comments; each side's first move is free."""
        control = TimeControl.parse(header.clock) if header.clock else None
        left = dict.fromkeys((0, 1), control.start) if control else {}
        now = header.created
        for ply in range(len(self.moves)):
            shown = pgn.clock(self._comments.get(ply, ""))
            if shown is not None:
                if ply >= len(_CHESS.seats) and ply % 2 in left:
                    now = round(now + pgn.used(control, left[ply % 2], shown), 3)
                left[ply % 2] = shown
            yield now

    def _moved(self, position: ChessPosition, ply: int, seq: int, at: float) -> record.Moved:
        move, board = self.moves[ply], position.board
        if ended := position.outcome():
            raise ValueError(f"move {_number(board)} {move}: the game is over by {ended.reason}")
        seat = chess.COLOR_NAMES[board.turn]
        position.play(move)
        thought = pgn.thought(self._comments.get(ply, ""), seat)
        return record.Moved(seq=seq, at=at, seat=seat, move=move, thought=thought)

    def _ended(self, position: ChessPosition, seq: int, at: float) -> record.Ended | None:
        if outcome := position.outcome():
            return record.Ended(seq=seq, at=at, winner=outcome.winner, reason=outcome.reason)
        result = self.tags.get("Result", "*") if self._result == "*" else self._result
        winners = [winner for winner, text in pgn.RESULTS.items() if text == result]
        if not winners:
            return None
        claims = position.claims(*position.to_move)
        reason = pgn.reason(winners[0], self.tags.get("Termination", ""), claims)
        return record.Ended(seq=seq, at=at, winner=winners[0], reason=reason)


def _number(board: chess.Board) -> str:
    return f"{board.fullmove_number}{'.' if board.turn else '...'}"


def _thread_id(tags: Mapping[str, str]) -> str:
    words = "-".join(tags.get(name, "") for name in ("white", "black", "date"))
    return re.sub(r"[^A-Za-z0-9_.~]+", "-", words).strip("-").lower()[:64] or "pgn"
