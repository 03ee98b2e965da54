"""A user's own games at a project: listed, given, deleted, as that user and nobody else."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

from gamesock.account.project import Project
from gamesock.record import Header
from gamesock.server.replication import rows
from gamesock.server.replication.remote import Actor, Remote, Tables
from gamesock.server.stores.base import Summary

_THREAD = f"id,hidden,seq,ply,ended,winner,updated,{rows.HEADER},seats(seat,name,kind,level)"


class Part(NamedTuple):
    """A user's part in a thread."""

    id: str
    """The thread's at the project."""
    owner: bool
    host: bool
    seats: list[str]
    summary: Summary


class Mine:
    """What a project has of one user.

    Raises (everywhere):
        Trouble: the project can't be asked, or refuses.
    """

    def __init__(self, tables: Tables, user: str) -> None:
        self._tables = tables
        self._user = user

    async def parts(self, name: str | None = None) -> list[Part]:
        """The user's threads (of that name), the last changed first."""
        embedded = "threads!inner" if name else "threads"
        named: dict[str, Any] = {"threads__name": name} if name else {}
        found = await self._tables.read(
            "members", f"owner,host,seats,{embedded}({_THREAD})", order="thread_id", user_id=self._user, **named
        )
        # What others made of the user may be anything; what can't be read is nothing to play.
        parts = [part for row in found if row["threads"] and (part := _readable(row))]
        return sorted(parts, key=lambda part: part.summary.updated, reverse=True)

    async def delete(self, part: Part) -> None:
        """Delete a thread of the user's for all; of another's, only their part: their name and what they said."""
        if part.owner:
            await self._tables.delete("threads", id=part.id)
        else:
            await self._tables.delete("members", thread_id=part.id, user_id=self._user)

    async def export(self) -> dict[str, Any]:
        """Everything the project has of the user: profile, threads, and of each the events they may read."""
        profiles = await self._tables.read("profiles", "*", order="id", id=self._user)
        return {
            "user": self._user,
            "profile": profiles[0] if profiles else None,
            "threads": [await self._exported(part) for part in await self.parts()],
        }

    async def delete_account(self) -> None:
        """Delete the user with their threads; elsewhere their name, their words and their id are taken out."""
        await self._tables.call("delete_account")

    async def _exported(self, part: Part) -> dict[str, Any]:
        log = await self._tables.read("events", rows.EVENT, order="seq", thread_id=part.id)
        return {
            "id": part.id,
            "owner": part.owner,
            "seats": part.seats,
            "header": part.summary.header.model_dump(mode="json"),
            "events": [{name: row[name] for name in ("seq", "at", "kind", "seat")} | row["body"] for row in log],
        }


@asynccontextmanager
async def mine(project: Project, user: str, token: str, say: Callable[[str], None]) -> AsyncIterator[Mine]:
    """What the project has of the user whose token this is; ``say``: told of an answer that takes long."""
    remote = Remote(project, say)
    await remote.open()
    try:
        yield Mine(remote.tables(Actor(user, token)), user)
    finally:
        await remote.close()


def _readable(row: rows.Row) -> Part | None:
    try:
        return _part(row)
    except (ValueError, KeyError, TypeError):
        return None


def _part(row: rows.Row) -> Part:
    thread = row["threads"]
    # The seed may be a secret: a list has no use for it.
    header: Header = rows.header_of(thread, seed=0)
    seats = thread["seats"]
    summary = Summary(
        header=header,
        seq=thread["seq"],
        ply=thread["ply"],
        updated=thread["updated"] or header.created,
        players={seat["seat"]: seat["name"] for seat in seats},
        bots={seat["seat"]: seat["level"] for seat in seats if seat["kind"] == "bot"},
        ended=thread["ended"],
        winner=thread["winner"],
    )
    return Part(thread["id"], row["owner"], row["host"], row["seats"], summary)
