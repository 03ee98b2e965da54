"""A project's public keys (RFC 7517), looked up now and then, and good while the project is away."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from typing import Any
from urllib.request import HTTPRedirectHandler, build_opener

import jwt

from gamesock.protocol import Code, Refusal
from gamesock.server.log import Logger

log = Logger("gamesock.auth")

LIFESPAN = 600.0
"""Seconds that published keys are trusted without looking again. In an outage they last until it is over."""

COOLDOWN = 10.0
"""Seconds between two looks at the published keys, however many tokens name keys that aren't there."""

TIMEOUT = 3.0
"""Seconds to wait for the published keys: for all of them."""

LARGEST = 100_000
"""Bytes of them."""

KINDS = ("EC", "RSA")
"""Kinds of keys that verify ES256 and RS256."""


class PublishedKeys:
    """A project's public keys by their ids, looked up again when one is missing or they are old.

    One look at a time, none more often than every ``COOLDOWN`` seconds: forged key ids can't make this server
    ask without end. Whose key is known never waits for a look.
    """

    def __init__(self, url: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._url = url
        self._clock = clock
        self._keys: dict[str, jwt.PyJWK] = {}
        self._found_at: float | None = None
        self._looked_at: float | None = None
        self._looking = asyncio.Lock()
        self._beside: asyncio.Task[None] | None = None

    async def key(self, kid: str | None) -> jwt.PyJWK:
        """The key of that id.

        Raises:
            Refusal: ``unauthenticated``: there is no such key; ``auth_unavailable``: no keys could be had yet.
        """
        if kid is None:
            raise Refusal(Code.UNAUTHENTICATED, "the token doesn't say which key signed it")
        if kid not in self._keys:
            async with self._looking:
                if kid not in self._keys:
                    await self._look()
        elif self._old and (self._beside is None or self._beside.done()):
            self._beside = asyncio.create_task(self._look_again(), name="published keys")
        if kid in self._keys:
            return self._keys[kid]
        if self._found_at is None:
            raise Refusal(Code.AUTH_UNAVAILABLE, "sign-ins can't be checked now: try again in a moment")
        raise Refusal(Code.UNAUTHENTICATED, "the token is signed with a key that this project doesn't have")

    async def found(self) -> bool:
        """Whether there are any."""
        await self._look_again()
        return bool(self._keys)

    @property
    def _old(self) -> bool:
        return self._found_at is None or self._clock() - self._found_at > LIFESPAN

    async def _look_again(self) -> None:
        async with self._looking:
            if self._old:
                await self._look()

    async def _look(self) -> None:
        now = self._clock()
        if self._looked_at is not None and now - self._looked_at < COOLDOWN:
            return
        self._looked_at = now
        try:
            # What is said before the keys may drip for ever; the thread ends by itself.
            async with asyncio.timeout(2 * TIMEOUT):
                found = await asyncio.to_thread(_published, self._url)
        except Exception as error:  # whatever stands there, it is no reason to forget the keys we have
            log.warning("keys_not_found", reason=str(error) or type(error).__name__)
        else:
            self._keys, self._found_at = found, now


class _Straight(HTTPRedirectHandler):
    """Keys are where the project's are, or nowhere."""

    def redirect_request(self, *args: Any) -> None:
        return None


def _published(url: str) -> dict[str, jwt.PyJWK]:
    keys: dict[str, jwt.PyJWK] = {}
    for key in json.loads(_body(url))["keys"]:
        if key.get("kty") in KINDS and isinstance(key.get("kid"), str):
            keys[key["kid"]] = jwt.PyJWK(key)
    if not keys:
        raise ValueError("the project publishes no keys")
    return keys


def _body(url: str) -> bytes:
    """The answer, if it is soon there and not too long."""
    body, end = b"", time.monotonic() + TIMEOUT
    with build_opener(_Straight).open(url, timeout=TIMEOUT) as answer:
        while part := answer.read1(8192):
            body += part
            if len(body) > LARGEST or time.monotonic() > end:
                raise ValueError("the project's keys take too long, or are too many")
    return body
