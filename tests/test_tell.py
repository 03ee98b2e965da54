"""What each kind of viewer is told."""

from __future__ import annotations

from typing import Any

import pytest
from room import Duel, Room

from gamesock import protocol as p
from gamesock import record as r
from gamesock.tell import View, iso

GAMESOCK_ONLY = {"table", "notations", "picture", "delta"}


def room(game: str = "chess", **fields: Any) -> Room:
    table = Room(game, **fields)
    table.seat("ann")
    table.seat("bob")
    table.enter("eve")
    table.enter("seed", greeted=False)
    return table


def test_a_seed_client_gets_the_seeds_state_update_with_every_field() -> None:
    table = room()
    table.play(("ann", "e4"))
    told = table.guests["seed"].told[-1].model_dump(exclude_none=True)
    assert told["type"] == "state_update"
    assert (told["thread_id"], told["last_action"], told["move"]) == ("t1", "player_move", "e2e4")
    assert len(told["state"]["board_fens"]) == 2
    assert not GAMESOCK_ONLY & told.keys()


def test_a_first_state_has_no_last_action() -> None:
    first = room().guests["seed"].told[0]
    assert isinstance(first, p.StateUpdate)
    assert (first.last_action, first.move, first.timestamp) == (None, None, "1970-01-01T00:16:40+00:00")


def test_what_a_seed_client_is_spared_and_what_not() -> None:
    table = room()
    seed = table.guests["seed"]
    table.play(("ann", "e4"), ("bob", "e5"))
    seed.told.clear()
    table.ask("ann", p.OfferDraw())
    table.ask("bob", p.Chat(text="no"))
    table.enter("late")
    assert seed.told == []
    table.ask("ann", p.Resign())
    assert [told.type for told in seed.told] == ["game_over"]


def test_an_end_that_the_state_shows_is_not_told_twice_to_a_seed_client() -> None:
    table = room()
    table.play(("ann", "f3"), ("bob", "e5"), ("ann", "g4"), ("bob", "Qh4"))
    types = [told.type for told in table.guests["seed"].told]
    assert types == ["state_update"] * 5
    assert table.guests["seed"].told[-1].state["game_status"] == "checkmate"
    assert table.guests["eve"].told[-1].type == "game_over"


def test_a_move_costs_no_more_late_in_the_game() -> None:
    table = room()
    sizes = []
    for _ in range(3):
        for name, move in (("ann", "Nf3"), ("bob", "Nf6"), ("ann", "Ng1"), ("bob", "Ng8")):
            table.play((name, move))
            sizes.append(len(table.guests["eve"].told[-1].model_dump_json(exclude_none=True)))
    assert sizes[-4] < sizes[0] + 200, "the same position again, eight moves later"


def test_views_are_shared_by_those_who_see_the_same() -> None:
    table = room()
    table.enter("fay")

    def view(name: str) -> View:
        guest = table.guests[name]
        return table.teller.view(name, guest.features, guest.viewer.greeted)

    assert view("eve") == view("fay")
    assert view("ann") == view("bob") != view("eve"), "chess has no secrets, but players their own room"
    assert view("seed") == View()


def test_secrets_make_views_of_their_own() -> None:
    table = room(Duel())
    views = [table.teller.view(name, frozenset(), True) for name in ("ann", "bob", "eve")]
    assert [view.seat for view in views] == ["left", "right", None]


def test_with_secrets_there_are_no_deltas() -> None:
    table = room(Duel())
    table.play(("ann", "rock"), ("bob", "paper"))
    last = table.guests["eve"].told[-1]
    assert isinstance(last, p.StateUpdate) and last.delta is None
    assert last.state["rounds"] == [["rock", "paper"]]


def test_a_late_told_event_shows_what_was_so_then() -> None:
    table = room()
    table.play(("ann", "e4"), ("bob", "e5"), ("ann", "Nf3"))
    moves = [event for event in table.log if isinstance(event, r.Moved)]
    for deltas in (True, False):
        update = table.teller.event(moves[1], View(greeted=True, deltas=deltas), table.now, ply=2)
        assert update is not None
        assert (update["ply"], update["notation"], update["seq"]) == (2, "e5", 4)
        assert update["state"]["fen"].startswith("rnbqkbnr/pppp1ppp")
        assert update.get("notations", ["e4", "e5"]) == ["e4", "e5"]


def test_the_table_says_all_there_is_around_the_board() -> None:
    table = room(clock="5d3", tags={"event": "Club"}, options={"variant": "chess960"}, seed=7)
    table.play(("ann", table.thread.position.legal_moves()[0]))
    table.play(("bob", table.thread.position.legal_moves()[0]))
    table.now += 1
    told = table.teller.table(table.now)
    assert told["clock"] == {
        "control": "5d3",
        "left": {"white": 300.0, "black": 300.0},
        "running": ["white"],
        "now": 1001.0,
        "delay": 2.0,
    }
    assert (told["tags"], told["options"]) == ({"event": "Club"}, {"variant": "chess960"})
    assert (told["to_move"], told["spectators"]) == (["white"], ["eve", "seed"])
    assert told["players"]["white"] == {
        "name": "ann",
        "kind": "human",
        "bot": None,
        "level": None,
        "here": True,
        "away_since": None,
    }
    assert p.Table.model_validate(told)


@pytest.mark.parametrize("kind", [r.Joined, r.Left, r.Offered, r.Declined, r.Paused, r.Chatted, r.BotFailed])
def test_no_key_and_no_user_ever_leaves(kind: type[Any]) -> None:
    table = Room(clock="1+0")
    table.enter("ann", user="user-secret")
    token = table.ask("ann", p.Join())[1].message.seat_token
    table.seat("bob")
    eve = table.enter("eve")
    player = table.thread.players["X"]
    fields = {
        r.Joined: {"seat": "X", "player": player},
        r.Paused: {"seconds": 1.0},
        r.Chatted: {"room": "spectators", "name": "x", "text": "y"},
        r.BotFailed: {"bot": "x", "reason": "y"},
    }.get(kind, {"seat": "X"} | ({} if kind is r.Left else {"offer": "draw"}))
    table.session.add(kind, table.now, **fields)
    table.carry_out(table.session.effects())
    heard = "".join(told.model_dump_json() for told in eve.told)
    for secret in ("user-secret", token, player.key):
        assert secret not in heard


def test_iso() -> None:
    assert iso(0.5) == "1970-01-01T00:00:00.500000+00:00"
