"""Row-level security as one table: who may do what with which thread.

A cell has a letter for a public, an unlisted and a private thread: ``y`` it works, ``.`` there is nothing to
see or change, ``!`` it is refused (42501).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import psycopg
import pytest
from people import Connection, Person, thread_row
from psycopg import errors
from table import Table

from gamesock import record as r

PEOPLE = ("anon", "stranger", "spectator", "player", "host", "owner")

MATRIX = """
                anon  stranger  spectator  player  host  owner

profiles.select  !!!  ...  ...  yyy  ...  ...
profiles.insert  !!!  !!!  !!!  yyy  !!!  !!!
profiles.update  !!!  ...  ...  yyy  ...  ...
profiles.delete  !!!  ...  ...  yyy  ...  ...

threads.select   y..  y..  y..  yyy  yyy  yyy
threads.insert   !!!  !!!  !!!  !!!  !!!  yyy
threads.update   !!!  ...  ...  ...  ...  yyy
threads.delete   !!!  ...  ...  ...  ...  yyy

seeds.select     ...  ...  ...  ...  yyy  ...
seeds.insert     !!!  !!!  !!!  !!!  yyy  yyy
seeds.update     !!!  !!!  !!!  !!!  !!!  !!!
seeds.delete     !!!  !!!  !!!  !!!  !!!  !!!

seats.select     y..  y..  y..  yyy  yyy  yyy
seats.insert     !!!  !!!  !!!  !!!  !!!  !!!
seats.update     !!!  !!!  !!!  !!!  !!!  !!!
seats.delete     !!!  !!!  !!!  !!!  !!!  !!!

members.select   !!!  ...  ...  yyy  yyy  yyy
members.insert   !!!  !!!  !!!  !!!  !!!  yyy
members.update   !!!  ...  ...  ...  ...  yyy
members.delete   !!!  ...  ...  yyy  ...  yyy

events.select    y..  y..  y..  yyy  yyy  yyy
events.insert    !!!  !!!  !!!  yyy  yyy  !!!
events.update    !!!  !!!  !!!  !!!  !!!  !!!
events.delete    !!!  !!!  !!!  !!!  !!!  !!!

thread_by_id.call  yy.  yy.  yy.  yyy  yyy  yyy
seats_by_id.call   yy.  yy.  yy.  yyy  yyy  yyy
events_by_id.call  yy.  yy.  yy.  yyy  yyy  yyy
"""
"""Of profiles: the player's; of members: selected, whatever one sees; inserted, a newcomer; updated, who hosts;
deleted, the player's. An inserted thread is one more of the owner's, an event the player's next move."""

READ = {
    "profiles": "select 1 from public.profiles where id = %(player)s",
    "threads": "select * from public.threads where id = %(thread)s",
    "seeds": "select * from public.seeds where thread_id = %(thread)s",
    "seats": "select * from public.seats where thread_id = %(thread)s",
    "members": "select * from public.members where thread_id = %(thread)s",
    "events": "select seq, at, kind, seat, ply, to_move, body from public.events where thread_id = %(thread)s",
}

CHANGE = {
    "profiles.update": "update public.profiles set name = 'Zed' where id = %(player)s",
    "profiles.delete": "delete from public.profiles where id = %(player)s",
    "threads.update": "update public.threads set visibility = 'private' where id = %(thread)s",
    "threads.delete": "delete from public.threads where id = %(thread)s",
    "seeds.update": "update public.seeds set seed = 1 where thread_id = %(thread)s",
    "seeds.delete": "delete from public.seeds where thread_id = %(thread)s",
    "seats.update": "update public.seats set name = 'Zed' where thread_id = %(thread)s",
    "seats.delete": "delete from public.seats where thread_id = %(thread)s",
    "members.update": "update public.members set host = false where thread_id = %(thread)s and user_id = %(host)s",
    "members.delete": "delete from public.members where thread_id = %(thread)s and user_id = %(player)s",
    "events.update": "update public.events set body = '{}' where thread_id = %(thread)s",
    "events.delete": "delete from public.events where thread_id = %(thread)s and seq = 2",
}


def insertion(table: Table, name: str) -> Callable[[Person], object]:
    """The insert that is tried, with room made for it."""
    match name:
        case "profiles":
            table.db.execute("delete from public.profiles where id = %s", (table.player.id,))
            return lambda who: who.insert(name, {"id": table.player.id, "name": "Ann"})
        case "threads":
            header = table.header.model_copy(update={"thread": "saturday"})
            return lambda who: who.insert(name, thread_row(table.owner.id, header))
        case "seeds":
            table.db.execute("delete from public.seeds")
            return lambda who: who.insert(name, {"thread_id": table.id, "seed": 8})
        case "seats":
            return lambda who: who.insert(
                name, {"thread_id": table.id, "seat": "x", "name": "Zed", "kind": "human"}
            )
        case "members":
            newcomer = Person(table.db, "newcomer")
            return lambda who: who.insert(name, {"thread_id": table.id, "user_id": newcomer.id})
    row = table.next(r.Moved, seat="white", move="e2e4", to_move="black")
    return lambda who: who.insert("events", row)


def outcome(table: Table, who: Person, what: str) -> str:
    """What comes of it: ``y``, ``.`` or ``!``."""
    name, _, operation = what.partition(".")
    try:
        if operation == "insert":
            insertion(table, name)(who)
            return "y"
        ids = {"thread": table.id, "player": table.player.id, "host": table.host.id}
        if operation == "call":
            return "y" if who.ask(f"select * from public.{name}(%s)", table.id) else "."
        sql = READ[name] if operation == "select" else CHANGE[what]
        return "y" if reached(who, sql, ids) else "."
    except errors.InsufficientPrivilege:
        return "!"


def reached(who: Person, sql: str, ids: dict[str, object]) -> int:
    """How many rows are seen or changed."""
    with who.db.transaction(), who.acting():
        return who.db.execute(sql, ids).rowcount


def cells() -> Iterator[tuple[str, str, str, str]]:
    """Every cell: what, who, on which thread, and what comes of it."""
    people, *rows = [line.split() for line in MATRIX.splitlines() if line.strip()]
    assert tuple(people) == PEOPLE
    for what, *row in rows:
        for who, cell in zip(PEOPLE, row, strict=True):
            for visibility, expected in zip(("public", "unlisted", "private"), cell, strict=True):
                yield what, who, visibility, expected


@pytest.fixture(scope="module")
def shared(dsn: str) -> Iterator[Connection]:
    """One connection for all cells; each cell's work is undone."""
    with psycopg.connect(dsn) as connection, connection.transaction(force_rollback=True):
        yield connection


@pytest.fixture(scope="module")
def tables(shared: Connection) -> dict[str, Table]:
    """A game of each visibility; its player has a profile."""
    made = {visibility: Table(shared, visibility) for visibility in ("public", "unlisted", "private")}
    for table in made.values():
        table.player.insert("profiles", {"id": table.player.id, "name": "Ann"})
    return made


@pytest.mark.parametrize(("what", "who", "visibility", "expected"), list(cells()))
def test_cell(tables: dict[str, Table], what: str, who: str, visibility: str, expected: str) -> None:
    table = tables[visibility]
    with table.db.transaction(force_rollback=True):
        assert outcome(table, getattr(table, who), what) == expected


def test_every_table_stands_in_the_matrix(shared: Connection) -> None:
    known = shared.execute("select tablename from pg_tables where schemaname = 'public'").fetchall()
    wanted = {f"{name}.{what}" for (name,) in known for what in ("select", "insert", "update", "delete")}
    functions = "select proname from pg_proc where pronamespace = 'public'::regnamespace and proname like '%by_id'"
    wanted |= {f"{name}.call" for (name,) in shared.execute(functions).fetchall()}
    assert {what for what, *_ in cells()} == wanted
