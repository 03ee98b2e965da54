"""Failures that a user can understand, in one line each, with the exit code that follows."""

from __future__ import annotations

import re
import sys
from typing import Any, NamedTuple

import typer

from gamesock.cli.options import Problem, SignInNeeded, WrongUsage

FAILED, WRONG, SIGN_IN, INTERRUPTED = 1, 2, 4, 130
"""Exit codes: it couldn't be done; what was typed can't be; sign in first; Ctrl+C, as shells know it."""

_KNOWN = {
    "gamesock.address": ("BadAddress", WRONG),
    "gamesock.place": ("NoAnswer", FAILED),
    "gamesock.protocol": ("Refusal", FAILED),
    "gamesock.registry": ("NotRegistered", WRONG),
    "gamesock.server.stores.base": ("StoreError", FAILED),
    "gamesock.record": ("BadRecording", FAILED),
    "gamesock.thread": ("CorruptLog", FAILED),
    "gamesock.game": ("BadOptions", WRONG),
    "gamesock.bot": ("BotError", FAILED),
    "gamesock.account.project": ("BadProject", WRONG),
    "gamesock.account.errors": ("AuthFailed", FAILED),
    "gamesock.server.replication.remote": ("Trouble", FAILED),
}
"""By module: only what was imported can have raised, so nothing is imported to find out."""

_MISTYPED: Any = typer.BadParameter.__mro__[2]
"""What typer raises for everything that was typed wrong, an option that isn't there included."""

_NONE_OF = re.compile(r"('.*') is not one of (.+?)\.?$", re.DOTALL)


class Failure(NamedTuple):
    """What to say, and the exit code."""

    reason: str
    code: int


def explain(error: Exception) -> Failure | None:
    """The failure to show, or None: it is a bug, and the traceback is worth more."""
    if isinstance(error, WrongUsage):
        return Failure(str(error), WRONG)
    if isinstance(error, SignInNeeded):
        return Failure(str(error), SIGN_IN)
    if isinstance(error, Problem):
        return Failure(str(error), FAILED)
    if isinstance(error, OSError):
        return Failure(_os(error), FAILED)
    if isinstance(error, _MISTYPED):
        return Failure(_mistyped(error), WRONG)
    if isinstance(error, typer.Abort):
        return Failure("nobody answered: nothing was done", WRONG)
    if _is_of_request(error):
        from gamesock.fault import fault

        return Failure(fault(error), WRONG)  # type: ignore[arg-type]  # it is pydantic's
    for module, (name, code) in _KNOWN.items():
        kind = getattr(sys.modules.get(module), name, None)
        if kind and isinstance(error, kind):
            return Failure(str(error), code)
    return None


def _is_of_request(error: Any) -> bool:
    """Whether what was typed fits into no request: a name of a hundred letters, say."""
    invalid = getattr(sys.modules.get("pydantic"), "ValidationError", ())
    return isinstance(error, invalid) and hasattr(sys.modules.get("gamesock.protocol"), error.title)


def _os(error: OSError) -> str:
    if not error.errno:
        return str(error) or "no answer in time"  # of the errors without words, TimeoutError is the one we meet
    where = f"{error.filename}: " if error.filename else ""
    return f"{where}{error.strerror or error}"


def _mistyped(error: Any) -> str:
    """What was typed wrong: what it should have been, and where to read on."""
    command = error.ctx.command_path if error.ctx else "gamesock"
    return f"{_wrong(error)} (see {command} --help)"


def _wrong(error: Any) -> str:
    param, listed = getattr(error, "param", None), _NONE_OF.search(error.message or "")
    if param is None:
        told = str(error.format_message()).rstrip(".")
        return told[:1].lower() + told[1:]
    name = next((word for word in param.opts if word.startswith("--")), (param.metavar or param.name).upper())
    if not error.message:
        return f"{name} is missing"
    if listed:
        *most, last = listed[2].replace("'", "").split(", ")
        return f"{name} can't be {listed[1]}: choose {', '.join(most)} or {last}"
    return f"{name} {_wanted(error)}"


def _wanted(error: Any) -> str:
    """What a number should be."""
    from gamesock.fault import worded

    cause = error.__cause__
    if not hasattr(cause, "errors"):
        return str(error.message).rstrip(".")
    told = worded({**cause.errors(include_url=False)[0], "loc": ()})
    return f"{told}, not {cause.errors()[0]['input']!r}"
