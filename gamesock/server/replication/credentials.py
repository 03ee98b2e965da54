"""The access tokens of users who are here, in memory alone: with them a server acts in their name."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple

SPARE = 5.0
"""Seconds that a token must be good for to be used."""

MANY = 10_000
"""Tokens above which expired ones are thrown away."""


class _Token(NamedTuple):
    text: str
    expires: float

    def __repr__(self) -> str:
        return f"<token until {self.expires:.0f}>"


class Credentials:
    """User ids and their newest tokens. Tokens are secrets: they are never shown, logged or stored."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self.renewed: list[Callable[[str], None]] = []
        """Who wants to know that a user has a fresh token."""
        self._now = now
        self._tokens: dict[str, _Token] = {}

    def renew(self, user: str, token: str, expires: float | None = None) -> None:
        """A user proved who they are, with a token that is good until ``expires`` (None: until refused)."""
        until = float("inf") if expires is None else expires
        known = self._tokens.get(user)
        if known and known.expires >= until:
            return
        if len(self._tokens) > MANY:
            self._tokens = {who: kept for who, kept in self._tokens.items() if kept.expires > self._now()}
        self._tokens[user] = _Token(token, until)
        for tell in self.renewed:
            tell(user)

    def token(self, user: str) -> str | None:
        """A token of the user that is good for a while yet."""
        known = self._tokens.get(user)
        return known.text if known and known.expires > self._now() + SPARE else None

    def refused(self, user: str, token: str) -> None:
        """The project takes this token no more."""
        known = self._tokens.get(user)
        if known and known.text == token:
            del self._tokens[user]
