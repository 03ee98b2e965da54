"""What home, lobby and dialogs look like, compared with stored pictures (see test_snapshots.py)."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from gamesock import recent
from gamesock.tui.screens import home_list, settings

sys.path.insert(0, str(Path(__file__).parent))
from shell_scenes import SHELL, Shown, settle

CHANGED = (
    (recent, "recent_path"),
    (settings, "preferences_path"),
    (settings, "user_name"),
    (home_list, "is_served"),
)
"""What the scenes set, and tests put back."""


@pytest.mark.parametrize("name", SHELL)
def test_shell_snapshot(name, snap_compare, monkeypatch):
    shown, size, keys = SHELL[name]
    monkeypatch.setenv("NO_COLOR", "1")  # put back afterwards: the app sets or removes it
    for module, function in CHANGED:
        monkeypatch.setattr(module, function, getattr(module, function))

    async def before(pilot) -> None:
        await settle(pilot, *keys)

    assert snap_compare(Shown(*shown), terminal_size=size, run_before=before)
