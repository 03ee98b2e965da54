"""The command in a real terminal: a tmux window, its keys and its mouse, and a host beside it."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import shlex
import shutil
import struct
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

sys.path.append(str(Path(__file__).parents[2] / "bench"))

PATIENCE = 40.0
"""Seconds to wait for what a quick machine shows in one."""


class Window:
    """A tmux window in which ``gamesock`` runs, and somebody at its keys and mouse."""

    def __init__(self, home: Path, number: int, size: tuple[int, int], env: dict[str, str]) -> None:
        self.size = size
        self._socket = str(home / f"tmux-{number}")
        places = {f"XDG_{kind}_HOME": str(home / kind.lower()) for kind in ("DATA", "CONFIG", "CACHE", "STATE")}
        kept = {"HOME": str(home), "PATH": os.environ["PATH"], "PS1": "$ ", "LANG": "C.UTF-8"} | places
        wanted = kept | {"TERM": "screen-256color", "COLORTERM": "truecolor"} | env
        shell = shlex.join(["env", "-i", *(f"{key}={value}" for key, value in wanted.items()), "sh"])
        at = ["-x", str(size[0]), "-y", str(size[1])]
        self._tmux("-f", "/dev/null", "-u", "new-session", "-d", *at, shell)
        for option in ("status off", "mouse on", "escape-time 0"):
            self._tmux("set", "-g", *option.split())
        self._attached: tuple[subprocess.Popen[bytes], int] | None = None

    def _tmux(self, *args: str) -> str:
        done = subprocess.run(
            ["tmux", "-S", self._socket, *args], capture_output=True, encoding="utf-8", check=True
        )
        return done.stdout

    def run(self, *args: str) -> None:
        """Run ``gamesock`` with these arguments."""
        command = shlex.join([sys.executable, "-m", "gamesock", *args])
        self.press(f"{command}; echo left with $?", "Enter")

    # Keys and mouse

    def press(self, *keys: str) -> None:
        """Press keys, named as tmux names them; other text is typed."""
        self._tmux("send-keys", *keys)

    def click(self, x: int, y: int) -> None:
        """Click on a character, in a terminal that shows this window."""
        if self._attached is None:
            self._attached = self._attach()
        for sign in "Mm":  # down, up
            os.write(self._attached[1], f"\x1b[<0;{x + 1};{y + 1}{sign}".encode())
            time.sleep(0.05)

    def _attach(self) -> tuple[subprocess.Popen[bytes], int]:
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", self.size[1], self.size[0], 0, 0))
        env = {"PATH": os.environ["PATH"], "TERM": "xterm-256color", "LANG": "C.UTF-8"}
        command = ["tmux", "-S", self._socket, "-u", "attach"]
        client = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, env=env, start_new_session=True
        )
        os.close(slave)

        def drain() -> None:
            with suppress(OSError):
                while os.read(master, 1 << 16):
                    pass

        threading.Thread(target=drain, daemon=True).start()
        self.until(lambda: self._tmux("list-clients") != "", "no terminal shows the window")
        return client, master

    def resize(self, width: int, height: int) -> None:
        """Give the window another size."""
        self._tmux("resize-window", "-x", str(width), "-y", str(height))

    # What there is to see

    @property
    def screen(self) -> str:
        """The text of the window."""
        return self._tmux("capture-pane", "-p")

    def marks(self) -> list[tuple[str, str]]:
        """Every character with its look; a blank has only a background."""
        marks = []
        front = back = bold = ""
        for codes, character in re.findall(r"\x1b\[([\d;:]*)m|(.|\n)", self._tmux("capture-pane", "-p", "-e")):
            for code in [] if character else re.findall(r"[34]8;2;\d+;\d+;\d+|\d+", codes or "0"):
                if code == "0":
                    front = back = bold = ""
                elif code[0] == "3":
                    front = code
                elif code[0] == "4" and len(code) > 1:
                    back = code
                else:
                    bold = code
            if character:
                marks.append((character, back if character.isspace() else f"{front} {back} {bold}"))
        return marks

    def until(self, done: Callable[[], Any], otherwise: str, within: float = PATIENCE) -> Any:
        """Wait until something is so; what it is."""
        end = time.monotonic() + within
        while not (result := done()):
            assert time.monotonic() < end, f"{otherwise}:\n{self.screen}"
            time.sleep(0.05)
        return result

    def shows(self, *texts: str) -> str:
        """Wait until all these texts are there; the screen."""

        def seen() -> str:
            screen = self.screen
            return screen if all(text in screen for text in texts) else ""

        return str(self.until(seen, f"{texts} isn't all there"))

    def hides(self, text: str) -> None:
        """Wait until this text is gone."""
        self.until(lambda: text not in self.screen, f"{text!r} is still there")

    def find(self, text: str, *, left_of: int = 1000) -> tuple[int, int]:
        """Wait for a text; its column and row."""

        def at() -> tuple[int, int] | None:
            for y, line in enumerate(self.screen.splitlines()):
                if 0 <= (x := line.find(text)) < left_of:
                    return x, y
            return None

        found: tuple[int, int] = self.until(at, f"{text!r} isn't there")
        return found

    def cursor(self, panel: int) -> tuple[int, int] | None:
        """Column and row of the bracket that opens the board's cursor, left of the panel."""
        for y, line in enumerate(self.screen.splitlines()):
            match = re.search(r"\[[^\]\[]*\]", line[:panel])
            if match:
                return match.start(), y
        return None

    def walk(self, across: int, down: int, panel: int) -> None:
        """Bring the board's cursor to this place with the arrow keys alone."""
        while (at := self.until(lambda: self.cursor(panel), "no cursor")) != (across, down):
            sideways = "Right" if at[0] < across else "Left"
            self.press(sideways if at[0] != across else "Down" if at[1] < down else "Up")
            # The first arrow may only lead from the line to the board.
            with suppress(AssertionError):
                self.until(lambda was=at: self.cursor(panel) not in (was, None), "it stays", within=1.0)

    def close(self) -> None:
        """Put everything away."""
        with suppress(subprocess.CalledProcessError):
            self._tmux("kill-server")
        if self._attached:
            self._attached[0].kill()
            self._attached[0].wait()
            os.close(self._attached[1])


class Host:
    """``gamesock host`` in a process of its own, with its games in a file."""

    def __init__(self, home: Path, port: int = 0) -> None:
        store = f"sqlite:{home / 'host.db'}"
        command = [sys.executable, "-m", "gamesock", "host", "--port", str(port), "--store", store, "--json"]
        self._process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            env=os.environ | {"HOME": str(home), "XDG_CONFIG_HOME": str(home / "config")},
        )  # fmt: skip
        assert self._process.stdout
        self.url: str = json.loads(self._process.stdout.readline())["url"]
        self.port = int(self.url.rpartition(":")[2])

    def kill(self) -> None:
        """End it as a power cut would."""
        self._process.kill()
        self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()


class Script:
    """A player with a list of moves: the next one is played whenever it is their turn."""

    def __init__(self, url: str, thread: str, seat: str, moves: str, token: str | None = None) -> None:
        self._socket = connect(f"{url}/ws/games/{thread}", compression=None, open_timeout=PATIENCE)
        self._seat, self._moves = seat, moves.split()
        self.token = token
        self._sit()
        self._thread = threading.Thread(target=self._play, daemon=True)
        self._thread.start()

    def _send(self, **message: Any) -> None:
        self._socket.send(json.dumps(message))

    def _sit(self) -> None:
        self._send(type="hello", protocol=1)
        self._send(type="join", seat=self._seat, name="script", seat_token=self.token)
        for frame in self._socket:
            message = json.loads(frame)
            assert message["type"] != "error", message
            if message["type"] == "ack":
                self.token = message.get("seat_token") or self.token
                return

    def _play(self) -> None:
        answered = -1
        self._send(type="get_state")
        with suppress(ConnectionClosed):
            for frame in self._socket:
                message = json.loads(frame)
                if message["type"] != "state_update" or message["ply"] <= answered or not self._moves:
                    continue
                if message["state"]["current_player"] == self._seat:
                    answered = message["ply"]
                    self._send(type="make_move", move=self._moves.pop(0))

    def close(self) -> None:
        """Leave."""
        self._socket.close()
        self._thread.join(10)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Where the command keeps things."""
    return tmp_path


@pytest.fixture
def window(home: Path) -> Iterator[Callable[..., Window]]:
    """Opens windows."""
    if shutil.which("tmux") is None:
        pytest.skip("tmux is not installed")
    opened: list[Window] = []

    def open_(width: int = 80, height: int = 24, **env: str) -> Window:
        opened.append(Window(home, len(opened), (width, height), env))
        return opened[-1]

    yield open_
    for one in opened:
        one.close()


@pytest.fixture
def hosting(home: Path) -> Callable[..., Any]:
    """Hosts games while a block runs."""

    @contextmanager
    def host(port: int = 0) -> Iterator[Host]:
        one = Host(home, port)
        try:
            yield one
        finally:
            one.kill()

    return host


@pytest.fixture
def script() -> Iterator[Callable[..., Script]]:
    """Seats players that follow a list of moves."""
    seated: list[Script] = []

    def sit(*args: Any, **how: Any) -> Script:
        seated.append(Script(*args, **how))
        return seated[-1]

    yield sit
    for one in seated:
        one.close()
