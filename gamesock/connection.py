"""How a client's connection is, how one is opened, and what went wrong, in words."""

from __future__ import annotations

import socket
import ssl
from enum import StrEnum
from typing import NamedTuple
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus, InvalidURI

from gamesock import __version__

MAX_FRAME = 16 * 1024 * 1024
"""Bytes of the largest message taken from a server."""

_FOR_NOW = {408, 425, 429}
"""HTTP statuses below 500 that may be others the next time."""


class ConnectionFailed(ConnectionError):
    """The server can't be reached, or doesn't let this client in; ``str(error)`` says why."""


class ConnectionLost(ConnectionError):
    """The connection went away before the answer came: whether the request was heard is not known."""


class BadAnswer(ConnectionLost):
    """The answer is none to what was asked: this is no gamesock server, or one of another version."""


class Status(StrEnum):
    """How the connection is."""

    CONNECTING = "connecting"
    LIVE = "live"
    WAITING = "waiting"
    CLOSED = "closed"


class Connection(NamedTuple):
    """The connection changed: it is part of the stream of messages."""

    status: Status
    reason: str = ""
    retry_at: float | None = None
    """When the next try is (``time.time()``), while waiting."""
    attempt: int = 0


class NoWayIn(Exception):
    """The server closed the door, or talks nonsense; trying again would not help."""


async def dial(url: str, token: str | None, tls: ssl.SSLContext | None, timeout: float) -> ClientConnection:
    """Open a WebSocket.

    Raises:
        NoWayIn: the server answers, but never with this WebSocket.
        OSError, InvalidHandshake, InvalidURI, TimeoutError: there is none now.
    """
    try:
        # A redirect would take the token along, to wherever it leads.
        return await (_Straight if token else connect)(
            url,
            additional_headers={"Authorization": f"Bearer {token}"} if token else None,
            user_agent_header=f"gamesock/{__version__}",
            max_size=MAX_FRAME,
            open_timeout=timeout,
            compression=None,
            ssl=tls or (True if urlsplit(url).scheme == "wss" else None),
            close_timeout=2,
        )
    except InvalidStatus as refused:
        status = refused.response.status_code
        if status < 500 and status not in _FOR_NOW:
            raise NoWayIn(f"can't connect to {url}: {status_words(status)}") from None
        raise
    except ssl.SSLCertVerificationError as error:
        raise NoWayIn(f"can't connect to {url}: {why(error)}") from None


class _Straight(connect):
    """Goes nowhere but to its own address."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        return exc


def status_words(status: int) -> str:
    """What a server that answers plain HTTP to a handshake may mean."""
    match status:
        case 401 | 403:
            return f"the server doesn't let this program in (HTTP {status})"
        case 404:
            return "the server has no such game or lobby (HTTP 404)"
        case _ if status >= 500:
            return f"the server can't answer now (HTTP {status}): try again later"
    return f"it answered with HTTP {status}: is it a gamesock server?"


def why(error: BaseException) -> str:
    """A connection error in words."""
    if isinstance(error, ConnectionClosed):
        closed = error.rcvd
        return closed.reason or f"closed with code {closed.code}" if closed else "the connection was cut"
    if isinstance(error, ConnectionRefusedError) or "Connect call failed" in str(error):
        return "nobody answers there (is the server running?)"
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, InvalidStatus):
        return status_words(error.response.status_code)
    if isinstance(error, InvalidHandshake | InvalidURI):
        return "it answered with something else: is it a gamesock server?"
    return _system(error) if isinstance(error, OSError) else str(error) or type(error).__name__


def _system(error: OSError) -> str:
    """What the system says of a connection, without its numbers."""
    match error:
        case ssl.SSLCertVerificationError():
            told = error.verify_message.rstrip(".")
            return f"its certificate can't be trusted: {told} (if it is the right one: SSL_CERT_FILE=a copy of it)"
        case ssl.SSLError(reason="WRONG_VERSION_NUMBER" | "HTTP_REQUEST"):
            return "it doesn't speak TLS: try ws:// instead of wss://"
        case ssl.SSLError():
            return f"TLS failed: {(getattr(error, 'reason', None) or 'it broke off').replace('_', ' ').lower()}"
        case socket.gaierror():
            return "there is no server of that name, or no network"
        case ConnectionError() if not error.strerror:
            return "the connection was cut"
    return (error.strerror or str(error) or type(error).__name__).lower()
