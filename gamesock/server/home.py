"""The one player in whose program a server runs: known by a secret of the program, without asking anybody."""

from __future__ import annotations

import asyncio
import hmac
import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING

from gamesock.account.account import Account
from gamesock.account.patience import nobody
from gamesock.protocol import Code, Refusal
from gamesock.server.auth import Authenticator, Identity
from gamesock.server.replication.replication import Replication, replicating

if TYPE_CHECKING:
    from gamesock.server.threads import Threads


class Home(Authenticator):
    """Whoever is signed in on this machine plays under their account, also without a network.

    Everyone else who comes (a friend who was invited) is a guest.
    """

    def __init__(self, account: Account, say: Callable[[str], None] = nobody) -> None:
        """``say``: told when games take long to be sent at the end."""
        self.account = account
        self._say = say
        self._secret = secrets.token_urlsafe(32)

    async def token(self) -> str | None:
        """What shows the server who plays; None: nobody is signed in."""
        return self._secret if await asyncio.to_thread(self.account.session) else None

    async def verify(self, token: str) -> Identity:
        mine = hmac.compare_digest(token.encode(errors="replace"), self._secret.encode())
        session = await asyncio.to_thread(self.account.session) if mine else None
        if session is None:
            raise Refusal(
                Code.UNAUTHENTICATED, "this isn't the player's own program: play as a guest, without a token"
            )
        return Identity(session.user, name=session.name, acts=False)

    @property
    def replication(self) -> Callable[[Threads], Replication]:
        """Copies of this player's games in their project."""
        return replicating(self.account.project, player=self.account, say=self._say)
