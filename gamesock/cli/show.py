"""Shows a thread: full-screen on a terminal, line by line elsewhere or when asked."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from typing import TYPE_CHECKING

from gamesock import protocol as p
from gamesock.cli.failures import INTERRUPTED
from gamesock.cli.options import Problem, Settings, preferred
from gamesock.client import Client
from gamesock.game import Seat

if TYPE_CHECKING:
    from gamesock.tui.looks import Looks


def show(
    client: Client,
    seat: Seat | None,
    setup: Sequence[p.ClientMessage],
    settings: Settings,
    *,
    watch: bool = False,
    address: str | None = None,
) -> int:
    """Play or watch until the user leaves; the exit code. ``address``: what friends type to reach the server."""
    if settings.json:
        from gamesock.plain import stream

        return asyncio.run(stream(client, sys.stdout))
    if settings.plain:
        from gamesock.plain import LineClient

        for end in (sys.stdin, sys.stdout):
            if isinstance(end, TextIOWrapper):
                end.reconfigure(errors="replace")  # a stray byte mustn't end the game
        line_client = LineClient(client, sys.stdin, sys.stdout, low_time=preferred(settings).low_time)
        try:
            return asyncio.run(line_client.run(seat, setup, watch=watch))
        except KeyboardInterrupt:
            sys.stdout.write("\n")  # what follows begins a line of its own
            return INTERRUPTED
    from gamesock.cli.archive import LocalArchive
    from gamesock.tui.app import run_game

    return run_game(
        lambda: client,
        seat=seat,
        watch=watch,
        setup=setup,
        options=looks(settings),
        preferences=preferred(settings),
        address=address,
        archive=LocalArchive(),
    )


def need_terminal(settings: Settings) -> None:
    """Raises ``Problem`` where no full-screen client can run but is wanted; it says what to do instead."""
    if settings.plain or settings.json:
        return
    from gamesock.tui.terminal import check_terminal

    reason = check_terminal()
    if reason:
        raise Problem(reason)


def looks(settings: Settings) -> Looks:
    """The settings as the full-screen client takes them."""
    from gamesock.tui.looks import Looks

    return Looks.preferred(preferred(settings))
