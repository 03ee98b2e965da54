"""Home: what it lists, and what each entry leads to, against a real server on loopback."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from textual.command import CommandList, CommandPalette

from gamesock import preferences, recent, registry
from gamesock.new_game import NewGame
from gamesock.place import Place
from gamesock.preferences import Preferences
from gamesock.recent import Recent, load_recent, save_recent
from gamesock.seatbook import LOCAL, Entry, SeatBook
from gamesock.tui.app import GameApp
from gamesock.tui.doors import Doors
from gamesock.tui.home_rows import Kept, ago, described
from gamesock.tui.looks import Looks
from gamesock.tui.screens.ask import Ask, NotGood
from gamesock.tui.screens.dialogs import Confirm
from gamesock.tui.screens.game import GameScreen
from gamesock.tui.screens.help import Help
from gamesock.tui.screens.home import HomeScreen
from gamesock.tui.screens.lobby import LobbyScreen
from gamesock.tui.screens.new_game import NewGameDialog
from gamesock.tui.screens.settings import SettingsScreen
from gamesock.tui.widgets.preview import Preview
from gamesock.tui.widgets.rows import Rows

LOOKS = Looks("sprite", color="full")


@pytest.fixture(autouse=True)
def state(tmp_path, monkeypatch):
    """Nothing here touches what the one who runs the tests has chosen."""
    monkeypatch.setattr(recent, "recent_path", lambda: tmp_path / "recent.json")
    monkeypatch.setattr(preferences, "preferences_path", lambda: tmp_path / "settings.toml")


@pytest.fixture
def doors(server, tmp_path):
    """A home whose own server is that of the test."""
    book = SeatBook(tmp_path / "seats")
    games = [registry.game(name) for name in registry.game_names()]

    async def kept():
        return [Kept(f"game-{n}", "Chess", "anna - ben", "white won", "2026-01-02") for n in range(8)]

    def open_(name):
        raise NotGood(f"{name} is no recording")

    return Doors(
        games=[(game.name, game.title, game.start({}, 0).picture(None)) for game in games],
        local=lambda: Place(server, "anna", name=LOCAL, book=book),
        kept=kept,
        open=open_,
        player="anna",
        book=book,
    )


def app_for(doors) -> GameApp[None]:
    return GameApp(lambda looks: HomeScreen(doors), LOOKS, Preferences())


def rows_of(app) -> Rows:
    return app.screen.query_one(Rows)


def text_of(app) -> str:
    rows = rows_of(app)
    return "\n".join("".join(text for text, _ in row.draw(70)) for row in rows.rows)


async def test_enter_twice_plays_the_first_game(doors, until):
    app = app_for(doors)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter")
        await until(lambda: isinstance(app.screen, NewGameDialog) and app.screen.chosen().bot == "alphabeta")
        assert app.screen.chosen().game == "chess"
        await pilot.press("enter")
        await until(lambda: isinstance(app.screen, GameScreen))
        game = app.screen
        await until(lambda: game.mirror.seats == ("white",) and game.mirror.table.players["black"])
        assert game.mirror.table.players["black"].bot == "alphabeta"
        assert load_recent().games["chess"].bot == "alphabeta"
        # Home, by a key; the game goes on in its tab.
        game.set_focus(game.table.board)
        await pilot.press("g")
        await until(lambda: isinstance(app.screen, HomeScreen))
        await until(lambda: "Go on" in text_of(app))
        assert "Chess, Alpha-Beta" in text_of(app) or "alphabeta" in text_of(app)


async def test_several_may_wait_for_the_server_inside(doors, until):
    started = []

    def start():
        started.append(1)
        return doors.local()

    app = app_for(replace(doors, local=start))
    async with app.run_test(size=(80, 24)):
        await until(lambda: isinstance(app.screen, HomeScreen))
        places = await asyncio.gather(*(app.screen.local() for _ in range(3)))
        assert len(started) == 1
        assert places[0] is places[1] is places[2]


async def test_a_shared_place_has_a_lobby(doors, until):
    app = app_for(replace(doors, shared=True))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("j", "j", "j", "enter")
        await until(lambda: isinstance(app.screen, LobbyScreen))
        assert app.screen.place.name == LOCAL


async def test_going_on_with_a_game(doors, until, guest, server):
    place = doors.local()
    first = place.client("friday", "chess")
    async with first:
        await first.join("white")
        await first.move("e4")
    place.note()
    app = app_for(doors)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(lambda: "Chess, nobody yet" in text_of(app))
        assert "open, 1 move, just now" in text_of(app)
        rows_of(app).point_at("go 0")
        await pilot.press("enter")
        await until(lambda: isinstance(app.screen, GameScreen) and app.screen.mirror.seats == ("white",))
        assert app.screen.mirror.notations == ["e4"]


async def test_a_game_that_ended_meanwhile_is_no_longer_offered(doors, until, guest, server):
    place = doors.local()
    async with place.client("friday", "tictactoe") as first:
        await first.join("X")
    place.note()
    app = app_for(doors)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(lambda: "Tic-tac-toe, nobody yet" in text_of(app))
        rows_of(app).point_at("go 0")
        await pilot.press("enter")
        await until(lambda: isinstance(app.screen, GameScreen) and app.screen.mirror.seats == ("X",))
        game = app.screen
        await pilot.press("escape", "x")
        await until(lambda: isinstance(app.screen, Confirm))
        await pilot.press("y")
        await until(lambda: game.mirror.outcome)
        await pilot.press("q")
        await until(lambda: isinstance(app.screen, HomeScreen))
        await until(lambda: "Go on" not in text_of(app))


async def test_the_last_choice_comes_first(doors, until):
    save_recent(Recent().played(NewGame(game="connect4", bot="alphabeta", level=2, clock="5+3")))
    app = app_for(doors)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert rows_of(app).key == "play connect4"
        assert "against alphabeta 2, 5+3" in text_of(app)


async def test_a_server_that_does_not_answer_is_told_at_the_field(doors, until):
    app = app_for(doors)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("l")
        await until(lambda: isinstance(app.screen, Ask))
        ask = app.screen
        ask.line.value = "a b"
        await pilot.press("enter")
        await until(lambda: "is no server address" in str(ask.problem.content))
        ask.line.value = "127.0.0.1:1"
        await pilot.press("enter")
        await until(lambda: "can't reach ws://127.0.0.1:1" in str(ask.problem.content))
        await pilot.press("escape")
        await until(lambda: isinstance(app.screen, HomeScreen))


async def test_a_server_is_visited_remembered_and_forgotten(doors, server, until):
    app = app_for(doors)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("l")
        await until(lambda: isinstance(app.screen, Ask))
        app.screen.line.value = server
        await pilot.press("enter")
        await until(lambda: isinstance(app.screen, LobbyScreen))
        await pilot.press("escape")
        await until(lambda: isinstance(app.screen, HomeScreen))
        assert load_recent().servers == (server,)
        await until(lambda: f"lobby {server}" in [row.key for row in rows_of(app).rows])
        rows_of(app).point_at(f"lobby {server}")
        await pilot.press("delete")
        assert load_recent().servers == ()


async def test_joining_by_code(doors, server, guest, until):
    ben = await guest(f"{server}/ws/chess/tea", "white", name="ben")
    app = app_for(doors)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("c")
        await until(lambda: isinstance(app.screen, Ask))
        ask = app.screen
        ask.line.value = "friday"
        await pilot.press("enter")
        await until(lambda: "is no invite" in str(ask.problem.content))
        ask.line.value = f"gamesock play --join {server.removeprefix('ws://')}/tea"
        await pilot.press("enter")
        await until(lambda: ben.mirror.table.players["black"])
        assert ben.mirror.table.players["black"].name == "anna"
        assert isinstance(app.screen, GameScreen)
        assert app.screen.invite == f"{server.removeprefix('ws://')}/tea"


async def test_a_code_of_no_game_leads_back_and_says_so(doors, server, until):
    app = app_for(doors)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("c")
        await until(lambda: isinstance(app.screen, Ask))
        app.screen.line.value = f"{server}/nosuch"
        await pilot.press("enter")
        await until(lambda: "no game 'nosuch'" in " ".join(note.message for note in app._notifications))
        await until(lambda: isinstance(app.screen, HomeScreen))
        assert not app.tables


async def test_kept_games_and_files(doors, until):
    app = app_for(doors)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(lambda: "All 8" in text_of(app))
        assert "anna - ben" in text_of(app)
        assert "white won, 2026-01-02" in text_of(app)
        rows_of(app).point_at("more kept")
        await pilot.press("enter")
        await until(lambda: "All 8" not in text_of(app))
        await pilot.press("o")
        await until(lambda: isinstance(app.screen, Ask))
        app.screen.line.value = "notes.txt"
        await pilot.press("enter")
        await until(lambda: "notes.txt is no recording" in str(app.screen.problem.content))


async def test_settings_change_at_once_and_are_kept(doors, tmp_path, until):
    app = app_for(doors)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("s")
        await until(lambda: isinstance(app.screen, SettingsScreen))
        await pilot.press("right")
        assert (app.preferences.theme, app.looks.theme, app.theme) == ("wood", "wood", "wood")
        rows_of(app).point_at("bell")
        await pilot.press("enter")
        assert app.preferences.bell is False
        rows_of(app).point_at("low_time")
        await pilot.press("enter")
        await until(lambda: isinstance(app.screen, Ask))
        app.screen.line.value = "soon"
        await pilot.press("enter")
        await until(lambda: "seconds" in str(app.screen.problem.content))
        app.screen.line.value = "30"
        await pilot.press("enter")
        await until(lambda: app.preferences.low_time == 30)
        kept = preferences.read_preferences(tmp_path / "settings.toml", {}).preferences
        assert (kept.theme, kept.bell, kept.low_time) == ("wood", False, 30.0)


async def test_settings_show_what_they_do(doors, until):
    app = app_for(doors)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("s")
        await until(lambda: isinstance(app.screen, SettingsScreen))
        board = app.screen.query_one(Preview).board
        await until(lambda: board.frame is not None)
        kinds = {piece[-1].lower() for piece in board.scene.picture.cells if piece}
        assert kinds == set("kqrbnp")
        rows_of(app).point_at("pieces")
        await pilot.press("left")
        assert app.preferences.pieces == board.looks.pieces == "ascii"
        assert "(your login)" in text_of(app), "the name that is used"
        rows_of(app).point_at("low_time")
        assert "< 20 s >" in text_of(app)
        await pilot.press("right")
        assert app.preferences.low_time == 30
        await pilot.press("left", "left", "left", "left")
        assert app.preferences.low_time == 0
        assert "< off >" in text_of(app)
        await pilot.press("left")
        assert app.preferences.low_time == 120
        await pilot.press("question_mark")
        await until(lambda: isinstance(app.screen, Help))


async def test_the_palette_has_what_is_ours(doors, until):
    app = app_for(doors)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(lambda: isinstance(app.screen, HomeScreen))
        offered = {command.title: command.help for command in app.get_system_commands(app.screen)}
        assert offered["New game"] == "Key: n"
        assert offered["Leave"] == "Key: q or Esc"
        assert not {"Theme", "Quit", "Keys", "Maximize", "Screenshot", "Focus Next"} & set(offered)
        await pilot.press("ctrl+p")
        await until(lambda: CommandPalette.is_open(app))
        await pilot.press(*"theme")
        await until(lambda: app.screen.query_one(CommandList).option_count >= 1)
        first = app.screen.query_one(CommandList).get_option_at_index(0)
        assert "Settings: theme, pieces, sound, name" in str(first.prompt)
        await pilot.press(*["backspace"] * 5, *"settings")
        await until(lambda: app.screen.query_one(CommandList).option_count == 1)
        await pilot.press("enter")
        await until(lambda: isinstance(app.screen, SettingsScreen))


async def test_games_stand_as_they_stand_now(doors, until, tmp_path):
    entry = Entry(server=LOCAL, thread="t", game="chess", tokens={"white": "x"}, used=1.0, against="ben", ply=2)
    doors.book.write(entry)

    async def standing(entries):
        return [each.model_copy(update={"ply": 9, "mine": True}) for each in entries]

    app = app_for(replace(doors, standing=standing))
    async with app.run_test(size=(80, 24)):
        await until(lambda: "your move, 9 moves" in text_of(app))


async def test_help_and_leaving(doors, until):
    app = app_for(doors)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("question_mark")
        await until(lambda: isinstance(app.screen, Help))
        await pilot.press("escape")
        await pilot.press("q")
        await until(lambda: not app.is_running or app._exit)
    assert app.return_code == 0


async def test_a_click_chooses(doors, until):
    app = app_for(doors)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        at = [row.key for row in rows_of(app).rows].index("settings")
        rows_of(app).point_at("settings")
        await pilot.pause()
        await pilot.click(Rows, offset=(6, at - rows_of(app).scroll_offset.y))
        await until(lambda: isinstance(app.screen, SettingsScreen))


@pytest.mark.parametrize("size", [(40, 14), (60, 20), (80, 24), (120, 40), (300, 90), (20, 5)])
async def test_every_terminal_size_is_survived(doors, size):
    app = app_for(doors)
    async with app.run_test(size=size) as pilot:
        for key in ("end", "home", "pagedown", "pageup", "s", "escape"):
            await pilot.press(key)
            await pilot.pause()


def test_words():
    assert described(NewGame(game="chess", opponent="self")) == "two at this keyboard"
    assert described(NewGame(game="chess", opponent="human", seat="black")) == "with a friend, as black"
    assert [ago(x) for x in (5, 120, 7200, 90000, 400000)] == [
        "just now", "2 min ago", "2 h ago", "yesterday", "4 days ago",
    ]  # fmt: skip


def test_what_is_spoilt_or_too_much_is_forgotten(tmp_path):
    (tmp_path / "recent.json").write_text("{")
    assert load_recent() == Recent()
    many = Recent()
    for number in range(20):
        many = many.visited(f"ws://host-{number}")
    assert len(many.servers) == recent.SERVERS
    assert many.visited("ws://host-15").servers[0] == "ws://host-15"
