import random
import time

import chess
import pytest

from gamesock import registry
from gamesock.bots.alphabeta_chess import AlphaBetaChess
from gamesock.bots.chess_eval import evaluate

TOP = 8


def start(fen="", **options):
    return registry.game("chess").start({"fen": fen, **options}, 0)


def wander(plies, seed, **options):
    """A position after random moves, or None if the game ended on the way."""
    position, dice = registry.game("chess").start(options, seed), random.Random(seed)
    for _ in range(plies):
        position.play(dice.choice(position.legal_moves()))
        if position.outcome():
            return None
    return position


def ignore(thought):
    pass


@pytest.mark.parametrize(
    ("fen", "mate"),
    [
        ("6k1/5ppp/8/8/8/8/8/R6K w - - 0 1", 1),
        ("r6k/8/8/8/8/8/5PPP/6K1 b - - 0 1", 1),
        ("6rk/6pp/8/6N1/8/8/8/K2Q4 w - - 0 1", 1),
        ("r1bqkb1r/pppp1ppp/2n2n2/4p2Q/2B1P3/8/PPPP1PPP/RNB1K1NR w KQkq - 4 4", 1),
        ("k7/8/2K5/8/8/8/8/7R w - - 0 1", 2),
        ("5r1k/6pp/7N/8/2Q5/8/8/K7 w - - 0 1", 2),
        ("r5rk/5p1p/5R2/4B3/8/8/7P/7K w - - 0 1", 3),
        ("1k5r/pP3ppp/3p2b1/1BN1n3/1Q2P3/P1B5/KP3P1P/7q w - - 1 1", 3),
        ("3r4/pR2N3/2pkb3/5p2/8/2B5/qP3PPP/4R1K1 w - - 1 1", 3),
    ],
)
def test_it_finds_and_plays_the_shortest_mate(fen, mate, task):
    bot, position = AlphaBetaChess(), start(fen)
    mated = position.board.turn
    for left in range(mate, 0, -1):
        choice = bot.choose(task("chess", position, level=TOP), ignore)
        assert choice.thought.mate == left
        position.play(choice.move)
        if not position.outcome():
            position.play(bot.choose(task("chess", position, level=TOP), ignore).move)
    assert position.outcome().reason == "checkmate"
    assert position.board.turn is not mated


def test_it_knows_that_it_is_being_mated(task):
    choice = AlphaBetaChess().choose(task("chess", start("7k/8/5K2/8/8/8/8/6Q1 b - - 0 1"), level=TOP), ignore)
    assert (choice.move, choice.thought.mate, choice.thought.score) == ("h8h7", -1, None)


@pytest.mark.parametrize(
    ("fen", "best"),
    [
        ("4k3/8/8/3q4/8/4N3/8/4K3 w - - 0 1", "e3d5"),  # takes what hangs
        ("6k1/8/8/3pP3/8/8/8/6K1 w - d6 0 1", "e5d6"),  # en passant makes a passed pawn
        ("7k/P7/8/8/8/8/8/K7 w - - 0 1", "a7a8q"),
    ],
)
def test_it_sees_what_is_there(fen, best, task):
    assert AlphaBetaChess().choose(task("chess", start(fen), level=6), ignore).move == best


def test_losing_it_takes_the_perpetual_check(task):
    position = start("7k/5p1p/8/6Q1/1b6/8/rr6/7K w - - 0 1")
    choice = AlphaBetaChess().choose(task("chess", position, level=7), ignore)
    assert (choice.move, choice.thought.score) == ("g5d8", 0.0)


def test_winning_it_does_not_repeat(task):
    position = start("7k/8/8/8/8/8/8/KQ6 w - - 0 1")
    for move in ("b1b2", "h8g8", "b2b1", "g8h8"):
        position.play(move)
    choice = AlphaBetaChess().choose(task("chess", position, level=6), ignore)
    assert choice.move != "b1b2"
    assert choice.thought.score > 5


def test_a_draw_by_fifty_moves_is_worth_nothing(task):
    position = start("8/8/8/8/8/3k4/3r4/K7 b - - 99 100")
    thought = AlphaBetaChess().choose(task("chess", position, level=3, seed=2), ignore).thought
    assert thought.score == 0.0


@pytest.mark.parametrize("level", [1, 3, 5])
def test_its_moves_are_legal_and_its_lines_playable(level, task):
    game, bot = registry.game("chess"), AlphaBetaChess()
    options = [{}, {"variant": "chess960"}]
    positions = [wander(6 + 7 * seed, seed, **options[seed % 2]) for seed in range(12)]
    for seed, position in enumerate(filter(None, positions)):
        choice = bot.choose(task("chess", position, level=level, seed=seed), ignore)
        assert choice.move in position.legal_moves()
        for written in choice.thought.line if choice.thought else ():
            position.play(game.parse(position, written))


def test_it_castles_in_chess960_as_the_game_spells_it(task):
    position = start("k7/8/8/8/8/8/4PPPP/4RK1R w H - 0 1", variant="chess960")
    bot = AlphaBetaChess()
    castles = {move for move in position.legal_moves() if position.board.is_castling(position.legal[move])}
    assert castles == {"f1h1"}
    position.play(bot.choose(task("chess", position, level=5), ignore).move)


@pytest.mark.parametrize("budget", [0.03, 0.3])
def test_it_keeps_to_its_budget(budget, task):
    bot = AlphaBetaChess()
    late = []
    for seed in range(5):
        position = wander(24, seed)
        began = time.perf_counter()
        bot.choose(task("chess", position, level=TOP, budget=budget), ignore)
        late.append(time.perf_counter() - began - budget)
    assert sorted(late)[len(late) // 2] < 0.05  # the median, as other programs share the machine
    assert min(late) > -budget / 2


def test_it_tells_what_it_thinks_at_every_depth(task):
    told = []
    choice = AlphaBetaChess().choose(task("chess", start(), level=6), told.append)
    assert [thought.depth for thought in told] == [1, 2, 3, 4]
    assert told[-1] == choice.thought
    assert choice.thought.seat == "white"
    assert len(choice.thought.line) > 1
    nodes = [thought.nodes for thought in told]
    assert nodes == sorted(nodes)


def test_the_same_seed_chooses_the_same_and_games_differ(task):
    def opening(seed, level):
        return AlphaBetaChess().choose(task("chess", start(), level=level, seed=seed), ignore).move

    assert [opening(seed, 2) for seed in range(5)] == [opening(seed, 2) for seed in range(5)]
    assert len({opening(seed, 6) for seed in range(8)}) > 1


def test_the_first_level_blunders_and_the_fourth_does_not(task):
    hanging = "rnb1kbnr/pppp1ppp/8/4p1q1/3PP3/8/PPP2PPP/RNBQKBNR w KQkq - 1 3"  # Bxg5 wins a queen
    taken = {
        level: sum(
            AlphaBetaChess().choose(task("chess", start(hanging), level=level, seed=seed), ignore).move == "c1g5"
            for seed in range(30)
        )
        for level in (1, 4)
    }
    assert taken[4] == 30
    assert 10 < taken[1] < 28


def test_it_beats_a_bot_that_plays_anything(task, bot):
    strong, weak = AlphaBetaChess(), bot("random", "chess")
    position = start()
    for seed in range(160):
        if position.outcome():
            break
        mover, level = (strong, 5) if position.to_move == {"black"} else (weak, 1)
        position.play(mover.choose(task("chess", position, level=level, seed=seed, budget=0.5), ignore).move)
    assert position.outcome().winner == "black"


def test_the_evaluation_does_not_care_for_colours():
    for seed in range(20):
        board = chess.Board()
        dice = random.Random(seed)
        for _ in range(30):
            if board.is_game_over():
                break
            board.push(dice.choice(list(board.legal_moves)))
        assert evaluate(board) == evaluate(board.mirror())


def test_more_material_and_better_places_are_worth_more():
    def white(fen):
        return evaluate(chess.Board(fen))

    even = white("4k3/pppppppp/8/8/8/8/PPPPPPPP/4K3 w - - 0 1")
    assert white("4k3/pppppppp/8/8/8/8/PPPPPPPP/3QK3 w - - 0 1") > even + 800
    assert white("4k3/8/8/8/8/8/4P3/4K3 w - - 0 1") < white("4k3/4P3/8/8/8/8/8/4K3 w - - 0 1")
    rim, middle = "4k3/pppp4/8/8/8/8/PPPP4/N3K3 w - - 0 1", "4k3/pppp4/8/8/4N3/8/PPPP4/4K3 w - - 0 1"
    assert white(rim) < white(middle)
