"""Where a game is that was played on this computer: here, and in the player's project."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from gamesock.cli.store import reading

if TYPE_CHECKING:
    from gamesock.account.project import Project
    from gamesock.server.stores.sqlite_replicas import Replica


def kept(thread: str, store: str, project: Project) -> str:
    """Where it is kept, to follow on "is"."""
    return asyncio.run(_kept(thread, store, project))


async def _kept(thread: str, store: str, project: Project) -> str:
    from gamesock.server.replication.replication import file_of
    from gamesock.server.stores.base import StoreError
    from gamesock.server.stores.sqlite_replicas import SqliteReplicas

    try:
        async with reading(store) as opened:
            replica = await SqliteReplicas(file_of(opened), project.url).find(thread)
    except StoreError:
        replica = None
    return _told(replica, project.name) if replica else "kept"


def _told(replica: Replica, name: str) -> str:
    if replica.parked and replica.parked.code == "gone":
        return f"kept here alone: it was deleted at {name}"
    if replica.parked:
        return f"kept here; at {name} it went on otherwise (gamesock replication list)"
    if replica.mark.owner and replica.mark.seq >= replica.end:
        return f"kept here and at {name}, for you alone"
    if replica.mark.owner or replica.users:
        return f"kept here; it goes to {name} the next time you play, when that can be reached"
    return "kept"
