"""What a server offers, as it says itself: games with their options, bots with their levels."""

from __future__ import annotations

from pydantic import ConfigDict, Field

from gamesock.game import Seat
from gamesock.model import Model


class Offered(Model):
    """Something a server offers; what a newer one says beside is passed over."""

    model_config = ConfigDict(frozen=True)


class OptionOffer(Offered):
    """A choice made before a game starts."""

    name: str = Field(pattern=r"^[A-Za-z0-9_-]+$")
    """Forms name their fields so."""
    summary: str = ""
    default: str = ""
    choices: tuple[str, ...] = ()
    when: tuple[str, str] | None = None
    """Another option and the value with which alone this one counts."""

    @property
    def title(self) -> str:
        """The option as a form calls it."""
        return self.name.upper() if len(self.name) <= 3 else self.name.capitalize()


class GameOffer(Offered):
    """A game that can be played there."""

    name: str = Field(min_length=1)
    title: str
    seats: tuple[Seat, ...] = Field(min_length=1)
    moves: str = ""
    options: tuple[OptionOffer, ...] = ()


class LevelOffer(Offered):
    """One strength of a bot."""

    number: int
    name: str
    summary: str = ""


class BotOffer(Offered):
    """A bot that plays there."""

    name: str
    title: str
    summary: str = ""
    levels: tuple[LevelOffer, ...] = ()
    default_level: int | None = None
