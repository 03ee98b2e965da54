"""What was chosen last: the settings of the last new game of each kind, and the servers that were visited.

Nothing here is precious: a file that is spoilt or can't be written is passed over.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path

import platformdirs
from pydantic import ConfigDict, ValidationError

from gamesock.model import Model
from gamesock.new_game import NewGame
from gamesock.own_file import write_own

SERVERS = 8
"""Servers remembered; the oldest are forgotten."""


class Recent(Model):
    """Choices, the newest first."""

    model_config = ConfigDict(frozen=True)

    games: Mapping[str, NewGame] = {}
    """By name, the last one first."""
    servers: tuple[str, ...] = ()

    def played(self, new: NewGame) -> Recent:
        """With this game as the last one."""
        others = {name: game for name, game in self.games.items() if name != new.game}
        return self.model_copy(update={"games": {new.game: new, **others}})

    def visited(self, server: str) -> Recent:
        """With this server as the last one."""
        others = [known for known in self.servers if known != server]
        return self.model_copy(update={"servers": (server, *others)[:SERVERS]})

    def without(self, server: str) -> Recent:
        """Without this server."""
        return self.model_copy(update={"servers": tuple(known for known in self.servers if known != server)})


def recent_path() -> Path:
    """The file; it need not exist."""
    return platformdirs.user_state_path("gamesock") / "recent.json"


def load_recent() -> Recent:
    """What was chosen last; nothing where nothing can be read."""
    try:
        return Recent.model_validate_json(recent_path().read_bytes())
    except (OSError, ValidationError):
        return Recent()


def save_recent(recent: Recent) -> None:
    """Remember it, if that is possible."""
    with contextlib.suppress(OSError):
        write_own(recent_path(), recent.model_dump_json())
