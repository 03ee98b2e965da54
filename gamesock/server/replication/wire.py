"""The HTTP client of a project: it takes no answer for one that isn't the project's, or doesn't fit into memory.

Imported when a connection is opened: httpx takes its time.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import httpx

from gamesock.server.replication.remote import Lasting, Unreachable

CONNECTIONS = 32
"""At once."""

LARGEST = 16 * 2**20
"""Bytes of an answer: a page of rows. Who may write a game's log may write much of it."""


def client(timeout: float, heard: Callable[[httpx.Response], Awaitable[None]]) -> httpx.AsyncClient:
    """A client for a project's API; ``heard`` is told of each answer.

    An answer comes as it is, so that its size is what it takes in memory.
    """
    return httpx.AsyncClient(
        timeout=timeout,
        limits=httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS),
        headers={"Accept-Encoding": "identity"},
        event_hooks={"response": [heard, _check]},
    )


class _Measured(httpx.AsyncByteStream):
    """An answer that is read no further than it may be long."""

    def __init__(self, stream: httpx.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        async for part in self._stream:
            size += len(part)
            if size > LARGEST:
                raise Lasting("too_large", f"the project's answer has more than {LARGEST // 2**20} MB")
            yield part

    async def aclose(self) -> None:
        await self._stream.aclose()


async def _check(response: httpx.Response) -> None:
    """What stands before the project answers in words of its own: its status is all that counts."""
    host, status = response.request.url.host, response.status_code
    if status == 429 or status in range(502, 530):
        raise Unreachable(str(status), f"{host} answers {status}: try again later")
    if response.is_success and not _is_projects(response):
        raise Unreachable("nonsense", f"{host} answers {status} with something else: is it a Supabase project?")
    if response.is_redirect:
        raise Unreachable(str(status), f"{host} leads elsewhere: is it a Supabase project?")
    assert isinstance(response.stream, httpx.AsyncByteStream)
    response.stream = _Measured(response.stream)


def _is_projects(response: httpx.Response) -> bool:
    """Whether it can be the project that says yes: a sign-in page of a network says it to everything."""
    request = response.request
    if "html" in response.headers.get("content-type", ""):
        return False
    if request.method != "POST" or "/rpc/" in request.url.path:
        return True
    # What was there already may be answered with 200, where that was asked for.
    return response.status_code == 201 or "resolution=" in request.headers.get("prefer", "")
