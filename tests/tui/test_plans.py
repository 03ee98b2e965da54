"""What may be planned in each kind of game, and what it becomes."""

from __future__ import annotations

from gamesock import registry
from gamesock.tui import plans


def picture_of(game, *moves):
    rules = registry.game(game)
    position = rules.start({}, 0)
    for move in moves:
        position.play(rules.parse(position, move))
    return position.picture(None)


def test_any_own_piece_may_go_to_any_other_cell():
    picture = plans.candidates(picture_of("chess", "e4"), ["white"])
    assert {move.origin for move in picture.moves} == {*range(48, 64)} - {52} | {36}
    assert len(picture.moves) == 16 * 63


def test_a_pawn_on_its_last_step_asks_what_it_becomes():
    game = registry.game("chess")
    position = game.start({"fen": "7k/P7/8/8/8/8/7p/K7 b - - 0 1"}, 0)
    picture = position.picture(None)
    ways = plans.candidates(picture, ["white"]).moves
    arriving = [move for move in ways if (move.origin, move.target) == (8, 0)]
    assert [move.choice for move in arriving] == ["wQ", "wR", "wB", "wN"]
    assert len([move for move in ways if (move.origin, move.target) == (8, 2)]) == 1
    plan = plans.planned(picture, arriving[-1])
    assert plan.label == "a7-a8=N"
    position.play("h8g7")
    assert [move.label for move in plan.fitting(position.picture(None))] == ["a8=N"]


def test_castling_and_columns_in_digits_mark_their_cells():
    chess = picture_of("chess", "e4")
    assert plans.typed(chess, "O-O", ahead=True, seats=["white"]).cells == {60, 62}
    assert plans.typed(chess, "0-0-0+", ahead=True, seats=["black"]).cells == {4, 2}
    assert {cell % 7 for cell in plans.typed(picture_of("connect4", "a"), "4", ahead=True).cells} == {3}


def test_columns_with_room_and_free_cells():
    full = picture_of("connect4", *"aaaaaab")
    assert sorted(move.target % 7 for move in plans.candidates(full, ["yellow"]).moves) == [1, 2, 3, 4, 5, 6]
    free = plans.candidates(picture_of("tic_tac_toe", "5"), ["X"])
    assert sorted(move.target for move in free.moves) == [0, 1, 2, 3, 5, 6, 7, 8]
    assert {move.label for move in free.moves} == set("12346789")


def test_a_plan_becomes_the_legal_moves_of_its_gesture():
    before = plans.candidates(picture_of("chess", "e4"), ["white"])
    knight = next(move for move in before.moves if (move.origin, move.target) == (62, 45))
    plan = plans.planned(before, knight)
    assert (plan.label, plan.cells, plan.text) == ("g1-f3", {62, 45}, "")
    assert [move.move for move in plan.fitting(picture_of("chess", "e4", "e5"))] == ["g1f3"]
    nowhere = next(move for move in before.moves if (move.origin, move.target) == (62, 20))
    assert plans.planned(before, nowhere).fitting(picture_of("chess", "e4", "e5")) == []


def test_a_column_is_a_column_wherever_the_disc_will_land():
    before = plans.candidates(picture_of("connect4", "a"), ["red"])
    plan = plans.planned(before, next(move for move in before.moves if move.target % 7 == 0))
    assert plan.label == "column a"
    (move,) = plan.fitting(picture_of("connect4", "a", "a"))
    assert move.target == 3 * 7


def test_typed_plans_know_the_cells_they_name():
    chess = picture_of("chess", "e4")
    assert plans.typed(chess, "e2e4", ahead=True).cells == {52, 36}
    assert plans.typed(chess, "Nf3", ahead=True).cells == {45}
    assert plans.typed(chess, "O-O", ahead=True).cells == frozenset()
    assert plans.typed(picture_of("connect4", "d"), "d", ahead=True).cells == {4 * 7 + 3}
    assert plans.typed(picture_of("tic_tac_toe", "5"), "9", ahead=True).cells == {8}


def test_a_move_that_waits_for_a_yes_is_on_the_board():
    chess = picture_of("chess")
    plan = plans.typed(chess, "e4", ahead=False)
    shown = plans.shown(chess, plan, "white")
    assert (shown.cells[36], shown.cells[52], shown.moves) == ("wP", "", ())
    four = picture_of("connect4")
    assert plans.shown(four, plans.typed(four, "d", ahead=False), "red").cells[5 * 7 + 3] == "R"
    unknown = plans.typed(chess, "e4!?", ahead=False)
    assert plans.shown(chess, unknown, "white").cells == chess.cells
