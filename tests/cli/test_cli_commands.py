"""Help, lists and paths: what they print, what they cost, and how they end."""

import subprocess
import sys

import pytest

HEAVY = ("textual", "supabase", "chess", "pyspiel", "rich", "websockets", "structlog", "asyncio")
"""Pydantic isn't among them: typer takes it for the ranges and choices of a command's options."""


@pytest.mark.parametrize("args", [["--help"], ["host", "--help"], ["play", "-h"], ["--version"]])
def test_help_imports_nothing_heavy(cli, args):
    program = (
        "import sys; sys.argv = ['gamesock', *sys.argv[1:]]\n"
        "from gamesock.__main__ import main\n"
        "try: main()\n"
        f"except SystemExit: print([m for m in {HEAVY!r} if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program, *args], capture_output=True, text=True, env=cli.env)
    assert done.stderr.strip() == "[]"
    assert done.stdout


@pytest.mark.parametrize(
    ("closed", "args"),
    [
        (">&-", ["--version"]),
        (">&- 2>&-", ["games"]),
        ("<&-", ["play", "tic_tac_toe", "--two-player", "--plain"]),
    ],
)
def test_closed_streams_lead_nowhere(cli, closed, args):
    shell = ["sh", "-c", f'"$@" {closed}', "sh", *cli.command, *args]
    done = subprocess.run(shell, capture_output=True, text=True, env=cli.env, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


def test_alone_without_a_terminal_prints_the_help(cli):
    done = cli()
    assert done.returncode == 0
    assert done.stdout == cli("--help").stdout
    assert "play" in done.stdout
    assert not cli.data.exists()


def test_version(cli):
    assert cli("--version").stdout.startswith("gamesock 0.")


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("nonsense", "no such command 'nonsense' (see gamesock --help)"),
        ("threads nonsense", "no such command 'nonsense' (see gamesock threads --help)"),
        ("export", "THREAD is missing (see gamesock export --help)"),
        ("config set theme", "VALUE is missing (see gamesock config set --help)"),
        ("host --port 99999", "--port must be at most 65535, not '99999' (see gamesock host --help)"),
        ("host --port x", "--port must be a whole number, not 'x' (see gamesock host --help)"),
        ("replay x --speed 0", "--speed must be at least 0.05, not '0' (see gamesock replay --help)"),
        ("play chess --visibility all", "--visibility can't be 'all': choose public, unlisted or private (see"),
        (
            "play chess --pieces wooden",
            "--pieces can't be 'wooden': choose auto, sprite, outline, letters, glyph or",
        ),
        ("export x --format gif", "--format can't be 'gif': choose jsonl or pgn (see gamesock export --help)"),
        ("host --auth google", "--auth can't be 'google': choose guest or supabase (see gamesock host --help)"),
        ("host --replicate all", "--replicate can't be 'all': choose off, players, account or service (see"),
        ("config set theme pink", "theme can't be 'pink': choose slate, wood, forest, light, high-contrast or"),
        ("host --host ../../etc", "--host: '../../etc' is no address of this machine: use 127.0.0.1, or 0.0.0.0"),
        ("host --log-level loud", "no log level 'loud': use debug, info, warning, error"),
        ("threads --store bogus", "no store 'bogus': use memory, sqlite, or sqlite:PATH"),
        (
            "threads --server http://",
            "'http://' is no server address: use ws://host:8765, wss://host or host:8765",
        ),
        ("serve --level 3", "say which game all visitors play"),
    ],
)
def test_what_was_typed_wrong_is_told_in_a_line(fails, command, told):
    assert fails(*command.split(), code=2).startswith(f"gamesock: {told}")


def test_an_option_that_isnt_there(fails):
    assert "no such option: --colour" in fails("play", "chess", "--colour", "red", code=2)


def test_games(cli):
    games = {game["name"]: game for game in cli.lines("games")}
    assert games["chess"]["seats"] == ["white", "black"]
    assert games["tic_tac_toe"]["route"] == "/ws/tictactoe"
    table = cli("games").stdout
    assert all(game["title"] in table for game in games.values())


def test_bots(cli, fails):
    bots = cli.lines("bots")
    assert {"chess", "connect4", "tic_tac_toe"} <= {bot["game"] for bot in bots}
    assert cli.lines("bots", "tic_tac_toe") == [bot for bot in bots if bot["game"] == "tic_tac_toe"]
    assert "perfect" in cli("bots", "tic_tac_toe").stdout
    assert "no game named 'go'" in fails("bots", "go", code=2)


def test_threads_when_there_are_none(cli, fails):
    assert cli.lines("threads") == []
    done = cli("threads")
    assert (done.returncode, done.stdout) == (0, "")
    assert "gamesock play chess" in done.stderr
    assert "no game named 'go'" in fails("threads", "--game", "go", code=2)


def test_paths(cli):
    paths = cli.lines("config", "path")[0]
    assert paths == {
        "games": str(cli.data / "games.db"),
        "seats": str(cli.data / "seats"),
        "settings": str(cli.home / "config" / "gamesock" / "settings.toml"),
        "sign-ins": str(cli.data / "sessions"),
        "data": str(cli.data),
    }
    assert all(path in cli("config", "path").stdout for path in paths.values())


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion(cli, shell):
    script = cli(env={"_GAMESOCK_COMPLETE": f"source_{shell}"})
    assert script.returncode == 0
    assert "gamesock" in script.stdout


def test_completion_completes(cli):
    env = {"_GAMESOCK_COMPLETE": "complete_bash", "COMP_WORDS": "gamesock repla", "COMP_CWORD": "1"}
    assert cli(env=env).stdout.split() == ["replay"]


@pytest.mark.parametrize("args", [["games", "--json"], ["bots"], ["--help"]])
def test_a_reader_that_goes_away(cli, args):
    process = cli.start(*args)
    process.stdout.close()
    process.stdin.close()
    assert process.wait(timeout=20) == 1
    assert process.stderr.read() == ""
    process.stderr.close()


@pytest.mark.parametrize(
    ("store", "reason"),
    [
        ("bogus", "no store 'bogus'"),
        ("sqlite:/proc/nowhere/games.db", "/proc/nowhere/games.db"),
        ("sqlite:{spoilt}", "is no database"),
    ],
)
@pytest.mark.parametrize(
    "args",
    [["threads"], ["export", "x"], ["host", "--port", "0"], ["play", "chess", "--plain"]],
    ids=lambda args: args[0],
)
def test_stores_that_dont_work(cli, fails, args, store, reason):
    spoilt = cli.home / "spoilt.db"
    spoilt.write_text("this is no database, however long one looks at it\n" * 100)
    assert reason in fails(*args, "--store", store.format(spoilt=spoilt), code=2 if store == "bogus" else 1)
