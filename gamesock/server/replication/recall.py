"""Brings a user's thread back from the project to a store that doesn't have it, once its log has been replayed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from gamesock import registry
from gamesock.protocol import Code, Refusal
from gamesock.record import Event, Header
from gamesock.server.replication import rows
from gamesock.server.replication.courier import Courier
from gamesock.server.replication.credentials import Credentials
from gamesock.server.replication.remote import Actor, Remote, Tables, Trouble
from gamesock.server.stores.base import Conflict, Log, Store, StoreError
from gamesock.server.stores.sqlite_replicas import Mark, SqliteReplicas
from gamesock.thread import CorruptLog, Thread, game_of

log = structlog.get_logger("gamesock.replication")

PATIENCE = 5.0
"""Seconds to wait for a thread."""

LONGEST = 10_000
"""Events of a log that is brought back: replaying takes the server's time."""

_STANDING = "id,hidden,seq,ended,updated"


@dataclass(frozen=True, slots=True)
class Found:
    """A thread as the project has it."""

    header: Header
    events: list[Event]
    owner: str


class Recall:
    """Looks threads up at the project, as the user who asks for them."""

    def __init__(
        self,
        store: Store,
        replicas: SqliteReplicas,
        remote: Remote,
        credentials: Credentials,
        courier: Courier,
        reachable: Callable[[], bool],
    ) -> None:
        self._store = store
        self._replicas = replicas
        self._remote = remote
        self._credentials = credentials
        self._courier = courier
        self._reachable = reachable

    async def __call__(self, thread_id: str, user: str) -> Log | None:
        """The thread of that name in which the user has a part, now in the store too; None: there is none.

        Raises:
            Refusal: ``store_unavailable``: it can't be told now; ``forbidden``: it is, but others must bring it
                back; ``internal``: what the project has can't be replayed.
        """
        token = self._credentials.token(user)
        if token is None:
            return None
        try:
            if not self._reachable():
                raise Trouble("unreachable", "the project can't be reached")
            async with asyncio.timeout(PATIENCE):
                found = await self._found(thread_id, Actor(user, token))
                if found is None:
                    return None
                await asyncio.to_thread(_replay, found)
                await self._store.append(thread_id, 0, found.events, found.header)
                await self._replicas.mark([Mark(thread_id, len(found.events), found.owner)])
        except Conflict:
            return await self._store.read(thread_id)  # somebody else's request was faster
        except (CorruptLog, ValueError, LookupError, registry.NotRegistered) as error:
            log.error("copy_not_restored", thread=thread_id, error=str(error))
            raise Refusal(Code.INTERNAL, f"the copy of {thread_id!r} can't be replayed: {error}"[:300]) from None
        except (Trouble, TimeoutError, StoreError) as error:
            log.warning("copy_not_read", thread=thread_id, error=str(error) or "timed out")
            reason = f"your game {thread_id!r} can't be fetched now: try again in a moment"
            raise Refusal(Code.STORE_UNAVAILABLE, reason) from None
        log.info("thread_recalled", thread=thread_id, seq=len(found.events))
        # Its clocks stood still since: nobody pays for the way here.
        return Log(found.header, found.events, found.events[-1].at)

    async def _found(self, thread_id: str, asker: Actor) -> Found | None:
        columns = f"owner,host,seats,threads!inner({_STANDING},{rows.HEADER})"
        mine = await self._remote.tables(asker).read(
            "members", columns, order="thread_id", user_id=asker.user, threads__name=thread_id
        )
        kept = [part for part in mine if part["threads"]["seq"]]
        if not kept:
            return None
        part = max(kept, key=lambda part: part["threads"]["updated"] or 0.0)
        thread = part["threads"]
        for reader in self._readers(asker, part):
            tables = self._remote.tables(reader)
            members = await tables.read(
                "members", "user_id,owner,host,seats", order="user_id", thread_id=thread["id"]
            )
            owner = next((member["user_id"] for member in members if member["owner"]), None)
            if owner and _reads_all(reader, members, thread):
                return await self._read(tables, thread, members, owner)
        reason = f"{thread_id!r} is kept under another player's account: it comes back when they are here"
        raise Refusal(Code.FORBIDDEN, reason)

    def _readers(self, asker: Actor, part: rows.Row) -> list[Actor]:
        """Who may see all of it: the server itself, then the asker, if it is theirs."""
        readers = self._courier.servers()
        return [*readers, asker] if part["owner"] or part["host"] else readers

    async def _read(self, tables: Tables, thread: rows.Row, members: list[rows.Row], owner: str) -> Found:
        if thread["seq"] > LONGEST:
            raise CorruptLog(f"it has {thread['seq']} events: {LONGEST} at most")
        of: dict[str, Any] = {"thread_id": thread["id"]}
        seeds = await tables.read("seeds", "seed", order="thread_id", **of) if thread["hidden"] else []
        header = rows.header_of(thread, seeds[0]["seed"] if seeds else None)
        if str(rows.thread_id(owner, header.thread, header.epoch)) != thread["id"]:
            raise CorruptLog("its id isn't that of its owner's thread")
        events = [rows.event_of(row) for row in await tables.read("events", rows.EVENT, order="seq", **of)]
        log = events if thread["hidden"] else rows.whole(events, thread["seq"])
        holders = {seat: member["user_id"] for member in members for seat in member["seats"]}
        return Found(header, rows.seated(log, holders), owner)


def _reads_all(reader: Actor, members: Sequence[rows.Row], thread: rows.Row) -> bool:
    """Whether a reader sees every event: of a running game with secrets, a host without a seat alone."""
    if not reader.user:
        return True
    part: dict[str, Any] = next((member for member in members if member["user_id"] == reader.user), {})
    if thread["hidden"] and thread["ended"] is None:
        return bool(part.get("host")) and not part["seats"]
    return bool(part.get("host") or part.get("owner"))


def _replay(found: Found) -> None:
    Thread(game_of(found.header), found.header, found.events)
