"""The ways to sign in, step by step, with whoever asks the questions: a terminal or a screen."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from typing import Protocol

from gamesock.account.auth import Auth
from gamesock.account.errors import AuthFailed, Unreachable
from gamesock.account.loopback import Loopback, SignInRefused, code_of
from gamesock.account.project import Project
from gamesock.account.session import Session

TRIES = 3
"""Codes that may be typed wrong before a new one must be asked for."""

WAIT = 300.0
"""Seconds to wait for the browser to come back."""


class Asker(Protocol):
    """Asks the person who signs in. Each question may be cancelled by raising."""

    async def ask(self, question: str, *, secret: bool = False) -> str:
        """A line of text; a secret one isn't shown."""

    def say(self, text: str) -> None:
        """Tell how it goes."""

    def open(self, url: str) -> None:
        """Show this page, in a browser if there is one; its address must be shown in any case."""


async def by_code(project: Project, asker: Asker, email: str = "") -> Session:
    """Sign in with an e-mailed code.

    Raises:
        AuthFailed: the project refuses.
    """
    async with Auth(project) as auth:
        email = email or await _wanted(asker, "E-mail address")
        await auth.send_code(email)
        asker.say(f"A code of six digits is on its way to {email}. It is good for a few minutes.")
        for left in range(TRIES - 1, -1, -1):
            code = (await _wanted(asker, "Code")).replace(" ", "")
            try:
                return await auth.with_code(email, code)
            except Unreachable:
                raise
            except AuthFailed as failed:
                if not left:
                    raise
                asker.say(f"{failed}. Try once more.")
    raise AssertionError("the last try returns or raises")


async def by_password(project: Project, asker: Asker, email: str = "") -> Session:
    """Sign in with a password, which is asked for and kept nowhere.

    Raises:
        AuthFailed: the project refuses.
    """
    async with Auth(project) as auth:
        email = email or await _wanted(asker, "E-mail address")
        return await auth.with_password(email, await asker.ask("Password", secret=True))


async def by_provider(project: Project, asker: Asker, provider: str) -> Session:
    """Sign in with an account elsewhere (GitHub, Google…): on its page, which leads back here.

    Where the browser runs on another machine, the address it ends at can be pasted instead.

    Raises:
        AuthFailed: the project or the provider refuses, or nobody came back in time.
    """
    async with Auth(project) as auth, Loopback() as loopback:
        asker.open(await auth.provider_url(provider, loopback.url))
        pasted = asker.ask("Waiting for the browser. If it can't come back here, paste the address it ends at")
        try:
            async with asyncio.timeout(WAIT):
                code = await _first(loopback.code, lambda: _pasted(pasted))
        except TimeoutError:
            raise AuthFailed(f"nobody came back within {WAIT / 60:g} minutes: begin again") from None
        except SignInRefused as refused:
            raise AuthFailed(str(refused)) from None
        return await auth.with_provider_code(code)


async def by_token(project: Project, text: str) -> Session:
    """Sign in with tokens from elsewhere: an access token, or a session as JSON with a refresh token.

    Raises:
        AuthFailed: they prove nothing to the project.
    """
    access, refresh = _tokens(text)
    async with Auth(project) as auth:
        if refresh:
            blank = Session(project=project.url, user="", expires=0, access_token=access, refresh_token=refresh)
            return await auth.renewed(blank)
        return await auth.with_token(access)


def _tokens(text: str) -> tuple[str, str]:
    text = text.strip()
    if not text.startswith("{"):
        if text.count(".") != 2:
            raise AuthFailed("this is neither an access token nor a session as JSON")
        return text, ""
    try:
        given = json.loads(text)
        return str(given["access_token"]), str(given.get("refresh_token") or "")
    except (ValueError, KeyError, AttributeError):
        raise AuthFailed("the session lacks an access_token") from None


async def _wanted(asker: Asker, question: str) -> str:
    while not (answer := (await asker.ask(question)).strip()):
        asker.say("Type it, or press Ctrl+C to leave.")
    return answer


async def _pasted(answer: Awaitable[str]) -> str:
    text = (await answer).strip()
    if not text:
        await asyncio.sleep(WAIT)  # nothing pasted: the browser will come
    return code_of(text)


async def _first(*ways: Callable[[], Awaitable[str]]) -> str:
    """The result of whichever comes first; the others are let go."""
    tasks = [asyncio.ensure_future(way()) for way in ways]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        return done.pop().result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def until(session: Session, now: float | None = None) -> str:
    """How long a session's access token is good for, in words."""
    left = session.expires - (time.time() if now is None else now)
    if left <= 0:
        return "it will be renewed when it is needed" if session.refresh_token else "it has ended"
    return f"{left / 60:.0f} minutes" if session.refresh_token else f"{left / 60:.0f} minutes, then it ends"
