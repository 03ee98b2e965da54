import pytest

from gamesock import registry
from gamesock.bots.random import RandomBot


def ignore(thought):
    pass


@pytest.mark.parametrize("game", registry.game_names())
def test_it_plays_every_game_to_the_end_with_legal_moves(game, task):
    position = registry.game(game).start({}, 3)
    for seed in range(600):
        if position.outcome():
            return
        position.play(RandomBot().choose(task(game, position, seed=seed), ignore).move)
    pytest.fail("600 moves were not enough")


def test_the_same_seed_chooses_the_same_and_another_differs(task):
    position = registry.game("connect4").start({}, 0)
    chosen = [RandomBot().choose(task("connect4", position, seed=seed), ignore).move for seed in range(30)]
    again = [RandomBot().choose(task("connect4", position, seed=seed), ignore).move for seed in range(30)]
    assert chosen == again
    assert len(set(chosen)) > 3
