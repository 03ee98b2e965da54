"""Coming to a friend's game: ``--join``, ``--invite``, ``watch``, and what is said when that can't be."""

import pytest

from gamesock.cli import local
from gamesock.cli.options import Problem


@pytest.fixture
def friend(cli, tmp_path):
    """The command on another computer: with a home of its own."""
    return type(cli)(tmp_path / "friend")


def test_joining_by_code_and_coming_back(cli, friend):
    with cli.host("--store", "memory") as host:
        address = host.url.removeprefix("ws://")
        first = cli.start("play", "connect4", "--server", address, "--thread", "tea", "--plain", "--name", "Ann")
        try:
            while "you are red" not in first.stdout.readline():
                pass
            done = friend("play", "--join", f"{address}/tea", "--plain", "--name", "Ben", stdin="quit\n")
            assert (done.returncode, done.stderr) == (0, "")
            assert "Connect 4, game tea\n" in done.stdout
            assert "you are yellow" in done.stdout
            # The seat is ours: the same line, or --resume, leads back to it.
            again = friend("play", "--join", f"{host.url}/ws/games/tea", "--plain", stdin="quit\n")
            assert "you are yellow" in again.stdout
            assert "you are yellow" in friend("play", "--resume", "--plain", stdin="quit\n").stdout
        finally:
            first.kill()
            first.communicate()


@pytest.mark.parametrize(
    ("args", "reason"),
    [
        (["--join", "friday"], "'friday' is no invite: it looks like 192.168.1.5:8765/chess-8f3a"),
        (["--join", "a b/c"], "no server address"),
        (["--join", "host/a b"], "no invite"),
        (["--join", "127.0.0.1:1/x"], "is the server running?"),
        (["chess", "--join", "h/x"], "leave out a game"),
        (["--join", "h/x", "--thread", "y"], "leave out --thread"),
        (["--join", "h/x", "--bot", "random"], "leave out --bot"),
        (["chess", "--invite", "--two-player"], "--invite is for a friend"),
        (["chess", "--invite", "--server", "h"], "--invite is for a friend"),
        (["chess", "--thread", "a b"], "gamesock: 'a b' is no thread id: use 1 to 64 letters"),
    ],
)
def test_mistakes(fails, args, reason):
    said = fails("play", *args, "--plain", code=1 if "running" in reason else 2)
    assert reason in said
    assert "ws/chess" not in said


def test_what_is_not_there(cli, fails):
    with cli.host("--store", "memory") as host:
        for command in (["watch", "nosuch"], ["play", "--join", "nosuch"]):
            said = fails(*command, "--server", host.url, "--plain")
            assert "there is no game 'nosuch' here" in said
            assert "?game=" not in said


def test_an_invited_friend_joins(cli, friend):
    inviting = cli.start("play", "tic_tac_toe", "--invite", "--plain", "--name", "Ann")
    try:
        line = inviting.stdout.readline()
        if not line and "in no network" in inviting.stderr.read():
            pytest.skip("this computer is in no network")
        code = line.partition("gamesock play --join ")[2].strip()
        assert not code.startswith("127.")
        done = friend("play", "--join", code, "--plain", "--name", "Ben", stdin="quit\n")
        assert (done.returncode, done.stderr) == (0, "")
        assert "you are O" in done.stdout
    finally:
        inviting.communicate("quit\n", timeout=30)


def test_without_a_network_nobody_is_invited(monkeypatch):
    class Nowhere:
        def __init__(self, *args):
            pass

        def __enter__(self):
            return self

        def __exit__(self, *args):
            pass

        def connect(self, address):
            raise OSError("Network is unreachable")

    monkeypatch.setattr(local.socket, "socket", Nowhere)
    with pytest.raises(Problem, match="in no network"):
        local.network_address()


@pytest.mark.parametrize("stdin", ["", "quit\n"])
def test_a_game_that_nobody_began_is_not_kept_as_one_that_goes_on(cli, fails, stdin):
    done = cli("play", "chess", "--plain", stdin=stdin)
    assert (done.returncode, done.stderr) == (0, "")
    assert [row["outcome"]["reason"] for row in cli.lines("threads")] == ["aborted"]
    # One that was named is meant, and stays open.
    cli("play", "chess", "--thread", "friday", "--plain", stdin=stdin)
    rows = {row["thread_id"]: row for row in cli.lines("threads")}
    assert not rows["friday"].get("outcome")
