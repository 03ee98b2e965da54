"""The auth server of a project: every way to sign in, to renew a session and to end it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any, Self, TypeVar, cast, get_args

import httpx
from supabase_auth import AsyncGoTrueClient, AuthResponse
from supabase_auth.errors import AuthApiError, AuthError, AuthRetryableError, AuthUnknownError
from supabase_auth.types import Provider

from gamesock.account.errors import AuthFailed, Ended, NoSuchProvider, Unreachable
from gamesock.account.patience import nobody, patience, unreachable
from gamesock.account.project import Project
from gamesock.account.session import Session
from gamesock.text import clean

TIMEOUT = 15.0
"""Seconds to wait for an answer."""

LONGEST = 200
"""Characters of a refusal that are passed on."""

Answer = TypeVar("Answer")


class Auth:
    """Talks to one project's auth server. Nothing is kept here but, for a moment, the PKCE verifier."""

    def __init__(self, project: Project, say: Callable[[str], None] | None = None) -> None:
        """``say``: told, once, of an answer that takes long."""
        self.project = project
        self._say = say or nobody
        self._http = httpx.AsyncClient(timeout=TIMEOUT, follow_redirects=False)
        self._client = AsyncGoTrueClient(
            url=project.auth,
            headers={"apikey": project.key},
            auto_refresh_token=False,
            persist_session=False,
            flow_type="pkce",
            http_client=self._http,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    async def send_code(self, email: str, *, sign_up: bool = True) -> None:
        """Let the project e-mail a code of six digits; ``sign_up``: to strangers too.

        Raises:
            AuthFailed: it won't.
        """
        await self._asked(
            self._client.sign_in_with_otp({"email": email, "options": {"should_create_user": sign_up}})
        )

    async def with_code(self, email: str, code: str) -> Session:
        """The session for an e-mailed code.

        Raises:
            AuthFailed: the code is wrong or too old.
        """
        return self._granted(
            await self._asked(self._client.verify_otp({"email": email, "token": code, "type": "email"}))
        )

    async def with_password(self, email: str, password: str) -> Session:
        """The session for a password.

        Raises:
            AuthFailed: the address or the password is wrong.
        """
        return self._granted(
            await self._asked(self._client.sign_in_with_password({"email": email, "password": password}))
        )

    async def provider_url(self, provider: str, redirect: str) -> str:
        """The page at which to sign in with a provider (PKCE, RFC 7636); it leads back to ``redirect``.

        Raises:
            NoSuchProvider: there is none of this name.
            AuthFailed: the project refuses.
        """
        known = get_args(Provider)
        if provider not in known:
            raise NoSuchProvider(f"there is no provider {provider!r}: choose one of {', '.join(known)}")
        asked = self._client.sign_in_with_oauth(
            {"provider": cast(Any, provider), "options": {"redirect_to": redirect}}
        )
        return (await self._asked(asked)).url

    async def with_provider_code(self, code: str) -> Session:
        """The session for the code that a provider's page led back with.

        Raises:
            AuthFailed: the code is wrong, used, or of another sign-in.
        """
        params = cast(Any, {"auth_code": code})
        return self._granted(await self._asked(self._client.exchange_code_for_session(params)))

    async def with_token(self, token: str) -> Session:
        """A session of an access token alone: it ends with it.

        Raises:
            AuthFailed: it proves nothing here.
        """
        import jwt

        answer = await self._asked(self._client.get_user(token))
        if answer is None:
            raise AuthFailed("this token belongs to nobody here")
        try:
            claims = jwt.decode(token, options={"verify_signature": False})  # the project just verified it
        except jwt.PyJWTError:
            raise AuthFailed("this is no access token") from None
        ends = float(claims.get("exp", 0))
        return Session.of_user(self.project, answer.user, token, "", ends)

    async def renewed(self, session: Session) -> Session:
        """The next session; the one given is of no use any more.

        Raises:
            Ended: sign in again.
            Unreachable: it may be good yet: try again later, with the same session.
        """
        try:
            return self._granted(await self._asked(self._client.refresh_session(session.refresh_token)))
        except Unreachable:
            raise
        except (AuthFailed, AttributeError, TypeError) as error:
            if _has_ended(error.__cause__):
                raise Ended(f"your sign-in at {self.project.name} has ended: gamesock login") from None
            # A gateway's page, a key that was changed, a network's sign-in page: none knows of this session.
            reason = str(error) if isinstance(error, AuthFailed) else "that is no sign-in"
            raise Unreachable(
                f"{self.project.name} can't renew the sign-in now ({reason}): try again later"
            ) from None

    async def end(self, session: Session) -> None:
        """Revoke a session, on this machine only.

        Raises:
            AuthFailed: the project could not be told.
        """
        try:
            await self._asked(self._client.admin.sign_out(session.access_token, "local"))
        except AuthFailed as failed:
            status = getattr(failed.__cause__, "status", None)
            if status not in (401, 403, 404):  # it had ended before
                raise

    def _granted(self, answer: AuthResponse) -> Session:
        if answer.session is None:
            raise AuthFailed("the project didn't grant a session: is the address confirmed?")
        return Session.of(self.project, answer.session)

    async def _asked(self, answer: Awaitable[Answer]) -> Answer:
        try:
            with patience(self._say, f"asking {self.project.name}…"):
                return await answer
        except (httpx.HTTPError, AuthRetryableError) as error:
            raise Unreachable(unreachable(self.project.name, error)) from error
        except AuthApiError as error:
            if error.status >= 500 or error.status == 429:
                busy = "too many tries" if error.status == 429 else f"trouble there, {error.status}"
                raise Unreachable(f"{self.project.name} doesn't answer now ({busy}): try again later") from error
            raise _failed(error) from error
        except (AuthUnknownError, ValueError):  # whose words may hold what was answered, tokens too
            raise AuthFailed(
                f"{self.project.name} answered something that is no sign-in: is it a project?"
            ) from None
        except AuthError as error:
            raise AuthFailed(f"{self.project.name} refused: {error}") from error


_REASONS = {
    "otp_expired": "this code is wrong or too old",
    "invalid_credentials": "the address or the password is wrong",
    "email_not_confirmed": "the address isn't confirmed yet: follow the link that was e-mailed to you",
    "otp_disabled": "this project sends no codes: try --password or --provider",
    "signup_disabled": "this project takes no new users",
    "user_not_found": "nobody has this address there",
    "user_banned": "this user is barred there",
    "flow_state_not_found": "this sign-in was begun elsewhere, or too long ago: begin again",
    "flow_state_expired": "this sign-in was begun too long ago: begin again",
    "bad_code_verifier": "this code belongs to another sign-in: begin again",
    "provider_disabled": "this project doesn't sign in with that provider",
    "email_address_invalid": "this is no e-mail address",
    "validation_failed": "the project doesn't take this",
}

_ENDS = {
    "refresh_token_not_found",
    "refresh_token_already_used",
    "session_not_found",
    "session_expired",
    "user_not_found",
    "user_banned",
    "invalid_grant",
    "validation_failed",
}
"""What auth servers say of a refresh token that is good for nothing."""


def _has_ended(error: BaseException | None) -> bool:
    if not isinstance(error, AuthApiError) or error.status not in (400, 401, 403, 422):
        return False
    return error.code in _ENDS or (error.code is None and "refresh token" in str(error.message).lower())


def _failed(error: AuthApiError) -> AuthFailed:
    """What a refusal means."""
    if known := _REASONS.get(str(error.code)):
        return AuthFailed(known)
    return AuthFailed(
        "this sign-in has ended: sign in again" if _has_ended(error) else f"the project refused: {_told(error)}"
    )


def _told(error: AuthApiError) -> str:
    """The project's own words, if they are words; a whole answer may hold anything."""
    words = clean(str(error.message), LONGEST + 1)
    return f"status {error.status}" if len(words) > LONGEST or words.startswith(("{", "[", "<")) else words
