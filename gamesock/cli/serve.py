"""``gamesock serve``: the full-screen client as a web page, each visitor on a process of their own."""

from __future__ import annotations

import asyncio
import contextlib
import getpass
import hashlib
import importlib.util
import ipaddress
import json as jsonlib
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

import platformdirs

from gamesock import admission, registry
from gamesock.address import SHARED, server_url
from gamesock.cli.host import why_not
from gamesock.cli.local import network_address
from gamesock.cli.options import Problem, WrongUsage
from gamesock.cli.store import store_of
from gamesock.network import is_loopback
from gamesock.seatbook import SEATS, SeatBook
from gamesock.server.embedded import embedded

if TYPE_CHECKING:
    from aiohttp import web

    from gamesock.browser.site import Guest, Program

FORGOTTEN = 180 * 86400
"""Seconds after which the seats of a browser that never came back are forgotten."""


class Serving(NamedTuple):
    """How to serve."""

    host: str
    port: int
    title: str
    visitors: int
    origins: list[str]
    server: str | None
    store: str
    game: str
    """What every visitor plays; empty: the home screen."""
    bot: str | None
    level: int | None
    clock: str | None
    options: list[str]
    json: bool


def run(serving: Serving) -> int:
    """Serve until SIGINT or SIGTERM; the exit code."""
    if importlib.util.find_spec("textual_serve") is None:
        raise Problem("a browser needs one thing more: pip install 'gamesock[serve]'")
    from gamesock.browser.site import Site
    from gamesock.cli.logs import configure

    _check(serving)
    configure("warning", serving.json)
    with _server(serving) as server, _seats(serving) as seats:
        site = Site(
            lambda guest: _program(guest, serving, server, seats),
            title=serving.title, most=serving.visitors, origins=serving.origins,
        )  # fmt: skip
        try:
            asyncio.run(_serve(site.application(), serving, server))
        except OSError as error:
            raise Problem(why_not(error, serving.host, serving.port)) from None
    return 0


def _check(serving: Serving) -> None:
    """Refuse what could start for no visitor."""
    if serving.game:
        game = registry.game(serving.game)
        if serving.bot not in (None, "none") and not serving.server:
            registry.bot(str(serving.bot), game.name)
    elif serving.bot or serving.level or serving.clock or serving.options:
        raise WrongUsage("say which game all visitors play: gamesock serve chess --bot stockfish")


@contextmanager
def _server(serving: Serving) -> Iterator[str]:
    """The address of the server that all visitors share."""
    if serving.server:
        yield server_url(serving.server)
        return
    with embedded(store_of(serving.store)) as url:
        yield url


async def _serve(app: web.Application, serving: Serving, server: str) -> None:
    from aiohttp import web

    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows: Ctrl-C cancels this instead
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=5)
    await runner.setup()
    try:
        await web.TCPSite(runner, serving.host, serving.port).start()
        _tell(_urls(runner.addresses), serving, server)
        await stop.wait()
    finally:
        await runner.cleanup()


def _tell(urls: list[str], serving: Serving, server: str) -> None:
    """Say where the page is, and who can reach it."""
    if serving.json:
        said = {"url": urls[0], "urls": urls, "server": server}
        sys.stdout.write(jsonlib.dumps(said) + "\n")
        sys.stdout.flush()
        return
    from rich.console import Console

    console = Console(highlight=False)
    for url in urls:
        console.print(f"[bold]gamesock[/] is at [bold cyan]{url}[/]")
    console.print(f"games   on {server}, which all visitors share")
    if not all(_here(url) for url in urls):
        console.print(
            f"[bold yellow]open[/]    whoever reaches this page runs gamesock here, as {_user()}:\n"
            f"        no password, up to {serving.visitors} visitors, each with a process of their own.\n"
            "        Beyond a network you trust, put a proxy with a login and TLS in front."
        )
    console.print("stop    Ctrl-C (games are kept)" if serving.store != "memory" else "stop    Ctrl-C")
    sys.stdout.flush()


def _urls(addresses: Sequence[tuple[Any, ...]]) -> list[str]:
    """What to type into a browser: here, and where every address will do, elsewhere."""
    hosts: dict[str, int] = {}
    for host, port, *_ in addresses:
        if ipaddress.ip_address(host).is_unspecified:
            hosts["127.0.0.1"] = port
            with contextlib.suppress(Problem):
                hosts[network_address()] = port
        else:
            hosts[host] = port
    return [f"http://{f'[{host}]' if ':' in host else host}:{port}" for host, port in hosts.items()]


def _here(url: str) -> bool:
    """Whether only this machine reaches the address."""
    return is_loopback(urlsplit(url).hostname or "")


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "you"


# What runs for a visitor


def _program(guest: Guest, serving: Serving, server: str, seats: Path) -> Program:
    """The command for a guest. What a guest sends goes into none of its words."""
    from gamesock.browser.site import Program

    book = seats / hashlib.sha256(f"{guest.key} {guest.tab}".encode()).hexdigest()[:32]
    last = SeatBook(book).last()
    resumed = last is not None and not last.over and last.game == serving.game
    arguments = ["play", "--resume"] if resumed else _play(serving)
    environment = {SHARED: server, SEATS: str(book), admission.VARIABLE: "off"}
    if not (guest.here and guest.tab == 1):
        # Who sits here is called as usual; the others must be told apart.
        environment["GAMESOCK_NAME"] = f"{_user()} {guest.tab}" if guest.here else f"guest {book.name[:4]}"
    return Program((sys.executable, "-m", "gamesock", *arguments), environment)


def _play(serving: Serving) -> list[str]:
    if not serving.game:
        return []
    asked = {"--bot": serving.bot, "--level": serving.level, "--clock": serving.clock}
    words = [word for flag, value in asked.items() if value is not None for word in (flag, str(value))]
    return ["play", serving.game, *words, *(word for option in serving.options for word in ("--option", option))]


@contextmanager
def _seats(serving: Serving) -> Iterator[Path]:
    """Where visitors' seats are kept, for as long as their games are."""
    if serving.store == "memory" and not serving.server:
        with tempfile.TemporaryDirectory() as passing:
            yield Path(passing)
        return
    place = hashlib.sha256((serving.server or serving.store).encode()).hexdigest()[:16]
    seats = platformdirs.user_data_path("gamesock") / "browser" / place
    for book in seats.glob("*"):
        with contextlib.suppress(OSError):
            if book.stat().st_mtime < time.time() - FORGOTTEN:
                shutil.rmtree(book)
    yield seats
