"""A project's API and sign-in, on a database of the tests: @supabase/lite, from npm."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import threading
import time
from typing import Any

import httpx
import psycopg
from cluster import HERE, MIGRATIONS, PLATFORM, Cluster, free_port, run_scripts

PUBLISHABLE_KEY = f"sb_publishable_{'t' * 31}"
SECRET_KEY = f"sb_secret_{'s' * 31}"
JWT_SECRET = "a secret of the tests that is long enough"


def missing() -> str | None:
    """What is missing to run it here, or None."""
    if shutil.which("node") is None:
        return "node is not installed"
    if not (HERE / "node_modules" / "@supabase" / "lite").is_dir():
        return "@supabase/lite is not installed: npm ci --prefix tests/supabase"
    return None


class Lite:
    """The services of one project, on a new database."""

    def __init__(self, cluster: Cluster, database: str, *, github: str = "") -> None:
        """``github``: the address of what stands for GitHub, as a provider to sign in with."""
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.dsn = cluster.create(database, scripts=())
        self._github = github
        self._migrated = False
        self._lines: list[str] = []
        self._heard = threading.Event()
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Ready for requests on return.

        Raises:
            RuntimeError: it ended instead; with what it said.
        """
        arguments = ["lite.mjs", self.dsn, str(self.port), PUBLISHABLE_KEY, SECRET_KEY, JWT_SECRET, self._github]
        self._process = subprocess.Popen(
            ["node", *arguments], cwd=HERE, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env={**os.environ, "DO_NOT_TRACK": "1", "LITE_TELEMETRY": "0"},
        )  # fmt: skip
        threading.Thread(target=self._listen, args=(self._process,), daemon=True).start()
        self._heard.wait(60)
        if "READY\n" not in self._lines:
            raise RuntimeError("".join(self._lines))
        if not self._migrated:
            run_scripts(self.dsn, PLATFORM, *MIGRATIONS)
            self._migrated = True
        # At its first request it grants everything to everyone: what we grant comes after.
        httpx.get(f"{self.url}/rest/v1/threads", params={"limit": 0}, headers={"apikey": PUBLISHABLE_KEY})
        self._grant()

    def _grant(self) -> None:
        while True:
            try:
                return run_scripts(self.dsn, MIGRATIONS[-1])
            except psycopg.errors.DeadlockDetected:
                continue  # requests come in already

    def stop(self) -> None:
        """End it."""
        if self._process:
            self._process.kill()
            self._process.wait()

    def mails(self) -> list[dict[str, Any]]:
        """Every mail sent so far."""
        return [json.loads(line.removeprefix("MAIL ")) for line in self._lines if line.startswith("MAIL ")]

    def code(self, after: int = 0) -> str:
        """The sign-in code of the last mail; it is waited for while there are no more than ``after``."""
        end = time.monotonic() + 30
        while len(self.mails()) <= after:
            assert time.monotonic() < end, "no mail came"
            time.sleep(0.05)
        [code] = re.findall(r"\b\d{6}\b", self.mails()[-1]["text"])[:1]
        return str(code)

    def fail(self, fault: dict[str, int] | None) -> None:
        """Answer every request with ``{"status": 503}``, or after ``{"delay": ms}``; None: as it should."""
        httpx.put(f"{self.url}/__fault", content=json.dumps(fault))

    def _listen(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            self._lines.append(line)
            if line.startswith("READY"):
                self._heard.set()
        self._heard.set()
