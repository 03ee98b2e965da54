"""Games to files, and from files."""

from __future__ import annotations

from typing import Annotated

import typer

from gamesock.cli.commands.flags import Json, Store
from gamesock.cli.options import Format


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


def import_(
    files: Annotated[
        list[str],
        typer.Argument(metavar="FILE...", help=".jsonl recordings, .pgn files, directories of them; - for stdin."),
    ],
    store: Store = "sqlite",
    json: Json = False,
) -> None:
    """Keep the games of files, each once: replay, review and export them like your own.

    Of PGN that is the main line with its clocks and evaluations; variations and other comments are left out.
    """
    from gamesock.cli.imports import import_files

    raise typer.Exit(import_files(files, store, json))
