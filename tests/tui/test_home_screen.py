from __future__ import annotations

import pytest

from gamesock.tui.app import GameApp
from gamesock.tui.looks import Looks
from gamesock.tui.screens.home import BotEntry, Choice, Entry, GameEntry, HomeScreen, Menu, Play, Replay, Watch

MENU = Menu(
    games=[GameEntry("chess", "Chess", ("white", "black")), GameEntry("connect4", "Connect 4", ("red", "yellow"))],
    bots=lambda game: [BotEntry("alphabeta", "Alpha-beta", ((1, "beginner"), (2, "club")), 2)],
    threads=[Entry("tiger-42", "tiger-42: anna - ben")],
    recordings=[Entry("immortal", "The Immortal Game")],
)


@pytest.mark.parametrize(
    ("keys", "choice"),
    [
        (["enter", "enter"], Play("chess", "alphabeta", 2, "white", None)),
        (["j", "enter", "enter"], Play("connect4", "alphabeta", 2, "red", None)),
        (["down", "down", "enter"], Watch("tiger-42")),
        (["up", "enter"], Replay("immortal")),
        (["enter", "escape", "q"], None),
        (["escape"], None),
    ],
)
async def test_choosing(keys, choice):
    app: GameApp[Choice] = GameApp(lambda looks: HomeScreen(MENU), Looks("sprite", color="full"))
    async with app.run_test(size=(80, 24)) as pilot:
        for key in keys:
            await pilot.press(key)
            await pilot.pause()
    assert app.return_value == choice


async def test_a_game_against_whoever_joins():
    app: GameApp[Choice] = GameApp(lambda looks: HomeScreen(MENU), Looks("sprite", color="full"))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter")
        await pilot.pause()
        pilot.app.screen.query_one("#opponent").value = ""
        pilot.app.screen.query_one("#clock").value = "5+3"
        await pilot.pause()
        await pilot.press("enter")
        await pilot.pause()
    assert app.return_value == Play("chess", None, None, "white", "5+3")
