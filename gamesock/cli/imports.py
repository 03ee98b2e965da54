"""``gamesock import``: the games of files and directories into the store, none of them twice."""

from __future__ import annotations

import asyncio
import hashlib
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import orjson

from gamesock import record
from gamesock.cli.failures import explain
from gamesock.cli.options import Problem
from gamesock.cli.store import opened
from gamesock.cli.transfer import games_of, read_text
from gamesock.record import Ended, Event, Header
from gamesock.text import clean

if TYPE_CHECKING:
    from gamesock.server.stores.base import Store

SUFFIXES = (".jsonl", ".pgn")
"""Of the files that are looked for in a directory."""

TOLD = 20
"""Games told of one by one; of more, only how many they are."""


class Taken(NamedTuple):
    """A game of a file."""

    thread: str
    game: str
    moves: int
    new: bool
    """Whether it wasn't kept yet."""
    finished: bool
    """Whether it has an end; one without was broken off, or its file was cut."""


def import_files(names: Sequence[str], spec: str, json: bool) -> int:
    """Keep every game of these files and directories; the exit code: 1 if one of them couldn't be read."""
    files = list(_files(names))
    taken, problems = asyncio.run(_import(files, spec))
    if json:
        for each in taken:
            sys.stdout.write(orjson.dumps(each._asdict()).decode() + "\n")
    else:
        _tell(taken)
    for problem in problems:
        sys.stderr.write(f"gamesock: {clean(problem, 2000)}\n")
    return 1 if problems else 0


def _files(names: Sequence[str]) -> Iterator[str]:
    for name in names:
        if not name:
            raise Problem("a file or a directory has a name")
        path = Path(name)
        if not path.is_dir():
            yield name
            continue
        found = sorted(file for file in path.rglob("*") if file.suffix.lower() in SUFFIXES)
        if not found:
            raise Problem(f"there is no .jsonl and no .pgn file in {name}")
        yield from map(str, found)


def _tell(taken: Sequence[Taken]) -> None:
    new = [each for each in taken if each.new]
    for each in new if len(new) <= TOLD else ():
        moves = "1 move" if each.moves == 1 else f"{each.moves} moves"
        moves += "" if each.finished else ", unfinished"
        sys.stdout.write(f"kept {each.game} {each.thread} ({moves}): gamesock replay {each.thread}\n")
    if len(new) > TOLD:
        sys.stdout.write(f"kept {len(new)} games: see gamesock threads --finished\n")
    known = len(taken) - len(new)
    if known:
        sys.stdout.write("one game was kept already\n" if known == 1 else f"{known} games were kept already\n")


async def _import(files: Sequence[str], spec: str) -> tuple[list[Taken], list[str]]:
    """What was taken, and what was wrong with which file; the other games of it are kept."""
    taken: list[Taken] = []
    problems: list[str] = []
    async with AsyncExitStack() as stack:
        show = stack.enter_context(_progress(len(files)))
        store: Store | None = None
        for number, file in enumerate(files, 1):
            try:
                empty = True
                for game in games_of(read_text(file)):
                    empty = False
                    if isinstance(game, Problem):
                        problems.append(f"{file}: {game}")
                        continue
                    header, events = game
                    if not events:
                        raise Problem("the game has no events: there is nothing to keep")
                    if store is None:
                        store = await stack.enter_async_context(opened(spec))
                    taken.append(await _keep(store, header, events))
                    show(number, len(taken))
                if empty and len(files) == 1:
                    raise Problem("there is no game in this file: it is neither a recording nor PGN")
            except Exception as error:
                problems.append(_why(file, error))
    return taken, problems


def _why(file: str, error: Exception) -> str:
    """What is wrong with the file; what is wrong with the store, or with us, is raised again."""
    failure = explain(error)
    if failure is None or type(error).__name__ == "StoreError":
        raise error
    reason = failure.reason
    return reason if reason.startswith(file) else f"{file}: {reason}"


async def _keep(store: Store, header: Header, events: Sequence[Event]) -> Taken:
    finished = any(isinstance(event, Ended) for event in events)
    if not finished:
        # A game from elsewhere is nobody's to join, even when it has no end.
        header = header.model_copy(update={"visibility": "unlisted"})
    moves = sum(event.kind == "moved" for event in events)
    told = _told(header, events)
    for thread in (header.thread, f"{header.thread[:55]}-{hashlib.sha256(told).hexdigest()[:6]}"):
        kept = await store.read(thread)
        if kept is None:
            await store.append(thread, 0, events, header.model_copy(update={"thread": thread}))
            return Taken(thread, header.game, moves, new=True, finished=finished)
        if _told(kept.header, kept.events) == told:
            break
    return Taken(thread, header.game, moves, new=False, finished=finished)


def _told(header: Header, events: Sequence[Event]) -> bytes:
    """What makes a game this one and no other: all but its name here, and who may see it."""
    bare = header.model_copy(update={"thread": "game", "visibility": "public"})
    return record.dumps(bare, record.shareable(events)).encode()


@contextmanager
def _progress(files: int) -> Iterator[Callable[[int, int], None]]:
    """On a terminal, a line that says how far one is: files, and games."""
    if not sys.stderr.isatty():
        yield lambda file, games: None
        return
    from rich.console import Console

    with Console(stderr=True).status("reading") as status:
        yield lambda file, games: status.update(f"file {file} of {files}, {games} games")
