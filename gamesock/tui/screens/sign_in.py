"""Signing in on the screen: an e-mail address, then the code that was sent there; and signing out."""

from __future__ import annotations

import asyncio
import importlib
import textwrap
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from gamesock.account.errors import AuthFailed, NotSignedIn
from gamesock.account.project import BadProject, Project, public_project
from gamesock.admission import is_ours
from gamesock.preferences import Preferences
from gamesock.tui.screens.ask import Ask, NotGood
from gamesock.tui.screens.dialogs import Confirm
from gamesock.tui.words import safe

if TYPE_CHECKING:
    from gamesock.account.account import Account
    from gamesock.account.session import Session
    from gamesock.tui.app import GameApp

MISSING = "accounts need pip install 'gamesock[supabase]'"


class SignIn:
    """The account at one project, with its dialogs; ``then`` hears who is signed in whenever that changed."""

    def __init__(self, app: GameApp[Any], project: Project, then: Callable[[Session | None], None]) -> None:
        self.project = project
        self._app, self._then = app, then
        self._account: Account | None = None

    async def who(self) -> Session | None:
        """Who is signed in; nobody where accounts can't be had."""
        try:
            return (await self.account()).session()
        except NotGood:
            return None

    def begin(self) -> None:
        """Ask for the address, and then for the code."""
        heading = f"Sign in at {self.project.name}: your e-mail address"
        self._app.push_screen(Ask(heading, self._send, example="ann@example.org"), self._sent)

    def end(self, session: Session) -> None:
        """Sign out, if that is meant."""

        def answered(yes: bool | None) -> None:
            if yes:
                self._app.run_worker(self._sign_out())

        question = f"You are signed in at {self.project.name} as {session.title}. Sign out?"
        self._app.push_screen(asked(self._app, question), answered)

    async def account(self) -> Account:
        """The account; opening a keyring and importing what it takes last a while.

        Raises:
            NotGood: the packages are missing.
        """

        def opened() -> Account:
            importlib.import_module("gamesock.account.auth")
            return importlib.import_module("gamesock.account.account").Account(self.project)  # type: ignore[no-any-return]

        if self._account is None:
            try:
                self._account = await asyncio.to_thread(opened)
            except ImportError as error:
                raise NotGood(f"{MISSING} ({error.name} is missing)") from None
        return self._account

    async def _send(self, email: str) -> str:
        await self.account()
        from gamesock.account.auth import Auth

        try:
            async with Auth(self.project) as auth:
                await auth.send_code(email)
        except AuthFailed as failed:
            raise NotGood(str(failed)) from None
        return email

    def _sent(self, email: str | None) -> None:
        if email is None:
            return

        async def understand(code: str) -> tuple[Session, str]:
            return await self._check(email, code)

        self._app.push_screen(Ask(f"The six digits that were e-mailed to {email}", understand), self._signed_in)

    async def _check(self, email: str, code: str) -> tuple[Session, str]:
        from gamesock.account.auth import Auth

        try:
            async with Auth(self.project) as auth:
                session = await auth.with_code(email, code.replace(" ", ""))
            return session, await (await self.account()).keep(session)
        except (AuthFailed, OSError) as failed:
            raise NotGood(str(failed)) from None

    def _signed_in(self, done: tuple[Session, str] | None) -> None:
        if done is None:
            return
        session, where = done
        self._app.notify(f"Signed in as {session.title}. Kept in {where}.", markup=False, timeout=8)
        self._then(session)

    async def _sign_out(self) -> None:
        try:
            await (await self.account()).sign_out()
        except (NotSignedIn, NotGood):
            pass
        except (AuthFailed, OSError) as failed:
            self._app.notify(str(failed), severity="error", markup=False, timeout=10)
            return
        self._app.notify(f"Signed out at {self.project.name}.", markup=False)
        self._then(None)


def asked(app: GameApp[Any], question: str) -> Confirm:
    """A long question, broken into lines that fit."""
    return Confirm("\n".join(textwrap.wrap(safe(question), min(60, app.size.width - 10))))


def preferred_project(preferences: Preferences) -> Project | None:
    """The project that the player has chosen, if one."""
    if not preferences.supabase_url or not preferences.supabase_key or not is_ours():
        return None
    try:
        return public_project(preferences.supabase_url, preferences.supabase_key)
    except BadProject:
        return None
