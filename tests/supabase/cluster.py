"""A PostgreSQL cluster of the tests' own, as a Supabase project finds it; started and thrown away in seconds."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg

HERE = Path(__file__).parent
PROJECT = HERE.parent.parent / "supabase"
PLATFORM = HERE / "platform.sql"
MIGRATIONS = sorted((PROJECT / "migrations").glob("*.sql"))

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    # What is lost in a crash is a test's: nothing has to reach the disk.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "32MB",
    "max_connections": "60",
}


def binaries() -> Path | None:
    """Where the newest PostgreSQL server on this machine has its programs."""
    newest = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda found: int(found.parts[-3]))
    found = str(newest[-1]) if newest else shutil.which("initdb")
    return Path(found).resolve().parent if found else None


class Cluster:
    """One server, on a free port and with data of its own."""

    def __init__(self, programs: Path) -> None:
        self.programs = programs
        self.data = Path(tempfile.mkdtemp(prefix="gamesock-pg-"))
        self.port = free_port()
        self._as: dict[str, Any] = {}
        if os.geteuid() == 0:
            # PostgreSQL won't run as root; its packages bring a user.
            owner = pwd.getpwnam("postgres")
            self._as = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
            os.chown(self.data, owner.pw_uid, owner.pw_gid)

    def start(self) -> None:
        """Ready for connections on return."""
        encoding = ("-E", "UTF8", "--locale=C.UTF-8")
        self._run(
            "initdb", "-D", "data", "-U", "postgres", "-A", "trust", *encoding, "--no-sync", "--no-instructions"
        )
        options = " ".join(f"-c {name}={value}" for name, value in SETTINGS.items())
        options += f" -p {self.port} -k {self.data}"
        self._run("pg_ctl", "-D", "data", "-w", "-t", "60", "-l", "log", "-o", options, "start")
        run_scripts(self.dsn(), HERE / "roles.sql")

    def stop(self) -> None:
        """Stop at once, and leave nothing."""
        with contextlib.suppress(subprocess.CalledProcessError):
            self._run("pg_ctl", "-D", "data", "-m", "immediate", "-w", "stop")
        shutil.rmtree(self.data, ignore_errors=True)

    def dsn(self, database: str = "postgres", user: str = "postgres") -> str:
        """The address of a database."""
        return f"postgresql://{user}@127.0.0.1:{self.port}/{database}"

    def create(self, database: str, scripts: Sequence[Path] = (PLATFORM, *MIGRATIONS)) -> str:
        """The address of a new database, after these scripts: by default a project's, with our migrations."""
        with psycopg.connect(self.dsn(), autocommit=True) as server:
            server.execute(f'create database "{database}"')
        run_scripts(self.dsn(database), *scripts)
        return self.dsn(database)

    def _run(self, program: str, *arguments: str) -> None:
        environment = {"PATH": f"{self.programs}:/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": str(self.data)}
        # Not through pipes: the server would keep them open.
        subprocess.run(
            [self.programs / program, *arguments], check=True, cwd=self.data, env=environment,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **self._as,
        )  # fmt: skip


def run_scripts(dsn: str, *scripts: Path) -> None:
    """Run files of SQL, each in one transaction."""
    with psycopg.connect(dsn, autocommit=True) as db:
        for script in scripts:
            with db.transaction():
                db.execute(script.read_text(encoding="utf-8"))


def free_port() -> int:
    """A port nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])
