"""A bot for any game that plays any legal move."""

from __future__ import annotations

from gamesock.bot import Bot, Choice, Level, Task, Tell
from gamesock.game import rng


class RandomBot(Bot):
    """Chooses blindly; the same seed in the same position chooses the same."""

    name = "random"
    title = "Random"
    summary = "Plays any legal move."
    levels = (Level(1, "Random", "any legal move, chosen blindly; anyone wins against it"),)

    def choose(self, task: Task, tell: Tell) -> Choice:
        return Choice(move=rng(task.seed, task.seat, *task.legal).choice(task.legal))
