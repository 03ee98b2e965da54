"""Recordings of chess as PGN, and PGN as recordings.

Header tags keep the Seven Tag Roster in lower case (``white``, ``event``), other PGN tags as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import chess.pgn

from gamesock import record
from gamesock.clock import Clock, TimeControl
from gamesock.game import Opening, Seat
from gamesock.games import chess_pgn_tags as pgn
from gamesock.games.chess import Chess
from gamesock.games.chess_pgn_reader import Reader
from gamesock.games.chess_pgn_text import Lines

_CHESS = Chess()
_OPENING = 40
"""Plies that may belong to an opening."""
_TAG = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


def export_pgn(header: record.Header, events: Iterable[record.Event]) -> str:
    """A recording of chess as PGN, with ``%clk`` if there is a clock, and ``%eval`` where a bot had a score.

    Moves that were taken back are left out.

    Raises:
        ValueError: it is no recording of a chess game, or a move of it is illegal.
    """
    if header.game != _CHESS.name:
        raise ValueError(f"only chess is written as PGN, and this is {header.game}")
    tale = _Tale(header, events)
    board = tale.start.board
    game = chess.pgn.Game()
    game.setup(board)
    for name, value in tale.tags().items():
        game.headers[name] = re.sub(r'(["\\])', r"\\\1", " ".join(value.split()))
    node: chess.pgn.GameNode = game
    for moved, left in tale.plies:
        node = node.add_variation(board.push_uci(moved.move))
        if moved.thought:
            node.set_eval(pgn.pov(moved.thought), moved.thought.depth or None)
        node.set_clock(left)
    return f"{game}\n"


def import_pgn(text: str) -> tuple[record.Header, list[record.Event]]:
    """The first game of a PGN text as a recording: its main line.

    Raises:
        ValueError: there is no game, or it has an illegal move; the message has its number and the reason.
    """
    for game in import_pgns(text):
        if isinstance(game, ValueError):
            raise game
        return game
    raise ValueError("there is no game in the text")


def import_pgns(text: str) -> Iterator[tuple[record.Header, list[record.Event]] | ValueError]:
    """The games of a PGN text, one after the other; in place of one that can't be read, the reason."""
    lines = Lines(text)
    while game := chess.pgn.read_game(lines, Visitor=Reader):
        if not game.empty:
            yield _recording(game, lines)
        lines.next_game()


def _recording(game: Reader, lines: Lines) -> tuple[record.Header, list[record.Event]] | ValueError:
    try:
        lines.check()  # a move after a word that was passed over is illegal for no reason of its own
        return game.recording()
    except ValueError as error:
        return error


class _Tale:
    """A recording told to its end: the moves that stand, the clock after each, the names, the outcome."""

    def __init__(self, header: record.Header, events: Iterable[record.Event]) -> None:
        self.header = header
        self.start = _CHESS.start(header.options, header.seed)
        self.plies: list[tuple[record.Moved, float | None]] = []
        self._mover = next(iter(self.start.to_move))
        self._control = TimeControl.parse(header.clock) if header.clock else None
        self._clock = Clock.fresh(self._control, _CHESS.seats) if self._control else None
        self._names: dict[Seat, str] = {}
        self._ended: record.Ended | None = None
        for event in events:
            self._apply(event)

    def tags(self) -> dict[str, str]:
        """The PGN tags of the game, but for those of its start position."""
        ended = self._ended
        known = {"date": pgn.date_tag(self.header.created)} | self._names | self.header.tags
        tags = {name: value for name, value in known.items() if _TAG.fullmatch(name)}
        for name in chess.pgn.TAG_ROSTER:
            if value := tags.pop(name.lower(), ""):
                tags[name] = value
        tags["Result"] = "*" if ended is None or ended.reason == "aborted" else pgn.RESULTS[ended.winner]
        tags["Termination"] = pgn.termination_tag(ended.reason if ended else None)
        tags["TimeControl"] = pgn.control_tag(self._control) if self._control else tags.get("TimeControl", "-")
        if tags.keys().isdisjoint(("ECO", "Opening")) and (opening := self._opening()):
            tags |= {"ECO": opening.code, "Opening": opening.name}
        return {name: value for name, value in tags.items() if name not in ("SetUp", "FEN", "Variant")}

    def _opening(self) -> Opening | None:
        position = self.start.copy()
        for moved, _ in self.plies[:_OPENING]:
            position.play(moved.move)
        return _CHESS.opening(position)

    def _apply(self, event: record.Event) -> None:
        match event:
            case record.Joined(seat=seat, player=player):
                self._names[seat] = player.name
            case record.Moved(seat=seat, at=at):
                self._clock = self._clock and self._clock.moved(seat, at)
                self.plies.append((event, self._clock.left[seat] if self._clock else None))
                self._turn(at)
            case record.TakenBack(plies=plies, at=at):
                del self.plies[-plies:]
                self._turn(at)
            case record.Paused(seconds=seconds):
                self._clock = self._clock and self._clock.paused(seconds)
            case record.Ended():
                self._ended = event

    def _turn(self, now: float) -> None:
        """Start the clock of the side to move; each side's first move is free."""
        if self._clock:
            even = len(self.plies) % 2 == 0
            runs = [seat for seat in _CHESS.seats if (seat == self._mover) == even]
            started = len(self.plies) >= len(_CHESS.seats)
            self._clock = self._clock.turn(frozenset(runs if started else ()), now)
