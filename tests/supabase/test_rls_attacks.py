"""What a player, a stranger or a careless server might try against the database, and what comes of it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from people import Person, event_row, insert, thread_row
from psycopg import Error, errors
from table import STARTED, Table

from gamesock import record as r
from gamesock.bot import Thought


def refused(error: pytest.ExceptionInfo[Error]) -> tuple[str | None, str | None]:
    """What the API would tell: the code and the hint."""
    return error.value.sqlstate, error.value.diag.message_hint


# Forged user ids


def test_nobody_creates_a_thread_in_anothers_name(table: Table) -> None:
    forged = thread_row(table.player.id, table.header)
    with pytest.raises(errors.InsufficientPrivilege):
        table.stranger.insert("threads", forged)


def test_nobody_takes_the_id_of_anothers_thread_to_be(table: Table) -> None:
    header = table.header.model_copy(update={"thread": "saturday"})
    taken = thread_row(table.player.id, header) | {"visibility": "public"}
    with pytest.raises(errors.InsufficientPrivilege):
        table.stranger.insert("threads", taken)
    assert table.player.insert("threads", taken) == 1


def test_two_owners_may_use_the_same_name(table: Table) -> None:
    assert table.stranger.insert("threads", thread_row(table.stranger.id, table.header)) == 1


def test_nobody_makes_themselves_a_member(table: Table) -> None:
    with pytest.raises(errors.InsufficientPrivilege):
        table.stranger.insert("members", {"thread_id": table.id, "user_id": table.stranger.id})


@pytest.mark.parametrize("column", ["owner", "seats"])
def test_not_even_an_owner_writes_what_follows_from_the_log(table: Table, column: str) -> None:
    member = {
        "thread_id": table.id,
        "user_id": table.stranger.id,
        column: {"owner": True, "seats": ["white"]}[column],
    }
    with pytest.raises(errors.InsufficientPrivilege):
        table.owner.insert("members", member)


@pytest.mark.parametrize("column", ["seq", "ply", "updated", "ended", "winner"])
def test_a_new_threads_summary_is_not_the_clients(table: Table, column: str) -> None:
    header = table.header.model_copy(update={"thread": "saturday"})
    with pytest.raises(errors.InsufficientPrivilege):
        table.owner.insert("threads", {**thread_row(table.owner.id, header), column: 1})


@pytest.mark.parametrize("column", ["name", "game", "owner", "seq", "to_move", "ended", "options", "seed"])
def test_of_a_thread_only_who_sees_it_may_change(table: Table, column: str) -> None:
    with pytest.raises((errors.InsufficientPrivilege, errors.UndefinedColumn)):
        table.owner.changes(f"update public.threads set {column} = default where id = %s", table.id)


def test_a_player_signs_with_their_own_id_alone(table: Table) -> None:
    forged = table.next(r.Moved, seat="white", move="e2e4", to_move="black", user=table.stranger.id)
    with pytest.raises(errors.InsufficientPrivilege):
        table.player.insert("events", forged)


def test_a_host_cannot_put_a_move_on_another_user(table: Table) -> None:
    forged = table.next(r.Moved, seat="white", move="e2e4", to_move="black", user=table.stranger.id)
    with pytest.raises(errors.InsufficientPrivilege, match="white is another user's seat"):
        table.host.insert("events", forged)


def test_a_guests_move_is_nobodys(table: Table) -> None:
    table.plays("white", "e2e4", then="black")
    table.plays("black", "e7e5", then="white", user=table.stranger.id)
    assert users(table)[-1] is None


def test_every_move_is_kept_under_its_seats_user(table: Table) -> None:
    table.plays("white", "e2e4", then="black")
    table.plays("black", "e7e5", then="white")
    table.append(r.Moved, by=table.player, seat="white", move="g1f3", to_move="black")
    assert users(table) == [table.player.id, None, table.player.id, None, table.player.id]


def users(table: Table) -> list[Any]:
    """Whose each event is."""
    asked = "select user_id from public.events where thread_id = %s order by seq"
    return [user for (user,) in table.db.execute(asked, (table.id,)).fetchall()]


@pytest.mark.parametrize("who", ["anon", "stranger", "spectator", "player", "host", "owner"])
def test_nobody_reads_whose_an_event_is(table: Table, who: str) -> None:
    with pytest.raises(errors.InsufficientPrivilege):
        getattr(table, who).ask("select user_id from public.events")
    with pytest.raises(errors.InsufficientPrivilege):
        getattr(table, who).ask("select * from public.events where user_id = %s", table.player.id)


def test_a_claimed_role_gives_no_rights(table: Table) -> None:
    """The API takes the role from a token that the project signed; what else it says counts for nothing."""
    claims = {**table.stranger.claims, "role": "service_role", "app_metadata": {"role": "service_role"}}
    private = Table(table.db, "private")
    assert table.stranger.ask("select 1 from public.threads where id = %s", private.id, claims=claims) == []
    with pytest.raises(errors.InsufficientPrivilege):
        table.stranger.ask("insert into public.seats values (%s, 'x', 'Zed', 'human')", table.id, claims=claims)


def test_a_token_without_a_user_owns_nothing(table: Table) -> None:
    claims = {"role": "authenticated"}
    created = "insert into public.threads(id, name, game, created) values (%s, 'x', 'chess', 0)"
    with pytest.raises(errors.InsufficientPrivilege):
        table.stranger.ask(created, uuid4(), claims=claims)
    assert table.stranger.ask("select 1 from public.members", claims=claims) == []


# Moves for another seat


def test_a_player_plays_in_their_own_seat_alone(table: Table) -> None:
    table.plays("white", "e2e4", then="black")
    with pytest.raises(errors.InsufficientPrivilege):
        table.player.insert("events", table.next(r.Moved, seat="black", move="e7e5", to_move="white"))


BEYOND_PLAYERS: list[tuple[type[Any], dict[str, Any]]] = [
    (r.Joined, {"seat": "black", "player": r.Player(name="Zed")}),
    (r.Left, {"seat": "black"}),
    (r.Ran, {"by": "player", "state": {"turn": 1}}),
    (r.Offered, {"seat": "black", "offer": "draw"}),
    (r.TakenBack, {"seat": "white", "plies": 0x7FFFFFFF}),
    (r.Paused, {"seconds": 5.0}),
    (r.Moved, {"seat": "white", "move": "e2e4", "thought": Thought(seat="white", line=("\x1b[2J",))}),
    (r.Chatted, {"room": "players", "name": "Ann", "seat": "white", "text": "\x1b[2J"}),
    (r.Chatted, {"room": "players", "name": "Ben", "seat": "black", "text": "I resign"}),
    (r.Chatted, {"room": "spectators", "name": "Ann", "text": "hello"}),
    (r.BotFailed, {"bot": "random", "reason": "none"}),
    (r.Ended, {"winner": "white", "reason": "resignation"}),
    (r.Rematched, {"thread": "other"}),
]


@pytest.mark.parametrize(("kind", "fields"), BEYOND_PLAYERS, ids=lambda value: getattr(value, "__name__", ""))
def test_what_takes_two_or_words_is_the_hosts_to_write(
    table: Table, kind: type[Any], fields: dict[str, Any]
) -> None:
    with pytest.raises(errors.InsufficientPrivilege):
        table.player.insert("events", table.next(kind, **fields))


def test_who_has_left_the_seat_plays_no_more(table: Table) -> None:
    table.append(r.Left, by=table.player, seat="white")
    with pytest.raises(errors.InsufficientPrivilege):
        table.player.insert("events", table.next(r.Moved, seat="white", move="e2e4", to_move="black"))


def test_nor_in_the_request_in_which_they_leave(table: Table) -> None:
    left = table.next(r.Left, seat="white")
    moved = table.next(r.Moved, seq=table.seq + 2, seat="white", move="e2e4", to_move="black")
    with pytest.raises(errors.InsufficientPrivilege):
        table.player.insert("events", left, moved)


def test_an_owner_takes_hosting_back(table: Table) -> None:
    hosting = "update public.members set host = %s where thread_id = %s and user_id = %s"
    assert table.owner.changes(hosting, False, table.id, table.host.id) == 1
    with pytest.raises(errors.InsufficientPrivilege):
        table.plays("white", "e2e4", then="black")
    assert table.owner.changes(hosting, True, table.id, table.owner.id) == 1
    assert table.owner.insert("events", table.next(r.Moved, seat="white", move="e2e4", to_move="black")) == 1


# Out of turn, out of order, twice


def out_of_order(table: Table) -> dict[str, tuple[Callable[[], Any], str]]:
    """What doesn't come next, and the hint that says why."""
    move = {"seat": "white", "move": "e2e4", "to_move": "black"}
    return {
        "out of turn": (lambda: table.next(r.Moved, seat="black", move="e7e5", to_move="white"), "turn"),
        "a gap": (lambda: table.next(r.Moved, seq=table.seq + 2, **move), "gap"),
        "another past": (lambda: table.next(r.Moved, seq=table.seq, **move), "differs"),
        "another count": (lambda: {**table.next(r.Moved, **move), "ply": 7}, "ply"),
    }


@pytest.mark.parametrize("what", ["out of turn", "a gap", "another past", "another count"])
@pytest.mark.parametrize("retry_of", [None, "thread_id, seq"])
def test_what_does_not_come_next_is_refused(table: Table, what: str, retry_of: str | None) -> None:
    make, hint = out_of_order(table)[what]
    before = table.head()
    with pytest.raises(Error) as error:
        table.host.insert("events", make(), retry_of=retry_of)
    assert refused(error) == ("PT409", hint)
    assert table.head() == before


def test_a_player_out_of_turn_is_refused(table: Table) -> None:
    table.append(r.Moved, by=table.player, seat="white", move="e2e4", to_move="black")
    with pytest.raises(Error) as error:
        table.player.insert("events", table.next(r.Moved, seat="white", move="d2d4", to_move="black"))
    assert refused(error) == ("PT409", "turn")


def test_only_what_changes_the_position_passes_the_turn_on(table: Table) -> None:
    table.plays("white", "e2e4", then="black")
    table.append(r.Offered, by=table.player, seat="white", offer="draw", to_move="white")
    assert table.head()["to_move"] == ["black"]


@pytest.mark.parametrize("who", ["player", "host"])
@pytest.mark.parametrize("retry_of", [None, "thread_id, seq"])
def test_a_repeated_event_is_silent_and_kept_once(table: Table, who: str, retry_of: str | None) -> None:
    row = table.append(r.Moved, by=table.player, seat="white", move="e2e4", to_move="black")
    before, log = table.head(), table.log(table.player)
    assert getattr(table, who).insert("events", row, retry_of=retry_of) == 0
    assert (table.head(), table.log(table.player)) == (before, log)


def test_a_batch_may_begin_with_what_is_there(table: Table) -> None:
    first = table.plays("white", "e2e4", then="black")
    second = table.next(r.Moved, seat="black", move="e7e5", to_move="white")
    assert table.host.insert("events", first, second) == 1
    assert table.head()["seq"] == second["seq"]


def test_a_batch_is_kept_whole_or_not_at_all(table: Table) -> None:
    good = table.next(r.Moved, seat="white", move="e2e4", to_move="black")
    bad = table.next(r.Moved, seq=table.seq + 2, seat="white", move="d2d4", to_move="black")
    before = table.head()
    with pytest.raises(Error):
        table.host.insert("events", good, bad)
    assert table.head() == before


def test_an_outsider_cannot_probe_a_private_log(table: Table) -> None:
    """A repeat of what is there is refused like anything else: nobody learns that they guessed it."""
    private = Table(table.db, "private")
    row = private.plays("white", "e2e4", then="black")
    for guess in (row, {**row, "seq": 99}, {**row, "thread_id": uuid4()}):
        with pytest.raises(errors.InsufficientPrivilege) as error:
            private.stranger.insert("events", guess)
        assert error.value.diag.message_primary == 'new row violates row-level security policy for table "events"'


@pytest.mark.parametrize("kind", [r.Moved, r.TakenBack, r.Ended])
def test_nothing_is_played_after_the_end(table: Table, kind: type[Any]) -> None:
    table.append(r.Ended, winner="black", reason="resignation")
    fields = {
        r.Moved: {"seat": "white", "move": "e2e4"},
        r.TakenBack: {"seat": "white", "plies": 1},
        r.Ended: {"winner": "white", "reason": "checkmate"},
    }[kind]
    with pytest.raises(Error) as error:
        table.host.insert("events", table.next(kind, **fields))
    assert refused(error) == ("PT409", "over")
    table.append(r.Chatted, room="players", name="Ann", seat="white", text="Well played")


# What no log may hold


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("joined", {"player": {"name": "Ann", "key": "5e884898"}}),
        ("joined", {"player": {"name": "Ann", "user": "8f14e45f"}}),
        ("moved", {"move": "e2e4", "id": "request-1"}),
        ("moved", {"move": "e2e4", "seq": 9}),
        ("moved", {"move": "e2e4", "seat": "black"}),
        ("moved", {"move": {"from": "e2"}}),
        ("moved", {}),
        ("chatted", {"room": "everyone", "name": "Ann", "text": "hello"}),
        ("ended", {"winner": "white"}),
        ("slept", {}),
    ],
    ids=json.dumps,
)
def test_a_body_with_a_secret_or_without_its_parts_is_refused(
    table: Table, kind: str, body: dict[str, Any]
) -> None:
    row = event_row(table.id, r.Left(seq=table.seq + 1, at=STARTED, seat="white"))
    with pytest.raises(errors.CheckViolation):
        table.host.insert("events", {**row, "kind": kind, "body": body})


def test_a_seed_that_is_a_secret_stands_in_no_open_column(table: Table) -> None:
    header = table.header.model_copy(update={"thread": "cards"})
    with pytest.raises(errors.CheckViolation):
        table.owner.insert("threads", thread_row(table.owner.id, header) | {"hidden": True, "seed": 7})


# The edits that nobody may make


@pytest.mark.parametrize("who", ["anon", "stranger", "spectator", "player", "host", "owner"])
@pytest.mark.parametrize(
    "sql", ["update public.events set at = 0", "delete from public.events", "truncate events"]
)
def test_history_is_nobodys_to_edit(table: Table, who: str, sql: str) -> None:
    with pytest.raises(errors.InsufficientPrivilege):
        getattr(table, who).ask(sql)


@pytest.mark.parametrize("who", ["anon", "stranger"])
def test_the_helpers_that_write_are_not_to_be_called(table: Table, who: str) -> None:
    person: Person = getattr(table, who)
    for call in ("take_seat(%(id)s, 'white', null, null)", "refuse('no', 'no')", "without_name('joined', '{}')"):
        with pytest.raises(errors.InsufficientPrivilege), person.db.transaction(), person.acting():
            person.db.execute(f"select gamesock.{call}", {"id": table.id})


# Two at once


def test_who_waited_while_losing_the_seat_plays_no_more(new_database: Callable[..., str]) -> None:
    """The host's transaction seats somebody else; a move of who sat there before waits for it, and is refused."""
    dsn = new_database()
    with psycopg.connect(dsn) as setup:
        table = Table(setup)
    with psycopg.connect(dsn) as first, psycopg.connect(dsn) as second:
        host, player = table.host.on(first), table.player.on(second)
        left = table.next(r.Left, seat="white")
        joined = table.next(
            r.Joined, seq=table.seq + 2, seat="white", player=r.Player(name="Zed"), user=table.stranger.id
        )
        moved = table.next(r.Moved, seq=table.seq + 3, seat="white", move="e2e4", to_move="black")
        with ThreadPoolExecutor(1) as aside, first.transaction(), host.acting():
            insert(first, "events", [left, joined])
            waiting = aside.submit(player.insert, "events", moved)
            waits = "select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = %s"
            with psycopg.connect(dsn, autocommit=True) as watching:
                while not watching.execute(waits, (second.info.dbname,)).fetchall():
                    assert not waiting.done()
        with pytest.raises(errors.InsufficientPrivilege):
            waiting.result()


# Times and sizes


def test_nobody_is_on_top_of_every_list_for_good(table: Table) -> None:
    header = table.header.model_copy(update={"thread": "future", "created": time.time() + 2 * 86400})
    with pytest.raises(errors.CheckViolation, match="a day ahead"):
        table.owner.insert("threads", thread_row(table.owner.id, header))
    row = table.next(r.Moved, seat="white", move="e2e4", to_move="black")
    with pytest.raises(errors.CheckViolation, match="a day ahead"):
        table.host.insert("events", {**row, "at": time.time() + 2 * 86400})


def test_tags_are_words(table: Table) -> None:
    header = table.header.model_copy(update={"thread": "tagged"})
    with pytest.raises(errors.CheckViolation):
        table.owner.insert("threads", {**thread_row(table.owner.id, header), "tags": {"event": {"x": 1}}})


def test_words_are_short_and_a_log_says_how_long_it_is(table: Table) -> None:
    said = table.next(r.Chatted, room="players", name="Ann", seat="white", text="x" * 2001)
    with pytest.raises(errors.CheckViolation):
        table.host.insert("events", said)
    moved = table.next(r.Moved, seat="white", move="e2e4", to_move="black")
    with pytest.raises(errors.CheckViolation):
        table.host.insert(
            "events", {**moved, "body": {**moved["body"], "padding": "".join(map(str, range(40_000)))}}
        )
    sizes = "select size, (select sum(octet_length(body::text)) from public.events) from public.threads"
    [(kept, real)] = table.db.execute(sizes).fetchall()
    assert kept == real > 0
