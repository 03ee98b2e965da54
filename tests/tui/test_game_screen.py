"""Playing and watching on the full-screen client, over a socket, against a real server."""

from __future__ import annotations

import asyncio

from opened import app_for, opened, screen_of, square

from gamesock import protocol as p
from gamesock.client import Status
from gamesock.tui.looks import PALETTES
from gamesock.tui.screens.dialogs import Choose, Confirm
from gamesock.tui.screens.game import GameScreen
from gamesock.tui.screens.help import Help


async def test_moves_by_keys_by_typing_and_by_mouse(server, guest, until):
    url = f"{server}/ws/chess/keys"
    async with opened(url, seat="white") as (pilot, screen):
        await until(lambda: screen.mirror.seats == ("white",))
        ben = await guest(url, "black")
        assert screen.entry.has_focus
        # The first key leads from the empty move line to the board.
        await pilot.press("up")
        assert screen.table.board.has_focus
        await pilot.press("space", "up", "up", "space")
        await until(lambda: ben.mirror.notations == ["e4"])
        await ben.move("e5")
        await until(lambda: screen.mirror.my_turn)
        await pilot.press("slash", "N", "f", "3", "enter")
        await until(lambda: ben.mirror.notations[2:] == ["Nf3"])
        await until(lambda: screen.entry.value == "")
        await ben.move("Nc6")
        await until(lambda: screen.mirror.my_turn)
        # Bishop f1 to b5: a click on each square.
        await pilot.click("#board", offset=square("f1"))
        await pilot.click("#board", offset=square("b5"))
        await until(lambda: ben.mirror.notations[4:] == ["Bb5"])


async def test_drag_and_drop(server, until):
    async with opened(f"{server}/ws/chess/drag", seat="white") as (pilot, screen):
        await until(lambda: screen.mirror.my_turn)
        await pilot.mouse_down("#board", offset=square("e2"))
        await pilot.hover("#board", offset=square("e3"))
        await pilot.hover("#board", offset=square("e4"))
        await pilot.mouse_up("#board", offset=square("e4"))
        await until(lambda: screen.mirror.notations == ["e4"])


async def test_what_is_typed_before_the_answer_is_the_next_move(server, guest, until, monkeypatch):
    ben = await guest(f"{server}/ws/chess/fast", "black")
    async with opened(f"{server}/ws/chess/fast", seat="white") as (pilot, screen):
        await until(lambda: screen.mirror.my_turn)
        play, go = screen.client.move, asyncio.Event()

        async def late(move):
            await go.wait()
            return await play(move)

        monkeypatch.setattr(screen.client, "move", late)
        await pilot.press("slash", *"e4", "enter", *"d4")
        assert screen.entry.value == "d4"
        go.set()
        await until(lambda: ben.mirror.notations == ["e4"])
        assert screen.entry.value == "d4"


async def test_a_refused_move_says_why_and_stays_to_be_corrected(server, until):
    async with opened(f"{server}/ws/chess/refused", seat="white") as (pilot, screen):
        await until(lambda: screen.mirror.my_turn)
        await pilot.press("slash", *"e5", "enter")
        await until(lambda: screen.table.error.display)
        assert "e5" in str(screen.table.error.content)
        assert screen.entry.value == "e5"
        # It can be corrected, or another one typed over it.
        await pilot.press("end", "backspace", "6", "enter")
        await until(lambda: "e6" in str(screen.table.error.content))
        await pilot.press("e", "4", "enter")
        await until(lambda: screen.mirror.notations == ["e4"])
        assert not screen.table.error.display


async def test_a_digit_begins_a_move_and_a_bot_answers(server, until):
    url = f"{server}/ws/tictactoe/digit"
    async with opened(url, seat="X", setup=[p.SetBot(seat="O", bot="perfect")]) as (pilot, screen):
        await until(lambda: screen.mirror.my_turn and screen.mirror.table.players["O"])
        await pilot.press("5", "enter")
        await until(lambda: len(screen.mirror.notations) == 2)


async def test_dropping_into_a_column(server, until):
    async with opened(f"{server}/ws/connect4/drop", seat="red") as (pilot, screen):
        await until(lambda: screen.mirror.my_turn)
        await pilot.press("escape", "right", "space")
        await until(lambda: len(screen.mirror.notations) == 1)
        assert screen.mirror.picture.cells[5 * 7 + 4] == "R"


async def test_promotion_asks_which_piece(server, until):
    url = f"{server}/ws/chess/promote?fen=8/P6k/8/8/8/8/7K/8%20w%20-%20-%200%201"
    async with opened(url, seat="white") as (pilot, screen):
        await until(lambda: screen.mirror.my_turn)
        await pilot.click("#board", offset=square("a7"))
        await pilot.click("#board", offset=square("a8"))
        await until(lambda: isinstance(pilot.app.screen, Choose))
        await pilot.press("n")
        await until(lambda: screen.mirror.notations == ["a8=N"])


async def test_review_goes_back_while_the_game_goes_on(server, guest, until):
    url = f"{server}/ws/chess/review"
    ben = await guest(url, "black")
    async with opened(url, seat="white") as (pilot, screen):
        await until(lambda: screen.mirror.my_turn)
        for move, answer in (("e4", "e5"), ("Nf3", "Nc6")):
            await screen.client.move(move)
            await ben.move(answer)
        await until(lambda: len(screen.mirror.notations) == 4)
        await pilot.press("comma", "comma")
        await until(lambda: screen.view.ply == 2)
        await pilot.press("left")
        await until(lambda: screen.view.ply == 1)
        await screen.client.move("Bb5")
        assert screen.view.ply == 1
        await pilot.press("home")
        await until(lambda: screen.view.ply == 0)
        await pilot.press("end")
        await until(lambda: screen.view.ply == 5)
        assert not screen.reviewing


async def test_resigning_asks_first_then_a_rematch_swaps_seats(server, guest, until):
    url = f"{server}/ws/tictactoe/resign"
    ben = await guest(url, "O")
    async with opened(url, seat="X") as (pilot, screen):
        await until(lambda: screen.mirror.my_turn)
        await screen.client.move("5")
        await ben.move("1")
        await until(lambda: screen.mirror.my_turn)
        await pilot.press("escape", "x")
        await until(lambda: isinstance(pilot.app.screen, Confirm))
        await pilot.press("enter")
        await until(lambda: pilot.app.screen is screen)
        assert screen.mirror.outcome is None
        await pilot.press("x", "y")
        await until(lambda: screen.mirror.outcome)
        assert "wins" in str(screen.table.status.content)
        await pilot.press("r")
        await until(lambda: ben.mirror.offer("rematch"))
        await ben.request(p.Rematch())
        await until(lambda: screen_of(pilot) is not screen)
        following = screen_of(pilot)
        await until(lambda: following.mirror.seats == ("O",))


async def test_a_draw_offer_is_a_banner_that_takes_no_focus(server, guest, until):
    url = f"{server}/ws/chess/draw"
    ben = await guest(url, "black")
    async with opened(url, seat="white") as (pilot, screen):
        await until(lambda: screen.mirror.my_turn)
        await screen.client.move("e4")
        await ben.move("e5")
        await pilot.press("slash", "N")
        await ben.request(p.OfferDraw())
        await until(lambda: screen.table.banner.display)
        assert screen.entry.has_focus and screen.entry.value == "N"
        await pilot.press("escape", "escape", "d")
        await until(lambda: screen.mirror.outcome)
        assert screen.mirror.outcome.winner is None


async def test_a_takeback_is_offered_and_accepted(server, guest, until):
    url = f"{server}/ws/tictactoe/takeback"
    ben = await guest(url, "O")
    async with opened(url, seat="X") as (pilot, screen):
        await until(lambda: screen.mirror.my_turn)
        await pilot.press("5", "enter")
        await until(lambda: ben.mirror.my_turn)
        await pilot.press("escape", "u")
        await until(lambda: ben.mirror.offer("takeback") == "X")
        await ben.request(p.AcceptTakeback())
        await until(lambda: screen.mirror.my_turn and screen.mirror.notations == [])


async def test_a_bot_gives_a_hint_and_makes_the_move(server, until):
    async with opened(f"{server}/ws/connect4/hint", seat="red") as (pilot, screen):
        await until(lambda: screen.mirror.my_turn)
        await pilot.press("escape", "H")
        await until(lambda: screen.table.evaluation.display)
        await pilot.press("a", "y")
        await until(lambda: screen.mirror.notations)


async def test_spectators_see_the_game_and_have_no_controls(server, guest, until):
    url = f"{server}/ws/chess/watched"
    ben = await guest(url, "white")
    await ben.move("e4", auto_response=False)
    async with opened(url, watch=True) as (pilot, screen):
        await until(lambda: screen.mirror.notations == ["e4"])
        assert screen.watching and not screen.entry.display
        await pilot.press("x", "slash", "space", "a")
        assert pilot.app.screen is screen
        assert screen.mirror.notations == ["e4"]
        await pilot.press("left")
        await until(lambda: screen.view.ply == 0)


async def test_chat_reaches_the_other_player(server, guest, until):
    url = f"{server}/ws/chess/chat"
    ben = await guest(url, "black")
    async with opened(url, seat="white") as (pilot, screen):
        await until(lambda: screen.mirror.my_turn)
        await pilot.press("escape", "c", "h", "i", "enter")
        await until(lambda: [line.text for line in ben.mirror.chat] == ["hi"])
        await until(lambda: screen.table.chat.display)
        await pilot.press("escape")
        assert screen.table.board.has_focus and not screen.entry.chatting


async def test_escape_leaves_any_waiting_state(server, until):
    app = app_for(f"{server}/ws/chess/leave", seat="white")
    async with app.run_test(size=(80, 24)) as pilot:
        screen = screen_of(pilot)
        await until(lambda: screen.mirror.seats)
        await pilot.press("escape")
        assert screen.table.board.has_focus
        await pilot.press("escape")
        await until(lambda: not pilot.app.is_running)
    assert app.return_code in (0, None)


async def test_a_server_that_is_not_there_ends_with_code_1():
    app = app_for("ws://127.0.0.1:9/ws/chess/none")
    async with app.run_test(size=(80, 24)):
        for _ in range(500):
            if app.return_code is not None:
                break
            await asyncio.sleep(0.01)
    assert app.return_code == 1


async def test_help_lists_every_key(server, until):
    async with opened(f"{server}/ws/chess/help", seat="white") as (pilot, screen):
        await until(lambda: screen.mirror.seats)
        await pilot.press("question_mark")
        await until(lambda: isinstance(pilot.app.screen, Help))
        said = str(pilot.app.screen._text())
        for binding in (
            *GameScreen.BINDINGS,
            *GameScreen.__bases__[0].BINDINGS,
            *type(screen.table.board).BINDINGS,
        ):
            assert binding.description in said
        await pilot.press("escape")
        await until(lambda: pilot.app.screen is screen)


async def test_a_theme_is_the_boards_too(server, until):
    app = app_for(f"{server}/ws/chess/theme", seat="white")
    async with app.run_test(size=(80, 24)) as pilot:
        screen = screen_of(pilot)
        await until(lambda: screen.mirror.my_turn)
        app.theme = "wood"
        await pilot.pause()
        assert screen.table.board.looks.palette == PALETTES["wood"]


async def test_every_terminal_size_is_survived(server, until):
    async with opened(f"{server}/ws/chess/sizes", seat="white") as (pilot, screen):
        await until(lambda: screen.mirror.my_turn)
        for width, height in ((20, 8), (39, 14), (40, 13), (1, 1)):
            await pilot.resize_terminal(width, height)
            await until(lambda: screen.table.has_class("-covered"))
        for width, height in ((40, 14), (60, 20), (80, 23), (50, 60), (120, 40), (500, 200)):
            await pilot.resize_terminal(width, height)
            await until(lambda: not screen.table.has_class("-covered"))
            await pilot.pause()
            board = screen.table.board.region
            assert board.right <= width and board.bottom <= height and board.area


async def test_the_server_restarts_and_the_game_goes_on_by_itself(host, until):
    async with opened(f"{host.url}/ws/chess/restart", seat="white") as (pilot, screen):
        await until(lambda: screen.mirror.my_turn)
        await screen.client.move("e4", auto_response=False)
        await host.stop()
        await until(lambda: screen.client.connection.status is Status.WAITING)
        await until(lambda: "Trying again" in str(screen.table.connection.content))
        await host.start()
        await pilot.press("ctrl+r")
        await until(lambda: screen.client.connection.status is Status.LIVE)
        await until(lambda: "restart" in str(screen.table.connection.content))
        assert screen.mirror.notations == ["e4"]
        assert screen.mirror.seats == ("white",)


async def test_the_move_line_has_the_focus_again_when_there_is_room_again(server, until):
    async with opened(f"{server}/ws/chess/small", seat="white") as (pilot, screen):
        await until(lambda: screen.mirror.my_turn)
        await pilot.resize_terminal(38, 12)
        await until(lambda: screen.table.covered)
        assert "40x14" in str(screen.table._too_small.content)
        await pilot.resize_terminal(60, 20)
        await until(lambda: not screen.table.covered and screen.entry.has_focus)
        await pilot.press("e", "4", "enter")
        await until(lambda: screen.mirror.notations == ["e4"])


async def test_help_is_searched_and_scrolled_in_the_smallest_terminal(server, until):
    async with opened(f"{server}/ws/chess/help14", seat="white", size=(40, 14)) as (pilot, screen):
        await until(lambda: screen.mirror.seats)
        await pilot.press("question_mark")
        await until(lambda: isinstance(pilot.app.screen, Help))
        shown = pilot.app.screen
        await until(lambda: shown.body.max_scroll_y > 0)
        await pilot.press("down", "pagedown")
        await until(lambda: shown.body.scroll_y > 0)
        await pilot.press(*"draw")
        await until(lambda: "Offer" in str(shown.list.content) and "Rematch" not in str(shown.list.content))
        assert "equals_sign" not in str(shown._text()) and "pageup" not in str(shown._text())
        await pilot.press("question_mark")
        await until(lambda: pilot.app.screen is screen)


async def test_new_moves_are_counted_while_one_looks_back(server, guest, until):
    url = f"{server}/ws/chess/meanwhile"
    ben = await guest(url, "black")
    async with opened(url, seat="white") as (pilot, screen):
        await until(lambda: screen.mirror.my_turn)
        await screen.client.move("e4")
        await ben.move("e5")
        await until(lambda: len(screen.mirror.notations) == 2)
        await pilot.press("home")
        await until(lambda: screen.reviewing)
        await screen.client.move("Nf3")
        await ben.move("Nc6")
        await until(lambda: "2 new moves" in str(screen.table.status.content))
        await ben.request(p.Resign())
        await until(lambda: "white wins" in str(screen.table.status.content))
        assert "After 0 of 4" in str(screen.table.status.content)
        await pilot.press("end")
        await until(lambda: "After" not in str(screen.table.status.content))
        assert "white wins" in str(screen.table.status.content)
