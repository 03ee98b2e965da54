"""Games and bots for scripts and lists."""

from __future__ import annotations

from typing import Any

from gamesock import registry
from gamesock.bot import Bot
from gamesock.game import Game


def describe_game(name: str) -> dict[str, Any]:
    """A game for scripts."""
    game = registry.game(name)
    options = [
        {"name": o.name, "summary": o.summary, "default": o.default, "choices": o.choices, "when": o.when}
        for o in game.options
    ]
    return {
        "name": name,
        "title": game.title,
        "seats": game.seats,
        "moves": game.notations,
        "route": route_of(game),
        "options": options,
    }


def route_of(game: Game) -> str:
    """Where a game is served unless somebody wants it elsewhere."""
    return f"/ws/{game.route or game.name}"


def describe_bot(bot: type[Bot]) -> dict[str, Any]:
    """A bot for scripts."""
    levels = [{"number": level.number, "name": level.name, "summary": level.summary} for level in bot.levels]
    summary = {"name": bot.name, "title": bot.title, "summary": bot.summary, "evaluates": bot.evaluates}
    return {**summary, "default_level": bot.default_level, "levels": levels}
