"""Text that other people sent, made safe to show."""

from __future__ import annotations


def clean(text: str, most: int) -> str:
    """Text that is safe on any terminal: printable characters only, at most ``most``."""
    return "".join(char for char in text if char.isprintable())[:most].strip()
