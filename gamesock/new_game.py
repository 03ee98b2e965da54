"""What kind of game a player wants: everything that is settled before the first move."""

from __future__ import annotations

import random
import secrets
from collections.abc import Mapping, Sequence
from typing import Literal, TypeAlias

from pydantic import ConfigDict

from gamesock import protocol as p
from gamesock.game import Seat
from gamesock.model import Model
from gamesock.record import Visibility, thread_id

Opponent: TypeAlias = Literal["bot", "human", "self"]
"""A bot, whoever joins, or the second player at the same keyboard."""


class NewGame(Model):
    """A game that isn't there yet."""

    model_config = ConfigDict(frozen=True)

    game: str
    seat: Seat | None = None
    """Ours; None: chance decides."""
    opponent: Opponent = "bot"
    bot: str = ""
    level: int | None = None
    clock: str | None = None
    visibility: Visibility | None = None
    """None: as the server likes."""
    options: Mapping[str, str] = {}

    def query(self) -> dict[str, str | None]:
        """What the first connection asks for in its URL."""
        return {
            "game": self.game, "clock": self.clock, "visibility": self.visibility, "new": "yes", **self.options
        }  # fmt: skip

    def side(self, seats: Sequence[Seat]) -> Seat:
        """Our seat, drawn by chance if we have no wish."""
        return self.seat or random.choice(seats)

    def setup(self, seats: Sequence[Seat], mine: Seat) -> list[p.ClientMessage]:
        """What to ask for once we sit: the second player at this keyboard, or a bot."""
        others = [seat for seat in seats if seat != mine]
        match self.opponent:
            case "self":
                # Without the seat in the name: a rematch swaps them.
                numbers = [""] if len(others) == 1 else [f" {number}" for number in range(1, len(others) + 1)]
                return [p.Join(seat=seat, name=f"guest{at}") for seat, at in zip(others, numbers, strict=True)]
            case "bot":
                return [p.SetBot(seat=seat, bot=self.bot, level=self.level) for seat in others]
            case "human":
                return []


def new_thread_id(game: str, visibility: Visibility | None = None) -> str:
    """An id that nobody has yet, as ``thread_id`` makes them."""
    return thread_id(game, visibility or "public", secrets.token_hex(12))
