"""Recordings: whatever is written is read the same, and what is damaged is told apart, to the line."""

from __future__ import annotations

import typing

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from gamesock import record
from gamesock.bot import Thought
from gamesock.record import (
    BadRecording,
    BotFailed,
    Chatted,
    Declined,
    Ended,
    Event,
    Header,
    Joined,
    Left,
    Moved,
    Offered,
    Paused,
    Player,
    Ran,
    Rematched,
    TakenBack,
    dump_event,
    dump_header,
    dumps,
    load_event,
    loads,
    shareable,
)

HEADER = Header(game="chess", thread="t", created=1.0)

# Every event there can be

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
some = st.none() | text
times = st.floats(-6e10, 2.5e11)
json = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | times | text,
    lambda children: st.lists(children, max_size=3) | st.dictionaries(text, children, max_size=3),
    max_leaves=8,
)
objects = st.dictionaries(text, json, max_size=3)
offers = st.sampled_from(["draw", "takeback", "rematch"])
mover = st.sampled_from(["player", "ai"])
numbers = st.none() | st.integers(-99, 99)
players = st.builds(
    Player, name=text, kind=st.sampled_from(["human", "bot"]), user=some, key=some, bot=some, level=numbers
)
thoughts = st.builds(
    Thought,
    seat=text,
    score=st.none() | st.floats(-1e9, 1e9),
    mate=numbers,
    depth=st.integers(0, 99),
    nodes=st.integers(0, 2**40),
    line=st.lists(text, max_size=3).map(tuple),
)
fields: dict[type[record._Event], dict[str, st.SearchStrategy[object]]] = {
    Joined: {"seat": text, "player": players},
    Left: {"seat": text},
    Moved: {"seat": text, "move": text, "by": mover, "id": some, "thought": st.none() | thoughts},
    Ran: {"by": mover, "input": json, "state": objects, "id": some},
    Offered: {"seat": text, "offer": offers},
    Declined: {"seat": text, "offer": offers},
    TakenBack: {"seat": text, "plies": st.integers(1, 999)},
    Paused: {"seconds": st.floats(0, 1e9)},
    Chatted: {"room": st.sampled_from(["players", "spectators"]), "name": text, "seat": some, "text": text},
    BotFailed: {"seat": some, "bot": text, "reason": text},
    Ended: {"winner": some, "reason": text},
    Rematched: {"thread": text},
}
kinds = [st.builds(kind, seq=st.just(1), at=times, **given) for kind, given in fields.items()]
logs = st.lists(st.one_of(kinds), max_size=8).map(
    lambda events: [event.model_copy(update={"seq": seq}) for seq, event in enumerate(events, 1)]
)
headers = st.builds(
    Header,
    game=text,
    thread=text,
    created=times,
    options=objects,
    seed=st.integers(0, 2**63 - 1),
    clock=some,
    visibility=st.sampled_from(["public", "unlisted", "private"]),
    epoch=text,
    foreign=st.booleans(),
    tags=st.dictionaries(text, text, max_size=3),
)


def test_the_properties_cover_every_kind_of_event() -> None:
    [union, _] = typing.get_args(Event)
    assert set(typing.get_args(union)) == set(fields)


@given(headers, logs)
def test_a_recording_reads_as_it_was_written(header: Header, events: list[Event]) -> None:
    written = dumps(header, events)
    assert written.count("\n") == 1 + len(events)
    assert loads(written) == (header, events)
    assert dumps(*loads(written)) == written


@given(st.one_of(kinds))
def test_an_event_reads_as_it_was_written(event: Event) -> None:
    line = dump_event(event)
    assert b"\n" not in line
    assert load_event(line) == event
    assert load_event(line.decode()) == event


def test_what_is_written_is_short_and_plain() -> None:
    assert dump_header(HEADER) == b'{"gamesock":1,"game":"chess","thread":"t","created":1.0}'
    event = Moved(seq=3, at=2.5, seat="white", move="e2e4")
    assert dump_event(event) == b'{"seq":3,"at":2.5,"kind":"moved","seat":"white","move":"e2e4"}'


# Damage


@given(headers, logs, st.integers(1, 400))
def test_of_a_file_cut_off_anywhere_the_whole_lines_are_read(
    header: Header, events: list[Event], cut: int
) -> None:
    written = dumps(header, events)
    rest = written[:-cut]
    try:
        whole = loads(rest)
    except BadRecording as error:
        assert error.line == rest.count("\n") + 1
        assert error.events == events[: len(error.events)]
        assert len(error.events) == max(0, error.line - 2)
        assert error.header == (header if error.line > 1 else None)
    else:
        assert whole == (header, events[: len(whole[1])])
        assert rest.endswith("\n") or written[len(rest)] == "\n"


@pytest.mark.parametrize(
    ("lines", "line", "reason"),
    [
        ([], 1, "the file is empty"),
        (["", "  "], 1, "the file is empty"),
        (["1. e4 e5"], 1, "not JSON"),
        (["{}"], 1, "game: is missing"),
        (["[]"], 1, "must be an object"),
        (['{"gamesock":2,"game":"chess","moves":[]}'], 1, "it is in format 2; this gamesock reads 1"),
        (['{"game":"chess","thread":"t","created":1e999}'], 1, "created"),
        (['{"game":"chess","thread":"t","created":1,"seed":9223372036854775808}'], 1, "seed"),
        (['{"game":"chess","thread":"t","created":1,"seed":1' + "0" * 400 + "}"], 1, "seed"),
        (['{"seq":1,"at":1,"kind":"left","seat":"white"}'], 1, "game: is missing"),
        (["H", "nonsense"], 2, "not JSON"),
        (["H", '{"seq":1,"at":1,"kind":"castled"}'], 2, "'castled'"),
        (["H", '{"seq":1,"at":1}'], 2, "kind"),
        (["H", '{"seq":1,"at":1,"kind":"moved","seat":"white"}'], 2, "moved.move: is missing"),
        (["H", '{"seq":1,"at":1,"kind":"left","seat":"w","why":"?"}'], 2, "left.why: nothing of that name"),
        (["H", '{"seq":1,"at":null,"kind":"left","seat":"w"}'], 2, "left.at"),
        (["H", '{"seq":0,"at":1,"kind":"left","seat":"w"}'], 2, "left.seq"),
        (["H", '{"seq":1,"at":1,"kind":"paused","seconds":-1}'], 2, "paused.seconds"),
        (["H", '{"seq":1,"at":1,"kind":"taken_back","seat":"w","plies":0}'], 2, "taken_back.plies"),
        (["H", "1", "3"], 3, "event 3 where 2 should be: lines are missing"),
        (["H", "2", "1"], 2, "event 2 where 1 should be"),
        (["H", "1", "1"], 3, "event 1 where 2 should be"),
        (["H", "1", "", "2", "H"], 5, "kind"),
        (["H", "1", "\ufeff"], 3, "not JSON"),
    ],
)
def test_damage_is_told_by_line_and_reason(lines: list[str], line: int, reason: str) -> None:
    whole = {"H": dump_header(HEADER).decode()} | {
        str(seq): dump_event(Left(seq=seq, at=1.0, seat="white")).decode() for seq in range(1, 4)
    }
    with pytest.raises(BadRecording) as error:
        loads("\n".join(whole.get(line, line) for line in lines))
    assert error.value.line == line
    assert reason in str(error.value)
    assert str(error.value).startswith(f"line {line}: ")
    assert (error.value.header == HEADER) == (line > 1)


def test_other_systems_line_ends_and_blank_lines_are_no_damage() -> None:
    written = dumps(HEADER, [Left(seq=1, at=1.0, seat="white")])
    expected = loads(written)
    assert loads(written.replace("\n", "\r\n")) == expected
    assert loads("\n" + written.replace("\n", "\n\n")) == expected
    assert loads(written.rstrip("\n")) == expected


@pytest.mark.parametrize("separator", ["\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c", "\r", "\n", "\r\n"])
def test_a_chat_may_hold_any_line_separator(separator: str) -> None:
    chat = Chatted(seq=1, at=1.0, room="players", name="a", text=f"one{separator}two")
    assert loads(dumps(HEADER, [chat])) == (HEADER, [chat])


@pytest.mark.parametrize("state", [{"x": object()}, {"x": 2**64}, {"x": "\ud800"}, {"x": b"\xff"}])
def test_what_json_cannot_hold_is_refused_when_written(state: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        dump_event(Ran(seq=1, at=1.0, by="ai", state=state))
    with pytest.raises(ValueError):
        dumps(HEADER.model_copy(update={"options": state}), [])


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_a_time_is_a_number(number: float) -> None:
    with pytest.raises(ValidationError):
        Left(seq=1, at=number, seat="white")
    with pytest.raises(ValidationError):
        Paused(seq=1, at=1.0, seconds=number)
    with pytest.raises(ValidationError):
        Header(game="chess", thread="t", created=number)


@pytest.mark.parametrize("number", [-6.1e10, 2.6e11, 1e300])
def test_a_time_is_in_the_calendar(number: float) -> None:
    with pytest.raises(ValidationError):
        Left(seq=1, at=number, seat="white")
    with pytest.raises(ValidationError):
        Header(game="chess", thread="t", created=number)


# Sharing


def test_what_is_shared_holds_nobodys_keys() -> None:
    events: list[Event] = [
        Joined(seq=1, at=1.0, seat="white", player=Player(name="Ada", key="secret", user="secret", level=3)),
        Moved(seq=2, at=2.0, seat="white", move="e2e4", id="secret", thought=Thought(seat="white", depth=3)),
        Ran(seq=3, at=3.0, by="player", input="in", state={"a": 1}, id="secret"),
        Ended(seq=4, at=4.0, winner="white", reason="secret_is_a_reason_too"),
    ]
    shared = shareable(events)
    assert shared == [
        Joined(seq=1, at=1.0, seat="white", player=Player(name="Ada", level=3)),
        Moved(seq=2, at=2.0, seat="white", move="e2e4", thought=Thought(seat="white", depth=3)),
        Ran(seq=3, at=3.0, by="player", input="in", state={"a": 1}),
        events[3],
    ]
    assert events[0].player.key == "secret", "the log itself is as it was"


@given(logs)
def test_what_is_shared_is_a_recording(events: list[Event]) -> None:
    assert loads(dumps(HEADER, shareable(events))) == (HEADER, shareable(events))
