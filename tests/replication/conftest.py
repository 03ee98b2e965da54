"""A project of one's own, users who sign in there, and servers that copy their games to it."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

# The cluster and the services are those of the tests of the schema.
sys.path.append(str(Path(__file__).parent.parent / "supabase"))

from cluster import Cluster
from lite import JWT_SECRET, Lite, missing
from postgres import cluster as cluster
from stand import Stand

from gamesock.account.project import Project
from gamesock.server.stores.sqlite import SqliteStore
from gamesock.server.supabase_auth import SupabaseTokens


@pytest.fixture(scope="session")
def lite(cluster: Cluster) -> Iterator[Lite]:
    """The services of a project."""
    if reason := missing():
        pytest.skip(reason)
    started = Lite(cluster, "replication")
    try:
        started.start()
        yield started
    finally:
        started.stop()


@pytest.fixture
def stand(lite: Lite) -> Iterator[Stand]:
    """The project, doing what it should again at the end."""
    made = Stand(lite)
    yield made
    lite.fail(None)


@pytest.fixture
async def copying(host: Callable[..., Any], stand: Stand, tmp_path: Path) -> AsyncIterator[Callable[..., Any]]:
    """Start a server that copies: ``await copying("a")``; the name is that of its store."""

    async def start(name: str = "games", *, replication: Any = None, **options: Any) -> Any:
        return await host(
            store=SqliteStore(tmp_path / f"{name}.db"),
            authenticator=SupabaseTokens(Project(stand.url, secret=JWT_SECRET)),
            replication=replication or stand.replicating(),
            **options,
        )

    yield start
