"""A place to play: a server as this player sees it, with the seats they have there."""

from __future__ import annotations

import asyncio
import contextlib
import getpass
import json
import socket
import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from http.client import HTTPException
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import urlopen

from pydantic import ValidationError

from gamesock.address import server_address, thread_of, thread_url
from gamesock.admission import Admission
from gamesock.client import Client, ConnectionLost
from gamesock.connection import status_words, why
from gamesock.protocol import LONGEST_NAME, Abort, Refusal
from gamesock.seatbook import LOCAL, Entry, SeatBook

if TYPE_CHECKING:
    from gamesock.catalogue import BotOffer, GameOffer
    from gamesock.link import Token
    from gamesock.lobby import LobbyClient

Offer = TypeVar("Offer", "GameOffer", "BotOffer")

_PATIENCE = 10.0
"""Seconds to wait for an answer to GET."""

_GLANCE = 0.5
"""Seconds in which a server of this computer is there, or isn't."""


class NoAnswer(Exception):
    """A server doesn't answer, or answers something else; the message says which, and what to try."""


class Place:
    """A server, and who we are there.

    Attributes:
        url: ``ws://host:port``.
        name: what the seat book calls it: its url, or ``LOCAL`` for the server inside this program.
        player: our name.
        address: what a friend types to reach it: ``host:port``.
    """

    def __init__(
        self,
        url: str,
        player: str | None = None,
        *,
        name: str | None = None,
        address: str | None = None,
        book: SeatBook | None = None,
        keeps: bool = True,
    ) -> None:
        """``keeps``: whether games last longer than this program, so that their seats are worth remembering."""
        self.own_token: Token = None
        """What shows the server inside this program who plays."""
        self.kept: Callable[[str], str] = lambda thread: "kept"
        """Where a thread is, in words."""
        self.url = url
        self.name = name or url
        self.called = player
        """What we wish to be called there."""
        self.address = address or server_address(url)
        self.book = book or SeatBook()
        self._keeps = keeps
        self._played: dict[str, Client] = {}
        self.admission = Admission(url, self._health)

    @property
    def player(self) -> str:
        """Our name there: as we wish, as our account says where it is shown, or as this computer calls us."""
        return self.called or self.admission.name or user_name()

    @property
    def title(self) -> str:
        """The place in a heading."""
        return "this computer" if self.name == LOCAL else server_address(self.url)

    def client(self, thread: str, route: str = "games", *, query: Mapping[str, str | None] = {}) -> Client:
        """A client for a thread, with the seats we have there; seats it gets are kept in the book.

        ``route``: of the thread's game, so that a new thread is one of it; ``games`` finds a thread of any.

        Raises:
            BadAddress: no thread can have this id.
        """
        entry = self.book.find(self.name, thread)
        tokens = entry.tokens if entry else {}
        return Client(
            thread_url(self.url, route, thread, query),
            name=self.player,
            seat_tokens=tokens,
            token=self._token,
            keep=self._keep,
        )

    def lobby(self) -> LobbyClient:
        """A client for the list of live threads."""
        from gamesock.lobby import LobbyClient

        return LobbyClient(self.url, self._token)

    def invite(self, thread: str) -> str:
        """The code with which a friend joins: ``gamesock play --join CODE``."""
        return f"{self.address}/{thread}"

    def has_seat(self, thread: str) -> bool:
        """Whether we sit in this thread."""
        entry = self.book.find(self.name, thread)
        return entry is not None and bool(entry.tokens)

    def note(self) -> None:
        """Note in the seat book how the games stand that were played here: what is over isn't offered again.

        Raises:
            OSError: the book can't be written.
        """
        for thread, client in self._played.items() if self._keeps else ():
            entry, before = self._entry(thread, client), self.book.find(self.name, thread)
            # What didn't change isn't used again: the book is in the order of use.
            if before is None or entry != before.model_copy(update={"used": entry.used}):
                self.book.write(entry)

    def unfinished(self) -> list[str]:
        """The threads we played here, by this object's clients, that go on."""
        return [thread for thread, client in self._played.items() if self._keeps and not client.mirror.outcome]

    async def abandon_unstarted(self) -> None:
        """Abort the games we started here in which nobody moved: nobody misses them."""
        for thread, client in self._played.items():
            if client.mirror.table and not client.mirror.ply and not client.mirror.outcome:
                async with client.for_thread(thread) as again:
                    with contextlib.suppress(Refusal, ConnectionLost, TimeoutError):
                        await again.join()
                        await again.request(Abort())
                self._played[thread] = again

    async def games(self) -> list[GameOffer]:
        """The games that can be played there.

        Raises:
            NoAnswer: it can't be reached, or is no gamesock server.
        """
        from gamesock.catalogue import GameOffer

        games = await asyncio.to_thread(offered, GameOffer, self.url, "/games")
        if not games:
            raise NoAnswer(f"{self.url} has no games")
        return games

    async def bots(self, game: str) -> list[BotOffer]:
        """The bots that play a game there.

        Raises:
            NoAnswer: it can't be reached, or has no such game.
        """
        from gamesock.catalogue import BotOffer

        return await asyncio.to_thread(offered, BotOffer, self.url, "/bots", {"game": game})

    async def get(self, path: str, query: Mapping[str, str | None] = {}) -> Any:
        """The JSON that the server answers to GET.

        Raises:
            NoAnswer: it can't be reached, or refuses.
        """
        return await asyncio.to_thread(get, self.url, path, query)

    @property
    def _token(self) -> Token:
        return self.own_token if self.name == LOCAL else self.admission.token

    async def _health(self) -> Any:
        try:
            return await self.get("/healthz")
        except NoAnswer as error:
            raise ConnectionError(str(error)) from None

    def _keep(self, client: Client) -> None:
        thread = thread_of(client.url)
        self._played[thread] = client
        if self._keeps:
            self.book.write(self._entry(thread, client))

    def _entry(self, thread: str, client: Client) -> Entry:
        mirror, table = client.mirror, client.mirror.table
        before = self.book.find(self.name, thread)
        others = (
            [view.name for seat, view in table.players.items() if view and seat not in mirror.seats]
            if table
            else []
        )
        return Entry(
            server=self.name,
            thread=thread,
            game=table.game if table else before.game if before else "",
            tokens=client.seat_tokens,
            used=time.time(),
            over=mirror.outcome is not None,
            against=", ".join(others) if table else before.against if before else "",
            ply=mirror.ply,
            mine=mirror.my_turn,
            picture=mirror.picture and mirror.picture.model_copy(update={"moves": ()}),
        )


def offered(kind: type[Offer], server: str, path: str, query: Mapping[str, str | None] = {}) -> list[Offer]:
    """What a server offers of a kind, each name once.

    Raises:
        NoAnswer: it can't be reached, or refuses, or offers what makes no sense.
    """
    try:
        offers = [kind.model_validate(each) for each in get(server, path, query)]
    except (ValidationError, TypeError):
        raise NoAnswer(f"{server} is no gamesock server: it answered with something else") from None
    return list({offer.name: offer for offer in offers}.values())


def get(server: str, path: str, query: Mapping[str, str | None] = {}) -> Any:
    """The JSON that a server answers to GET.

    Raises:
        NoAnswer: it can't be reached, or refuses.
    """
    asked = urlencode({key: value for key, value in query.items() if value is not None})
    url = f"http{server.removeprefix('ws')}{path}{'?' if asked else ''}{asked}"
    try:
        with _opened(url) as answer:
            return json.load(answer)
    except HTTPError as error:
        raise NoAnswer(f"{server}: {_said(error)}") from None
    except (HTTPException, ValueError, RecursionError):
        raise NoAnswer(f"{url} is no gamesock server: it answered with something else") from None
    except OSError as error:
        cause = getattr(error, "reason", None) if isinstance(error, URLError) else None
        reason = why(cause if isinstance(cause, BaseException) else error)
        raise NoAnswer(f"can't reach {server}: {reason}") from None


def _said(error: HTTPError) -> str:
    """Why the server refuses, in its own words if it has some."""
    try:
        return str(json.loads(error.read(2000))["message"])
    except (OSError, HTTPException, LookupError, TypeError, ValueError):
        return status_words(error.code)


def is_served(server: str) -> bool:
    """Whether anybody listens there: quickly, and without a word to them."""
    parts = urlsplit(server)
    try:
        with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=_GLANCE):
            return True
    except OSError:
        return False


def _opened(url: str) -> Any:
    """The answer; who asks too fast waits once for as long as the server says."""
    try:
        return urlopen(url, timeout=_PATIENCE)
    except HTTPError as error:
        wait = error.headers.get("Retry-After", "")
        if error.code != HTTPStatus.TOO_MANY_REQUESTS or not wait.isdigit() or int(wait) > _PATIENCE:
            raise
        time.sleep(int(wait))
        return urlopen(url, timeout=_PATIENCE)


def user_name() -> str:
    """The name of whoever is logged in, or ``guest``."""
    try:
        return getpass.getuser()[:LONGEST_NAME]
    except (OSError, KeyError):
        return "guest"
