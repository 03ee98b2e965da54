"""Options that several commands have."""

from __future__ import annotations

from typing import Annotated

import typer

from gamesock.cli.options import Pieces, Theme

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
