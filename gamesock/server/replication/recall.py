"""Brings a user's thread back from the project to a store that doesn't have it, once its log has been replayed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

from gamesock import registry
from gamesock.account.errors import NotSignedIn
from gamesock.protocol import Code, Refusal
from gamesock.server.log import Logger
from gamesock.server.replication import rows
from gamesock.server.replication.courier import Courier
from gamesock.server.replication.credentials import Credentials
from gamesock.server.replication.remote import Actor, Lasting, Remote, Tables, Trouble
from gamesock.server.replication.restored import Found, Kept, fits, newer, restored
from gamesock.server.stores.base import Conflict, Log, Store, StoreError
from gamesock.server.stores.sqlite_replicas import Mark, SqliteReplicas
from gamesock.thread import CorruptLog

if TYPE_CHECKING:
    from gamesock.account.account import Account

log = Logger("gamesock.replication")

PATIENCE = 5.0
"""Seconds to wait for a thread."""

REMEMBERED = 60.0
"""Seconds for which a copy that can't be replayed isn't tried again."""

SEVERAL = 3
"""Threads of one name that are tried: anybody may give another a part in one of theirs."""

_STANDING = "id,hidden,seq,size,ply,ended,updated"
_MEMBER = "user_id,owner,host,seats,played"


class Recall:
    """Looks threads up at the project, as the user who asks for them.

    ``player``: the account of the one player whose program this is; what they played elsewhere comes here as well.
    """

    def __init__(
        self,
        store: Store,
        replicas: SqliteReplicas,
        remote: Remote,
        credentials: Credentials,
        courier: Courier,
        reachable: Callable[[], bool],
        player: Account | None = None,
    ) -> None:
        self._store = store
        self._replicas = replicas
        self._remote = remote
        self._credentials = credentials
        self._courier = courier
        self._reachable = reachable
        self._player = player
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._bad: dict[tuple[str, str], tuple[float, Refusal]] = {}

    async def __call__(self, thread_id: str, user: str, *, resuming: bool = False) -> Log | None:
        """The thread of that name in which the user has a part, now in the store too; None: there is none.

        ``resuming``: they ask for that one alone, and begin no other by the name. Who doesn't ask for it is told
        nothing of what others made them a part of: else anybody could bar a name to them.

        Raises:
            Refusal: ``store_unavailable``: it can't be told now; ``forbidden``: it is, but others must bring it
                back; ``internal``: what the project has can't be replayed.
        """
        self._refuse_again(thread_id, user)
        try:
            async with self._asking(user) as asker:
                if asker is None:
                    return None
                kept = await self._store.read(thread_id)
                found = None if kept else await self._found(thread_id, asker, resuming)
                if found is None:
                    return kept
                await self._replicas.bring(
                    Mark(thread_id, len(found.events), found.owner), found.events, found.header
                )
        except Conflict:
            return await self._store.read(thread_id)  # somebody else's request was faster
        except (CorruptLog, ValueError, registry.NotRegistered, Lasting) as error:
            log.error("copy_not_restored", thread=thread_id, error=str(error))
            refusal = Refusal(Code.INTERNAL, f"the copy of {thread_id!r} can't be replayed: {error}"[:300])
            self._bad[thread_id, user] = time.monotonic() + REMEMBERED, refusal
            raise refusal from None
        except (Trouble, StoreError, *_OTHERWISE) as error:
            log.warning("copy_not_read", thread=thread_id, error=repr(error))
            reason = f"whether the project has {thread_id!r} can't be told now: try again in a moment"
            raise Refusal(Code.STORE_UNAVAILABLE, reason) from None
        log.info("thread_recalled", thread=thread_id, seq=len(found.events))
        # Its clocks stood still since: nobody pays for the way here.
        return Log(found.header, found.events, found.events[-1].at)

    async def newer(self, thread_id: str, user: str, kept: Log) -> Log:
        """A log of the store with what its owner played elsewhere since; as it is where nothing can be told."""
        if self._player is None:
            return kept
        try:
            known = await self._replicas.find(thread_id)
            if known is None or known.mark.owner != user:
                return kept
            async with self._asking(user) as asker:
                more = asker and await self._more(asker, kept, known.mark)
            if not more:
                return kept
            await self._replicas.bring(Mark(thread_id, more[-1].seq, user), more, None)
        except (CorruptLog, ValueError, Trouble, StoreError, *_OTHERWISE) as error:
            log.warning("copy_not_followed", thread=thread_id, error=repr(error))
            return kept
        log.info("thread_followed", thread=thread_id, seq=more[-1].seq)
        return Log(kept.header, [*kept.events, *more], more[-1].at)

    # In whose name

    @asynccontextmanager
    async def _asking(self, user: str) -> AsyncIterator[Actor | None]:
        """The user, one request at a time and not for long; None: they aren't here."""
        async with asyncio.timeout(PATIENCE), self._turns.setdefault(user, asyncio.Lock()):
            token = self._credentials.token(user) or await self._fresh(user)
            if token is None:
                yield None
                return
            if not self._reachable():
                raise Trouble("unreachable", "the project can't be reached")
            await self._remote.open()
            yield Actor(user, token)

    async def _fresh(self, user: str) -> str | None:
        """A token of the player whose program this is."""
        kept = await asyncio.to_thread(self._player.session) if self._player else None
        if self._player is None or kept is None or kept.user != user:
            return None
        try:
            session = await self._player.fresh()
        except NotSignedIn:
            return None
        self._credentials.renew(user, session.access_token, session.expires)
        return session.access_token

    def _refuse_again(self, thread_id: str, user: str) -> None:
        now = time.monotonic()
        self._bad = {which: bad for which, bad in self._bad.items() if bad[0] > now}
        if bad := self._bad.get((thread_id, user)):
            raise bad[1]

    # What the project has

    async def _found(self, thread_id: str, asker: Actor, resuming: bool) -> Found | None:
        columns = f"owner,seats,played,threads!inner({_STANDING},{rows.HEADER})"
        mine = await self._remote.tables(asker).read(
            "members", columns, order="thread_id", user_id=asker.user, threads__name=thread_id
        )
        parts = sorted(filter(_is_part, mine), key=_rank, reverse=True)
        failure: Exception | None = None
        for part in parts[:SEVERAL]:
            try:
                found = await self._brought(asker, part)
            except (CorruptLog, ValueError, registry.NotRegistered, Lasting) as error:
                # Why another's can't be had is no reason to refuse a name.
                failure = failure or (error if resuming or part["owner"] else None)
            else:
                if found:
                    return found
        if failure:
            raise failure
        if parts and resuming:
            reason = f"{thread_id!r} is kept under another player's account: it comes back when they are here"
            raise Refusal(Code.FORBIDDEN, reason)
        return None

    async def _brought(self, asker: Actor, part: rows.Row) -> Found | None:
        """The whole of a thread; None: neither the server nor the asker may read it."""
        thread = part["threads"]
        # Who owns it is the asker's doing; what others made of the asker is theirs.
        for reader in [*self._courier.servers(), *([asker] if part["owner"] else [])]:
            tables = self._remote.tables(reader)
            members = await tables.read("members", _MEMBER, order="user_id", thread_id=thread["id"])
            owner = next((member["user_id"] for member in members if member["owner"]), None)
            if owner and _reads_all(reader, members, thread):
                found = await self._read(tables, Kept(thread, members, owner))
                return found if owner == self._courier.host else _unlisted(found)
        return None

    async def _read(self, tables: Tables, kept: Kept) -> Found:
        fits(kept)
        of: dict[str, Any] = {"thread_id": kept.thread["id"]}
        seeds = await tables.read("seeds", "seed", order="thread_id", **of) if kept.thread["hidden"] else []
        events = await tables.read("events", rows.EVENT, order="seq", **of)
        return await asyncio.to_thread(restored, kept, seeds[0]["seed"] if seeds else None, events)

    async def _more(self, asker: Actor, kept: Log, mark: Mark) -> list[Any]:
        """What the project has beyond the log here, if that is where its own goes on."""
        header, tables = kept.header, self._remote.tables(asker)
        id = rows.thread_id(asker.user, header.thread, header.epoch)
        there = await tables.read("threads", f"{_STANDING},{rows.HEADER}", order="id", id=id)
        if not there or there[0]["seq"] <= max(mark.seq, len(kept.events)):
            return []
        members = await tables.read("members", _MEMBER, order="user_id", thread_id=id)
        found = Kept(there[0], members, asker.user)
        fits(found)
        events = await tables.read("events", rows.EVENT, order="seq", after=mark.seq, thread_id=id)
        return await asyncio.to_thread(newer, found, kept, mark.seq, events)


_OTHERWISE = (TimeoutError, OSError, KeyError, TypeError, AttributeError)
"""What rows raise that aren't what was asked for; and the project, where it can't be reached."""


def _is_part(part: rows.Row) -> bool:
    """Whether it is a game of the user's: theirs, or one in which they sat. To be invited makes it none."""
    return bool(part["threads"]["seq"] and (part["owner"] or part["seats"] or part["played"]))


def _unlisted(found: Found) -> Found:
    """A user's own thread stands in no list, whoever may read it: its owner can have written what they like."""
    if found.header.visibility != "public":
        return found
    return found._replace(header=found.header.model_copy(update={"visibility": "unlisted"}))


def _rank(part: rows.Row) -> tuple[bool, bool, float]:
    return part["owner"], bool(part["seats"]), part["threads"]["updated"] or 0.0


def _reads_all(reader: Actor, members: Sequence[rows.Row], thread: rows.Row) -> bool:
    """Whether a reader sees every event: of a running game with secrets, a host who never sat there alone."""
    if not reader.user:
        return True
    part: dict[str, Any] = next((member for member in members if member["user_id"] == reader.user), {})
    if thread["hidden"] and thread["ended"] is None:
        return bool(part.get("host")) and not part["played"]
    return bool(part.get("host") or part.get("owner"))
