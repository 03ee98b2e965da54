"""The migrations as the Supabase CLI takes them: in order, once, and with nothing to find fault with."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from cluster import HERE, MIGRATIONS, PLATFORM, PROJECT, run_scripts
from table import Table

CLI = HERE / "node_modules" / "@supabase" / "cli-linux-x64" / "bin" / "supabase"

SCHEMA = """
    select format('%s %s %s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod)) from pg_attribute a
      join pg_class c on c.oid = a.attrelid where c.relnamespace = 'public'::regnamespace and a.attnum > 0
    union all select format('%s %s', oid::regprocedure, md5(prosrc)) from pg_proc
      where pronamespace::regnamespace::text in ('public', 'private')
    union all select format('%s %s', oid::regprocedure, acl) from pg_proc, unnest(proacl) acl
      where pronamespace::regnamespace::text in ('public', 'private')
    union all select format('%s %s %s %s', tablename, policyname, qual, with_check) from pg_policies
    union all select format('%s %s', relname, acl) from pg_class, unnest(relacl) acl
      where relnamespace = 'public'::regnamespace
    union all select format('%s %s %s', attrelid::regclass, attname, acl) from pg_attribute, unnest(attacl) acl
    union all select format('%s %s', conname, pg_get_constraintdef(oid)) from pg_constraint
    union all select format('%s %s', tgname, pg_get_triggerdef(oid)) from pg_trigger where not tgisinternal
    order by 1
"""


def schema(dsn: str) -> list[Any]:
    """All there is in the schema, as text."""
    with psycopg.connect(dsn) as db:
        return db.execute(SCHEMA).fetchall()


def test_they_are_named_in_their_order() -> None:
    versions = [path.name.partition("_")[0] for path in MIGRATIONS]
    assert len(MIGRATIONS) == 3
    assert all(len(version) == 14 and version.isdigit() for version in versions)
    assert versions == sorted(set(versions))


def test_run_again_they_change_nothing(new_database: Callable[..., str]) -> None:
    dsn = new_database()
    before = schema(dsn)
    with psycopg.connect(dsn) as db:
        Table(db)
    run_scripts(dsn, *MIGRATIONS)
    assert schema(dsn) == before
    with psycopg.connect(dsn) as db:
        assert db.execute("select seq from public.threads").fetchall() == [(2,)]


def test_printed_they_make_the_same_schema(new_database: Callable[..., str]) -> None:
    command = [sys.executable, "-m", "gamesock", "supabase", "init", "--print"]
    printed = subprocess.run(command, capture_output=True, text=True, timeout=100, check=True).stdout
    dsn = new_database([PLATFORM])
    with psycopg.connect(dsn, autocommit=True) as db:
        db.execute(printed)
        db.execute(printed)
    assert schema(dsn) == schema(new_database())


def test_a_projects_own_table_is_left_alone(new_database: Callable[..., str]) -> None:
    dsn = new_database([PLATFORM])
    with psycopg.connect(dsn, autocommit=True) as db:
        db.execute("create table public.profiles (id integer)")
        before = schema(dsn)
        with pytest.raises(psycopg.errors.RaiseException, match="tables of its own by these names: profiles"):
            run_scripts(dsn, *MIGRATIONS)
    assert schema(dsn) == before


def test_a_projects_own_schemas_are_left_alone(new_database: Callable[..., str]) -> None:
    """`private` is where Supabase's own docs put such helpers; what is called like ours isn't ours for that."""
    dsn = new_database([PLATFORM])
    with psycopg.connect(dsn, autocommit=True) as db:
        db.execute("create schema private; create function private.is_admin() returns boolean return true")
        db.execute("grant execute on function private.is_admin() to anon; grant usage on schema private to anon")
        run_scripts(dsn, *MIGRATIONS)
        db.execute("set role anon")
        assert db.execute("select private.is_admin()").fetchall() == [(True,)]
    other = new_database([PLATFORM])
    with psycopg.connect(other, autocommit=True) as db:
        db.execute("create schema gamesock")
        with pytest.raises(psycopg.errors.RaiseException, match="a schema of its own by the name of gamesock"):
            run_scripts(other, *MIGRATIONS)


def test_the_last_one_takes_back_what_was_granted_since(new_database: Callable[..., str]) -> None:
    dsn = new_database()
    before = schema(dsn)
    with psycopg.connect(dsn) as db:
        db.execute("grant all on all tables in schema public to anon, authenticated")
        db.execute("grant execute on all functions in schema gamesock to public")
    assert schema(dsn) != before
    run_scripts(dsn, MIGRATIONS[-1])
    assert [row for row in schema(dsn) if row not in before] == []


def test_the_settings_are_for_the_cli_and_name_files_that_are_there() -> None:
    settings = tomllib.loads((PROJECT / "config.toml").read_text(encoding="utf-8"))
    for template in settings["auth"]["email"]["template"].values():
        assert "{{ .Token }}" in (PROJECT.parent / template["content_path"]).read_text(encoding="utf-8")
    assert settings["api"]["schemas"] == ["public"]


# The CLI


class Project:
    """A copy of the project, and the CLI at work on a database with it."""

    def __init__(self, home: Path, dsn: str) -> None:
        self.home = home
        self.dsn = dsn
        self._remote = f"--remote={dsn.replace('postgres@', 'postgres:any@')}?sslmode=disable"

    def run(self, *arguments: str) -> str:
        """What a command of the CLI says; it must succeed."""
        quiet = {"SUPABASE_TELEMETRY_DISABLED": "1", "DO_NOT_TRACK": "1", "HOME": str(self.home)}
        done = subprocess.run(
            [CLI, *arguments, self._remote, "--yes"], cwd=self.home, env={**os.environ, **quiet},
            capture_output=True, text=True, timeout=100,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    def findings(self, *arguments: str) -> list[dict[str, Any]]:
        """What a command found."""
        [told] = [
            line for line in self.run(*arguments, "--output-format", "json").splitlines() if line[0:1] == "{"
        ]
        results: list[dict[str, Any]] = json.loads(told)["results"]
        return results


@pytest.fixture(scope="module")
def project(new_database: Callable[..., str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """A project of the user's, before anything was pushed."""
    if not CLI.exists():
        pytest.skip("the Supabase CLI is not installed: npm ci --prefix tests/supabase (on Linux, x64)")
    home = tmp_path_factory.mktemp("project")
    shutil.copytree(PROJECT, home / "supabase")
    yield Project(home, new_database([PLATFORM]))


def test_the_cli_pushes_them_once(project: Project) -> None:
    would = project.run("db", "push", "--dry-run")
    assert [path.name for path in MIGRATIONS if path.name not in would] == []
    assert "Applying migration" in project.run("db", "push")
    assert "up to date" in project.run("db", "push")
    listed = project.run("migration", "list")
    assert all(listed.count(path.name[:14]) == 2 for path in MIGRATIONS)


def test_the_advisors_find_nothing(project: Project) -> None:
    project.run("db", "push")
    with psycopg.connect(project.dsn) as db:
        # An index that was never used is a finding too: the smallest database uses none by itself.
        db.execute("set local enable_seqscan = off")
        table = Table(db)
        table.owner.ask("select 1 from public.members where user_id = %s", table.owner.id)
        db.execute(
            "select 1 from public.threads where visibility = 'public' order by updated desc nulls last limit 9"
        )
    everything = ("db", "advisors", "--type", "all", "--level", "info")
    assert project.findings(*everything) == []
    with psycopg.connect(project.dsn, autocommit=True) as db:
        db.execute("create table public.forgotten (id integer)")
        found = {finding["name"] for finding in project.findings(*everything)}
        db.execute("drop table public.forgotten")
    assert "rls_disabled_in_public" in found


def test_the_linter_finds_nothing(project: Project) -> None:
    project.run("db", "push")
    with psycopg.connect(project.dsn) as db:
        if not db.execute("select 1 from pg_available_extensions where name = 'plpgsql_check'").rowcount:
            pytest.skip(
                "plpgsql_check is not installed: apt-get install postgresql-15-plpgsql-check (or of your version)"
            )
    assert project.findings("db", "lint", "--level", "warning") == []
