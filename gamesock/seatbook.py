"""Remembers the seats this person has: the tokens that open them again, each game in a private file of its own.

A file a game, replaced in one step: programs that play at the same time need no lock to lose nothing.
"""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path

import platformdirs
from pydantic import ValidationError

from gamesock.game import BoardPicture
from gamesock.model import Model
from gamesock.own_file import write_own

LOCAL = "local"
"""The server of games that run inside this program."""

SEATS = "GAMESOCK_SEATS"
"""The variable that names another book than the user's own: visitors of ``gamesock serve`` have one each."""

KEPT = 200
"""Games; the oldest are forgotten."""


class Entry(Model):
    """A game that someone on this machine plays."""

    server: str
    thread: str
    game: str
    tokens: dict[str, str]
    used: float
    over: bool = False
    """Whether the game was over when it was left."""
    against: str = ""
    """Who plays the other seats, as they were called then."""
    ply: int = 0
    mine: bool = False
    """Whether it was this person's move."""
    picture: BoardPicture | None = None
    """The board as it was, without its moves."""


class SeatBook:
    """The directory with the seat tokens; readable by its owner only."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or Path(os.environ.get(SEATS) or platformdirs.user_data_path("gamesock") / "seats")

    def find(self, server: str, thread: str) -> Entry | None:
        """The entry of a thread, if it was played here."""
        return _read(self._file(server, thread))

    def last(self) -> Entry | None:
        """The game played last: of those that go on, if one does."""
        entries = self.entries()
        return next((entry for entry in entries if not entry.over), entries[0] if entries else None)

    def entries(self) -> list[Entry]:
        """Every game, the last written first."""
        return [entry for file in self._files() if (entry := _read(file))]

    def keep(self, server: str, thread: str, game: str, tokens: dict[str, str], *, over: bool = False) -> None:
        """Remember the tokens of a thread; what stood there is replaced.

        Raises:
            OSError: they can't be written.
        """
        self.write(Entry(server=server, thread=thread, game=game, tokens=tokens, used=time.time(), over=over))

    def write(self, entry: Entry) -> None:
        """Keep an entry in place of what stood there of its thread.

        Raises:
            OSError: they can't be written.
        """
        write_own(self._file(entry.server, entry.thread), entry.model_dump_json())
        for old in self._files()[KEPT:]:
            old.unlink(missing_ok=True)

    def _file(self, server: str, thread: str) -> Path:
        return self.path / f"{hashlib.sha256(f'{server} {thread}'.encode(errors='replace')).hexdigest()[:32]}.json"

    def _files(self) -> list[Path]:
        """The files, the last written first."""
        return sorted(self.path.glob("*.json"), key=_written, reverse=True)


def _written(file: Path) -> int:
    try:
        return file.stat().st_mtime_ns
    except OSError:
        return 0  # another program has just forgotten it, or it is no file


def _read(file: Path) -> Entry | None:
    try:
        # A FIFO would have us wait.
        return Entry.model_validate_json(file.read_bytes()) if file.is_file() else None
    except (OSError, ValidationError):
        return None  # none, or spoilt: the seat of that one game is lost
