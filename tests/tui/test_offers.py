"""Offers, answers, players who leave, and what is said of them; none of it takes the focus."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from opened import app_for, begun, opened, said, screen_of

from gamesock import protocol as p
from gamesock.tui.screens.menu import Menu


async def test_a_declined_draw_is_said_in_words_until_the_next_move(server, guest, until):
    url = f"{server}/ws/chess/declined"
    ben = await guest(url, "black", name="ben")
    async with app_for(url, seat="white").run_test(size=(80, 24)) as pilot:
        screen = screen_of(pilot)
        await begun(screen, ben, until)
        await pilot.press("escape", "d", "y")
        await until(lambda: ben.mirror.offer("draw"))
        await until(lambda: "n withdraws" in said(screen.table.banner))
        await ben.request(p.DeclineDraw())
        await until(lambda: "ben declined the draw" in said(screen.table.banner))
        await screen.client.move("Nf3")
        await until(lambda: "declined" not in said(screen.table.banner))


async def test_a_bot_that_declines_says_so_too(server, until):
    async with opened(
        f"{server}/ws/chess/botdraw", seat="white", setup=[p.SetBot(seat="black", bot="random")]
    ) as (pilot, screen):
        await until(lambda: screen.mirror.my_turn and screen.mirror.table.players["black"])
        await pilot.press(*"e4", "enter")
        await until(lambda: len(screen.mirror.notations) == 2)
        await pilot.press("escape", "d", "y")
        await until(lambda: "random declined the draw" in said(screen.table.banner))


async def test_an_own_offer_is_withdrawn(server, guest, until):
    url = f"{server}/ws/chess/withdrawn"
    ben = await guest(url, "black")
    async with app_for(url, seat="white").run_test(size=(80, 24)) as pilot:
        screen = screen_of(pilot)
        await begun(screen, ben, until)
        await pilot.press("escape", "d", "y")
        await until(lambda: screen.mirror.offer("draw"))
        await pilot.press("n")
        await until(lambda: ben.mirror.table.offers == () and screen.mirror.table.offers == ())
        assert "declined" not in said(screen.table.banner)


async def test_waiting_shows_the_line_to_join_with_and_a_key_copies_it(server, guest, until):
    async with app_for(f"{server}/ws/chess/waits", seat="white").run_test(size=(80, 24)) as pilot:
        screen = screen_of(pilot)
        await until(lambda: screen.mirror.seats and "Waiting for black" in said(screen.table.banner))
        line = f"gamesock play --join {server.removeprefix('ws://')}/waits"
        assert line in said(screen.table.banner)
        await pilot.press("escape", "i")
        assert pilot.app.clipboard == line
        await guest(f"{server}/ws/chess/waits", "black")
        await until(lambda: "Waiting" not in said(screen.table.banner))


async def test_a_bot_takes_a_free_seat(server, until):
    async with app_for(f"{server}/ws/tictactoe/fill", seat="X").run_test(size=(80, 24)) as pilot:
        screen = screen_of(pilot)
        await until(lambda: screen.mirror.my_turn)
        await pilot.press("escape", "b")
        await until(lambda: isinstance(pilot.app.screen, Menu))
        await pilot.press("1")
        await until(lambda: screen.mirror.table.players["O"])
        assert screen.mirror.table.players["O"].kind == "bot"


async def test_a_seat_is_handed_to_a_bot_and_taken_back(server, guest, until):
    url = f"{server}/ws/chess/lent"
    ben = await guest(url, "black")
    async with app_for(url, seat="white").run_test(size=(80, 24)) as pilot:
        screen = screen_of(pilot)
        await begun(screen, ben, until)
        await pilot.press("escape", "b")
        await until(lambda: isinstance(pilot.app.screen, Menu))
        await pilot.press("enter")
        await until(lambda: ben.mirror.my_turn and len(ben.mirror.notations) == 3)
        await until(lambda: "A bot plays for you" in said(screen.table.banner))
        assert screen.watching
        await pilot.press("b")
        await until(lambda: screen.mirror.seats == ("white",))
        await ben.move("Nc6")
        await until(lambda: screen.mirror.my_turn)
        assert screen.mirror.table.players["white"].kind == "human"
        assert screen.mirror.table.players["white"].name == "anna"


async def test_a_player_who_left_is_named_and_counted_down(server, guest, until):
    url = f"{server}/ws/chess/left?clock=5%2B0"
    ben = await guest(url, "black", name="ben")
    async with app_for(url, seat="white").run_test(size=(80, 24)) as pilot:
        screen = screen_of(pilot)
        await begun(screen, ben, until)
        await ben.close()
        await until(lambda: screen.mirror.claim_after)
        look = screen.table._seats["black"]._look
        assert look.note.startswith("away, ")
        assert screen.absent is None
        screen.now = lambda: screen.mirror.claim_after + 1
        screen.paint()
        assert screen.absent == "black"
        assert "w claims the win" in said(screen.table.banner)


async def test_two_at_one_keyboard_are_told_apart_once(server, until):
    names = [p.Join(seat="black", name="anna (black)")]
    async with opened(f"{server}/ws/chess/both", seat="white", setup=names, name="anna (white)") as (_, screen):
        await until(lambda: len(screen.mirror.seats) == 2)
        await until(lambda: screen.mirror.table.players["black"])
        for seat, panel in screen.table._seats.items():
            assert panel.render().plain.count(f"({seat})") == 1


async def test_low_time_rings_once_and_marks_the_clock(server, guest, until):
    url = f"{server}/ws/chess/low?clock=0.5%2B0"
    ben = await guest(url, "black")
    async with app_for(url, seat="white").run_test(size=(80, 24)) as pilot:
        screen = screen_of(pilot)
        await begun(screen, ben, until)
        rung = []
        pilot.app.bell = lambda: rung.append(True)
        at = screen.now()
        for later in (5, 15, 16):
            screen.now = lambda later=later: at + later
            screen.paint()
            assert len(rung) == (later > 10), "half a minute less fifteen seconds is below twenty"
        assert screen.table._seats["white"]._look.clock.low
        assert screen.table._seats["white"]._look.clock.content.plain.startswith("!")


async def test_what_was_wrong_goes_with_the_next_key(server, until):
    async with app_for(f"{server}/ws/chess/wrong", seat="white").run_test(size=(80, 24)) as pilot:
        screen = screen_of(pilot)
        await until(lambda: screen.mirror.my_turn)
        for key in ("x", "left"):
            await pilot.press(*"e5", "enter")
            await until(lambda: said(screen.table.error))
            await pilot.press(key)
            await until(lambda: not said(screen.table.error))
            await pilot.press("escape", "escape", "slash")


async def test_an_opinion_goes_with_the_move_it_was_about(server, guest, until):
    url = f"{server}/ws/tictactoe/stale"
    ben = await guest(url, "O")
    async with app_for(url, seat="X").run_test(size=(120, 40)) as pilot:
        screen = screen_of(pilot)
        await until(lambda: screen.mirror.my_turn)
        await screen.client.move("1")
        await ben.move("5")
        await until(lambda: screen.mirror.my_turn)
        await pilot.press("escape", "H")
        await until(lambda: "perfect:" in said(screen.table.evaluation))
        assert screen.table.bar.display and screen.table.bar.visible
        await pilot.press("u")
        await until(lambda: ben.mirror.offer("takeback"))
        await ben.request(p.AcceptTakeback())
        await until(lambda: screen.mirror.notations == [])
        await until(lambda: not said(screen.table.evaluation))
        assert not screen.table.bar.visible
