"""Text that people read, and text that people sent."""

from __future__ import annotations

from gamesock.game import Outcome


def describe(outcome: Outcome) -> str:
    """An outcome in words: ``"white wins (checkmate)"``."""
    reason = outcome.reason.replace("_", " ")
    if outcome.reason == "aborted":
        return reason
    return f"{outcome.winner} wins ({reason})" if outcome.winner else f"draw ({reason})"


def clean(text: str, most: int) -> str:
    """Text that is safe on any terminal: printable characters only, at most ``most``."""
    return "".join(char for char in text if char.isprintable())[:most].strip()
