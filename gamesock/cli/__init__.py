"""The command line: a table of the commands, and what becomes of how they end.

Whatever a command needs is imported inside it.
"""

from __future__ import annotations

import os
import signal
import sys
from copy import copy
from typing import Annotated

import typer

from gamesock import __version__
from gamesock.cli.commands.account import account, login, logout, whoami
from gamesock.cli.commands.host import host, serve
from gamesock.cli.commands.keep import export, import_
from gamesock.cli.commands.play import bots, games, play, replay, watch
from gamesock.cli.commands.threads import threads
from gamesock.cli.config import config
from gamesock.cli.failures import FAILED, INTERRUPTED, explain
from gamesock.cli.replication import replication
from gamesock.cli.supabase import supabase

PLAYING, HOSTING, FILES, ACCOUNT = "Play and watch", "Host", "Keep", "Account"

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
for name, command, panel in (
    ("play", play, PLAYING),
    ("watch", watch, PLAYING),
    ("replay", replay, PLAYING),
    ("host", host, HOSTING),
    ("serve", serve, HOSTING),
    ("games", games, PLAYING),
    ("bots", bots, PLAYING),
    ("export", export, FILES),
    ("import", import_, FILES),
    ("login", login, ACCOUNT),
    ("logout", logout, ACCOUNT),
    ("whoami", whoami, ACCOUNT),
):
    app.command(name, rich_help_panel=panel)(command)
app.add_typer(config, name="config")
app.add_typer(supabase, name="supabase")
app.add_typer(replication, name="replication")
app.add_typer(threads, name="threads", rich_help_panel=HOSTING)
app.add_typer(account, name="account", rich_help_panel=ACCOUNT)


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


def main() -> None:
    """Run the command line; every foreseeable failure is one line on stderr, and an exit code.

    0: all went well; 1: it didn't; 2: what was typed can't be, or was called off; 4: sign in first; 130: Ctrl+C.
    """
    try:
        code = _run()
    except BrokenPipeError:
        # Whoever read stdout has seen enough; Python must not complain about it at the very end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = FAILED
    except KeyboardInterrupt:
        code = INTERRUPTED
    except Exception as error:
        failure = explain(error)
        if failure is None:
            raise
        from gamesock.text import clean

        typer.echo(f"gamesock: {clean(failure.reason, 2000)}", err=True)
        code = failure.code
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        # What is left to do says nothing: a Ctrl+C from here on must not make Python complain.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    sys.exit(code)


def _run() -> int:
    try:
        # So that it is we who word what was typed wrong.
        return _asked()(prog_name="gamesock", standalone_mode=False) or 0
    finally:
        sys.stdout.flush()


def _asked() -> typer.Typer:
    """The command line with the one command that was typed, if it was: Typer builds all there are to run one."""
    found = [command for command in app.registered_commands if [command.name] == sys.argv[1:2]]
    if not found:
        return app
    alone = copy(app)
    alone.registered_commands, alone.registered_groups = found, []
    return alone
