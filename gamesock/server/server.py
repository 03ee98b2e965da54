"""``GameSocketServer``: the WebSocket routes of one agent class, on an ``App`` or a FastAPI application."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from gamesock import protocol as p
from gamesock.protocol import Code, Refusal
from gamesock.server.agent import AgentConfig, GameAgent, seed_config
from gamesock.server.connection import Connection
from gamesock.server.founder import NEW, Founder, settings_of
from gamesock.server.log import Logger
from gamesock.server.sockets import SocketServer, query_of, websocket_class
from gamesock.server.threads import Threads, threads_of
from gamesock.tell import iso

log = Logger("gamesock.server")

_THREAD_ID = re.compile(p.THREAD_ID)


class GameSocketServer(SocketServer[p.ClientMessage]):
    """Serves live threads of one agent class at ``{route_prefix}/{thread_id}``.

    Attributes:
        app: the application the routes were added to.
        agent_class: the class of the agents, one instance a thread.
        state_schema: the pydantic model of their states.
        active_connections: every open WebSocket of these routes.
        connection_thread_map: the thread id of each.
        agents: the agent of each thread in memory.
    """

    def __init__(
        self,
        app: Any,
        agent_class: type[Any],
        state_schema: type[BaseModel],
        route_prefix: str = "/ws/games",
        *,
        threads: Threads | None = None,
    ) -> None:
        """Add the route to ``app``: an ``App``, a FastAPI application, anything with ``websocket(path)``.

        ``threads`` (store, workers, limits) is shared by the servers of one application; without it an
        ``App`` brings its own, and any other application gets one that keeps games in memory. There,
        the application's own shutdown must end it: ``await server.threads.close()``.
        """
        self.app = app
        self.agent_class = agent_class
        self.state_schema = state_schema
        self.route_prefix = route_prefix.rstrip("/")
        self.active_connections: set[Any] = set()
        self.connection_thread_map: dict[Any, str] = {}
        self.agents: dict[str, Any] = {}
        self.threads: Threads = threads or threads_of(app)
        self.threads.dropped.append(lambda thread_id: self.agents.pop(thread_id, None))
        self._connections: dict[Any, Connection] = {}
        if self.game:
            self.threads.routes.setdefault(self.game, self.route_prefix)
        self._add_route()

    @property
    def game(self) -> str:
        """The name of the game in threads' headers; empty where there are several."""
        ours = issubclass(self.agent_class, GameAgent)
        return getattr(self.agent_class, "game", "") if ours else self.agent_class.__name__

    def _add_route(self) -> None:
        async def endpoint(websocket: Any, thread_id: str) -> None:
            await self.serve(websocket, thread_id)

        # FastAPI reads the annotation to know which argument is the socket: give it its own class.
        endpoint.__annotations__["websocket"] = websocket_class(self.app)
        self.app.websocket(f"{self.route_prefix}/{{thread_id}}")(endpoint)

    # The seed document's methods

    async def broadcast_to_thread(self, thread_id: str, message: Mapping[str, Any] | BaseModel) -> None:
        """Broadcast a message to every connection of a thread."""
        fields = message.model_dump(mode="json") if isinstance(message, BaseModel) else message
        live = self.threads.live.get(thread_id)
        if live:
            live.audience.broadcast(fields)
        for websocket, registered in self.connection_thread_map.items():
            connection = self._connections[websocket]
            if registered == thread_id and connection.live is None:
                connection.send(fields)

    def cleanup(self, thread_id: str | None = None) -> None:
        """Drop the agents, and what else is in memory, of a thread (None: of all).

        Stored games stay; who is connected to one has to connect again.
        """
        for dropped in list(self.agents) if thread_id is None else [thread_id]:
            if self.agents.pop(dropped, None) is not None:
                self.threads.discard(dropped)

    def get_or_create_agent(self, thread_id: str, config_overrides: dict[str, Any] | None = None) -> Any:
        """The agent of a thread, made with the overrides if it is new.

        Raises:
            Refusal: ``bot_failed``: the agent class can't make one.
        """
        agent = self.agents.get(thread_id)
        if agent is None:
            agent = self.agents[thread_id] = self.make_agent(thread_id, config_overrides)
        return agent

    def make_agent(self, thread_id: str, config_overrides: dict[str, Any] | None = None) -> Any:
        """A new agent with the seed's interface, configured by its own config class; nobody keeps it yet.

        Raises:
            Refusal: ``bot_failed``: the agent class can't make one.
        """
        settings = seed_config(thread_id, f"{self.agent_class.__name__}-{thread_id}") | (config_overrides or {})
        try:
            if issubclass(self.agent_class, GameAgent):
                return self.agent_class(AgentConfig.model_validate(settings))
            return self.agent_class(config=self.agent_class.get_config_class()(**settings))
        # A class that calls exit() ends its own making, not the server.
        except (Exception, SystemExit) as error:
            log.warning("agent_not_made", thread=thread_id, exc_info=error)
            raise Refusal(Code.BOT_FAILED, f"the agent can't be made: {error!r}"[:300]) from error

    def register_connection(self, websocket: Any, thread_id: str) -> None:
        """Count a WebSocket to a thread: it gets what is broadcast there."""
        self.active_connections.add(websocket)
        self.connection_thread_map[websocket] = thread_id
        connection = self._connections.get(websocket)
        if connection is None:
            connection = self._connections[websocket] = self.connection(websocket)
        live = self.threads.live.get(thread_id)
        if live and connection.live is None:
            connection.live = live
            live.connections[connection.id] = connection
            live.session.connect(connection.viewer, self.threads.now())

    def unregister_connection(self, websocket: Any) -> None:
        """Count a WebSocket out; its seats stay its player's."""
        self.active_connections.discard(websocket)
        self.connection_thread_map.pop(websocket, None)
        connection = self._connections.pop(websocket, None)
        if connection:
            connection.outbox.end()
        if connection and connection.live:
            connection.live.leave(connection)

    async def handle_custom_message(self, connection: Connection, message: p.Unknown) -> None:
        """What happens to a message of a type unknown here. Override to add your own."""
        text = f"Received message of type: {message.type}"
        connection.send({"type": "info", "message": text, "timestamp": iso(self.threads.now())}, message.id)

    # A connection's life

    def parse(self, frame: str) -> p.ClientMessage | p.Unknown:
        return p.parse_client(frame)

    async def enter(self, connection: Connection, thread_id: str) -> None:
        self._connections[connection.websocket] = connection
        check_thread_id(thread_id)
        query = query_of(connection.websocket)
        barred = self.threads.sign_ins.why_not(connection)
        founder = Founder(self, settings_of(query), barred, new=NEW in query)
        await self.threads.enter(connection, thread_id, founder)
        self.register_connection(connection.websocket, thread_id)

    def leave(self, connection: Connection) -> None:
        self.unregister_connection(connection.websocket)

    async def handle(self, connection: Connection, message: p.ClientMessage | p.Unknown) -> None:
        """Answer one parsed message.

        Raises:
            Refusal: it can't be carried out.
        """
        live = connection.live
        assert live is not None, "a connection is read only once it has its thread"
        match message:
            case p.Unknown():
                await self.handle_custom_message(connection, message)
            case p.RegisterUser():
                self._register_user(connection, message)
            case p.Authenticate():
                await self.authenticate(connection, message)
            case p.SetBot(bot=bot) if bot is not None:
                known = await self.threads.bot(bot, live.thread.header.game, message.level)
                settled = known.default_level if message.level is None else message.level
                await live.request(connection, message.model_copy(update={"level": settled}))
            case p.AiMove(bot=bot) if bot is not None:
                await self.threads.bot(bot, live.thread.header.game, message.level)
                await live.request(connection, message)
            case p.Chat():
                self.spend(connection, "chat")
                await live.request(connection, message)
            case _:
                await live.request(connection, message)

    def _register_user(self, connection: Connection, message: p.RegisterUser) -> None:
        user = message.user_id
        if not isinstance(user, str) or not user:
            raise Refusal(Code.BAD_MESSAGE, "register_user needs a user_id")
        live = connection.live
        if connection.viewer.user is None:
            text = "not using Supabase persistence: users are guests here, and games are kept by the server"
            warning = {"type": "warning", "message": text, "timestamp": iso(self.threads.now())}
            connection.send({**warning, "thread_id": live.id if live else ""}, message.id)
        elif user != connection.viewer.user:
            raise Refusal(Code.FORBIDDEN, "this isn't the user that your token proves")
        else:
            registered = {"type": "user_registered", "user_id": user, "timestamp": iso(self.threads.now())}
            connection.send({**registered, "thread_id": live.id if live else ""}, message.id)


def check_thread_id(thread_id: str) -> None:
    """Raise the ``Refusal`` of an id that can't be one."""
    if not _THREAD_ID.fullmatch(thread_id):
        raise Refusal(Code.BAD_MESSAGE, "a thread id is 1 to 64 letters, digits, or . _ ~ -, not dots alone")
