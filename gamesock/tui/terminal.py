"""The terminal the client runs in: whether it can, and how many colours it shows."""

from __future__ import annotations

import os
import sys

from gamesock.tui.looks import Looks


def check_terminal() -> str | None:
    """Why a full-screen client can't run here and what to do instead, or None: it can.

    Textual reads keys from stdin and draws on stderr; without a terminal there it would wait for ever. Its size
    is asked of stdout, and whoever sent that elsewhere wants no pictures there.
    """
    if os.environ.get("TEXTUAL_DRIVER"):
        return None  # it draws on something else: a browser's page
    for stream, name in ((sys.stdin, "input"), (sys.__stdout__, "output"), (sys.__stderr__, "output")):
        if stream is None or not stream.isatty():
            return f"the {name} is no terminal: use --plain, which goes line by line"
    if os.environ.get("TERM") == "dumb":
        return "this terminal (TERM=dumb) can't place text: use --plain, which goes line by line"
    return None


def is_gone() -> bool:
    """Whether the terminal that keys come from is there no more: its window was closed, its line was cut."""
    return not os.isatty(sys.__stdin__.fileno()) if sys.__stdin__ else True


def settled(looks: Looks) -> Looks:
    """These looks with every ``auto`` decided by this terminal."""
    encoding = (sys.__stderr__.encoding if sys.__stderr__ else None) or "ascii"
    return looks.settled(os.environ, encoding)


def tell_textual(looks: Looks) -> None:
    """Have Textual show colours or not, as ``looks`` wants; it reads that from the environment alone."""
    if looks.depth == "none":
        os.environ["NO_COLOR"] = "1"
    else:
        os.environ.pop("NO_COLOR", None)
