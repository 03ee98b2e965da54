"""What the states of a game screen look like, compared with stored pictures.

``scripts/test tests/tui/test_game_pictures.py --snapshot-update`` stores them anew; look at them before that.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from game_scenes import SCENES, Staged, stage


@pytest.mark.parametrize("name", SCENES)
def test_game_picture(name, snap_compare, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")  # put back afterwards: the app sets or removes it
    assert snap_compare(Staged(SCENES[name]), terminal_size=SCENES[name].size, run_before=stage)
