"""Where a command plays: on a server elsewhere, or on one inside this program, which friends may join."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

import typer

from gamesock.address import SHARED, server_url
from gamesock.admission import display_name, is_ours
from gamesock.cli.options import Problem, WrongUsage, preferred
from gamesock.cli.store import store_of
from gamesock.place import Place
from gamesock.protocol import LONGEST_NAME
from gamesock.seatbook import LOCAL

if TYPE_CHECKING:
    from gamesock.server.home import Home

PORT = 8765
"""Where invited friends look unless told otherwise."""


@contextmanager
def place_for(
    server: str | None, store: str, name: str | None = None, *, open_to_friends: bool = False
) -> Iterator[Place]:
    """The place at ``server``, or without one a place inside this program for as long as the block runs.

    Raises:
        BadAddress, Problem, StoreError: there can't be such a place.
    """
    if name and len(name) > LONGEST_NAME:
        raise WrongUsage(f"--name: at most {LONGEST_NAME} characters")
    called = name or preferred().name
    if server:
        yield Place(server_url(server), called)
        return
    from gamesock.cli.logs import quiet
    from gamesock.server.embedded import embedded

    friends = network_address() if open_to_friends else None
    quiet()
    host, port = ("0.0.0.0", _free_port()) if friends else ("127.0.0.1", 0)
    at_home = home_of(store)
    with embedded(store_of(store), host, port, home=at_home) as url:
        address = f"{friends}:{url.rpartition(':')[2]}" if friends else None
        # At home one is called as the account says; elsewhere that is told only where the sign-in is shown.
        called = called or display_name(preferred().supabase_url)
        place = Place(url, called, name=LOCAL, address=address, keeps=store != "memory")
        if at_home:
            from gamesock.cli.whereabouts import kept

            place.own_token = at_home.token
            place.kept = lambda thread: kept(thread, store, at_home.account.project)
        yield place


def home_of(store: str) -> Home | None:
    """Whose program this is, where games are copied to their account; None: nobody has one here."""
    url, key = preferred().supabase_url, preferred().supabase_key
    if not url or not key or not is_ours() or SHARED in os.environ:
        return None
    from gamesock.account.packages import missing

    if not store_of(store).name.startswith("sqlite:") or missing():
        return None
    from gamesock.account.account import Account
    from gamesock.account.project import BadProject, public_project
    from gamesock.server.home import Home

    try:
        return Home(Account(public_project(url, key)), partial(typer.echo, err=True))
    except BadProject:
        return None


def network_address() -> str:
    """This computer's address in its network, as a friend beside you would type it.

    Raises:
        Problem: it is in no network.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # Nothing is sent: the system only says from which address it would be.
            probe.connect(("10.255.255.255", 1))
            address = str(probe.getsockname()[0])
        except OSError:
            address = "127.0.0.1"
    if address.startswith(("127.", "0.")):
        raise Problem(
            "this computer is in no network, so a friend can't reach it: join one, or play on a server "
            "that you both reach (gamesock play GAME --server HOST)"
        )
    return address


def _free_port() -> int:
    """The usual port, or any other if that is taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("0.0.0.0", PORT))
        except OSError:
            return 0
    return PORT
