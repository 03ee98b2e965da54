"""A player with an account: signs in, plays, signs out, and goes on with the game on another machine."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

sys.path.append(str(Path(__file__).parents[1] / "supabase"))

from cluster import Cluster, binaries
from lite import JWT_SECRET, PUBLISHABLE_KEY, Lite
from signing import Machine, running

pytest.importorskip("supabase_auth", reason="the extra gamesock[supabase] isn't installed")

ADDRESS = "ann@gamesock.test"


@pytest.fixture
def lite() -> Iterator[Lite]:
    """A project."""
    programs = binaries()
    if programs is None:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    cluster = Cluster(programs)
    try:
        cluster.start()
        with running(cluster, "signed_in") as started:
            yield started
    finally:
        cluster.stop()


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


def sign_in(at: Any, lite: Lite) -> None:
    """Sign in with the code that is e-mailed."""
    sent = len(lite.mails())
    at.run("login", "--email", ADDRESS)
    at.shows("on its way", "Code:")
    assert len(lite.mails()) == sent + 1
    at.press(lite.code(), "Enter")
    at.shows(f"as {ADDRESS}", "only you can read", "left with 0")
    at.press("clear", "Enter")
    at.hides("left with")


def test_a_game_goes_on_on_another_machine(window: Any, lite: Lite, tmp_path: Path) -> None:
    account = {
        "GAMESOCK_SUPABASE_URL": lite.url, "GAMESOCK_SUPABASE_KEY": PUBLISHABLE_KEY, "GAMESOCK_KEYRING": "off",
    }  # fmt: skip
    with hosting(Machine(tmp_path / "host", lite), tmp_path / "games.db") as url:
        game = ("play", "chess", "--server", url, "--thread", "friday")
        here = window(100, 30, **account)
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
        there = window(100, 30, HOME=str(elsewhere), **homes, **account)
        sign_in(there, lite)
        there.run(*game, "--name", "Ann")
        screen = there.shows("Ann (white)", "1. e4")
        assert "gamesock login" not in screen
        there.press("C-q")
        there.until(lambda: "left with 0" in there.screen or there.press("y"), "it doesn't leave")
        tokens = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
        assert "eyJ" not in tokens, "no token on a command line"
