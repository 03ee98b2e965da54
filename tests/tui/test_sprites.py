from __future__ import annotations

import pytest

from gamesock.registry import game, game_names
from gamesock.tui.drawings import BITMAPS, OUTLINES
from gamesock.tui.sprites import bitmap, drawn, outlined, sprite

SIZES = [(4, 2), (6, 3), (8, 4), (10, 5), (12, 6), (14, 7), (24, 12)]
CHESS = ("king", "queen", "rook", "bishop", "knight", "pawn")


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("shape", sorted(OUTLINES))
def test_a_bitmap_fills_its_cell_with_known_inks(shape, width, height):
    pixels = bitmap(shape, width, height)
    assert len(pixels) == 2 * height
    assert {len(row) for row in pixels} == {2 * width}
    assert set("".join(pixels)) <= set("#o.")
    assert "#" in "".join(pixels)


@pytest.mark.parametrize(("width", "height"), BITMAPS)
def test_hand_drawings_need_no_third_ink_in_a_character(width, height):
    for shape, pixels in BITMAPS[width, height].items():
        for y in range(0, 2 * height, 2):
            for x in range(0, 2 * width, 2):
                block = set(pixels[y][x : x + 2] + pixels[y + 1][x : x + 2])
                assert len(block) <= 2, (shape, x, y)


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_chess_pieces_are_told_apart_at_every_size(width, height):
    assert len({bitmap(shape, width, height) for shape in CHESS}) == 6


@pytest.mark.parametrize(("width", "height"), SIZES[1:])
def test_an_outline_differs_from_the_filled_shape(width, height):
    for shape in CHESS:
        filled, hollow = bitmap(shape, width, height), outlined(bitmap(shape, width, height))
        assert "".join(hollow).count("#") < "".join(filled).replace("o", "#").count("#")


def test_a_sprite_has_one_column_wide_characters_only():
    for width, height in SIZES:
        rows = sprite("king", width, height)
        assert [len(row) for row in rows] == [width] * height
        assert all(len(glyph.text) == 1 for row in rows for glyph in row)


def test_every_bundled_game_has_drawings_of_its_pieces():
    for name in game_names():
        picture = game(name).start({}, 0).picture(None)
        assert all(drawn(piece.sprite) for piece in picture.pieces.values()), name
