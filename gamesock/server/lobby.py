"""``/ws/lobby``: the list of public threads, what changes in it, a look into one thread, new threads."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from typing import Any

from gamesock import protocol as p
from gamesock import registry
from gamesock.protocol import Code, Refusal
from gamesock.record import Header, thread_id
from gamesock.server import thread_view
from gamesock.server.connection import Connection
from gamesock.server.founder import Founder
from gamesock.server.lookout import Interest, preview
from gamesock.server.server import GameSocketServer
from gamesock.server.sockets import SocketServer, websocket_class
from gamesock.session import Session
from gamesock.tell import Payload, Teller
from gamesock.thread import CorruptLog, Thread, game_of

ROUTE = "/ws/lobby"


class LobbyServer(SocketServer["p.LobbyRequest"]):
    """Serves the lobby of the games that ``servers`` serve, by name."""

    def __init__(self, app: Any, servers: Mapping[str, GameSocketServer], route: str = ROUTE) -> None:
        self.threads = next(iter(servers.values())).threads
        self._servers = servers
        self._lookout = self.threads.lookout

        async def endpoint(websocket: Any) -> None:
            await self.serve(websocket)

        endpoint.__annotations__["websocket"] = websocket_class(app)
        app.websocket(route)(endpoint)

    def parse(self, frame: str) -> p.LobbyRequest | p.Unknown:
        return p.parse_lobby_client(frame)

    async def enter(self, connection: Connection, thread_id: str) -> None:
        await self.threads.ready()
        self._lookout.enter(connection)

    def leave(self, connection: Connection) -> None:
        self._lookout.leave(connection)

    async def handle(self, connection: Connection, message: p.LobbyRequest | p.Unknown) -> None:
        """Answer one parsed message.

        Raises:
            Refusal: it can't be carried out.
        """
        match message:
            case p.Hello():
                limits, auth = self.threads.gate.limits.view(), self.threads.authenticator.view
                connection.greet(message, self.threads.version, limits, message.id, auth)
            case p.Authenticate():
                await self.authenticate(connection, message)
            case p.ListThreads():
                self.spend(connection, "lists")
                await self._list(connection, message)
            case p.CreateThread():
                self.spend(connection, "creates")
                await self._create(connection, message)
            case p.WatchLobby():
                self._watch(connection, message)
            case p.PreviewThread():
                await self._preview(connection, message)
            case p.Unknown():
                raise Refusal(
                    Code.BAD_MESSAGE,
                    f"the lobby knows no {message.type!r}: it lists, creates, watches and previews threads; "
                    "to play in one, connect to it",
                )

    async def _list(self, connection: Connection, message: p.ListThreads) -> None:
        listing = self._lookout.listing
        wanted = listing.wanted(message.game, message.status, message.text)
        page = await listing.page(wanted, message.limit, message.cursor)
        told = {"type": "lobby", "threads": page.threads, "total": page.total, "cursor": page.cursor}
        connection.send(told, message.id)

    async def _create(self, connection: Connection, message: p.CreateThread) -> None:
        server = self._servers.get(message.game)
        if server is None:
            raise Refusal(Code.NOT_FOUND, str(registry.NotRegistered("game", message.game, self._servers)))
        settings = {"options": message.options, "clock": message.clock, "visibility": message.visibility}
        fresh = thread_id(message.game, message.visibility, secrets.token_hex(12))
        created = message.thread_id or fresh
        await self.threads.create(created, Founder(server, settings))
        connection.send(p.ThreadCreated(thread_id=created, route=server.route_prefix), message.id)

    def _watch(self, connection: Connection, message: p.WatchLobby) -> None:
        self._lookout.listing.wanted(message.game, message.status)
        interest = Interest(message.game, message.status) if message.on else None
        self._lookout.watch(connection, interest)
        connection.send(p.Ack(), message.id)

    async def _preview(self, connection: Connection, message: p.PreviewThread) -> None:
        self._lookout.look(connection, None)
        if message.thread_id is None:
            connection.send(p.Ack(), message.id)
            return
        live = self.threads.live.get(message.thread_id)
        if live and _is_for_all(live.thread.header):
            told = self._lookout.preview(live)
        else:
            self.spend(connection, "lists")
            told = await self._stored(message.thread_id)
        self._lookout.look(connection, message.thread_id)
        connection.send(told, message.id)

    async def _stored(self, thread_id: str) -> Payload:
        """The preview of a thread that nobody plays now: it is read, but doesn't come to life."""
        kept = await self.threads.read(thread_id)
        # Of a private thread nobody learns here that it is there.
        if kept is None or not _is_for_all(kept.header):
            raise Refusal(Code.NOT_FOUND, f"there is no game {thread_id!r} here")
        try:
            thread = await asyncio.to_thread(lambda: Thread(game_of(kept.header), kept.header, kept.events))
        except (CorruptLog, registry.NotRegistered) as error:
            raise Refusal(Code.INTERNAL, f"the game {thread_id!r} can't be shown: {error}") from error
        teller = Teller(Session(thread))
        route = self.threads.routes.get(thread.header.game, "/ws/games")
        return preview(teller, thread_view.told(teller, self.threads.now(), route=route, here=0))


def _is_for_all(header: Header) -> bool:
    """Whether anyone who knows the thread's id may look into it."""
    return header.visibility != "private"
