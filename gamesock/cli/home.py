"""``gamesock`` alone: the home screen, and whatever is chosen there."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import typer

from gamesock import registry
from gamesock.cli.options import Settings
from gamesock.cli.store import opened
from gamesock.server.stores.base import StoreError
from gamesock.tui.terminal import check_terminal

if TYPE_CHECKING:
    from gamesock.tui.screens.home import Choice, Menu


def choose(context: typer.Context) -> int:
    """Ask, do, and ask again until the user leaves; the exit code. Where no screen can be shown: the help."""
    if check_terminal():
        typer.echo(context.get_help())
        return 0
    from gamesock.tui.app import run_home

    while choice := run_home(_menu()):
        _do(choice)
    return 0


def _do(choice: Choice) -> None:
    from gamesock.tui.screens.home import Play, Replay

    match choice:
        case Play(game=game, bot=bot, level=level, seat=seat, clock=clock):
            from gamesock.cli.play import Wish, play

            wish = Wish(game=game, bot=bot, level=level, seat=seat, clock=clock, two_player=bot is None)
            play(wish, Settings())
        case Replay(key=thread):
            from gamesock.cli.replay import replay

            replay(thread, 1.0, "sqlite", Settings())


def _menu() -> Menu:
    from gamesock.tui.screens.home import BotEntry, Entry, GameEntry, Menu

    def bots(game: str) -> list[BotEntry]:
        return [
            BotEntry(bot.name, bot.title, tuple((x.number, x.name) for x in bot.levels), bot.default_level)
            for bot in registry.bots(game)
        ]

    games = [registry.game(name) for name in registry.game_names()]
    recordings = [Entry(thread, title) for thread, title in _recordings()]
    return Menu([GameEntry(game.name, game.title, game.seats) for game in games], bots, (), recordings)


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
