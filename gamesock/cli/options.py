"""What several commands take: choices and settings, importable at no cost."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Pieces(StrEnum):
    """How pieces are drawn."""

    auto = "auto"
    sprite = "sprite"
    glyph = "glyph"
    ascii = "ascii"


class Format(StrEnum):
    """What a game is written as."""

    jsonl = "jsonl"
    pgn = "pgn"


class Visibility(StrEnum):
    """Who sees a game."""

    public = "public"
    unlisted = "unlisted"
    private = "private"


@dataclass(frozen=True, slots=True)
class Settings:
    """How a game is shown."""

    pieces: str = "auto"
    theme: str = "slate"
    plain: bool = False
    json: bool = False


class Problem(Exception):
    """Something the user can mend; the message says how. Exit code 1."""
