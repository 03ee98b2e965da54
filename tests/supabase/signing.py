"""A project to sign in at, and commands run by people who do, each on a machine of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from cluster import Cluster
from lite import PUBLISHABLE_KEY, Lite, missing

from gamesock.account.project import Project


class GitHub(BaseHTTPRequestHandler):
    """What GitHub answers to somebody who is signed in there, and agrees."""

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        query = dict(parse_qsl(asked.query))
        if asked.path == "/login/oauth/authorize":
            back = urlencode({"code": "c0de", "state": query["state"]})
            self.send_response(302)
            self.send_header("Location", f"{query['redirect_uri']}?{back}")
            self.end_headers()
        elif asked.path.endswith("/emails"):
            self._answer([{"email": "octo@gamesock.test", "primary": True, "verified": True}])
        else:
            self._answer(
                {"id": 42, "login": "octo", "name": "Octo", "email": "octo@gamesock.test", "avatar_url": ""}
            )

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._answer({"access_token": "gho_x", "token_type": "bearer", "scope": "user:email"})

    def _answer(self, value: object) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(value).encode())

    def log_message(self, *args: object) -> None:
        """Tests are quiet."""


@contextmanager
def running(cluster: Cluster, database: str) -> Iterator[Lite]:
    """The services of a project, with GitHub as a provider, while the block runs."""
    if reason := missing():
        pytest.skip(reason)
    github = ThreadingHTTPServer(("127.0.0.1", 0), GitHub)
    threading.Thread(target=github.serve_forever, daemon=True).start()
    started = Lite(cluster, database, github=f"http://127.0.0.1:{github.server_port}")
    try:
        started.start()
        yield started
    finally:
        started.stop()
        github.shutdown()
        github.server_close()


def project_of(lite: Lite) -> Project:
    """The project, as its users know it."""
    return Project(lite.url, PUBLISHABLE_KEY)


class Machine:
    """A computer with a home directory, and somebody who types commands."""

    def __init__(self, home: Path, lite: Lite) -> None:
        home.mkdir(exist_ok=True)
        self.home = home
        places = {f"XDG_{kind}_HOME": str(home / kind.lower()) for kind in ("DATA", "CONFIG", "CACHE", "STATE")}
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("GAMESOCK_", "COV"))}
        self.env = kept | places | {
            "HOME": str(home), "LOGNAME": "ann", "GAMESOCK_KEYRING": "off", "TERM": "xterm-256color",
            "GAMESOCK_SUPABASE_URL": lite.url, "GAMESOCK_SUPABASE_KEY": PUBLISHABLE_KEY,
        }  # fmt: skip

    @property
    def sessions(self) -> list[Path]:
        """The files of the sessions that are kept."""
        return sorted((self.home / "data" / "gamesock" / "sessions").glob("*.json"))

    def start(self, *args: str, **env: str) -> subprocess.Popen[str]:
        """A command under way; lines go to its stdin."""
        pipe = subprocess.PIPE
        return subprocess.Popen(
            [sys.executable, "-m", "gamesock", *args], stdin=pipe, stdout=pipe, stderr=pipe, text=True, bufsize=1,
            env=self.env | env,
        )  # fmt: skip

    def run(self, *args: str, given: str = "", **env: str) -> subprocess.CompletedProcess[str]:
        """A command from its start to its end."""
        process = self.start(*args, **env)
        out, err = process.communicate(given, timeout=100)
        return subprocess.CompletedProcess(args, process.returncode, out, err)

    def login(self, lite: Lite, email: str) -> str:
        """Sign in with an e-mailed code; what was said."""
        sent = len(lite.mails())
        process = self.start("login", "--email", email)
        assert process.stdin and process.stderr
        line = process.stderr.readline()
        assert "on its way" in line, line + process.stderr.read()
        out, err = process.communicate(f"{lite.code(after=sent)}\n", timeout=100)
        assert process.returncode == 0, err
        return out

    def whoami(self, **env: str) -> dict[str, Any]:
        """Who is signed in."""
        done = self.run("whoami", "--json", **env)
        assert done.returncode == 0, done.stderr
        told: dict[str, Any] = json.loads(done.stdout)
        return told
