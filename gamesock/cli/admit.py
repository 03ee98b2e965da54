"""Asks, once for each server, whether it may know who plays."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

import typer

from gamesock.cli.options import SignInNeeded
from gamesock.seatbook import LOCAL

if TYPE_CHECKING:
    from gamesock.place import Place


def admit(place: Place, *, to_play: bool = False) -> None:
    """Ask where there is something to ask. Who can't be asked stays unknown there.

    Raises:
        SignInNeeded: it is no use to go on, as nobody is signed in who could play (``to_play``).
        Abort: nobody answers.
    """
    if place.name != LOCAL:
        asyncio.run(_admit(place, to_play))


async def _admit(place: Place, to_play: bool) -> None:
    lacks = await place.admission.lacks() if to_play else None
    if lacks:
        raise SignInNeeded(lacks)
    question = await place.admission.question()
    if question is None:
        return
    if not sys.stdin.isatty():
        typer.echo(
            f"gamesock: {place.title} may not know yet who you are: run this in a terminal once, and agree, "
            "or set GAMESOCK_ACCESS_TOKEN",
            err=True,
        )
    elif await _agreed(question):
        place.admission.agree()


async def _agreed(question: str) -> bool:
    from gamesock.account.errors import Cancelled
    from gamesock.cli.terminal import Terminal

    try:
        answer = await Terminal(browser=False).ask(f"{question} [y/N]")
    except Cancelled:
        raise typer.Abort from None
    return answer.strip().lower() in ("y", "yes")
