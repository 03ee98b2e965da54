"""Where a command plays: on a server elsewhere, or on one inside this program, which friends may join."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager

from gamesock.address import server_url
from gamesock.cli.options import Problem, preferred
from gamesock.cli.store import store_of
from gamesock.place import Place
from gamesock.seatbook import LOCAL

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
    player = name or preferred().name
    if server:
        yield Place(server_url(server), player)
        return
    from gamesock.cli.logs import quiet
    from gamesock.server.embedded import embedded

    friends = network_address() if open_to_friends else None
    quiet()
    host, port = ("0.0.0.0", _free_port()) if friends else ("127.0.0.1", 0)
    with embedded(store_of(store), host, port) as url:
        address = f"{friends}:{url.rpartition(':')[2]}" if friends else None
        yield Place(url, player, name=LOCAL, address=address, keeps=store != "memory")


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
