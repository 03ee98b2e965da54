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

from gamesock.server.replication.remote import Remote

HOST = ("host", "--port", "0")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--replicate", "players"], "it needs --auth supabase"),
        (["--auth", "supabase", "--replicate", "service"], "GAMESOCK_SUPABASE_SERVICE_KEY isn't set"),
        (["--auth", "supabase", "--replicate", "account"], "nobody is signed in here"),
        (["--auth", "supabase", "--replicate", "players", "--store", "memory"], "--store sqlite"),
    ],
)
async def test_what_it_needs(stand: Stand, tmp_path: Path, arguments: list[str], reason: str) -> None:
    code, out, err = await gamesock(tmp_path, stand, None, *HOST, *arguments)
    assert code in (1, 2) and out == "" and reason in err and err.count("\n") == 1


async def test_a_key_belongs_to_its_project(stand: Stand, tmp_path: Path) -> None:
    project = ("--auth", "supabase", "--project", "https://other.supabase.co")
    code, _, err = await gamesock(tmp_path, stand, None, *HOST, *project, "--replicate", "players")
    assert code == 2 and "its publishable key (--key" in err, "that of the settings is another project's"
    code, _, err = await gamesock(tmp_path, stand, None, *HOST, *project, "--key", "sb_secret_x")
    assert code == 2 and "secret key" in err
    assert not await Remote(stand.project).lacks_tables()


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
