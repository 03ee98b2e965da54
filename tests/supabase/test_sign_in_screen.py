"""Signing in from the home screen, at a real project."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cluster import Cluster
from lite import JWT_SECRET, PUBLISHABLE_KEY, Lite
from signing import running

pytest.importorskip("supabase_auth", reason="the extra gamesock[supabase] isn't installed")

from gamesock import recent
from gamesock.account.project import Project
from gamesock.account.safe import File
from gamesock.account.session import Session
from gamesock.account.trust import Trust
from gamesock.connection import Status
from gamesock.place import Place
from gamesock.preferences import Preferences
from gamesock.protocol import Refusal
from gamesock.seatbook import SeatBook
from gamesock.server.supabase_auth import SupabaseTokens
from gamesock.tui.app import GameApp
from gamesock.tui.doors import Doors
from gamesock.tui.looks import Looks
from gamesock.tui.screens.ask import Ask
from gamesock.tui.screens.dialogs import Confirm
from gamesock.tui.screens.home import HomeScreen
from gamesock.tui.screens.lobby import LobbyScreen
from gamesock.tui.widgets.lines import Line
from gamesock.tui.widgets.rows import Rows


@pytest.fixture(scope="module")
def lite(cluster: Cluster) -> Iterator[Lite]:
    """A project."""
    with running(cluster, "sign_in_screen") as started:
        yield started


@pytest.fixture
def app(lite: Lite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> GameApp[None]:
    """Gamesock, of somebody who has chosen the project."""
    monkeypatch.setenv("GAMESOCK_KEYRING", "off")
    monkeypatch.setattr("platformdirs.user_data_path", lambda *a, **k: tmp_path)
    monkeypatch.setattr(recent, "recent_path", lambda: tmp_path / "recent.json")

    async def kept() -> list[object]:
        return []

    doors = Doors([], local=None, kept=kept, open=None, book=SeatBook(tmp_path / "seats"))  # type: ignore[arg-type]
    preferences = Preferences(supabase_url=lite.url, supabase_key=PUBLISHABLE_KEY)
    return GameApp(lambda looks: HomeScreen(doors), Looks("sprite", color="full"), preferences)


def listed(app: GameApp[None]) -> str:
    """What the home screen lists."""
    home = next(screen for screen in app.screen_stack if isinstance(screen, HomeScreen))
    return "\n".join("".join(text for text, _ in row.draw(70)) for row in home.query_one(Rows).rows)


async def until(condition: object) -> None:
    async with asyncio.timeout(60):
        while not condition():  # type: ignore[operator]  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def test_in_and_out(app: GameApp[None], lite: Lite) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await until(lambda: "Sign in" in listed(app))

        async def answer(question: str, text: str) -> None:
            await until(lambda: isinstance(app.screen, Ask) and question in app.screen.heading)
            app.screen.line.value = text  # type: ignore[attr-defined]
            await pilot.press("enter")

        def problem() -> str:
            return str(app.screen.problem.content) if isinstance(app.screen, Ask) else ""

        await pilot.press("a")
        await answer("e-mail address", "screen@gamesock.test")
        await answer("The code", "111111")
        await until(lambda: "wrong or too old" in problem())
        await until(lambda: isinstance(app.screen, Ask) and app.screen.line.selected_text == "111111")
        sent = len(lite.mails())
        await answer("The code", "")
        await until(lambda: "new code" in problem() and len(lite.mails()) > sent)
        await answer("The code", lite.code())
        await until(lambda: "Signed in as screen@gamesock.test" in listed(app))
        session = File().load(lite.url)
        assert session and session.email == "screen@gamesock.test"
        await pilot.press("a")
        await until(lambda: isinstance(app.screen, Confirm))
        await pilot.press("y")
        await until(lambda: "Signed in as" not in listed(app))
        assert File().load(lite.url) is None


async def test_leaving_in_the_middle_leaves_nothing(app: GameApp[None], lite: Lite) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await until(lambda: "Sign in" in listed(app))
        await pilot.press("a")
        await until(lambda: isinstance(app.screen, Ask))
        await pilot.press("escape")
        await until(lambda: isinstance(app.screen, HomeScreen))
        assert File().load(lite.url) is None


async def test_in_from_the_lobby_of_a_server_that_wants_it(
    app: GameApp[None], lite: Lite, host: Callable[..., Any]
) -> None:
    server = await host(authenticator=SupabaseTokens(Project(lite.url, PUBLISHABLE_KEY, secret=JWT_SECRET)))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(lambda: isinstance(app.screen, HomeScreen))
        place = Place(server.url, "Ann")
        app.push_screen(LobbyScreen(place))

        def banner() -> str:
            return " ".join(str(line.visual) for line in app.screen.query("#lobby-banner").results(Line))

        await until(lambda: isinstance(app.screen, LobbyScreen) and "a signs in" in banner())
        with pytest.raises(Refusal):
            await app.screen.client.create("chess")  # type: ignore[attr-defined]
        await pilot.press("n")
        for question, text in (("e-mail", lambda: "lobby@gamesock.test"), ("The code", lite.code)):
            await until(lambda word=question: isinstance(app.screen, Ask) and word in app.screen.heading)
            app.screen.line.value = text()  # type: ignore[attr-defined]
            await pilot.press("enter")
        await until(lambda: isinstance(app.screen, LobbyScreen) and "signs in" not in banner())
        await until(lambda: app.screen.client.connection.status is Status.LIVE)  # type: ignore[attr-defined]
        assert (await app.screen.client.create("chess")).thread_id  # type: ignore[attr-defined]


@pytest.mark.parametrize("key", ["y", "n"])
async def test_a_server_elsewhere_is_asked_about_once(
    app: GameApp[None], lite: Lite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    session = Session(
        project=lite.url, user="u", expires=time.time() + 3600, access_token="secret", refresh_token="r"
    )  # fmt: skip
    File().keep(session)

    async def health(place: Place) -> object:
        return {"auth": {"kind": "supabase", "url": lite.url}}

    monkeypatch.setattr(Place, "_health", health)
    there = "ws://192.168.77.7:8765"
    async with app.run_test(size=(80, 24)) as pilot:
        home = app.screen
        assert isinstance(home, HomeScreen)
        place = home.place(there)
        app.run_worker(home._admitted(place))
        await until(lambda: isinstance(app.screen, Confirm))
        assert "192.168.77.7:8765" in app.screen.question  # type: ignore[attr-defined]
        await pilot.press(key)
        await until(lambda: isinstance(app.screen, HomeScreen))
        await until(lambda: Trust().holds(there, lite.url) is (key == "y"))
        assert await place.admission.token() == ("secret" if key == "y" else None)
        assert await place.admission.question() is None
