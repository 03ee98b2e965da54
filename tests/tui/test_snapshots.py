"""What the screens look like, compared with stored pictures.

``scripts/test tests/tui/test_snapshots.py --snapshot-update`` stores them anew; look at them before that.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from pictures import SCENES, Pictured, settle


@pytest.mark.parametrize("name", SCENES)
def test_snapshot(name, snap_compare, monkeypatch):
    scenery, size, keys = SCENES[name]
    monkeypatch.setenv("NO_COLOR", "1")  # put back afterwards: the app sets or removes it

    async def before(pilot) -> None:
        await settle(pilot, *keys)

    assert snap_compare(Pictured(scenery), terminal_size=size, run_before=before)
