"""``gamesock replay``: a file or a kept game, again."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from gamesock.cli.options import Settings
from gamesock.cli.show import looks, need_terminal
from gamesock.cli.transfer import read_games, read_text, read_thread
from gamesock.plain import end_line, move_line
from gamesock.protocol import StateUpdate
from gamesock.replay import replay as updates_of
from gamesock.session import clean


def replay(recording: str, speed: float, store: str, settings: Settings) -> int:
    """Replay; the exit code."""
    path = Path(recording)
    if path.suffix in (".jsonl", ".pgn") or path.exists():
        header, events = read_games(read_text(recording))[0]
    else:
        header, events = asyncio.run(read_thread(recording, store))
    updates = list(updates_of(header, events))
    if settings.json:
        for update in updates:
            sys.stdout.write(update.model_dump_json(exclude_none=True) + "\n")
        return 0
    if settings.plain:
        sys.stdout.write(f"{clean(_title(header.tags, header.thread), 200)}\n")
        _read_out(updates, speed)
        return 0
    need_terminal(settings)
    from gamesock.tui.app import run_replay

    return run_replay(updates, _title(header.tags, header.thread), looks(settings), speed)


def _read_out(updates: Sequence[StateUpdate], speed: float) -> None:
    for number, update in enumerate(updates):
        if number and sys.stdout.isatty():
            time.sleep(1 / speed)
        if update.notation:
            sys.stdout.write(f"{move_line(update, update.table)}\n")
        ended = number > 0 and update.last_action is None
        if update.picture and update.picture.cells and not ended:
            sys.stdout.write(update.picture.text() + "\n")
        sys.stdout.flush()
    outcome = updates[-1].table.outcome if updates and updates[-1].table else None
    if outcome:
        sys.stdout.write(f"{end_line(outcome)}\n")


def _title(tags: dict[str, str], thread: str) -> str:
    if "white" in tags and "black" in tags:
        place = " ".join(tags[key] for key in ("site", "date") if tags.get(key))
        return f"{tags['white']} - {tags['black']}{f', {place}' if place else ''}"
    return thread
