"""A Connect 4 bot with its own alpha-beta search; given time, it plays perfectly."""

from __future__ import annotations

from gamesock.bot import Level, Task
from gamesock.bots.alphabeta import AlphaBeta, Skill
from gamesock.bots.connect4_search import Connect4Search
from gamesock.bots.deadline import Deadline

_SKILLS = (
    Skill(
        Level(1, "Newcomer", "every third move is a blind guess, the others see one disc ahead"),
        depth=1,
        noise=60,
        slip=0.34,
    ),
    Skill(
        Level(2, "Beginner", "guesses one move in eight and judges positions badly"),
        depth=2,
        noise=40,
        slip=0.12,
    ),
    Skill(Level(3, "Casual", "looks four discs ahead, but not always"), depth=4, noise=15, slip=0.04),
    Skill(Level(4, "Steady", "looks six discs ahead"), depth=6, noise=5),
    Skill(Level(5, "Tough", "looks eight discs ahead"), depth=8, noise=3),
    Skill(Level(6, "All out", "thinks as long as it may; once it sees the end, it plays perfectly")),
)


class AlphaBetaConnect4(AlphaBeta):
    """Deepens to the end of the game; what it calls a win or a loss is one."""

    name = "alphabeta"
    title = "Alpha-Beta"
    summary = "gamesock's own Connect 4 player, at six levels."
    games = ("connect4",)
    skills = _SKILLS
    levels = tuple(skill.level for skill in _SKILLS)
    default_level = 3

    def search(self, task: Task, deadline: Deadline) -> Connect4Search:
        discs = {task.seat: 0, None: 0}
        for row, colors in enumerate(reversed(task.view.model_dump()["board"])):
            for column, color in enumerate(colors):
                discs[color] = discs.get(color, 0) | 1 << column * 7 + row
        theirs = [bits for seat, bits in discs.items() if seat not in (task.seat, None)]
        return Connect4Search(discs[task.seat], sum(theirs), deadline)
