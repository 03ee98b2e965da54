"""The command as a user runs it: real processes, in a home directory of their own."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import structlog

from gamesock.__main__ import main
from gamesock.server.log import Logger


@dataclass(frozen=True)
class Host:
    """A ``gamesock host`` that runs."""

    process: subprocess.Popen[str]
    url: str

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout=15)


class Cli:
    """Runs the command."""

    command = (sys.executable, "-m", "gamesock")

    def __init__(self, home: Path) -> None:
        self.home = home
        self.data = home / "data" / "gamesock"
        dropped = (
            "PYTHONUNBUFFERED",
            "PYTHONDONTWRITEBYTECODE",
            "COLUMNS",
            "LINES",
            "FORCE_COLOR",
            "NO_COLOR",
            "SSL_CERT_FILE",
        )
        self.env = {key: value for key, value in os.environ.items() if key not in dropped} | {
            "HOME": str(home),
            "XDG_DATA_HOME": str(home / "data"),
            "XDG_CONFIG_HOME": str(home / "config"),
            "XDG_CACHE_HOME": str(home / "cache"),
            "XDG_STATE_HOME": str(home / "state"),
            "LOGNAME": "ann",
            "TERM": "xterm-256color",
        }

    def __call__(
        self, *args: str, stdin: str = "", env: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*self.command, *args],
            input=stdin,
            capture_output=True,
            text=True,
            timeout=60,
            env=self.env | (env or {}),
        )

    def start(self, *args: str, env: dict[str, str] | None = None) -> subprocess.Popen[str]:
        pipe = subprocess.PIPE
        return subprocess.Popen(
            [*self.command, *args],
            stdin=pipe,
            stdout=pipe,
            stderr=pipe,
            bufsize=1,  # a line is sent when it is written
            text=True,
            env=self.env | (env or {}),
        )

    def lines(self, *args: str, stdin: str = "") -> list[Any]:
        """What a command says with ``--json``."""
        done = self(*args, "--json", stdin=stdin)
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    @contextmanager
    def host(self, *args: str, port: int = 0) -> Iterator[Host]:
        process = self.start("host", "--port", str(port), "--json", *args)
        assert process.stdout is not None
        try:
            yield Host(process, json.loads(process.stdout.readline())["url"])
        finally:
            process.kill()
            process.communicate()


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    """The command, in a home of its own."""
    return Cli(tmp_path)


@pytest.fixture
def fails(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Callable[..., str]]:
    """Runs a command, in this process, that must fail as a command should; what it says.

    ``code``: 1 where it couldn't be done, 2 where what was typed can't be.
    """
    for key, value in cli.env.items():
        monkeypatch.setenv(key, value)

    def run(*args: str, code: int = 1) -> str:
        monkeypatch.setattr(sys, "argv", ["gamesock", *args])
        monkeypatch.setattr(sys, "stdin", io.StringIO())
        with pytest.raises(SystemExit) as left:
            main()
        said = capsys.readouterr()
        assert left.value.code == code
        assert said.out == ""
        assert said.err.startswith("gamesock: ")
        assert said.err.count("\n") == 1
        return said.err

    yield run
    structlog.reset_defaults()
    Logger.silent = False
