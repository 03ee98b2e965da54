"""A project's tables, as one of its users: what is sent and read there, and what became of it."""

from __future__ import annotations

import asyncio
import importlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gamesock.account.project import Project
from gamesock.server.replication.rows import Row

if TYPE_CHECKING:
    import httpx
    from postgrest import AsyncPostgrestClient

TIMEOUT = 10.0
"""Seconds that a request may take."""

PAGE = 1000
"""Rows a project gives at once."""


class Trouble(Exception):
    """A request came to nothing for now: it may be made again."""

    def __init__(self, code: str, reason: str = "") -> None:
        super().__init__(reason or code)
        self.code = code
        """PostgreSQL's, PostgREST's, HTTP's, or a hint of our own schema's; a short word where there is none."""


class Unreachable(Trouble):
    """The project as a whole can't be reached, or is busy."""


class BadToken(Trouble):
    """The token was refused: it takes a fresh one."""


class Gap(Trouble):
    """The copy ends earlier than what was sent goes on."""


class Lasting(Trouble):
    """It comes to nothing however often it is tried."""


class There(Trouble):
    """The row is there already."""


@dataclass(frozen=True, slots=True)
class Actor:
    """In whose name requests are made."""

    user: str
    """The user's id; empty: the project's secret key, which passes row-level security."""
    token: str = field(repr=False)


class Remote:
    """The tables of a project."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._http: httpx.AsyncClient | None = None

    async def open(self) -> None:
        """Get ready. What it takes is imported beside the loop: that lasts a second."""
        httpx = await asyncio.to_thread(importlib.import_module, "httpx")
        await asyncio.to_thread(importlib.import_module, "postgrest")
        limits = httpx.Limits(max_connections=32, max_keepalive_connections=32)
        self._http = httpx.AsyncClient(timeout=TIMEOUT, limits=limits, event_hooks={"response": [_check]})

    async def close(self) -> None:
        """Let go of the connections."""
        if self._http:
            await self._http.aclose()

    def tables(self, actor: Actor) -> Tables:
        """The tables as one user sees them; made for one use, at no cost."""
        from postgrest import AsyncPostgrestClient

        assert self._http is not None, "it is open"
        key = actor.token if not actor.user else self.project.key
        headers = {"apikey": key, "Authorization": f"Bearer {actor.token}"}
        client = AsyncPostgrestClient(
            self.project.rest, headers=headers, http_client=self._http, retry_enabled=False
        )
        return Tables(client)


class Tables:
    """The tables as one user sees them.

    Raises (everywhere):
        Trouble: what came of it instead.
    """

    def __init__(self, client: AsyncPostgrestClient) -> None:
        self._client = client

    async def register_thread(self, row: Row) -> None:
        """Make a thread known, with its name and what its header says; again changes nothing."""
        table = self._client.from_("threads")
        minimal = _minimal()
        await _sent(table.upsert(row, on_conflict="id", ignore_duplicates=True, returning=minimal))

    async def insert(self, table: str, rows: Row | list[Row]) -> None:
        """Add rows: all of them, or none."""
        await _sent(self._client.from_(table).insert(rows, returning=_minimal()))

    async def register(self, table: str, row: Row) -> None:
        """Add a row that may be there."""
        try:
            await self.insert(table, row)
        except There:
            return

    async def read(self, table: str, columns: str, *, order: str, after: int = 0, **equal: object) -> list[Row]:
        """The rows whose columns equal these values (``a__b``: of an embedded table), page by page, in an order.

        ``after``: only events with a higher seq.
        """
        found: list[Row] = []
        while True:
            asked = self._client.from_(table).select(columns)
            for column, value in equal.items():
                asked = asked.eq(column.replace("__", "."), str(value))
            if after:
                asked = asked.gt("seq", after)
            page = (await _sent(asked.order(order).range(len(found), len(found) + PAGE - 1))).data
            found += page
            if len(page) < PAGE:
                return found

    async def delete(self, table: str, **equal: object) -> int:
        """Delete the rows whose columns equal these values; how many there were."""
        asked = self._client.from_(table).delete()
        for column, value in equal.items():
            asked = asked.eq(column, str(value))
        return len((await _sent(asked)).data)

    async def call(self, function: str, arguments: Row | None = None) -> Any:
        """What a function of the project answers."""
        return (await _sent(self._client.rpc(function, arguments or {}))).data


async def _sent(request: Any) -> Any:
    import httpx
    from postgrest import APIError

    try:
        return await request.execute()
    except httpx.HTTPError as error:
        raise Unreachable(_word(error), f"the project can't be reached ({_word(error)})") from None
    except APIError as error:
        raise _trouble(str(error.code or ""), error.message or "", error.hint or "") from None


def _trouble(code: str, message: str, hint: str) -> Trouble:
    """What an error of the API means."""
    match code:
        case "PT409" if hint == "gap":
            return Gap(hint, message)
        case "PT409":
            return Lasting(hint or code, message)
        case "23505":
            return There(code, message)
        case "42501" | "PGRST102":
            return Lasting(code, message)
        case "401" | "PGRST300" | "PGRST301" | "PGRST302" | "PGRST303":
            return BadToken(code, message)
        case "" | "PGRST000" | "PGRST001" | "PGRST002" | "PGRST003" | "53300" | "57P03":
            return Unreachable(code or "gateway", message)
        case "42P01" | "PGRST205":
            return Unreachable(code, f"{message}: does the project have gamesock's tables? gamesock supabase init")
    # What the data itself is refused for is refused again: invalid values, broken constraints.
    return (Lasting if code[:2] in ("22", "23") else Trouble)(code, message)


async def _check(response: httpx.Response) -> None:
    """What stands before the project answers in words of its own: its status is all that counts."""
    if response.status_code == 429 or response.status_code in range(502, 530):
        raise Unreachable(str(response.status_code), f"the project answers {response.status_code}")


def _minimal() -> Any:
    from postgrest import ReturnMethod

    return ReturnMethod.minimal


def _word(error: Exception) -> str:
    return type(error).__name__
