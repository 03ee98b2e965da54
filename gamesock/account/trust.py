"""The servers that this player lets know who they are, kept in a file."""

from __future__ import annotations

import json
from pathlib import Path

import platformdirs

from gamesock.own_file import write_own


class Trust:
    """Which servers may be shown the sign-in of which project."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path or platformdirs.user_data_path("gamesock") / "servers.json"

    def holds(self, server: str, project: str) -> bool:
        """Whether the player agreed to it."""
        return server in self._read().get(project, ())

    def agree(self, server: str, project: str) -> None:
        """The player agrees, from now on.

        Raises:
            OSError: it can't be kept.
        """
        agreed = self._read()
        agreed[project] = sorted({*agreed.get(project, ()), server})
        write_own(self._path, json.dumps(agreed, indent=1))

    def forget(self, project: str) -> None:
        """No server may be shown the sign-in of this project any more.

        Raises:
            OSError: it can't be kept.
        """
        agreed = self._read()
        if agreed.pop(project, None) is not None:
            write_own(self._path, json.dumps(agreed, indent=1))

    def _read(self) -> dict[str, list[str]]:
        try:
            kept = json.loads(self._path.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        lists = kept.items() if isinstance(kept, dict) else ()
        return {project: servers for project, servers in lists if isinstance(servers, list)}
