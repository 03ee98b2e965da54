"""A chess bot with its own alpha-beta search, from one anyone can beat to a fair club player."""

from __future__ import annotations

from gamesock.bot import Level, Task
from gamesock.bots.alphabeta import AlphaBeta, Skill
from gamesock.bots.chess_search import ChessSearch
from gamesock.bots.chess_task import board_of
from gamesock.bots.deadline import Deadline

_SKILLS = (
    Skill(
        Level(1, "Newcomer", "every third move is a blind guess, the others look no further than captures"),
        depth=1,
        noise=120,
        slip=0.34,
    ),
    Skill(
        Level(2, "Beginner", "guesses one move in seven, and judges positions badly"),
        depth=1,
        noise=90,
        slip=0.14,
    ),
    Skill(
        Level(3, "Casual", "looks two half-moves ahead, now and then forgets to"),
        depth=2,
        noise=60,
        slip=0.05,
    ),
    Skill(Level(4, "Social", "sees what you threaten next; small mistakes remain"), depth=2, noise=25),
    Skill(Level(5, "Steady", "looks three half-moves ahead and leaves nothing hanging"), depth=3, noise=12),
    Skill(Level(6, "Club", "looks four half-moves ahead; finds short combinations"), depth=4),
    Skill(Level(7, "Tough", "looks five half-moves ahead, further where pieces are exchanged"), depth=5),
    Skill(Level(8, "All out", "thinks as long as it may: the longer, the stronger")),
)


class AlphaBetaChess(AlphaBeta):
    """Plays chess and Chess960 from any start position."""

    name = "alphabeta"
    title = "Alpha-Beta"
    summary = "gamesock's own chess player, at eight levels."
    games = ("chess",)
    skills = _SKILLS
    levels = tuple(skill.level for skill in _SKILLS)
    default_level = 4

    def search(self, task: Task, deadline: Deadline) -> ChessSearch:
        return ChessSearch(board_of(task), deadline)
