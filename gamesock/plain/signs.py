"""Text that is safe to write."""

from __future__ import annotations

_LONGEST = 2000
"""Characters of the longest line."""


def printable(text: str) -> str:
    """One line of it, without anything that could move a cursor, ring a bell or turn the writing around."""
    line = text.replace("\n", " ").replace("\t", " ")
    return "".join(char for char in line if char.isprintable())[:_LONGEST]
