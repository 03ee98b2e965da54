"""The project's own tests of its schema, which `supabase test db` runs as well."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable

import psycopg
import pytest
from cluster import PROJECT

TESTS = sorted((PROJECT / "tests").glob("*.sql"))


@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.stem)
def test_pgtap(new_database: Callable[..., str], path: object) -> None:
    prove = shutil.which("pg_prove")
    if prove is None:
        pytest.skip("pg_prove is not installed: apt-get install libtap-parser-sourcehandler-pgtap-perl")
    dsn = new_database()
    with psycopg.connect(dsn) as db:
        if not db.execute("select 1 from pg_available_extensions where name = 'pgtap'").rowcount:
            pytest.skip("pgTAP is not installed: apt-get install postgresql-15-pgtap")
    done = subprocess.run([prove, "--dbname", dsn, str(path)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
