"""The colours, measured: contrast as WCAG 2 defines it, and distances as colour-blind eyes see them.

Colour blindness is simulated with the matrices of Machado, Oliveira and Fernandes (2009) at full severity;
distances are CIE76 in L*a*b*, where 2.3 is just noticeable.
"""

from __future__ import annotations

from itertools import combinations
from typing import get_args

import pytest
from rich.color import Color, ColorSystem

from gamesock import preferences
from gamesock.cli import options
from gamesock.tui.looks import THEMES
from gamesock.tui.palettes import PALETTES, TONES

SQUARES = ("base", "last", "target", "plan", "cursor", "held", "check", "win")
SIDES = {"light": ("light", "dark"), "dark": ("light", "dark"), "plain": tuple(TONES), "rack": ("red", "yellow")}
PROTAN = (
    (0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998),
)  # fmt: skip
DEUTAN = (
    (0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881),
)  # fmt: skip
TRUE = ((1, 0, 0), (0, 1, 0), (0, 0, 1))
EYES = {"all cones": TRUE, "protanopia": PROTAN, "deuteranopia": DEUTAN}


def linear(color: str) -> list[float]:
    parts = [part / 255 for part in Color.parse(color).get_truecolor()]
    return [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]


def contrast(one: str, other: str) -> float:
    lights = (sum(a * b for a, b in zip((0.2126, 0.7152, 0.0722), linear(x), strict=True)) for x in (one, other))
    dark, light = sorted(lights)
    return (light + 0.05) / (dark + 0.05)


def lab(color: str, eyes) -> tuple[float, float, float]:
    rgb = linear(color)
    r, g, b = (min(1.0, max(0.0, sum(m * x for m, x in zip(row, rgb, strict=True)))) for row in eyes)
    xyz = (
        (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047,
        0.2126 * r + 0.7152 * g + 0.0722 * b,
        (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883,
    )
    x, y, z = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in xyz)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def distance(one: str, other: str, eyes=TRUE) -> float:
    return sum((a - b) ** 2 for a, b in zip(lab(one, eyes), lab(other, eyes), strict=True)) ** 0.5


def test_every_theme_has_a_palette_a_setting_and_an_option():
    names = get_args(preferences.Theme)
    assert list(PALETTES) == list(THEMES) == list(names) == [theme.value for theme in options.Theme]
    assert [pieces.value for pieces in options.Pieces] == list(get_args(preferences.PieceSet))


@pytest.mark.parametrize("ground", SIDES)
@pytest.mark.parametrize("theme", PALETTES)
def test_pieces_and_signs_stand_out_from_everything_they_stand_on(theme, ground):
    surface = getattr(PALETTES[theme], ground)
    for kind in SQUARES:
        square = getattr(surface, kind)
        assert contrast(square, surface.mark) >= 3.0, (kind, "mark")
        for tone in SIDES[ground]:
            assert contrast(square, surface.tones[tone][0]) >= 3.0, (kind, tone)
    assert contrast(surface.base, surface.label) >= 3.0


@pytest.mark.parametrize("theme", PALETTES)
def test_pieces_still_stand_out_in_256_colours(theme):
    def coarse(color: str) -> str:
        red, green, blue = Color.parse(color).downgrade(ColorSystem.EIGHT_BIT).get_truecolor()
        return f"#{red:02x}{green:02x}{blue:02x}"

    for surface in PALETTES[theme][:2]:
        for side in ("light", "dark"):
            assert contrast(coarse(surface.base), coarse(surface.tones[side][0])) >= 2.5


@pytest.mark.parametrize("theme", PALETTES)
def test_squares_and_marks_differ(theme):
    palette = PALETTES[theme]
    assert distance(palette.light.base, palette.dark.base) >= 12
    for surface in palette[:2]:
        for one, other in combinations(("base", "last", "target", "cursor", "check"), 2):
            assert distance(getattr(surface, one), getattr(surface, other)) >= 18, (one, other)


@pytest.mark.parametrize("eyes", EYES)
def test_the_colour_blind_theme_tells_squares_and_marks_apart_for_all_eyes(eyes):
    palette, cones = PALETTES["colorblind"], EYES[eyes]
    assert distance(palette.light.base, palette.dark.base, cones) >= 15
    for surface in palette[:2]:
        for one, other in combinations(("base", "last", "target", "cursor", "check"), 2):
            assert distance(getattr(surface, one), getattr(surface, other), cones) >= 15, (one, other)
        assert distance(surface.base, surface.plan, cones) >= 15
    tones = palette.rack.tones
    assert distance(tones["red"][0], tones["yellow"][0], cones) >= 25
    assert distance(palette.plain.tones["blue"][0], palette.plain.tones["red"][0], cones) >= 25


@pytest.mark.parametrize("theme", THEMES)
def test_text_is_easy_to_read(theme):
    colors = THEMES[theme]
    for front in (colors.foreground, colors.error, colors.warning, colors.success, colors.primary):
        assert contrast(front, colors.background) >= 4.5, front
    assert contrast(colors.foreground, colors.background) >= (15 if theme == "high-contrast" else 7)
    assert contrast(colors.foreground, colors.panel) >= 7
