"""``gamesock replication``: what could not be copied to a project, and another try."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from gamesock.server.stores.sqlite_replicas import SqliteReplicas

replication = typer.Typer(
    help="See what could not be copied to a Supabase project, and try it again.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Store = Annotated[str, typer.Option(metavar="STORE", help="sqlite or sqlite:PATH: the host's.")]
Project = Annotated[
    str | None,
    typer.Option("--project", metavar="URL", help="A Supabase project (default: supabase_url of the settings)."),
]


@replication.command("list")
def list_(
    store: Store = "sqlite",
    project: Project = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object a line on stdout, for scripts.")] = False,
) -> None:
    """List the games that are copied no further, and why."""
    import asyncio

    raise typer.Exit(asyncio.run(_list(store, project, json)))


@replication.command("retry")
def retry(
    thread: Annotated[str, typer.Argument(help="The game's id (default: all of them).")] = "",
    store: Store = "sqlite",
    project: Project = None,
) -> None:
    """Try to copy parked games again. A host that runs notices within seconds."""
    import asyncio

    raise typer.Exit(asyncio.run(_retry(thread, store, project)))


async def _list(spec: str, project: str | None, json: bool) -> int:
    from datetime import datetime

    from gamesock.cli.lists import json_lines

    async with _replicas(spec, project) as replicas:
        parked, left = await replicas.parked(), len(await replicas.pending())
    if json:
        return json_lines(each._asdict() for each in parked)
    if not parked:
        typer.echo("Nothing is parked.", err=True)
    if left:
        games = "1 game isn't" if left == 1 else f"{left} games aren't"
        why = "a host copies it once the project answers and whose game it is has signed in"
        typer.echo(f"{games} copied to the end yet: {why}.", err=True)
    for each in parked:
        since = datetime.fromtimestamp(each.since).strftime("%Y-%m-%d %H:%M")
        typer.echo(
            f"{each.thread}  {each.seq} of {each.end} events copied, since {since}: {each.reason} ({each.code})"
        )
    return 0


async def _retry(thread: str, spec: str, project: str | None) -> int:
    from gamesock.cli.options import Problem

    async with _replicas(spec, project) as replicas:
        parked = [each.thread for each in await replicas.parked()]
        wanted = [thread] if thread else parked
        if thread and thread not in parked:
            raise Problem(f"{thread} isn't parked: gamesock replication list shows what is")
        await replicas.release(wanted)
    if not wanted:
        typer.echo("Nothing is parked.", err=True)
        return 0
    typer.echo(f"{len(wanted)} {'game is' if len(wanted) == 1 else 'games are'} tried again.")
    return 0


@asynccontextmanager
async def _replicas(spec: str, url: str | None) -> AsyncIterator[SqliteReplicas]:
    from pathlib import Path

    from gamesock.account.project import Project
    from gamesock.cli.options import Problem, WrongUsage, preferred
    from gamesock.cli.store import opened, store_of
    from gamesock.server.replication.replication import file_of
    from gamesock.server.stores.sqlite_replicas import SqliteReplicas

    url = url or preferred().supabase_url
    if not url:
        raise WrongUsage("which Supabase project? Name it with --project https://abc.supabase.co")
    kind, _, path = store_of(spec).name.partition(":")
    if kind == "sqlite" and not Path(path).exists():  # noqa: ASYNC240 - nobody waits
        raise Problem(f"there is no {path}: nothing was kept there")
    async with opened(spec) as store:
        yield SqliteReplicas(file_of(store), Project(url).url)
