"""Everything for everyone: by keys alone, by mouse alone, and without colours."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator

import pytest
from textual.app import App
from textual.binding import Binding
from textual.command import CommandPalette
from textual.dom import DOMNode
from textual.screen import Screen

import gamesock.tui
from gamesock import preferences, recent, registry
from gamesock.client import Client
from gamesock.place import Place
from gamesock.preferences import Preferences
from gamesock.seatbook import LOCAL, SeatBook
from gamesock.tui.app import GameApp, game_app
from gamesock.tui.doors import Doors
from gamesock.tui.looks import Looks
from gamesock.tui.screens.game import GameScreen
from gamesock.tui.screens.home import HomeScreen
from gamesock.tui.screens.lobby import LobbyScreen
from gamesock.tui.widgets.lines import Hints, _under

COLORLESS = Looks("sprite", color="none")

SWALLOWED = re.compile(
    r"alt\+.*|meta\+.*|super\+.*|ctrl\+\d|ctrl\+(shift\+)?tab|ctrl\+page(up|down)|ctrl\+shift\+.*"
    r"|ctrl\+[abz]|f11"
)
"""Keys that terminals, tmux, screen or the shell keep for themselves, or send as others."""


def ours() -> Iterator[type[DOMNode]]:
    """Every screen and widget of the client."""
    for module in pkgutil.walk_packages(gamesock.tui.__path__, "gamesock.tui."):
        for found in vars(importlib.import_module(module.name)).values():
            if isinstance(found, type) and issubclass(found, DOMNode) and found.__module__ == module.name:
                yield found


def bindings(kind: type[DOMNode]) -> list[Binding]:
    return [each if isinstance(each, Binding) else Binding(*each) for each in vars(kind).get("BINDINGS", ())]


@pytest.mark.parametrize("kind", [kind for kind in ours() if bindings(kind)], ids=lambda kind: kind.__name__)
def test_every_key_is_described_and_reaches_us(kind):
    for binding in bindings(kind):
        assert binding.description, f"{kind.__name__}: {binding.key} says nothing of what it does"
        for key in binding.key.split(","):
            assert not SWALLOWED.fullmatch(key.strip()), f"{kind.__name__}: {key} may never arrive"


@pytest.fixture
def doors(server, tmp_path, monkeypatch):
    """A home whose own server is that of the test."""
    monkeypatch.setattr(recent, "recent_path", lambda: tmp_path / "recent.json")
    monkeypatch.setattr(preferences, "preferences_path", lambda: tmp_path / "settings.toml")
    book = SeatBook(tmp_path / "seats")
    games = [registry.game(name) for name in registry.game_names()]

    async def kept():
        return []

    return Doors(
        games=[(game.name, game.title, game.start({}, 0).picture(None)) for game in games],
        local=lambda: Place(server, "anna", name=LOCAL, book=book),
        kept=kept,
        open=lambda name: None,
        player="anna",
        book=book,
    )


def home(doors) -> GameApp[None]:
    return GameApp(lambda looks: HomeScreen(doors), COLORLESS, Preferences(animations=False))


def seen(app) -> tuple:
    """The screen without its colours: characters, and what a terminal of one colour can do with them."""
    strips = app.screen._compositor.render_strips()
    return tuple(
        tuple((s.text, s.style and (s.style.bold, s.style.reverse, s.style.underline)) for s in strip)
        for strip in strips
    )


HOW = {
    "home": (),
    "settings": ("s",),
    "a new game": ("enter",),
    "help": ("question_mark",),
}  # fmt: skip
"""Screens, and the keys that lead there from home."""


@pytest.mark.parametrize("name", HOW)
async def test_tab_reaches_everything_and_shows_where_it_is_without_colours(name, doors, until):
    app = home(doors)
    async with app.run_test(size=(100, 32)) as pilot:
        await pilot.pause()
        first = app.screen
        await pilot.press(*HOW[name])
        if HOW[name]:
            await until(lambda: app.screen is not first)
        await pilot.pause()
        chain = app.screen.focus_chain
        pictures = {}
        for _ in range(len(chain)):
            await pilot.pause()
            assert app.focused in chain
            pictures[app.focused] = seen(app)
            await pilot.press("tab")
        assert set(pictures) == set(chain)
        assert len(set(pictures.values())) == len(chain), "a focus can't be seen"


@pytest.mark.parametrize("name", [name for name in HOW if HOW[name]])
async def test_escape_leads_back(name, doors, until):
    app = home(doors)
    async with app.run_test(size=(80, 24)) as pilot:
        first = app.screen
        await pilot.press(*HOW[name])
        await until(lambda: app.screen is not first)
        for _ in range(2):  # the first may only leave a field
            if app.screen is not first:
                await pilot.press("escape")
                await pilot.pause()
        await until(lambda: app.screen is first)


async def test_moving_through_lists_shows_without_colours(doors, until):
    app = home(doors)
    async with app.run_test(size=(80, 24)) as pilot:
        for keys in ((), ("s",)):
            await pilot.press(*keys)
            await pilot.pause()
            pictures = [seen(app)]
            for _ in range(3):
                await pilot.press("down")
                await pilot.pause()
                pictures.append(seen(app))
            assert len(set(pictures)) == len(pictures)


async def test_the_states_of_a_game_differ_without_colours(server, guest, until):
    url = f"{server}/ws/chess/colourless"
    app = game_app(lambda: Client(url, name="anna"), seat="white", looks=COLORLESS)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = app.screen
        assert isinstance(screen, GameScreen)
        await until(lambda: screen.mirror.my_turn)
        pictures = []
        for keys in ((), ("up",), ("space",), ("up",), ("up", "space")):
            await pilot.press(*keys)
            await pilot.pause()
            pictures.append(seen(app))
        assert len(set(pictures)) == len(pictures)
        await until(lambda: screen.mirror.notations == ["e4"])


@pytest.mark.parametrize("place", ["home", "game"])
async def test_the_palette_offers_every_key_to_the_mouse(place, doors, server, until):
    url = f"{server}/ws/chess/palette"
    app = home(doors) if place == "home" else game_app(lambda: Client(url), seat="white", looks=COLORLESS)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        if place == "game":
            await until(lambda: app.screen.mirror.my_turn)
        offered = {command.title for command in app.get_system_commands(app.screen)}
        theirs = {each.description for each in (*App.BINDINGS, *Screen.BINDINGS)}
        for node, binding, enabled, _ in app.screen.active_bindings.values():
            ours = type(node).__module__.startswith("gamesock.") and binding.description not in theirs
            whole = "(" not in binding.action and binding.description and binding.action != "command_palette"
            if enabled and ours and whole and (binding.show or isinstance(node, App | Screen)):
                assert any(title.split(":")[0] == binding.description for title in offered)
        assert not offered & theirs
        await pilot.press("ctrl+p")
        await until(lambda: isinstance(app.screen, CommandPalette))
        await pilot.press("escape")


async def test_the_lobby_is_for_keys_too(server, doors, until):
    app = GameApp(lambda looks: LobbyScreen(doors.local()), COLORLESS, Preferences())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        chain = app.screen.focus_chain
        visited = set()
        for _ in range(len(chain) + 1):
            visited.add(app.focused)
            await pilot.press("tab")
            await pilot.pause()
        assert set(chain) <= visited


async def test_a_click_on_a_hint_is_its_key(doors, until):
    app = home(doors)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("s")
        await pilot.pause()
        settings = app.screen
        hints = settings.query_one(Hints)
        at = hints.render().plain.index("Esc")
        await pilot.click(hints, offset=(at + 1, 0))
        await until(lambda: app.screen is not settings)


def test_of_several_keys_the_one_under_the_mouse_counts():
    line = [("Enter", "plays"), (", .", "review"), ("?", "all keys")]
    text = "Enter plays  , . review  ? all keys"
    found = [_under(line, x) for x in range(len(text))]
    assert [found[text.index(word)] for word in ("Enter", "plays", ",", ".", "?", "keys")] == [
        "Enter", "Enter", ",", ".", "?", "?",
    ]  # fmt: skip
    assert found[text.index("review")] is None
