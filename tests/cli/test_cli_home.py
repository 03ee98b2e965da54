"""What the home screen is given to show: the games that were played here."""

from __future__ import annotations

from pathlib import Path

import pytest

from gamesock import record
from gamesock.cli.home import _kept, _standing
from gamesock.cli.store import store_of
from gamesock.seatbook import LOCAL, Entry

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


async def test_games_that_another_program_went_on_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    header, events = record.loads(GAME.read_text())
    store = store_of("sqlite")
    await store.open()
    try:
        await store.append("over", 0, events, header.model_copy(update={"thread": "over"}))
        await store.append("on", 0, events[:12], header.model_copy(update={"thread": "on"}))
    finally:
        await store.close()

    def entry(thread: str, server: str = LOCAL) -> Entry:
        return Entry(
            server=server, thread=thread, game="chess", tokens={"black": "x"}, used=1.0, against="?", ply=1
        )

    elsewhere, gone = entry("on", "ws://games.example.org:8765"), entry("gone")
    now, *as_before = await _standing([entry("on"), entry("over"), elsewhere, gone])
    assert as_before == [elsewhere, gone]
    assert now.ply == 10 and "Anderssen" in now.against and now.picture is not None and not now.picture.moves
