"""What ``gamesock play`` loads before the first board: nothing that this board doesn't need."""

import json
import subprocess
import sys

import pytest

UNASKED = {
    "chess", "prometheus_client", "rich.markdown", "structlog", "supabase", "tomlkit",
    "gamesock.bots.uci", "gamesock.server.replication.replicator",
    "gamesock.tui.screens.home", "gamesock.tui.screens.lobby", "gamesock.tui.screens.study",
}  # fmt: skip

PROGRAM = """
import json, sys
from textual.app import App

async def look(pilot):
    while not getattr(pilot.app.screen, "seated", False):
        await pilot.pause(0.05)
    print(json.dumps(sorted(sys.modules)), file=sys.__stdout__, flush=True)
    pilot.app.exit()

run = App.run
App.run = lambda app: run(app, headless=True, auto_pilot=look)
from gamesock.__main__ import main
main()
"""


@pytest.mark.parametrize("game", ["chess", "connect4", "tic_tac_toe"])
def test_the_first_board_brings_only_what_it_needs(cli, game):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, "play", game, "--bot", "random"],
        env=cli.env | {"TEXTUAL_DRIVER": "textual.drivers.headless_driver:HeadlessDriver"},
        cwd=cli.home, capture_output=True, text=True, timeout=100,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    loaded = set(json.loads(done.stdout.splitlines()[0]))
    assert {"textual", "gamesock.server.embedded", f"gamesock.games.{game}"} <= loaded
    assert not loaded & UNASKED
