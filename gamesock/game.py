"""The rules contract: what a game is, and what any client can draw of it.

Nothing here, and nothing in a game, touches sockets, clocks, disk or randomness of its own:
chance comes from the ``seed`` a game is started with.
"""

from __future__ import annotations

import random
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any, ClassVar, Literal, NamedTuple, Self, TypeAlias, TypeVar

from pydantic import ConfigDict

from gamesock.model import Model

Seat: TypeAlias = str
"""A role in a game: ``"white"``, ``"red"``, ``"X"``."""

Move: TypeAlias = str
"""A move in the game's one canonical spelling (chess: UCI), whatever shape it arrived in."""


class IllegalMove(ValueError):
    """The move can't be played here. ``str(error)`` says why, to the player."""

    code: ClassVar[str] = "illegal_move"


class AmbiguousMove(IllegalMove):
    """What was typed fits more than one legal move."""

    code: ClassVar[str] = "ambiguous_move"


class BadOptions(ValueError):
    """The game can't be started with these options. ``str(error)`` says which and why."""


class Outcome(NamedTuple):
    """How a game ended: the winning seat (None: a draw) and one snake_case word why."""

    winner: Seat | None
    reason: str


class Option(NamedTuple):
    """A choice made before a game starts, shown by ``gamesock games`` and the new-game dialog."""

    name: str
    summary: str
    default: str = ""
    choices: tuple[str, ...] = ()
    when: tuple[str, str] | None = None
    """Another option and the value with which alone this one counts: forms show it only then."""


class Opening(Model):
    """What people call the way a game began: ``C50``, ``Italian Game``."""

    model_config = ConfigDict(frozen=True)

    name: str
    code: str = ""
    """Its place in a classification (chess: ECO)."""


class GameState(Model):
    """Base of every ``state_schema``: what one viewer may see of a position, as JSON.

    ``histories`` names the list fields that only ever grow by a move: a client that asked for
    ``deltas`` gets what was appended to them instead of all of it.
    """

    model_config = ConfigDict(extra="allow")
    histories: ClassVar[tuple[str, ...]] = ()


class Piece(Model):
    """How one kind of piece looks, from plain ASCII to a sprite."""

    model_config = ConfigDict(frozen=True)

    name: str
    """In words, for screen readers: ``"white knight"``."""
    seat: Seat | None
    letter: str
    """One ASCII character that alone tells the piece and its side apart (``"N"`` / ``"n"``)."""
    glyph: str
    """One Unicode character, one column wide; never with a variation selector."""
    sprite: str
    """The shape a client may have a drawing of: ``"knight"``, ``"disc"``, ``"cross"``, ``"ring"``."""
    tone: Literal["light", "dark", "red", "yellow", "blue", "green"] = "light"


class Mark(Model):
    """A cell worth noticing: part of the ``last`` move, a piece in ``check``, a ``win``ning line."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["last", "check", "win"]
    cell: int


class PictureMove(Model):
    """A legal move as a gesture: from ``origin`` (None: from nowhere) to ``target``.

    Several moves may share a gesture (promotions); ``choice`` then names the piece that tells
    them apart, a key of ``BoardPicture.pieces``.
    """

    model_config = ConfigDict(frozen=True)

    move: Move
    label: str
    target: int
    origin: int | None = None
    choice: str | None = None
    words: str = ""
    """The move in words, where origin and target don't tell it: ``"castles kingside"``."""


class Tray(Model):
    """What lies beside the board for one seat: captured pieces, cards, a score."""

    model_config = ConfigDict(frozen=True)

    pieces: tuple[str, ...] = ()
    note: str = ""


class BoardPicture(Model):
    """A board that any client can draw without knowing the game.

    Cells are numbered row by row from the top left as the first seat sees it:
    ``cell = row * columns + column``.
    """

    model_config = ConfigDict(frozen=True)

    rows: int
    columns: int
    cells: tuple[str, ...]
    """A key of ``pieces`` for each cell, ``""`` where it is empty; length ``rows * columns``."""
    pieces: Mapping[str, Piece]
    surface: Literal["checkered", "grid", "rack"] = "grid"
    """``checkered`` squares, a ``grid`` of lines, or a ``rack`` of holes."""
    column_labels: tuple[str, ...] = ()
    row_labels: tuple[str, ...] = ()
    marks: tuple[Mark, ...] = ()
    moves: tuple[PictureMove, ...] = ()
    """Every legal move of the seat to move; empty when the game is over."""
    pick: Literal["cell", "column"] = "cell"
    """Whether a click must hit the target cell, or any cell of its column will do."""
    rotates: bool = False
    """Whether the second seat sees the board turned by 180°."""
    trays: Mapping[Seat, Tray] = {}

    def text(self, *, flipped: bool = False) -> str:
        """The board in ASCII, one line a row: for ``--plain``, pipes, logs and screen readers."""
        order = range(self.columns - 1, -1, -1) if flipped else range(self.columns)
        margin = max((len(label) for label in self.row_labels), default=0)
        lines = []
        for row in range(self.rows - 1, -1, -1) if flipped else range(self.rows):
            label = self.row_labels[row] if self.row_labels else ""
            letters = (self.cells[row * self.columns + column] for column in order)
            squares = " ".join(self.pieces[key].letter if key else "." for key in letters)
            lines.append(f"{label:>{margin}} {squares}" if margin else squares)
        if self.column_labels:
            labels = " ".join(self.column_labels[column] for column in order)
            lines.append(" " * (margin + 1 if margin else 0) + labels)
        return "\n".join(lines)


class Position(ABC):
    """A game under way inside the process: mutable, fast, knows everything, never sent."""

    @property
    @abstractmethod
    def to_move(self) -> frozenset[Seat]:
        """The seats that may move now: one, several (simultaneous moves), or none when it is over."""

    @abstractmethod
    def legal_moves(self, seat: Seat | None = None) -> list[Move]:
        """Every legal move of ``seat`` (None: of the only seat to move), in a stable order."""

    @abstractmethod
    def play(self, move: Move, seat: Seat | None = None) -> None:
        """Play a canonical move.

        Raises:
            IllegalMove: it isn't legal here; the position is unchanged.
        """

    @abstractmethod
    def outcome(self) -> Outcome | None:
        """How the rules ended the game, or None while it goes on."""

    @abstractmethod
    def view(self, seat: Seat | None) -> GameState:
        """What ``seat`` (None: a spectator) may see."""

    @abstractmethod
    def picture(self, seat: Seat | None) -> BoardPicture:
        """The board as ``seat`` (None: a spectator) may see it."""

    @abstractmethod
    def dump(self) -> dict[str, Any]:
        """Everything needed to go on from here, as JSON; ``Game.load`` reads it."""

    def copy(self) -> Self:
        """An independent position to try moves on; worth overriding where it can be made cheap."""
        return deepcopy(self)

    def at(self, ply: int) -> Position | None:
        """The position after the first ``ply`` moves, where looking back is cheaper than replaying; else None."""
        return None

    def claims(self, seat: Seat) -> tuple[str, ...]:
        """The draws that ``seat`` may claim now, as outcome reasons."""
        return ()

    def can_win(self, seat: Seat) -> bool:
        """Whether ``seat`` could still win by any series of legal moves (asked when a flag falls)."""
        return True


class Game(ABC):
    """The rules of one kind of game."""

    name: ClassVar[str]
    """The name on the command line, in routes and in recordings."""
    title: ClassVar[str]
    seats: ClassVar[tuple[Seat, ...]]
    """In the order of the first moves."""
    state_schema: ClassVar[type[GameState]]
    options: ClassVar[tuple[Option, ...]] = ()
    notations: ClassVar[str] = ""
    """How moves are typed, in a few words with examples: ``"e4 Nf3 O-O e2e4"``."""
    hidden: ClassVar[bool] = False
    """Whether seats see different things. Bots then get a view, never the position."""
    route: ClassVar[str] = ""
    """The last part of the default route, where it isn't ``name``."""

    @abstractmethod
    def start(self, options: Mapping[str, Any], seed: int) -> Position:
        """A new position. Same options and seed, same position.

        Raises:
            BadOptions: an option is unknown or its value impossible.
        """

    @abstractmethod
    def load(self, dump: Mapping[str, Any]) -> Position:
        """The position that ``Position.dump`` wrote.

        Raises:
            ValueError: it isn't such a dump.
        """

    @abstractmethod
    def parse(self, position: Position, raw: object, seat: Seat | None = None) -> Move:
        """The canonical move meant by what a player typed or a client sent as JSON.

        Raises:
            IllegalMove: it is no legal move here; the message says why.
            AmbiguousMove: it fits several.
        """

    def format(self, position: Position, move: Move) -> str:
        """A legal move in the notation people read, before it is played."""
        return move

    def wire(self, move: Move) -> Any:
        """A canonical move in the shape that state updates carry."""
        return move

    def opening(self, position: Position) -> Opening | None:
        """How the game up to this position began, if that has a name."""
        return None

    def chosen(self, options: Mapping[str, Any]) -> dict[str, str]:
        """The given options as text, without those left blank: what ``start`` reads first.

        Raises:
            BadOptions: the game has no such option, or the value isn't among its choices.
        """
        known = {option.name: option for option in self.options}
        for name in options.keys() - known.keys():
            has = f"there is {', '.join(known)}" if known else "it has none"
            raise BadOptions(f"{self.title} has no option {name!r}: {has}")
        given = {name: str(value).strip() for name, value in options.items() if value is not None}
        for name, value in given.items():
            choices = known[name].choices
            if value and choices and value not in choices:
                raise BadOptions(f"{name} can't be {value!r}: choose {' or '.join(choices)}")
        return {name: value for name, value in given.items() if value}


AnyPosition = TypeVar("AnyPosition", bound=Position)


def rng(seed: int, *salt: object) -> random.Random:
    """A random generator that depends on nothing but its arguments."""
    return random.Random(f"{seed}:{':'.join(map(str, salt))}")


def only(seats: frozenset[Seat], seat: Seat | None) -> Seat:
    """``seat`` if it may move, or the only one that may.

    Raises:
        IllegalMove: that seat isn't to move, or it must be named.
    """
    if seat is None:
        if len(seats) == 1:
            return next(iter(seats))
        raise IllegalMove("the game is over" if not seats else "say which seat moves")
    if seat not in seats:
        raise IllegalMove(f"it isn't {seat}'s turn")
    return seat


def replayed(position: AnyPosition, moves: object) -> AnyPosition:
    """The position after these moves, as a dump keeps them.

    Raises:
        ValueError: they are no list of moves, or one of them can't be played.
    """
    if not isinstance(moves, list) or not all(isinstance(move, str) for move in moves):
        raise ValueError("a dump has a list of moves")
    for move in moves:
        position.play(move)
    return position


def few(moves: Sequence[str], most: int = 12) -> str:
    """Legal moves for an error message: all when they are few, else how many."""
    return ", ".join(moves) if len(moves) <= most else f"{len(moves)} moves are legal"
