"""``gamesock host --replicate``: what it needs, what it says."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest
from lite import JWT_SECRET, PUBLISHABLE_KEY, SECRET_KEY
from stand import Stand
from test_mine import gamesock

HOST = ("host", "--port", "0")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--replicate", "players"], "it needs --auth supabase"),
        (["--auth", "supabase", "--replicate", "service"], "GAMESOCK_SUPABASE_SERVICE_KEY"),
        (["--auth", "supabase", "--replicate", "account"], "nobody is signed in here"),
        (["--auth", "supabase", "--replicate", "players", "--store", "memory"], "use --store sqlite"),
    ],
)
async def test_what_it_needs(stand: Stand, tmp_path: Path, arguments: list[str], reason: str) -> None:
    code, out, err = await gamesock(tmp_path, stand, None, *HOST, *arguments)
    assert (code, out) == (1, "") and reason in err and err.count("\n") == 1


@pytest.mark.parametrize(
    ("how", "said"),
    [([], "as their owners"), (["--replicate", "service"], "WITH THE SECRET KEY: past row-level security")],
)
async def test_it_says_whose_name_it_uses(stand: Stand, tmp_path: Path, how: list[str], said: str) -> None:
    named = {"GAMESOCK_SUPABASE_URL": stand.url, "GAMESOCK_SUPABASE_KEY": PUBLISHABLE_KEY, "HOME": str(tmp_path)}
    secret = {"GAMESOCK_SUPABASE_SERVICE_KEY": SECRET_KEY, "GAMESOCK_SUPABASE_JWT_SECRET": JWT_SECRET}
    kept = {key: value for key, value in os.environ.items() if not key.startswith("XDG_")}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "gamesock", *HOST, "--auth", "supabase", *how, env=kept | named | secret,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout
    lines = []
    while not lines or not lines[-1].startswith(b"stop"):
        lines.append(await asyncio.wait_for(process.stdout.readline(), 30))
        assert lines[-1], lines
    process.terminate()
    _, err = await process.communicate()
    text = b"".join(lines).decode()
    assert f"copies  to {stand.project.name}, {said}" in text
    assert SECRET_KEY not in text + err.decode() and JWT_SECRET not in text + err.decode()
