"""A listener for one visit: the browser comes back to it from a provider's sign-in page."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl, urlsplit

LONGEST = 8192
"""Bytes of a request's first line and headers."""

_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>gamesock</title>
<style>body{{font:1.1rem/1.5 system-ui,sans-serif;margin:20vh auto;max-width:32rem;text-align:center;
color:#dfe6ec;background:#1d2429}}</style><h1>{title}</h1><p>{text}</p></html>"""


_NONSENSE = (OSError, ValueError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError)


class SignInRefused(Exception):
    """The page led back without a code; the message says why."""


class Loopback:
    """Listens on 127.0.0.1 (RFC 8252, 7.3) for the address that only this sign-in knows."""

    def __init__(self) -> None:
        self._nonce = secrets.token_urlsafe(16)
        self._visit: asyncio.Future[dict[str, str]] = asyncio.get_running_loop().create_future()
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._visited, "127.0.0.1", 0, limit=LONGEST)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        self._visit.cancel()

    @property
    def url(self) -> str:
        """Where the page must lead back to."""
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/callback/{self._nonce}"

    async def code(self) -> str:
        """The code with which the browser comes back.

        Raises:
            SignInRefused: it comes back without one.
        """
        return code_of(await self._visit)

    async def _visited(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(*_NONSENSE), contextlib.closing(writer):
            async with asyncio.timeout(10):
                head = await reader.readuntil(b"\r\n\r\n")
                method, address, _ = head.split(b" ", 2)
                target = urlsplit(address.decode("ascii"))
                status, page = self._answer(method, target.path, dict(parse_qsl(target.query)))
                body = page.encode()
                writer.write(
                    b"HTTP/1.1 %s\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %d\r\n"
                    b"Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nConnection: close\r\n\r\n%s"
                    % (status, len(body), body)
                )
                await writer.drain()

    def _answer(self, method: bytes, path: str, query: dict[str, str]) -> tuple[bytes, str]:
        # A browser that looks ahead, or loads the page again, has nothing to say.
        told = method == b"GET" and not query.keys().isdisjoint(("code", "error", "error_description"))
        if path != f"/callback/{self._nonce}" or not told or self._visit.done():
            return b"404 Not Found", _PAGE.format(title="Not here", text="")
        self._visit.set_result(query)
        if "code" in query:
            return b"200 OK", _PAGE.format(title="Signed in", text="Go back to the terminal: it goes on there.")
        return b"200 OK", _PAGE.format(title="Not signed in", text="The terminal says why.")


def code_of(visit: dict[str, str] | str) -> str:
    """The code in the query, or in an address that was copied from a browser.

    Raises:
        SignInRefused: there is none.
    """
    query = dict(parse_qsl(urlsplit(visit.strip()).query)) if isinstance(visit, str) else visit
    if code := query.get("code"):
        return code
    why = query.get("error_description") or query.get("error")
    raise SignInRefused(f"the provider refused: {why}" if why else "this address holds no code: copy all of it")
