"""Servers as people name them, and the URLs of their threads."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import urlopen

from gamesock.cli.options import Problem

DEFAULT = "ws://127.0.0.1:8765"
"""Where ``gamesock host`` listens unless told otherwise."""

_SCHEMES = {"ws": "ws", "wss": "wss", "http": "ws", "https": "wss"}


def server_url(text: str) -> str:
    """``ws://host:port`` from what was typed: a URL, or ``host:port``.

    Raises:
        Problem: it is no address.
    """
    parts = urlsplit(text if "://" in text else f"ws://{text}")
    try:
        port = parts.port
    except ValueError:
        port = -1
    if parts.scheme not in _SCHEMES or not parts.hostname or port == -1:
        raise Problem(f"{text!r} is no server address: use ws://host:8765, wss://host or host:8765")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    default = "" if parts.scheme in ("wss", "https") else ":8765"
    return f"{_SCHEMES[parts.scheme]}://{host}{f':{port}' if port else default}"


def thread_url(server: str, route: str, thread: str, query: Mapping[str, str | None]) -> str:
    """The URL of a thread; what is None in the query is left out."""
    asked = urlencode({key: value for key, value in query.items() if value is not None})
    return f"{server}/ws/{route}/{quote(thread, safe='')}{'?' if asked else ''}{asked}"


def get(server: str, path: str, query: Mapping[str, str | None] = {}) -> Any:
    """The JSON that a server answers to GET.

    Raises:
        Problem: it can't be reached, or refuses.
    """
    asked = urlencode({key: value for key, value in query.items() if value is not None})
    url = f"http{server.removeprefix('ws')}{path}{'?' if asked else ''}{asked}"
    try:
        with urlopen(url, timeout=10) as answer:
            return json.load(answer)
    except HTTPError as error:
        raise Problem(f"{url}: {error.read(300).decode(errors='replace')}") from None
    except (URLError, OSError) as error:
        reason = getattr(error, "reason", error)
        reason = getattr(reason, "strerror", None) or reason
        raise Problem(f"can't reach {server}: {reason} (is the server running?)") from None
    except ValueError:
        raise Problem(f"{url} is no gamesock server: it answered with something else") from None
