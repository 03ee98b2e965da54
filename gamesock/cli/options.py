"""What several commands take: choices and settings, importable at no cost."""

from __future__ import annotations

import sys
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from gamesock.preferences import Preferences


class Theme(StrEnum):
    """The colours; those of ``preferences.Theme``."""

    slate = "slate"
    wood = "wood"
    forest = "forest"
    light = "light"
    high_contrast = "high-contrast"
    colorblind = "colorblind"


class Pieces(StrEnum):
    """How pieces are drawn; those of ``preferences.PieceSet``."""

    auto = "auto"
    sprite = "sprite"
    outline = "outline"
    letters = "letters"
    glyph = "glyph"
    ascii = "ascii"


class Auth(StrEnum):
    """Whose players a server takes."""

    guest = "guest"
    supabase = "supabase"


class Replicate(StrEnum):
    """In whose name a host copies games to a project."""

    off = "off"
    players = "players"
    account = "account"
    service = "service"


class Format(StrEnum):
    """What a game is written as."""

    jsonl = "jsonl"
    pgn = "pgn"


class Visibility(StrEnum):
    """Who sees a game."""

    public = "public"
    unlisted = "unlisted"
    private = "private"


class Settings(NamedTuple):
    """How a game is shown, as far as the command line says; None: as the player prefers."""

    pieces: str | None = None
    theme: str | None = None
    plain: bool = False
    json: bool = False


class Problem(Exception):
    """Something the user can mend; the message says how. Exit code 1."""


class WrongUsage(Problem):
    """A command that can't be, whatever the state of the world; the message says what could. Exit code 2."""


class SignInNeeded(Problem):
    """Somebody must sign in first; the message says how. Exit code 4."""


def preferred(settings: Settings | None = None) -> Preferences:
    """What the player likes, with what was asked for now in its place."""
    preferences = _kept()
    asked = {"pieces": settings.pieces, "theme": settings.theme} if settings else {}
    return preferences.model_copy(update={key: value for key, value in asked.items() if value is not None})


@cache
def _kept() -> Preferences:
    """The preferences; what is wrong with them is told once."""
    from gamesock.preferences import read_preferences

    preferences, problems = read_preferences()
    for problem in problems:
        sys.stderr.write(f"gamesock: {problem}\n")
    return preferences
