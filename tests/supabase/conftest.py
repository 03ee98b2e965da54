"""The cluster, and databases with the project's migrations; skipped where PostgreSQL isn't installed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count

import psycopg
import pytest
from cluster import Cluster
from people import Connection
from postgres import cluster as cluster
from table import Table


@pytest.fixture(scope="session")
def new_database(cluster: Cluster) -> Callable[..., str]:
    """Make a database, migrated unless other scripts are given: its address."""
    numbers = count(1)
    return lambda *scripts: cluster.create(f"gamesock_{next(numbers)}", *scripts)


@pytest.fixture(scope="session")
def dsn(new_database: Callable[..., str]) -> str:
    """A migrated database that tests share: each leaves it as it was."""
    return new_database()


@pytest.fixture
def db(dsn: str) -> Iterator[Connection]:
    """A connection whose work is undone."""
    with psycopg.connect(dsn) as connection, connection.transaction(force_rollback=True):
        yield connection


@pytest.fixture
def table(db: Connection) -> Table:
    """A public game under way."""
    return Table(db)
