"""Several games side by side in one app: tabs, marks, the bell, rematches, and leaving."""

from __future__ import annotations

import pytest

from gamesock import protocol as p
from gamesock import recent
from gamesock.place import Place
from gamesock.preferences import Preferences
from gamesock.seatbook import SeatBook
from gamesock.tui.app import GameApp, game_app
from gamesock.tui.looks import Looks
from gamesock.tui.screens.dialogs import Confirm
from gamesock.tui.screens.game import GameScreen
from gamesock.tui.screens.lobby import LobbyScreen

LOOKS = Looks("sprite", color="full")


@pytest.fixture(autouse=True)
def state(tmp_path, monkeypatch):
    """Nothing here touches what the one who runs the tests has chosen."""
    monkeypatch.setattr(recent, "recent_path", lambda: tmp_path / "recent.json")


@pytest.fixture
def place(server, tmp_path):
    """The test's server, as anna sees it."""
    return Place(server, "anna", book=SeatBook(tmp_path / "seats"))


def app_for(place, **preferences) -> GameApp[None]:
    return GameApp(lambda looks: LobbyScreen(place), LOOKS, Preferences(**preferences))


@pytest.fixture
def open_game(server, guest, until):
    """Opens a game against a guest in a tab; gives the screen and the guest."""

    async def make(app, place, thread, name="ben"):
        other = await guest(f"{server}/ws/chess/{thread}", "white", name=name)
        app.enter(place, thread, seat="black")
        await until(lambda: isinstance(app.screen, GameScreen) and app.screen.mirror.seats == ("black",))
        return app.screen, other

    return make


async def test_a_move_elsewhere_marks_its_tab_and_rings_once(place, open_game, until, monkeypatch):
    app = app_for(place)
    rung: list[int] = []
    monkeypatch.setattr("textual.app.App.bell", lambda self: rung.append(1))
    async with app.run_test(size=(80, 24)) as pilot:
        first, ben = await open_game(app, place, "one", "ben")
        second, _ = await open_game(app, place, "two", "cleo")
        assert app.screen is second
        assert [(tab.title, tab.unread, tab.my_turn) for tab in app.tables] == [
            ("ben", False, False), ("cleo", False, False),
        ]  # fmt: skip
        await ben.move("e4")
        await until(lambda: app.tables[0].unread)
        assert app.tables[0].my_turn
        assert len(rung) == 1
        assert app.screen is second
        second.set_focus(second.table.board)
        await pilot.press("left_square_bracket")
        await until(lambda: app.screen is first)
        assert not app.tables[0].unread
        first.set_focus(first.table.board)
        await pilot.press("right_square_bracket")
        await until(lambda: app.screen is second)


async def test_no_bell_for_who_wants_none(place, open_game, until, monkeypatch):
    app = app_for(place, bell=False)
    rung: list[int] = []
    monkeypatch.setattr("textual.app.App.bell", lambda self: rung.append(1))
    async with app.run_test(size=(80, 24)):
        screen, ben = await open_game(app, place, "one")
        await ben.move("e4")
        await until(lambda: screen.mirror.ply == 1)
        assert not rung


async def test_home_and_back_the_game_goes_on(place, open_game, until):
    app = app_for(place)
    async with app.run_test(size=(80, 24)) as pilot:
        screen, ben = await open_game(app, place, "one")
        screen.set_focus(screen.table.board)
        await pilot.press("g")
        await until(lambda: isinstance(app.screen, LobbyScreen))
        await ben.move("e4")
        await until(lambda: screen.mirror.ply == 1)
        # To open it again is to go to its tab.
        app.enter(place, "one")
        assert app.screen is screen
        assert len(app.tables) == 1


async def test_closing_a_tab_closes_its_connection(place, open_game, until):
    app = app_for(place)
    async with app.run_test(size=(80, 24)):
        screen, ben = await open_game(app, place, "one")
        screen.leave()
        await until(lambda: not ben.mirror.table.players["black"].here)
        await until(lambda: isinstance(app.screen, LobbyScreen))
        assert not app.tables
        assert screen.client.connection.status == "closed"


async def test_a_rematch_takes_the_place_of_its_game(place, open_game, until):
    app = app_for(place)
    async with app.run_test(size=(80, 24)) as pilot:
        first, ben = await open_game(app, place, "one", "ben")
        await open_game(app, place, "two", "cleo")
        await ben.move("e4")
        await first.client.move("e5")
        await ben.request(p.Resign())
        await until(lambda: first.mirror.outcome)
        app.show_table(app.tables[0])
        first.set_focus(first.table.board)
        await ben.request(p.Rematch())
        await pilot.press("r")
        await until(lambda: isinstance(app.screen, GameScreen) and app.screen.mirror.seats == ("white",))
        assert [tab.screen is app.screen for tab in app.tables] == [True, False]
        assert app.tables[0].screen.thread_id != "one"


async def test_leaving_the_app_asks_once_when_games_are_under_way(place, open_game, until):
    app = app_for(place)
    async with app.run_test(size=(80, 24)) as pilot:
        for name in ("one", "two"):
            screen, other = await open_game(app, place, name)
            await other.move("e4")
            await until(lambda screen=screen: screen.mirror.ply == 1)
        await pilot.press("ctrl+q")
        await until(lambda: isinstance(app.screen, Confirm))
        assert "2 games are under way" in app.screen.question
        await pilot.press("n")
        await until(lambda: not isinstance(app.screen, Confirm))
        await pilot.press("ctrl+c")
        await until(lambda: isinstance(app.screen, Confirm))
        await pilot.press("ctrl+c")
        await until(lambda: app._exit)
    assert app.return_code == 130


@pytest.mark.parametrize(("key", "code"), [("ctrl+q", 0), ("ctrl+c", 130)])
async def test_leaving_at_once_when_nothing_is_under_way(place, until, key, code):
    app = app_for(place)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(lambda: isinstance(app.screen, LobbyScreen))
        await pilot.press(key)
        await until(lambda: app._exit)
        assert not app._notifications
    assert app.return_code == code


async def test_one_game_alone_ends_with_its_tab(place, until):
    app = game_app(lambda: place.client("alone", "chess"), seat="white", looks=LOOKS)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(lambda: isinstance(app.screen, GameScreen) and app.screen.mirror.seats)
        assert not app.has_home
        await pilot.press("escape", "q")
        await until(lambda: app._exit)
    assert app.return_code == 0


async def test_one_game_that_cannot_be_reached_is_the_apps_failure(until, tmp_path):
    nobody = Place("ws://127.0.0.1:1", "anna", book=SeatBook(tmp_path))
    app = game_app(lambda: nobody.client("alone"), looks=LOOKS)
    async with app.run_test(size=(80, 24)):
        await until(lambda: app._exit)
    assert app.return_code == 1


async def test_what_cannot_be_shown_ends_its_table_alone(place, open_game, until, monkeypatch):
    app = app_for(place)
    async with app.run_test(size=(80, 24)):
        first, ben = await open_game(app, place, "one", "ben")
        second, cleo = await open_game(app, place, "two", "cleo")
        heard = second.heard

        def stumble(message):
            if isinstance(message, p.StateUpdate):
                raise KeyError("green")
            heard(message)

        monkeypatch.setattr(second, "heard", stumble)
        await cleo.move("e4")
        await until(lambda: "this server sent what can't be shown: 'green'" in second.client.connection.reason)
        await until(lambda: "what can't be shown" in str(second.table.query_one("#connection").render()))
        await ben.move("d4")
        await until(lambda: first.mirror.ply == 1)
        assert app.is_running
        second.leave()
        await until(lambda: len(app.tables) == 1)
