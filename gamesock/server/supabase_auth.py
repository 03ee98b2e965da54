"""Supabase's access tokens, verified offline: JWTs against the project's published keys or its shared secret."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from typing import Any

import jwt
import structlog

from gamesock.account.project import Project
from gamesock.protocol import AuthView, Code, Refusal
from gamesock.server.auth import Authenticator, Identity

log = structlog.get_logger("gamesock.auth")

AUDIENCE = ROLE = "authenticated"
"""What Supabase puts into a signed-in user's token; its API keys and service role say something else."""

LONGEST = 16 * 1024
"""Characters of a token; Supabase's have some hundreds."""

LIFESPAN = 600.0
"""Seconds that published keys are trusted without looking again. In an outage they last until it is over."""

COOLDOWN = 10.0
"""Seconds between two looks at the published keys, however many tokens name keys that aren't there."""

TIMEOUT = 3.0
"""Seconds to wait for the published keys."""

LEEWAY = 10.0
"""Seconds by which the clock here may be behind the project's."""

_PUBLISHED = ("ES256", "RS256")
_REQUIRED = ("exp", "sub", "aud", "iss")


class PublishedKeys:
    """A project's public keys by their ids, looked up again when one is missing or they are old.

    One look at a time, none more often than every ``COOLDOWN`` seconds: forged key ids can't make this
    server ask without end. What was found last stays good while the project can't be reached.
    """

    def __init__(self, url: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._client = jwt.PyJWKClient(url, cache_jwk_set=False, timeout=TIMEOUT)
        self._clock = clock
        self._keys: dict[str, jwt.PyJWK] = {}
        self._found_at: float | None = None
        self._looked_at: float | None = None
        self._looking = asyncio.Lock()

    async def key(self, kid: str | None) -> jwt.PyJWK:
        """The key of that id.

        Raises:
            Refusal: ``unauthenticated``: there is no such key; ``auth_unavailable``: no keys could be had yet.
        """
        if kid is None:
            raise Refusal(Code.UNAUTHENTICATED, "the token doesn't say which key signed it")
        if kid not in self._keys or self._old:
            async with self._looking:
                if kid not in self._keys or self._old:
                    await self._look()
        if kid in self._keys:
            return self._keys[kid]
        if self._found_at is None:
            raise Refusal(Code.AUTH_UNAVAILABLE, "sign-ins can't be checked now: try again in a moment")
        raise Refusal(Code.UNAUTHENTICATED, "the token is signed with a key that this project doesn't have")

    async def found(self) -> bool:
        """Whether there are any."""
        async with self._looking:
            if self._old:
                await self._look()
        return bool(self._keys)

    @property
    def _old(self) -> bool:
        return self._found_at is None or self._clock() - self._found_at > LIFESPAN

    async def _look(self) -> None:
        now = self._clock()
        if self._looked_at is not None and now - self._looked_at < COOLDOWN:
            return
        self._looked_at = now
        try:
            found = await asyncio.to_thread(self._client.get_signing_keys)
        except (jwt.PyJWTError, ValueError, OSError) as error:
            log.warning("keys_not_found", reason=str(error))
        else:
            self._keys = {key.key_id: key for key in found if key.key_id}
            self._found_at = now


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
        return AuthView(kind="supabase", url=self.project.url, required=self.required)

    async def verify(self, token: str) -> Identity:
        """The user whom the project signed this token for."""
        if len(token) > LONGEST:
            raise Refusal(Code.UNAUTHENTICATED, f"the token is longer than {LONGEST} characters")
        try:
            header = jwt.get_unverified_header(token)
            claims = await self._claims(token, header)
        except jwt.PyJWTError as error:
            raise Refusal(Code.UNAUTHENTICATED, _reason(error)) from None
        if claims.get("role") != ROLE:
            raise Refusal(Code.UNAUTHENTICATED, "this isn't the token of somebody who signed in")
        return Identity(str(claims["sub"]), float(claims["exp"]), _name(claims))

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
        except (TypeError, ValueError):
            raise jwt.DecodeError from None
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


def _name(claims: dict[str, Any]) -> str:
    """A name to show: chosen by the user, never the e-mail address, which is nobody else's business."""
    with contextlib.suppress(AttributeError):
        metadata = claims.get("user_metadata", {})
        for key in ("user_name", "name", "full_name"):
            if isinstance(name := metadata.get(key), str) and name.strip():
                return name.strip()
    return ""
