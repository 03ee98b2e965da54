"""Finds games and bots by entry point: names without importing, classes on demand.

A game is an entry point ``name = "package:Class"`` in the group ``gamesock.games``. A bot is one in
``gamesock.bots``, named ``bot`` when it plays any game and ``bot.game`` when it plays that one.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from functools import cache
from importlib.metadata import EntryPoint, distributions
from itertools import chain

from gamesock.bot import Bot
from gamesock.game import Game

_log = logging.getLogger(__name__)

_GAMES, _BOTS = "gamesock.games", "gamesock.bots"


class NotRegistered(LookupError):
    """No game or bot of that name; ``str(error)`` lists what there is."""

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        import difflib

        known = sorted(set(known))
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        super().__init__(f"no {kind} named {name!r}: {hint}there is {', '.join(known) or 'none'}")


def game_names() -> list[str]:
    """The installed games, without importing them."""
    return sorted(_games())


@cache
def game(name: str) -> Game:
    """The game of that name.

    Raises:
        NotRegistered: there is none.
    """
    entry = _games().get(name) or _games().get(name.replace("-", "_"))
    if entry is None:
        raise NotRegistered("game", name, _games())
    loaded = entry.load()
    if not (isinstance(loaded, type) and issubclass(loaded, Game)):
        raise TypeError(f"{entry.value} is registered as a game, but is no gamesock.game.Game")
    return loaded()


def bots(game: str) -> list[type[Bot]]:
    """The bots that can play ``game`` on this machine, engines found on it included.

    A plug-in that can't be loaded is logged and left out: it mustn't take the others with it.
    """
    return [variant for entry in _entries(game) for variant in _offered(entry)]


def bot_names(game: str) -> set[str]:
    """The names that bots for ``game`` are registered under, without importing any; engines have their own."""
    return {entry.name.partition(".")[0] for entry in _entries(game)}


def bot(name: str, game: str) -> type[Bot]:
    """The bot of that name for ``game``; only what may offer that name is imported.

    Raises:
        NotRegistered: there is none.
        Exception: what the import of the plug-in of that name raised.
    """
    entries = _entries(game)
    named = [entry for entry in entries if entry.name.partition(".")[0] == name]
    others = [entry for entry in entries if entry not in named]
    offers = chain((_load(entry).variants() for entry in named), map(_offered, others))
    for variant in chain.from_iterable(offers):
        if variant.name == name:
            return variant
    raise NotRegistered(f"bot for {game}", name, (variant.name for variant in bots(game)))


@cache
def _plugins() -> dict[tuple[str, str], EntryPoint]:
    """Every entry point of ours by group and name, found in one look; of two packages, as of two modules, the
    first on the path counts."""
    found: dict[tuple[str, str], EntryPoint] = {}
    for entry in chain.from_iterable(package.entry_points for package in distributions()):
        if entry.group in (_GAMES, _BOTS):
            found.setdefault((entry.group, entry.name), entry)
    return found


@cache
def _games() -> dict[str, EntryPoint]:
    return {name: entry for (group, name), entry in _plugins().items() if group == _GAMES}


@cache
def _entries(game: str) -> list[EntryPoint]:
    bots = ((name, entry) for (group, name), entry in _plugins().items() if group == _BOTS)
    return [entry for name, entry in bots if name.partition(".")[2] in ("", game)]


def _offered(entry: EntryPoint) -> tuple[type[Bot], ...]:
    try:
        return _load(entry).variants()
    except Exception as error:
        _log.warning("the bot plug-in %s (%s) can't be loaded: %s", entry.name, entry.value, error)
        return ()


@cache
def _load(entry: EntryPoint) -> type[Bot]:
    loaded = entry.load()
    if not (isinstance(loaded, type) and issubclass(loaded, Bot)):
        raise TypeError(f"{entry.value} is registered as a bot, but is no gamesock.bot.Bot")
    return loaded
