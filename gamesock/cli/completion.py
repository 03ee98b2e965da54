"""What the shell offers when Tab is pressed: games, bots, seats, clocks, settings."""

from __future__ import annotations

from collections.abc import Iterable

import typer

CLOCKS = ("5+3", "3+2", "10", "15+10", "30+20", "30s/move", "2d/move")
"""Usual ones; any other may be typed."""


def games(incomplete: str) -> list[str]:
    """The installed games."""
    from gamesock.registry import game_names

    return _beginning(game_names(), incomplete)


def bots(context: typer.Context, incomplete: str) -> list[str]:
    """The bots of the game that was named."""
    from gamesock.registry import NotRegistered
    from gamesock.registry import bots as bots_of

    try:
        return _beginning([*(bot.name for bot in bots_of(_game(context))), "none"], incomplete)
    except NotRegistered:
        return []


def seats(context: typer.Context, incomplete: str) -> list[str]:
    """The seats of the game that was named."""
    from gamesock.registry import NotRegistered, game

    try:
        return _beginning(game(_game(context)).seats, incomplete)
    except NotRegistered:
        return []


def clocks(incomplete: str) -> list[str]:
    """Time controls that many play."""
    return _beginning(CLOCKS, incomplete)


def settings(incomplete: str) -> list[tuple[str, str]]:
    """The keys of the settings, and what they mean."""
    from gamesock.preferences import SETTINGS

    return [(key, setting.help) for key, setting in SETTINGS.items() if key.startswith(incomplete)]


def values(context: typer.Context, incomplete: str) -> list[str]:
    """The values of the setting that was named."""
    from gamesock.preferences import SETTINGS

    setting = SETTINGS.get(context.params.get("key") or "")
    return _beginning(setting.choices, incomplete) if setting else []


def _game(context: typer.Context) -> str:
    # While an option lacks its value, nothing before it has been given its name yet.
    return str(context.params.get("game") or next(iter(context.args), ""))


def _beginning(words: Iterable[str], incomplete: str) -> list[str]:
    return [word for word in words if word.lower().startswith(incomplete.lower())]
