"""What of a game goes to the clipboard and into files."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from opened import app_for, begun, said, screen_of

from gamesock import protocol as p
from gamesock import record
from gamesock.tui.screens.menu import Menu, SaveAs


async def test_position_moves_pgn_and_join_line_are_copied(server, guest, until):
    url = f"{server}/ws/chess/copied"
    ben = await guest(url, "black", name="ben")
    async with app_for(url, seat="white").run_test(size=(80, 24)) as pilot:
        screen = screen_of(pilot)
        await begun(screen, ben, until)
        await pilot.press("escape")
        for key, part in (
            ("y", "rnbqkbnr/pppp1ppp/8/4p3/4P3/8/PPPP1PPP/RNBQKBNR w KQkq"),
            ("m", "1. e4 e5"),
            ("p", '[White "anna"]'),
            ("l", f"gamesock play --join {server.removeprefix('ws://')}/copied"),
        ):
            await pilot.press("y")
            await until(lambda: isinstance(pilot.app.screen, Menu))
            await pilot.press(key)
            await until(lambda part=part: part in pilot.app.clipboard)


async def test_the_position_that_is_looked_at_is_copied(server, guest, until):
    url = f"{server}/ws/chess/looked"
    ben = await guest(url, "black", name="ben")
    async with app_for(url, seat="white").run_test(size=(80, 24)) as pilot:
        screen = screen_of(pilot)
        await begun(screen, ben, until)
        await pilot.press("escape", "home")
        await until(lambda: screen.page is not None)
        await pilot.press("y", "y")
        assert "pppppppp/8/8/8/8/PPPPPPPP" in pilot.app.clipboard


@pytest.mark.parametrize("suffix", ["pgn", "jsonl"])
async def test_a_game_is_saved_where_one_says(server, guest, until, tmp_path, monkeypatch, suffix):
    monkeypatch.chdir(tmp_path)
    url = f"{server}/ws/chess/saved"
    ben = await guest(url, "black", name="ben")
    async with app_for(url, seat="white").run_test(size=(80, 24)) as pilot:
        screen = screen_of(pilot)
        await begun(screen, ben, until)
        await pilot.press("escape", "e")
        await until(lambda: isinstance(pilot.app.screen, SaveAs))
        assert pilot.app.screen.line.value == "saved.pgn"
        pilot.app.screen.line.value = f"game.{suffix}"
        await pilot.press("enter")
        file = tmp_path / f"game.{suffix}"
        await until(file.exists)
        await until(lambda: file.read_text())
        if suffix == "pgn":
            assert "1. e4 e5 *" in file.read_text()
        else:
            header, events = record.loads(file.read_text())
            assert header.thread == "saved" and [event.kind for event in events].count("moved") == 2
        await until(lambda: any(str(file) in str(note.message) for note in pilot.app._notifications))


async def test_a_file_that_is_there_is_replaced_only_when_that_is_meant(server, until, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    kept = tmp_path / "twice.jsonl"
    kept.write_text("mine")
    async with app_for(f"{server}/ws/tictactoe/twice", seat="X").run_test(size=(80, 24)) as pilot:
        screen = screen_of(pilot)
        await until(lambda: screen.mirror.my_turn)
        await pilot.press("escape", "e")
        await until(lambda: isinstance(pilot.app.screen, SaveAs))
        await pilot.press("enter")
        assert "Enter again" in said(pilot.app.screen._warning)
        assert kept.read_text() == "mine"
        await pilot.press("enter")
        await until(lambda: kept.read_text() != "mine")


async def test_a_file_that_can_not_be_written_is_told(server, until, tmp_path):
    async with app_for(f"{server}/ws/tictactoe/nowhere", seat="X").run_test(size=(80, 24)) as pilot:
        screen = screen_of(pilot)
        await until(lambda: screen.mirror.my_turn)
        await pilot.press("escape", "e")
        await until(lambda: isinstance(pilot.app.screen, SaveAs))
        pilot.app.screen.line.value = str(tmp_path / "no" / "such" / "game.jsonl")
        await pilot.press("enter")
        await until(lambda: "Not saved" in said(screen.table.error))


async def test_a_spectator_saves_without_the_players_talk(server, guest, until, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    url = f"{server}/ws/chess/overheard"
    ben = await guest(url, "white", name="ben")
    await ben.request(p.Chat(text="between us"))
    async with app_for(url, watch=True).run_test(size=(80, 24)) as pilot:
        screen = screen_of(pilot)
        await until(lambda: screen.seated)
        await pilot.press("e")
        await until(lambda: isinstance(pilot.app.screen, SaveAs))
        pilot.app.screen.line.value = "game.jsonl"
        await pilot.press("enter")
        file = tmp_path / "game.jsonl"
        await until(lambda: file.exists() and file.read_text())
        assert "between us" not in file.read_text()
