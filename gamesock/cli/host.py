"""``gamesock host``: a server until it is told to stop, with a live status on a terminal."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import signal
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec

from gamesock.cli.options import Problem
from gamesock.cli.status import Status
from gamesock.cli.store import store_of
from gamesock.server.app import App
from gamesock.server.auth import Authenticator
from gamesock.server.factory import GameSocketFactory
from gamesock.server.limits import Limits
from gamesock.server.replication.replication import Replication
from gamesock.server.stores.base import Store
from gamesock.server.threads import Threads
from gamesock.server.workers import Workers

SECRET_VARIABLE = "GAMESOCK_SUPABASE_JWT_SECRET"
"""Of projects that sign with a shared secret (HS256). Never an option: other users see command lines."""

SERVICE_VARIABLE = "GAMESOCK_SUPABASE_SERVICE_KEY"
"""The project's secret key, which passes row-level security. Never an option, for the same reason."""


@dataclass(frozen=True, slots=True)
class Hosting:
    """How to host."""

    host: str
    port: int
    store: str
    workers: int | None
    tls_cert: str | None
    tls_key: str | None
    origins: list[str]
    compression: bool
    max_connections: int
    per_address: int
    trusted_proxies: list[str]
    idle: float
    log_level: str
    json: bool
    auth: str = "guest"
    project: str | None = None
    replicate: str | None = None


def run(hosting: Hosting) -> int:
    """Host until SIGINT or SIGTERM; the exit code."""
    from gamesock.cli.logs import configure

    configure(hosting.log_level, hosting.json)
    tls, store = _tls(hosting), store_of(hosting.store)
    runner = asyncio.Runner(loop_factory=_loop_factory())
    with runner:
        try:
            runner.run(_serve(hosting, _threads(hosting, store), tls))
        except OSError as error:
            raise Problem(why_not(error, hosting.host, hosting.port)) from None
    return 0


def _threads(hosting: Hosting, store: Store) -> Threads:
    try:
        return Threads(
            store,
            workers=None if hosting.workers is None else Workers(hosting.workers),
            limits=Limits(connections=hosting.max_connections, connections_per_address=hosting.per_address),
            idle=hosting.idle,
            trusted_proxies=hosting.trusted_proxies,
            authenticator=_authenticator(hosting),
            replication=_replication(hosting, store),
        )
    except ValueError as error:
        raise Problem(str(error)) from None


def _authenticator(hosting: Hosting) -> Authenticator | None:
    """Who verifies players; None: nobody, they are guests."""
    if hosting.auth == "guest":
        if hosting.project:
            raise Problem("--project is of use with --auth supabase")
        return None
    from gamesock.cli.options import preferred

    url = hosting.project or preferred().supabase_url
    if not url:
        raise Problem(
            "--auth supabase needs a project: --project https://abc.supabase.co, or "
            "gamesock config set supabase_url https://abc.supabase.co"
        )
    try:
        from gamesock.account.project import Project
        from gamesock.server.supabase_auth import SupabaseTokens
    except ImportError as error:
        raise Problem(f"accounts need pip install 'gamesock[supabase]' ({error.name} is missing)") from None
    return SupabaseTokens(Project(url, secret=os.environ.get(SECRET_VARIABLE) or None))


def _replication(hosting: Hosting, store: Store) -> Callable[[Threads], Replication] | None:
    """How games are copied; None: they aren't."""
    how = hosting.replicate or ("players" if hosting.auth == "supabase" else "off")
    if how == "off":
        return None
    if hosting.auth != "supabase":
        raise Problem("--replicate copies the games of who is signed in: it needs --auth supabase")
    from gamesock.cli.options import preferred

    settings = preferred()
    if hosting.replicate is None and not (settings.supabase_key and store.name.startswith("sqlite:")):
        return None
    if find_spec("postgrest") is None:
        raise Problem("--replicate needs pip install 'gamesock[supabase]'")
    from gamesock.cli.account import project_of
    from gamesock.server.replication.replication import replicating

    project = project_of(hosting.project, None)
    if how == "account":
        from gamesock.account.account import Account

        account = Account(project)
        if account.session() is None:
            raise Problem(f"--replicate account: nobody is signed in here at {project.name}: gamesock login")
        return replicating(project, account=account)
    if how == "service":
        key = os.environ.get(SERVICE_VARIABLE)
        if not key:
            raise Problem(f"--replicate service needs the project's secret key in {SERVICE_VARIABLE}")
        return replicating(project, key=key)
    return replicating(project)


async def _serve(hosting: Hosting, threads: Threads, tls: ssl.SSLContext | None) -> None:
    app = App(threads, origins=hosting.origins)
    GameSocketFactory.create_all_sockets(app)
    status = Status(app, json=hosting.json)
    serving = asyncio.current_task()
    assert serving is not None
    for stop in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows: Ctrl-C cancels the runner instead
            asyncio.get_running_loop().add_signal_handler(stop, serving.cancel)
    checking = asyncio.create_task(threads.authenticator.check())
    with contextlib.suppress(asyncio.CancelledError):
        try:
            await app.serve(
                hosting.host, hosting.port, tls=tls, compression=hosting.compression, started=status.start
            )
        finally:
            checking.cancel()
            status.stop()


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop


def _tls(hosting: Hosting) -> ssl.SSLContext | None:
    if not hosting.tls_cert:
        if hosting.tls_key:
            raise Problem("--tls-key needs --tls-cert")
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(hosting.tls_cert, hosting.tls_key)
    except ssl.SSLError:
        reason = "it is no certificate in PEM, or its private key (--tls-key) doesn't fit"
        raise Problem(f"{hosting.tls_cert} can't be used: {reason}") from None
    except OSError as error:
        reason = error.strerror or str(error)
        raise Problem(f"the certificate {hosting.tls_cert} or its key can't be read: {reason}") from None
    return context


def why_not(error: OSError, host: str, port: int) -> str:
    """Why one can't listen there, and what to do about it."""
    where = f"{host}:{port}"
    if error.errno == errno.EADDRINUSE:
        return f"{where} is in use (by another gamesock?): choose another --port, or 0 for any free one"
    if error.errno == errno.EACCES:
        return f"no permission to listen on {where}: ports below 1024 are for administrators"
    # asyncio words its own message around the system's; a name that isn't found has no errno of the system.
    reason = error.strerror if isinstance(error, socket.gaierror) or not error.errno else os.strerror(error.errno)
    return f"can't listen on {where}: {reason or error}"
