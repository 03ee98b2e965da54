"""What showing a game or a move costs, in passes over the screen: each is drawn once, and a move as it stands."""

from __future__ import annotations

import asyncio

import pytest
from opened import app_for, screen_of
from textual._compositor import LayoutUpdate

from gamesock.tui.app import GameApp
from gamesock.tui.motion import FRAMES
from gamesock.tui.screens import connected

OPENING = "Nf3 Nc6 Bb5 a6 Ba4 Nf6 O-O Be7 Re1 b5 Bb3 d6 c3 O-O h3 Na5 Bc2 c5 d4 Qc7 Nbd2 Bd7 Nf1 Rfe8"
"""Without captures; the name of the opening becomes longer than its row."""


class Passes:
    """How often a screen was arranged, and drawn; and drawn as a whole."""

    def __init__(self):
        self.reset()

    def reset(self):
        self.layouts = self.paints = self.wholes = 0


@pytest.fixture
def passes(monkeypatch):
    counted, display = Passes(), GameApp._display

    def counting(app, screen, renderable):
        counted.paints += renderable is not None
        counted.wholes += isinstance(renderable, LayoutUpdate)
        display(app, screen, renderable)

    monkeypatch.setattr(GameApp, "_display", counting)
    return counted


async def still(passes):
    """Wait until nothing more is drawn."""
    before = -1
    while before != passes.paints:
        before = passes.paints
        await asyncio.sleep(0.2)


async def begun(pilot, url, guest, until, passes):
    """The screen after 1. e4 e5, and black's client."""
    screen = screen_of(pilot)
    await until(lambda: screen.mirror.seats == ("white",))
    ben = await guest(url, "black")
    await screen.client.move("e4")
    await ben.move("e5")
    await until(lambda: screen.mirror.ply == 2)
    await still(passes)

    def arranged(_):
        passes.layouts += 1

    screen.screen_layout_refresh_signal.subscribe(screen, arranged, immediate=True)
    passes.reset()
    return screen, ben


async def test_a_game_that_opens_is_drawn_once(server, until, passes, monkeypatch):
    monkeypatch.setattr(connected, "UNVEILED", 10.0)
    app = app_for(f"{server}/ws/chess/once", seat="white")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(lambda: screen_of(pilot).mirror.seats == ("white",))
        await still(passes)
        assert passes.wholes == 1


@pytest.mark.parametrize("height", [24, 18])
async def test_a_move_arranges_nothing_anew(server, guest, until, passes, height):
    url = f"{server}/ws/chess/still-{height}"
    app = app_for(url, seat="white")
    async with app.run_test(size=(80, height)) as pilot:
        screen, ben = await begun(pilot, url, guest, until, passes)
        for ply, move in enumerate(OPENING.split(), 3):
            await (screen.client if ply % 2 else ben).move(move)
            await until(lambda ply=ply: screen.mirror.ply == ply)
        await still(passes)
        # Where the list becomes longer than its place, room is made for a scrollbar, and the bar put there.
        assert screen.table.moves.show_vertical_scrollbar == (height < 24)
        assert passes.layouts <= (2 if height < 24 else 0)


async def test_a_typed_move_is_drawn_in_one_with_the_line_it_empties(server, guest, until, passes):
    url = f"{server}/ws/chess/typed"
    app = app_for(url, seat="white")
    async with app.run_test(size=(80, 24)) as pilot:
        screen, _ = await begun(pilot, url, guest, until, passes)
        await pilot.press("slash", *"Nf3")
        await still(passes)
        passes.reset()
        screen.entry.post_message(screen.entry.Submitted(screen.entry, screen.entry.value))
        await until(lambda: screen.mirror.ply == 3 and not screen.entry.value)
        await still(passes)
        assert passes.layouts == 0
        assert 1 <= passes.paints <= 2  # a slow machine may draw between two messages


async def test_a_piece_that_is_seen_to_move_is_drawn_once_a_frame(server, guest, until, passes):
    url = f"{server}/ws/chess/glide"
    app = app_for(url, seat="white")
    async with app.run_test(size=(80, 24)) as pilot:
        screen, ben = await begun(pilot, url, guest, until, passes)
        await screen.client.move("Nf3")
        await until(lambda: screen.mirror.ply == 3)
        await still(passes)
        passes.reset()
        await ben.move("Nc6")
        await until(lambda: screen.mirror.ply == 4)
        await still(passes)
        assert passes.layouts == 0
        assert 1 <= passes.paints <= 2 + FRAMES
