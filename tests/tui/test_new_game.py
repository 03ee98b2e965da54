"""The new-game dialog: what it offers, what it refuses, and what it remembers; and the game that follows."""

from __future__ import annotations

import pytest
from textual.app import App, ComposeResult

from gamesock.catalogue import GameOffer, OptionOffer
from gamesock.new_game import NewGame, new_thread_id
from gamesock.place import Place
from gamesock.recent import Recent
from gamesock.seatbook import SeatBook
from gamesock.tui.app import GameApp
from gamesock.tui.looks import Looks
from gamesock.tui.screens.help import Help
from gamesock.tui.screens.new_game import HUMAN, SELF, NewGameDialog, problem
from gamesock.tui.widgets.fields import Field, option_widgets

LOOKS = Looks("sprite", color="full")


@pytest.fixture
async def ask(server, tmp_path, until):
    """Opens the dialog for the test's server, and gives it once its bots are there."""
    place = Place(server, "anna", book=SeatBook(tmp_path / "seats"))
    games = await place.games()

    def app_with(recent: Recent = Recent(), **more) -> GameApp[NewGame]:  # noqa: B008 - it is frozen
        return GameApp(lambda looks: NewGameDialog(games, place.bots, recent, **more), LOOKS)

    return app_with


async def filled(app, until) -> NewGameDialog:
    dialog = next(screen for screen in app.screen_stack if isinstance(screen, NewGameDialog))
    await until(lambda: dialog._bots and dialog._value("opponent"))
    return dialog


async def test_enter_takes_what_is_offered(ask, until):
    app = ask()
    async with app.run_test(size=(80, 24)) as pilot:
        await filled(app, until)
        await pilot.press("enter")
    assert app.return_value == NewGame(
        game="chess", seat="white", bot="alphabeta", level=app.return_value.level, visibility="private",
    )  # fmt: skip
    assert app.return_value.level


async def test_it_begins_with_the_last_choice(ask, until):
    last = NewGame(
        game="connect4", seat="yellow", opponent="bot", bot="random", level=1, clock="7+7", visibility="unlisted"
    )
    app = ask(Recent().played(NewGame(game="chess", opponent="self")).played(last), shared=True)
    async with app.run_test(size=(80, 24)) as pilot:
        dialog = await filled(app, until)
        assert dialog.chosen() == last
        # Another game has its own.
        dialog.query_one("#game").value = "chess"
        await until(lambda: dialog.chosen().game == "chess" and dialog.chosen().opponent == "self")
        dialog.query_one("#game").value = "connect4"
        await until(lambda: dialog.chosen() == last)
        await pilot.press("escape")
    assert app.return_value is None


async def test_levels_say_what_to_expect(ask, until):
    app = ask()
    async with app.run_test(size=(80, 24)) as pilot:
        dialog = await filled(app, until)
        note = dialog.query_one("#level-note")
        texts = set()
        for level in (1, 5, 8):
            dialog.query_one("#level").value = level
            await pilot.pause()
            texts.add(str(note.content))
        assert len(texts) == 3
        assert all(texts)
        dialog.query_one("#opponent").value = HUMAN
        await until(lambda: not dialog.query_one("#level-line").display)
        assert dialog.chosen().level is None


async def test_a_clock_and_a_position_are_checked_where_they_are_typed(ask, until):
    app = ask()
    async with app.run_test(size=(80, 24)) as pilot:
        dialog = await filled(app, until)
        wrong = dialog.query_one("#new-problem")
        dialog.query_one("#clock").value = "other"
        await until(lambda: dialog.query_one("#clock-line").display)
        await pilot.press(*"soon", "enter")
        await until(lambda: "'soon' is no time control" in str(wrong.content))
        assert app.focused is dialog.query_one("#clock-text")
        dialog.query_one("#clock-text").value = "4+2"
        fen = dialog.query_one("#option-fen")
        fen.value = "nonsense"
        await pilot.pause()
        dialog.action_play()
        await until(lambda: wrong.display and str(wrong.content))
        assert app.focused is fen
        fen.value = "8/P6k/8/8/8/8/7K/8 w - - 0 1"
        await pilot.pause()
        assert not wrong.display
        await pilot.press("enter")
    assert app.return_value.clock == "4+2"
    assert app.return_value.options["fen"].startswith("8/P6k")


async def test_everything_by_keys(ask, until):
    app = ask(first="tic_tac_toe", shared=True)
    async with app.run_test(size=(80, 24)) as pilot:
        dialog = await filled(app, until)
        dialog.query_one("#opponent").focus()
        await pilot.press("enter", "end", "enter")
        await until(lambda: dialog.chosen().opponent == "self")
        assert dialog._value("opponent") == SELF
        # Up and down lead from field to field, left and right turn the values.
        await pilot.press("down")
        assert app.focused is dialog.query_one("#side")
        await pilot.press("right")
        assert dialog.chosen().seat == "O"
        await pilot.press("up", "left")
        assert dialog.chosen().opponent == "human"
        await pilot.press("right")
        dialog.query_one("#visibility").focus()
        await pilot.press("down")
        assert app.focused is dialog.query_one("#play")
        await pilot.press("enter")
    assert (app.return_value.opponent, app.return_value.seat) == ("self", "O")


async def test_it_asks_only_what_counts(ask, until):
    app = ask()
    async with app.run_test(size=(80, 24)) as pilot:
        dialog = await filled(app, until)
        await until(lambda: dialog.query("#line-position"))
        assert not dialog.query("#visibility"), "nobody else comes here"
        place = dialog.query_one("#line-position")
        assert not place.display
        dialog.query_one("#option-variant").value = "chess960"
        await until(lambda: place.display)
        dialog.query_one("#option-position").value = "5"
        await until(lambda: dialog.chosen().options == {"variant": "chess960", "position": "5"})
        dialog.query_one("#option-variant").value = "standard"
        await until(lambda: not place.display)
        assert dialog.chosen().options == {}
        # What the fields mean is said, of one and of all.
        note = dialog.query_one("#new-note")
        dialog.query_one("#clock").focus()
        await until(lambda: "five minutes" in str(note.content))
        dialog.query_one("#opponent").value = HUMAN
        dialog.query_one("#opponent").focus()
        await until(lambda: "gamesock play GAME --invite" in str(note.content))
        dialog.query_one("#option-fen").focus()
        await pilot.press("question_mark")
        await until(lambda: isinstance(app.screen, Help))
        assert {"Opponent", "FEN", "Clock"} <= {name for _, keys in app.screen.sections for name, _ in keys}
        await pilot.press("escape")
        await until(lambda: app.screen is dialog)


async def test_on_a_server_one_chooses_who_sees_it(ask, until):
    app = ask(where="games.example.org")
    async with app.run_test(size=(80, 24)):
        dialog = await filled(app, until)
        assert dialog.chosen().visibility == "public"
        dialog.query_one("#visibility").value = "unlisted"
        await until(lambda: dialog.chosen().visibility == "unlisted")


async def test_by_mouse(ask, until):
    app = ask()
    async with app.run_test(size=(80, 24)) as pilot:
        await filled(app, until)
        await pilot.click("#back")
    assert app.return_value is None


async def test_the_button_is_in_sight_on_a_small_terminal(ask, until):
    app = ask()
    async with app.run_test(size=(40, 14)) as pilot:
        dialog = await filled(app, until)
        await pilot.pause()
        assert dialog.query_one("#play").region.bottom <= 14
        await pilot.click("#play")
    assert app.return_value.game == "chess"


async def test_a_game_that_only_the_server_knows(until):
    offer = GameOffer(
        name="go", title="Go", seats=("black", "white"), options=(OptionOffer(name="size", default="9"),)
    )

    async def no_bots(game):
        return []

    app: GameApp[NewGame] = GameApp(lambda looks: NewGameDialog([offer], no_bots, Recent()), LOOKS)
    async with app.run_test(size=(80, 24)) as pilot:
        dialog = next(screen for screen in app.screen_stack if isinstance(screen, NewGameDialog))
        await until(lambda: dialog._value("opponent") == HUMAN and dialog.query("#option-size"))
        dialog.query_one("#option-size").value = "13"
        await pilot.press("enter")
    assert app.return_value == NewGame(
        game="go", seat="black", opponent="human", visibility="private", options={"size": "13"}
    )


def test_problems():
    assert problem(NewGame(game="chess")) is None
    assert problem(NewGame(game="chess", clock="1+1", options={"variant": "chess960", "position": "5"})) is None
    assert problem(NewGame(game="chess", options={"position": "961"}))[0].startswith("option-")
    assert problem(NewGame(game="unheard of", options={"fen": "x"})) is None


def test_what_it_asks_for():
    seats = ("white", "black")
    bot = NewGame(game="chess", bot="random", level=1, clock="5+3", options={"fen": "x"})
    assert bot.query() == {"game": "chess", "clock": "5+3", "visibility": None, "new": "yes", "fen": "x"}
    assert [(m.seat, m.bot, m.level) for m in bot.setup(seats, "black")] == [("white", "random", 1)]
    both = NewGame(game="chess", opponent="self")
    assert [(m.seat, m.name) for m in both.setup(seats, "white")] == [("black", "guest")]
    assert NewGame(game="chess", opponent="human").setup(seats, "white") == []
    assert {both.side(seats) for _ in range(60)} == set(seats)
    assert new_thread_id("tic_tac_toe").startswith("tic-tac-toe-")


@pytest.mark.parametrize(
    ("default", "given", "value"),
    [("", "", "a"), ("b", "", "b"), ("gone", "", "a"), ("b", "gone", "b"), ("a", "b", "b")],
)
async def test_an_option_begins_with_a_choice_that_there_is(default, given, value):
    class Form(App[None]):
        def compose(self) -> ComposeResult:
            yield from option_widgets(OptionOffer(name="kind", default=default, choices=("a", "b")), given)

    app = Form()
    async with app.run_test():
        assert app.query_one(Field).value == value
