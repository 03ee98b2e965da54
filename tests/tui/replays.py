"""Pictures of replays and analyses: famous games, with opinions that are always the same."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from textual.pilot import Pilot
from waiting import still

from gamesock import record
from gamesock.bot import Thought
from gamesock.cli.archive import recorded
from gamesock.tui.app import GameApp
from gamesock.tui.looks import Looks
from gamesock.tui.recorded import Recorded, Volume
from gamesock.tui.screens.collection import CollectionScreen
from gamesock.tui.screens.study import StudyScreen

RECORDINGS = Path(__file__).resolve().parents[2] / "recordings"
IMMORTAL = "chess/1851-london-anderssen-kieseritzky"
FULL = Looks(pieces="sprite", color="full")

# What an engine said of the Immortal Game, from white's side; #: moves to mate.
SCORES = """0.3 0.3 0.5 -0.7 -0.7 -0.6 -0.1 -0.3 0.2 0.0 0.6 0.3 0.0 -0.3 0.7 -0.7 -0.8 -0.9 0.3 -1.2 -0.1 -0.7
1.5 1.5 1.5 1.7 1.6 1.6 1.9 2.2 2.4 2.4 4.4 2.9 3.0 -3.6 1.9 -2.3 -1.5 0.0 #3 #2 #2 #1 #1"""
LINES = {
    2: "Nf3 Nc6 Bb5 a6", 3: "exf4 Bc4 Nc6 d4", 17: "g6 h4 Qf6 Nc3", 34: "Re1 Bb7 d4 Bf8",
    35: "Qxa1+ Ke2 Bxg1 Bxb8", 36: "Re1 Bb6 Bxb8 Kd8", 37: "Qxa1+ Kg2 Bb7 Nc7+", 39: "Ba6 Nc7+ Kd8 Qxa8",
}  # fmt: skip


def game_of(name: str) -> Recorded:
    """A recording of the repository."""
    return recorded(*record.loads((RECORDINGS / f"{name}.jsonl").read_text(encoding="utf-8")))


def opinions(plies: int) -> list[Thought | None]:
    """The opinions about the first ``plies`` positions."""
    thoughts: list[Thought | None] = []
    for ply, score in enumerate(SCORES.split()[:plies]):
        sign = 1 if ply % 2 == 0 else -1
        seat = "white" if ply % 2 == 0 else "black"
        line = tuple(LINES.get(ply, "").split())
        if score.startswith("#"):
            thoughts.append(Thought(seat=seat, mate=sign * int(score[1:]), depth=24, line=line))
        else:
            thoughts.append(Thought(seat=seat, score=sign * float(score), depth=18, line=line))
    return thoughts


@dataclass(frozen=True)
class Film:
    """A replay, and how much of it is analysed."""

    game: str = IMMORTAL
    looks: Looks = FULL
    known: int = 0
    running: bool = False


class Filmed(GameApp[None]):
    """Shows a replay, or a choice of them."""

    def __init__(self, *films: Film) -> None:
        self.films = films
        super().__init__(self._screen, films[0].looks)

    def _screen(self, looks: Looks) -> StudyScreen | CollectionScreen:
        if len(self.films) > 1:
            games = [game_of(film.game) for film in self.films]
            volumes = [Volume(game.title, game.details, lambda game=game: game) for game in games]
            return CollectionScreen(volumes, "famous.pgn", looks)
        film = self.films[0]
        screen = StudyScreen(game_of(film.game), looks, playing=False)
        study = screen.study
        for ply, thought in enumerate(opinions(film.known)):
            study.thoughts[ply] = thought
        study.known, study.running = film.known, film.running
        if film.known:
            study.judge()
        return screen


async def settle(pilot: Pilot[None], *keys: str) -> None:
    """Wait until it is drawn, and press the keys."""
    await still(pilot)
    await pilot.press(*keys)
    await still(pilot)


REPLAYS: dict[str, tuple[tuple[Film, ...], tuple[int, int], tuple[str, ...]]] = {
    "replay_80x24": ((Film(),), (80, 24), ("1", "0", "enter")),
    "replay_connect4": ((Film("connect4/ends-four-in-a-row"),), (80, 24), ("end",)),
    "study_80x24": ((Film(known=45),), (80, 24), ("1", "8", "enter")),
    "study_120x40": ((Film(known=45),), (120, 40), ("1", "8", "enter", "n")),
    "study_running": ((Film(known=20, running=True),), (80, 24), ("1", "0", "enter")),
    "study_60x20": ((Film(known=45),), (60, 20), ("1", "8", "enter")),
    "study_ascii": ((Film(known=45, looks=Looks("ascii", color="none")),), (80, 24), ("1", "8", "enter")),
    "study_no_color": ((Film(known=45, looks=Looks("sprite", color="none")),), (80, 24), ("1", "8", "enter")),
    "replay_choose": ((Film(), Film("chess/1858-paris-morphy-brunswick-isouard")), (80, 24), ("down",)),
}
"""By name: what is replayed, the terminal's size, and keys to press."""
