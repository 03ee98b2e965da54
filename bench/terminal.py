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
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from pseudo_terminal import SILENCE, Terminal, running
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

GAMESOCK = (str(Path(sys.executable).with_name("gamesock")),)
SMALLEST = "from textual.app import App\nfrom textual.widgets import Static\n\n\
class Smallest(App):\n    def compose(self):\n        yield Static('smallest')\n\n\nSmallest().run()"
SIZES = ((80, 24), (120, 40))
MOVED = 0.4
"""Seconds of silence after which a move is over, pieces that are seen to move included."""

RIGHT, LEFT, UP, DOWN, ESCAPE, ENTER = b"\x1b[C", b"\x1b[D", b"\x1b[A", b"\x1b[B", b"\x1b", b"\r"


class Line(NamedTuple):
    """A game that two scripts play: the first typed on the screen, the other sent to the server."""

    game: str
    seats: tuple[str, str]
    moves: str
    answers: str


LINES = (
    Line(
        "chess", ("white", "black"), "e4 Nf3 Bb5 Ba4 O-O Re1 Bb3 c3 h3 Bc2", "e5 Nc6 a6 Nf6 Be7 b5 d6 O-O Na5 c5"
    ),
    Line("connect4", ("red", "yellow"), "4 4 4 3 5 1 7 2 6 1", "4 4 4 5 3 1 7 6 2 7"),
    Line("tic_tac_toe", ("X", "O"), "1 6 7", "5 3 4"),
)
Pairs: TypeAlias = dict[str, tuple[float, float]]
"""What is idle: percent of a core, and bytes a second; what starts: seconds, and seconds of CPU."""

STEP, MOVE = (5.0, 1024.0), (15.0, 4096.0)
"""Milliseconds of CPU and bytes that a step of the cursor may cost, and a move, whoever makes it."""

IDLE, START = 0.5, 2.5
"""Percent of a core; times the smallest app's."""


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
    """Sits down in the second seat, and plays its next move when told to."""

    def __init__(self, url: str, line: Line, thread: str) -> None:
        self._socket = connect(f"{url}/ws/games/{thread}", compression=None)
        self._answers = iter(line.answers.split())
        self._send({"type": "join", "seat": line.seats[1], "name": "script"})
        threading.Thread(target=self._listen, daemon=True).start()

    def answer(self) -> None:
        """Play."""
        self._send({"type": "make_move", "move": next(self._answers)})

    def _send(self, message: dict[str, Any]) -> None:
        self._socket.send(json.dumps(message))

    def _listen(self) -> None:
        """Take what the server sends, as any client does."""
        with suppress(ConnectionClosed):
            for _ in self._socket:
                pass

    def close(self) -> None:
        """Leave."""
        self._socket.close()


Cost: TypeAlias = tuple[float, float]
"""Milliseconds of CPU, and bytes written."""


class Figures(NamedTuple):
    """What one game costs at one size, on the average."""

    game: str
    size: tuple[int, int]
    step: Cost
    own: Cost
    """A move of one's own: from Enter until the screen is still again."""
    other: Cost
    """A move of the opponent, seen to move: from its arrival until the screen is still again."""


def cost(terminal: Terminal, act: Callable[[], None], silence: float = SILENCE) -> Cost:
    """What it costs to show what this does, until the screen is still."""
    before = terminal.cpu
    act()
    written = len(terminal.rest(silence))
    return (terminal.cpu - before) * 1000, written


def average(costs: Sequence[Cost]) -> Cost:
    """The mean of each."""
    milliseconds, written = zip(*costs, strict=True)
    return statistics.mean(milliseconds), statistics.mean(written)


class Bench:
    """Everything measured against one host."""

    def __init__(self, url: str, home: str, steps: int) -> None:
        self.url, self.home, self.steps = url, home, steps
        self._threads = 0

    @contextmanager
    def game(self, line: Line, size: tuple[int, int], clock: str = "") -> Iterator[tuple[Terminal, Opponent]]:
        """The client in a new game against the script, its board drawn and at rest."""
        self._threads += 1
        thread = f"bench-{self._threads}"
        wish = ["--seat", line.seats[0], "--thread", thread, *(["--clock", clock] if clock else [])]
        with running([*GAMESOCK, "play", line.game, "--server", self.url, *wish], size, self.home) as terminal:
            terminal.wait_for("Your move")
            opponent = Opponent(self.url, line, thread)
            terminal.rest(0.5)
            try:
                yield terminal, opponent
            finally:
                opponent.close()

    def figures(self, line: Line, size: tuple[int, int]) -> Figures:
        """The steps and moves of a game."""
        steps: list[Cost] = []
        own: list[Cost] = []
        other: list[Cost] = []
        moves = line.moves.split()
        for number in range(3 if len(moves) < 5 else 1):  # a short game is played again
            with self.game(line, size) as (terminal, opponent):
                if not number:
                    steps = self._steps(terminal)
                for move in moves:
                    own.append(self._typed(terminal, move))
                    other.append(cost(terminal, opponent.answer, MOVED))
        return Figures(line.game, size, average(steps), average(own), average(other))

    def _steps(self, terminal: Terminal) -> list[Cost]:
        terminal.press(ESCAPE)  # from the line where moves are typed to the board
        terminal.rest(0.5)
        keys = (RIGHT, UP, LEFT, LEFT, DOWN, RIGHT)
        for key in keys:
            terminal.press(key)
            terminal.rest()
        return [cost(terminal, partial(terminal.press, keys[step % len(keys)])) for step in range(self.steps)]

    def _typed(self, terminal: Terminal, move: str) -> Cost:
        terminal.press(f"/{move}".encode())
        terminal.rest()
        return cost(terminal, partial(terminal.press, ENTER), MOVED)

    def idle(self, clock: str, seconds: float, wait: float = 0.0) -> tuple[float, float]:
        """Percent of a core and bytes a second, in a game of chess with this clock (none: without one)."""
        with self.game(LINES[0], SIZES[0], clock) as (terminal, opponent):
            for move in LINES[0].moves.split()[:2]:  # clocks run once both sides have moved
                terminal.press(f"/{move}\r".encode())
                terminal.rest(0.5)
                opponent.answer()
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
        heads = ("step", "own move", "opponent's move", "both")
        print(f"{'game':12} {'size':>7}", *(f"{head:>18}" for head in heads))  # noqa: T201
    for one in figures:
        both = one.own[0] + one.other[0], one.own[1] + one.other[1]
        costs = (f"{ms:7.1f} ms {written:5.0f} B" for ms, written in (one.step, one.own, one.other, both))
        print(f"{one.game:12} {f'{one.size[0]}x{one.size[1]}':>7}", *(f"{each:>18}" for each in costs))  # noqa: T201
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
            held = (("step", one.step, STEP), ("own move", one.own, MOVE), ("opponent's move", one.other, MOVE))
            said += [
                f"{one.game}: {name} costs {spent:.1f} {unit}, above {goal:g}"
                for name, costs, goals in held
                for spent, goal, unit in zip(costs, goals, ("ms", "B"), strict=True)
                if spent > goal
            ]
    if "10 minutes" in idle and idle["10 minutes"][0] > IDLE:
        said.append(f"idle: {idle['10 minutes'][0]:.2f} %, above {IDLE:g} %")
    for name, (wall, _) in start.items():
        if wall / start["smallest"][0] > START:
            said.append(f"{name}: starts in {wall / start['smallest'][0]:.2f}x, above {START:g}x")
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
