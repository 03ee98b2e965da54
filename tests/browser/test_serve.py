"""``gamesock serve``, visited with a real browser, by other programs, and by other people's pages."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest
from board import Shown, find_board
from chromium import Page
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from gamesock.client import Client

EASY = ("chess", "--bot", "random", "--store", "memory")
KEY = "0123456789abcdef" * 2


def get(url: str, **headers: str) -> Any:
    with urlopen(Request(url, headers=headers), timeout=20) as answer:
        return json.load(answer)


async def watching(server: str) -> Client:
    """A spectator of the only game there is."""
    threads = await asyncio.to_thread(get, f"{server.replace('ws', 'http', 1)}/threads")
    (thread,) = threads["threads"]
    client = Client(f"{server}/ws/games/{thread['thread_id']}")
    await client.connect()
    await client.join(seat="spectator")
    return client


async def shown(page: Page, until: Any) -> Shown:
    """The board, once it is drawn."""
    found: list[Shown] = []

    async def look() -> bool:
        board = await find_board(page)
        found.extend([board] if board else [])
        return bool(found)

    await until(look)
    return found[0]


def place(page: Page) -> list[str]:
    """Who the page says it is: its browser's key, its number there."""
    return page.sockets[-1].split("/ws/")[1].partition("?")[0].split("/")


def visit(url: str, tab: int = 1, *, origin: str | None = "", called: str = "") -> Any:
    """A program in a page's place; it may say that it comes from another page, or call us by another name."""
    port = urlsplit(url).port
    place = f"ws://{called or f'127.0.0.1:{port}'}/ws/{KEY}/{tab}?width=80&height=24"
    return connect(place, host="127.0.0.1", port=port, origin=url if origin == "" else origin, max_size=None)


async def first_bytes(ws: ClientConnection) -> bytes:
    async with asyncio.timeout(60):
        return await ws.recv(decode=False)


async def test_a_game_is_played_in_a_browser(serve, browser, until):
    served = await serve(*EASY)
    page = await (await browser()).page()
    await page.open(served.url)
    board = await shown(page, until)
    watcher = await watching(served.server)
    await page.click(*board.square("e2"))
    await page.click(*board.square("e4"))
    await until(lambda: len(watcher.mirror.notations) == 2)
    await page.type("/Nf3\n")
    await until(lambda: len(watcher.mirror.notations) == 4)
    assert watcher.mirror.notations[0] == "e4"
    assert watcher.mirror.notations[2] == "Nf3"
    await watcher.close()
    # What a test gave the page to look at is no request.
    asked = {urlsplit(url).netloc for url in page.requests if not url.startswith("data:")}
    assert asked == {served.host}
    assert page.complaints == []


async def test_two_tabs_meet_in_the_lobby_and_play(serve, browser, until):
    served = await serve("--store", "memory")
    chromium = await browser()
    anna, ben = await chromium.page(), await chromium.page()
    await go_to_lobby(anna, served.url, until)
    await anna.type("n")
    await until(lambda: anna.drew("New game"))
    await until(lambda: anna.drew("a friend who joins"))
    await anna.type("\n")
    board = await shown(anna, until)
    await go_to_lobby(ben, served.url, until)
    await until(lambda: ben.drew("anna", after="all games"))
    await ben.type("\n")
    await until(lambda: ben.drew("Take which seat?"))
    await ben.type("b")
    watcher = await watching(served.server)
    await until(lambda: None not in watcher.mirror.table.players.values())
    players = watcher.mirror.table.players
    assert (players["white"].name, players["black"].name) == ("anna", "anna 2")
    await anna.click(*board.square("e2"))
    await anna.click(*board.square("e4"))
    await until(lambda: watcher.mirror.notations == ["e4"])
    await ben.type("/e5\n")
    await until(lambda: watcher.mirror.notations == ["e4", "e5"])
    await watcher.close()


async def go_to_lobby(page: Page, url: str, until: Any) -> None:
    await page.open(url)
    await until(lambda: page.drew("Watch and meet"))
    await page.type("jjj\n")
    await until(lambda: page.drew("all games"))


async def test_the_page_fits_any_window(serve, browser, until):
    served = await serve(*EASY)
    page = await (await browser()).page(width=800, height=480)
    await page.open(served.url)
    small = await shown(page, until)
    await page.resize(1600, 1000)

    async def larger() -> bool:
        # The address of the socket tells the first size only: the grid is measured again.
        size = await page.value("document.querySelector('.xterm-screen').getBoundingClientRect().width")
        return size > 1500

    await until(larger)
    assert small.side[0] > 0


async def test_the_game_goes_on_after_a_restart(serve, browser, until):
    served = await serve("chess", "--bot", "random")
    page = await (await browser()).page()
    await page.open(served.url)
    await shown(page, until)
    watcher = await watching(served.server)
    await page.type("/e4\n")
    await until(lambda: len(watcher.mirror.notations) == 2)
    await watcher.close()
    assert await served.stop(signal.SIGKILL) != 0
    await until(lambda: page.value("!document.getElementById('notice').hidden"))
    again = await serve("chess", "--bot", "random", port=served.port)
    await until(lambda: len(page.sockets) > 1)
    await shown(page, until)
    watcher = await watching(again.server)
    assert watcher.mirror.notations[0] == "e4"
    await page.type("/Nf3\n")
    await until(lambda: "Nf3" in watcher.mirror.notations)
    await watcher.close()


async def test_who_leaves_is_told_so_and_may_come_back(serve, browser, until):
    served = await serve(*EASY)
    page = await (await browser()).page()
    await page.open(served.url)
    board = await shown(page, until)
    await page.click(*board.square("a4"))
    await page.type("q")
    await until(lambda: page.value("document.getElementById('words').textContent.startsWith('You left')"))
    await until(lambda: get(f"{served.url}/healthz")["visitors"] == 0)
    await page.value("document.getElementById('again').click()")
    await until(lambda: get(f"{served.url}/healthz")["visitors"] == 1)


async def test_each_tab_is_somebody(serve, browser, until):
    served = await serve(*EASY)
    chromium = await browser()
    first, second = await chromium.page(), await chromium.page()
    stranger = await chromium.page(stranger=True)
    for number, page in enumerate((first, second, stranger), 1):
        await page.open(served.url)
        await until(lambda number=number: get(f"{served.url}/healthz")["visitors"] == number)
    places = [place(page) for page in (first, second, stranger)]
    keys, tabs = zip(*places, strict=True)
    assert keys[0] == keys[1] != keys[2]
    assert tabs[0] != tabs[1]
    # A tab that is loaded again is who it was; its former app is gone.
    await second.call("Page.reload")
    await until(lambda: len(second.sockets) == 2)
    assert place(second) == places[1]
    await until(lambda: get(f"{served.url}/healthz")["visitors"] == 3)
    await first.close()
    await until(lambda: get(f"{served.url}/healthz")["visitors"] == 2)


# Who is let in


@pytest.mark.parametrize(
    ("origin", "called"),
    [
        ("https://evil.example", ""),
        ("http://localhost:1", ""),
        ("null", ""),
        (None, ""),
        ("http://evil.example:8000", "evil.example:8000"),
    ],
)
async def test_other_pages_can_not_connect(serve, origin, called):
    served = await serve(*EASY)
    with pytest.raises(InvalidStatus) as refused:
        async with visit(served.url, origin=origin, called=called):
            pass
    assert refused.value.response.status_code == 403
    assert served.apps() == []


async def test_a_proxys_address_is_let_in_when_it_is_named(serve):
    served = await serve(*EASY, "--origin", "https://games.example.org")
    async with visit(served.url, origin="https://games.example.org", called="games.example.org") as ws:
        assert await first_bytes(ws)
    async with visit(served.url, origin="https://games.example.org") as ws:
        assert await first_bytes(ws)


async def test_there_is_room_for_so_many(serve):
    served = await serve(*EASY, "--visitors", "1")
    async with visit(served.url) as ws:
        await first_bytes(ws)
        async with visit(served.url, tab=2) as other:
            with pytest.raises(ConnectionClosed) as closed:
                await first_bytes(other)
        assert closed.value.rcvd.code == 1013


async def test_a_tab_that_comes_back_takes_its_own_place(serve, until):
    served = await serve(*EASY, "--visitors", "1")
    async with visit(served.url) as former:
        await first_bytes(former)
        async with visit(served.url) as latter:
            await first_bytes(latter)
            await until(lambda: former.close_code is not None)
            assert former.close_reason == "elsewhere"
            assert len(served.apps()) <= 1


async def test_nonsense_from_a_page_is_passed_over(serve, until):
    served = await serve(*EASY)
    async with visit(served.url) as ws:
        await first_bytes(ws)
        for nonsense in (
            "",
            "{",
            "[" * 30_000,
            "[]",
            "null",
            '["stdin"]',
            '["stdin", 5]',
            '["resize", {"width": "wide"}]',
            '["?", 1]',
        ):
            await ws.send(nonsense)
        await ws.send(json.dumps(["stdin", "x" * 100_000]))
        await ws.send(json.dumps(["resize", {"width": 10**12, "height": -5}]))
        await ws.send(b"bytes")
        await ws.send(json.dumps(["ping", "7"]))
        async with asyncio.timeout(60):
            while await ws.recv() != json.dumps(["pong", "7"]):
                pass
        assert len(served.apps()) == 1


@pytest.mark.parametrize(
    "path", ["/page/..%2fsite.py", "/page/page.html", "/page/none.js", "/static/", "/static/../site.py"]
)
async def test_nothing_else_is_shown(serve, path):
    served = await serve(*EASY)
    with pytest.raises(OSError, match=r"40[34]"):
        await asyncio.to_thread(get, served.url + path)


async def test_another_name_for_this_machine_is_refused(serve):
    served = await serve(*EASY)
    with pytest.raises(OSError, match="403"):
        await asyncio.to_thread(get, f"{served.url}/healthz", Host="rebound.example")


# The end


async def test_an_app_that_fails_says_so_to_the_page(serve):
    served = await serve(*EASY, "--option", "fen=nonsense")
    async with visit(served.url) as ws, asyncio.timeout(60):
        with pytest.raises(ConnectionClosed):
            while True:
                await ws.recv()
        assert ws.close_code == 1011


@pytest.mark.skipif(sys.platform != "linux", reason="processes are found in /proc")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
async def test_no_app_is_left_behind(serve, until, number):
    served = await serve(*EASY)
    async with visit(served.url) as one, visit(served.url, tab=2) as two:
        for ws in (one, two):
            await first_bytes(ws)
        assert len(served.apps()) == 2
        code = await served.stop(number)
        assert code == (0 if number != signal.SIGKILL else -number)
        await until(lambda: not served.apps())
        if number != signal.SIGKILL:
            with suppress(ConnectionClosed):
                while True:
                    await one.recv()
            assert one.close_code == 1001


@pytest.mark.skipif(sys.platform != "linux", reason="processes are found in /proc")
async def test_an_app_that_does_not_end_is_killed(serve, until):
    served = await serve(*EASY)
    async with visit(served.url) as ws:
        await first_bytes(ws)
        (app,) = served.apps()
        os.kill(app, signal.SIGSTOP)
    await until(lambda: not served.apps())


# The command


async def run(*arguments: str, **env: str) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, stderr=asyncio.subprocess.PIPE, env={**os.environ, **env}
    )
    _, said = await process.communicate()
    return process.returncode or 0, said.decode()


async def test_a_port_in_use_is_said_plainly(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        code, said = await run("-m", "gamesock", "serve", "--store", "memory", "--port", port, HOME=str(tmp_path))
    assert code == 1
    assert said.startswith(f"gamesock: 127.0.0.1:{port} is in use")


async def test_beyond_this_machine_it_says_what_that_means(tmp_path):
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "gamesock", "serve", "--host", "0.0.0.0", "--port", "0", "--store", "memory",
        stdout=asyncio.subprocess.PIPE, env={**os.environ, "HOME": str(tmp_path), "LOGNAME": "anna"},
    )  # fmt: skip
    assert process.stdout is not None
    said = ""
    async with asyncio.timeout(60):
        while "stop" not in said:
            said += (await process.stdout.readline()).decode()
    process.send_signal(signal.SIGINT)
    await process.wait()
    assert "whoever reaches this page runs gamesock here, as anna" in said
    assert "no password" in said


async def test_a_missing_extra_is_said_plainly(tmp_path):
    hide = "import sys; sys.modules['textual_serve'] = None; sys.argv = ['gamesock', 'serve']"
    code, said = await run("-c", f"{hide}; from gamesock.__main__ import main; main()", HOME=str(tmp_path))
    assert code == 1
    assert said == "gamesock: a browser needs one thing more: pip install 'gamesock[serve]'\n"


async def test_a_game_there_is_not_is_refused_at_once(tmp_path):
    code, said = await run("-m", "gamesock", "serve", "chequers", HOME=str(tmp_path))
    assert code == 2
    assert "chequers" in said
