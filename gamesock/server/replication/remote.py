"""A project's tables, as one of its users: what is sent and read there, and what became of it."""

from __future__ import annotations

import asyncio
import importlib
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gamesock.account.patience import nobody, patience, unreachable
from gamesock.account.project import Project
from gamesock.server.replication.rows import Row

if TYPE_CHECKING:
    import httpx
    from postgrest import AsyncPostgrestClient

TIMEOUT = 10.0
"""Seconds that a request may take."""

SILENCE = 2.0
"""Seconds in which a slow link has its first answer."""

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


_NO_TABLE = ("42P01", "PGRST205")
"""What PostgreSQL and PostgREST say where there is no such table."""

_STATUS = 3
"""The digits of an HTTP status, which is the code where the project gave none of its own."""

_NOBODY = "00000000-0000-0000-0000-000000000000"
"""The id of no thread."""


class Remote:
    """The tables of a project."""

    def __init__(self, project: Project, say: Callable[[str], None] | None = None) -> None:
        """``say``: told of an answer that takes long."""
        self.project = project
        self._say = say or nobody
        self._answered = False
        self._opened = 0.0
        """When it could first be asked, by the monotonic clock."""
        self._http: httpx.AsyncClient | None = None
        self._opening = asyncio.Lock()

    async def open(self) -> None:
        """Get ready, if it isn't. What it takes is imported beside the loop: that lasts a second."""
        async with self._opening:
            if self._http is None:
                wire = await asyncio.to_thread(importlib.import_module, "gamesock.server.replication.wire")
                await asyncio.to_thread(importlib.import_module, "postgrest")
                self._http = wire.client(TIMEOUT, self._hear)
                self._opened = time.monotonic()

    def is_silent(self, since: float) -> bool:
        """Whether it never answered, and for a while since then, by the monotonic clock."""
        if self._answered or self._opening.locked():
            return False
        return time.monotonic() - max(since, self._opened) > SILENCE

    async def weighed(self, trouble: Trouble) -> Trouble:
        """What came of a request: where no other is answered either, the project as a whole is away."""
        if len(trouble.code) != _STATUS or not trouble.code.isdigit():
            return trouble
        try:
            await self.tables(Actor("", self.project.key)).read("threads", "id", order="id", id=_NOBODY)
        except Trouble as again:
            if again.code == trouble.code:
                reason = f"{self.project.name} answers {trouble.code} to everything: is it a Supabase project?"
                return Unreachable(trouble.code, reason)
        return trouble

    async def _hear(self, _: object) -> None:
        self._answered = True

    async def close(self) -> None:
        """Let go of the connections."""
        if self._http:
            await self._http.aclose()

    async def lacks_tables(self) -> bool:
        """Whether the project answers, and has no tables of gamesock's."""
        await self.open()
        try:
            await self.tables(Actor("", self.project.key)).read("threads", "id", order="id", id=_NOBODY)
        except Trouble as trouble:  # whoever may not look finds them there all the same
            return trouble.code in _NO_TABLE
        return False

    def tables(self, actor: Actor) -> Tables:
        """The tables as one user sees them; made for one use, at no cost."""
        from postgrest import AsyncPostgrestClient

        assert self._http is not None, "it is open"
        key = actor.token if not actor.user else self.project.key
        headers = {"apikey": key, "Authorization": f"Bearer {actor.token}"}
        client = AsyncPostgrestClient(
            self.project.rest, headers=headers, http_client=self._http, retry_enabled=False
        )
        return Tables(client, self.project.name, self._say)


class Tables:
    """The tables as one user sees them.

    Raises (everywhere):
        Trouble: what came of it instead.
    """

    def __init__(self, client: AsyncPostgrestClient, name: str, say: Callable[[str], None]) -> None:
        self._client, self._name, self._say = client, name, say

    async def register_thread(self, row: Row) -> None:
        """Make a thread known, with its name and what its header says; again changes nothing."""
        table = self._client.from_("threads")
        minimal = _minimal()
        await self._sent(table.upsert(row, on_conflict="id", ignore_duplicates=True, returning=minimal))

    async def insert(self, table: str, rows: Row | list[Row]) -> None:
        """Add rows: all of them, or none."""
        answer = await self._sent(self._client.from_(table).insert(rows, returning=_minimal()))
        if answer.data:
            raise self._nonsense()

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
        pages = self.pages(table, columns, order=order, after=after, **equal)
        return [row async for page in pages for row in page]

    async def pages(
        self, table: str, columns: str, *, order: str, after: int = 0, **equal: object
    ) -> AsyncIterator[list[Row]]:
        """The pages that ``read`` puts together."""
        known, wanted = 0, 1
        while known < wanted:
            # A project may give fewer rows at once than we ask for: how many there are it says apart.
            asked = self._client.from_(table).select(columns, count=_exact())
            for column, value in equal.items():
                asked = asked.eq(column.replace("__", "."), str(value))
            if after:
                asked = asked.gt("seq", after)
            answer = await self._sent(asked.order(order).range(known, known + PAGE - 1))
            page, wanted = answer.data, answer.count
            if not _are_rows(page) or wanted is None or (known < wanted and not page):
                raise self._nonsense()
            yield page
            known += len(page)

    async def delete(self, table: str, **equal: object) -> int:
        """Delete the rows whose columns equal these values; how many there were."""
        asked = self._client.from_(table).delete()
        for column, value in equal.items():
            asked = asked.eq(column, str(value))
        return len((await self._sent(asked)).data)

    async def call(self, function: str, arguments: Row | None = None) -> Any:
        """What a function of the project answers."""
        return (await self._sent(self._client.rpc(function, arguments or {}))).data

    def _nonsense(self) -> Trouble:
        return Unreachable("nonsense", f"{self._name} answers with something else: is it a Supabase project?")

    async def _sent(self, request: Any) -> Any:
        import httpx
        from postgrest import APIError

        try:
            with patience(self._say, f"asking {self._name}…"):
                return await request.execute()
        except httpx.HTTPError as error:
            raise Unreachable(type(error).__name__, unreachable(self._name, error)) from None
        except ValueError:
            raise self._nonsense() from None
        except APIError as error:
            raise _trouble(self._name, str(error.code or ""), error.message or "", error.hint or "") from None


def _trouble(name: str, code: str, message: str, hint: str) -> Trouble:
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
        case "PGRST300" | "PGRST301" | "PGRST302" | "PGRST303":
            return BadToken(code, f"{name} refused the sign-in ({message}): gamesock login")
        case "" | "PGRST000" | "PGRST001" | "PGRST002" | "PGRST003" | "53300" | "57P03":
            return Unreachable(code or "gateway", f"{name} can't do this now ({message}): try again later")
        case _ if code in _NO_TABLE:
            return Unreachable(code, f"{message}: does the project have gamesock's tables? gamesock supabase init")
    # What the data itself is refused for is refused again: invalid values, broken constraints.
    return (Lasting if code[:2] in ("22", "23") else Trouble)(code, message)


def _are_rows(page: object) -> bool:
    return isinstance(page, list) and all(isinstance(row, dict) for row in page)


def _minimal() -> Any:
    from postgrest import ReturnMethod

    return ReturnMethod.minimal


def _exact() -> Any:
    from postgrest import CountMethod

    return CountMethod.exact
