"""Chess engines that speak UCI, as far as this machine has some of those known here.

An engine starts with the bot, serves all its decisions, and is started anew after it failed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import ClassVar, Literal, NamedTuple

import chess
import chess.engine

from gamesock.bot import Bot, BotError, Choice, Level, Task, Tell, Thought
from gamesock.bots.chess_task import board_of
from gamesock.bots.lines import line

_PLACES = ("/usr/games", "/usr/local/bin", "/opt/homebrew/bin")
"""Where engines are besides PATH, which of a service is often short."""
_OVERHEAD = 0.02
_PATIENCE = 1.0
_LONGEST_LINE = 12
_ELO = (1350, 1500, 1700, 1900, 2150, 2400, 2650)
_DEPTH = (1, 2, 3, 4, 6, 8, 10)
_NODES = (1, 4, 16, 64, 256, 1000, 4000)
_FULL_LEVEL = 8


class Engine(NamedTuple):
    """A known engine: its program, what it is started with, and what makes it weaker."""

    program: str
    title: str
    arguments: tuple[str, ...] = ()
    limit: Literal["elo", "depth", "nodes"] = "depth"


ENGINES = (
    Engine("stockfish", "Stockfish", limit="elo"),
    Engine("fairy-stockfish", "Fairy-Stockfish", limit="elo"),
    Engine("gnuchess", "GNU Chess", ("--uci",)),
    Engine("lc0", "Leela Chess Zero", limit="nodes"),
    Engine("ethereal", "Ethereal"),
    Engine("berserk", "Berserk"),
    Engine("fruit", "Fruit"),
    Engine("toga2", "Toga II"),
    Engine("glaurung", "Glaurung"),
)


class UciBot(Bot):
    """A UCI engine in a process of its own; each engine found is a subclass named like it."""

    name = "uci"
    title = "UCI engine"
    summary = "A chess engine found on this machine."
    games = ("chess",)
    levels = ()
    default_level = 3
    evaluates = True
    strength = 2
    engine: ClassVar[Engine]
    path: ClassVar[str]

    def __init__(self) -> None:
        self._running: chess.engine.SimpleEngine | None = self._start()

    @classmethod
    def variants(cls) -> tuple[type[Bot], ...]:
        """The known engines this machine has; none is started."""
        places = os.pathsep.join((os.environ.get("PATH", os.defpath), *_PLACES))
        found = ((engine, shutil.which(engine.program, path=places)) for engine in ENGINES)
        return tuple(_bot_for(engine, path) for engine, path in found if path)

    def choose(self, task: Task, tell: Tell) -> Choice:
        board = board_of(task)
        if self._running is None or self._running.returncode.done():
            self._running = self._start()
        with self._guarded(self._running, task.budget) as engine:
            engine.configure(self._options(engine, task.level))
            return self._think(engine, board, task, tell)

    def close(self) -> None:
        if self._running:
            self._running.close()

    def _think(self, engine: chess.engine.SimpleEngine, board: chess.Board, task: Task, tell: Tell) -> Choice:
        thought: Thought | None = None
        with engine.analysis(board, self._limit(task)) as analysis:
            for info in analysis:
                if said := _thought(info, task, board.turn):
                    thought = said
                    tell(thought)
            move = analysis.wait().move
        if move is None:
            raise BotError(f"{self.title} gave no move")
        spelled = move.uci()
        if thought and thought.line[:1] != line(task, (spelled,)):
            # Held back, it played something else than it thinks best; at its best it only thought again.
            ours = line(task, (spelled,)) if task.level == _FULL_LEVEL else ()
            thought = thought.model_copy(update={"line": ours})
        return Choice(move=spelled, thought=thought)

    def _start(self) -> chess.engine.SimpleEngine:
        try:
            return chess.engine.SimpleEngine.popen_uci(
                [self.path, *self.engine.arguments], stderr=subprocess.DEVNULL
            )
        except (OSError, chess.engine.EngineError) as error:
            raise BotError(f"{self.title} does not start: {error or 'it does not speak UCI'}") from error

    @contextmanager
    def _guarded(self, engine: chess.engine.SimpleEngine, budget: float) -> Iterator[chess.engine.SimpleEngine]:
        """Turn whatever the engine does wrong into a ``BotError``, and let it go.

        A move that is none leaves the analysis waiting for ever (python-chess only logs it), as does silence.
        """
        late = threading.Event()

        def stop() -> None:
            late.set()
            engine.close()

        watchdog = threading.Timer(budget + _PATIENCE, stop)
        watchdog.start()
        try:
            yield engine
        except (TimeoutError, chess.engine.EngineError) as error:
            self._running = None
            engine.close()
            died = isinstance(error, chess.engine.EngineTerminatedError)
            wrong = "gave no legal move in time" if late.is_set() else "died" if died else f"failed: {error}"
            raise BotError(f"{self.title} {wrong}") from error
        finally:
            watchdog.cancel()

    def _options(self, engine: chess.engine.SimpleEngine, level: int) -> Mapping[str, str | int | bool | None]:
        """The engine's own options for a level: rating if it has one, else skill, else none."""
        known, full = engine.options, level == _FULL_LEVEL
        if "UCI_Elo" in known and "UCI_LimitStrength" in known:
            elo = known["UCI_Elo"]
            least, most = elo.min or 0, elo.max or 4000
            wanted = most if full else _ELO[level - 1]
            return {"UCI_LimitStrength": not full, "UCI_Elo": max(least, min(most, wanted))}
        if "Skill Level" in known:
            most = known["Skill Level"].max or 20
            return {"Skill Level": most * (level - 1) // (_FULL_LEVEL - 1)}
        return {}

    def _limit(self, task: Task) -> chess.engine.Limit:
        """How long, deep or wide it may search."""
        limit = chess.engine.Limit(time=max(task.budget - _OVERHEAD, task.budget / 2))
        if task.level < _FULL_LEVEL:
            match self.engine.limit:
                case "depth":
                    limit.depth = _DEPTH[task.level - 1]
                case "nodes":
                    limit.nodes = _NODES[task.level - 1]
        return limit


@cache
def _bot_for(engine: Engine, path: str) -> type[UciBot]:
    described = {
        "elo": [(f"{elo} Elo", f"held back to about {elo} Elo on the engine's own scale") for elo in _ELO],
        "depth": [(f"Depth {depth}", f"looks ahead to depth {depth}") for depth in _DEPTH],
        "nodes": [(f"{nodes} positions", "looks at that many positions a move") for nodes in _NODES],
    }[engine.limit]
    described.append(("All out", "thinks as long as it may, with all its strength"))
    levels = (Level(number, *words) for number, words in enumerate(described, 1))
    members = {
        "name": engine.program,
        "title": engine.title,
        "summary": f"The {engine.title} of this machine.",
        "levels": tuple(levels),
        "engine": engine,
        "path": path,
    }
    return type(f"{engine.program}Bot", (UciBot,), members)


def _thought(info: chess.engine.InfoDict, task: Task, turn: chess.Color) -> Thought | None:
    """What an info line says of the best line, if it does."""
    score, moves = info.get("score"), info.get("pv")
    if score is None or not moves or info.get("multipv", 1) > 1 or {"lowerbound", "upperbound"} & info.keys():
        return None
    centipawns = score.pov(turn).score()
    return Thought(
        seat=task.seat,
        score=None if centipawns is None else centipawns / 100,
        mate=score.pov(turn).mate(),
        depth=info.get("depth", 0),
        nodes=info.get("nodes", 0),
        line=line(task, (move.uci() for move in moves[:_LONGEST_LINE])),
    )
