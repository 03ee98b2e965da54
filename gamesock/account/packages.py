"""The packages that accounts need, and which not every installation has."""

from __future__ import annotations

import sys
from importlib.metadata import requires
from importlib.util import find_spec

_NEEDED = ("filelock", "keyring", "supabase_auth", "postgrest", "jwt")


def missing() -> str | None:
    """What to do where one of them is missing; None: all are there."""
    lacks = next((name for name in _NEEDED if find_spec(name) is None), None)
    if lacks is None:
        return None
    listed = (line.replace('"', "'").partition(";") for line in requires("gamesock") or ())
    wanted = " ".join(f"'{package.strip()}'" for package, _, when in listed if "extra == 'supabase'" in when)
    return f"accounts need more packages ({lacks} is missing): {sys.executable} -m pip install {wanted}"
