"""Replaying: the same table, fed from a list."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from gamesock import protocol as p
from gamesock.registry import game
from gamesock.tui.app import GameApp
from gamesock.tui.looks import Looks
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
    return GameApp(lambda looks: ReplayScreen(updates, "Ruy Lopez", looks, **more), Looks("sprite", color="full"))


def replay_of(pilot: Pilot) -> ReplayScreen:
    assert isinstance(pilot.app.screen, ReplayScreen)
    return pilot.app.screen


async def test_stepping_and_jumping(updates):
    async with app_for(updates, playing=False).run_test(size=(80, 24)) as pilot:
        screen = replay_of(pilot)
        for key, ply in (
            ("right", 1), ("full_stop", 2), ("left", 1), ("right_square_bracket", 11), ("end", 14), ("right", 14),
            ("left_square_bracket", 4), ("home", 0), ("left", 0),
        ):  # fmt: skip
            await pilot.press(key)
            assert screen.mirror.ply == ply, key
            assert screen.table.board.scene.picture == updates[ply].picture


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


async def test_all_moves_are_listed_and_a_click_goes_there(updates):
    async with app_for(updates, playing=False).run_test(size=(80, 24)) as pilot:
        screen = replay_of(pilot)
        await pilot.click("#moves", offset=(6, 2))
        assert screen.mirror.ply == 5


async def test_a_recording_without_moves_is_no_trouble(updates):
    async with app_for(updates[:1]).run_test(size=(80, 24)) as pilot:
        await pilot.press("space", "right", "end", "left")
        assert replay_of(pilot).mirror.ply == 0


async def test_leaving(updates):
    app = app_for(updates)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("q")
    assert app.return_code == 0
