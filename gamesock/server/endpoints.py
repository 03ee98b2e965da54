"""What a server answers to plain GET requests: health, metrics, games, threads, bots."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import orjson
from pydantic import ValidationError
from websockets.datastructures import Headers
from websockets.http11 import Response

from gamesock import protocol as p
from gamesock import registry
from gamesock.fault import fault
from gamesock.protocol import Code, Refusal
from gamesock.server.describe import describe_bot, describe_game
from gamesock.server.threads import Threads

_STATUS = {
    Code.NOT_FOUND: HTTPStatus.NOT_FOUND,
    Code.STORE_UNAVAILABLE: HTTPStatus.SERVICE_UNAVAILABLE,
}


class Endpoints:
    """The GET side of a server."""

    def __init__(self, threads: Threads) -> None:
        self._threads = threads

    async def answer(self, path: str, query: Mapping[str, str], address: str) -> Response | None:
        """The response to whoever asks from ``address``, or None where there is nothing at ``path``."""
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
                wait = self._threads.gate.take(address, "lists", time.monotonic())
                return too_fast(wait) if wait else await self._list(query)
        return None

    def _health(self) -> Response:
        threads = self._threads
        status: dict[str, Any] = {
            "status": "closing" if threads.closing else "ok",
            "server": threads.version,
            "store": threads.store.name.partition(":")[0],
            "connections": threads.gate.total,
            "threads": len(threads.live),
        }
        if threads.replication:
            status["replication"] = threads.replication.replicator.health._asdict()
        if threads.authenticator.view:
            status["auth"] = threads.authenticator.view.model_dump()
        return json(status, HTTPStatus.SERVICE_UNAVAILABLE if threads.closing else HTTPStatus.OK)

    async def _bots(self, game: str) -> Response:
        if game not in registry.game_names():
            known = ", ".join(registry.game_names())
            return problem(HTTPStatus.NOT_FOUND, f"name a game: /bots?game= one of {known}")
        bots = await self._threads.bots(game)
        return json([describe_bot(bot) for bot in bots.values()])

    async def _list(self, query: Mapping[str, str]) -> Response:
        """A page of the public threads, as ``list_threads`` in the lobby answers."""
        try:
            asked = p.ListThreads.model_validate(dict(query))
            listing = self._threads.lookout.listing
            wanted = listing.wanted(asked.game, asked.status, asked.text)
            page = await listing.page(wanted, asked.limit, asked.cursor)
        except ValidationError as error:
            return problem(HTTPStatus.BAD_REQUEST, fault(error))
        except Refusal as refusal:
            return problem(_STATUS.get(refusal.code, HTTPStatus.BAD_REQUEST), str(refusal))
        return json({"threads": page.threads, "total": page.total, "cursor": page.cursor})


def response(status: HTTPStatus, body: bytes, kind: str) -> Response:
    """An HTTP response that closes its connection."""
    headers = Headers({"Content-Type": kind, "Content-Length": str(len(body)), "Connection": "close"})
    return Response(status, status.phrase, headers, body)


def json(value: Any, status: HTTPStatus = HTTPStatus.OK) -> Response:
    """A JSON response."""
    return response(status, orjson.dumps(value), "application/json")


def too_fast(wait: float) -> Response:
    """An error with the seconds after which to come back."""
    seconds = math.ceil(wait)
    refused = problem(HTTPStatus.TOO_MANY_REQUESTS, f"too many lists: wait {seconds} s")
    refused.headers["Retry-After"] = str(seconds)
    return refused


def problem(status: HTTPStatus, message: str) -> Response:
    """An error with its reason."""
    return json({"error": status.phrase.lower().replace(" ", "_"), "message": message}, status)
