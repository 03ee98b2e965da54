"""Servers, threads and invites as people write them, and as URLs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import quote, unquote, urlencode, urlsplit

from gamesock.protocol import THREAD_ID

DEFAULT = "ws://127.0.0.1:8765"
"""Where ``gamesock host`` listens unless told otherwise."""

SHARED = "GAMESOCK_LOCAL"
"""The variable that names a server to use in place of one's own: visitors of ``gamesock serve`` share it."""

_SCHEMES = {"ws": "ws", "wss": "wss", "http": "ws", "https": "wss"}


class BadAddress(ValueError):
    """What was typed is no address, no thread id, or no invite; the message says how one looks."""


class Invite(NamedTuple):
    """Where a friend finds a game."""

    server: str
    """``ws://host:port``"""
    thread: str


def server_url(text: str) -> str:
    """``ws://host:port`` from what was typed: a URL, or ``host:port``.

    Raises:
        BadAddress: it is none.
    """
    text = text.strip()
    try:
        parts = urlsplit(text if "://" in text else f"ws://{text}")
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    name = parts.hostname or ""
    if parts.scheme not in _SCHEMES or not is_host(name) or re.search(r"\s", text):
        raise BadAddress(f"{text!r} is no server address: use ws://host:8765, wss://host or host:8765")
    host = f"[{name}]" if ":" in name else name
    default = "" if parts.scheme in ("wss", "https") else ":8765"
    return f"{_SCHEMES[parts.scheme]}://{host}{f':{port}' if port else default}"


def is_host(name: str) -> bool:
    """Whether a host can have this name."""
    try:
        return bool(name.encode("idna"))
    except UnicodeError:
        return False


def server_address(url: str) -> str:
    """A server's URL as short as one may type it: without ``ws://``, which is understood."""
    return url.removeprefix("ws://")


def thread_url(server: str, route: str, thread: str, query: Mapping[str, str | None] = {}) -> str:
    """The URL of a thread; what is None in the query is left out.

    Raises:
        BadAddress: no thread can have this id.
    """
    if not re.fullmatch(THREAD_ID, thread):
        raise BadAddress(f"{thread!r} is no thread id: use 1 to 64 letters, digits, or . _ ~ -, not dots alone")
    asked = urlencode({key: value for key, value in query.items() if value is not None})
    return f"{server}/ws/{route}/{quote(thread, safe='')}{'?' if asked else ''}{asked}"


def thread_of(url: str) -> str:
    """The thread id in a thread's URL."""
    return unquote(urlsplit(url).path.rpartition("/")[2])


def read_invite(code: str, server: str | None = None) -> Invite:
    """What follows ``gamesock play --join``: ``host:port/thread``, or a thread id alone at ``server``.

    Raises:
        BadAddress: it is none.
    """
    code = code.strip()
    place, slash, thread = code.rpartition("/")
    if (not slash and server is None) or not re.fullmatch(THREAD_ID, thread):
        raise BadAddress(f"{code!r} is no invite: it looks like 192.168.1.5:8765/chess-8f3a")
    # A whole thread URL, as a server's log shows it, will do too.
    place = re.sub(r"/ws/[\w-]+$", "", place)
    return Invite(server_url(place) if slash else server or "", thread)
