"""A fault of ours: the terminal is given back, few words say how to go on, and where it happened is kept."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from opened import app_for, screen_of

from gamesock.tui import collapse


@pytest.fixture(autouse=True)
def kept(tmp_path, monkeypatch):
    path = tmp_path / "state" / "fault.txt"
    monkeypatch.setattr(collapse, "fault_path", lambda: path)
    return path


def broken() -> None:
    raise KeyError("no such square")


async def test_a_fault_in_a_timer_says_how_to_go_on(server, guest, until, kept):
    url = f"{server}/ws/chess/fault"
    await guest(url, "black", name="ben")
    app = app_for(url, seat="white")
    with pytest.raises(KeyError):
        async with app.run_test(size=(80, 24)) as pilot:
            screen = screen_of(pilot)
            await until(lambda: screen.mirror.my_turn and screen.mirror.under_way)
            screen.table.board.set_timer(0.001, broken)
            await until(lambda: app._exit_renderables)
            said = str(app._exit_renderables[0])
            await pilot.pause()
    assert app.return_code == 1
    assert "KeyError: 'no such square'" in said and "gamesock play --resume" in said and str(kept) in said
    assert "in broken" in kept.read_text()


def test_where_nothing_can_be_kept_it_is_said_in_full(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(collapse, "fault_path", lambda: tmp_path / "file" / "fault.txt")
    try:
        broken()
    except KeyError as error:
        said = collapse.keep_fault(error, under_way=0)
    assert "in broken" in said and "--resume" not in said


async def test_a_clock_that_cannot_be_shown_costs_no_other_game_its_life(server, until, monkeypatch):
    app = app_for(f"{server}/ws/chess/clockless", seat="white")
    async with app.run_test(size=(80, 24)) as pilot:
        screen = screen_of(pilot)
        await until(lambda: screen.mirror.my_turn)
        monkeypatch.setattr(screen, "_tick", broken)
        screen.set_timer(0.001, screen._come_back)
        monkeypatch.undo()
        screen.distrust(KeyError("odd"))
        await until(lambda: screen.client.connection.status == "closed")
        assert app.is_running
