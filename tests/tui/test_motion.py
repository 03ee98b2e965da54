"""The boards between two pictures."""

from __future__ import annotations

from gamesock import registry
from gamesock.tui.motion import between, quick


def pictures(game, *moves):
    rules = registry.game(game)
    position = rules.start({}, 0)
    told = [position.picture(None)]
    for move in moves:
        position.play(rules.parse(position, move))
        told.append(position.picture(None))
    return told


def test_a_piece_passes_the_cells_in_between_and_is_never_there_twice():
    *_, before, after = pictures("chess", "e4", "e5", "Bb5")
    frames = between(before, after)
    assert 0 < len(frames) <= 3
    for cells in frames:
        assert cells.count("wB") == 2
        assert cells[7 * 8 + 5] == "" and cells[3 * 8 + 1] == ""


def test_a_disc_falls():
    before, after = pictures("connect4", "d")
    heights = [cells.index("R") // 7 for cells in between(before, after)]
    assert heights == sorted(heights) and heights[-1] < 5


def test_castling_moves_two_and_a_taken_piece_stays_until_it_is_reached():
    *_, before, after = pictures("chess", "e4", "e5", "Nf3", "Nc6", "Bc4", "Bc5", "O-O")
    assert all(cells.count("wK") == 1 and cells.count("wR") == 2 for cells in between(before, after))
    *_, before, after = pictures("chess", "e4", "e5", "Qh5", "Nc6", "Qxf7")
    assert all(cells[1 * 8 + 5] == "bP" for cells in between(before, after))


def test_nothing_moves_where_nothing_did_or_all_is_new():
    before, after = pictures("tic_tac_toe", "5")
    assert between(before, before) == [] and between(before, after) == [] and between(None, after) == []
    first = pictures("chess")[0]
    last = pictures("chess", *["e4", "e5", "Nf3", "Nc6", "Bb5", "a6", "Ba4", "Nf6"])[-1]
    assert between(first, last) == []


def test_over_ssh_nothing_glides():
    assert quick({}) and not quick({"SSH_CONNECTION": "10.0.0.1 5 10.0.0.2 22"})
