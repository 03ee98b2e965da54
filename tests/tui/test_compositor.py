"""A screen is put together as Textual does it, from fewer of its widgets' lines."""

import random

import pytest
from opened import app_for, opened, screen_of
from rich.console import Console
from textual._compositor import Compositor
from textual.geometry import Region

from gamesock.tui.ink import Ink

CONSOLE = Console(color_system="truecolor", force_terminal=True)


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (44, 16)])
async def test_it_shows_the_same(server, until, size):
    app = app_for(f"{server}/ws/chess/same-{size[0]}", seat="white")
    async with app.run_test(size=size) as pilot:
        screen = screen_of(pilot)
        await until(lambda: screen.mirror.seats)
        await pilot.pause()
        chance = random.Random(0)
        for _ in range(40):
            x, y = chance.randrange(size[0]), chance.randrange(size[1])
            width, height = chance.randint(1, size[0] - x), chance.randint(1, size[1] - y)
            regions = {Region(x, y, width, height), Region(0, y, 1 + x // 2, 1)}
            written = []
            for render in (Compositor.render_partial_update, type(screen._compositor).render_partial_update):
                screen._compositor._dirty_regions = set(regions)
                update = Ink().frugal(render(screen._compositor), app.size)
                written.append(update.render_segments(CONSOLE))
                assert not screen._compositor._dirty_regions
            assert written[0]
            assert written[0] == written[1]


async def test_nothing_changed_is_nothing_to_show(server, until):
    async with opened(f"{server}/ws/chess/still", seat="white") as (_, screen):
        await until(lambda: screen.mirror.seats)
        screen._compositor._dirty_regions = set()
        assert screen._compositor.render_partial_update() is None
