"""A server that copies (or not), in a process of its own: ``hosting.py DATABASE PORT URL KEY SECRET [no]``."""

from __future__ import annotations

import sys
from pathlib import Path

import uvloop

from gamesock.account.project import Project
from gamesock.cli.logs import configure
from gamesock.server import App, GameSocketFactory
from gamesock.server.limits import Limits
from gamesock.server.replication.replication import replicating
from gamesock.server.stores.sqlite import SqliteStore
from gamesock.server.supabase_auth import SupabaseTokens
from gamesock.server.threads import Threads


def started(app: App) -> None:
    """The first line says where."""
    sys.stdout.write(app.urls[0] + "\n")
    sys.stdout.flush()


async def main(database: str, port: str, url: str, key: str, secret: str, copies: str = "yes") -> None:
    """Serve until killed."""
    threads = Threads(
        SqliteStore(Path(database)),
        limits=Limits(rate=1e6, burst=10**6, address_rate=1e6, address_burst=10**6),
        authenticator=SupabaseTokens(Project(url, secret=secret)),
        replication=replicating(Project(url, key)) if copies == "yes" else None,
    )
    app = App(threads)
    GameSocketFactory.create_all_sockets(app)
    await app.serve(port=int(port), started=started)


if __name__ == "__main__":
    configure("info", True)
    uvloop.run(main(*sys.argv[1:]))
