"""The bot contract: a computer player that, given a position and a time budget, chooses a move.

A bot runs in a worker process, one decision at a time; the server checks its choice like anyone's move.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import ClassVar, NamedTuple, TypeAlias

from pydantic import Field

from gamesock.game import Game, GameState, Move, Position, Seat
from gamesock.model import Model


class Thought(Model):
    """A bot's opinion while it thinks: from the point of view of ``seat``."""

    seat: Seat
    score: float | None = Field(default=None, ge=-1e9, le=1e9)
    """In the game's usual unit (chess: pawns), positive is good for ``seat``."""
    mate: int | None = Field(default=None, ge=-10_000, le=10_000)
    """Moves until a forced win (positive) or loss (negative) for ``seat``."""
    depth: int = Field(default=0, ge=-(2**31), lt=2**31)
    nodes: int = Field(default=0, ge=0, lt=2**63)
    line: tuple[str, ...] = ()
    """The expected continuation, in the notation people read."""


class Choice(Model):
    """What a bot decided: a move, and what it thinks of it."""

    move: Move
    thought: Thought | None = None


Tell: TypeAlias = Callable[[Thought], None]
"""Where a bot's thoughts go while it thinks."""


class Level(NamedTuple):
    """One strength of a bot, with an honest word on what to expect."""

    number: int
    name: str
    summary: str


class Task(NamedTuple):
    """What a bot is asked: one decision, with a time budget."""

    game: Game
    seat: Seat
    level: int
    budget: float
    """Seconds it may think; the worker is killed some time after."""
    seed: int
    legal: tuple[Move, ...]
    position: Position | None
    """None in a game with hidden information: there is ``view``, and no more."""
    view: GameState


class BotError(Exception):
    """The bot can't choose here; ``str(error)`` says why, to everyone at the table."""


class Bot(ABC):
    """A computer player. Runs in a worker process, where it may block and use a whole core."""

    name: ClassVar[str]
    title: ClassVar[str]
    summary: ClassVar[str]
    games: ClassVar[tuple[str, ...]] = ()
    """The games it plays; empty: any."""
    levels: ClassVar[tuple[Level, ...]]
    default_level: ClassVar[int] = 1
    evaluates: ClassVar[bool] = False
    """Whether it has opinions to share (``analyse`` and the eval bar)."""
    strength: ClassVar[int] = 0
    """Whose opinion is asked where nobody names a bot: of those that ``evaluates``, the one with the highest.
    1: knows the game; 2: beats most people, or has solved it."""

    @classmethod
    def variants(cls) -> tuple[type[Bot], ...]:
        """The bots this class offers on this machine (UCI: one an engine found). Default: itself."""
        return (cls,)

    @abstractmethod
    def choose(self, task: Task, tell: Tell) -> Choice:
        """Choose a move within ``task.budget`` seconds; call ``tell`` with better thoughts as they come.

        Raises:
            BotError: no move can be chosen.
        """

    def close(self) -> None:  # noqa: B027 - most bots hold nothing
        """Let go of engines and files."""
