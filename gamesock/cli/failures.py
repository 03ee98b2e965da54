"""Failures that a user can understand, in one line each."""

from __future__ import annotations

import sys

from gamesock.cli.options import Problem


def explain(error: Exception) -> str | None:
    """The line to show, or None: it is a bug, and the traceback is worth more."""
    if isinstance(error, Problem | OSError):
        return _os(error) if isinstance(error, OSError) else str(error)
    # Only what was imported can have raised: nothing is imported to find out.
    known = {
        "gamesock.address": "BadAddress",
        "gamesock.place": "NoAnswer",
        "gamesock.protocol": "Refusal",
        "gamesock.registry": "NotRegistered",
        "gamesock.server.stores.base": "StoreError",
        "gamesock.record": "BadRecording",
        "gamesock.thread": "CorruptLog",
        "gamesock.game": "BadOptions",
        "gamesock.bot": "BotError",
        "gamesock.account.project": "BadProject",
        "gamesock.account.errors": "AuthFailed",
        "gamesock.server.replication.remote": "Trouble",
    }
    for module, name in known.items():
        kind = getattr(sys.modules.get(module), name, None)
        if kind and isinstance(error, kind):
            return str(error)
    return None


def _os(error: OSError) -> str:
    if not error.errno:
        return str(error) or "no answer in time"  # of the errors without words, TimeoutError is the one we meet
    where = f"{error.filename}: " if error.filename else ""
    return f"{where}{error.strerror or error}"
