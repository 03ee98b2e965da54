"""The lobby on a real server: what it lists, what it asks for, and how it keeps up."""

from __future__ import annotations

import pytest

from gamesock import protocol as p
from gamesock import recent
from gamesock.client import Status
from gamesock.place import Place
from gamesock.preferences import Preferences
from gamesock.protocol import LobbyChanged, PlayerView, ThreadView
from gamesock.seatbook import SeatBook
from gamesock.tui import lobby_rows
from gamesock.tui.app import GameApp
from gamesock.tui.listing import Filter, Listing, turned
from gamesock.tui.looks import Looks
from gamesock.tui.screens.ask import Ask
from gamesock.tui.screens.game import GameScreen
from gamesock.tui.screens.lobby import LobbyScreen
from gamesock.tui.screens.menu import Menu
from gamesock.tui.screens.new_game import NewGameDialog
from gamesock.tui.widgets.rows import Rows

LOOKS = Looks("sprite", color="full")


@pytest.fixture(autouse=True)
def state(tmp_path, monkeypatch):
    """Nothing here touches what the one who runs the tests has chosen."""
    monkeypatch.setattr(recent, "recent_path", lambda: tmp_path / "recent.json")


@pytest.fixture
def place(server, tmp_path):
    """The test's server, as anna sees it."""
    return Place(server, "anna", book=SeatBook(tmp_path / "seats"))


def app_for(place) -> GameApp[None]:
    return GameApp(lambda looks: LobbyScreen(place), LOOKS, Preferences())


@pytest.fixture
def game(server, guest):
    """Two people play, or one waits."""

    async def make(thread, route="chess", *names):
        players = []
        for name in names or ("ben", "cleo"):
            client = await guest(f"{server}/ws/{route}/{thread}?clock=5%2B3", name=name)
            await client.join()
            players.append(client)
        return players

    return make


def lobby_of(app) -> LobbyScreen:
    return next(screen for screen in app.screen_stack if isinstance(screen, LobbyScreen))


async def test_it_lists_previews_and_follows(place, game, until):
    ben, cleo = await game("friday")
    app = app_for(place)
    async with app.run_test(size=(80, 24)) as pilot:
        lobby = lobby_of(app)
        await until(lambda: list(lobby.listing.threads) == ["friday"])
        await until(lambda: lobby.shown and lobby.shown.picture)
        await ben.move("e4")
        await until(lambda: lobby.shown.thread.ply == 1 and lobby.listing.threads["friday"].ply == 1)
        assert "1. e4" in str(lobby.query_one("#lobby-about").content)
        assert lobby.query_one("#lobby-board").board.frame is not None
        # Another game begins, and comes first; the cursor stays where it was.
        await game("monday", "connect4")
        await until(lambda: list(lobby.listing.threads) == ["monday", "friday"])
        assert lobby.selected_id == "friday"
        await pilot.press("up")
        await until(lambda: lobby.shown and lobby.shown.thread.thread_id == "monday")
        await cleo.request(p.Resign())
        await until(lambda: "friday" not in lobby.listing.threads)


async def test_enter_watches_and_comes_back(place, game, until):
    ben, _ = await game("friday")
    app = app_for(place)
    async with app.run_test(size=(80, 24)) as pilot:
        lobby = lobby_of(app)
        await until(lambda: len(lobby.listing))
        await pilot.press("enter")
        await until(lambda: isinstance(app.screen, GameScreen))
        await until(lambda: ben.mirror.table.spectators == ("anna",))
        await pilot.press("q")
        await until(lambda: isinstance(app.screen, LobbyScreen))
        await until(lambda: ben.mirror.table.watching == 0)
        assert not app.tables


async def test_an_open_seat_is_taken_when_one_says_which(place, game, until):
    (ben,) = await game("friday", "chess", "ben")
    app = app_for(place)
    async with app.run_test(size=(80, 24)) as pilot:
        lobby = lobby_of(app)
        await until(lambda: lobby.selected and lobby.selected.open == ("black",))
        await pilot.press("enter")
        await until(lambda: isinstance(app.screen, Menu))
        await pilot.press("escape")
        await until(lambda: app.screen is lobby)
        await pilot.press("enter")
        await until(lambda: isinstance(app.screen, Menu))
        await pilot.press("b")
        await until(lambda: ben.mirror.table.players["black"])
        assert ben.mirror.table.players["black"].name == "anna"
        assert place.has_seat("friday")


async def test_a_new_game_is_there_for_others(place, server, guest, until):
    app = app_for(place)
    async with app.run_test(size=(80, 24)) as pilot:
        lobby = lobby_of(app)
        await until(lambda: "Press n to start" in str(lobby.query_one("#lobby-empty").content))
        await pilot.press("n")
        await until(lambda: isinstance(app.screen, NewGameDialog) and app.screen.chosen().opponent == "human")
        app.screen.query_one("#clock").value = "5+3"
        await pilot.pause()
        await pilot.press("enter")
        await until(lambda: isinstance(app.screen, GameScreen) and app.screen.mirror.seats == ("white",))
        thread = app.screen.thread_id
        assert app.screen.mirror.clock.control == "5+3"
        ben = await guest(f"{server}/ws/games/{thread}", name="ben")
        await ben.join()
        await until(lambda: app.screen.mirror.table.players["black"])


async def test_what_the_server_refuses_is_told(place, until):
    app = app_for(place)
    async with app.run_test(size=(80, 24)):
        lobby = lobby_of(app)
        await until(lambda: lobby._ready)
        from gamesock.new_game import NewGame

        lobby._begin(NewGame(game="chess", opponent="human", options={"fen": "nonsense"}))
        await until(lambda: "That game can't be" in " ".join(note.message for note in app._notifications))
        assert app.screen is lobby


async def test_filters(place, game, until):
    await game("friday")
    await game("monday", "connect4")
    (waiting,) = await game("sunday", "chess", "dora")
    done, other = await game("done", "tictactoe")
    await done.move("5")
    await other.move("1")
    await done.request(p.Resign())
    app = app_for(place)
    async with app.run_test(size=(80, 24)) as pilot:
        lobby = lobby_of(app)

        async def shows(*names: str) -> None:
            await until(lambda: set(lobby.listing.threads) == set(names))

        await shows("friday", "monday", "sunday")
        await pilot.press("f")
        await shows("sunday")
        await pilot.press("f")
        await shows("friday", "monday")
        await pilot.press("f")
        await shows("done")
        await pilot.press("escape")
        await shows("friday", "monday", "sunday")
        await pilot.press("t")
        await until(lambda: isinstance(app.screen, Menu))
        await pilot.press("2")
        await shows("monday")
        await pilot.press("escape")
        await pilot.press("slash", *"DORA", "enter")
        await shows("sunday")
        assert lobby.wanted.text == "DORA"
        # What doesn't fit isn't let in when it is pushed, either.
        await game("tuesday")
        await waiting.request(p.Chat(text="hello"))
        await shows("sunday")
        await pilot.press("slash", "x", "enter")
        await until(lambda: "No game fits" in str(lobby.query_one("#lobby-empty").content))
        await pilot.press("escape")
        await shows("friday", "monday", "sunday", "tuesday")


async def test_more_is_read_while_one_goes_down(place, server, guest, until, monkeypatch):
    monkeypatch.setattr("gamesock.tui.screens.lobby_list.PAGE", 10)
    monkeypatch.setattr("gamesock.tui.screens.lobby_list.AHEAD", 3)
    async with place.lobby() as lobby_client:
        for number in range(24):
            await lobby_client.create("tic_tac_toe", thread_id=f"game-{number}")
    app = app_for(place)
    async with app.run_test(size=(80, 24)) as pilot:
        lobby = lobby_of(app)
        await until(lambda: len(lobby.listing) == 10)
        assert lobby.listing.total == 24
        await pilot.press("end")
        await until(lambda: len(lobby.listing) == 20)
        await pilot.press("end")
        await until(lambda: len(lobby.listing) == 24)
        assert lobby.listing.cursor is None


async def test_the_connection_is_lost_and_comes_back_by_itself(host, tmp_path, guest, until):
    place = Place(host.url, "anna", book=SeatBook(tmp_path / "seats"))
    app = app_for(place)
    async with app.run_test(size=(80, 24)):
        lobby = lobby_of(app)
        await until(lambda: lobby._ready)
        banner = lobby.query_one("#lobby-banner")
        await host.stop()
        await until(lambda: "Connection lost" in str(banner.content) and banner.display)
        await host.start()
        lobby.action_retry()
        await until(lambda: lobby.client.connection.status is Status.LIVE)
        await until(lambda: not banner.display)
        ben = await guest(f"{host.url}/ws/chess/again", name="ben")
        await ben.join()
        await until(lambda: "again" in lobby.listing.threads)


async def test_the_invite_is_copied(place, game, until, monkeypatch):
    await game("friday", "chess", "ben")
    app = app_for(place)
    copied: list[str] = []
    async with app.run_test(size=(80, 24)) as pilot:
        lobby = lobby_of(app)
        monkeypatch.setattr(app, "copy_to_clipboard", copied.append)
        await until(lambda: lobby.selected_id == "friday")
        await pilot.press("i")
        assert copied == [f"gamesock play --join {place.title}/friday"]
        # Where no seat is free there is something to see still.
        await game("monday")
        await until(lambda: "monday" in lobby.listing.threads)
        lobby.query_one(Rows).point_at("monday")
        await pilot.press("i")
        assert copied[1:] == [f"gamesock watch monday --server {place.title}"]


async def test_join_by_id(place, game, until):
    (ben,) = await game("friday", "chess", "ben")
    app = app_for(place)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(lambda: lobby_of(app)._ready)
        await pilot.press("c")
        await until(lambda: isinstance(app.screen, Ask))
        app.screen.line.value = "friday"
        await pilot.press("enter")
        await until(lambda: ben.mirror.table.players["black"])


async def test_a_server_that_is_not_there_ends_with_its_reason(tmp_path):
    app = app_for(Place("ws://127.0.0.1:1", "anna", book=SeatBook(tmp_path)))
    async with app.run_test(size=(80, 24)) as pilot:
        for _ in range(500):
            if app._exit:
                break
            await pilot.pause(0.01)
    assert app.return_code == 1


@pytest.mark.parametrize("size", [(40, 14), (60, 36), (80, 24), (120, 40), (300, 90), (20, 5)])
async def test_every_terminal_size_is_survived(place, game, until, size):
    await game("friday")
    app = app_for(place)
    async with app.run_test(size=size) as pilot:
        await until(lambda: lobby_of(app).shown or size[1] < 20)
        await pilot.press("down", "up", "end", "f", "escape")


# The list itself


def view(name: str, status: str = "live", **more) -> ThreadView:
    players = {"white": PlayerView(name="anna"), "black": None if status == "open" else PlayerView(name="ben")}
    free = ("black",) if status == "open" else ()
    return ThreadView(
        thread_id=name, game="chess", title="Chess", route="/ws/chess", status=status, seats=("white", "black"),
        players=players, open=free, **more,
    )  # fmt: skip


def test_pushed_changes():
    listing = Listing()
    listing.add_page([view("a"), view("b")], 10_000, "next")
    listing.apply(LobbyChanged(changed=(view("c"), view("b", ply=3)), gone=("a", "z")), Filter())
    assert list(listing.threads) == ["c", "b"]
    assert listing.threads["b"].ply == 3
    assert listing.total == 10_000
    listing.apply(LobbyChanged(changed=(view("b", "finished"), view("d", "open"))), Filter(status="live"))
    assert list(listing.threads) == ["c"]


def test_ten_thousand_rows_are_drawn_as_they_are_seen():
    drawn: list[int] = []
    listing = Listing()
    listing.add_page([view(f"game-{number}") for number in range(10_000)], 10_000, None)
    rows = [lobby_rows.row(thread, LOOKS) for thread in listing.rows()]
    widget = Rows()
    widget.rows = [row._replace(draw=lambda width, at=at: drawn.append(at) or ()) for at, row in enumerate(rows)]
    assert not drawn
    assert lobby_rows.summary(Filter(), listing) == "10,000 games"


def test_filters_turn_and_match():
    assert [turned(Filter(), by).status for by in range(5)] == [None, "open", "live", "finished", None]
    assert Filter(text="ANN").admits(view("x"))
    assert not Filter(text="carl").admits(view("x"))
    assert not Filter().admits(view("x", "finished"))


@pytest.mark.parametrize("width", [10, 20, 36, 42, 60, 100])
def test_lines_fill_their_width(width):
    from rich.cells import cell_len

    parts = lobby_rows.row(view("x", "open"), LOOKS).draw(width)
    assert sum(cell_len(text) for text, _ in parts) <= max(width, 24)
    if width >= 36:
        assert sum(cell_len(text) for text, _ in parts) == width
        assert "anna" in "".join(text for text, _ in parts)
