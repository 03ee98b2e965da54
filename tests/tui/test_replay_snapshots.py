"""What replays and analyses look like, compared with stored pictures; see ``test_snapshots.py``."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from replays import REPLAYS, Filmed, settle


@pytest.mark.parametrize("name", REPLAYS)
def test_replay_snapshot(name, snap_compare, monkeypatch):
    films, size, keys = REPLAYS[name]
    monkeypatch.setenv("NO_COLOR", "1")  # put back afterwards: the app sets or removes it

    async def before(pilot) -> None:
        await settle(pilot, *keys)

    assert snap_compare(Filmed(*films), terminal_size=size, run_before=before)
