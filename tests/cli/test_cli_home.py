"""What the home screen is given to show: the games that were played here."""

from __future__ import annotations

from pathlib import Path

import pytest

from gamesock import record
from gamesock.cli.home import _kept
from gamesock.cli.store import store_of

GAME = Path(__file__).parents[2] / "recordings/chess/1851-london-anderssen-kieseritzky.jsonl"


async def test_a_game_that_is_over_is_offered_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert list(await _kept()) == []
    header, events = record.loads(GAME.read_text())
    store = store_of("sqlite")
    await store.open()
    try:
        await store.append(header.thread, 0, events, header)
    finally:
        await store.close()
    [kept] = await _kept()
    assert (kept.game, kept.result) == ("Chess", "white won")
    assert "Anderssen" in kept.players
