"""What a server answers to plain GET requests: health, metrics, games, threads, bots."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import orjson
from websockets.datastructures import Headers
from websockets.http11 import Response

from gamesock import registry
from gamesock.server.live import LiveThread
from gamesock.server.stores.base import StoreError, Summary
from gamesock.server.threads import Threads

PAGE = 100
"""Threads a page, at most."""


class Endpoints:
    """The GET side of a server."""

    def __init__(self, threads: Threads) -> None:
        self._threads = threads

    async def answer(self, path: str, query: Mapping[str, str]) -> Response | None:
        """The response, or None where there is nothing at ``path``."""
        match path.rstrip("/"):
            case "/healthz":
                return self._health()
            case "/metrics":
                kind = "text/plain; version=0.0.4; charset=utf-8"
                return response(HTTPStatus.OK, self._threads.metrics.exposition(), kind)
            case "/games":
                return json([describe_game(name) for name in registry.game_names()])
            case "/bots":
                return await self._bots(query.get("game", ""))
            case "/threads":
                return await self._list(query)
        return None

    def _health(self) -> Response:
        threads = self._threads
        status = {
            "status": "closing" if threads.closing else "ok",
            "server": threads.version,
            "store": threads.store.name.partition(":")[0],
            "connections": threads.gate.total,
            "threads": len(threads.live),
        }
        return json(status, HTTPStatus.SERVICE_UNAVAILABLE if threads.closing else HTTPStatus.OK)

    async def _bots(self, game: str) -> Response:
        if game not in registry.game_names():
            known = ", ".join(registry.game_names())
            return problem(HTTPStatus.NOT_FOUND, f"name a game: /bots?game= one of {known}")
        bots = await self._threads.bots(game)
        return json([describe_bot(bot) for bot in bots.values()])

    async def _list(self, query: Mapping[str, str]) -> Response:
        """Public threads under way, the last changed first; ``?before=`` pages, ``?finished=1`` shows the past."""
        try:
            before = float(query["before"]) if "before" in query else None
        except ValueError:
            return problem(HTTPStatus.BAD_REQUEST, "before is a number of seconds since 1970")
        finished = query.get("finished") in ("1", "true")
        game = query.get("game")
        try:
            found = await self._threads.store.threads(
                finished=finished, game=game, listed=True, limit=PAGE, before=before
            )
        except StoreError as error:
            return problem(HTTPStatus.SERVICE_UNAVAILABLE, f"threads can't be listed now: {error}")
        stored = {summary.header.thread for summary in found}
        rows = [self._row(summary) for summary in found]
        if before is None and not finished:
            rows = [*(_live(live) for live in self._waiting(game) if live.id not in stored), *rows]
        return json(rows[:PAGE])

    def _waiting(self, game: str | None) -> list[LiveThread]:
        """Public threads in memory without an event yet, which no store knows."""
        return [
            live
            for live in self._threads.live.values()
            if not live.thread.seq
            and live.thread.header.visibility == "public"
            and game in (None, live.thread.header.game)
        ]

    def _row(self, summary: Summary) -> dict[str, Any]:
        live = self._threads.live.get(summary.header.thread)
        viewers = len(live.connections) if live else 0
        return describe_thread(summary) | {"viewers": viewers}


def describe_game(name: str) -> dict[str, Any]:
    """A game for scripts."""
    game = registry.game(name)
    options = [
        {"name": o.name, "summary": o.summary, "default": o.default, "choices": o.choices} for o in game.options
    ]
    return {
        "name": name,
        "title": game.title,
        "seats": game.seats,
        "moves": game.notations,
        "route": f"/ws/{game.route or name}",
        "options": options,
    }


def describe_bot(bot: Any) -> dict[str, Any]:
    """A bot for scripts."""
    levels = [{"number": level.number, "name": level.name, "summary": level.summary} for level in bot.levels]
    summary = {"name": bot.name, "title": bot.title, "summary": bot.summary, "evaluates": bot.evaluates}
    return {**summary, "default_level": bot.default_level, "levels": levels}


def describe_thread(summary: Summary) -> dict[str, Any]:
    """A stored thread for scripts."""
    header = summary.header
    return {
        "thread": header.thread,
        "game": header.game,
        "clock": header.clock,
        "visibility": header.visibility,
        "created": header.created,
        "updated": summary.updated,
        "players": summary.players,
        "ply": summary.ply,
        "ended": summary.ended,
        "winner": summary.winner,
    }


def _live(live: LiveThread) -> dict[str, Any]:
    header, thread = live.thread.header, live.thread
    summary = Summary(header, thread.seq, thread.ply, thread.changed_at)
    return describe_thread(summary) | {"viewers": len(live.connections)}


def response(status: HTTPStatus, body: bytes, kind: str) -> Response:
    """An HTTP response that closes its connection."""
    headers = Headers({"Content-Type": kind, "Content-Length": str(len(body)), "Connection": "close"})
    return Response(status, status.phrase, headers, body)


def json(value: Any, status: HTTPStatus = HTTPStatus.OK) -> Response:
    """A JSON response."""
    return response(status, orjson.dumps(value), "application/json")


def problem(status: HTTPStatus, message: str) -> Response:
    """An error with its reason."""
    return json({"error": status.phrase.lower().replace(" ", "_"), "message": message}, status)
