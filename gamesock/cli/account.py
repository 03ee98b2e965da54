"""``gamesock login``, ``logout`` and ``whoami``: the account, on the command line."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, NamedTuple

import orjson
import typer

from gamesock.cli.failures import INTERRUPTED
from gamesock.cli.options import Problem, WrongUsage, preferred

if TYPE_CHECKING:
    from gamesock.account.project import Project
    from gamesock.account.safe import Where
    from gamesock.account.session import Session

CANCELLED, SIGN_IN_NEEDED = 2, 4
"""Exit codes: of a sign-in given up, and where somebody must sign in first."""


class At(NamedTuple):
    """The project, as far as the command line names it: itself, or through a server that takes its sign-ins."""

    url: str | None = None
    key: str | None = None
    server: str | None = None


LONGEST = 64 * 1024
"""Characters of a token on stdin."""


class SignIn(NamedTuple):
    """How to sign in."""

    email: str = ""
    password: bool = False
    provider: str | None = None
    token_stdin: bool = False
    browser: bool = True
    json: bool = False


def login(at: At, how: SignIn) -> int:
    """Sign in; the exit code. Nothing is kept before it has worked."""
    if sum((how.password, how.token_stdin, how.provider is not None)) > 1:
        raise WrongUsage("choose one of --password, --provider and --token-stdin")
    project = project_of(*at)
    if at.server:
        typer.echo(f"{at.server} takes sign-ins at {project.name}.", err=True)
    from gamesock.account.account import Account
    from gamesock.account.errors import Cancelled, NoSuchProvider

    async def sign_in() -> tuple[Session | None, Session, Where]:
        account = Account(project)
        before, session = account.session(), await _session(project, how)
        return before, session, await account.keep(session)

    try:
        before, session, where = asyncio.run(sign_in())
    except (Cancelled, KeyboardInterrupt) as end:
        typer.echo("Cancelled: nobody was signed in.", err=True)
        return CANCELLED if isinstance(end, Cancelled) else INTERRUPTED
    except NoSuchProvider as error:
        raise WrongUsage(str(error)) from None
    if how.json:
        typer.echo(orjson.dumps(_described(session, where)))
        return 0
    was = f" (it was {before.title})" if before and before.user != session.user else ""
    typer.echo(f"Signed in at {project.name} as {session.title}{was}. gamesock logout ends it.")
    typer.echo(f"Kept in {where}.")
    return 0


def logout(at: At) -> int:
    """Sign out; the exit code."""
    project = project_of(*at)
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


def whoami(at: At, json: bool) -> int:
    """Show who is signed in; the exit code."""
    project = project_of(*at)
    from gamesock.account.errors import NotSignedIn
    from gamesock.account.sign_in import until

    try:
        session, where = asyncio.run(_who(project))
    except NotSignedIn as error:
        typer.echo(f"gamesock: {error}", err=True)
        return SIGN_IN_NEEDED
    if json:
        typer.echo(orjson.dumps(_described(session, where)))
        return 0
    typer.echo(f"{session.title} at {project.name}, {until(session)}")
    typer.echo(f"Kept in {where}.")
    return 0


def project_of(url: str | None, key: str | None, server: str | None = None) -> Project:
    """The project that was named: by options, by a server that takes its sign-ins, or by the settings.

    Raises:
        WrongUsage: none was.
        BadAddress, NoAnswer: there is no such server.
        Problem: the packages that accounts need are missing.
        BadProject: it can't be one.
    """
    from gamesock.account.packages import missing
    from gamesock.account.project import public_project

    if lacks := missing():
        raise Problem(lacks)
    keyring = os.environ.get("GAMESOCK_KEYRING", "")
    if keyring.lower() not in ("", "on", "1", "yes", "off", "0", "no"):
        typer.echo(f"gamesock: GAMESOCK_KEYRING can't be {keyring!r}: off, or leave it out", err=True)
    if server:
        if url or key:
            raise WrongUsage("--server names the project: leave out --project and --key")
        return _project_at(server)
    settings = preferred()
    url, key = url or settings.supabase_url, key or settings.supabase_key
    if not url:
        raise WrongUsage(
            "which Supabase project? Say it once with gamesock config set supabase_url https://abc.supabase.co "
            "and gamesock config set supabase_key THE-PUBLISHABLE-KEY, or each time with --project and --key"
        )
    if not key:
        raise WrongUsage(
            f"the publishable key of {url} is needed too: --key, or "
            "gamesock config set supabase_key THE-PUBLISHABLE-KEY"
        )
    return public_project(url, key)


def _project_at(server: str) -> Project:
    """The project whose sign-ins a server takes."""
    from gamesock.account.project import public_project
    from gamesock.address import server_url
    from gamesock.admission import named_project
    from gamesock.place import get

    project = named_project(get(server_url(server), "/healthz"))
    if project is None:
        raise Problem(f"{server} has no accounts: you play there as a guest")
    if not project.key:
        raise Problem(
            f"{server} doesn't tell the key of {project.url}: ask who runs it, and give both (--project and --key)"
        )
    return public_project(project.url, project.key)


async def _session(project: Project, how: SignIn) -> Session:
    from gamesock.account.sign_in import by_code, by_password, by_provider, by_token
    from gamesock.cli.terminal import Terminal

    terminal = Terminal(browser=how.browser)
    if how.token_stdin:
        what = "the access token, or the session as JSON"
        return await by_token(project, await terminal.everything(what, LONGEST))
    if how.provider:
        return await by_provider(project, terminal, how.provider)
    if how.password:
        return await by_password(project, terminal, how.email)
    return await by_code(project, terminal, how.email)


async def _who(project: Project) -> tuple[Session, Where]:
    """Who is signed in, and where that is kept."""
    from gamesock.account.account import TOKEN_VARIABLE, Account
    from gamesock.account.safe import Where
    from gamesock.account.sign_in import by_token

    account = Account(project)
    given = account.given()
    if given:
        return await by_token(project, given), Where("environment", TOKEN_VARIABLE)
    return await account.fresh(), account.safe.where


def _described(session: Session, where: Where) -> dict[str, object]:
    """A session for scripts; its tokens stay where they are kept."""
    told = session.model_dump(include={"project", "user", "email", "name", "expires"})
    return told | {"kept": where._asdict()}
