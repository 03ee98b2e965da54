"""Whole logs through the database: what went in comes out, and what follows from it is right."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from people import Connection, Person, Row, event_of, event_row, thread_row
from table import Table

from gamesock import record as r
from gamesock.server.stores.summary import extended
from gamesock.thread import Thread, game_of

RECORDINGS = Path(__file__).parent.parent.parent / "recordings"
GAMES = sorted(RECORDINGS.glob("*/*.jsonl"))
IMMORTAL = RECORDINGS / "chess" / "1851-london-anderssen-kieseritzky.jsonl"
BATCH = 200


def rows_of(owner: Person, header: r.Header, log: list[r.Event]) -> tuple[Row, list[Row]]:
    """A thread and its log as rows, with the seats to move as the game says."""
    thread = Thread(game_of(header), header)
    first, rows = thread_row(owner.id, header, to_move=thread.to_move), []
    for event in log:
        thread.apply(event)
        rows.append(event_row(first["id"], event, to_move=thread.to_move))
    return first, rows


@pytest.mark.parametrize("path", GAMES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_recording_comes_back_as_it_went(db: Connection, path: Path) -> None:
    header, log = r.loads(path.read_text(encoding="utf-8"))
    owner = Person(db, "owner")
    first, rows = rows_of(owner, header, log)
    owner.insert("threads", first, retry_of="id")
    sent = [owner.insert("events", *rows[at : at + BATCH]) for at in range(0, len(rows), BATCH)]
    assert sum(sent) == len(log)

    asked = "select seq, at, kind, seat, body from public.events where thread_id = %s order by seq"
    assert [event_of(*row) for row in owner.ask(asked, first["id"])] == log

    summary = extended(None, header.thread, 0, log, header)
    columns = "name, epoch, game, visibility, is_foreign, options, seed, clock, tags, created"
    asked = f"select {columns}, seq, ply, updated, ended, winner from public.threads where id = %s"
    [kept] = owner.ask(asked, first["id"])
    *kept_header, seq, ply, updated, ended, winner = kept
    names = columns.replace("name,", "thread,").replace("is_", "").split(", ")
    assert r.Header.model_validate(dict(zip(names, kept_header, strict=True))) == header
    assert (seq, ply, updated) == (summary.seq, summary.ply, summary.updated)
    assert (ended, winner) == (summary.ended, summary.winner)
    seats = dict(owner.ask("select seat, name from public.seats where thread_id = %s", first["id"]))
    assert seats == summary.players


def test_a_thread_is_created_once_however_often(db: Connection) -> None:
    owner = Person(db, "owner")
    row = thread_row(owner.id, r.Header(game="chess", thread="friday", created=1.0, visibility="private"))
    assert [owner.insert("threads", row, retry_of="id") for _ in range(3)] == [1, 0, 0]
    assert db.execute("select owner, host from public.members where thread_id = %s", (row["id"],)).fetchall() == [
        (True, True)
    ]


def test_times_and_large_states_come_back_to_the_last_bit(table: Table) -> None:
    state = {"board": list(range(50_000)), "π": 3.141592653589793, "tiny": 5e-324}
    row = table.next(r.Ran, by="player", state=state)
    table.host.insert("events", {**row, "at": 1763876318.1230001})
    [(at, body)] = table.host.ask("select at, body from public.events where thread_id = %s and seq = 3", table.id)
    assert (at, body["state"]) == (1763876318.1230001, state)


def test_a_nul_is_what_no_log_here_can_hold(table: Table) -> None:
    row = table.next(r.Ran, by="player", state={"text": "\x00"})
    with pytest.raises(psycopg.errors.UntranslatableCharacter):
        table.host.insert("events", row)


@pytest.mark.parametrize("at", ["NaN", "Infinity", 3e11])
def test_a_time_is_one_that_a_calendar_can_show(table: Table, at: object) -> None:
    row = table.next(r.Paused, seconds=1.0)
    with pytest.raises(psycopg.errors.CheckViolation):
        table.host.insert("events", {**row, "at": at})


def test_a_seat_changes_hands(table: Table) -> None:
    """A bot sits down in a seat without anyone leaving it; a user comes back to it."""
    table.append(r.Joined, seat="white", player=r.Player(name="alphabeta", kind="bot", bot="alphabeta", level=3))
    holders = "select user_id, seats from public.members where thread_id = %s and cardinality(seats) > 0"
    seats = "select name, kind, bot, level from public.seats where thread_id = %s and seat = 'white'"
    assert table.host.ask(holders, table.id) == []
    assert table.host.ask(seats, table.id) == [("alphabeta", "bot", "alphabeta", 3)]
    table.joins("white", "Ann", table.player.id)
    table.joins("black", "Ann", table.player.id)
    assert table.host.ask(holders, table.id) == [(table.player.id, ["white", "black"])]
    table.append(r.Left, seat="white")
    assert table.host.ask(holders, table.id) == [(table.player.id, ["black"])]
    assert table.host.ask(seats, table.id) == []


def test_two_servers_sending_the_same_log_at_once_keep_it_once(new_database: Callable[..., str]) -> None:
    """Each connection commits for itself, as the API's do; whoever comes second finds it there."""
    dsn = new_database()
    header, log = r.loads(IMMORTAL.read_text(encoding="utf-8"))
    with psycopg.connect(dsn, autocommit=True) as db:
        owner = Person(db, "owner")
        first, rows = rows_of(owner, header, log)
        owner.insert("threads", first)
        start, failures = threading.Barrier(3), []

        def send() -> None:
            with psycopg.connect(dsn, autocommit=True) as own:
                here = owner.on(own)
                start.wait()
                try:
                    for row in rows:
                        here.insert("events", row)
                except psycopg.Error as error:
                    failures.append(error)

        senders = [threading.Thread(target=send) for _ in range(3)]
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join()
        assert failures == []
        asked = "select seq, at, kind, seat, body from public.events where thread_id = %s order by seq"
        assert [event_of(*row) for row in owner.ask(asked, first["id"])] == log
