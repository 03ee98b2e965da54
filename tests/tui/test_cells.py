from __future__ import annotations

import pytest
from rich.color import Color

from gamesock.registry import game
from gamesock.tui.cells import Cell, Figure, background, paint
from gamesock.tui.looks import PALETTES, Looks

PICTURE = game("chess").start({}, 0).picture(None)
KNIGHTS = {key: Figure.of(piece, "white") for key, piece in PICTURE.pieces.items() if key in ("wN", "bN")}
FULL, BASIC, NONE = (Looks("sprite", "slate", color) for color in ("full", "16", "none"))
ASCII = Looks("ascii", "slate", "none")


def text(cell: Cell, size: int, looks: Looks) -> list[str]:
    return ["".join(segment.text for segment in row) for row in paint(cell, size, looks)]


def luminance(color: str) -> float:
    parts = [part / 255 for part in Color.parse(color).get_truecolor()]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", PALETTES)
def test_both_sides_stand_out_from_every_square(theme):
    palette = PALETTES[theme]
    squares = (
        palette.light, palette.dark, palette.last_light, palette.last_dark, palette.target_light,
        palette.target_dark, palette.cursor, palette.held, palette.check, palette.win,
    )  # fmt: skip
    for square in squares:
        for tone in ("light", "dark"):
            body = palette.tones[tone][0]
            assert square and body
            assert contrast(square, body) >= 3.0, (theme, square, tone)


@pytest.mark.parametrize("looks", [FULL, BASIC, NONE, ASCII, Looks("glyph")])
@pytest.mark.parametrize("size", [1, 2, 3, 4, 7])
def test_a_cell_is_exactly_as_large_as_its_size(looks, size):
    for figure in (None, *KNIGHTS.values()):
        for hand in ("", "cursor", "held", "hover"):
            cell = Cell("dark", figure, frozenset({"last", "check"}), hand, can_land=True, corner="8", foot="a")
            assert [len(line) for line in text(cell, size, looks)] == [2 * size] * size


@pytest.mark.parametrize("looks", [FULL, BASIC, NONE, ASCII])
@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_nothing_is_told_by_colour_alone(looks, size):
    plain = Cell("light", KNIGHTS["wN"])
    others = [
        plain._replace(hand="cursor"), plain._replace(hand="held"), plain._replace(can_land=True),
        plain._replace(marks=frozenset({"last"})), plain._replace(marks=frozenset({"check"})),
    ]  # fmt: skip
    seen = {tuple(text(cell, size, looks)) for cell in (plain, *others)}
    assert len(seen) == 1 + len(others)
    assert text(Cell("light"), size, looks) != text(Cell("light", can_land=True), size, looks)


@pytest.mark.parametrize("looks", [NONE, ASCII])
@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_without_colours_the_sides_differ_in_shape_or_case(looks, size):
    assert text(Cell("light", KNIGHTS["wN"]), size, looks) != text(Cell("light", KNIGHTS["bN"]), size, looks)


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
    palette = PALETTES["slate"]
    assert background(Cell("light", marks=frozenset({"last", "check"})), palette) == palette.check


def test_pieces_are_drawn_in_the_foreground_upon_the_square():
    for row in paint(Cell("light", KNIGHTS["wN"]), 3, FULL):
        for segment in row:
            assert segment.style and segment.style.bgcolor
            assert segment.style.bgcolor.name == PALETTES["slate"].light


def test_neighbours_of_one_look_are_one_segment():
    assert len(paint(Cell("light"), 3, FULL)[0]) == 1
    assert all(len(row) == 1 for row in paint(Cell("light", KNIGHTS["wN"]), 3, FULL))
