"""Whether a server may be shown this player's sign-in, and the token to show.

A token goes to a server only if that server names the token's own project; only over ``wss://``, or within a
network of one's own; and only once the player has agreed to it: with the token, a server could act as the player.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from gamesock.address import server_address
from gamesock.network import is_local, is_loopback
from gamesock.protocol import LONGEST_NAME
from gamesock.text import clean

if TYPE_CHECKING:
    from gamesock.account.account import Account
    from gamesock.account.project import Project

VARIABLE = "GAMESOCK_ACCOUNT"
"""``off``: whoever plays isn't whoever is signed in here, as with the visitors of ``gamesock serve``."""

PATIENCE = 5.0
"""Seconds to wait for what a server says about itself."""

Health = Callable[[], Awaitable[Any]]
"""What the server answers to ``GET /healthz``; ``OSError`` if nothing."""


class Admission:
    """This player's way into one server that has accounts."""

    def __init__(self, server: str, health: Health) -> None:
        self._server = server
        self._health = health
        self._project: Project | None = None
        self._required = False
        self._looked = False
        self._account: Account | None = None
        self._name: str | None = None
        """The account's."""
        self._asked = False

    async def token(self) -> str | None:
        """The token to show; None: the server has no accounts, or may not be shown ours, or nobody is signed in.

        Raises:
            Unreachable: the sign-in must be renewed, and can't be now.
        """
        account = await self._signed_in()
        if account is None or not self._agreed(account):
            return None
        from gamesock.account.errors import NotSignedIn

        try:
            return await account.token()
        except NotSignedIn:
            self._account = None
            return None

    async def question(self) -> str | None:
        """What to ask the player, before they play there; None: nothing. It is asked once."""
        account = None if self._asked else await self._signed_in()
        if account is None or self._agreed(account):
            return None
        self._asked = True
        host, project = urlsplit(self._server).netloc, account.project.name
        return (
            f"May {host} know who you are at {project}? As long as your sign-in lasts, it could act as you there: "
            f"agree if you trust who runs it{_or_listens(self._server)}. "
            f"Without, you {'can only watch' if self._required else 'are a guest'}."
        )

    async def lacks(self) -> str | None:
        """What keeps this player from playing there, and what to do; None: nothing that is known yet."""
        project = await self._named()
        if project is None or not self._required or await self._signed_in():
            return None
        here = server_address(self._server)
        only = f"{here} lets only those play who are signed in"
        if not is_ours():
            return only
        if not is_safe(self._server):
            return f"{only}, and a sign-in is shown to servers with wss:// alone"
        return f"{only}: gamesock login --server {here}"

    async def project(self) -> Project | None:
        """The project whose sign-ins the server takes, with its publishable key if the server tells that."""
        return await self._named()

    @property
    def name(self) -> str | None:
        """The name in the account that the server is shown; None: it is shown none, as far as is known yet."""
        return self._name if self._account and self._agreed(self._account) else None

    def agree(self) -> None:
        """The player agrees.

        Raises:
            OSError: it can't be kept.
        """
        from gamesock.account.trust import Trust

        assert self._project is not None, "there was a question"
        Trust().agree(self._server, self._project.url)

    def _agreed(self, account: Account) -> bool:
        from gamesock.account.trust import Trust

        here = is_loopback(urlsplit(self._server).hostname or "")
        return here or account.given() is not None or Trust().holds(self._server, account.project.url)

    async def _signed_in(self) -> Account | None:
        if not is_ours() or not is_safe(self._server):
            return None
        project = await self._named()
        if project is None:
            return None
        if self._account is None:
            try:
                self._account = await asyncio.to_thread(_account, project)
            except ImportError:  # without the extra nobody is signed in
                return None
            self._name = await asyncio.to_thread(_name, self._account)
        return self._account

    async def _named(self) -> Project | None:
        """The project whose sign-ins the server takes."""
        if not self._looked:
            try:
                async with asyncio.timeout(PATIENCE):
                    health = await self._health()
            except OSError:
                return None  # it may answer the next time
            self._looked, self._project = True, named_project(health)
            self._required = self._project is not None and health["auth"].get("required") is not False
        return self._project


def is_ours() -> bool:
    """Whether who plays is whoever may be signed in on this machine."""
    return os.environ.get(VARIABLE, "").lower() not in ("off", "no", "0")


def is_safe(server: str) -> bool:
    """Whether nobody else can listen on the way to a server, other than in a network of one's own."""
    parts = urlsplit(server)
    return parts.scheme == "wss" or is_local(parts.hostname or "")


def _or_listens(server: str) -> str:
    """What a way without encryption adds to the question."""
    return (
        "" if urlsplit(server).scheme == "wss" else ", and everyone in your network: the way there isn't encrypted"
    )


def named_project(health: Any) -> Project | None:
    """The project whose sign-ins a server takes that says this of its health; None: it has no accounts."""
    auth = health.get("auth") if isinstance(health, dict) else None
    if not isinstance(auth, dict) or auth.get("kind") != "supabase":
        return None
    from gamesock.account.project import BadProject, public_project

    try:
        return public_project(str(auth.get("url")), str(auth.get("key") or ""))
    except BadProject:
        return None


def display_name(url: str | None) -> str | None:
    """The name in the account of who is signed in at a project; None: nobody is, or they have none."""
    if not url or not is_ours():
        return None
    from gamesock.account.project import BadProject, Project

    try:
        account = _account(Project(url))
    except (ImportError, BadProject):
        return None
    return _name(account)


def _name(account: Account | None) -> str | None:
    session = account.session() if account else None
    return (clean(session.name, LONGEST_NAME) or None) if session else None


def _account(project: Project) -> Account | None:
    """The account there, if somebody is signed in. A keyring may take a while to open."""
    from gamesock.account.account import Account
    from gamesock.account.project import Project
    from gamesock.account.safe import best

    safe = best()
    session = safe.load(project.url)
    account = Account(Project(project.url, session.key if session else ""), safe)
    return account if session or account.given() else None
