"""The asyncio client of a server's lobby: its list of threads, pushed changes, a live preview, new threads.

What was watched and previewed is so again after a lost connection; a ``LobbyChanged`` with ``missed`` then
says that the list is to be read anew.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias
from urllib.parse import urlsplit, urlunsplit

from gamesock import protocol as p
from gamesock.connection import BadAnswer, Connection
from gamesock.link import Link, Token
from gamesock.protocol import LobbyChanged, ThreadPreview, ThreadStatus, ThreadView
from gamesock.record import Visibility

__all__ = ["LobbyChanged", "LobbyClient", "LobbyItem", "ThreadPreview", "ThreadStatus", "ThreadView"]

LobbyItem: TypeAlias = p.LobbyMessage | Connection

ROUTE = "/ws/lobby"


class LobbyClient(Link[p.LobbyRequest, p.LobbyMessage]):
    """One person's view of a lobby.

    Iterating gives every message (of interest: ``LobbyChanged``, ``ThreadPreview``) and every ``Connection``
    change, until it is closed for good.

    Args:
        url: the server's: ``ws://127.0.0.1:8765``.
        token: a bearer token, on servers with accounts, or what gives a fresh one (``Account.token``).
        retry: whether to reconnect after a lost connection.
    """

    repeatable = (p.ListThreads, p.WatchLobby, p.PreviewThread)

    def __init__(
        self,
        url: str,
        token: Token = None,
        *,
        retry: bool = True,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        parts = urlsplit(url)
        there = url if parts.path.strip("/") else urlunsplit(parts._replace(path=ROUTE, query="", fragment=""))
        super().__init__(there, token, retry=retry, tls=tls)
        self._watching: p.WatchLobby | None = None
        self._previewing: p.PreviewThread | None = None

    async def list(
        self,
        *,
        game: str | None = None,
        status: ThreadStatus | None = None,
        text: str | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> p.Lobby:
        """A page of the public threads, the newest first; ``cursor`` (of the page before) turns to the next.

        ``status`` None: what is open or live. ``text``: part of a thread id or a player's name.

        Raises:
            Refusal: ``not_found`` (no such game), ``rate_limited``, ``store_unavailable``.
            ConnectionLost, TimeoutError: there was no answer.
        """
        asked = p.ListThreads(game=game, status=status, text=text and text[:64], cursor=cursor, limit=limit)
        return await self.ask(asked, p.Lobby)

    async def create(
        self,
        game: str,
        *,
        options: Mapping[str, Any] | None = None,
        clock: str | None = None,
        visibility: Visibility = "public",
        thread_id: str | None = None,
    ) -> p.ThreadCreated:
        """A new thread; connect to it and ``join`` to play.

        Raises:
            Refusal: ``not_found`` (no such game), ``bad_message`` (options, clock), ``thread_exists``,
                ``rate_limited``, ``server_full``.
            ConnectionLost, TimeoutError: there was no answer; whether there is a thread is not known.
        """
        asked = p.CreateThread(
            game=game, options=dict(options or {}), clock=clock, visibility=visibility, thread_id=thread_id
        )
        return await self.ask(asked, p.ThreadCreated)

    async def watch(self, on: bool = True, *, game: str | None = None, status: ThreadStatus | None = None) -> None:
        """Be told (``LobbyChanged``) of threads that come, change and go, of this game and status; or no longer.

        Raises:
            Refusal, ConnectionLost, TimeoutError: as ``list`` does.
        """
        asked = p.WatchLobby(on=on, game=game, status=status)
        self._watching = asked if on else None
        await self.ask(asked, p.Ack)

    async def preview(self, thread_id: str | None) -> p.ThreadPreview | None:
        """The board of a thread as a spectator sees it; it is told again (``ThreadPreview``) when it changes.

        None: of none any more.

        Raises:
            Refusal: ``not_found`` (also of a private thread).
            ConnectionLost, TimeoutError: there was no answer.
        """
        asked = p.PreviewThread(thread_id=thread_id)
        self._previewing = asked if thread_id is not None else None
        answer = await self.request(asked)
        if isinstance(answer, p.ThreadPreview | p.Ack):
            return answer if isinstance(answer, p.ThreadPreview) else None
        raise BadAnswer(f"{self.url} answered preview_thread with {answer.type}")

    # Under the link

    def _parse(self, frame: str | bytes) -> p.LobbyMessage:
        return p.parse_lobby_server(frame)

    def _opening(self) -> Sequence[p.LobbyRequest]:
        """Watch and preview what was watched and previewed before."""
        again = (self._watching, self._previewing)
        return [each.model_copy(update={"id": each.type}) for each in again if each]

    def _take(self, message: p.LobbyMessage) -> None:
        super()._take(message)
        if isinstance(message, p.Ack) and message.re == "watch_lobby":
            self._put(p.LobbyChanged(missed=True))
