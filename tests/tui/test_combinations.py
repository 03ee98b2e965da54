"""Things that happen at the same time: outages, takebacks, fallen flags and closed tabs, with a move in mind."""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from opened import CAREFUL, LOOKS, app_for, said, screen_of

from gamesock import protocol as p
from gamesock.client import Client, Status
from gamesock.tui.screens.game import GameScreen


async def test_a_move_to_be_confirmed_outlives_an_outage_and_is_played_after_it(host, guest, until):
    url = f"{host.url}/ws/chess/outage"
    async with app_for(url, seat="white", preferences=CAREFUL).run_test(size=(80, 24)) as pilot:
        screen = screen_of(pilot)
        await until(lambda: screen.mirror.my_turn)
        await pilot.press(*"e4", "enter")
        await until(lambda: screen.plan)
        await host.stop()
        await until(lambda: screen.client.connection.status is Status.WAITING)
        assert "Play e4" in said(screen.table.plan)
        await pilot.press("enter")
        assert screen.plan is None
        await host.start()
        await pilot.press("ctrl+r")
        await until(lambda: screen.mirror.notations == ["e4"])
        assert not said(screen.table.error)


async def test_a_move_to_be_confirmed_waits_through_an_outage(host, until):
    url = f"{host.url}/ws/chess/patience"
    async with app_for(url, seat="white", preferences=CAREFUL).run_test(size=(80, 24)) as pilot:
        screen = screen_of(pilot)
        await until(lambda: screen.mirror.my_turn)
        await pilot.press(*"d4", "enter")
        await host.stop()
        await until(lambda: screen.client.connection.status is Status.WAITING)
        await host.start()
        await pilot.press("ctrl+r")
        await until(lambda: screen.client.connection.status is Status.LIVE)
        assert screen.plan and screen.plan.text == "d2d4"
        await pilot.press("enter")
        await until(lambda: screen.mirror.notations == ["d4"])


async def planned(screen, pilot, until):
    """A premove, after white's first move."""
    await until(lambda: screen.mirror.my_turn and all(screen.mirror.table.players.values()))
    await screen.client.move("e4")
    await until(lambda: screen.can_plan)
    await pilot.press(*"Nf3", "enter")
    await until(lambda: screen.plan)


async def test_a_premove_is_dropped_by_a_takeback(server, guest, until):
    url = f"{server}/ws/chess/taken"
    ben = await guest(url, "black", name="ben")
    async with app_for(url, seat="white").run_test(size=(80, 24)) as pilot:
        screen = screen_of(pilot)
        await planned(screen, pilot, until)
        await screen.client.request(p.OfferTakeback())
        await until(lambda: ben.mirror.offer("takeback"))
        await ben.request(p.AcceptTakeback())
        await until(lambda: screen.mirror.notations == [] and screen.mirror.my_turn)
        assert screen.plan is None and screen.table.board.scene.planned == frozenset()


@pytest.mark.parametrize("ahead", [True, False])
async def test_a_move_in_mind_is_dropped_when_a_flag_falls(server, guest, until, ahead):
    url = f"{server}/ws/chess/flag?clock=2s/move"
    ben = await guest(url, "black", name="ben")
    async with app_for(url, seat="white", preferences=CAREFUL).run_test(size=(80, 24)) as pilot:
        screen = screen_of(pilot)
        await until(lambda: screen.mirror.my_turn)
        await screen.client.move("e4")
        await ben.move("e5")
        if ahead:
            with suppress(p.Refusal):  # on a slow machine the flag falls before that
                await screen.client.move("Nf3")
            await until(lambda: screen.can_plan or screen.mirror.outcome)
        await until(lambda: screen.mirror.outcome or screen.mirror.my_turn != ahead)
        await pilot.press(*"d4", "enter")
        await until(lambda: screen.mirror.outcome)
        assert screen.plan is None and screen.table.board.scene.planned == frozenset()
        assert "time" in said(screen.table.status).lower()
        assert pilot.app.is_running


async def test_a_tab_is_closed_while_it_connects_and_the_other_game_goes_on(server, until):
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    deaf = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = deaf.sockets[0].getsockname()[1]
    app = app_for(f"{server}/ws/chess/goes-on", seat="white")
    async with app.run_test(size=(80, 24)) as pilot:
        first = screen_of(pilot)
        await until(lambda: first.mirror.my_turn)
        second = GameScreen(Client(f"ws://127.0.0.1:{port}/ws/chess/never"), LOOKS)
        app.open_table(second)
        await until(lambda: app.screen is second and "Connecting" in said(second.table.connection))
        await pilot.press("escape")
        await until(lambda: app.screen is first)
        # What it hears of that later is no news any more.
        app.fail_table(second, "the server didn't answer")
        assert app.is_running and len(app.tables) == 1
        first.set_focus(first.entry)
        await pilot.press(*"e4", "enter")
        await until(lambda: first.mirror.notations == ["e4"])
    deaf.close()


async def test_the_connection_is_lost_while_a_promotion_is_chosen(host, until):
    url = f"{host.url}/ws/chess/crown?fen=8/P6k/8/8/8/8/7K/8%20w%20-%20-%200%201"
    async with app_for(url, seat="white").run_test(size=(80, 24)) as pilot:
        screen = screen_of(pilot)
        await until(lambda: screen.mirror.my_turn)
        await pilot.click("#board", offset=(2, 1 * 3 + 1))
        await pilot.click("#board", offset=(2, 1))
        await until(lambda: pilot.app.screen is not screen)
        await host.stop()
        await until(lambda: screen.client.connection.status is Status.WAITING)
        await pilot.press("r")
        await host.start()
        screen.client.retry_now()
        await until(lambda: screen.mirror.notations == ["a8=R"])
