"""A player's clock, as text that is loud when time is low."""

from __future__ import annotations

from typing import NamedTuple

from textual.content import Content

from gamesock.tui.words import LOW, clock_text


class ClockLook(NamedTuple):
    """What a clock shows. Clocks that show the same are equal, so nothing is repainted."""

    text: str
    running: bool
    low: bool

    @classmethod
    def of(cls, left: float, *, running: bool, low: float = LOW) -> ClockLook:
        """A clock with ``left`` seconds; below ``low`` of them it calls for attention."""
        return cls(clock_text(left), running, left < low)

    @property
    def content(self) -> Content:
        """Framed while it runs and marked when low: neither needs colour."""
        text = f"[{self.text}]" if self.running else f" {self.text} "
        look = "reverse bold" if self.running else ""
        if self.low:
            return Content.styled(f"!{text}", f"{look} $error".strip())
        return Content.styled(text, look)
