"""A project for those who sign in at a terminal, and how they do it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.append(str(Path(__file__).parents[1] / "supabase"))

from lite import JWT_SECRET as JWT_SECRET
from lite import PUBLISHABLE_KEY, Lite
from postgres import cluster as cluster

pytest.importorskip("supabase_auth", reason="the extra gamesock[supabase] isn't installed")

from signing import Machine as Machine
from signing import running

ADDRESS = "ann@gamesock.test"


@pytest.fixture(scope="session")
def lite(cluster: Any) -> Iterator[Lite]:
    """A project."""
    with running(cluster, "terminal") as started:
        yield started


def account(lite: Lite) -> dict[str, str]:
    """The environment of a player whose accounts are at this project."""
    return {
        "GAMESOCK_SUPABASE_URL": lite.url, "GAMESOCK_SUPABASE_KEY": PUBLISHABLE_KEY, "GAMESOCK_KEYRING": "off",
    }  # fmt: skip


def sign_in(at: Any, lite: Lite) -> None:
    """Sign in with the code that is e-mailed."""
    sent = len(lite.mails())
    at.run("login", "--email", ADDRESS)
    at.shows("on its way", "Code:")
    at.press(lite.code(after=sent), "Enter")
    at.shows(f"as {ADDRESS}", "only you can read", "left with 0")
    at.press("clear", "Enter")
    at.hides("left with")
