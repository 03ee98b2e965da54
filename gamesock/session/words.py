"""What happened, in words that people read."""

from __future__ import annotations

from gamesock.game import Outcome


def describe(outcome: Outcome) -> str:
    """An outcome in words: ``"white wins (checkmate)"``."""
    reason = outcome.reason.replace("_", " ")
    if outcome.reason == "aborted":
        return reason
    return f"{outcome.winner} wins ({reason})" if outcome.winner else f"draw ({reason})"
