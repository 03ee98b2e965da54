"""The command line: parsing, and a call; nothing else. Whatever a command needs is imported inside it."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from gamesock import __version__
from gamesock.cli import completion
from gamesock.cli.config import config
from gamesock.cli.options import Auth, Format, Pieces, Replicate, Settings, Theme, Visibility
from gamesock.cli.replication import replication
from gamesock.cli.supabase import supabase

app = typer.Typer(
    name="gamesock",
    help="Play, host and watch turn-based games: a live board in your terminal, over WebSockets.",
    epilog="Start with: gamesock play chess",
    no_args_is_help=False,
    # Panels are for people: what reads a pipe wants plain lines, and gets them in half the time.
    rich_markup_mode="rich" if sys.stdout.isatty() else None,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
)
app.add_typer(config, name="config")
app.add_typer(supabase, name="supabase")
app.add_typer(replication, name="replication")

CANCELLED, INTERRUPTED = 2, 130
"""Exit codes: ours of a cancelled command, typer's of Ctrl-C."""

PLAYING, HOSTING, FILES, ACCOUNT = "Play and watch", "Host", "Keep", "Account"

Json = Annotated[bool, typer.Option("--json", help="One JSON object a line on stdout, for scripts.")]
Plain = Annotated[bool, typer.Option("--plain", help="Line by line: for screen readers, pipes and scripts.")]
Server = Annotated[
    str | None,
    typer.Option("--server", "-s", metavar="URL", help="A gamesock server: ws://host:8765 or host:8765."),
]
Store = Annotated[str, typer.Option(metavar="STORE", help="sqlite, sqlite:PATH or memory.")]
PiecesOption = Annotated[
    Pieces | None, typer.Option(help="How pieces are drawn (default: as in gamesock config).")
]
ThemeOption = Annotated[Theme | None, typer.Option(help="Colours of the board (default: as in gamesock config).")]


Project = Annotated[
    str | None,
    typer.Option("--project", metavar="URL", help="A Supabase project (default: supabase_url of the settings)."),
]
ProjectKey = Annotated[
    str | None,
    typer.Option("--key", metavar="KEY", help="Its publishable key (default: supabase_key of the settings)."),
]


def _version(value: bool) -> None:
    if value:
        typer.echo(f"gamesock {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def home(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", "-V", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Play, host and watch turn-based games: a live board in your terminal, over WebSockets."""
    if context.invoked_subcommand is None:
        from gamesock.cli.home import choose

        raise typer.Exit(choose(context))


@app.command(rich_help_panel=PLAYING)
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
        typer.Option(help="Who sees it: all, who has the id, or its players (default: public)."),
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


@app.command(rich_help_panel=PLAYING)
def watch(
    thread: Annotated[str, typer.Argument(help="The game's id (default: the last changed public one).")] = "",
    server: Server = None,
    pieces: PiecesOption = None,
    theme: ThemeOption = None,
    plain: Plain = False,
    json: Json = False,
) -> None:
    """Watch a game live, and scroll back through it meanwhile."""
    from gamesock.cli.watch import watch

    raise typer.Exit(watch(thread, server, Settings(pieces=pieces, theme=theme, plain=plain, json=json)))


@app.command(rich_help_panel=PLAYING)
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


@app.command(rich_help_panel=HOSTING)
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
        auth=auth.value, project=project, replicate=replicate and replicate.value,
    )  # fmt: skip
    raise typer.Exit(run(hosting))


@app.command(rich_help_panel=HOSTING)
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


threads_app = typer.Typer(context_settings={"help_option_names": ["-h", "--help"]})
app.add_typer(threads_app, name="threads", rich_help_panel=HOSTING)


@threads_app.callback(invoke_without_command=True)
def threads(
    context: typer.Context,
    server: Server = None,
    store: Store = "sqlite",
    game: Annotated[str | None, typer.Option(help="Only this game.", autocompletion=completion.games)] = None,
    finished: Annotated[bool, typer.Option("--finished", help="Those that are over.")] = False,
    mine: Annotated[bool, typer.Option("--mine", help="Yours, at the project you are signed in to.")] = False,
    json: Json = False,
) -> None:
    """List games: those kept here, the public ones of a server, or yours at a Supabase project."""
    if context.invoked_subcommand is not None:
        return
    if mine:
        from gamesock.cli.mine import list_mine

        raise typer.Exit(list_mine(json))
    from gamesock.cli.threads import list_threads

    raise typer.Exit(list_threads(server, store, game, finished, json))


@threads_app.command("delete")
def delete_thread(
    thread: Annotated[str, typer.Argument(help="The game's id.")],
    store: Store = "sqlite",
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Don't ask.")] = False,
) -> None:
    """Delete a game of yours for good, at the project and here. Of another's, your name and what you said go."""
    from gamesock.cli.mine import delete_thread

    raise typer.Exit(delete_thread(thread, store, yes=yes))


@app.command(rich_help_panel=PLAYING)
def games(json: Json = False) -> None:
    """List the installed games, their options and how moves are typed."""
    from gamesock.cli.lists import list_games

    raise typer.Exit(list_games(json))


@app.command(rich_help_panel=PLAYING)
def bots(
    game: Annotated[str, typer.Argument(help="Only the bots of this game.", autocompletion=completion.games)] = "",
    json: Json = False,
) -> None:
    """List the bots and their levels, chess engines on this machine included."""
    from gamesock.cli.lists import list_bots

    raise typer.Exit(list_bots(game, json))


@app.command(rich_help_panel=FILES)
def export(
    thread: Annotated[str, typer.Argument(help="The id of a kept game.")],
    format: Annotated[
        Format, typer.Option(help="jsonl: everything; pgn: chess, for other programs.")
    ] = Format.jsonl,
    output: Annotated[str | None, typer.Option("--output", "-O", help="A file (default: stdout).")] = None,
    store: Store = "sqlite",
) -> None:
    """Write a kept game as a recording or as PGN. Seat keys and user ids are left out."""
    from gamesock.cli.transfer import export_thread

    raise typer.Exit(export_thread(thread, format.value, output, store))


@app.command("import", rich_help_panel=FILES)
def import_(
    files: Annotated[
        list[str],
        typer.Argument(metavar="FILE...", help=".jsonl recordings, .pgn files, directories of them; - for stdin."),
    ],
    store: Store = "sqlite",
    json: Json = False,
) -> None:
    """Keep the games of files, each once: replay, review and export them like your own."""
    from gamesock.cli.imports import import_files

    raise typer.Exit(import_files(files, store, json))


@app.command(rich_help_panel=ACCOUNT)
def login(
    email: Annotated[str, typer.Option(metavar="ADDRESS", help="Your e-mail address (default: ask).")] = "",
    password: Annotated[
        bool, typer.Option("--password", help="Ask for a password instead of e-mailing a code.")
    ] = False,
    provider: Annotated[
        str | None, typer.Option(metavar="NAME", help="On a page of github, google… in your browser.")
    ] = None,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open that page, or only show its address.")
    ] = True,
    token_stdin: Annotated[
        bool, typer.Option("--token-stdin", help="Read an access token, or a session as JSON, from stdin.")
    ] = False,
    project: Project = None,
    key: ProjectKey = None,
    json: Json = False,
) -> None:
    """Sign in to a Supabase project, with a code that is e-mailed to you. Works over SSH.

    Examples:

      gamesock login

      gamesock login --provider github
    """
    from gamesock.cli.account import SignIn, login

    raise typer.Exit(login(project, key, SignIn(email, password, provider, token_stdin, browser, json)))


@app.command(rich_help_panel=ACCOUNT)
def logout(project: Project = None, key: ProjectKey = None) -> None:
    """Sign out on this machine."""
    from gamesock.cli.account import logout

    raise typer.Exit(logout(project, key))


@app.command(rich_help_panel=ACCOUNT)
def whoami(project: Project = None, key: ProjectKey = None, json: Json = False) -> None:
    """Show who is signed in, and where that is kept. Exit code 4: nobody is."""
    from gamesock.cli.account import whoami

    raise typer.Exit(whoami(project, key, json))


account_app = typer.Typer(
    help="Your account at a Supabase project: take its data along, or delete it.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(account_app, name="account", rich_help_panel=ACCOUNT)


@account_app.command("export")
def export_account(
    output: Annotated[str | None, typer.Option("--output", "-O", help="A file (default: stdout).")] = None,
) -> None:
    """Write everything that the project has of you, as JSON."""
    from gamesock.cli.mine import export_account

    raise typer.Exit(export_account(output))


@account_app.command("delete")
def delete_account() -> None:
    """Delete your account there, with your games, for good. Asks first."""
    from gamesock.cli.mine import delete_account

    raise typer.Exit(delete_account())


def main() -> None:
    """Run the command line; every foreseeable failure is one line on stderr, and an exit code."""
    from gamesock.cli.failures import explain

    try:
        _run()
    except BrokenPipeError:
        # Whoever read stdout has seen enough; Python must not complain about it at the very end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except Exception as error:
        reason = explain(error)
        if reason is None:
            raise
        from gamesock.session import clean

        typer.echo(f"gamesock: {clean(reason, 2000)}", err=True)
        sys.exit(1)


def _run() -> None:
    try:
        app(prog_name="gamesock")
    except SystemExit as end:
        sys.exit(CANCELLED if end.code == INTERRUPTED else end.code)
    finally:
        sys.stdout.flush()
