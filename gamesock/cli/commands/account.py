"""Who one is at a Supabase project."""

from __future__ import annotations

from typing import Annotated

import typer

from gamesock.cli.commands.flags import Json, Project, ProjectKey

SignInServer = Annotated[
    str | None,
    typer.Option("--server", "-s", metavar="URL", help="The project that this gamesock server takes sign-ins of."),
]


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
    server: SignInServer = None,
    project: Project = None,
    key: ProjectKey = None,
    json: Json = False,
) -> None:
    """Sign in to a Supabase project, with a code that is e-mailed to you. Works over SSH.

    Examples:

      gamesock login --server games.example.org

      gamesock login --provider github
    """
    from gamesock.cli.account import At, SignIn, login

    raise typer.Exit(
        login(At(project, key, server), SignIn(email, password, provider, token_stdin, browser, json))
    )


def logout(server: SignInServer = None, project: Project = None, key: ProjectKey = None) -> None:
    """Sign out on this machine. No server is shown who you are any more."""
    from gamesock.cli.account import At, logout

    raise typer.Exit(logout(At(project, key, server)))


def whoami(
    server: SignInServer = None, project: Project = None, key: ProjectKey = None, json: Json = False
) -> None:
    """Show who is signed in, and where that is kept. Exit code 4: nobody is."""
    from gamesock.cli.account import At, whoami

    raise typer.Exit(whoami(At(project, key, server), json))


account = typer.Typer(
    help="Your account at a Supabase project: take its data along, or delete it.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@account.command("export")
def export_account(
    output: Annotated[str | None, typer.Option("--output", "-O", help="A file (default: stdout).")] = None,
    project: Project = None,
    key: ProjectKey = None,
) -> None:
    """Write everything that the project has of you, as JSON."""
    from gamesock.cli.account import At
    from gamesock.cli.mine import export_account

    raise typer.Exit(export_account(At(project, key), output))


@account.command("delete")
def delete_account(project: Project = None, key: ProjectKey = None) -> None:
    """Delete your account there, with your games, for good. Asks first."""
    from gamesock.cli.account import At
    from gamesock.cli.mine import delete_account

    raise typer.Exit(delete_account(At(project, key)))
