"""The page that shows the client, its files, and the sockets of its visitors. Everything comes from this host."""

from __future__ import annotations

import asyncio
import html
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

import textual_serve.server
from aiohttp import WSCloseCode, WSMsgType, web

from gamesock.browser.gate import Gate
from gamesock.browser.visitor import Visitor
from gamesock.network import is_loopback

FRAME = 1 << 20
"""Bytes of a message from a page; more ends the connection."""

PASTE = 1 << 16
"""Characters of input taken at once; a larger paste is left out."""

_KEY = re.compile(r"[0-9a-f]{32}")
_LIBRARY = Path(textual_serve.server.__file__).parent / "static"
_OURS = files("gamesock.browser") / "page"
_KINDS = {".css": "text/css", ".js": "text/javascript", ".html": "text/html", ".svg": "image/svg+xml"}


class Guest(NamedTuple):
    """Who visits: a browser's own key, and which of its tabs this is, counted from 1."""

    key: str
    tab: int
    address: str

    @property
    def here(self) -> bool:
        """Whether the visitor sits at this machine."""
        return is_loopback(self.address)


class Program(NamedTuple):
    """What runs for a visitor."""

    arguments: Sequence[str]
    environment: Mapping[str, str]


class Site:
    """The pages, and who visits them.

    Args:
        program: what to run for a guest.
        title: of the page.
        most: visitors at once.
        origins: where else the page is found (``https://games.example.org``), behind a proxy.
    """

    def __init__(
        self, program: Callable[[Guest], Program], *, title: str, most: int, origins: Iterable[str] = ()
    ) -> None:
        self._program, self._most = program, most
        self._page = (_OURS / "page.html").read_text("utf-8").replace("{title}", html.escape(title))
        self._gate = Gate(origins)
        # Of textual-serve's server: how a file that an app hands out reaches the browser.
        self._library = textual_serve.server.Server("gamesock")
        self._visits: dict[tuple[str, int], web.WebSocketResponse] = {}
        self._left = asyncio.Condition()

    def application(self) -> web.Application:
        """The web application."""
        app = web.Application(middlewares=[self._gate.guard], client_max_size=FRAME)
        app.add_routes(
            [
                web.get("/", self._index),
                web.get("/healthz", self._healthz),
                web.get("/page/{name}", self._file),
                web.get(r"/ws/{key}/{tab:[1-9]\d?}", self._visit),
                web.get("/download/{key}", self._library.handle_download),
                web.static("/static", _LIBRARY),
            ]
        )
        app.on_response_prepare.append(self._gate.harden)
        app.on_shutdown.append(self._close)
        return app

    # Pages

    async def _index(self, request: web.Request) -> web.Response:
        return web.Response(text=self._page, content_type="text/html")

    async def _healthz(self, request: web.Request) -> web.Response:
        return web.json_response({"status": "ok", "visitors": len(self._visits)})

    async def _file(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        kind = _KINDS.get(Path(name).suffix)
        file = _OURS / name
        if kind is None or name == "page.html" or not re.fullmatch(r"\w+\.\w+", name) or not file.is_file():
            raise web.HTTPNotFound
        return web.Response(text=file.read_text("utf-8"), content_type=kind)

    # Visitors

    async def _visit(self, request: web.Request) -> web.WebSocketResponse:
        key, tab = request.match_info["key"], int(request.match_info["tab"])
        if not self._gate.from_our_page(request) or not _KEY.fullmatch(key):
            raise web.HTTPForbidden(text="Only this host's own page may connect\n")
        socket = web.WebSocketResponse(heartbeat=20, max_msg_size=FRAME)
        await socket.prepare(request)
        await self._part((key, tab))
        if len(self._visits) >= self._most:
            await socket.close(code=WSCloseCode.TRY_AGAIN_LATER, message=b"full")
            return socket
        self._visits[key, tab] = socket
        try:
            await self._play(socket, Guest(key, tab, _whence(request)), request.query)
        finally:
            async with self._left:
                del self._visits[key, tab]
                self._left.notify_all()
        return socket

    async def _part(self, place: tuple[str, int]) -> None:
        """A tab that comes back takes the place of its own earlier self, once that is gone."""
        while (before := self._visits.get(place)) is not None:
            await before.close(message=b"elsewhere")
            async with self._left:
                await self._left.wait_for(lambda: self._visits.get(place) is not before)

    async def _play(self, socket: web.WebSocketResponse, guest: Guest, query: Mapping[str, str]) -> None:
        program = self._program(guest)
        visitor = Visitor(program.arguments, program.environment, socket, self._library.download_manager)
        try:
            await visitor.start(_number(query.get("width"), 80), _number(query.get("height"), 24))
            async for message in socket:
                if message.type == WSMsgType.TEXT:
                    await _pass_on(message.data, socket, visitor)
        finally:
            await asyncio.shield(visitor.stop())

    async def _close(self, app: web.Application) -> None:
        """Tell every page that this host goes away; their apps end with them."""
        async with self._left:
            await asyncio.gather(*(socket.close(code=WSCloseCode.GOING_AWAY) for socket in self._visits.values()))
            await self._left.wait_for(lambda: not self._visits)


async def _pass_on(text: str, socket: web.WebSocketResponse, visitor: Visitor) -> None:
    """What a page says, to its app; what makes no sense is passed over."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return
    match said:
        case ["stdin", str(data)] if len(data) <= PASTE:
            await visitor.send_bytes(data.encode("utf-8", "replace"))
        case ["resize", {"width": int(width), "height": int(height)}]:
            await visitor.set_terminal_size(width, height)
        case ["ping", str(stamp)] if len(stamp) <= 32:
            await socket.send_json(["pong", stamp])
        case ["focus", *_]:
            await visitor.focus()
        case ["blur", *_]:
            await visitor.blur()


def _whence(request: web.Request) -> str:
    """The visitor's address; behind a proxy, which is at this machine itself, nobody's."""
    return "" if "X-Forwarded-For" in request.headers else request.remote or ""


def _number(text: str | None, usual: int) -> int:
    return int(text) if text and re.fullmatch(r"\d{1,4}", text, re.ASCII) else usual
