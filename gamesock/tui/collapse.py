"""When a fault of ours ends the app: what is said then, and what is kept for whoever mends it."""

from __future__ import annotations

import traceback
from pathlib import Path

import platformdirs
from textual.worker import WorkerFailed

from gamesock.own_file import write_own


def fault_path() -> Path:
    """Where the last fault is kept."""
    return platformdirs.user_state_path("gamesock") / "fault.txt"


def keep_fault(error: BaseException, *, under_way: int) -> str:
    """Keep where it happened, and say in a few lines what that means; ``under_way``: games one was in."""
    error = error.error if isinstance(error, WorkerFailed) else error
    told = "".join(traceback.format_exception(error))
    path = fault_path()
    try:
        write_own(path, told)
        where = f"Where it happened is written to {path}: please add it when you report this."
    except OSError:
        where = told
    lines = [f"gamesock had to stop, by a fault of its own: {type(error).__name__}: {error}"]
    if under_way:
        lines.append("No move is lost: gamesock play --resume goes on with your last game.")
    return "\n".join([*lines, where])
