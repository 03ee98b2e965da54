"""The wire: what parses, what is refused and how it says so, and that both ends agree."""

from __future__ import annotations

import json
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from gamesock import protocol as p
from gamesock.protocol import Code, Refusal
from gamesock.protocol.views import WholePicture

CLIENT: list[type[Any]] = list(get_args(get_args(p.ClientMessage)[0]))
SERVER: list[type[Any]] = list(get_args(get_args(p.ServerMessage)[0]))
LOBBY: list[type[Any]] = list(get_args(get_args(p.LobbyRequest)[0]))
LOBBY_SERVER: list[type[Any]] = list(get_args(get_args(p.LobbyMessage)[0]))
NEEDED: dict[str, dict[str, Any]] = {
    "authenticate": {"token": "t"},
    "resume": {"seq": 1, "epoch": "e"},
    "set_bot": {"seat": "white"},
    "chat": {"text": "hi"},
    "create_thread": {"game": "chess"},
}
CODES = """bad_json bad_message too_large rate_limited unauthenticated auth_unavailable forbidden not_found
thread_exists
thread_full seat_taken not_your_turn not_a_player illegal_move ambiguous_move game_over stale no_such_bot
bot_failed store_unavailable server_full internal"""


@pytest.mark.parametrize("model", CLIENT, ids=lambda model: model.__name__)
def test_every_client_message_is_told_by_its_type(model: type[Any]) -> None:
    kind = model.model_fields["type"].default
    message = p.parse_client(json.dumps({"type": kind, "id": "7", "unknown": [1]} | NEEDED.get(kind, {})))
    assert isinstance(message, model)
    assert message.id == "7"
    assert p.parse_client(message.model_dump_json(exclude_none=True)) == message


@pytest.mark.parametrize("model", LOBBY, ids=lambda model: model.__name__)
def test_every_message_to_the_lobby_is_told_by_its_type(model: type[Any]) -> None:
    kind = model.model_fields["type"].default
    message = p.parse_lobby_client(json.dumps({"type": kind, "id": "7", "unknown": [1]} | NEEDED.get(kind, {})))
    assert isinstance(message, model) and message.id == "7"
    assert p.parse_lobby_client(message.model_dump_json(exclude_none=True)) == message


@pytest.mark.parametrize("id", ["..", "." * 64, "a b", "a\n", "", "x" * 65])
def test_a_new_threads_id_is_one(id: str) -> None:
    with pytest.raises(Refusal, match="thread_id"):
        p.parse_lobby_client(json.dumps({"type": "create_thread", "game": "chess", "thread_id": id}))


def test_types_are_unique() -> None:
    for models in (CLIENT, SERVER, LOBBY, LOBBY_SERVER):
        kinds = [model.model_fields["type"].default for model in models]
        assert len(set(kinds)) == len(kinds)


def test_the_codes_are_stable() -> None:
    assert [code.value for code in Code] == CODES.split()
    assert {close.name: close.value for close in p.Close} == {
        "GOING_AWAY": 1001,
        "POLICY": 1008,
        "TOO_LARGE": 1009,
        "TRY_AGAIN": 1013,
        "TOO_SLOW": 4408,
    }


@pytest.mark.parametrize(
    ("frame", "code", "says"),
    [
        ("", Code.BAD_JSON, "not JSON"),
        ("{", Code.BAD_JSON, "not JSON"),
        ("hello", Code.BAD_JSON, "not JSON"),
        ('{"type":"chat","text":"\\ud800"}', Code.BAD_JSON, "not JSON"),
        ("[" * 10_000, Code.BAD_JSON, "not JSON"),
        ("[]", Code.BAD_MESSAGE, "a message is a JSON object"),
        ("null", Code.BAD_MESSAGE, "a message is a JSON object"),
        ("7", Code.BAD_MESSAGE, "a message is a JSON object"),
        ("{}", Code.BAD_MESSAGE, 'a message needs a "type"'),
        ('{"type":"chat"', Code.BAD_JSON, "not JSON: it breaks off"),
        ('{"type":"chat",}', Code.BAD_JSON, ", at column 16"),
        ('{"type":"chat"}', Code.BAD_MESSAGE, "text: is missing"),
        ('{"type":"chat","text":""}', Code.BAD_MESSAGE, "text"),
        ('{"type":"chat","text":"x","room":"all"}', Code.BAD_MESSAGE, "room"),
        ('{"type":"resume","seq":-1,"epoch":"e"}', Code.BAD_MESSAGE, "seq"),
        ('{"type":"get_state","ply":1.5}', Code.BAD_MESSAGE, "ply"),
        ('{"type":"ai_move","time_ms":0}', Code.BAD_MESSAGE, "time_ms"),
        ('{"type":"make_move","id":7}', Code.BAD_MESSAGE, "id"),
        ('{"type":"make_move","id":"' + "x" * 65 + '"}', Code.BAD_MESSAGE, "id"),
        ('{"type":"make_move","auto_response":"maybe"}', Code.BAD_MESSAGE, "auto_response"),
    ],
)
def test_what_is_refused(frame: str, code: Code, says: str) -> None:
    with pytest.raises(Refusal) as refusal:
        p.parse_client(frame)
    assert refusal.value.code is code
    assert says in str(refusal.value)


@pytest.mark.parametrize(
    ("data", "kind", "given_id"),
    [
        ({"type": "wave", "to": "bob", "id": "1"}, "wave", "1"),
        ({"type": "wave", "id": 7}, "wave", None),
        ({"type": "wave", "id": "x" * 65}, "wave", None),
        ({"type": 7}, "7", None),
        ({"type": None}, "None", None),
        ({"type": "x" * 200}, "x" * 100, None),
    ],
)
def test_other_types_are_kept_for_the_hook(data: dict[str, Any], kind: str, given_id: str | None) -> None:
    message = p.parse_client(json.dumps(data))
    assert isinstance(message, p.Unknown)
    assert (message.type, message.id, message.data) == (kind, given_id, data)


@pytest.mark.parametrize(
    "move", ["e2e4", {"move": "e2e4"}, {"column": 3}, 3, {"row": 0, "col": 2}, None, [], True]
)
def test_a_move_may_have_any_shape(move: object) -> None:
    message = p.parse_client(json.dumps({"type": "make_move", "move": move}))
    assert isinstance(message, p.MakeMove)
    assert message.move == move
    assert message.auto_response is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
KINDS = st.sampled_from([model.model_fields["type"].default for model in CLIENT])
FIELDS = st.sampled_from(["id", "move", "seq", "seat", "text", "room", "ply", "bot", "level", "features", "token"])


@given(st.text(max_size=40) | st.binary(max_size=40) | JSON.map(json.dumps))
def test_anything_is_parsed_or_refused(frame: str | bytes) -> None:
    try:
        p.parse_client(frame)
    except Refusal as refusal:
        assert refusal.code in (Code.BAD_JSON, Code.BAD_MESSAGE)
        assert str(refusal)


@given(KINDS, st.dictionaries(FIELDS, JSON, max_size=4))
def test_a_known_type_with_any_fields_is_parsed_or_refused(kind: str, fields: dict[str, Any]) -> None:
    try:
        assert p.parse_client(json.dumps({**fields, "type": kind})).type == kind
    except Refusal as refusal:
        assert str(refusal)


@pytest.mark.parametrize(
    "message",
    [
        p.StateUpdate(state={"a": 1}, timestamp="t"),
        p.Error(code=Code.STALE, message="late", retry_after_ms=5),
        p.Ack(seq=3, seat="white", seat_token="secret"),
        p.GameOver(seq=1, outcome=p.OutcomeView(winner=None, reason="agreement"), reason="agreement"),
        p.Skipped(seq=4),
        p.GoingAway(retry_after_ms=100),
    ],
    ids=lambda message: message.type,
)
def test_server_messages_come_back_as_they_went(message: Any) -> None:
    assert p.parse_server(message.model_dump_json(exclude_none=True)) == message


@pytest.mark.parametrize("frame", ["", "[]", '{"type":"no_such"}', '{"type":"error","code":"odd","message":""}'])
def test_a_server_message_of_another_protocol(frame: str) -> None:
    with pytest.raises(ValueError) as wrong:
        p.parse_server(frame)
    assert isinstance(wrong.value, p.UnheardOf) == ("no_such" in frame)
    assert "\n" not in str(wrong.value)


def test_secrets_are_not_shown_in_logs() -> None:
    for message in (p.Authenticate(token="secret"), p.Join(seat_token="secret"), p.Ack(seat_token="secret")):
        assert "secret" not in repr(message)


CLOCK = {"control": "5+0", "left": {"white": 300.0, "black": 300.0}, "running": ["white"], "now": 1.0}


@pytest.mark.parametrize("value", ["Infinity", "-Infinity", "NaN", "1e400", "1" + "0" * 400])
@pytest.mark.parametrize(
    "frame",
    [
        json.dumps({"type": "clock", "seq": 1, "clock": CLOCK | {"left": {"white": 7.0, "black": 1.5}}}),
        json.dumps({"type": "clock", "seq": 1, "clock": CLOCK | {"now": 1.5}}),
        json.dumps({"type": "clock", "seq": 1, "clock": CLOCK | {"delay": 1.5}}),
        json.dumps({"type": "chat", "seq": 1, "room": "players", "name": "a", "text": "b", "at": 1.5}),
        json.dumps({"type": "presence", "players": {}, "claim_after": 1.5}),
        json.dumps({"type": "presence", "players": {"white": {"name": "a", "away_since": 1.5}}}),
    ],
)
def test_times_that_no_calendar_shows_are_refused(frame: str, value: str) -> None:
    p.parse_server(frame)
    with pytest.raises(ValueError):
        p.parse_server(frame.replace("1.5", value))


def test_a_clock_that_runs_shows_something() -> None:
    with pytest.raises(ValueError, match="clock of 'green'"):
        p.ClockView.model_validate(CLOCK | {"running": ["green"]})


def test_a_thread_of_the_lobby_has_an_id_that_can_be_asked_for() -> None:
    with pytest.raises(ValueError, match="thread_id"):
        p.parse_lobby_server('{"type": "thread_created", "thread_id": "../x", "route": "/ws/chess"}')


@pytest.mark.parametrize(
    "wrong",
    [
        {"column_labels": ["a", "b" * 9]},
        {"column_labels": ["a", "\x1b"]},
        {"row_labels": ["\u65e5"]},
        {"pieces": {"x": {"name": "x", "seat": None, "letter": "x", "glyph": "\u65e5", "sprite": ""}}},
        {"pieces": {"x": {"name": "x", "seat": None, "letter": "x", "glyph": "\u0301", "sprite": ""}}},
    ],
)
def test_labels_and_signs_take_the_columns_they_have(wrong: dict[str, Any]) -> None:
    picture = {"rows": 1, "columns": 2, "cells": ["", ""], "pieces": {}, "column_labels": ["a", "10"]}
    whole = TypeAdapter(WholePicture)
    whole.validate_python(picture)
    with pytest.raises(ValueError, match=r"fit beside|no sign"):
        whole.validate_python(picture | wrong)
