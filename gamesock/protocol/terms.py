"""Words of the wire: the version, limits, error codes and close codes."""

from __future__ import annotations

from enum import IntEnum, StrEnum

PROTOCOL = 1
"""The version of the gamesock layer."""

MAX_FRAME = 16 * 1024
"""Bytes of the largest client message."""

SPECTATOR = "spectator"
"""The ``seat`` of a ``join`` that only watches."""

THREAD_ID = r"^(?!\.+\Z)[A-Za-z0-9_.~-]{1,64}\Z"
"""What a thread id may look like: it travels in URLs, file names and logs, where dots alone name a directory."""

LONGEST_NAME = 40
"""Characters of a player's name."""

SECRET_ID = 16
"""Characters that the id of a private thread has at least, so that nobody comes upon it by trying."""

PAGE = 100
"""Threads on a page of a list, at most."""


class Code(StrEnum):
    """Why a request was refused. Stable; one meaning each."""

    BAD_JSON = "bad_json"
    BAD_MESSAGE = "bad_message"
    TOO_LARGE = "too_large"
    RATE_LIMITED = "rate_limited"
    UNAUTHENTICATED = "unauthenticated"
    AUTH_UNAVAILABLE = "auth_unavailable"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    THREAD_EXISTS = "thread_exists"
    THREAD_FULL = "thread_full"
    SEAT_TAKEN = "seat_taken"
    NOT_YOUR_TURN = "not_your_turn"
    NOT_A_PLAYER = "not_a_player"
    ILLEGAL_MOVE = "illegal_move"
    AMBIGUOUS_MOVE = "ambiguous_move"
    GAME_OVER = "game_over"
    STALE = "stale"
    NO_SUCH_BOT = "no_such_bot"
    BOT_FAILED = "bot_failed"
    STORE_UNAVAILABLE = "store_unavailable"
    SERVER_FULL = "server_full"
    INTERNAL = "internal"


class Close(IntEnum):
    """WebSocket close codes the server uses."""

    GOING_AWAY = 1001
    POLICY = 1008
    TOO_LARGE = 1009
    TRY_AGAIN = 1013
    TOO_SLOW = 4408


class Refusal(Exception):
    """A request can't be carried out: a code for programs, a reason for people."""

    def __init__(self, code: Code, message: str) -> None:
        super().__init__(message)
        self.code = code
