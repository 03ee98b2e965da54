"""The Sans-I/O heart of a thread: who may do what, now. Requests in, effects out.

A session decides; ``gamesock.thread.Thread`` folds what was decided. ``now`` (seconds since 1970) and a
``nonce`` (fresh random text, for tokens and ids) are arguments: same requests in, same effects out.

The caller must carry effects out in order: an ``Append`` is stored before anything after it is told. If
storing fails, nobody is told, and the session is thrown away and made anew from the stored log.
"""

from gamesock.session.desk import AWAY_GRACE, AWAY_GRACE_UNTIMED, Viewer
from gamesock.session.effects import Announce, Append, AskBot, Effect, Open, Reply, ReplyState
from gamesock.session.session import Session
from gamesock.session.words import describe

__all__ = [
    "AWAY_GRACE",
    "AWAY_GRACE_UNTIMED",
    "Announce",
    "Append",
    "AskBot",
    "Effect",
    "Open",
    "Reply",
    "ReplyState",
    "Session",
    "Viewer",
    "describe",
]
