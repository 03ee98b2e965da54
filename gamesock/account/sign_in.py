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

SHORTEST = 6
"""Digits of a code; a project may want more."""

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
    async with Auth(project, asker.say) as auth:
        email = await _address(asker, email)
        await _send(auth, asker, email)
        for _ in range(TRIES - 1):
            code = await _code(auth, asker, email)
            try:
                return await auth.with_code(email, code)
            except Unreachable:
                raise
            except AuthFailed as failed:
                asker.say(f"{sentence(failed)} Try once more; Enter alone sends a new one.")
        return await auth.with_code(email, await _code(auth, asker, email))


async def by_password(project: Project, asker: Asker, email: str = "") -> Session:
    """Sign in with a password, which is asked for and kept nowhere.

    Raises:
        AuthFailed: the project refuses.
    """
    async with Auth(project, asker.say) as auth:
        email = await _address(asker, email)
        return await auth.with_password(email, await asker.ask("Password", secret=True))


async def by_provider(project: Project, asker: Asker, provider: str) -> Session:
    """Sign in with an account elsewhere (GitHub, Google…): on its page, which leads back here.

    Where the browser runs on another machine, the address it ends at can be pasted instead.

    Raises:
        AuthFailed: the project or the provider refuses, or nobody came back in time.
    """
    async with Auth(project, asker.say) as auth, Loopback() as loopback:
        asker.open(await auth.provider_url(provider, loopback.url))
        try:
            async with asyncio.timeout(WAIT):
                code = await _first(loopback.code, lambda: _pasted(asker))
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


async def _address(asker: Asker, given: str) -> str:
    """The e-mail address: the one given, or one that is asked for until it can be one."""
    if given:
        return checked_address(given)
    while True:
        answer = (await asker.ask("E-mail address")).strip()
        try:
            return checked_address(answer)
        except AuthFailed as failed:
            asker.say(
                f"{sentence(failed)} Type it, or press Ctrl+C to leave."
                if answer
                else "Type it, or press Ctrl+C to leave."
            )


def checked_address(text: str) -> str:
    """What can be an e-mail address.

    Raises:
        AuthFailed: it can't.
    """
    name, _, host = text.strip().rpartition("@")
    if not name or not host or any(character.isspace() for character in text.strip()):
        raise AuthFailed(f"{text!r} is no e-mail address")
    return text.strip()


async def _send(auth: Auth, asker: Asker, email: str) -> None:
    await auth.send_code(email)
    asker.say(f"A code is on its way to {email}. It is good for a few minutes.")


async def _code(auth: Auth, asker: Asker, email: str) -> str:
    """What can be a code; no answer means that a new one is wanted."""
    while True:
        answer = (await asker.ask("Code")).replace(" ", "")
        if not answer:
            await _send(auth, asker, email)
        elif answer.isdecimal() and len(answer) >= SHORTEST:
            return answer
        else:
            asker.say(f"The code has {SHORTEST} digits or more. Try once more; Enter alone sends a new one.")


def sentence(error: Exception) -> str:
    """What went wrong, to be read on its own."""
    text = str(error)
    return f"{text[:1].upper()}{text[1:]}."


async def _pasted(asker: Asker) -> str:
    question = "Waiting for the browser. If it can't come back here, paste the address it ends at"
    while text := (await asker.ask(question)).strip():
        try:
            return code_of(text)
        except SignInRefused as refused:
            if "://" in text and "error" in text:  # it is the right address, and says no
                raise
            asker.say(f"{sentence(refused)} Or wait for the browser.")
    await asyncio.sleep(WAIT)  # nothing pasted: the browser will come
    raise TimeoutError


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
    then = "then renewed by itself" if session.refresh_token else "then it ends"
    return f"good for {left / 60:.0f} minutes, {then}"
