"""What a server offers, as it says itself: games with their options, bots with their levels."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import ConfigDict, Field, model_validator

from gamesock.game import Seat
from gamesock.model import Model

Name = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_-]{0,63}$")]
"""What games, options and bots may be called: forms make names of fields of them."""


class Offered(Model):
    """Something a server offers; what a newer one says beside is passed over."""

    model_config = ConfigDict(frozen=True)


class OptionOffer(Offered):
    """A choice made before a game starts."""

    name: Name
    summary: str = ""
    default: str = ""
    choices: tuple[str, ...] = ()
    when: tuple[str, str] | None = None
    """Another option and the value with which alone this one counts."""

    @model_validator(mode="after")
    def _possible(self) -> Self:
        """Refuse a usual value that can't be chosen."""
        if self.choices and self.default not in self.choices:
            raise ValueError(f"{self.default!r} is none of the choices")
        return self

    @property
    def title(self) -> str:
        """The option as a form calls it."""
        return self.name.upper() if len(self.name) <= 3 else self.name.capitalize()


class GameOffer(Offered):
    """A game that can be played there."""

    name: Name
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
