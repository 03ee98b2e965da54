"""``gamesock threads``: tables that fit, lists of any length, and nothing imported that isn't needed."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

UNDATED = '[Event "x"]\n[White "Anderssen"]\n[Black "Kieseritzky"]\n[Result "1-0"]\n\n1. e4 e5 2. f4 1-0\n'
DATED = UNDATED.replace('"x"]', '"x"]\n[Date "1851.06.21"]')


@pytest.fixture
def kept(cli):
    """A home with two imported games."""
    file = cli.home / "games.pgn"
    file.write_text(f"{UNDATED}\n{DATED}")
    assert cli("import", str(file)).returncode == 0
    return cli


def test_a_pipe_gets_a_line_a_game(kept):
    env = {**kept.env}
    env.pop("COLUMNS", None)
    command = [sys.executable, "-m", "gamesock", "threads"]
    done = subprocess.run(command, env=env, cwd=kept.home, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    head, *rows = done.stdout.splitlines()
    assert head.split() == ["thread", "game", "players", "moves", "clock", "last", "move", "result"]
    assert len(rows) == 2 and all("white Anderssen, black Kieseritzky" in row for row in rows)
    assert "1970" not in done.stdout, "a game of no known date has none"
    assert "1851-06-2" in done.stdout


def test_a_narrow_terminal_keeps_the_ids_whole(kept):
    for columns, shown in ((30, {"thread"}), (80, {"thread", "players", "result"}), (120, {"clock", "game"})):
        head, *rows = kept("threads", env={"COLUMNS": str(columns)}).stdout.splitlines()
        assert shown <= {*head.split()}, columns
        assert any("anderssen-kieseritzky" in row for row in rows)
        assert all(len(row) <= columns for row in rows)


def test_long_lists_of_a_server(cli):
    with cli.host("--store", "memory") as host:
        for n in range(3):
            cli("play", "connect4", "--server", host.url, "--thread", f"t{n}", "--plain", stdin="d\nquit\n")
        rows = cli.lines("threads", "--server", host.url)
        assert [row["thread_id"] for row in rows] == ["t2", "t1", "t0"]
        assert {row["status"] for row in rows} == {"open"} and rows[0]["open"] == ["yellow"]
        assert "yellow free" in cli("threads", "--server", host.url).stdout


@pytest.mark.parametrize("command", ["games", "bots", "threads"])
def test_lists_bring_no_server_along(cli, command):
    program = (
        "import sys; from gamesock.cli import main; sys.argv = ['gamesock', sys.argv[1], '--json']\n"
        "try: main()\nexcept SystemExit: pass\n"
        "import json; print(json.dumps(sorted(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, command],
        env=cli.env, cwd=cli.home, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    loaded = set(json.loads(done.stdout.splitlines()[-1]))
    assert not loaded & {
        "websockets",
        "structlog",
        "textual",
        "prometheus_client",
        "uvloop",
        "gamesock.server.app",
    }
