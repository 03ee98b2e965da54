"""What a bot's opinions about the positions of a game say of its moves. Pure.

Scores become chances of winning, as Lichess maps them (https://lichess.org/page/accuracy): centipawns mean
much in an even game and little in a decided one. A move is marked by how much of its player's chance it gave
away: 5 points in a hundred are an inaccuracy, 10 a mistake, 15 a blunder, Lichess's own thresholds. Its
accuracy falls from 100 with the same loss; a player's accuracy is the mean of the weighted and the harmonic
mean of their moves', where moves weigh more in positions whose chances swing.

A forced mate counts as won, wherever it ends. Games of two seats only.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from statistics import fmean, harmonic_mean, pstdev
from typing import NamedTuple

from gamesock.bot import Thought
from gamesock.game import Seat


class Mark(StrEnum):
    """How bad a move was, in the signs that chess books use."""

    BLUNDER = "??"
    MISTAKE = "?"
    INACCURACY = "?!"


THRESHOLDS = {Mark.BLUNDER: 0.15, Mark.MISTAKE: 0.10, Mark.INACCURACY: 0.05}
"""The loss of winning chance from which a move is marked."""

_STEEPNESS = 0.368208
"""Of the curve from pawns to chances."""


class Judgement(NamedTuple):
    """What a move did to the chances of the player who made it."""

    ply: int
    """1 for the first move."""
    seat: Seat
    lost: float
    """Chance given away, 0 to 1."""
    accuracy: float
    """0 to 100."""
    mark: Mark | None = None
    better: tuple[str, ...] = ()
    """What should have been played, and what follows; for marked moves."""


@dataclass(frozen=True, slots=True)
class Summary:
    """How well one seat played, as far as its moves were judged."""

    moves: int = 0
    accuracy: float | None = None
    marks: Mapping[Mark, int] = field(default_factory=dict)


class Report(NamedTuple):
    """A game, analysed as far as there are opinions."""

    chances: tuple[float | None, ...]
    """Of the first seat, before the first move and after each."""
    judgements: Mapping[int, Judgement]
    """By ply; a move without an opinion before and after it has none."""
    summaries: Mapping[Seat, Summary]


def chance(thought: Thought | None, seat: Seat) -> float | None:
    """The chance, 0 to 1, that ``seat`` wins by this thought; None: it has no score."""
    if thought is None or (thought.score is None and thought.mate is None):
        return None
    if thought.mate is not None:
        own = 1.0 if thought.mate > 0 else 0.0
    else:
        own = 1 / (1 + math.exp(-_STEEPNESS * max(-1000.0, min(1000.0, thought.score or 0.0))))
    return own if thought.seat == seat else 1 - own


def analyse(
    thoughts: Sequence[Thought | None],
    moves: Sequence[tuple[Seat, str]],
    seats: Sequence[Seat],
    end: float | None = None,
) -> Report:
    """Judge a game.

    Args:
        thoughts: about the position before the first move and after each; None where nobody thought.
        moves: who made each move, and its notation.
        seats: of the game, in the order of the first moves.
        end: the first seat's chance in a last position that the rules decided (1, 0 or a half).
    """
    first = seats[0]
    chances = [chance(thought, first) for thought in thoughts[: len(moves) + 1]]
    chances += [None] * (len(moves) + 1 - len(chances))
    if end is not None:
        chances[-1] = end
    judgements = {}
    for ply, (seat, notation) in enumerate(moves, 1):
        before, after = chances[ply - 1], chances[ply]
        if before is not None and after is not None:
            lost = max(0.0, before - after if seat == first else after - before)
            thought = thoughts[ply - 1] if ply <= len(thoughts) else None
            judgements[ply] = _judge(ply, seat, notation, lost, thought.line if thought else ())
    weights = _weights(chances)
    summaries = {
        seat: _summary([judged for judged in judgements.values() if judged.seat == seat], weights)
        for seat in seats
    }
    return Report(tuple(chances), judgements, summaries)


def _judge(ply: int, seat: Seat, notation: str, lost: float, line: tuple[str, ...]) -> Judgement:
    accuracy = max(0.0, min(100.0, 103.1668 * math.exp(-4.354 * lost) - 3.1669))
    # The expected move can't be wrong: a loss after it is what one sees only a move deeper.
    expected = bool(line) and line[0] == notation
    mark = None if expected else next((mark for mark, least in THRESHOLDS.items() if lost >= least), None)
    return Judgement(ply, seat, lost, accuracy, mark, line if mark else ())


def _weights(chances: Sequence[float | None]) -> list[float]:
    """How much each move counts: by how the chances swing in the positions around it."""
    width = max(2, min(8, (len(chances) - 1) // 10))
    weights = []
    for ply in range(1, len(chances)):
        start = max(0, ply + 1 - width)
        near = [100 * known for known in chances[start : start + width] if known is not None]
        weights.append(max(0.5, min(12.0, pstdev(near) if len(near) > 1 else 0.0)))
    return weights


def _summary(judged: Sequence[Judgement], weights: Sequence[float]) -> Summary:
    if not judged:
        return Summary()
    accuracies = [judgement.accuracy for judgement in judged]
    weighted = fmean(accuracies, [weights[judgement.ply - 1] for judgement in judged])
    accuracy = (weighted + harmonic_mean([max(0.1, accuracy) for accuracy in accuracies])) / 2
    marks = Counter(judgement.mark for judgement in judged if judgement.mark)
    return Summary(len(judged), accuracy, marks)


def turning_points(report: Report) -> list[int]:
    """The plies of the marked moves, in order."""
    return [ply for ply, judged in sorted(report.judgements.items()) if judged.mark]
