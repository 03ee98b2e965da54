"""What must hold for any stream of requests, ticks, bots, connections and losses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from room import Duel, Guest, Room, portrait

from gamesock import protocol as p
from gamesock import record as r
from gamesock.bot import Thought
from gamesock.mirror import Mirror
from gamesock.protocol import Refusal
from gamesock.session import AskBot
from gamesock.thread import Thread

NAMES = ("ann", "bob", "cid")
SEATS = {
    "tic_tac_toe": ("X", "O"),
    "connect4": ("red", "yellow"),
    "chess": ("white", "black"),
    "duel": ("left", "right"),
}
PLAIN = [
    *(p.Leave(), p.Resign(), p.Abort(), p.OfferDraw(), p.AcceptDraw(), p.DeclineDraw(), p.ClaimDraw()),
    *(p.ClaimWin(), p.OfferTakeback(), p.OfferTakeback(), p.AcceptTakeback(), p.DeclineTakeback()),
    *(p.Rematch(), p.Rematch(), p.GetState(), p.AiMove(), p.AiMove(bot="random", time_ms=5), p.Hello()),
    *(p.Chat(text="hello"), p.Chat(text="\x00"), p.Chat(text="psst", room="players")),
    *(p.Chat(text="all", room="spectators"), p.MakeMove(move="nonsense"), p.MakeMove(move={"row": 1, "col": 1})),
]


def messages(seats: tuple[str, ...]) -> st.SearchStrategy[p.ClientMessage]:
    seat = st.sampled_from([*seats, "spectator", "north"])
    return st.one_of(
        st.sampled_from(PLAIN),
        st.builds(p.Join, seat=st.none() | seat, name=st.sampled_from([None, "", "Zoë"])),
        st.builds(p.Join, seat=st.none() | seat, seat_token=st.just("guess")),
        st.builds(p.SetBot, seat=seat, bot=st.sampled_from([None, "random", "perfect"])),
        st.builds(p.GetState, ply=st.integers(0, 4)),
        st.builds(p.MakeMove, move=st.integers(0, 9), seq=st.none() | st.integers(0, 12)),
    )


def steps(game: str) -> st.SearchStrategy[list[tuple[str, Any]]]:
    name = st.sampled_from(NAMES)
    legal = st.tuples(st.just("play"), st.tuples(name, st.integers(0, 30), st.sampled_from([None, True, False])))
    one = st.one_of(
        legal,
        legal,
        st.tuples(st.just("ask"), st.tuples(name, messages(SEATS[game]))),
        st.tuples(st.just("ask"), st.tuples(name, messages(SEATS[game]))),
        st.tuples(st.just("come"), st.tuples(name, st.booleans(), st.booleans())),
        st.tuples(st.just("go"), name),
        st.tuples(st.just("lose"), name),
        st.tuples(st.just("hear"), name),
        st.tuples(st.just("wait"), st.sampled_from([0.0004, 0.3, 7.0, 31.0, 400.0, -2.0])),
        st.tuples(st.just("bot"), st.tuples(st.integers(0, 3), st.integers(-2, 30))),
    )
    return st.lists(one, max_size=40)


class Story:
    """Plays steps in a room, and checks after each what must hold."""

    def __init__(self, game: str, clock: str | None, visibility: str) -> None:
        self.room = Room(Duel() if game == "duel" else game, clock=clock, visibility=visibility)
        self.effects: list[Any] = []
        self.requests = 0
        for name in NAMES[:2]:
            self.room.enter(name)

    def run(self, steps: list[tuple[str, Any]]) -> Story:
        for kind, value in steps:
            getattr(self, kind)(value)
            assert self.room.session._new == []
        for name in list(self.room.guests):
            self.hear(name)
        return self

    def come(self, value: tuple[str, bool, bool]) -> None:
        name, greeted, deltas = value
        if name not in self.room.guests:
            self.room.enter(name, greeted=greeted, deltas=deltas)

    def go(self, name: str) -> None:
        if name in self.room.guests:
            self.room.exit(name)

    def lose(self, name: str) -> None:
        if name in self.room.guests:
            self.room.guests[name].deaf = True

    def hear(self, name: str) -> None:
        guest = self.room.guests.get(name)
        if guest and self.room.session.may_watch(guest.viewer) and guest.viewer.greeted:
            self.room.resume(name)
            self.compare(name, guest)

    def wait(self, seconds: float) -> None:
        self.room.now += seconds
        self.effects.append(self.room.tick())

    def ask(self, value: tuple[str, p.ClientMessage]) -> None:
        name, message = value
        guest = self.room.guests.get(name)
        if guest is None or guest.deaf:
            return
        self.requests += 1
        message = message.model_copy(update={"id": f"{name} {self.requests}"})
        self.room.tick()
        before = self.room.portrait()
        try:
            effects = self.room.ask(name, message)
        except Refusal as refusal:
            assert self.room.portrait() == before
            assert str(refusal)
            self.effects.append((refusal.code, str(refusal)))
        else:
            assert effects, f"{message} was answered with nothing"
            self.effects.append(effects)

    def play(self, value: tuple[str, int, bool | None]) -> None:
        name, index, auto = value
        thread = self.room.thread
        own = self.room.session.viewers[name].seats if name in self.room.guests else []
        seat = next((seat for seat in own if seat in thread.to_move), min(thread.to_move, default=None))
        if seat is not None:
            legal = thread.position.legal_moves(seat)
            self.ask((name, p.MakeMove(move=legal[index % len(legal)], auto_response=auto)))

    def bot(self, value: tuple[int, int]) -> None:
        which, index = value
        if not self.room.asked:
            return
        ask, ply = self.room.asked[-1 - which % len(self.room.asked)]
        legal = self.room.thread.position.legal_moves(ask.seat)
        if index == -2:
            effects = self.room.session.bot_failed(ask, "test", "no idea", ply, self.room.now)
            self.room.carry_out(effects)
        else:
            move = legal[index % len(legal)] if legal and index >= 0 else "nonsense"
            self.room.asked.append((ask, ply))
            effects = self.room.answer(move, Thought(seat=ask.seat, score=-0.25))
        self.effects.append(effects)
        assert all(event.kind != "moved" for effect in effects for event in _events(effect)) or ask.seat

    def compare(self, name: str, guest: Guest) -> None:
        """The mirror knows just what a newcomer would be told."""
        fresh = Mirror()
        fresh.apply(p.StateUpdate.model_validate(self.room.full(name)))
        assert told(guest.mirror, self.room.now) == told(fresh, self.room.now)
        assert set(guest.mirror.seats) == set(guest.viewer.seats)
        assert not guest.mirror.gap


def _events(effect: object) -> tuple[r.Event, ...]:
    return getattr(effect, "events", ())


def told(mirror: Mirror, now: float) -> dict[str, Any]:
    """All that a mirror shows now."""
    table, clock = mirror.table, mirror.clock
    assert table is not None
    shown = table.model_copy(update={"clock": None}).model_dump()
    left = {}
    if clock:
        used = max(0.0, now - clock.now - clock.delay)
        left = {seat: max(0, time - used * (seat in clock.running)) for seat, time in clock.left.items()}
    return {
        "state": mirror.state,
        "table": shown,
        "running": clock and clock.running,
        "left": {seat: pytest.approx(time, abs=0.01) for seat, time in left.items()},
        "picture": mirror.picture,
        "notations": mirror.notations,
        "at": (mirror.ply, mirror.seq, mirror.epoch, mirror.thread_id),
        "next": mirror.next_thread,
        "page": mirror.pages[mirror.ply].state,
    }


def checked(*, games: tuple[str, ...], examples: int) -> Callable[[Any], Any]:
    """The stories that a property is tried on."""
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large]
    limits = settings(max_examples=examples, deadline=None, derandomize=True, suppress_health_check=slow)
    stories = st.sampled_from(games).flatmap(
        lambda game: st.tuples(
            st.just(game),
            st.sampled_from([None, "1+2", "1d5", "30s/move", "2d/move"]),
            st.sampled_from(["public", "private"]),
            steps(game),
        )
    )
    return lambda test: limits(given(story=stories)(test))


@checked(games=("tic_tac_toe", "connect4", "duel"), examples=250)
def test_any_stream_leaves_what_its_log_says(story: tuple[str, str | None, str, list[tuple[str, Any]]]) -> None:
    game, clock, visibility, taken = story
    room = Story(game, clock, visibility).run(taken).room
    header, events = r.loads(r.dumps(room.header, room.log))
    assert portrait(Thread(room.game, header, events)) == portrait(room.thread)
    assert [event.seq for event in events] == list(range(1, room.thread.seq + 1))
    ended = [event.kind for event in events if event.kind in ("ended", "moved", "taken_back", "bot_failed")]
    assert ended.count("ended") == (room.thread.outcome is not None)
    assert "ended" not in ended[:-1], "nothing happens in a game after its end"


@checked(games=("chess",), examples=40)
def test_any_stream_of_chess_leaves_what_its_log_says(
    story: tuple[str, str | None, str, list[tuple[str, Any]]],
) -> None:
    game, clock, visibility, taken = story
    room = Story(game, clock, visibility).run(taken).room
    assert portrait(room.restored().thread) == portrait(room.thread)


@checked(games=("tic_tac_toe", "duel"), examples=60)
def test_the_same_stream_has_the_same_effects(
    story: tuple[str, str | None, str, list[tuple[str, Any]]],
) -> None:
    game, clock, visibility, taken = story
    one, two = (Story(game, clock, visibility).run(taken) for _ in range(2))
    assert one.effects == two.effects
    assert one.room.portrait() == two.room.portrait()


def test_a_question_to_a_bot_equals_no_later_one() -> None:
    assert AskBot("X", None, None, None, 1) != AskBot("X", None, None, None, 2)
