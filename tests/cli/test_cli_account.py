"""Accounts on the command line, where nobody answers; with a project, see tests/supabase."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

HEAVY = ("supabase", "supabase_auth", "keyring", "filelock", "jwt", "cryptography")
PROJECT = {"GAMESOCK_SUPABASE_URL": "https://abc.supabase.co", "GAMESOCK_SUPABASE_KEY": "k"}


def run(cli: Any, before: str, *args: str, after: str = "", **env: str) -> subprocess.CompletedProcess[str]:
    """A command in a process of its own, with code before and after it."""
    code = f"import sys\n{before}\nfrom gamesock.__main__ import main\nsys.argv = ['gamesock', *{args!r}]\n"
    code += f"try:\n    main()\nfinally:\n    {after or 'pass'}"
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, env=cli.env | env, check=False
    )


@pytest.mark.parametrize("command", ["--help", "host --help", "login --help", "config", "games"])
def test_what_needs_no_account_loads_none_of_it(cli: Any, command: str) -> None:
    after = f"sys.stderr.write(repr([name for name in {HEAVY!r} if name in sys.modules]))"
    done = run(cli, "", *command.split(), after=after, **PROJECT)
    assert done.stderr == "[]", done.stderr


@pytest.mark.parametrize(
    ("command", "gone"),
    [
        ("login", "keyring"), ("login --token-stdin", "supabase_auth"), ("logout", "filelock"),
        ("whoami", "keyring"), ("threads --mine", "postgrest"), ("account export", "filelock"),
        ("host --port 0 --auth supabase --store memory", "jwt"),
    ],
)  # fmt: skip
def test_without_the_extra_it_says_what_to_install(cli: Any, command: str, gone: str) -> None:
    done = run(cli, f"sys.modules[{gone!r}] = None", *command.split(), **PROJECT)
    assert done.returncode == 1
    start = f"gamesock: accounts need more packages ({gone} is missing): {sys.executable} -m pip install "
    assert done.stderr.startswith(start), done.stderr
    assert "'supabase>=" in done.stderr and "fastapi" not in done.stderr


@pytest.mark.parametrize(
    ("args", "reason"),
    [
        (["--auth", "supabase"], "needs a project"),
        (["--auth", "supabase", "--project", "abc"], "looks like https://abc.supabase.co"),
        (["--auth", "supabase", "--project", "http://abc.supabase.co"], "use https://"),
        (["--project", "https://abc.supabase.co"], "--auth supabase"),
    ],
)
def test_mistakes_of_hosts(fails: Any, args: list[str], reason: str) -> None:
    pytest.importorskip("jwt", reason="the extra gamesock[supabase] isn't installed")
    assert reason in fails("host", "--port", "0", "--store", "memory", *args, code=2)
