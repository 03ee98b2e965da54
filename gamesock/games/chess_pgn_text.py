"""What stands in PGN movetext and is no move: python-chess passes over it in silence, we say where it is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from io import StringIO

import chess.pgn

_BETWEEN = re.compile(r"\{[^}]*\}?|;[^\n]*|^%[^\n]*|^\s*\[[^\n]*", re.MULTILINE)
"""Comments, escaped lines and tags."""

_NUMBER = re.compile(r"(?<![\w.])\d+\.*(?=\s|[A-Za-z-]|$)|\be\.p\.?")
"""Move numbers, and a word after a capture."""


class Lines(StringIO):
    """A text that knows which lines were read since the last game."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._before = 0
        self._taken: list[str] = []

    def readline(self, size: int | None = -1) -> str:  # type: ignore[override]  # as StringIO takes it
        """The next line."""
        line = super().readline(-1 if size is None else size)
        if line:
            self._taken.append(line)
        return line

    def next_game(self) -> None:
        """What was read belongs to a game that is done with."""
        self._before += len(self._taken)
        self._taken = []

    def check(self) -> None:
        """Raise ``ValueError`` for the first word of this game that is no move, with its line."""
        found = stranger(self._taken)
        if found:
            line, word = found
            raise ValueError(f"line {self._before + line}: {word!r} is no move")


def stranger(lines: Sequence[str]) -> tuple[int, str] | None:
    """The line, from 1, and the first word in it that is nothing PGN knows; variations aren't looked at."""
    text = _without_variations(_BETWEEN.sub(_blank, "".join(lines)))
    known = _NUMBER.sub(_blank, chess.pgn.MOVETEXT_REGEX.sub(_blank, text))
    left = re.search(r"\w", known)
    if left is None:
        return None
    start = max(text.rfind(space, 0, left.start()) for space in " \t\n") + 1
    return text.count("\n", 0, left.start()) + 1, text[start:].split()[0]


def _blank(match: re.Match[str]) -> str:
    """As many lines and columns of nothing."""
    return re.sub(r"[^\n]", " ", match[0])


def _without_variations(text: str) -> str:
    if "(" not in text:
        return text
    depth, kept = 0, []
    for character in text:
        depth += character == "("
        kept.append(character if not depth or character == "\n" else " ")
        depth -= character == ")" and depth > 0
    return "".join(kept)
