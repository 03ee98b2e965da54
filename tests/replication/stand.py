"""A project as the tests of replication use it: users, what the database holds, and what it should hold."""

from __future__ import annotations

import asyncio
import secrets
import sqlite3
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import jwt
import psycopg
from lite import JWT_SECRET, PUBLISHABLE_KEY, Lite

from gamesock import record as r
from gamesock.account.project import Project
from gamesock.client import Client
from gamesock.server.replication.replication import replicating
from gamesock.server.replication.rows import event_of

EVENTS = "select seq, at, kind, seat, body from public.events where thread_id = %s order by seq"


@dataclass
class User:
    """Somebody with an account at the project."""

    id: str
    name: str
    url: str

    def token(self, lifetime: float = 3600.0) -> str:
        """A token as the project would sign it."""
        now = time.time()
        claims = {"sub": self.id, "aud": "authenticated", "role": "authenticated", "iss": f"{self.url}/auth/v1"}
        return jwt.encode(claims | {"iat": int(now), "exp": int(now + lifetime)}, JWT_SECRET, "HS256")

    def fresh(self, lifetime: float) -> Callable[[], Awaitable[str]]:
        """What a client asks for a token whenever its own ends."""

        async def give() -> str:
            return self.token(lifetime)

        return give


class Stand:
    """One project."""

    def __init__(self, lite: Lite) -> None:
        self.lite = lite
        self.url = lite.url
        self.project = Project(lite.url, PUBLISHABLE_KEY)

    def user(self, name: str) -> User:
        """A new user."""
        address = f"{name}-{secrets.token_hex(4)}@gamesock.test".lower()
        answer = httpx.post(
            f"{self.url}/auth/v1/signup", json={"email": address, "password": "correct horse"},
            headers={"apikey": PUBLISHABLE_KEY}, timeout=60,
        )  # fmt: skip
        return User(answer.raise_for_status().json()["user"]["id"], name, self.url)

    def replicating(self, **how: Any) -> Callable[..., Any]:
        """What a server takes."""
        return replicating(self.project, **how)

    async def restart(self) -> None:
        """Start the project's services again, on the same port and database."""
        self.lite._lines.clear()
        self.lite._heard.clear()
        await asyncio.to_thread(self.lite.start)

    def ask(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """What the database holds, past every rule."""
        with psycopg.connect(self.lite.dsn, autocommit=True) as db:
            cursor = db.execute(sql, values)
            return cursor.fetchall() if cursor.description else []

    def threads(self, name: str) -> list[tuple[str, int]]:
        """The threads of that name: ids and how far they go."""
        return [(str(id), seq) for id, seq in self.ask("select id, seq from public.threads where name = %s", name)]

    def log(self, name: str) -> list[r.Event]:
        """The log of the one thread of that name; empty if there is none."""
        threads = self.threads(name)
        assert len(threads) <= 1
        return [
            event_of(dict(zip(("seq", "at", "kind", "seat", "body"), row, strict=True)))
            for id, _ in threads
            for row in self.ask(EVENTS, id)
        ]

    def users(self, name: str) -> list[str | None]:
        """Under which user each event stands."""
        [(id, _)] = self.threads(name)
        rows = self.ask("select user_id from public.events where thread_id = %s order by seq", id)
        return [str(user) if user else None for (user,) in rows]


def kept(path: Path, name: str) -> list[r.Event]:
    """The log of a thread in a store's file, as anybody may have it."""
    with closing(sqlite3.connect(path)) as db:
        rows = db.execute(
            "select body from events where thread = (select id from threads where thread = ?) order by seq",
            (name,),
        ).fetchall()
    return r.shareable(r.load_event(body) for (body,) in rows)


async def seated(
    server: Any, thread: str, seat: str, user: User, *, game: str = "tic_tac_toe", lifetime: float = 3600.0
) -> Client:
    """A user's client, in a seat of a game."""
    url = f"{server.url}/ws/games/{thread}?game={game}&new=yes"
    client = Client(url, token=user.token(lifetime), name=user.name)
    await client.connect()
    await client.join(seat)
    return client
