"""Games out of the store and out of files: recordings and PGN."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from gamesock import record
from gamesock.cli.options import Problem
from gamesock.cli.store import reading
from gamesock.protocol import THREAD_ID
from gamesock.record import Event, Header
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
        if file == "-":
            return sys.stdin.read()
        path = Path(file)
        if path.exists() and not (path.is_file() or path.is_dir()):
            raise Problem(f"{file} is no ordinary file: write - to read from a pipe")
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise Problem(f"{file} is no text: a recording and PGN are UTF-8") from None


def read_games(text: str) -> list[tuple[Header, list[Event]]]:
    """The games of a recording or of a PGN text, checked by their rules.

    Raises:
        BadRecording, CorruptLog, Problem: it is neither, or a game in it isn't legal.
    """
    games = list(games_of(text))
    if not games:
        raise Problem("there is no game in this file: it is neither a recording nor PGN")
    return games


def games_of(text: str) -> Iterator[tuple[Header, list[Event]]]:
    """The games of a text one after the other; raises as ``read_games`` does when it comes to it."""
    recorded = text.lstrip().startswith("{")
    for header, events in [record.loads(text)] if recorded else _from_pgn(text):
        if not re.fullmatch(THREAD_ID, header.thread):
            raise Problem("the recording's thread id is none: 1 to 64 letters, digits, or . _ ~ -, not dots alone")
        Thread(game_of(header), header, events)
        yield header, events


async def read_thread(thread: str, spec: str) -> tuple[Header, list[Event]]:
    """A kept game.

    Raises:
        Problem: there is none of that id.
    """
    async with reading(spec) as store:
        kept = await store.read(thread)
    if kept is None:
        raise Problem(f"no game {thread!r} is kept here: see gamesock threads")
    return kept.header, kept.events


def _pgn(header: Header, events: Sequence[Event]) -> str:
    if header.game != "chess":
        raise Problem(f"PGN is for chess; this is a game of {header.game}: use --format jsonl")
    from gamesock.games.chess_pgn import export_pgn

    return export_pgn(header, list(events))


def _from_pgn(text: str) -> Iterator[tuple[Header, list[Event]]]:
    from gamesock.games.chess_pgn import import_pgns

    try:
        yield from import_pgns(text)
    except ValueError as error:
        raise Problem(f"this is neither a recording nor PGN: {error}") from None
