"""What the full-screen client costs in a real terminal: CPU and bytes of a step and of a move, idle CPU, start.

The host and the opponent live outside the client's process, so that what is measured is the client's alone:
its CPU is what the kernel accounts to its threads, its bytes are what it writes to a pseudo-terminal.
Starting is measured with the server inside, as most people start, and against the smallest Textual app.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple, TypeAlias

from pseudo_terminal import Terminal, running
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

GAMESOCK = (sys.executable, "-m", "gamesock")
SMALLEST = "from textual.app import App\nfrom textual.widgets import Static\n\n\
class Smallest(App):\n    def compose(self):\n        yield Static('smallest')\n\n\nSmallest().run()"
SIZES = ((80, 24), (120, 40))
RIGHT, LEFT, UP, DOWN, ESCAPE, ENTER = b"\x1b[C", b"\x1b[D", b"\x1b[A", b"\x1b[B", b"\x1b", b"\r"


class Line(NamedTuple):
    """A game that two scripts play: the first typed on the screen, the other sent to the server."""

    game: str
    seats: tuple[str, str]
    moves: str
    answers: str

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Each move with its answer."""
        return list(zip(self.moves.split(), self.answers.split(), strict=True))


LINES = (
    Line(
        "chess", ("white", "black"), "e4 Nf3 Bb5 Ba4 O-O Re1 Bb3 c3 h3 Bc2", "e5 Nc6 a6 Nf6 Be7 b5 d6 O-O Na5 c5"
    ),
    Line("connect4", ("red", "yellow"), "4 4 4 3 5 1 7 2 6 1", "4 4 4 5 3 1 7 6 2 7"),
    Line("tic_tac_toe", ("X", "O"), "1 6 7", "5 3 4"),
)
Pairs: TypeAlias = dict[str, tuple[float, float]]
"""What is idle: percent of a core, and bytes a second; what starts: seconds, and seconds of CPU."""

GOALS = {
    "step_ms": 5.0, "step_bytes": 1024.0, "move_ms": 15.0, "move_bytes": 4096.0, "idle": 0.5, "start": 2.5,
}  # fmt: skip


@contextmanager
def hosting(home: str) -> Iterator[str]:
    """A host in a process of its own; its address."""
    command = [*GAMESOCK, "host", "--port", "0", "--store", "memory", "--json"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=os.environ | {"HOME": home}
    ) as process:
        assert process.stdout
        try:
            yield json.loads(process.stdout.readline())["url"]
        finally:
            process.send_signal(signal.SIGKILL)


class Opponent:
    """Sits down in the second seat and answers each move with its own, from a thread."""

    def __init__(self, url: str, line: Line, thread: str) -> None:
        self._socket = connect(f"{url}/ws/games/{thread}", compression=None)
        self._seat = line.seats[1]
        self._answers = line.answers.split()
        self._ask({"type": "join", "seat": self._seat, "name": "script"})
        threading.Thread(target=self._play, daemon=True).start()

    def _ask(self, message: dict[str, Any]) -> None:
        self._socket.send(json.dumps(message))

    def _play(self) -> None:
        made = 0
        with suppress(ConnectionClosed):
            for frame in self._socket:
                message = json.loads(frame)
                moved = message["type"] == "state_update" and message.get("seat") not in (None, self._seat)
                if moved and message.get("move") is not None and made < len(self._answers):
                    self._ask({"type": "make_move", "move": self._answers[made]})
                    made += 1

    def close(self) -> None:
        """Leave."""
        self._socket.close()


class Figures(NamedTuple):
    """What one game costs at one size; milliseconds and bytes."""

    game: str
    size: tuple[int, int]
    step_ms: float
    step_bytes: float
    move_ms: float
    move_bytes: float


class Bench:
    """Everything measured against one host."""

    def __init__(self, url: str, home: str, steps: int) -> None:
        self.url, self.home, self.steps = url, home, steps
        self._threads = 0

    @contextmanager
    def game(self, line: Line, size: tuple[int, int], clock: str = "") -> Iterator[Terminal]:
        """The client in a new game against the script, its board drawn and at rest."""
        self._threads += 1
        thread = f"bench-{self._threads}"
        wish = ["--seat", line.seats[0], "--thread", thread, *(["--clock", clock] if clock else [])]
        with running([*GAMESOCK, "play", line.game, "--server", self.url, *wish], size, self.home) as terminal:
            terminal.wait_for("Your move")
            opponent = Opponent(self.url, line, thread)
            terminal.rest(0.5)
            try:
                yield terminal
            finally:
                opponent.close()

    def figures(self, line: Line, size: tuple[int, int]) -> Figures:
        """The steps and moves of a game."""
        moves: list[tuple[float, int]] = []
        games = 3 if len(line.pairs) < 5 else 1  # a short game is played again
        for number in range(games):
            with self.game(line, size) as terminal:
                if not number:
                    step_ms, step_bytes = self._steps(terminal)
                moves += self._moves(terminal, line)
        cost, written = zip(*moves, strict=True)
        return Figures(line.game, size, step_ms, step_bytes, statistics.mean(cost), statistics.mean(written))

    def _steps(self, terminal: Terminal) -> tuple[float, float]:
        terminal.press(ESCAPE)  # from the line where moves are typed to the board
        terminal.rest(0.5)
        keys = (RIGHT, UP, LEFT, LEFT, DOWN, RIGHT)
        for key in keys:
            terminal.press(key)
            terminal.rest()
        before, written = terminal.cpu, 0
        for step in range(self.steps):
            terminal.press(keys[step % len(keys)])
            written += len(terminal.rest())
        return (terminal.cpu - before) * 1000 / self.steps, written / self.steps

    def _moves(self, terminal: Terminal, line: Line) -> list[tuple[float, int]]:
        moves = []
        for move, _ in line.pairs:
            terminal.press(f"/{move}".encode())
            terminal.rest()
            before = terminal.cpu
            terminal.press(ENTER)
            written = len(terminal.rest(0.4))
            moves.append(((terminal.cpu - before) * 1000, written))
        return moves

    def idle(self, clock: str, seconds: float, wait: float = 0.0) -> tuple[float, float]:
        """Percent of a core and bytes a second, in a game of chess with this clock (none: without one)."""
        with self.game(LINES[0], SIZES[0], clock) as terminal:
            for _ in range(2):  # clocks run once both sides have moved
                move = LINES[0].pairs[_][0]
                terminal.press(f"/{move}\r".encode())
                terminal.rest(0.5)
            terminal.read_for(wait)
            before = terminal.cpu
            written = terminal.read_for(seconds)
            return (terminal.cpu - before) * 100 / seconds, written / seconds


def starts(home: str, runs: int) -> dict[str, tuple[float, float]]:
    """Median seconds, and seconds of CPU, until the first board and until the smallest app; run in turn."""
    programs = {
        "smallest": ([sys.executable, "-c", SMALLEST], "smallest"),
        **{line.game: ([*GAMESOCK, "play", line.game, "--bot", "random"], "Your move") for line in LINES},
    }
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in programs}
    for _ in range(runs + 1):
        for name, (command, text) in programs.items():
            with running(command, SIZES[0], home) as terminal:
                times[name].append((terminal.wait_for(text), terminal.cpu))
    # The first run of each reads files that the others find in memory.
    medians = {
        name: [statistics.median(each) for each in zip(*taken[1:], strict=True)] for name, taken in times.items()
    }
    return {name: (wall, cpu) for name, (wall, cpu) in medians.items()}


def report(figures: Sequence[Figures], idle: Pairs, start: Pairs) -> None:
    """The tables."""
    if figures:
        print(f"{'game':12} {'size':>7} {'step':>9} {'':>9} {'move and answer':>16}")  # noqa: T201
    for one in figures:
        size = f"{one.size[0]}x{one.size[1]}"
        step = f"{one.step_ms:6.1f} ms {one.step_bytes:7.0f} B"
        print(f"{one.game:12} {size:>7} {step} {one.move_ms:8.1f} ms {one.move_bytes:6.0f} B")  # noqa: T201
    for name, (percent, rate) in idle.items():
        print(f"idle, {name:24} {percent:5.2f} % CPU {rate:6.0f} B/s")  # noqa: T201
    for name, (wall, cpu) in start.items():
        ratios = [each / least for each, least in zip((wall, cpu), start["smallest"], strict=True)]
        print(  # noqa: T201
            f"start, {name:12} {wall * 1000:6.0f} ms {ratios[0]:5.2f}x {cpu * 1000:6.0f} ms CPU {ratios[1]:5.2f}x"
        )


def missed(figures: Sequence[Figures], idle: Pairs, start: Pairs) -> list[str]:
    """Goals that weren't met, as sentences."""
    said = []
    for one in figures:
        if one.size == SIZES[0]:
            costs = {name: getattr(one, name) for name in GOALS if hasattr(one, name)}
            said += [
                f"{one.game}: {name} is {cost:.1f}, above {GOALS[name]:g}"
                for name, cost in costs.items()
                if cost > GOALS[name]
            ]
    if "10 minutes" in idle and idle["10 minutes"][0] > GOALS["idle"]:
        said.append(f"idle: {idle['10 minutes'][0]:.2f} %, above {GOALS['idle']:g} %")
    for name, (wall, _) in start.items():
        if wall / start["smallest"][0] > GOALS["start"]:
            said.append(f"{name}: starts in {wall / start['smallest'][0]:.2f}x, above {GOALS['start']:g}x")
    return said


def main() -> None:
    """Parse, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=90, help="cursor steps in each game and size")
    parser.add_argument("--idle", type=float, default=20.0, help="seconds of idling")
    parser.add_argument("--starts", type=int, default=5, help="starts of each program")
    parser.add_argument("--only", choices=("board", "idle", "start"), help="measure only this")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of tables")
    wish = parser.parse_args()
    figures: list[Figures] = []
    idle: Pairs = {}
    start: Pairs = {}
    with tempfile.TemporaryDirectory() as home, hosting(home) as url:
        bench = Bench(url, home, wish.steps)
        if wish.only in (None, "start"):
            start = starts(home, wish.starts)
        if wish.only in (None, "board"):
            figures = [bench.figures(line, size) for size in SIZES for line in LINES]
        if wish.only in (None, "idle"):
            idle["no clock"] = bench.idle("", wish.idle)
            idle["10 minutes"] = bench.idle("10", wish.idle)
            idle["below ten seconds"] = bench.idle("0.2", 6.0, wait=3.5)
    if wish.json:
        said = {"figures": [one._asdict() for one in figures], "idle": idle, "start": start}
        print(json.dumps(said))  # noqa: T201
    else:
        report(figures, idle, start)
    failed = missed(figures, idle, start)
    for sentence in failed:
        print(f"missed: {sentence}", file=sys.stderr)  # noqa: T201
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
