"""What crosses the pipe between a server and a worker: one JSON line each way at a time.

The server writes a ``Job``; the worker answers with ``Reply`` lines: ``ready`` when the bot is loaded and
its time begins, any number of ``thinking``, then one ``choice`` or ``error``. A worker that has started
says ``ready`` for job 0.
"""

from __future__ import annotations

from typing import Any

from pydantic import ConfigDict, Field

from gamesock.bot import Choice, Thought
from gamesock.game import Move, Seat
from gamesock.model import Model


class BotRequest(Model):
    """One decision that is wanted of a bot.

    ``dump`` is the whole position; a game with hidden information sends the seat's ``view`` instead.
    """

    model_config = ConfigDict(frozen=True)

    game: str
    bot: str
    level: int | None = None
    """None: the bot's own default."""
    budget: float = Field(gt=0)
    """Seconds the bot may think."""
    seed: int = 0
    seat: Seat
    legal: tuple[Move, ...] = Field(min_length=1)
    dump: dict[str, Any] | None = None
    view: dict[str, Any] | None = None


class Job(Model):
    """A numbered request, so that a late word about one job isn't taken for the next one's."""

    model_config = ConfigDict(frozen=True)

    job: int
    request: BotRequest


class Reply(Model):
    """One line of a worker about ``job``: exactly one of the other fields says something."""

    model_config = ConfigDict(frozen=True)

    job: int
    ready: bool = False
    thinking: Thought | None = None
    choice: Choice | None = None
    error: str | None = None
