"""The account at one project: its session, always fresh, renewed in one place and by one process at a time."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import os
import time
from collections.abc import AsyncIterator, Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs
from filelock import AsyncFileLock, Timeout

from gamesock.account.errors import AuthFailed, Ended, NotSignedIn, Unreachable
from gamesock.account.project import Project
from gamesock.account.safe import Safe, Where, best, filed
from gamesock.account.session import Session, issuer_of
from gamesock.account.trust import Trust

if TYPE_CHECKING:
    from gamesock.account.auth import Auth

TOKEN_VARIABLE = "GAMESOCK_ACCESS_TOKEN"
"""An access token from elsewhere (CI, another program): used as it is, never renewed, never kept."""

_PATIENCE = 60.0
"""Seconds to wait while another process renews the session."""


class Account:
    """Who we are at a project."""

    def __init__(
        self,
        project: Project,
        safe: Safe | None = None,
        *,
        locks: Path | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.project = project
        self._safe = safe
        self._locks = locks or platformdirs.user_data_path("gamesock") / "sessions"
        self._now = now
        self._renewing = asyncio.Lock()

    @cached_property
    def safe(self) -> Safe:
        """Where the session is kept. To find out may take a moment: a keyring has to answer."""
        return self._safe or best()

    def session(self) -> Session | None:
        """The session that is kept, fresh or not."""
        return self.safe.load(self.project.url)

    async def keep(self, session: Session) -> Where:
        """Keep a new session; where that is.

        Raises:
            OSError: it can't be kept.
            Unreachable: another process is busy with the last one.
        """
        async with self._alone():
            before = self.session()
            self.safe.keep(session)
            if before and before.user != session.user:
                Trust().forget(self.project.url)  # it was somebody else who agreed
        return self.safe.where

    async def token(self) -> str:
        """An access token that is good for a while yet.

        Raises:
            NotSignedIn: nobody is signed in, or the sign-in has ended.
            Unreachable: it must be renewed, and can't be now.
        """
        return self.given() or (await self.fresh()).access_token

    def given(self) -> str | None:
        """The token in the environment, if it is one of this project."""
        token = os.environ.get(TOKEN_VARIABLE, "").strip()
        return token if token and issuer_of(token) == self.project.auth else None

    async def fresh(self) -> Session:
        """The session, renewed if its end is near. Of all processes that find it old, one renews it.

        Raises:
            NotSignedIn: nobody is signed in, or the sign-in has ended.
            Unreachable: it must be renewed, and can't be now.
        """
        session = self._signed_in()
        if not session.stale(self._now()):
            return session
        try:
            async with self._alone():
                session = self._signed_in()  # another process may just have renewed it
                return await self._renewed(session) if session.stale(self._now()) else session
        except OSError:  # the project is away, or nothing can be written here
            if self._now() < session.expires:
                return session
            raise

    async def sign_out(self) -> bool:
        """End the session here; whether the project heard of it (else it ends there by itself in a while).

        Raises:
            NotSignedIn: nobody is signed in.
            OSError: it can't be forgotten.
        """
        async with self._alone():
            session = self._signed_in()
            with contextlib.suppress(AuthFailed, NotSignedIn):
                # An access token that has ended can't end the session.
                session = await self._renewed(session) if session.stale(self._now()) else session
            self.safe.forget(self.project.url)
            Trust().forget(self.project.url)  # whoever signs in next agrees anew
            try:
                async with await self._auth() as auth:
                    await auth.end(session)
            except AuthFailed:
                return False
            return True

    async def _auth(self) -> Auth:
        # Importing it takes a second, which is no game's; most of the time nothing is to be asked.
        module = await asyncio.to_thread(importlib.import_module, "gamesock.account.auth")
        made: Auth = module.Auth(self.project)
        return made

    def _signed_in(self) -> Session:
        session = self.session()
        if session is None:
            stranger = f"{TOKEN_VARIABLE} holds no token of {self.project.name}, and "
            given = stranger if os.environ.get(TOKEN_VARIABLE, "").strip() else ""
            raise NotSignedIn(f"{given}you aren't signed in at {self.project.name}: gamesock login")
        return session

    async def _renewed(self, session: Session) -> Session:
        now = self._now()
        if not session.refresh_token and now < session.expires:
            return session
        if not session.refresh_token:
            self.safe.forget(self.project.url)
            raise NotSignedIn(f"the sign-in at {self.project.name} has ended: gamesock login")
        try:
            async with await self._auth() as auth:
                renewed = await auth.renewed(session)
        except Ended as ended:
            self.safe.forget(self.project.url)
            raise NotSignedIn(str(ended)) from None
        self.safe.keep(renewed)
        return renewed

    @contextlib.asynccontextmanager
    async def _alone(self) -> AsyncIterator[None]:
        """A refresh token is good for one use: tasks and processes take turns."""
        self._locks.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = AsyncFileLock(self._locks / f"{filed(self.project.url)}.lock", timeout=_PATIENCE, mode=0o600)
        try:
            async with self._renewing, lock:
                yield
        except Timeout:
            raise Unreachable("another gamesock has been renewing the sign-in for long: try again") from None
