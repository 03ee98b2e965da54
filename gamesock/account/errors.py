"""What can go wrong with an account; every message says what to do."""

from __future__ import annotations


class NotSignedIn(Exception):
    """Nobody is signed in, or the sign-in has ended."""


class AuthFailed(Exception):
    """Signing in, renewing or ending a session failed."""


class Ended(AuthFailed):
    """The project says that there is no such session any more."""


class NoSuchProvider(AuthFailed):
    """Supabase knows no provider of this name."""


class Unreachable(AuthFailed, ConnectionError):
    """The project doesn't answer now: what is kept stays good, and can be tried again."""


class Cancelled(Exception):
    """Whoever was signing in thought better of it."""
