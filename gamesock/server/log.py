"""The server's log: what happened, in a word, with fields. structlog writes it, and is loaded for that alone."""

from __future__ import annotations

from typing import Any


class Logger:
    """A logger of this name; what becomes of a line is up to how structlog is configured."""

    silent = False
    """Whether none of them writes anything: the screen belongs to a game."""

    def __init__(self, name: str) -> None:
        self._name = name

    def info(self, event: str, **fields: Any) -> None:
        """Something happened."""
        self._write("info", event, fields)

    def warning(self, event: str, **fields: Any) -> None:
        """Something is amiss that others can mend."""
        self._write("warning", event, fields)

    def error(self, event: str, **fields: Any) -> None:
        """Something failed."""
        self._write("error", event, fields)

    def exception(self, event: str, **fields: Any) -> None:
        """Something failed, with the exception that is handled now."""
        self._write("exception", event, fields)

    def _write(self, how: str, event: str, fields: dict[str, Any]) -> None:
        if not Logger.silent:
            import structlog

            getattr(structlog.get_logger(self._name), how)(event, **fields)
