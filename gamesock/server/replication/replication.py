"""Replication, as a server has it: what goes to a project, what comes back, and how that does."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from gamesock.account.patience import nobody
from gamesock.account.project import Project
from gamesock.server.replication.recall import Recall
from gamesock.server.replication.remote import Remote
from gamesock.server.replication.replicator import Replicator
from gamesock.server.stores.base import Store, StoreError
from gamesock.server.stores.sqlite import SqliteStore
from gamesock.server.stores.sqlite_replicas import SqliteReplicas

if TYPE_CHECKING:
    from gamesock.account.account import Account
    from gamesock.server.threads import Threads


class Replication(NamedTuple):
    """Both ways between a server's store and a project."""

    replicator: Replicator
    recall: Recall
    told: str
    """Where copies go and in whose name, for people."""


def replicating(
    project: Project,
    *,
    account: Account | None = None,
    key: str | None = None,
    player: Account | None = None,
    say: Callable[[str], None] = nobody,
) -> Callable[[Threads], Replication]:
    """What ``Threads(replication=…)`` takes.

    ``account``: the server's own, which then writes for players who are away; ``key``: the project's secret key;
    ``player``: of the one player in whose program the server runs: their games alone go there, for them alone;
    ``say``: told when they wait for that at the end.

    Raises (when the server is made):
        StoreError: its store keeps nothing when the process dies, so it is no outbox.
    """

    whose = "as this server's account, let in by their owners" if account else "as their owners"
    told = f"to {project.name}, {'WITH THE SECRET KEY: past row-level security' if key else whose}"

    def made(threads: Threads) -> Replication:
        store = file_of(threads.store)
        replicas, remote = SqliteReplicas(store, project.url), Remote(project)
        credentials = threads.credentials
        replicator = Replicator(
            replicas, remote, credentials, threads.metrics, account=account, key=key, player=player, say=say
        )
        courier = replicator.courier
        recall = Recall(store, replicas, remote, credentials, courier, lambda: replicator.health.reachable, player)
        return Replication(replicator, recall, told)

    return made


def file_of(store: Store) -> SqliteStore:
    """The store, if it is a file.

    Raises:
        StoreError: it isn't.
    """
    if not isinstance(store, SqliteStore):
        raise StoreError("games are copied from a file: use --store sqlite, or sqlite:PATH")
    return store
