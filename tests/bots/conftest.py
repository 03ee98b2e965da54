from collections.abc import Callable

import pytest

from gamesock import registry
from gamesock.bot import Bot, Task
from gamesock.game import Position

MakeTask = Callable[..., Task]


@pytest.fixture
def task() -> MakeTask:
    """Makes the task of choosing for the seat to move."""

    def make(
        game: str, position: Position, *, level: int | None = None, budget: float = 10.0, seed: int = 1
    ) -> Task:
        (seat,) = position.to_move
        return Task(
            game=registry.game(game),
            seat=seat,
            level=1 if level is None else level,
            budget=budget,
            seed=seed,
            legal=tuple(position.legal_moves()),
            position=position,
            view=position.view(seat),
        )

    return make


@pytest.fixture
def bot() -> Callable[[str, str], Bot]:
    """Makes a registered bot."""
    return lambda name, game: registry.bot(name, game)()
