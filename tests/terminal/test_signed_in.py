"""A player with an account: signs in, plays, signs out, and goes on with the game on another machine."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from signed import JWT_SECRET, Lite, Machine, account, sign_in
from signed import cluster as cluster
from signed import lite as lite


@contextmanager
def hosting(machine: Machine, store: Path) -> Iterator[str]:
    """The address of a server for the project's users."""
    host = machine.start(
        "host", "--port", "0", "--json", "--auth", "supabase", "--store", f"sqlite:{store}",
        GAMESOCK_SUPABASE_JWT_SECRET=JWT_SECRET,
    )  # fmt: skip
    assert host.stdout
    try:
        yield json.loads(host.stdout.readline())["url"]
    finally:
        host.terminate()
        _, logged = host.communicate(timeout=30)
        assert "eyJ" not in logged, "no token in the log"


def test_a_game_goes_on_on_another_machine(window: Any, lite: Lite, tmp_path: Path) -> None:
    with hosting(Machine(tmp_path / "host", lite), tmp_path / "games.db") as url:
        game = ("play", "chess", "--server", url, "--thread", "friday")
        here = window(100, 30, **account(lite))
        here.run(*game)
        here.shows("gamesock login", "left with 1")
        sign_in(here, lite)
        here.run(*game, "--seat", "white", "--name", "Ann")
        here.shows("Ann (white)", "Your move")
        here.press("e4", "Enter")
        here.shows("1. e4")
        here.press("C-q")
        here.shows("Leave gamesock?")
        here.press("y")
        here.shows("left with 0")
        here.press("clear", "Enter")
        here.run("logout")
        here.shows("Signed out", "left with 0")
        here.run(*game)
        here.shows("1. e4", "gamesock login")

        elsewhere = tmp_path / "elsewhere"
        elsewhere.mkdir()
        homes = {
            f"XDG_{kind}_HOME": str(elsewhere / kind.lower()) for kind in ("DATA", "CONFIG", "CACHE", "STATE")
        }
        there = window(100, 30, HOME=str(elsewhere), **homes, **account(lite))
        sign_in(there, lite)
        there.run(*game, "--name", "Ann")
        screen = there.shows("Ann (white)", "1. e4")
        assert "gamesock login" not in screen
        there.press("C-q")
        there.until(lambda: "left with 0" in there.screen or there.press("y"), "it doesn't leave")
        tokens = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
        assert "eyJ" not in tokens, "no token on a command line"
