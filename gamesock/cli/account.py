"""``gamesock login``, ``logout`` and ``whoami``: the account, on the command line."""

from __future__ import annotations

import asyncio
import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import orjson
import typer

from gamesock.cli.options import Problem, preferred

if TYPE_CHECKING:
    from gamesock.account.project import Project
    from gamesock.account.session import Session

CANCELLED, SIGN_IN_NEEDED = 2, 4
"""Exit codes: of a sign-in given up, and where somebody must sign in first."""

LONGEST = 64 * 1024
"""Characters of a token on stdin."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """How to sign in."""

    email: str = ""
    password: bool = False
    provider: str | None = None
    token_stdin: bool = False
    browser: bool = True
    json: bool = False


def login(url: str | None, key: str | None, how: SignIn) -> int:
    """Sign in; the exit code. Nothing is kept before it has worked."""
    if sum((how.password, how.token_stdin, how.provider is not None)) > 1:
        raise Problem("choose one of --password, --provider and --token-stdin")
    project = project_of(url, key)
    _need_packages()
    from gamesock.account.account import Account
    from gamesock.account.errors import Cancelled

    async def sign_in() -> tuple[Session, str]:
        account = Account(project)
        session = await _session(project, how)
        return session, await account.keep(session)

    try:
        session, where = asyncio.run(sign_in())
    except (Cancelled, KeyboardInterrupt):
        typer.echo("\nCancelled: nobody was signed in.", err=True)
        return CANCELLED
    if how.json:
        typer.echo(orjson.dumps(_described(session) | {"kept": where}))
        return 0
    typer.echo(f"Signed in at {project.name} as {session.title}.")
    typer.echo(f"The sign-in is kept in {where}. gamesock logout ends it.")
    return 0


def logout(url: str | None, key: str | None) -> int:
    """Sign out; the exit code."""
    project = project_of(url, key)
    _need_packages()
    from gamesock.account.account import Account
    from gamesock.account.errors import NotSignedIn

    try:
        told = asyncio.run(Account(project).sign_out())
    except NotSignedIn:
        typer.echo(f"Nobody is signed in at {project.name}.")
        return 0
    typer.echo(f"Signed out at {project.name}.")
    if not told:
        typer.echo(f"{project.name} could not be told now: there the sign-in ends by itself.", err=True)
    return 0


def whoami(url: str | None, key: str | None, json: bool) -> int:
    """Show who is signed in; the exit code."""
    project = project_of(url, key)
    _need_packages()
    from gamesock.account.errors import NotSignedIn
    from gamesock.account.sign_in import until

    try:
        session, where = asyncio.run(_who(project))
    except NotSignedIn as error:
        typer.echo(f"gamesock: {error}", err=True)
        return SIGN_IN_NEEDED
    if json:
        typer.echo(orjson.dumps(_described(session) | {"kept": where}))
        return 0
    typer.echo(f"{session.title} at {project.name}")
    typer.echo(f"Kept in {where}; {until(session)}.")
    return 0


def project_of(url: str | None, key: str | None) -> Project:
    """The project that was named: by options, the environment, or the settings.

    Raises:
        Problem: none was.
        BadProject: it can't be one.
    """
    from gamesock.account.project import public_project

    settings = preferred()
    url, key = url or settings.supabase_url, key or settings.supabase_key
    if not url or not key:
        raise Problem(
            "which Supabase project? Say it once with gamesock config set supabase_url https://abc.supabase.co "
            "and gamesock config set supabase_key THE-PUBLISHABLE-KEY, or each time with --project and --key"
        )
    return public_project(url, key)


def _need_packages() -> None:
    try:
        import filelock  # noqa: F401
        import keyring  # noqa: F401
        import supabase_auth  # noqa: F401
    except ImportError as error:
        raise Problem(f"accounts need pip install 'gamesock[supabase]' ({error.name} is missing)") from None


async def _session(project: Project, how: SignIn) -> Session:
    from gamesock.account.sign_in import by_code, by_password, by_provider, by_token
    from gamesock.cli.terminal import Terminal

    terminal = Terminal(browser=how.browser)
    if how.token_stdin:
        return await by_token(project, await asyncio.to_thread(sys.stdin.read, LONGEST))
    if how.provider:
        return await by_provider(project, terminal, how.provider)
    if how.password:
        return await by_password(project, terminal, how.email)
    return await by_code(project, terminal, how.email)


async def _who(project: Project) -> tuple[Session, str]:
    """Who is signed in, and where that is kept."""
    from gamesock.account.account import TOKEN_VARIABLE, Account
    from gamesock.account.sign_in import by_token

    account = Account(project)
    given = account.given()
    if given:
        return await by_token(project, given), f"the environment ({TOKEN_VARIABLE})"
    if os.environ.get(TOKEN_VARIABLE):
        typer.echo(f"gamesock: {TOKEN_VARIABLE} holds no token of {project.name}: it isn't used there", err=True)
    return await account.fresh(), account.safe.where


def _described(session: Session) -> dict[str, object]:
    """A session for scripts; its tokens stay where they are kept."""
    return session.model_dump(include={"project", "user", "email", "name", "expires"})
