from __future__ import annotations

from gamesock.registry import game
from gamesock.tui.frame import Shape, frame
from gamesock.tui.scene import Scene, cells_of


def scene(name: str, moves: str = "", *, flipped: bool = False, active: bool = True) -> Scene:
    rules = game(name)
    position = rules.start({}, 0)
    for move in moves.split():
        position.play(rules.parse(position, move))
    mover = next(iter(position.to_move), None)
    return Scene().turned_to(Scene(position.picture(None), mover, active=active, walkable=True, flipped=flipped))


E2, E4, E7 = 6 * 8 + 4, 4 * 8 + 4, 1 * 8 + 4


def test_a_piece_is_taken_in_hand_shown_where_it_may_go_and_dropped():
    start = scene("chess")
    assert start.fitting(E2) == [] and start.grasp(E2) == E2
    held = start.holding(E2)
    assert held.landing == {E4, E4 + 8}
    assert [move.move for move in held.fitting(E4)] == ["e2e4"]
    assert held.grasp(E2) is None


def test_only_pieces_that_can_move_are_taken():
    assert scene("chess").grasp(E7) is None
    assert scene("chess", active=False).grasp(E2) is None


def test_a_flipped_board_is_turned_by_180_degrees():
    turned = scene("chess", flipped=True)
    assert turned.cell(0, 0) == 63
    assert turned.place_of(63) == (0, 0)
    assert turned.stepped(-1, 0).cursor == turned.cursor + 8


def test_the_cursor_stops_at_the_edge():
    walked = scene("chess")
    for _ in range(20):
        walked = walked.stepped(1, 1)
    assert walked.cursor == 63


def test_what_is_held_stays_in_hand_only_while_it_can_move():
    start = scene("chess").holding(E2)
    same = start.turned_to(Scene(start.picture, "white", active=True))
    assert same.held == E2
    over = start.turned_to(Scene(start.picture, "white", active=False))
    assert over.held is None


def test_in_a_rack_any_cell_of_the_column_will_do():
    start = scene("connect4", "d")
    assert [move.move for move in start.fitting(3)] == ["d"]
    assert start.at(3).landing == {4 * 7 + 3}


def test_where_any_free_cell_will_do_none_is_pointed_out():
    assert scene("tic_tac_toe", "5").landing == frozenset()


def test_cells_tell_what_to_type_where_there_are_no_coordinates():
    start = scene("tic_tac_toe", "5")
    cells = cells_of(start, frame(Shape.of(start.picture), 3))
    assert cells[0, 0].corner == "1" and cells[1, 1].corner == ""


def test_the_next_disc_hovers_above_its_column():
    start = scene("connect4", "d")
    cells = cells_of(start, frame(Shape.of(start.picture), 3))
    hovering = [place for place, cell in cells.items() if cell.hand == "hover"]
    assert hovering == [(-1, 3)]
    assert cells[-1, 3].figure.letter == "Y"
