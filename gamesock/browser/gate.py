"""Who may ask for the page and connect to it: a request must name this host, a socket must come from its own page.

Otherwise any page in a visitor's browser could play for them, by this address or by a name that points here.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",
    "Server": "gamesock",
}

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self' 'unsafe-inline'",  # xterm.js writes its styles itself
    "font-src": "'self'",
    "img-src": "'self' data:",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
}
"""What the page may load, and from where: only from its own host."""


class Gate:
    """Knows the names of this host. ``origins``: where else its page is shown, by a proxy."""

    def __init__(self, origins: Iterable[str] = ()) -> None:
        self._origins = {origin.lower().rstrip("/") for origin in origins}
        self._names = {"localhost", socket.gethostname().lower()}
        self._names |= {_name(urlsplit(origin).netloc) for origin in self._origins}

    @web.middleware
    async def guard(self, request: web.Request, handler: Callable[..., Any]) -> web.StreamResponse:
        """Answer only where the request names us."""
        if not self._is_ours(request.host):
            raise web.HTTPForbidden(text="This page isn't known by that name: gamesock serve --origin adds one\n")
        answer: web.StreamResponse = await handler(request)
        return answer

    def from_our_page(self, request: web.Request) -> bool:
        """Whether a page of ours asks; programs that name no page don't count."""
        origin = request.headers.get("Origin", "").lower()
        return origin in self._origins or urlsplit(origin).netloc == request.host.lower()

    async def harden(self, request: web.Request, response: web.StreamResponse) -> None:
        """Hold the page to its own host."""
        host = request.host if re.fullmatch(r"[\w.\-:\[\]]+", request.host) else ""
        policy = POLICY | {"connect-src": f"'self' ws://{host} wss://{host}"}
        response.headers.update(HEADERS)
        response.headers["Content-Security-Policy"] = "; ".join(
            f"{kind} {where}" for kind, where in policy.items()
        )

    def _is_ours(self, host: str) -> bool:
        """A name might point here in somebody else's hands; an address can't, and these names are ours."""
        name = _name(host)
        return name in self._names or name.removesuffix(".local") in self._names or is_address(name)


def is_address(name: str) -> bool:
    """Whether it is an IP address."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _name(host: str) -> str:
    """The name in a ``Host`` header, without its port."""
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""
