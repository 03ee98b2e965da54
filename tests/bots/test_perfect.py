import pytest

from gamesock import registry
from gamesock.bots.perfect import PerfectBot

GAME = "tic_tac_toe"


def played(*moves):
    position = registry.game(GAME).start({}, 0)
    for move in moves:
        position.play(move)
    return position


def ignore(thought):
    pass


@pytest.mark.parametrize("seat", ["X", "O"])
@pytest.mark.parametrize("seed", [0, 1])
def test_it_never_loses_whatever_the_other_side_plays(seat, seed, task):
    bot, ends = PerfectBot(), []

    def explore(position):
        if ended := position.outcome():
            ends.append(ended.winner)
        elif position.to_move == {seat}:
            position.play(bot.choose(task(GAME, position, seed=seed), ignore).move)
            explore(position)
        else:
            for reply in position.legal_moves():
                branch = position.copy()
                branch.play(reply)
                explore(branch)

    explore(played())
    assert set(ends) == {seat, None}


@pytest.mark.parametrize(
    ("moves", "best", "mate"),
    [
        (["0,0", "1,0", "0,1", "1,1"], {"0,2"}, 1),  # wins at once rather than blocking
        (["0,0", "1,1", "0,1"], {"0,2"}, None),  # blocks
        (["0,0", "0,1"], {"1,0", "1,1", "2,0"}, 3),  # every quickest forced win
        (["0,0", "0,1", "1,1"], {"2,2"}, -2),  # is lost, and holds out as long as it can
    ],
)
def test_it_finds_the_quickest_win_and_the_slowest_loss(moves, best, mate, task):
    for seed in range(12):
        choice = PerfectBot().choose(task(GAME, played(*moves), seed=seed), ignore)
        assert choice.move in best
        assert choice.thought.mate == mate


def test_equal_moves_are_chosen_by_the_seed(task):
    first = {PerfectBot().choose(task(GAME, played(), seed=seed), ignore).move for seed in range(60)}
    assert len(first) == 9


def test_its_thought_is_told_with_a_line_to_the_end(task):
    told = []
    position = played("0,0", "0,1")
    choice = PerfectBot().choose(task(GAME, position), told.append)
    assert told == [choice.thought]
    assert (choice.thought.seat, choice.thought.score) == ("X", 1.0)
    game = registry.game(GAME)
    for written in choice.thought.line:
        position.play(game.parse(position, written))
    assert position.outcome().winner == "X"
