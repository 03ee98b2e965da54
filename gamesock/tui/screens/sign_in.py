"""Signing in on the screen: an e-mail address, then the code that was sent there; and signing out."""

from __future__ import annotations

import asyncio
import importlib
import textwrap
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from gamesock.account.errors import AuthFailed, NotSignedIn
from gamesock.account.packages import missing
from gamesock.account.project import BadProject, Project, public_project
from gamesock.admission import is_ours
from gamesock.preferences import Preferences
from gamesock.seatbook import LOCAL
from gamesock.tui.screens.ask import Ask, NotGood
from gamesock.tui.screens.dialogs import Confirm
from gamesock.tui.words import safe

if TYPE_CHECKING:
    from gamesock.account.account import Account
    from gamesock.account.safe import Where
    from gamesock.account.session import Session
    from gamesock.place import Place
    from gamesock.tui.app import GameApp


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
        self._app.push_screen(Ask(heading, self._send, example="for example ann@example.org"), self._sent)

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
            except ImportError:
                raise NotGood(missing() or "accounts need more packages") from None
        return self._account

    async def _send(self, email: str) -> str:
        await self.account()
        from gamesock.account.auth import Auth
        from gamesock.account.sign_in import checked_address

        try:
            email = checked_address(email)
            async with Auth(self.project) as auth:
                await auth.send_code(email)
        except AuthFailed as failed:
            raise NotGood(str(failed)) from None
        return email

    def _sent(self, email: str | None) -> None:
        if email is None:
            return

        async def understand(code: str) -> tuple[Session, Where]:
            return await self._check(email, code)

        heading = f"The code that was e-mailed to {email} (nothing: send a new one)"
        self._app.push_screen(Ask(heading, understand, blank=True), self._signed_in)

    async def _check(self, email: str, code: str) -> tuple[Session, Where]:
        from gamesock.account.auth import Auth

        try:
            async with Auth(self.project) as auth:
                if not code:
                    await auth.send_code(email)
                    raise NotGood("A new code is on its way.")
                session = await auth.with_code(email, code.replace(" ", ""))
            return session, await (await self.account()).keep(session)
        except (AuthFailed, OSError) as failed:
            raise NotGood(str(failed)) from None

    def _signed_in(self, done: tuple[Session, Where] | None) -> None:
        if done is None:
            return
        session, where = done
        kept = "the keyring" if where.kind == "keyring" else "a file that only you can read"
        self._app.notify(f"Signed in as {session.title}, kept in {kept}.", markup=False, timeout=8)
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


async def admitted(app: GameApp[Any], place: Place, say: Callable[[str], object]) -> None:
    """Ask, once for each server, whether it may know who plays; nothing is shown to it before."""
    question = None if place.name == LOCAL else await place.admission.question()
    if question is None or not await app.push_screen(asked(app, question), wait_for_dismiss=True):
        return
    try:
        place.admission.agree()
    except OSError as error:
        say(f"That can't be kept: {error}")


def preferred_project(preferences: Preferences) -> Project:
    """The project that the player has chosen.

    Raises:
        NotGood: none, or what can't be one.
    """
    if not is_ours():
        raise NotGood("Visitors of a page play as guests.")
    if not preferences.supabase_url:
        raise NotGood("To sign in, name a Supabase project in the settings (s) first.")
    if not preferences.supabase_key:
        raise NotGood(f"The settings (s) lack the publishable key of {preferences.supabase_url}.")
    try:
        return public_project(preferences.supabase_url, preferences.supabase_key)
    except BadProject as error:
        raise NotGood(f"The project in the settings (s) can't be: {error}.") from None
