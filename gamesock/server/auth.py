"""Who is who: a user id counts only when a token proves it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import NamedTuple

from gamesock.protocol import AuthView, Code, Refusal


class Identity(NamedTuple):
    """Whom a token proves its bearer to be, and until when."""

    user: str
    expires: float | None = None
    """Seconds since 1970; None: it doesn't."""
    name: str = ""
    """What to call them, if the token says so."""
    acts: bool = True
    """Whether the token is the project's, so that with it a server can act there in their name."""


class Authenticator(ABC):
    """Turns a token into a verified identity."""

    required = False
    """Whether players must be signed in; watching public games needs nobody's name."""

    @abstractmethod
    async def verify(self, token: str) -> Identity:
        """The identity that the token proves.

        Raises:
            Refusal: ``unauthenticated``, or ``auth_unavailable`` where it can't be told now; with the reason,
                of which the token itself is never part.
        """

    async def check(self) -> None:  # noqa: B027 - most need nobody's answer
        """Look, when the server starts, whether tokens can be verified; what is wrong is logged."""

    @property
    def view(self) -> AuthView | None:
        """What clients are told of it; None: there is nothing they could sign in with."""
        return None


class Guests(Authenticator):
    """A server without accounts: everyone is a guest."""

    async def verify(self, token: str) -> Identity:
        raise Refusal(Code.UNAUTHENTICATED, "this server has no accounts: play as a guest, without a token")
