"""``gamesock threads --mine``, ``threads delete``, ``account``: what a project has of who is signed in."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import typer

from gamesock.cli.account import CANCELLED, SIGN_IN_NEEDED, At, project_of
from gamesock.own_file import write_own

if TYPE_CHECKING:
    from gamesock.account.project import Project
    from gamesock.server.replication.mine import Mine, Part

NONE = 1
"""Exit code: there is nothing to delete."""


def list_mine(at: At, game: str | None, finished: bool, json: bool) -> int:
    """The threads of whoever is signed in; the exit code."""
    return _run(_list(at, game, finished, json))


def delete_thread(at: At, thread: str, store: str, *, yes: bool) -> int:
    """Delete a thread, at the project and here; the exit code."""
    return _run(_delete(at, thread, store, yes))


def export_account(at: At, output: str | None) -> int:
    """Write everything the project has of the user, as JSON; the exit code."""
    return _run(_export(at, output))


def delete_account(at: At) -> int:
    """Delete the account, once that was typed out; the exit code."""
    return _run(_delete_account(at))


def _run(work: Coroutine[Any, Any, int]) -> int:
    from gamesock.account.errors import Cancelled, NotSignedIn

    try:
        return asyncio.run(work)
    except Cancelled:
        typer.echo("Nothing was deleted.", err=True)
        return CANCELLED
    except NotSignedIn as error:
        typer.echo(f"gamesock: {error}", err=True)
        return SIGN_IN_NEEDED
    finally:
        work.close()


@asynccontextmanager
async def _mine(at: At) -> AsyncIterator[tuple[Project, Mine]]:
    project = project_of(*at)
    from gamesock.account.account import Account
    from gamesock.account.session import user_of
    from gamesock.server.replication.mine import mine

    token = await Account(project).token()
    async with mine(project, user_of(token), token, partial(typer.echo, err=True)) as found:
        yield project, found


async def _list(at: At, game: str | None, finished: bool, json: bool) -> int:
    from gamesock import registry
    from gamesock.cli.lists import json_lines
    from gamesock.cli.threads import show_rows
    from gamesock.server.describe import route_of
    from gamesock.server.thread_view import stored

    async with _mine(at) as (project, found):
        parts = await found.parts()
    rows, now = [], time.time()
    for part in parts:
        name = part.summary.header.game
        if (game and name != game) or (finished and not part.summary.ended):
            continue
        route = route_of(registry.game(name)) if name in registry.game_names() else ""
        rows.append({**stored(part.summary, route=route, now=now), "id": part.id, "owner": part.owner})
    if json:
        return json_lines(rows)
    if not rows:
        which = " ".join(word for word in ("finished" if finished else "", game) if word)
        sys.stderr.write(f"no {which}{' ' if which else ''}games of yours at {project.name} yet\n")
        return 0
    return show_rows(rows)


async def _delete(at: At, thread: str, spec: str, yes: bool) -> int:
    from gamesock.cli.store import reading

    async with reading(spec) as store:
        local = await store.read(thread)
    async with _mine(at) as (project, found):
        parts = await found.parts(thread)
        if not parts and local is None:
            typer.echo(f"gamesock: there is no {thread!r} of yours, at {project.name} or here", err=True)
            return NONE
        where = [_at(part, project) for part in parts] + (["the copy here"] if local else [])
        if not yes:
            await _agree(f"This deletes {thread} for good: {', '.join(where)}.", "Delete it? [y/N]", ("y", "yes"))
        for part in parts:
            await found.delete(part)
    if local:
        await _forget(thread, spec)
    typer.echo(f"Deleted {thread}: {', '.join(where)}.")
    return 0


def _at(part: Part, project: Project) -> str:
    return f"the game at {project.name}, for all" if part.owner else f"your part in it at {project.name}"


async def _agree(warning: str, question: str, answers: tuple[str, ...]) -> None:
    """Go on only if one of these answers is given; nobody there to ask means no.

    Raises:
        Cancelled: another was.
    """
    from gamesock.account.errors import Cancelled
    from gamesock.cli.terminal import Terminal

    terminal = Terminal(browser=False)
    terminal.say(warning)
    try:
        answer = await terminal.ask(question)
    except asyncio.CancelledError:
        terminal.say("Nothing was deleted.")
        raise
    if answer.strip().lower() not in answers:
        raise Cancelled


async def _forget(thread: str, spec: str) -> None:
    from gamesock.cli.store import opened
    from gamesock.server.replication.replication import file_of

    async with opened(spec) as store:
        await file_of(store).delete(thread)


async def _export(at: At, output: str | None) -> int:
    async with _mine(at) as (project, found):
        from gamesock.account.account import Account
        from gamesock.account.session import email_of

        email = email_of(await Account(project).token())
        text = orjson.dumps(
            {"email": email} | await found.export(), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
        )
    if output is None:
        sys.stdout.buffer.write(text)
        return 0
    await asyncio.to_thread(write_own, Path(output), text.decode())
    typer.echo(f"Written to {output}, for you alone to read.", err=True)
    return 0


async def _delete_account(at: At) -> int:
    async with _mine(at) as (project, found):
        from gamesock.account.account import Account
        from gamesock.account.errors import AuthFailed, NotSignedIn

        count = len([part for part in await found.parts() if part.owner])
        games = f"{count} game{'' if count == 1 else 's'}"
        warning = (
            f"This deletes your account at {project.name} for good: {games} of yours, for all "
            "who played; in others' games your name and what you said."
        )
        await _agree(warning, f"Type {project.name} to go on", (project.name,))
        await found.delete_account()
    with suppress(AuthFailed, NotSignedIn):
        await Account(project).sign_out()
    typer.echo(f"Your account at {project.name} is deleted. Games kept on this machine are as they were.")
    return 0
