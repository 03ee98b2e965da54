"""Games in and out of the store: recordings and PGN."""

from __future__ import annotations

import asyncio
import re
import secrets
import sys
from collections.abc import Sequence
from pathlib import Path

import orjson

from gamesock import record
from gamesock.cli.options import Problem
from gamesock.cli.store import opened
from gamesock.protocol import THREAD_ID
from gamesock.record import Ended, Event, Header
from gamesock.thread import Thread, game_of


def export_thread(thread: str, format: str, output: str | None, spec: str) -> int:
    """Write a kept game."""
    header, events = asyncio.run(read_thread(thread, spec))
    events = record.shareable(events)
    text = _pgn(header, events) if format == "pgn" else record.dumps(header, events)
    if output:
        Path(output).write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)
    return 0


def read_text(file: str) -> str:
    """The text of a file; ``-``: of stdin.

    Raises:
        OSError, Problem: it can't be read, or is no text.
    """
    try:
        return sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise Problem(f"{file} is no text: a recording and PGN are UTF-8") from None


def import_file(file: str, spec: str, json: bool) -> int:
    """Keep every game of a file."""
    kept = asyncio.run(_keep(read_games(read_text(file)), spec))
    for header, events in kept:
        moves = sum(event.kind == "moved" for event in events)
        if json:
            sys.stdout.write(
                orjson.dumps({"thread": header.thread, "game": header.game, "moves": moves}).decode() + "\n"
            )
        else:
            sys.stdout.write(
                f"kept {header.game} {header.thread} ({moves} moves): gamesock replay {header.thread}\n"
            )
    return 0


def read_games(text: str) -> list[tuple[Header, list[Event]]]:
    """The games of a recording or of a PGN text, checked by their rules.

    Raises:
        BadRecording, CorruptLog, Problem: it is neither, or a game in it isn't legal.
    """
    games = [record.loads(text)] if text.lstrip().startswith("{") else _from_pgn(text)
    for header, events in games:
        if not re.fullmatch(THREAD_ID, header.thread):
            raise Problem("the recording's thread id is none: 1 to 64 letters, digits, or one of . _ ~ -")
        Thread(game_of(header), header, events)
    return games


async def read_thread(thread: str, spec: str) -> tuple[Header, list[Event]]:
    """A kept game.

    Raises:
        Problem: there is none of that id.
    """
    async with opened(spec) as store:
        kept = await store.read(thread)
    if kept is None:
        raise Problem(f"no game {thread!r} is kept here: see gamesock threads")
    return kept.header, kept.events


async def _keep(games: Sequence[tuple[Header, list[Event]]], spec: str) -> list[tuple[Header, list[Event]]]:
    kept = []
    async with opened(spec) as store:
        for header, events in games:
            if not events:
                raise Problem("the game has no events: there is nothing to keep")
            if not any(isinstance(event, Ended) for event in events):
                # A game from elsewhere is nobody's to join, even when it has no end.
                header = header.model_copy(update={"visibility": "unlisted"})
            if await store.read(header.thread):
                header = header.model_copy(update={"thread": f"{header.thread[:55]}-{secrets.token_hex(3)}"})
            await store.append(header.thread, 0, events, header)
            kept.append((header, events))
    return kept


def _pgn(header: Header, events: Sequence[Event]) -> str:
    if header.game != "chess":
        raise Problem(f"PGN is for chess; this is a game of {header.game}: use --format jsonl")
    from gamesock.games.chess_pgn import export_pgn

    return export_pgn(header, list(events))


def _from_pgn(text: str) -> list[tuple[Header, list[Event]]]:
    from gamesock.games.chess_pgn import import_pgns

    try:
        games = list(import_pgns(text))
    except ValueError as error:
        raise Problem(f"this is neither a recording nor PGN: {error}") from None
    if not games:
        raise Problem("there is no game in this file")
    return games
