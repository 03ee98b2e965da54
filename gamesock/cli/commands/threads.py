"""The games there are: listed, and deleted."""

from __future__ import annotations

from typing import Annotated

import typer

from gamesock.cli import completion
from gamesock.cli.commands.flags import Json, Project, ProjectKey, Server, Store
from gamesock.cli.options import WrongUsage

threads = typer.Typer(context_settings={"help_option_names": ["-h", "--help"]})


@threads.callback(invoke_without_command=True)
def show(
    context: typer.Context,
    server: Server = None,
    store: Store = "sqlite",
    game: Annotated[str | None, typer.Option(help="Only this game.", autocompletion=completion.games)] = None,
    finished: Annotated[bool, typer.Option("--finished", help="Those that are over.")] = False,
    mine: Annotated[bool, typer.Option("--mine", help="Yours, at the project you are signed in to.")] = False,
    project: Project = None,
    key: ProjectKey = None,
    json: Json = False,
) -> None:
    """List games: those kept here, the public ones of a server, or yours at a Supabase project."""
    if context.invoked_subcommand is not None:
        return
    if mine:
        from gamesock.cli.account import At
        from gamesock.cli.mine import list_mine

        if server:
            raise WrongUsage(
                "--mine lists your games at the project, whichever server has them: leave out --server"
            )
        raise typer.Exit(list_mine(At(project, key), game, finished, json))
    if project or key:
        raise WrongUsage("--project and --key are of use with --mine")
    from gamesock.cli.threads import list_threads

    raise typer.Exit(list_threads(server, store, game, finished, json))


@threads.command("delete")
def delete_thread(
    thread: Annotated[str, typer.Argument(help="The game's id.")],
    store: Store = "sqlite",
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Don't ask.")] = False,
    project: Project = None,
    key: ProjectKey = None,
) -> None:
    """Delete a game of yours for good, at the project and here. Of another's, your name and what you said go."""
    from gamesock.cli.account import At
    from gamesock.cli.mine import delete_thread

    raise typer.Exit(delete_thread(At(project, key), thread, store, yes=yes))
