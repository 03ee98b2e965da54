"""``gamesock`` alone: the home screen, and whatever is chosen there."""

from __future__ import annotations

import asyncio

import typer

from gamesock import registry
from gamesock.cli.options import Settings
from gamesock.cli.store import opened
from gamesock.server.stores.base import StoreError
from gamesock.tui.terminal import check_terminal


def choose(context: typer.Context) -> int:
    """Ask, then do; the exit code. Where no screen can be shown: the help."""
    if check_terminal():
        typer.echo(context.get_help())
        return 0
    from gamesock.tui.app import run_home
    from gamesock.tui.screens.home import BotEntry, Entry, GameEntry, Menu, Play, Replay

    def bots(game: str) -> list[BotEntry]:
        return [
            BotEntry(bot.name, bot.title, tuple((x.number, x.name) for x in bot.levels), bot.default_level)
            for bot in registry.bots(game)
        ]

    games = [registry.game(name) for name in registry.game_names()]
    entries = [Entry(thread, title) for thread, title in _recordings()]
    menu = Menu([GameEntry(game.name, game.title, game.seats) for game in games], bots, (), entries)
    choice = run_home(menu)
    if isinstance(choice, Play):
        from gamesock.cli.play import Wish, play

        wish = Wish(
            game=choice.game, bot=choice.bot, level=choice.level, seat=choice.seat, clock=choice.clock,
            two_player=choice.bot is None,
        )  # fmt: skip
        return play(wish, Settings())
    if isinstance(choice, Replay):
        from gamesock.cli.replay import replay

        return replay(choice.key, 1.0, "sqlite", Settings())
    return 0


def _recordings() -> list[tuple[str, str]]:
    """The games kept here that are over, the newest first."""
    try:
        return asyncio.run(_finished())
    except StoreError:
        return []


async def _finished() -> list[tuple[str, str]]:
    async with opened("sqlite") as store:
        found = await store.threads(finished=True, limit=30)
    return [(s.header.thread, f"{s.header.game}: {', '.join(s.players.values())} ({s.ply} moves)") for s in found]
