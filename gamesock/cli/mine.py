"""``gamesock threads --mine``, ``threads delete``, ``account``: what a project has of who is signed in."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import typer

from gamesock.cli.account import SIGN_IN_NEEDED, project_of

if TYPE_CHECKING:
    from gamesock.account.project import Project
    from gamesock.server.replication.mine import Mine, Part

KEPT, CANCELLED = 1, 2
"""Exit codes: nothing to delete; nothing was deleted."""


def list_mine(json: bool) -> int:
    """The threads of whoever is signed in; the exit code."""
    return _run(_list(json))


def delete_thread(thread: str, store: str, *, yes: bool) -> int:
    """Delete a thread, at the project and here; the exit code."""
    return _run(_delete(thread, store, yes))


def export_account(output: str | None) -> int:
    """Write everything the project has of the user, as JSON; the exit code."""
    return _run(_export(output))


def delete_account() -> int:
    """Delete the account, once that was typed out; the exit code."""
    return _run(_delete_account())


def _run(work: Coroutine[Any, Any, int]) -> int:
    from gamesock.account.errors import NotSignedIn

    try:
        return asyncio.run(work)
    except NotSignedIn as error:
        typer.echo(f"gamesock: {error}", err=True)
        return SIGN_IN_NEEDED


@asynccontextmanager
async def _mine() -> AsyncIterator[tuple[Project, Mine]]:
    from gamesock.account.account import Account
    from gamesock.account.session import user_of
    from gamesock.server.replication.mine import mine

    project = project_of(None, None)
    token = await Account(project).token()
    async with mine(project, user_of(token), token) as found:
        yield project, found


async def _list(json: bool) -> int:
    from gamesock import registry
    from gamesock.cli.lists import json_lines
    from gamesock.cli.threads import show_rows
    from gamesock.server.describe import route_of
    from gamesock.server.thread_view import stored

    async with _mine() as (project, found):
        parts = await found.parts()
    rows, now = [], time.time()
    for part in parts:
        game = part.summary.header.game
        route = route_of(registry.game(game)) if game in registry.game_names() else ""
        rows.append({**stored(part.summary, route=route, now=now), "id": part.id, "owner": part.owner})
    if json:
        return json_lines(rows)
    if not rows:
        sys.stderr.write(f"no games of yours at {project.name} yet\n")
        return 0
    return show_rows(rows)


async def _delete(thread: str, spec: str, yes: bool) -> int:
    from gamesock.cli.store import reading

    async with reading(spec) as store:
        local = await store.read(thread)
    async with _mine() as (project, found):
        parts = await found.parts(thread)
        if not parts and local is None:
            typer.echo(f"gamesock: there is no {thread!r} of yours, at {project.name} or here", err=True)
            return KEPT
        where = [_at(part, project) for part in parts] + (["the copy here"] if local else [])
        if not yes and not _agreed(f"Delete {thread} for good: {', '.join(where)}?"):
            typer.echo("Nothing was deleted.", err=True)
            return CANCELLED
        for part in parts:
            await found.delete(part)
    if local:
        await _forget(thread, spec)
    typer.echo(f"Deleted {thread}: {', '.join(where)}.")
    return 0


def _at(part: Part, project: Project) -> str:
    return f"the game at {project.name}, for all" if part.owner else f"your part in it at {project.name}"


def _agreed(question: str) -> bool:
    """Whether it is so; nobody there to ask means no."""
    sys.stderr.write(f"{question} [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


async def _forget(thread: str, spec: str) -> None:
    from gamesock.cli.store import opened
    from gamesock.server.replication.replication import file_of

    async with opened(spec) as store:
        await file_of(store).delete(thread)


async def _export(output: str | None) -> int:
    async with _mine() as (_, found):
        text = orjson.dumps(await found.export(), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    if output is None:
        sys.stdout.buffer.write(text)
        return 0
    await asyncio.to_thread(Path(output).write_bytes, text)
    typer.echo(f"Written to {output}.", err=True)
    return 0


async def _delete_account() -> int:
    from gamesock.account.account import Account
    from gamesock.account.errors import AuthFailed, NotSignedIn

    async with _mine() as (project, found):
        games = len([part for part in await found.parts() if part.owner])
        typer.echo(
            f"This deletes your account at {project.name} for good: {games} games of yours, for all who played "
            "them; in others' games your name and what you said.",
            err=True,
        )
        sys.stderr.write(f"Type {project.name} to go on: ")
        sys.stderr.flush()
        if sys.stdin.readline().strip() != project.name:
            typer.echo("Nothing was deleted.", err=True)
            return CANCELLED
        await found.delete_account()
    with suppress(AuthFailed, NotSignedIn):
        await Account(project).sign_out()
    typer.echo(f"Your account at {project.name} is deleted. Games kept on this machine are as they were.")
    return 0
