"""The registry, with plug-ins installed beside gamesock as anyone's would be."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from gamesock import registry
from gamesock.registry import NotRegistered

PLUGIN = """
from gamesock.bot import Bot
from gamesock.game import Game

class Nim(Game):
    name = title = "nim"
    def start(self, options, seed): ...
    def load(self, dump): ...
    def parse(self, position, raw, seat=None): ...

class NimBot(Bot):
    name = "sums"
    def choose(self, task, tell): ...

class Anyone(Bot):
    name = "anyone"
    def choose(self, task, tell): ...

class Engine(Bot):
    name = "engine"
    def choose(self, task, tell): ...
    @classmethod
    def variants(cls):
        return tuple(type(name, (cls,), {"name": name}) for name in ("deep", "blue"))
"""

ENTRY_POINTS = """
[gamesock.games]
nim = nim_plugin:Nim
broken_game = no_such_module:Game
not_a_game = nim_plugin:NimBot

[gamesock.bots]
sums.nim = nim_plugin:NimBot
anyone = nim_plugin:Anyone
engine.nim = nim_plugin:Engine
broken.nim = no_such_module:Bot
not_a_bot.nim = nim_plugin:Nim
elsewhere.chess = other_plugin:Bot
"""


@pytest.fixture
def plugin(tmp_path: Path) -> Path:
    """A directory where a package with games and bots, some of them broken, is installed."""
    (tmp_path / "nim_plugin.py").write_text(PLUGIN)
    (tmp_path / "other_plugin.py").write_text("raise AssertionError('imported for nim')")
    info = tmp_path / "nim_plugin-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: nim-plugin\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(ENTRY_POINTS)
    return tmp_path


def run(plugin: Path, program: str) -> str:
    """What the program prints (warnings included) where the plug-in is installed."""
    program = f"import sys; sys.path.insert(0, {str(plugin)!r})\nfrom gamesock import registry\n{program}"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def test_names_are_known_without_importing(plugin: Path) -> None:
    printed = run(
        plugin,
        "print(registry.game_names())\n"
        "print([name for name in sys.modules"
        " if name in ('nim_plugin', 'chess') or name.startswith(('gamesock.games', 'gamesock.bots'))])",
    )
    names, modules = printed.splitlines()
    assert names == str(["broken_game", "chess", "connect4", "nim", "not_a_game", "tic_tac_toe"])
    assert modules == "[]"


def test_a_game_is_imported_once_asked_for(plugin: Path) -> None:
    printed = run(
        plugin,
        "nim = registry.game('nim')\n"
        "print(nim.name, registry.game('nim') is nim, {'chess', 'gamesock.bots'} & set(sys.modules))",
    )
    assert printed == "nim True set()\n"


def test_a_bot_is_imported_alone(plugin: Path) -> None:
    assert run(plugin, "print(registry.bot('sums', 'nim').__name__)") == "NimBot\n"
    assert run(plugin, "print(registry.bot('anyone', 'nim').__name__)") == "Anyone\n"
    assert run(plugin, "print(registry.bot('anyone', 'chess').__name__)") == "Anyone\n"


def test_a_bot_may_come_in_variants(plugin: Path) -> None:
    assert "\nblue\n" in "\n" + run(plugin, "print(registry.bot('blue', 'nim').name)")


def test_a_broken_plugin_is_told_and_takes_no_other_with_it(plugin: Path) -> None:
    printed = run(
        plugin,
        "ours = {'sums', 'anyone', 'deep', 'blue'}\n"
        "print(sorted(ours & {bot.name for bot in registry.bots('nim')}))",
    )
    assert "['anyone', 'blue', 'deep', 'sums']" in printed
    assert "broken.nim (no_such_module:Bot) can't be loaded: No module named 'no_such_module'" in printed
    assert "not_a_bot.nim (nim_plugin:Nim) can't be loaded" in printed
    assert "elsewhere" not in printed


@pytest.mark.parametrize(
    ("call", "error"),
    [
        ("registry.game('broken_game')", "ModuleNotFoundError: No module named 'no_such_module'"),
        ("registry.bot('broken', 'nim')", "ModuleNotFoundError: No module named 'no_such_module'"),
        ("registry.game('not_a_game')", "TypeError: nim_plugin:NimBot is registered as a game, but is no"),
        ("registry.bot('not_a_bot', 'nim')", "TypeError: nim_plugin:Nim is registered as a bot, but is no"),
        ("registry.bot('sumz', 'nim')", "did you mean 'sums'? there is anyone, blue, deep"),
        ("registry.bot('sums', 'chess')", "no bot for chess named 'sums'"),
    ],
)
def test_asked_for_by_name_a_fault_is_raised(plugin: Path, call: str, error: str) -> None:
    program = f"try: {call}\nexcept Exception as error: print(f'{{type(error).__name__}}: {{error}}')"
    assert error in run(plugin, program)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("ches", "no game named 'ches': did you mean 'chess'? there is chess, connect4"),
        ("tictactoe", "did you mean 'tic_tac_toe'?"),
        ("monopoly", "no game named 'monopoly': there is chess"),
        ("", "no game named '': there is chess"),
    ],
)
def test_an_unknown_game_is_refused_with_what_there_is(name: str, told: str) -> None:
    with pytest.raises(NotRegistered) as error:
        registry.game(name)
    assert told in str(error.value)
    assert isinstance(error.value, LookupError)


def test_nothing_there_is_said_so() -> None:
    assert str(NotRegistered("bot for nim", "x", [])) == "no bot for nim named 'x': there is none"
