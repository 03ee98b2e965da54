"""The command line: a table of the commands, and what becomes of how they end.

Whatever a command needs is imported inside it.
"""

from __future__ import annotations

import os
import signal
import sys
from importlib import import_module
from typing import Annotated, NamedTuple

import typer

from gamesock import __version__
from gamesock.cli.failures import FAILED, INTERRUPTED, explain

PLAYING, HOSTING, FILES, ACCOUNT = "Play and watch", "Host", "Keep", "Account"


class _Command(NamedTuple):
    """Where a command, or a group of them, is, and under which heading help lists it."""

    module: str
    name: str
    heading: str | None = None


_COMMANDS = {
    "play": _Command("commands.play", "play", PLAYING),
    "watch": _Command("commands.play", "watch", PLAYING),
    "replay": _Command("commands.play", "replay", PLAYING),
    "host": _Command("commands.host", "host", HOSTING),
    "serve": _Command("commands.host", "serve", HOSTING),
    "games": _Command("commands.play", "games", PLAYING),
    "bots": _Command("commands.play", "bots", PLAYING),
    "export": _Command("commands.keep", "export", FILES),
    "import": _Command("commands.keep", "import_", FILES),
    "login": _Command("commands.account", "login", ACCOUNT),
    "logout": _Command("commands.account", "logout", ACCOUNT),
    "whoami": _Command("commands.account", "whoami", ACCOUNT),
    "config": _Command("config", "config"),
    "supabase": _Command("supabase", "supabase"),
    "replication": _Command("replication", "replication"),
    "threads": _Command("commands.threads", "threads", HOSTING),
    "account": _Command("commands.account", "account", ACCOUNT),
}


def command_line(typed: str | None = None) -> typer.Typer:
    """The command line; where a command was ``typed``, with that one alone: to build all takes a while."""
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
    app.callback(invoke_without_command=True)(_start)
    for name in [typed] if typed in _COMMANDS else _COMMANDS:
        command = _COMMANDS[name]
        found = getattr(import_module(f"gamesock.cli.{command.module}"), command.name)
        if isinstance(found, typer.Typer):
            app.add_typer(found, name=name, rich_help_panel=command.heading)
        else:
            app.command(name, rich_help_panel=command.heading)(found)
    return app


def _version(value: bool) -> None:
    if value:
        typer.echo(f"gamesock {__version__}")
        raise typer.Exit


def _start(
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
        app = command_line(sys.argv[1] if len(sys.argv) > 1 else None)
        # So that it is we who word what was typed wrong.
        return app(prog_name="gamesock", standalone_mode=False) or 0
    finally:
        sys.stdout.flush()
