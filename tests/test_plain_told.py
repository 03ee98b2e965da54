"""What a listener is told, and what isn't told twice."""

from __future__ import annotations

import pytest

from gamesock import protocol as p
from gamesock.client import Connection, Status
from gamesock.mirror import Mirror
from gamesock.plain.teller import Teller
from gamesock.registry import game


class Thread:
    """A game as a client hears of it."""

    def __init__(self, *mine: str, here: bool = True) -> None:
        self.rules = game("tic_tac_toe")
        self.position = self.rules.start({}, 0)
        self.mirror = Mirror()
        self.teller = Teller(self.mirror)
        self.played: list[str] = []
        self.seq = 1
        self.mirror.apply(self.state())
        self.mirror.seats = mine

    def state(self, **more) -> p.StateUpdate:
        players = {seat: p.PlayerView(name=f"the {seat}") for seat in self.rules.seats}
        table = p.Table(
            game="tic_tac_toe", title="Tic-tac-toe", seats=self.rules.seats, players=players,
            to_move=tuple(self.position.to_move),
        )  # fmt: skip
        return p.StateUpdate(
            state={}, timestamp="", thread_id="t", epoch="e", seq=self.seq, ply=len(self.played), table=table,
            picture=self.position.picture(None), notations=list(self.played), **more,
        )  # fmt: skip

    def move(self, move: str) -> p.StateUpdate:
        (seat,) = self.position.to_move
        self.position.play(self.rules.parse(self.position, move))
        self.played.append(move)
        self.seq += 1
        return self.state(last_action="player_move", seat=seat, notation=move, move=move)

    def hear(self, item) -> list[str]:
        if not isinstance(item, Connection):
            self.mirror.apply(item)
        return self.teller.hear(item)


def test_moves_and_turns():
    thread = Thread("O")
    assert thread.teller.begin() == ["you are O"]
    assert thread.hear(thread.move("5")) == ["X: 5", "your move (O)"]
    assert thread.teller.last == "X: 5"
    assert thread.hear(thread.move("1")) == ["O: 1"]


def test_what_was_told_at_the_beginning_isnt_told_again():
    thread = Thread("O")
    late = thread.move("5")
    thread.mirror.apply(late)
    assert thread.teller.begin() == ["you are O", "1 move was played, the last was 5", "your move (O)"]
    assert thread.teller.hear(late) == []


def test_what_was_missed_is_summed_up():
    thread = Thread("X")
    thread.teller.begin()
    for move in ("5", "1", "3", "7"):
        thread.move(move)
    assert thread.hear(thread.state()) == ["4 moves were played by now, the last was 7", "your move (X)"]
    assert thread.hear(thread.state()) == []


def test_a_lost_connection_is_told_once():
    thread = Thread("X")
    assert thread.hear(Connection(Status.LIVE)) == []
    assert thread.hear(Connection(Status.WAITING, "gone")) == ["connection lost: gone; trying again"]
    assert thread.hear(Connection(Status.WAITING, "gone")) == []
    assert thread.hear(Connection(Status.LIVE)) == ["connected again", "your move (X)"]


def test_who_goes_and_comes():
    thread = Thread("X")
    away = {"X": p.PlayerView(name="Ann"), "O": p.PlayerView(name="Ben", here=False)}
    here = away | {"O": p.PlayerView(name="Ben")}
    assert thread.hear(p.Presence(players=away, claim_after=9.0)) == [
        "Ben (O) is away (if it takes long, claim ends the game)"
    ]
    assert thread.hear(p.Presence(players=away)) == []
    assert thread.hear(p.Presence(players=here)) == ["Ben (O) is back"]


def test_an_end_is_told_once():
    thread = Thread("X")
    over = p.GameOver(outcome=p.OutcomeView(winner="X", reason="resignation"), reason="resignation", seq=2)
    assert thread.hear(over) == ["game over: X wins (resignation)"]
    assert thread.hear(over) == []


@pytest.mark.parametrize(
    ("item", "lines"),
    [
        (p.LeftMessage(seat="O", seq=2), ["the seat O is free"]),
        (p.RematchMessage(next_thread="t2", seq=2), ["rematch: t2"]),
        (p.BotFailedMessage(bot="b", reason="no", seq=2), ["error: b failed: no"]),
        (p.GoingAway(retry_after_ms=1), ["the server stops for a moment; the game is kept"]),
        (p.Offer(seat="O", offer="draw", seq=2), ["O withdrew the draw"]),
        (p.Skipped(seq=2), []),
    ],
)
def test_other_news(item, lines):
    assert Thread("X").hear(item) == lines
