"""A session: a user signed in to a project, with the tokens that prove it."""

from __future__ import annotations

import base64
import json
import time
from typing import TYPE_CHECKING, Any

from pydantic import ConfigDict, Field

from gamesock.model import Model
from gamesock.text import clean

if TYPE_CHECKING:
    from supabase_auth import Session as Granted
    from supabase_auth import User

    from gamesock.account.project import Project

EARLY = 120.0
"""Seconds before its end at which an access token is renewed: sooner than a server asks for a fresh one."""


LONGEST_TITLE = 60
"""Characters of what a session is called."""


class Session(Model):
    """Who is signed in. The tokens are secrets: they are never shown, logged or passed on a command line."""

    model_config = ConfigDict(frozen=True)

    project: str
    """The project's address."""
    key: str = Field("", repr=False)
    """The project's publishable key, with which the session is renewed wherever it is found."""
    user: str
    """The user's id."""
    email: str = ""
    name: str = ""
    expires: float = Field(allow_inf_nan=False)
    """When the access token ends, in seconds since 1970 by this machine's clock."""
    access_token: str = Field(repr=False)
    refresh_token: str = Field(repr=False)
    """Good for one use: who uses it twice is signed out."""

    @classmethod
    def of(cls, project: Project, granted: Granted) -> Session:
        """What the project's auth server granted."""
        # Its own time of the end may be by another clock than ours.
        ends = time.time() + granted.expires_in
        return cls.of_user(project, granted.user, granted.access_token, granted.refresh_token, ends)

    @classmethod
    def of_user(cls, project: Project, user: User, access: str, refresh: str, expires: float) -> Session:
        """A user with tokens; without a refresh token the session ends with the access token."""
        return cls(
            project=project.url,
            key=project.key,
            user=user.id,
            email=user.email or "",
            name=str(user.user_metadata.get("user_name") or user.user_metadata.get("name") or ""),
            expires=expires,
            access_token=access,
            refresh_token=refresh,
        )

    @property
    def title(self) -> str:
        """Who that is, for people."""
        return clean(self.name or self.email or self.user, LONGEST_TITLE)

    def stale(self, now: float) -> bool:
        """Whether the access token should be renewed before it is used."""
        return now > self.expires - EARLY


def issuer_of(token: str) -> str:
    """Who an access token says signed it; empty if it is none. Nothing is verified."""
    return str(_claims(token).get("iss", ""))


def user_of(token: str) -> str:
    """Whose an access token says it is; empty if it is none. Nothing is verified."""
    return str(_claims(token).get("sub", ""))


def email_of(token: str) -> str:
    """The e-mail address in an access token; empty if there is none. Nothing is verified."""
    return str(_claims(token).get("email", ""))


def role_of(token: str) -> str:
    """The role an access token or an old API key is for; empty if it is none. Nothing is verified."""
    return str(_claims(token).get("role", ""))


def _claims(token: str) -> dict[str, Any]:
    try:
        body = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except (IndexError, ValueError):
        return {}
    return claims if isinstance(claims, dict) else {}
