"""Who a connection speaks for. Guests, so far as the server knows, are whoever holds a seat token."""

from __future__ import annotations

from abc import ABC, abstractmethod

from gamesock.protocol import Code, Refusal


class Authenticator(ABC):
    """Turns a token into a verified user id."""

    @abstractmethod
    async def verify(self, token: str) -> str:
        """The user id that the token proves.

        Raises:
            Refusal: ``unauthenticated``, with the reason; the token itself is never part of it.
        """


class Guests(Authenticator):
    """A server without accounts: everyone is a guest."""

    async def verify(self, token: str) -> str:
        raise Refusal(Code.UNAUTHENTICATED, "this server has no accounts: play as a guest, without a token")
