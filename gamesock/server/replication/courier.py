"""Carries one thread's next events to the project: registers it first, in its owner's name."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence

from gamesock import registry
from gamesock.server.replication.copy import BATCH, Copy, Line, folded
from gamesock.server.replication.credentials import Credentials
from gamesock.server.replication.remote import Actor, BadToken, Gap, Lasting, Remote, Tables, Trouble
from gamesock.server.replication.rows import EVENT, Row, is_user, thread_row
from gamesock.server.stores.sqlite_replicas import SqliteReplicas
from gamesock.thread import Thread, game_of

FORBIDDEN = "42501"
"""PostgreSQL's code where row-level security or a grant says no."""

GONE = "gone"
"""The project doesn't have the thread any more."""

_CONFLICTS = ("differs", "turn", "over", "ply")


class NeedsUser(Exception):
    """It goes on once this user is here with a fresh token."""

    def __init__(self, user: str) -> None:
        super().__init__(user)
        self.user = user


class Courier:
    """Brings logs to a project.

    ``host``: the user id of the server's own account, which then writes the logs once their owners let it;
    ``key``: the project's secret key, which needs nobody's leave;
    ``private``: whether what goes there is for its players alone, whatever may be seen of it here.
    """

    def __init__(
        self,
        replicas: SqliteReplicas,
        remote: Remote,
        credentials: Credentials,
        *,
        key: str | None = None,
        private: bool = False,
    ) -> None:
        self._private = private
        self.host: str | None = None
        self._replicas = replicas
        self._remote = remote
        self._credentials = credentials
        self._key = key

    async def look(self, copy: Copy) -> bool:
        """Learn from the store what there is to copy; whether it is anybody's.

        Raises:
            Lasting: the game isn't installed.
            StoreError: the store can't be read now.
        """
        found = await self._replicas.find(copy.name)
        if found is None:
            return False
        copy.end = max(copy.end, found.end)
        try:
            copy.hidden = game_of(found.header).hidden
        except registry.NotRegistered as error:
            raise Lasting("no_game", str(error)) from None
        copy.header, copy.ended = found.header, copy.ended or found.ended
        copy.owner = found.mark.owner or self._owner(copy, found.users)
        # Without an owner it was looked at before anybody was signed in: nothing went anywhere.
        copy.seq = found.mark.seq if found.mark.owner else 0
        copy.begun = copy.seq > 0
        return bool(found.mark.owner or any(map(is_user, found.users)))

    def _owner(self, copy: Copy, users: Sequence[str]) -> str | None:
        """Whose thread it will be: the first user's who sat down.

        A game with secrets is the server's own: an owner can become host any time, and a host without a seat
        sees everything. Where the server has no account it waits until the game is over.
        """
        return self.host if copy.hidden and not copy.ended else next(filter(is_user, users), None)

    async def carry(self, copy: Copy) -> list[float]:
        """Send the next batch; when each of its events happened.

        Raises:
            NeedsUser: nobody is here in whose name it could be sent.
            Trouble: it didn't arrive, or so it seems; sent again, it arrives once.
            StoreError: the store can't be read now.
        """
        if not copy.begun:
            await self._begin(copy)
        rows = copy.rows(copy.at_hand() or await self._lines(copy))
        if not rows:
            raise Trouble("unread", "the store has less of the log than it said")
        try:
            await self._write(copy, rows)
        except Gap:
            await self._go_back(copy)
            return []
        except Lasting as refused:
            raise await self._told_apart(copy, rows, refused) from None
        if copy.seq == 0 and copy.hidden and copy.header:
            # Not before its owner sits where they sat: who has no seat and hosts reads it.
            async with self._acting(self._writer(copy)) as tables:
                await tables.register("seeds", {"thread_id": str(copy.id), "seed": copy.header.seed})
        copy.kept(int(rows[-1]["seq"]))
        return [float(row["at"]) for row in rows]

    def servers(self) -> list[Actor]:
        """The server itself, in every name it has."""
        own = self._credentials.token(self.host) if self.host else None
        return [*([Actor("", self._key)] if self._key else []), *([Actor(self.host or "", own)] if own else [])]

    async def _begin(self, copy: Copy) -> None:
        """Register the thread in its owner's name, and let the server's own account write it."""
        assert copy.header and copy.owner
        header = copy.header
        to_move = None if header.foreign else game_of(header).start(header.options, header.seed).to_move
        row = thread_row(copy.owner, header, copy.hidden, to_move)
        async with self._acting(self._owning(copy)) as tables:
            await tables.register_thread(row | ({"visibility": "private"} if self._private else {}))
            if self._key:
                mine = {"thread_id": str(copy.id), "user_id": copy.owner, "owner": True, "host": True}
                await tables.register("members", mine)
        await self._let_in(copy)
        copy.begun = True

    async def _let_in(self, copy: Copy) -> None:
        if self.host and copy.owner != self.host:
            async with self._acting(self._owning(copy)) as tables:
                member = {"thread_id": str(copy.id), "user_id": self.host, "host": True}
                await tables.register("members", member)

    async def _lines(self, copy: Copy) -> list[Line]:
        """The next events from the store, folded beside the loop to know who may move after each."""
        assert copy.header
        if copy.fold is None or copy.fold.seq > copy.seq:
            copy.fold = None if copy.header.foreign else Thread(game_of(copy.header), copy.header)
        until = min(copy.end, copy.seq + BATCH)
        after = copy.fold.seq if copy.fold else copy.seq
        events = await self._replicas.events(copy.name, after, until)
        return await asyncio.to_thread(folded, copy.fold, events, copy.seq)

    async def _write(self, copy: Copy, rows: list[Row]) -> None:
        try:
            async with self._acting(self._writer(copy)) as tables:
                await tables.insert("events", rows)
        except Lasting as refused:
            if refused.code != FORBIDDEN or not self.host or copy.owner == self.host:
                raise
            # The owner hasn't let our account in yet; if the thread is gone, this is refused too.
            await self._let_in(copy)
            async with self._acting(self._writer(copy)) as tables:
                await tables.insert("events", rows)

    async def _go_back(self, copy: Copy) -> None:
        """The copy ends earlier than we thought: its owner made it anew, or an old backup was put in its place."""
        async with self._acting(self._writer(copy)) as tables:
            there = await tables.read("threads", "seq", order="id", id=copy.id)
        if not there:
            raise Lasting(GONE, "the project doesn't have this thread any more")
        if there[0]["seq"] >= copy.seq:
            raise Trouble("gap", "the copy moves while it is written")
        # From the beginning: what is as it was is silent, and another beginning is refused.
        copy.seq, copy.fold = 0, None

    async def _told_apart(self, copy: Copy, rows: list[Row], refused: Lasting) -> Lasting:
        """Where the copy is another than the log, for whoever looks into it."""
        if refused.code == FORBIDDEN:
            return await self._why_forbidden(copy, refused)
        if refused.code not in _CONFLICTS:
            return refused
        async with self._acting(self._writer(copy)) as tables:
            there = await tables.read("events", EVENT, order="seq", after=copy.seq, thread_id=copy.id)
        for ours, theirs in zip(rows, there, strict=False):
            if any(ours[name] != theirs[name] for name in EVENT.split(",")):
                reason = f"event {ours['seq']} is {_named(ours)} here, and {_named(theirs)} there"
                return Lasting(refused.code, reason)
        return refused

    async def _why_forbidden(self, copy: Copy, refused: Lasting) -> Lasting:
        """Whether the thread is gone: then it stays so, whatever this store still holds of it."""
        async with self._acting(self._writer(copy)) as tables:
            if await tables.read("threads", "id", order="id", id=copy.id):
                return refused
        gone = "its owner deleted it at the project, or takes this server's copies no more; here it goes on"
        return Lasting(GONE, gone)

    # In whose name

    def _writer(self, copy: Copy) -> Actor:
        """Who writes: the server itself if it can, else the owner."""
        return next(iter(self.servers()), None) or self._owning(copy)

    def _owning(self, copy: Copy) -> Actor:
        assert copy.owner
        if self._key:
            return Actor("", self._key)
        token = self._credentials.token(copy.owner)
        if token is None:
            raise NeedsUser(copy.owner)
        return Actor(copy.owner, token)

    @contextlib.asynccontextmanager
    async def _acting(self, actor: Actor) -> AsyncIterator[Tables]:
        try:
            yield self._remote.tables(actor)
        except BadToken:
            self._credentials.refused(actor.user, actor.token)
            raise


def _named(row: Row) -> str:
    """An event in a few words."""
    words = (row["kind"], row["body"].get("move"), row["seat"] and f"of {row['seat']}")
    return " ".join(str(word) for word in words if word)
