"""Access tokens as a Supabase project with a shared secret signs them."""

from __future__ import annotations

import time
from typing import Any

import pytest

jwt = pytest.importorskip("jwt", reason="the extra gamesock[supabase] isn't installed")

URL = "http://127.0.0.1:9"
"""Of a project that nobody answers for."""

SECRET = "a shared secret of at least thirty-two bytes"
ANN, BEN = "5d1b2c1e-8a6c-4a55-9d3e-0f3c1a7c0001", "5d1b2c1e-8a6c-4a55-9d3e-0f3c1a7c0002"


def token(user: str = ANN, *, lasts: float = 3600, secret: str = SECRET, url: str = URL, **claims: Any) -> str:
    """A token of a user, named ann or ben."""
    said = {
        "sub": user, "aud": "authenticated", "role": "authenticated", "iss": f"{url}/auth/v1",
        "exp": time.time() + lasts, "user_metadata": {"user_name": "ann" if user == ANN else "ben"},
    }  # fmt: skip
    made: str = jwt.encode(said | claims, secret, "HS256")
    return made
