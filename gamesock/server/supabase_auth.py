"""Supabase's access tokens, verified offline: JWTs against the project's published keys or its shared secret."""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

import jwt

from gamesock.account.project import Project
from gamesock.protocol import AuthView, Code, Refusal
from gamesock.server.auth import Authenticator, Identity
from gamesock.server.log import Logger
from gamesock.server.published_keys import PublishedKeys

log = Logger("gamesock.auth")

AUDIENCE = ROLE = "authenticated"
"""What Supabase puts into a signed-in user's token; its API keys and service role say something else."""

LONGEST = 16 * 1024
"""Characters of a token; Supabase's have some hundreds."""

LEEWAY = 10.0
"""Seconds by which the clock here may be behind the project's."""

_PUBLISHED = ("ES256", "RS256")
_REQUIRED = ("exp", "sub", "aud", "iss")


class SupabaseTokens(Authenticator):
    """Verifies the access tokens of one Supabase project."""

    required = True

    def __init__(self, project: Project, now: Callable[[], float] = time.time) -> None:
        self.project = project
        self._keys = PublishedKeys(project.jwks)
        self._now = now

    async def check(self) -> None:
        if not self.project.secret and not await self._keys.found():
            log.warning(
                "no_keys",
                project=self.project.url,
                reason="nobody can sign in yet: is the address right? With a shared secret (HS256) it needs "
                "GAMESOCK_SUPABASE_JWT_SECRET in the environment",
            )

    @property
    def view(self) -> AuthView:
        """The project, by its address."""
        project = self.project
        return AuthView(kind="supabase", url=project.url, key=project.key or None, required=self.required)

    async def verify(self, token: str) -> Identity:
        """The user whom the project signed this token for."""
        if len(token) > LONGEST:
            raise Refusal(Code.UNAUTHENTICATED, f"the token is longer than {LONGEST} characters")
        if not token.isascii():
            raise Refusal(Code.UNAUTHENTICATED, "this isn't a token")
        try:
            header = jwt.get_unverified_header(token)
            claims = await self._claims(token, header)
        except jwt.PyJWTError as error:
            raise Refusal(Code.UNAUTHENTICATED, _reason(error)) from None
        if claims.get("role") != ROLE:
            raise Refusal(Code.UNAUTHENTICATED, "this isn't the token of somebody who signed in")
        return Identity(_user(claims), float(claims["exp"]), _name(claims))

    async def _claims(self, token: str, header: dict[str, Any]) -> dict[str, Any]:
        algorithm = header.get("alg")
        if algorithm in _PUBLISHED:
            key = await self._keys.key(header.get("kid"))
            return self._decoded(token, key, algorithm)
        if algorithm == "HS256" and self.project.secret:
            return self._decoded(token, self.project.secret, "HS256")
        raise Refusal(Code.UNAUTHENTICATED, "the token isn't signed in a way that this project signs")

    def _decoded(self, token: str, key: jwt.PyJWK | str, algorithm: str) -> dict[str, Any]:
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=[algorithm],
            audience=AUDIENCE,
            issuer=self.project.auth,
            options={"require": list(_REQUIRED), "verify_exp": False, "verify_nbf": False, "verify_iat": False},
        )
        self._check_times(claims)
        return claims

    def _check_times(self, claims: dict[str, Any]) -> None:
        """As the library would, but by our clock, which the tests set."""
        now = self._now()
        try:
            expires, begins = float(claims["exp"]), float(claims.get("nbf", 0))
        except (TypeError, ValueError, OverflowError):
            raise jwt.DecodeError from None
        if not (math.isfinite(expires) and math.isfinite(begins)):
            raise jwt.DecodeError
        if expires <= now:
            raise jwt.ExpiredSignatureError
        if begins > now + LEEWAY:
            raise jwt.ImmatureSignatureError


_REASONS: tuple[tuple[type[jwt.PyJWTError], str], ...] = (
    (jwt.ExpiredSignatureError, "this sign-in has expired: sign in again (gamesock login)"),
    (jwt.ImmatureSignatureError, "this token isn't valid yet: is the clock right?"),
    (jwt.InvalidAudienceError, "the token is meant for somebody else (wrong audience)"),
    (jwt.InvalidIssuerError, "the token comes from another project (wrong issuer)"),
    (jwt.MissingRequiredClaimError, "the token lacks what it must say"),
    (jwt.InvalidSignatureError, "the token isn't signed by this project"),
)


def _reason(error: jwt.PyJWTError) -> str:
    return next((text for kind, text in _REASONS if isinstance(error, kind)), "this isn't a token")


def _user(claims: dict[str, Any]) -> str:
    """The user's id, in the one spelling of a UUID."""
    try:
        return str(UUID(claims["sub"]))
    except (AttributeError, TypeError, ValueError):
        raise Refusal(Code.UNAUTHENTICATED, "the token names no user of a project") from None


def _name(claims: dict[str, Any]) -> str:
    """A name to show: chosen by the user, never the e-mail address, which is nobody else's business."""
    with contextlib.suppress(AttributeError):
        metadata = claims.get("user_metadata", {})
        for key in ("user_name", "name", "full_name"):
            if isinstance(name := metadata.get(key), str) and name.strip():
                return name.strip()
    return ""
