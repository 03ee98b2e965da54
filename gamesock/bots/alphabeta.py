"""What the alpha-beta bots share: levels, deepening at the root, and telling what they find.

Scores are whole hundredths of the game's unit, for the seat to move. A forced win is worth ``WIN`` less the
half-moves to it, and a forced loss the negative of that.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from random import Random
from typing import ClassVar, NamedTuple

from gamesock.bot import Bot, Choice, Level, Task, Tell, Thought
from gamesock.bots.deadline import Deadline, OutOfTime
from gamesock.bots.lines import line
from gamesock.game import Move, rng

WIN = 100_000
DECIDED = WIN - 1000
"""A score this far from 0 is a forced win or loss."""
INFINITY = 2 * WIN

_ONE_REPLY_DEPTH = 4


class Skill(NamedTuple):
    """How a level holds a search back, so that people of every strength can win.

    ``depth`` limits how many half-moves it looks ahead; ``noise`` is the spread of its errors of judgement,
    in hundredths; ``slip`` is how often it moves without thinking at all.
    """

    level: Level
    depth: int = 99
    noise: float = 0.0
    slip: float = 0.0


class Found(NamedTuple):
    """The best move as far as a depth shows, and its score."""

    move: Move
    score: int
    depth: int

    @property
    def plies(self) -> int | None:
        """Half-moves to the forced end, if there is one."""
        return WIN - abs(self.score) if abs(self.score) >= DECIDED else None


class Search(ABC):
    """One position under search until its deadline."""

    variety: float = 0.0
    """The noise that even the best level adds, so that games differ."""

    @property
    @abstractmethod
    def deepest(self) -> int:
        """How many half-moves it can look ahead."""

    @abstractmethod
    def moves(self) -> list[Move]:
        """The legal moves, the likeliest first."""

    @abstractmethod
    def look(self, move: Move, depth: int, alpha: int, beta: int) -> int:
        """The score of a move at a depth: exact between ``alpha`` and ``beta``, a bound outside.

        Raises:
            OutOfTime: there is no time to tell.
        """

    @abstractmethod
    def line(self, move: Move, depth: int) -> list[Move]:
        """What is expected from ``move`` on, at most ``depth`` moves."""

    def deepen(self, limit: int, bonus: Mapping[Move, int]) -> Iterator[Found]:
        """What each depth up to ``limit`` shows; last, what an unfinished depth made better.

        ``bonus`` is added to scores to choose by, except to decided ones.
        """
        moves = self.moves()
        found = Found(moves[0], 0, 0)
        for depth in range(1, min(limit, self.deepest) + 1):
            before = found
            try:
                for found in self._improvements(depth, tuple(moves), bonus):
                    moves.remove(found.move)
                    moves.insert(0, found.move)
            except OutOfTime:
                if found is not before or depth == 1:
                    yield found
                return
            yield found
            if found.plies is not None and found.plies <= depth:
                return

    def _improvements(self, depth: int, moves: tuple[Move, ...], bonus: Mapping[Move, int]) -> Iterator[Found]:
        """The first move, and then each that is better than all before it."""
        best = -INFINITY
        for move in moves:
            extra = bonus.get(move, 0) if best < DECIDED else 0
            alpha = max(best - extra, -INFINITY)
            score = self.look(move, depth, alpha, alpha + 1) if best > -INFINITY else INFINITY
            if score > alpha:
                score = self.look(move, depth, alpha, INFINITY)
            worth = score + extra if abs(score) < DECIDED else score
            if worth > best:
                best = worth
                yield Found(move, score, depth)


class AlphaBeta(Bot):
    """A bot that chooses by such a search, at the level asked for."""

    skills: ClassVar[tuple[Skill, ...]]
    evaluates = True
    strength = 1
    _search: Search | None = None
    """The last one. To let go of what it remembers takes time, which belongs to the next decision."""

    @abstractmethod
    def search(self, task: Task, deadline: Deadline) -> Search:
        """A search of the task's position."""

    def choose(self, task: Task, tell: Tell) -> Choice:
        skill = next(skill for skill in self.skills if skill.level.number == task.level)
        dice = rng(task.seed, self.name, task.seat, *task.legal)
        if dice.random() < skill.slip:
            return Choice(move=dice.choice(task.legal))
        depth = skill.depth if len(task.legal) > 1 else min(skill.depth, _ONE_REPLY_DEPTH)
        deadline = Deadline(task.budget)
        search = self._search = self.search(task, deadline)
        for found in search.deepen(depth, _bonus(task, max(skill.noise, search.variety), dice)):
            thought = _thought(task, found, search.line(found.move, found.depth), deadline.nodes)
            tell(thought)
        return Choice(move=found.move, thought=thought)


def _bonus(task: Task, noise: float, dice: Random) -> dict[Move, int]:
    """The error of judgement about each move."""
    return {move: round(dice.gauss(0, noise)) for move in task.legal} if noise else {}


def _thought(task: Task, found: Found, moves: list[Move], nodes: int) -> Thought:
    mate = None if found.plies is None else (found.plies + 1) // 2
    return Thought(
        seat=task.seat,
        score=found.score / 100 if mate is None else None,
        mate=-mate if mate is not None and found.score < 0 else mate,
        depth=found.depth,
        nodes=nodes,
        line=line(task, moves),
    )
