"""Structured logs on stderr: for people on a terminal, as JSON for programs."""

from __future__ import annotations

import logging
import sys
from typing import Any

from gamesock.cli.options import WrongUsage
from gamesock.server.log import Logger

_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


def configure(level: str, json: bool) -> None:
    """Log from ``level`` on.

    Raises:
        WrongUsage: there is no such level.
    """
    if level not in _LEVELS:
        raise WrongUsage(f"no log level {level!r}: use {', '.join(_LEVELS)}")
    import structlog

    _hush()
    pretty = sys.stderr.isatty() and not json
    # Tracebacks without the values of variables: seat tokens are among them.
    plain = structlog.dev.plain_traceback
    renderer: Any = (
        structlog.dev.ConsoleRenderer(0, exception_formatter=plain)
        if pretty
        else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            # People know the day, and their terminal may have 80 columns.
            structlog.processors.TimeStamper(fmt="%H:%M:%S" if pretty else "iso", utc=not pretty),
            *([] if pretty else [structlog.processors.format_exc_info]),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level]),
        # Looked up at each call: a live status redirects stderr while it is drawn.
        logger_factory=lambda *_: _Stderr(),
    )


def quiet() -> None:
    """Log nothing: the screen belongs to the game."""
    _hush()
    Logger.silent = True


def _hush() -> None:
    """A stray HTTP client is no error of ours: the library would print a traceback for each."""
    logging.getLogger("websockets").setLevel(logging.CRITICAL)


class _Stderr:
    def __getattr__(self, name: str) -> Any:
        return lambda message: print(message, file=sys.stderr, flush=True)  # noqa: T201
