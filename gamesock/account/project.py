"""A Supabase project: its address and its keys."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from gamesock.account.session import role_of
from gamesock.network import is_local


class BadProject(ValueError):
    """This names no project; the message says how to."""


@dataclass(frozen=True, slots=True)
class Project:
    """A Supabase project as clients and servers know it.

    Raises:
        BadProject: the address can't be a project's.
    """

    url: str
    """``https://abc.supabase.co``."""
    key: str = field(default="", repr=False)
    """The publishable (anon) key, which every client sends."""
    secret: str | None = field(default=None, repr=False)
    """Of a project that signs its tokens with HS256 and a shared secret; servers alone know it."""

    def __post_init__(self) -> None:
        try:
            parts = urlsplit(self.url)
            odd = bool(parts.username or parts.query or parts.fragment or parts.port == 0)
        except ValueError:
            parts, odd = urlsplit(""), True
        if odd or parts.scheme not in ("https", "http") or not parts.hostname:
            raise BadProject(f"a project's address looks like https://abc.supabase.co, not {self.url!r}")
        if parts.hostname == "supabase.com":
            named = parts.path.partition("/project/")[2].partition("/")[0] or "abc"
            raise BadProject(f"that is the dashboard; the project's address is https://{named}.supabase.co")
        if parts.scheme == "http" and not is_local(parts.hostname):
            raise BadProject(f"{self.url} would send passwords and tokens in the clear: use https://")
        object.__setattr__(self, "url", self.url.rstrip("/"))

    @property
    def name(self) -> str:
        """What to call it: the host, which tells projects apart."""
        return urlsplit(self.url).netloc

    @property
    def auth(self) -> str:
        """Where its auth server is; also the issuer of its tokens."""
        return f"{self.url}/auth/v1"

    @property
    def rest(self) -> str:
        """Where its tables are."""
        return f"{self.url}/rest/v1"

    @property
    def jwks(self) -> str:
        """Where its public keys are published (RFC 7517)."""
        return f"{self.auth}/.well-known/jwks.json"


def public_project(url: str, key: str) -> Project:
    """A project as a player's machine knows it.

    Raises:
        BadProject: the address can't be one, or the key is one that must stay on servers.
    """
    project = Project(url, key)
    if is_secret_key(key):
        raise BadProject(
            "this is the project's secret key: use its publishable (anon) key, and keep this one safe"
        )
    return project


def checked_setting(name: str, value: str) -> str:
    """A project's address or key, as the settings keep it: ``abc.supabase.co`` means ``https://…``.

    Raises:
        BadProject: it can't be one.
    """
    if name == "supabase_url" and value:
        return Project(value if "://" in value else f"https://{value}").url
    if name == "supabase_key" and value:
        return public_project("https://abc.supabase.co", value).key
    return value


def is_secret_key(key: str) -> bool:
    """Whether this key passes row-level security."""
    return key.startswith("sb_secret_") or role_of(key) == "service_role"
