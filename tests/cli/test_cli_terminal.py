"""The full-screen client in a real terminal, driven by keys (tmux)."""

import shlex
import shutil
import subprocess
import time

import pytest

pytestmark = pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")


class Terminal:
    """A terminal of some size with a shell in it, where a command runs."""

    def __init__(self, cli, width, height):
        self.socket = str(cli.home / "tmux")
        self.command = cli.command
        kept = ("PATH", "HOME", "XDG_DATA_HOME", "LOGNAME")
        env = ["env", "-i", *(f"{key}={cli.env[key]}" for key in kept), "PS1=prompt ", "LANG=C.UTF-8"]
        shell = shlex.join([*env, "TERM=screen-256color", "COLORTERM=truecolor", "sh"])
        self._tmux("-f", "/dev/null", "new-session", "-d", "-x", str(width), "-y", str(height), shell)

    def _tmux(self, *args):
        return subprocess.run(
            ["tmux", "-S", self.socket, *args], capture_output=True, text=True, check=True
        ).stdout

    def type(self, *keys):
        self._tmux("send-keys", *keys)

    def run(self, *args):
        self.type(f"{shlex.join([*self.command, *args])}; echo left with $?", "Enter")

    def resize(self, width, height):
        self._tmux("resize-window", "-x", str(width), "-y", str(height))

    @property
    def screen(self):
        return self._tmux("capture-pane", "-p", "-J")

    def shows(self, *texts, within=15.0):
        """Wait until all these texts are on the screen."""
        end = time.monotonic() + within
        while not all(text in (screen := self.screen) for text in texts):
            assert time.monotonic() < end, f"{texts} isn't on the screen:\n{screen}"
            time.sleep(0.1)
        return screen

    def leave(self):
        """Out of the move field, then out of the game."""
        self.type("Escape")
        time.sleep(0.3)  # Escape and a key at once are another key
        self.type("q")
        self.shows("Leave the game?")
        self.type("y")
        self.shows("left with 0")

    def close(self):
        self._tmux("kill-server")


@pytest.fixture
def terminal(cli):
    opened = []

    def open_(width=80, height=24):
        opened.append(Terminal(cli, width, height))
        return opened[-1]

    yield open_
    for one in opened:
        one.close()


def test_a_game_of_chess(terminal):
    window = terminal()
    window.run("play", "chess", "--bot", "random", "--name", "Ann")
    window.shows("Ann (white)", "random 1 (black)", "Your move")
    window.type("/", "e4", "Enter")
    window.shows("1. e4", "Your move")
    window.leave()
    assert "random 1 (black)" not in window.screen  # the terminal is as it was
    window.type("echo $((6 * 7))", "Enter")
    window.shows("\n42\n")


def test_a_small_terminal_that_grows(terminal):
    window = terminal(20, 8)
    window.run("play", "tic_tac_toe", "--bot", "random")
    window.shows("Make the terminal", "20x8")
    window.resize(100, 30)
    window.shows("ann (X)", "Your move")
    window.resize(80, 24)
    window.type("/", "5", "Enter")
    window.shows("1. 5")
    window.leave()


def test_the_server_dies_and_comes_back(cli, terminal):
    store = ("--store", f"sqlite:{cli.home / 'games.db'}")
    window = terminal()
    with cli.host(*store) as host:
        window.run("play", "chess", "--server", host.url, "--bot", "random", "--name", "Ann")
        window.shows("Ann (white)", "random 1 (black)", "Your move")
        host.process.kill()
        host.process.wait()
        window.shows("Connection lost", "Trying again in")
    with cli.host(*store, port=int(host.url.rpartition(":")[2])):
        window.type("C-r")
        while "Connection lost" in window.screen:
            time.sleep(0.1)
        window.type("/", "d4", "Enter")
        window.shows("1. d4")
        window.leave()


def test_watching_and_replaying(cli, terminal):
    window = terminal()
    done = cli("play", "tic_tac_toe", "--two-player", "--plain", stdin="1\n4\n2\n5\n3\n")
    window.run("replay", done.stdout.partition("game ")[2].splitlines()[0])
    window.shows("1")
    window.type("q")
    window.shows("left with 0")
    window.type("clear", "Enter")
    window.run("watch", "--server", "127.0.0.1:1")
    window.shows("gamesock: can't reach ws://127.0.0.1:1", "left with 1")


@pytest.mark.parametrize(("key", "code"), [("C-q", 0), ("C-c", 130)])
def test_the_home_screen(terminal, key, code):
    window = terminal()
    window.run()
    window.shows("Chess", "Tic-tac-toe")
    window.type(key)
    window.shows(f"left with {code}")
