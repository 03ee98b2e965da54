"""Replaying: the same table, fed from a list."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from gamesock import protocol as p
from gamesock.game import Opening
from gamesock.registry import game
from gamesock.tui.app import GameApp
from gamesock.tui.looks import Looks
from gamesock.tui.recorded import Recorded
from gamesock.tui.screens.replay import ReplayScreen

MOVES = ["e4", "e5", "Nf3", "Nc6", "Bb5", "a6", "Ba4", "Nf6", "O-O", "Be7", "Re1", "b5", "Bb3", "d6"]


@pytest.fixture
def updates() -> list[p.StateUpdate]:
    """A game as a client would have received it."""
    chess = game("chess")
    position = chess.start({}, 0)
    played: list[str] = []

    def update(notation: str | None) -> p.StateUpdate:
        table = p.Table(
            game="chess", title="Chess", seats=chess.seats, to_move=tuple(position.to_move),
            players=dict.fromkeys(chess.seats, p.PlayerView(name="anna")),
        )  # fmt: skip
        return p.StateUpdate(
            thread_id="ruy", seq=len(played) + 1, state=position.view(None).model_dump(), timestamp="", epoch="e",
            ply=len(played), notation=notation, notations=list(played), table=table,
            picture=position.picture(None),
        )  # fmt: skip

    told = [update(None)]
    for move in MOVES:
        parsed = chess.parse(position, move)
        played.append(chess.format(position, parsed))
        position.play(parsed)
        told.append(update(played[-1]))
    return told


def app_for(updates: list[p.StateUpdate], **more) -> GameApp[None]:
    return GameApp(
        lambda looks: ReplayScreen(Recorded("Ruy Lopez", updates), looks, **more), Looks("sprite", color="full")
    )


def replay_of(pilot: Pilot) -> ReplayScreen:
    assert isinstance(pilot.app.screen, ReplayScreen)
    return pilot.app.screen


async def test_stepping_and_jumping(updates):
    async with app_for(updates, playing=False).run_test(size=(80, 24)) as pilot:
        screen = replay_of(pilot)
        for key, ply in (
            ("right", 1), ("full_stop", 2), ("left", 1), ("pagedown", 11), ("end", 14), ("right", 14),
            ("pageup", 4), ("down", 14), ("home", 0), ("left", 0), ("l", 1), ("h", 0),
        ):  # fmt: skip
            await pilot.press(key)
            assert screen.mirror.ply == ply, key
            assert screen.table.board.scene.picture == updates[ply].picture


@pytest.mark.parametrize(
    ("keys", "ply"), [("3", 5), ("99", 14), ("0", 0), ("1 2 backspace", 1), ("5 escape", 14), ("1 right", 14)]
)
async def test_a_number_goes_to_that_move(updates, keys, ply):
    async with app_for(updates, playing=False).run_test(size=(80, 24)) as pilot:
        await pilot.press("end")
        for key in keys.split() if " " in keys else keys:
            await pilot.press(key)
        if "escape" not in keys:
            assert keys[0] in replay_of(pilot).controls.render().plain
        if "right" not in keys:
            await pilot.press("enter")
        assert replay_of(pilot).mirror.ply == ply


async def test_it_plays_by_itself_to_the_end_and_again(updates, until):
    async with app_for(updates, speed=16).run_test(size=(80, 24)) as pilot:
        screen = replay_of(pilot)
        await until(lambda: screen.mirror.ply == len(MOVES))
        await until(lambda: "play" in screen.table.hints.render().plain)
        await pilot.press("space")
        assert screen.mirror.ply < len(MOVES)
        await pilot.press("space")
        stopped = screen.mirror.ply
        await pilot.pause(0.15)
        assert screen.mirror.ply == stopped


async def test_speed_has_bounds(updates):
    async with app_for(updates, playing=False).run_test(size=(80, 24)) as pilot:
        screen = replay_of(pilot)
        await pilot.press(*["plus"] * 20)
        assert screen.speed == 16
        await pilot.press(*["minus"] * 20)
        assert screen.speed == 0.25


async def test_everything_is_there_for_the_mouse_too(updates):
    async with app_for(updates, playing=False).run_test(size=(80, 24)) as pilot:
        screen = replay_of(pilot)
        await pilot.click("#moves", offset=(6, 2))
        assert screen.mirror.ply == 5
        for offset, ply in ((30, 14), (0, 0), (15, 7)):
            await pilot.click("#graph", offset=(min(offset, screen.graph.size.width - 1), 0))
            assert screen.mirror.ply == ply
        buttons = screen.controls.render().plain
        for button, ply in ((">|", 14), ("|<", 0), (" > ", 1), (" < ", 0)):
            await pilot.click("#controls", offset=(buttons.index(button) + len(button) // 2, 0))
            assert screen.mirror.ply == ply, button
        await pilot.click("#controls", offset=(buttons.index("+"), 0))
        assert screen.speed == 2
        await pilot.click("#controls", offset=(buttons.index("["), 0))
        assert screen._playing


async def test_what_is_said_about_the_game(updates):
    updates[-1].opening = Opening(name="Ruy Lopez: Closed", code="C92")
    async with app_for(updates, playing=False).run_test(size=(80, 24)) as pilot:
        screen = replay_of(pilot)
        assert screen.table.connection.render().plain == "Ruy Lopez"
        assert not screen.table.opening.display
        await pilot.press("end")
        assert screen.table.opening.render().plain == "C92 Ruy Lopez: Closed"
        assert "move 7 of 7" in screen.table.status.render().plain


async def test_copying(updates):
    app = GameApp(
        lambda looks: ReplayScreen(Recorded("x", updates, pgn=lambda: "1. e4"), looks, playing=False),
        Looks("sprite", color="full"),
    )
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("right", "y")
        assert app.clipboard.startswith("rnbqkbnr/pppppppp/8/8/4P3")
        await pilot.press("Y")
        assert app.clipboard.startswith("1. e4 e5 2. Nf3")
        await pilot.press("P")
        assert app.clipboard == "1. e4"


async def test_a_recording_without_moves_is_no_trouble(updates):
    async with app_for(updates[:1]).run_test(size=(80, 24)) as pilot:
        await pilot.press("space", "right", "end", "left", "1", "enter")
        assert replay_of(pilot).mirror.ply == 0


async def test_leaving(updates):
    app = app_for(updates)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("q")
    assert app.return_code == 0
