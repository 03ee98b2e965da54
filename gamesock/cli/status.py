"""What ``gamesock host`` shows while it serves: addresses, and on a terminal a line that lives."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import time

import orjson
from rich.console import Console
from rich.live import Live
from rich.text import Text

from gamesock import registry
from gamesock.cli.local import network_address
from gamesock.cli.options import Problem
from gamesock.server.app import App
from gamesock.server.threads import Threads


class Status:
    """Tells of a server on stdout, or to scripts in one JSON line."""

    def __init__(self, app: App, *, json: bool) -> None:
        self._app = app
        self._json = json
        self._task: asyncio.Task[None] | None = None
        self._since = time.monotonic()

    def start(self, app: App) -> None:
        """The server listens: say where."""
        if self._json:
            line = {"url": app.urls[0], "urls": app.urls, "store": app.threads.store.name}
            sys.stdout.write(orjson.dumps(line).decode() + "\n")
            sys.stdout.flush()
            return
        console = Console()
        for url in app.urls:
            console.print(f"[bold]gamesock[/] serves [bold cyan]{url}[/]")
        console.print(f"games   {', '.join(registry.game_names())}")
        console.print(f"store   {app.threads.store.name}")
        if auth := app.threads.authenticator.view:
            console.print(f"players those signed in at {auth.url}")
        if replication := app.threads.replication:
            console.print(f"copies  {replication.told}", highlight=False)
        address = reached(app.urls[0])
        console.print(f"play    gamesock play chess --server {address}", highlight=False)
        console.print("stop    Ctrl-C (games are kept)", highlight=False)
        if console.is_terminal:
            self._task = asyncio.create_task(self._show(console))

    def stop(self) -> None:
        """The server stops."""
        if self._task:
            self._task.cancel()

    async def _show(self, console: Console) -> None:
        with Live(self._line(), console=console, refresh_per_second=1, transient=True) as live:
            while True:
                await asyncio.sleep(1)
                live.update(self._line())

    def _line(self) -> Text:
        threads = self._app.threads
        games = sum(not live.thread.outcome for live in threads.live.values())
        up = int(time.monotonic() - self._since)
        age = f"{up // 3600}:{up // 60 % 60:02}:{up % 60:02}"
        return Text.assemble(
            ("● ", "green"), f"up {age}  ", *_counted(threads.gate.total, "connection", "  "),
            *_counted(games, "game", " under way  "), *_counted(round(_moves(threads)), "move"),
            *_copies(threads),
        )  # fmt: skip


def _counted(number: int, what: str, then: str = "") -> list[tuple[str, str]]:
    return [(f"{number}", "bold"), (f" {what}{'' if number == 1 else 's'}{then}", "")]


def reached(url: str) -> str:
    """What others type to reach a server that listens there: on every address means this computer's."""
    scheme, _, address = url.partition("://")
    host, _, port = address.rpartition(":")
    if host in ("0.0.0.0", "[::]"):
        with contextlib.suppress(Problem):
            host = network_address()
    return f"{'wss://' if scheme == 'wss' else ''}{host}:{port}"


def _copies(threads: Threads) -> list[tuple[str, str]]:
    """How copying does, where something is to be said."""
    if threads.replication is None:
        return []
    health = threads.replication.replicator.health
    told = [] if health.reachable else [(f"  {health.project} can't be reached", "red")]
    told += [("  ", ""), *_counted(health.pending, "event", " to copy")] if health.pending else []
    told += [(f"  {health.waiting} waiting for their owner", "yellow")] if health.waiting else []
    return told + ([(f"  {health.parked} parked (gamesock replication list)", "red")] if health.parked else [])


def _moves(threads: Threads) -> float:
    samples = [sample for metric in threads.metrics.moves.collect() for sample in metric.samples]
    return sum(float(sample.value) for sample in samples if sample.name.endswith("_total"))
