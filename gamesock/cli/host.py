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
from importlib.util import find_spec
from typing import NamedTuple

import typer

from gamesock.address import is_host
from gamesock.cli.options import Problem, WrongUsage
from gamesock.cli.status import Status
from gamesock.cli.store import store_of
from gamesock.heap import settle
from gamesock.server.app import App
from gamesock.server.auth import Authenticator
from gamesock.server.factory import GameSocketFactory
from gamesock.server.limits import Limits
from gamesock.server.log import Logger
from gamesock.server.replication.replication import Replication
from gamesock.server.stores.base import Store
from gamesock.server.threads import Threads
from gamesock.server.workers import Workers

log = Logger("gamesock.host")

SECRET_VARIABLE = "GAMESOCK_SUPABASE_JWT_SECRET"
"""Of projects that sign with a shared secret (HS256). Never an option: other users see command lines."""

SERVICE_VARIABLE = "GAMESOCK_SUPABASE_SERVICE_KEY"
"""The project's secret key, which passes row-level security. Never an option, for the same reason."""


class Hosting(NamedTuple):
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
    key: str | None = None
    replicate: str | None = None


def run(hosting: Hosting) -> int:
    """Host until SIGINT or SIGTERM; the exit code."""
    from gamesock.cli.logs import configure

    configure(hosting.log_level, hosting.json)
    if hosting.host and not is_host(hosting.host):
        raise WrongUsage(
            f"--host: {hosting.host[:60]!r} is no address of this machine: use 127.0.0.1, or 0.0.0.0 for all"
        )
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
        raise WrongUsage(str(error)) from None


def _authenticator(hosting: Hosting) -> Authenticator | None:
    """Who verifies players; None: nobody, they are guests."""
    if hosting.auth == "guest":
        if hosting.project or hosting.key:
            raise WrongUsage("--project and --key are of use with --auth supabase")
        return None
    from gamesock.cli.options import preferred

    url = hosting.project or preferred().supabase_url
    if not url:
        raise WrongUsage(
            "--auth supabase needs a project: --project https://abc.supabase.co, or "
            "gamesock config set supabase_url https://abc.supabase.co"
        )
    from gamesock.account.packages import missing

    if lacks := missing():
        raise Problem(lacks)
    from gamesock.account.project import Project, public_project
    from gamesock.server.supabase_auth import SupabaseTokens

    key = _key(hosting)
    public = public_project(url, key).key if key else ""
    return SupabaseTokens(Project(url, public, secret=os.environ.get(SECRET_VARIABLE) or None))


def _replication(hosting: Hosting, store: Store) -> Callable[[Threads], Replication] | None:
    """How games are copied; None: they aren't."""
    how = hosting.replicate or ("players" if hosting.auth == "supabase" else "off")
    if how == "off":
        return None
    if hosting.auth != "supabase":
        raise WrongUsage("--replicate copies the games of who is signed in: it needs --auth supabase")
    lacks = _why_no_copies(_key(hosting), store)
    if hosting.replicate is None and lacks:
        typer.echo(f"gamesock: games aren't copied to the project: {lacks}", err=True)
        return None
    if lacks:
        raise WrongUsage(f"--replicate {how}: {lacks}")
    if find_spec("postgrest") is None:
        raise Problem("--replicate needs pip install 'gamesock[supabase]'")
    from gamesock.account.project import is_secret_key
    from gamesock.cli.account import project_of
    from gamesock.server.replication.replication import replicating

    project = project_of(hosting.project, _key(hosting))
    if how == "account":
        from gamesock.account.account import Account

        account = Account(project)
        if account.session() is None:
            raise Problem(f"--replicate account: nobody is signed in here at {project.name}: gamesock login")
        return replicating(project, account=account)
    if how == "service":
        key = os.environ.get(SERVICE_VARIABLE, "")
        if not is_secret_key(key):
            what = "holds another key" if key else "isn't set"
            raise Problem(f"--replicate service needs the project's secret key: {SERVICE_VARIABLE} {what}")
        return replicating(project, key=key)
    return replicating(project)


def _key(hosting: Hosting) -> str | None:
    """The project's publishable key; that of the settings belongs to the project there."""
    from gamesock.cli.options import preferred

    settings = preferred()
    named = hosting.project and hosting.project.rstrip("/")
    return hosting.key or (settings.supabase_key if named in (None, settings.supabase_url) else None)


def _why_no_copies(key: str | None, store: Store) -> str | None:
    if not key:
        return (
            "that takes its publishable key (--key, gamesock config set supabase_key KEY, or "
            "GAMESOCK_SUPABASE_KEY in the environment)"
        )
    return None if store.name.startswith("sqlite:") else "that takes a file for them (--store sqlite)"


async def _serve(hosting: Hosting, threads: Threads, tls: ssl.SSLContext | None) -> None:
    app = App(threads, origins=hosting.origins)
    GameSocketFactory.create_all_sockets(app)
    status = Status(app, json=hosting.json)

    def started(app: App) -> None:
        settle()
        status.start(app)

    serving = asyncio.current_task()
    assert serving is not None
    for stop in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows: Ctrl-C cancels the runner instead
            asyncio.get_running_loop().add_signal_handler(stop, serving.cancel)
    checking = asyncio.create_task(_check(threads))
    with contextlib.suppress(asyncio.CancelledError):
        try:
            await app.serve(hosting.host, hosting.port, tls=tls, compression=hosting.compression, started=started)
        finally:
            checking.cancel()
            status.stop()


async def _check(threads: Threads) -> None:
    """Look whether players can sign in, and games be copied; what is wrong is logged."""
    await threads.authenticator.check()
    if threads.replication and await threads.replication.replicator.remote.lacks_tables():
        project = threads.replication.replicator.remote.project.url
        log.warning("no_tables", project=project, reason="it lacks gamesock's tables: gamesock supabase init")


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop


def _tls(hosting: Hosting) -> ssl.SSLContext | None:
    if not hosting.tls_cert:
        if hosting.tls_key:
            raise WrongUsage("--tls-key needs --tls-cert")
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
