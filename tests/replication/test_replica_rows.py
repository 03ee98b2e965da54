"""Threads as rows and back, and whose token is used: pure, without any project."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest

from gamesock import record as r
from gamesock.server.replication import rows
from gamesock.server.replication.copy import LARGE, TAIL, Copy
from gamesock.server.replication.credentials import Credentials

RECORDINGS = sorted((Path(__file__).parent.parent.parent / "recordings").glob("*/*.jsonl"))
OWNER, OTHER = str(uuid4()), str(uuid4())


def chat(seq: int, text: str = "hello") -> r.Event:
    return r.Chatted(seq=seq, at=float(seq), room="players", name="Ann", text=text)


def copy_of(*events: r.Event) -> Copy:
    copy = Copy("t", header=r.Header(game="chess", thread="t", created=1.0), owner=OWNER)
    for event in events:
        copy.extend([event], frozenset({"white"}))
    return copy


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.stem)
def test_a_recording_comes_back(path: Path) -> None:
    header, log = r.loads(path.read_text(encoding="utf-8"))
    assert rows.header_of(rows.thread_row(OWNER, header, False, None)) == header
    id = rows.thread_id(OWNER, header.thread, header.epoch)
    assert [rows.event_of(rows.event_row(id, event, None)[0]) for event in log] == log


def test_the_seed_of_a_game_with_secrets_stays_out() -> None:
    header = r.Header(game="duel", thread="t", created=1.0, seed=7)
    row = rows.thread_row(OWNER, header, True, None)
    assert row["seed"] is None
    with pytest.raises(ValueError, match="secret"):
        rows.header_of(row)
    assert rows.header_of(row, seed=7) == header


def test_keys_users_and_requests_stay_out() -> None:
    joined = r.Joined(seq=1, at=1.0, seat="white", player=r.Player(name="Ann", user=OWNER, key="secret"))
    row, _ = rows.event_row(uuid4(), joined, frozenset({"white"}))
    assert row["body"] == {"player": {"name": "Ann"}} and row["user_id"] == OWNER and row["to_move"] is None
    moved = r.Moved(seq=2, at=2.0, seat="white", move="e2e4", id="request")
    row, _ = rows.event_row(uuid4(), moved, frozenset({"black"}))
    assert row["body"] == {"move": "e2e4"} and row["user_id"] is None and row["to_move"] == ["black"]
    stranger = joined.model_copy(update={"player": r.Player(name="Ann", user="no uuid")})
    assert rows.event_row(uuid4(), stranger, None)[0]["user_id"] is None


def test_words_come_back_as_a_server_would_let_them_in() -> None:
    evil = r.Joined(seq=1, at=1.0, seat="white", player=r.Player(name="\x1b[2JAnn\n" + "x" * 100))
    row, _ = rows.event_row(uuid4(), evil, None)
    back = rows.event_of(row)
    assert isinstance(back, r.Joined) and back.player.name.isprintable() and len(back.player.name) == 40


def test_gaps_are_empty_words() -> None:
    log = rows.whole([chat(2), chat(4)], 5)
    assert [event.seq for event in log] == [1, 2, 3, 4, 5]
    assert [event.text for event in log if isinstance(event, r.Chatted)] == ["", "hello", "", "hello", ""]


def test_seats_are_found_again() -> None:
    sat = [r.Joined(seq=n, at=1.0, seat=seat, player=r.Player(name="x")) for n, seat in enumerate("aba", 1)]
    users = [
        event.player.user for event in rows.seated(sat, {"a": OWNER, "b": OTHER}) if isinstance(event, r.Joined)
    ]
    assert users == [None, OTHER, OWNER]


def test_a_request_is_not_too_large() -> None:
    copy = copy_of(*(chat(seq, "x" * (LARGE // 3)) for seq in range(1, 6)))
    lines = copy.at_hand()
    assert lines and len(copy.rows(lines)) == 2
    copy = copy_of(chat(1, "x" * LARGE * 2), chat(2))
    assert len(copy.rows(copy.at_hand() or [])) == 1, "what is larger alone goes alone"


def test_memory_holds_only_what_follows() -> None:
    copy = copy_of(*map(chat, range(1, TAIL + 10)))
    assert copy.at_hand() is None and copy.pending == TAIL + 9
    copy.kept(20)
    assert copy.at_hand() and copy.pending == TAIL - 11
    copy.extend([chat(TAIL + 20)], None)
    assert copy.at_hand() is None, "some were stored that nobody told of"
    copy.kept(copy.end)
    assert copy.pending == 0 and copy.since is None


def test_of_events_together_only_the_last_turn_is_known() -> None:
    copy = copy_of()
    moves = [r.Moved(seq=seq, at=1.0, seat="white", move="e2e4") for seq in (1, 2)]
    copy.extend([*moves, chat(3)], frozenset({"black"}))
    assert [line.to_move for line in copy.at_hand() or []] == [None, frozenset({"black"}), None]


def test_the_newest_token_counts() -> None:
    now, told = 100.0, []
    credentials = Credentials(lambda: now)
    credentials.renewed.append(told.append)
    credentials.renew("ann", "first", 200.0)
    credentials.renew("ann", "older", 150.0)
    assert credentials.token("ann") == "first" and told == ["ann"]
    now = 196.0
    assert credentials.token("ann") is None, "a request takes time"
    credentials.renew("ann", "second", 300.0)
    credentials.refused("ann", "first")
    assert credentials.token("ann") == "second"
    credentials.refused("ann", "second")
    assert credentials.token("ann") is None and credentials.token("bob") is None
    assert "second" not in repr(vars(credentials))


def test_tokens_are_not_shown() -> None:
    credentials = Credentials()
    credentials.renew("ann", "very-secret")
    assert "very-secret" not in repr(vars(credentials))
