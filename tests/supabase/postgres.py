"""The fixture of a PostgreSQL server, for every folder of tests that asks one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from cluster import Cluster, binaries


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL server."""
    programs = binaries()
    if programs is None:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    started = Cluster(programs)
    try:
        started.start()
        yield started
    finally:
        started.stop()
