"""Games out of the store and out of files: recordings and PGN."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import TypeAlias

from gamesock import record
from gamesock.cli.options import Problem
from gamesock.cli.store import reading
from gamesock.game import Game
from gamesock.protocol import THREAD_ID
from gamesock.record import Event, Header
from gamesock.registry import NotRegistered
from gamesock.thread import Thread, game_of

Recording: TypeAlias = tuple[Header, list[Event]]


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
            return sys.stdin.read().removeprefix("\ufeff")
        path = Path(file)
        if path.exists() and not (path.is_file() or path.is_dir()):
            raise Problem(f"{file} is no ordinary file: write - to read from a pipe")
        return path.read_text(encoding="utf-8-sig")  # some editors mark UTF-8 with a sign of its own
    except UnicodeDecodeError:
        raise Problem(f"{file} is no text: a recording and PGN are UTF-8") from None


def read_games(text: str) -> Iterator[Recording | Problem]:
    """The games of a recording or of a PGN text, at least one; raises as ``games_of`` does."""
    games, bad = games_of(text), list[Problem]()
    for game in games:
        if not isinstance(game, Problem):
            return chain(bad, [game], games)
        bad.append(game)
    raise bad[0] if bad else Problem("there is no game in this file: it is neither a recording nor PGN")


def games_of(text: str) -> Iterator[Recording | Problem]:
    """The games of a recording or of a PGN text, one after the other, checked by their rules.

    In place of a game of a PGN text that can't be read stands what is wrong with it.

    Raises, when it comes to it:
        BadRecording, CorruptLog, Problem: the recording isn't one, or its game isn't legal.
    """
    if text.lstrip().startswith("{"):
        yield _checked(*record.loads(text))
        return
    from gamesock.games.chess_pgn import import_pgns

    for number, game in enumerate(import_pgns(text), 1):
        if isinstance(game, ValueError):
            yield Problem(f"game {number} can't be read: {game}")
        else:
            yield _checked(*game)


def _checked(header: Header, events: list[Event]) -> Recording:
    if not re.fullmatch(THREAD_ID, header.thread):
        raise Problem("the recording's thread id is none: 1 to 64 letters, digits, or . _ ~ -, not dots alone")
    Thread(_rules(header), header, events)
    return header, events


def _rules(header: Header) -> Game:
    try:
        return game_of(header)
    except NotRegistered as error:
        raise Problem(str(error)) from None


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
