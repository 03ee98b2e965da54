"""What the lines around a board say, and how they break."""

from __future__ import annotations

import sys
from pathlib import Path

from textual.content import Content

sys.path.insert(0, str(Path(__file__).parent))
from opened import app_for, said, screen_of

from gamesock import protocol as p
from gamesock.tui.screens.help import Help, keys_of
from gamesock.tui.widgets.board import Board
from gamesock.tui.widgets.lines import whole_parts
from gamesock.tui.widgets.tab_bar import TabBar, TabLook


def test_a_key_and_its_word_stay_on_one_line():
    offer = Content("ben offers a draw:  d accepts  n declines")
    assert whole_parts(offer, 30).plain.split("\n") == ["ben offers a draw:  d accepts", "n declines"]
    assert whole_parts(offer, 60).plain == offer.plain
    assert whole_parts(Content("no parts, and long all the same"), 10).plain == "no parts, and long all the same"
    assert whole_parts(Content("one\n\ntwo  three"), 5).plain == "one\n\ntwo\nthree"


def test_tabs_say_as_much_as_fits():
    bar = TabBar()
    bar._looks = (TabLook(1, "Chess", "alphabeta", 0), TabLook(2, "Connect 4", "ben", 1, "•"))
    for width, text in (
        (60, "[1 Chess, alphabeta] 2 Connect 4, ben •"), (36, "[1 Chess, alphabeta] 2 Connect 4 •"),
        (30, "[1 Chess, alphabeta] 2 •"), (22, "[1 Chess] 2 •"), (8, "[1] 2 •"),
    ):  # fmt: skip
        assert bar.content(width).plain == text
    bar._looks = tuple(TabLook(at + 1, "Chess", name, at) for at, name in enumerate(("ann", "ben", "cleo")))
    assert bar.content(30).plain == "[1 Chess, ann] 2 ben 3 cleo"


def test_the_arrows_are_one_word_in_the_list_of_keys():
    assert ("arrows h l k j", "Move the cursor") in keys_of(Board.BINDINGS)


async def test_the_line_says_how_one_comes_to_it(server, until):
    async with app_for(f"{server}/ws/chess/invites", seat="white").run_test(size=(80, 24)) as pilot:
        screen = screen_of(pilot)
        await until(lambda: screen.mirror.my_turn)
        assert screen.entry.placeholder.startswith("type a move: e4")
        await pilot.press("escape")
        assert screen.entry.placeholder.startswith("/ to type: e4")
        # What is no key begins a move from here too.
        await pilot.press(*"Nf3", "enter")
        await until(lambda: screen.mirror.notations == ["Nf3"])


async def test_no_letter_begins_a_move_where_none_does(server, until):
    async with app_for(f"{server}/ws/connect4/letters", seat="red").run_test(size=(80, 24)) as pilot:
        screen = screen_of(pilot)
        await until(lambda: screen.mirror.my_turn)
        await pilot.press("escape", "R")
        assert screen.table.board.has_focus and not screen.entry.value
        await pilot.press("4", "enter")
        await until(lambda: screen.mirror.notations == ["d"])


async def test_names_are_said_where_they_are_known(server, guest, until):
    url = f"{server}/ws/chess/names"
    ben = await guest(url, "black", name="ben")
    async with app_for(url, seat="white").run_test(size=(80, 24)) as pilot:
        screen = screen_of(pilot)
        await until(lambda: screen.mirror.my_turn)
        await screen.client.move("e4")
        await ben.move("e5")
        await screen.client.move("Nf3")
        await ben.request(p.OfferTakeback())
        await until(lambda: "ben asks to take back:  u accepts  n declines" in said(screen.table.banner))
        await pilot.press("escape", "u")
        await until(lambda: "ben took back" in said(screen.table.banner))


async def test_help_begins_with_what_can_be_done_now(server, guest, until):
    url = f"{server}/ws/chess/over"
    ben = await guest(url, "black", name="ben")
    async with app_for(url, seat="white").run_test(size=(80, 24)) as pilot:
        screen = screen_of(pilot)
        await until(lambda: screen.mirror.my_turn)
        await screen.client.move("e4")
        await pilot.press("question_mark")
        await until(lambda: isinstance(pilot.app.screen, Help))
        assert str(pilot.app.screen._text()).startswith("Making a move")
        await pilot.press("escape")
        await ben.move("e5")
        await ben.request(p.Resign())
        await until(lambda: screen.mirror.outcome)
        await pilot.press("question_mark")
        await until(lambda: isinstance(pilot.app.screen, Help))
        text = str(pilot.app.screen._text())
        assert text.startswith("The game is over\n r ")
        assert text.index("While a game goes on") > text.index("Copy and save")
        assert "a tab where it is your turn" in text and "Tab" in text


async def test_what_was_said_counts_as_read_once_it_is_in_sight(server, guest, until):
    url = f"{server}/ws/chess/read"
    ben = await guest(url, "black", name="ben")
    async with app_for(url, seat="white").run_test(size=(80, 24)) as pilot:
        screen = screen_of(pilot)
        await until(lambda: screen.mirror.my_turn)
        await pilot.press("escape")
        for number in range(3):
            await ben.request(p.Chat(text=f"line {number}"))
        await until(lambda: len(screen.mirror.chat) == 3 and screen.table.chat.region.height)
        await until(lambda: not any("new" in what for _, what in screen.table.hints._hints))
