"""Asks, once for each server, whether it may know who plays."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

import typer

from gamesock.seatbook import LOCAL

if TYPE_CHECKING:
    from gamesock.place import Place


def admit(place: Place) -> None:
    """Ask where there is something to ask. Who can't be asked is a guest there."""
    question = None if place.name == LOCAL else asyncio.run(place.admission.question())
    if question is None:
        return
    if not sys.stdin.isatty():
        typer.echo(
            f"gamesock: you are a guest at {place.title}; to be known there, agree to it in a terminal, once",
            err=True,
        )
    elif typer.confirm(question, err=True):
        place.admission.agree()
