import random
import time

import pytest

from gamesock import registry
from gamesock.bots.alphabeta_connect4 import AlphaBetaConnect4

GAME = "connect4"
TOP = 6


def played(moves):
    position = registry.game(GAME).start({}, 0)
    for move in moves:
        position.play(move)
    return position


def wander(plies, seed):
    position, dice = played(""), random.Random(seed)
    for _ in range(plies):
        position.play(dice.choice(position.legal_moves()))
        if position.outcome():
            return None
    return position


def ignore(thought):
    pass


@pytest.mark.parametrize("moves", ["agagag", "agagab", "dedede", "abbccdcdgd"])
def test_it_wins_at_once_rather_than_blocking(moves, task):
    position = played(moves)
    choice = AlphaBetaConnect4().choose(task(GAME, position, level=TOP, budget=0.5), ignore)
    assert choice.thought.mate == 1
    position.play(choice.move)
    assert position.outcome().reason == "four_in_a_row"


def test_it_blocks_three_in_a_line(task):
    assert AlphaBetaConnect4().choose(task(GAME, played("agaga"), level=TOP, budget=0.5), ignore).move == "a"


def test_two_in_the_middle_of_the_floor_win(task):
    choice = AlphaBetaConnect4().choose(task(GAME, played("ddee"), level=TOP, budget=0.5), ignore)
    assert choice.move in ("c", "f")
    assert choice.thought.mate == 2
    lost = AlphaBetaConnect4().choose(task(GAME, played("ddeec"), level=TOP, budget=0.5), ignore)
    assert lost.thought.mate == -1


def test_it_solves_endings_exactly(task):
    def exact(position, known):
        """The score for the mover: 99 for a win with this disc, a point less for each disc more."""
        key = tuple(position.discs)
        if key not in known:
            best = -100
            for move in position.legal_moves():
                after = position.copy()
                after.play(move)
                ended = after.outcome()
                score = -exact(after, known) if not ended else 99 + 1 if ended.winner else 0
                best = max(best, score - (score > 0) + (score < 0))
            known[key] = best
        return known[key]

    endings = [wander(28 + seed % 8, seed) for seed in range(150)]
    assert len(list(filter(None, endings))) > 5
    for position in filter(None, endings):
        score = exact(position, {})
        thought = AlphaBetaConnect4().choose(task(GAME, position, level=TOP), ignore).thought
        moves = (100 - abs(score) + 1) // 2
        assert thought.mate == (None if not score else moves if score > 0 else -moves), position.moves
        assert score or thought.score == 0.0


@pytest.mark.parametrize("level", range(1, TOP + 1))
def test_its_moves_are_legal_and_its_lines_playable(level, task):
    bot, game = AlphaBetaConnect4(), registry.game(GAME)
    positions = filter(None, (wander(seed, seed) for seed in range(40)))
    for seed, position in enumerate(positions):
        choice = bot.choose(task(GAME, position, level=level, seed=seed, budget=0.05), ignore)
        assert choice.move in position.legal_moves()
        for written in choice.thought.line if choice.thought else ():
            position.play(game.parse(position, written))


@pytest.mark.parametrize("seed", range(10))
def test_it_always_beats_a_bot_that_plays_anything(seed, task, bot):
    strong, weak, position = AlphaBetaConnect4(), bot("random", GAME), played("")
    own = "red" if seed % 2 else "yellow"
    while not position.outcome():
        mover, level = (strong, 4) if position.to_move == {own} else (weak, 1)
        position.play(mover.choose(task(GAME, position, level=level, seed=seed), ignore).move)
    assert position.outcome().winner == own


def test_it_keeps_to_its_budget(task):
    bot, late = AlphaBetaConnect4(), []
    for seed in range(5):
        began = time.perf_counter()
        bot.choose(task(GAME, wander(4, seed), level=TOP, budget=0.2), ignore)
        late.append(time.perf_counter() - began - 0.2)
    assert sorted(late)[len(late) // 2] < 0.05  # the median, as other programs share the machine


def test_it_tells_what_it_thinks_at_every_depth(task):
    told = []
    choice = AlphaBetaConnect4().choose(task(GAME, played(""), level=4), told.append)
    assert [thought.depth for thought in told] == [1, 2, 3, 4, 5, 6]
    assert told[-1] == choice.thought
    assert choice.move == "d"
