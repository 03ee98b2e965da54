"""Serve games, to programs and to browsers."""

from __future__ import annotations

from typing import Annotated

import typer

from gamesock.cli import completion
from gamesock.cli.commands.flags import Project, ProjectKey, Server, Store
from gamesock.cli.options import Auth, Replicate


def host(
    host: Annotated[
        str, typer.Option(metavar="ADDRESS", help="The address to listen on; 0.0.0.0 for every one.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="0: any free one.", min=0, max=65535)] = 8765,
    store: Store = "sqlite",
    workers: Annotated[int, typer.Option(help="Processes for bots (0: one a core).", min=0)] = 0,
    tls_cert: Annotated[
        str | None,
        typer.Option(
            metavar="FILE", help="Certificate (PEM) for wss. Self-signed: players set SSL_CERT_FILE to a copy."
        ),
    ] = None,
    tls_key: Annotated[str | None, typer.Option(metavar="FILE", help="Its private key (PEM).")] = None,
    origin: Annotated[
        list[str] | None,
        typer.Option(metavar="URL", help="Web pages that may connect, beside local ones."),
    ] = None,
    compression: Annotated[bool, typer.Option("--compression", help="Deflate frames: for metered links.")] = False,
    max_connections: Annotated[int, typer.Option(help="Connections at once.", min=1)] = 10_000,
    per_address: Annotated[int, typer.Option(help="Connections at once from one address.", min=1)] = 2_000,
    trusted_proxy: Annotated[
        list[str] | None,
        typer.Option(metavar="ADDRESS", help="Believe this proxy's X-Forwarded-For; repeat it for more."),
    ] = None,
    auth: Annotated[
        Auth, typer.Option(help="Who plays: guests, or those who sign in to a Supabase project.")
    ] = Auth.guest,
    project: Project = None,
    key: ProjectKey = None,
    replicate: Annotated[
        Replicate | None,
        typer.Option(
            help="Copy signed-in players' games to the project: as themselves, as who is signed in here, or with"
            " GAMESOCK_SUPABASE_SERVICE_KEY (default: players, with --auth supabase)."
        ),
    ] = None,
    idle: Annotated[float, typer.Option(help="Seconds before an unwatched game leaves memory.", min=1)] = 600.0,
    log_level: Annotated[str, typer.Option(metavar="LEVEL", help="debug, info, warning or error.")] = "info",
    json: Annotated[bool, typer.Option("--json", help="One JSON line with the url first; logs as JSON.")] = False,
) -> None:
    """Host every installed game. Stop with Ctrl-C: games are kept and go on after the next start.

    Players connect to ws://HOST:PORT/ws/GAME/ID. GET /healthz, /metrics, /games, /threads tell of the server.
    """
    from gamesock.cli.host import Hosting, run

    hosting = Hosting(
        host=host, port=port, store=store, workers=workers or None, tls_cert=tls_cert, tls_key=tls_key,
        origins=origin or [], compression=compression, max_connections=max_connections,
        per_address=per_address, trusted_proxies=trusted_proxy or [], idle=idle, log_level=log_level, json=json,
        auth=auth.value, project=project, key=key, replicate=replicate and replicate.value,
    )  # fmt: skip
    raise typer.Exit(run(hosting))


def serve(
    game: Annotated[
        str,
        typer.Argument(help="What every visitor plays (default: they choose).", autocompletion=completion.games),
    ] = "",
    bot: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Their opponent; see gamesock bots.", autocompletion=completion.bots),
    ] = None,
    level: Annotated[int | None, typer.Option(metavar="N", help="The bot's level.")] = None,
    clock: Annotated[
        str | None, typer.Option(metavar="TIME", help="As in gamesock play.", autocompletion=completion.clocks)
    ] = None,
    option: Annotated[
        list[str] | None,
        typer.Option("--option", "-o", metavar="KEY=VALUE", help="A game option; see gamesock games."),
    ] = None,
    host: Annotated[
        str,
        typer.Option(metavar="ADDRESS", help="The address to listen on. Beyond 127.0.0.1: no password, mind."),
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="0: any free one.", min=0, max=65535)] = 8000,
    title: Annotated[str, typer.Option(metavar="TEXT", help="Of the page.")] = "gamesock",
    visitors: Annotated[int, typer.Option(help="At once; each is a process.", min=1, max=1000)] = 20,
    origin: Annotated[
        list[str] | None,
        typer.Option(metavar="URL", help="Where a proxy shows the page: https://games.example.org."),
    ] = None,
    server: Server = None,
    store: Store = "sqlite",
    json: Annotated[bool, typer.Option("--json", help="One JSON line with the url first.")] = False,
) -> None:
    """Show gamesock in web browsers, on this machine unless you say otherwise. Stop with Ctrl-C.

    All visitors share a server, so that they can play each other. Needs pip install 'gamesock[serve]'.
    """
    from gamesock.cli.serve import Serving, run

    serving = Serving(
        game=game, bot=bot, level=level, clock=clock, options=option or [], host=host, port=port, title=title,
        visitors=visitors, origins=origin or [], server=server, store=store, json=json,
    )  # fmt: skip
    raise typer.Exit(run(serving))
