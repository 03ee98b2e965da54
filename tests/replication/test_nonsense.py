"""Something else than the project answers: a network's sign-in page, a parked domain. It counts as nothing."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from stand import Stand, seated

from gamesock.account.account import Account
from gamesock.account.project import Project
from gamesock.account.safe import File
from gamesock.account.session import Session
from gamesock.server.replication.remote import Actor, Lasting, Remote, Trouble
from gamesock.server.replication.replication import replicating


class Page(BaseHTTPRequestHandler):
    """Says yes to everything."""

    status, kind, body = 200, "text/html", b"<html>Please sign in</html>"

    def do_GET(self) -> None:
        self.send_response(self.status)
        self.send_header("Content-Type", self.kind)
        self.send_header("Content-Length", str(len(self.body)))
        if self.status == 302:
            self.send_header("Location", "https://example.org/")
        self.end_headers()
        self.wfile.write(self.body)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.do_GET()

    def log_message(self, *args: object) -> None:
        """Tests are quiet."""


@pytest.fixture
def page() -> Iterator[tuple[type[Page], Project]]:
    """A server that answers what one likes."""
    kind: type[Page] = type("OwnPage", (Page,), {})
    server = ThreadingHTTPServer(("127.0.0.1", 0), kind)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield kind, Project(f"http://127.0.0.1:{server.server_port}", "key")
    server.shutdown()
    server.server_close()


ANSWERS = [
    (200, "text/html", b"<html>Please sign in</html>"),
    (201, "text/html", b"<html>Please sign in</html>"),
    (200, "application/json", b"{}"),
    (200, "application/json", b"null"),
    (200, "application/json", b""),
    (204, "application/json", b""),
    (302, "text/plain", b""),
    (500, "text/html", b"<html>Oh no</html>"),
    (540, "application/json", b'{"message": "paused"}'),
]


@pytest.mark.parametrize(("status", "kind", "body"), ANSWERS)
async def test_nothing_of_it_counts(page: tuple[type[Page], Project], status: int, kind: str, body: bytes) -> None:
    server, project = page
    server.status, server.kind, server.body = status, kind, body
    remote = Remote(project)
    await remote.open()
    tables = remote.tables(Actor("user", "token"))
    with pytest.raises(Exception) as inserted:
        await tables.insert("events", [{"seq": 1}])
    with pytest.raises(Exception) as read:
        await tables.read("threads", "id", order="id")
    await remote.close()
    for told in (inserted.value, read.value):
        assert isinstance(told, Trouble) and not isinstance(told, Lasting), repr(told)


async def test_an_answer_is_read_no_further_than_it_fits(
    page: tuple[type[Page], Project], monkeypatch: pytest.MonkeyPatch
) -> None:
    server, project = page
    server.kind, server.body = "application/json", b'[{"x": "' + b"y" * 100_000 + b'"}]'
    remote = Remote(project)
    await remote.open()
    monkeypatch.setattr("gamesock.server.replication.wire.LARGEST", 10_000)
    with pytest.raises(Lasting, match="MB"):
        await remote.tables(Actor("user", "token")).read("threads", "id", order="id")
    await remote.close()


@pytest.mark.parametrize("status", [401, 403, 404])
async def test_what_refuses_everything_is_asked_seldom(
    page: tuple[type[Page], Project], copying: Any, stand: Stand, until: Any, status: int
) -> None:
    server, project = page
    server.status = status
    host = await copying(replication=replicating(project))
    ann = stand.user("Ann")
    async with await seated(host, f"shut-{status}", "X", ann):
        health = lambda: host.threads.replication.replicator.health  # noqa: E731
        await until(lambda: not health().reachable)
        assert (health().parked, health().pending) == (0, 1)
        assert host.threads.credentials.token(ann.id), "it isn't the token's fault"


async def test_who_leaves_waits_not_long_for_silence(
    copying: Any, stand: Stand, until: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gamesock.server.replication.remote.TIMEOUT", 600.0)
    monkeypatch.setattr("gamesock.server.replication.replicator.LONG_GOODBYE", 600.0)
    ann = stand.user("Ann")
    with socket.create_server(("127.0.0.1", 0)) as hole:
        project = Project(f"http://127.0.0.1:{hole.getsockname()[1]}", "key")
        account = Account(project, File(tmp_path / "sessions"), locks=tmp_path)
        ends = time.time() + 3600
        token = ann.token()
        await account.keep(
            Session(project=project.url, user=ann.id, expires=ends, access_token=token, refresh_token="r")
        )
        host = await copying(replication=replicating(project, player=account))
        async with await seated(host, "unheard", "X", ann):
            async with asyncio.timeout(60):
                await host.threads.replication.replicator.close()
        assert host.threads.replication.replicator.health.pending == 1
