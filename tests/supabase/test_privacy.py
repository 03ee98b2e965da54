"""What belongs to some, and when: hidden moves, chat, unlisted games; and what is left of those who go."""

from __future__ import annotations

from typing import Any

import pytest
from people import Connection, Person, insert
from psycopg import errors
from table import Table

from gamesock import record as r

SEEN = """
                      player  opponent  host  seated_host  left_host
white moves             y        .       y         .           .
black moves             .        y       y         y           .
the seed                .        .       y         .           .
players' chat           y        y       y         y           y
spectators' chat        .        .       y         .           y
someone joins           y        y       y         y           y

                      owner  seated_owner  left_owner  owning_host  seated_owning_host  left_owning_host
white moves             .         .             .           y               .                   .
black moves             .         y             .           y               y                   .
the seed                .         .             .           y               .                   .
players' chat           .         y             .           y               y                   y
spectators' chat        y         .             y           y               .                   y
someone joins           y         y             y           y               y                   y

                      anon  stranger  spectator  left_opponent
white moves             .      .          .            .
black moves             .      .          .            .
the seed                .      .          .            .
players' chat           .      .          .            .
spectators' chat        y      y          y            y
someone joins           y      y          y            y
"""
"""Of a game with secrets, while it goes on: a player at white; an opponent at black, who may be the host or the
owner (or both) as well: ``seated_…``, and who may have given the seat up: ``left_…``. An ``owner`` not hosting
let somebody else host; one who hosts without ever sitting down is the server itself. Afterwards everyone sees
everything."""

SEQ = {"white moves": 5, "black moves": 6, "players' chat": 7, "spectators' chat": 8, "someone joins": 1}


class Secrets(Table):
    """A game with secrets between two users, of whom the second may be more than that."""

    def __init__(self, db: Connection, who: str) -> None:
        super().__init__(db, hidden=True, owner_hosts="owning" in who)
        named = who.rpartition("_")[2]
        sits = who.startswith(("seated_", "left_"))
        self.opponent = getattr(self, named) if sits and named in ("host", "owner") else Person(db, "opponent")
        self.append(r.Left, seat="black")
        self.joins("black", "Cleo", self.opponent.id)
        # A player who hosts can't read what they write: they insert it plainly, without naming a conflict.
        self.plays("white", "a1", then="black")
        self.plays("black", "b1", then="white")
        self.append(r.Chatted, room="players", name="Ann", seat="white", text="hm")
        self.append(r.Chatted, room="spectators", name="Dora", text="she has the ace")
        if who.startswith("left_"):
            self.append(r.Left, seat="black")
        self.asked: Person = self.opponent if sits else self.host if who == "owning_host" else getattr(self, who)


def cells() -> list[tuple[str, str, bool]]:
    """What, who, and whether it is seen."""
    found = []
    for block in SEEN.strip("\n").split("\n\n"):
        people, *rows = block.splitlines()
        found += [
            (row[:22].strip(), who, cell == "y")
            for row in rows
            for who, cell in zip(people.split(), row[22:].split(), strict=True)
        ]
    return found


def sees(game: Secrets, person: Person, what: str) -> bool:
    """Whether the person reads it, by whatever way."""
    if what == "the seed":
        return bool(person.ask("select 1 from public.seeds where thread_id = %s", game.id))
    plainly = person.ask("select 1 from public.events where thread_id = %s and seq = %s", game.id, SEQ[what])
    by_id = person.ask("select 1 from public.events_by_id(%s) where seq = %s", game.id, SEQ[what])
    assert bool(plainly) == bool(by_id)
    return bool(plainly)


@pytest.mark.parametrize(("what", "who", "seen"), cells())
def test_each_sees_their_own_until_the_end(db: Connection, what: str, who: str, seen: bool) -> None:
    game = Secrets(db, who)
    assert sees(game, game.asked, what) == seen
    game.append(r.Ended, winner="white", reason="showdown")
    assert sees(game, game.asked, what)


HOSTS = "update public.members set host = true where thread_id = %s and user_id = %s"


@pytest.mark.parametrize("who", ["owner", "seated_owner", "left_owner"])
def test_an_owner_cannot_become_the_host_of_a_game_with_secrets(db: Connection, who: str) -> None:
    game = Secrets(db, who)
    with pytest.raises(errors.InsufficientPrivilege, match="keeps its host"):
        game.owner.changes(HOSTS, game.id, game.owner.id)
    game.append(r.Ended, winner="white", reason="showdown")
    assert game.owner.changes(HOSTS, game.id, game.owner.id) == 1


def test_nor_make_a_friend_the_host(db: Connection) -> None:
    game = Secrets(db, "player")
    friend = {"thread_id": game.id, "user_id": game.stranger.id}
    with pytest.raises(errors.InsufficientPrivilege, match="keeps its host"):
        game.owner.insert("members", {**friend, "host": True})
    game.owner.insert("members", friend)
    with pytest.raises(errors.InsufficientPrivilege, match="keeps its host"):
        game.owner.changes(HOSTS, game.id, game.stranger.id)
    assert not sees(game, game.stranger, "white moves")


def test_a_host_who_sat_there_is_not_washed_clean_by_coming_anew(db: Connection) -> None:
    game = Secrets(db, "left_host")
    assert game.host.changes(LEAVE, game.id, game.host.id) == 1
    with pytest.raises(errors.InsufficientPrivilege, match="keeps its host"):
        game.owner.insert("members", {"thread_id": game.id, "user_id": game.host.id, "host": True})


def test_a_game_with_secrets_has_one_host(db: Connection) -> None:
    """Whose thread it is lets a server host it, and then reads no more than anyone."""
    game = Table(db, hidden=True, owner_hosts=True)
    assert game.head()["seq"] == 2
    hosts = "select user_id from public.members where thread_id = %s and host"
    assert db.execute(hosts, (game.id,)).fetchall() == [(game.owner.id,)]
    other = Secrets(db, "player")
    assert db.execute(hosts, (other.id,)).fetchall() == [(other.host.id,)]


@pytest.mark.parametrize("who", ["seated_owner", "seated_owning_host", "player"])
def test_nobody_who_plays_reads_what_is_said_behind_their_backs(db: Connection, who: str) -> None:
    game = Table(db, owner_hosts="host" in who)
    person = game.player if who == "player" else game.owner
    game.append(r.Left, seat="white")
    game.joins("white", "Olga", person.id)
    game.append(r.Chatted, room="spectators", name="Dora", text="knight to f7 wins")
    asked = "select 1 from public.events where thread_id = %s and kind = 'chatted'"
    assert person.ask(asked, game.id) == []
    assert len(game.spectator.ask(asked, game.id)) == 1


def test_a_seated_host_retries_in_silence_what_they_cannot_read(db: Connection) -> None:
    game = Secrets(db, "seated_host")
    move = game.plays("white", "a2", then="black")
    assert game.host.insert("events", move) == 0
    with pytest.raises(errors.UniqueViolation):
        game.host.insert("seeds", {"thread_id": game.id, "seed": 7})


# Unlisted


def test_an_unlisted_game_is_in_no_list(db: Connection) -> None:
    game = Table(db, "unlisted")
    for sql in ("select * from public.threads", "select * from public.seats", "select seq from public.events"):
        assert game.spectator.ask(sql) == []
    assert game.spectator.ask("select * from public.thread_by_id(null)") == []


def test_whoever_has_the_id_of_an_unlisted_game_reads_it(db: Connection) -> None:
    game = Table(db, "unlisted")
    for person in (game.anon, game.spectator):
        [(name, seed)] = person.ask("select name, seed from public.thread_by_id(%s)", game.id)
        assert (name, seed) == ("friday", 7)
        seats = person.ask("select seat, name from public.seats_by_id(%s)", game.id)
        assert sorted(seats) == [("black", "Ben"), ("white", "Ann")]
        assert [seq for seq, *_ in person.ask("select * from public.events_by_id(%s, 1)", game.id)] == [2]


def test_a_log_is_read_by_id_a_thousand_events_at_once(db: Connection) -> None:
    game = Table(db, "unlisted")
    chat = [game.next(r.Chatted, seq=n, room="spectators", name="Dora", text=str(n)) for n in range(3, 1204)]
    game.host.insert("events", *chat)
    assert len(game.anon.ask("select seq from public.events_by_id(%s)", game.id)) == 1000
    assert len(game.anon.ask("select seq from public.events_by_id(%s, 1000)", game.id)) == 203


# Members


def test_only_those_who_run_a_game_learn_who_is_behind_the_names(table: Table) -> None:
    asked = "select user_id from public.members where thread_id = %s"
    assert table.player.ask(asked, table.id) == [(table.player.id,)]
    everyone = {(person.id,) for person in (table.player, table.host, table.owner)}
    assert set(table.host.ask(asked, table.id)) == set(table.owner.ask(asked, table.id)) == everyone


def test_everyone_lists_their_own_games(table: Table) -> None:
    mine = """select t.name, m.owner, m.host, m.seats from public.members m
        join public.threads t on t.id = m.thread_id where m.user_id = %s"""
    assert table.owner.ask(mine, table.owner.id) == [("friday", True, False, [])]
    assert table.host.ask(mine, table.host.id) == [("friday", False, True, [])]
    assert table.player.ask(mine, table.player.id) == [("friday", False, False, ["white"])]
    assert table.player.ask(mine, table.owner.id) == []


def test_who_left_the_seat_may_still_read_a_private_game(db: Connection) -> None:
    game = Table(db, "private")
    game.append(r.Left, seat="white")
    assert len(game.log(game.player)) == 3


def test_an_invited_user_reads_a_private_game(db: Connection) -> None:
    game = Table(db, "private")
    assert game.log(game.stranger) == []
    game.owner.insert("members", {"thread_id": game.id, "user_id": game.stranger.id})
    assert len(game.log(game.stranger)) == 2


# Leaving for good


def what_is_told(game: Table) -> list[tuple[Any, ...]]:
    """Every name and word in the log and at the table, and whose they are."""
    names = "coalesce(body #>> '{player,name}', body ->> 'name'), body ->> 'text', user_id"
    log = f"select {names} from public.events where thread_id = %s and kind in ('joined', 'chatted') order by seq"
    seats = "select name, null, null from public.seats where thread_id = %s order by seat desc"
    return game.db.execute(log, (game.id,)).fetchall() + game.db.execute(seats, (game.id,)).fetchall()


LEAVE = "delete from public.members where thread_id = %s and user_id = %s"


def test_who_leaves_for_good_is_someone(table: Table) -> None:
    table.append(r.Chatted, room="players", name="Ann", seat="white", text="I live in Ulm")
    table.plays("white", "e2e4", then="black")
    joined = table.db.execute("select user_id from public.events where user_id is not null").rowcount
    assert joined == 3
    assert table.player.changes(LEAVE, table.id, table.player.id) == 1
    assert what_is_told(table) == [
        ("someone", None, None), ("Ben", None, None), ("someone", "", None),
        ("someone", None, None), ("Ben", None, None),
    ]  # fmt: skip
    assert table.db.execute("select 1 from public.events where user_id is not null").rowcount == 0


def test_a_retry_does_not_bring_a_name_back(table: Table) -> None:
    said = table.append(r.Chatted, room="players", name="Ann", seat="white", text="I live in Ulm")
    table.player.changes(LEAVE, table.id, table.player.id)
    assert table.host.insert("events", said) == 0
    assert ("someone", "", None) in what_is_told(table)
    with pytest.raises(errors.DatabaseError, match="event 3 is another one already"):
        table.host.insert("events", {**said, "body": {**said["body"], "room": "spectators"}})


def test_an_account_takes_its_games_along_and_is_someone_elsewhere(table: Table) -> None:
    own = Table(table.db, "private")
    table.owner.insert("profiles", {"id": table.owner.id, "name": "Olga"})
    table.append(r.Chatted, room="spectators", name="Olga", text="hello", user=own.owner.id)
    own.owner.ask("select public.delete_account()")
    assert own.db.execute("select 1 from public.threads where id = %s", (own.id,)).rowcount == 0
    assert own.db.execute("select 1 from auth.users where id = %s", (own.owner.id,)).rowcount == 0
    assert what_is_told(table)[2] == ("someone", "", None)
    table.owner.ask("select public.delete_account()")
    for name in ("threads", "seats", "seeds", "events", "members", "profiles"):
        assert table.db.execute(f"select 1 from public.{name}").rowcount == 0, name


def test_nobody_deletes_anothers_account(table: Table) -> None:
    table.stranger.ask("select public.delete_account()")
    assert table.db.execute("select 1 from auth.users").rowcount == 4
    with pytest.raises(errors.InsufficientPrivilege):
        table.anon.ask("select public.delete_account()")
    with pytest.raises(errors.InsufficientPrivilege):
        table.player.ask("delete from auth.users")


def test_the_games_host_may_go(table: Table) -> None:
    table.host.ask("select public.delete_account()")
    assert len(table.log(table.player)) == 2


def test_what_arrives_after_an_account_is_gone_is_someones(table: Table) -> None:
    gone = Person(table.db, "gone")
    gone.ask("select public.delete_account()")
    table.append(r.Left, seat="black")
    table.joins("black", "Gone", gone.id)
    assert what_is_told(table)[2] == ("someone", None, None)


def test_what_they_said_in_their_seat_is_someones_too(table: Table) -> None:
    table.player.ask("select public.delete_account()")
    table.append(r.Chatted, room="players", name="Ann", seat="white", text="I live in Ulm")
    table.append(r.Chatted, room="players", name="Ben", seat="black", text="hello")
    assert what_is_told(table)[2:4] == [("someone", "", None), ("Ben", "hello", None)]


def test_an_owner_stays_while_the_thread_is_theirs(table: Table) -> None:
    assert table.owner.changes(LEAVE, table.id, table.owner.id) == 0
    assert table.owner.changes("delete from public.threads where id = %s", table.id) == 1


# With the service key


def test_the_service_key_keeps_the_order_too(table: Table) -> None:
    service = Person(table.db, "service", "service_role")
    row = table.next(r.Moved, seat="white", move="e2e4", to_move="black")
    assert service.insert("events", row) == 1
    assert service.insert("events", row) == 0
    assert (table.head()["seq"], table.head()["ply"]) == (3, 1)
    with pytest.raises(errors.DatabaseError, match="event 4 comes next, not 9"):
        service.insert("events", {**row, "seq": 9})


def test_nor_does_a_superuser_break_it(table: Table) -> None:
    row = table.next(r.Moved, seat="black", move="e7e5", to_move="white")
    with pytest.raises(errors.DatabaseError, match="it isn't black's turn"):
        insert(table.db, "events", [row])
