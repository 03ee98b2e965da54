"""Play, watch, replay; and what there is to play."""

from __future__ import annotations

from typing import Annotated

import typer

from gamesock.cli import completion
from gamesock.cli.commands.flags import Json, PiecesOption, Plain, Server, Store, ThemeOption
from gamesock.cli.options import Settings, Visibility


def play(
    game: Annotated[
        str,
        typer.Argument(
            help="chess, connect4, tic_tac_toe or any installed game.", autocompletion=completion.games
        ),
    ] = "",
    server: Server = None,
    thread: Annotated[
        str | None,
        typer.Option("--thread", "-t", metavar="ID", help="Join this game, or start one of this name."),
    ] = None,
    seat: Annotated[
        str | None,
        typer.Option(
            metavar="SEAT",
            help="white or black, red or yellow, X or O (default: the first free).",
            autocompletion=completion.seats,
        ),
    ] = None,
    bot: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="The opponent; see gamesock bots GAME. 'none': wait for someone.",
            autocompletion=completion.bots,
        ),
    ] = None,
    level: Annotated[int | None, typer.Option(metavar="N", help="The bot's level.")] = None,
    clock: Annotated[
        str | None,
        typer.Option(
            metavar="TIME",
            help="5+3, 10, 5d3, 5b3, 30s/move, 2d/move (default: no clock).",
            autocompletion=completion.clocks,
        ),
    ] = None,
    two_player: Annotated[bool, typer.Option("--two-player", help="Two people at this keyboard.")] = False,
    name: Annotated[str | None, typer.Option(metavar="NAME", help="Your name at the table.")] = None,
    option: Annotated[
        list[str] | None,
        typer.Option("--option", "-o", metavar="KEY=VALUE", help="A game option; see gamesock games."),
    ] = None,
    visibility: Annotated[
        Visibility | None,
        typer.Option(
            help="Who sees it: all, who has the id, or its players (default: public; private on this computer)."
        ),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", "-r", help="Go on with your last game (or --thread).")
    ] = False,
    join: Annotated[
        str | None,
        typer.Option("--join", "-j", metavar="CODE", help="Join a friend's game: HOST:PORT/ID, as they see it."),
    ] = None,
    invite: Annotated[
        bool, typer.Option("--invite", help="Let a friend in your network join; shows what they type.")
    ] = False,
    store: Store = "sqlite",
    pieces: PiecesOption = None,
    theme: ThemeOption = None,
    plain: Plain = False,
) -> None:
    """Play a game: against the computer, a friend on a server, or someone at the same keyboard.

    Examples:

      gamesock play chess --bot stockfish --level 3 --clock 5+3

      gamesock play connect4 --two-player

      gamesock play chess --server games.example.org --thread friday --seat white
    """
    from gamesock.cli.play import Wish, play

    wish = Wish(
        game=game, server=server, thread=thread, seat=seat, bot=bot, level=level, clock=clock, name=name,
        two_player=two_player, options=option or [], visibility=visibility and visibility.value, resume=resume,
        store=store, join=join, invite=invite,
    )  # fmt: skip
    raise typer.Exit(play(wish, Settings(pieces=pieces, theme=theme, plain=plain)))


def watch(
    thread: Annotated[
        str, typer.Argument(help="The game's id (default: the lobby; with --plain the last public one).")
    ] = "",
    server: Server = None,
    pieces: PiecesOption = None,
    theme: ThemeOption = None,
    plain: Plain = False,
    json: Json = False,
) -> None:
    """Watch a game live, and scroll back through it meanwhile."""
    from gamesock.cli.watch import watch

    raise typer.Exit(watch(thread, server, Settings(pieces=pieces, theme=theme, plain=plain, json=json)))


def replay(
    recording: Annotated[
        str, typer.Argument(metavar="FILE|THREAD", help="A .jsonl or .pgn file (- for stdin), or a game's id.")
    ],
    server: Annotated[
        str | None, typer.Option("--server", "-s", metavar="URL", help="The server that has the game.")
    ] = None,
    game: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Which one of a file with several (default: ask).")
    ] = None,
    speed: Annotated[float, typer.Option(help="Moves a second.", min=0.05, max=100.0)] = 1.0,
    store: Store = "sqlite",
    pieces: PiecesOption = None,
    theme: ThemeOption = None,
    plain: Plain = False,
    json: Json = False,
) -> None:
    """Play a finished game again, move by move, and analyse it.

    Examples:

      gamesock replay games.pgn --game 3

      gamesock replay friday --server games.example.org
    """
    from gamesock.cli.replay import Source, replay

    settings = Settings(pieces=pieces, theme=theme, plain=plain, json=json)
    raise typer.Exit(replay(Source(recording, game, server, store), speed, settings))


def games(json: Json = False) -> None:
    """List the installed games, their options and how moves are typed."""
    from gamesock.cli.lists import list_games

    raise typer.Exit(list_games(json))


def bots(
    game: Annotated[str, typer.Argument(help="Only the bots of this game.", autocompletion=completion.games)] = "",
    json: Json = False,
) -> None:
    """List the bots and their levels, chess engines on this machine included."""
    from gamesock.cli.lists import list_bots

    raise typer.Exit(list_bots(game, json))
