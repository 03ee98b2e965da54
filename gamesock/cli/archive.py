"""Recordings as games to look at again, and somebody on this machine to ask about them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING

from gamesock import record
from gamesock.bot import Thought
from gamesock.client import Client
from gamesock.record import Event, Header, Moved, TakenBack
from gamesock.text import clean
from gamesock.thread import game_of

if TYPE_CHECKING:
    from gamesock.analyst import Analyst
    from gamesock.tui.recorded import Recorded

_NEARLY_ALL = 0.8
"""Of the moves: with fewer opinions than that the course of a game has too many holes."""


class LocalArchive:
    """What the full-screen client asks for games to look at."""

    def recorded(self, recording: str, analyst: Callable[[], Awaitable[Analyst]] | None = None) -> Recorded:
        """A game from its recording as text; without ``analyst``, one of this machine is asked.

        Raises:
            BadRecording, CorruptLog: it is no recording, or an impossible one.
        """
        return recorded(*record.loads(recording), analyst)


def recorded(
    header: Header, events: Sequence[Event], analyst: Callable[[], Awaitable[Analyst]] | None = None
) -> Recorded:
    """A game to look at; raises as ``replay`` does."""
    from gamesock.replay import replay
    from gamesock.tui.recorded import Recorded

    known = header.game == "chess"
    return Recorded(
        title=title_of(header, events),
        updates=list(replay(header, events)),
        details=details_of(header, events),
        thoughts=_thoughts(events),
        pgn=(lambda: _pgn(header, events)) if known else None,
        analyst=None if header.foreign else analyst or local_analyst(header, events),
    )


def title_of(header: Header, events: Sequence[Event]) -> str:
    """Who played: by the tags, else by name."""
    names = {event.seat: event.player.name for event in events if isinstance(event, record.Joined)}
    players = [header.tags.get(seat) or names.get(seat, "") for seat in game_of(header).seats]
    return clean(" - ".join(players), 200) if any(players) else header.thread


def details_of(header: Header, events: Sequence[Event]) -> str:
    """Where and when, and the result; of a game without one, that it is unfinished."""
    places = [header.tags.get(key, "") for key in ("event", "site", "date")]
    ends = [describe_end(event) for event in events if isinstance(event, record.Ended)]
    told = [clean(place, 60) for place in dict.fromkeys(places) if place and place != "?"]
    return ", ".join([*(told or [game_of(header).title]), *(ends or ["unfinished"])])


def describe_end(ended: record.Ended) -> str:
    """``white won``, ``draw``."""
    return f"{ended.winner} won" if ended.winner else "no result" if ended.reason == "aborted" else "draw"


def _thoughts(events: Sequence[Event]) -> Sequence[Thought | None]:
    """What was thought of the position after each move, where nearly every move came with an opinion.

    A bot that moved told what it expects from its move on: that is what the position after it is worth.
    """
    thoughts: list[Thought | None] = [None]
    for event in events:
        if isinstance(event, Moved):
            told = event.thought
            thoughts.append(told.model_copy(update={"line": told.line[1:]}) if told else None)
        elif isinstance(event, TakenBack):
            del thoughts[-event.plies :]
    known = sum(thought is not None for thought in thoughts)
    return thoughts if known > _NEARLY_ALL * (len(thoughts) - 1) else ()


def local_analyst(header: Header, events: Sequence[Event]) -> Callable[[], Awaitable[Analyst]]:
    """Connects to a server inside this program, of this one game, that runs as long as the analyst is asked."""

    async def connect() -> Analyst:
        from gamesock.analyst import Analyst
        from gamesock.cli.logs import quiet
        from gamesock.server.embedded import embedded
        from gamesock.server.stores.memory import MemoryStore

        quiet()
        store, bare = MemoryStore(), header.model_copy(update={"clock": None, "visibility": "unlisted"})
        await store.append(bare.thread, 0, _moves(events), bare)
        serving = ExitStack()
        url = await asyncio.to_thread(serving.enter_context, embedded(store, private=True))
        client = Client(f"{url}/ws/games/{bare.thread}", features=())
        return await Analyst(client, lambda: asyncio.to_thread(serving.close)).open()

    return connect


def _moves(events: Sequence[Event]) -> list[Event]:
    """What was played, and nothing of who played it: no bot there goes on with the game."""
    kept = [event for event in events if isinstance(event, Moved | TakenBack)]
    return [event.model_copy(update={"seq": seq}) for seq, event in enumerate(kept, 1)]


def _pgn(header: Header, events: Sequence[Event]) -> str:
    from gamesock.games.chess_pgn import export_pgn

    return export_pgn(header, list(events))
