"""Talk around the board: two rooms, what is unread, long talk, and who is there."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from opened import app_for, said, screen_of

from gamesock import protocol as p
from gamesock.tui.screens.people import People


def shown(screen) -> str:
    return str(screen.table.chat._text.content)


async def test_players_and_spectators_have_rooms_of_their_own_until_the_end(server, guest, until):
    url = f"{server}/ws/chess/rooms"
    ben, cleo = await guest(url, name="ben"), await guest(url, name="cleo")
    await ben.join("black")
    await cleo.join(p.SPECTATOR)
    async with app_for(url, seat="white").run_test(size=(80, 24)) as pilot:
        screen = screen_of(pilot)
        await until(lambda: screen.mirror.my_turn)
        await cleo.request(p.Chat(text="white is lost"))
        await ben.request(p.Chat(text="hello"))
        await until(lambda: "hello" in shown(screen))
        assert "lost" not in shown(screen)
        await pilot.press("escape", "c")
        assert "players" in screen.entry.placeholder
        await pilot.press(*"hi", "enter")
        await until(lambda: [line.text for line in ben.mirror.chat] == ["hello", "hi"])
        await pilot.press("escape")
        await screen.client.move("e4")
        await ben.move("e5")
        await ben.request(p.Resign())
        await until(lambda: screen.mirror.outcome)
        await pilot.press("c", "tab")
        assert "watch" in screen.entry.placeholder
        await pilot.press(*"gg", "enter")
        await until(lambda: cleo.mirror.chat and cleo.mirror.chat[-1].room == "spectators")
        await until(lambda: "anna (watching): gg" in shown(screen))


async def test_a_spectator_talks_to_spectators(server, guest, until):
    url = f"{server}/ws/chess/gallery"
    ben, cleo = await guest(url, name="ben"), await guest(url, name="cleo")
    await ben.join("white")
    await cleo.join(p.SPECTATOR)
    async with app_for(url, watch=True, name="dan").run_test(size=(80, 24)) as pilot:
        screen = screen_of(pilot)
        await until(lambda: screen.seated)
        await pilot.press("c", *"hm", "enter")
        await until(lambda: [line.text for line in cleo.mirror.chat] == ["hm"])
        assert not ben.mirror.chat
        await pilot.press("escape")
        assert screen.table.board.has_focus and not screen.entry.display


async def test_long_talk_scrolls_and_stays_where_one_reads(server, guest, until):
    url = f"{server}/ws/chess/long"
    ben = await guest(url, "black", name="ben")
    async with app_for(url, seat="white").run_test(size=(80, 24)) as pilot:
        screen = screen_of(pilot)
        chat = screen.table.chat
        await until(lambda: screen.mirror.my_turn)
        for line in range(9):
            await ben.request(p.Chat(text=f"line {line} " + "and so on " * 5))
        await until(lambda: "line 8" in shown(screen) and chat.max_scroll_y > 0)
        await until(lambda: chat.scroll_y == chat.max_scroll_y)
        await pilot.press("escape", "c", "pageup")
        await until(lambda: chat.scroll_y < chat.max_scroll_y)
        at = chat.scroll_y
        await ben.request(p.Chat(text="more"))
        await until(lambda: "more" in shown(screen) and screen.moment.unread == 1)
        assert chat.scroll_y == at
        for _ in range(9):
            await pilot.press("pagedown")
        await until(lambda: screen.moment.unread == 0)


async def test_who_is_there(server, guest, until):
    url = f"{server}/ws/chess/people"
    ben, cleo = await guest(url, name="ben"), await guest(url, name="cleo")
    await ben.join("black")
    await cleo.join(p.SPECTATOR)
    async with app_for(url, seat="white").run_test(size=(120, 40)) as pilot:
        screen = screen_of(pilot)
        await until(lambda: screen.mirror.my_turn and screen.mirror.table.spectators == ("cleo",))
        await until(lambda: "Watching (1): cleo" in said(screen.table.watchers))
        await pilot.press("escape", "v")
        await until(lambda: isinstance(pilot.app.screen, People))
        text = pilot.app.screen.text().plain
        assert "white: anna (you)" in text and "black: ben" in text and "Watching: 1\n  cleo" in text
        await pilot.press("escape")
        assert pilot.app.screen is screen
