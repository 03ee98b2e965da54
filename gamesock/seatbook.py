"""Remembers the seats this person has: the tokens that open them again, in one private file."""

from __future__ import annotations

import os
import time
from pathlib import Path

import platformdirs
from pydantic import BaseModel, ValidationError

LOCAL = "local"
"""The server of games that run inside this program."""

KEPT = 200
"""Entries; the oldest are forgotten."""


class Entry(BaseModel):
    """A game that someone on this machine plays."""

    server: str
    thread: str
    game: str
    tokens: dict[str, str]
    used: float


class _File(BaseModel):
    entries: list[Entry] = []


class SeatBook:
    """The file with the seat tokens; readable by its owner only."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or platformdirs.user_data_path("gamesock") / "seats.json"

    def find(self, server: str, thread: str) -> Entry | None:
        """The entry of a thread, if it was played here."""
        return next((e for e in self._read() if (e.server, e.thread) == (server, thread)), None)

    def last(self) -> Entry | None:
        """The game played last."""
        return max(self._read(), key=lambda entry: entry.used, default=None)

    def keep(self, server: str, thread: str, game: str, tokens: dict[str, str]) -> None:
        """Remember the tokens of a thread; what stood there is replaced."""
        kept = [e for e in self._read() if (e.server, e.thread) != (server, thread)]
        kept.append(Entry(server=server, thread=thread, game=game, tokens=tokens, used=time.time()))
        self._write(_File(entries=sorted(kept, key=lambda entry: entry.used)[-KEPT:]))

    def _read(self) -> list[Entry]:
        try:
            return _File.model_validate_json(self.path.read_bytes()).entries
        except (OSError, ValidationError):
            return []  # none yet, or spoilt: seats of old games are lost, new ones are kept

    def _write(self, file: _File) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        new = self.path.with_suffix(f".{os.getpid()}.new")
        new.touch(mode=0o600)
        new.write_text(file.model_dump_json())
        new.replace(self.path)
