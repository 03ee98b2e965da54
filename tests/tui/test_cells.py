from __future__ import annotations

import pytest

from gamesock.registry import game, game_names
from gamesock.tui.cells import Cell, Figure, background, paint
from gamesock.tui.looks import Looks
from gamesock.tui.palettes import PALETTES, RIMS

PICTURE = game("chess").start({}, 0).picture(None)
KNIGHTS = {key: Figure.of(piece, "white") for key, piece in PICTURE.pieces.items() if key in ("wN", "bN")}
FULL, BASIC, NONE = (Looks("sprite", "slate", color) for color in ("full", "16", "none"))
ASCII = Looks("ascii", "slate", "none")
EVERY = [
    Looks(pieces, "slate", color)
    for pieces in ("sprite", "outline", "letters", "glyph", "ascii")
    for color in ("full", "16", "none")
]


def text(cell: Cell, size: int, looks: Looks) -> list[str]:
    return ["".join(segment.text for segment in row) for row in paint(cell, size, looks)]


@pytest.mark.parametrize("looks", EVERY)
@pytest.mark.parametrize("size", [1, 2, 3, 4, 7])
def test_a_cell_is_exactly_as_large_as_its_size(looks, size):
    for figure in (None, *KNIGHTS.values()):
        for hand in ("", "cursor", "held", "hover"):
            cell = Cell("dark", figure, frozenset({"last", "check"}), hand, can_land=True, corner="8", foot="a")
            assert [len(line) for line in text(cell, size, looks)] == [2 * size] * size


@pytest.mark.parametrize("looks", EVERY)
@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_nothing_is_told_by_colour_alone(looks, size):
    plain = Cell("light", KNIGHTS["wN"])
    others = [
        plain._replace(hand="cursor"), plain._replace(hand="held"), plain._replace(can_land=True),
        plain._replace(marks=frozenset({"last"})), plain._replace(marks=frozenset({"check"})),
        plain._replace(marks=frozenset({"plan"})),
    ]  # fmt: skip
    seen = {tuple(text(cell, size, looks)) for cell in (plain, *others)}
    assert len(seen) == 1 + len(others)
    assert text(Cell("light"), size, looks) != text(Cell("light", can_land=True), size, looks)


@pytest.mark.parametrize("looks", [looks for looks in EVERY if looks.depth == "none"])
@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_without_colours_the_sides_differ_in_shape_or_case(looks, size):
    assert text(Cell("light", KNIGHTS["wN"]), size, looks) != text(Cell("light", KNIGHTS["bN"]), size, looks)


@pytest.mark.parametrize("looks", EVERY)
@pytest.mark.parametrize("size", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("name", game_names())
def test_every_piece_is_told_apart_by_shape_where_colours_may_fail(name, size, looks):
    pieces = game(name).start({}, 0).picture(None).pieces
    first = next(iter(pieces.values())).seat
    shown = [tuple(text(Cell("plain", Figure.of(piece, first)), size, looks)) for piece in pieces.values()]
    if looks.depth == "none":
        assert len(set(shown)) == len(pieces)
    else:
        kinds = {piece.name.removeprefix(f"{piece.seat} ") for piece in pieces.values()}
        assert len(set(shown)) >= len(kinds)


def test_letters_stand_on_a_disc_of_their_side():
    looks = Looks("letters", "slate", "full")
    for key, letter, body in (("wN", "N", "#ffffff"), ("bN", "n", "#0b0c0e")):
        row = paint(Cell("light", KNIGHTS[key]), 3, looks)[1]
        (segment,) = (segment for segment in row if letter in segment.text)
        assert segment.style and segment.style.bgcolor and segment.style.bgcolor.name == body


def test_outlines_are_of_the_other_sides_shade():
    looks = Looks("outline", "slate", "full")
    inks = {
        segment.style.color.name
        for row in paint(Cell("light", KNIGHTS["wN"]), 4, looks)
        for segment in row
        if segment.style and segment.style.color
    }
    assert {"#ffffff", RIMS["light"]} <= inks


def test_the_second_disc_is_stamped_so_that_it_needs_no_colour():
    pieces = game("connect4").start({}, 0).picture(None).pieces
    red, yellow = (Figure.of(piece, "red") for piece in pieces.values())
    assert (red.shape, yellow.shape) == ("disc", "coin")


@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_ascii_is_ascii(size):
    for ground in ("light", "dark", "plain", "rack", "air"):
        for figure in (None, *KNIGHTS.values()):
            for hand in ("", "cursor", "held", "hover"):
                cell = Cell(ground, figure, frozenset({"last", "win", "check"}), hand, can_land=True)
                assert "".join(text(cell, size, ASCII)).isascii()


def test_check_is_louder_than_the_last_move():
    surface = PALETTES["slate"].light
    assert background(Cell("light", marks=frozenset({"last", "check"})), surface) == surface.check


def test_pieces_are_drawn_in_the_foreground_upon_the_square():
    for row in paint(Cell("light", KNIGHTS["wN"]), 3, FULL):
        for segment in row:
            assert segment.style and segment.style.bgcolor
            assert segment.style.bgcolor.name == PALETTES["slate"].light.base


def test_neighbours_of_one_look_are_one_segment():
    assert len(paint(Cell("light"), 3, FULL)[0]) == 1
    assert all(len(row) == 1 for row in paint(Cell("light", KNIGHTS["wN"]), 3, FULL))


@pytest.mark.parametrize("looks", EVERY)
@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_labels_are_clipped_to_their_cell(looks, size):
    cell = Cell("dark", corner="very long label", foot="another label that is long")
    assert [len(line) for line in text(cell, size, looks)] == [2 * size] * size
