"""What the session tests share: a room with one session, its viewers' mirrors, and a clock to turn by hand.

The room does what a server does with effects, without I/O: it keeps the log, tells every viewer through JSON,
and remembers what bots were asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import orjson
from pydantic import BaseModel

from gamesock import protocol as p
from gamesock import record as r
from gamesock import registry
from gamesock import session as s
from gamesock.bot import Choice
from gamesock.game import BoardPicture, Game, GameState, IllegalMove, Move, Outcome, Position, Seat, only
from gamesock.mirror import Mirror
from gamesock.tell import Teller
from gamesock.thread import Thread

FEATURES = frozenset({"deltas", "picture"})


@dataclass
class Guest:
    """A viewer with a mirror, and all that it was told."""

    viewer: s.Viewer
    mirror: Mirror = field(default_factory=Mirror)
    features: frozenset[str] = FEATURES
    told: list[p.ServerMessage] = field(default_factory=list)
    deaf: bool = False
    """While true, nothing that is told arrives."""

    def hear(self, message: Mapping[str, Any] | BaseModel) -> None:
        if isinstance(message, BaseModel):
            message = message.model_dump(mode="json", exclude_none=True)
        if not self.deaf:
            heard = p.parse_server(orjson.dumps(message, option=orjson.OPT_NON_STR_KEYS))
            self.told.append(heard)
            self.mirror.apply(heard)


class Room:
    """One session and everyone in it."""

    def __init__(
        self,
        game: str | Game = "tic_tac_toe",
        *,
        events: Iterable[r.Event] = (),
        header: r.Header | None = None,
        now: float = 1000.0,
        **fields: Any,
    ) -> None:
        self.game = registry.game(game) if isinstance(game, str) else game
        self.header = header or r.Header(game=self.game.name, thread="t1", created=now, epoch="e1", **fields)
        self.log = list(events)
        self.now = now
        self.session = s.Session(Thread(self.game, self.header, self.log))
        self.teller = Teller(self.session)
        self.guests: dict[str, Guest] = {}
        self.asked: list[tuple[s.AskBot, int]] = []
        """Questions to bots, each with the ply it was put at."""
        self.opened: list[s.Open] = []
        self.nonces = 0

    @property
    def thread(self) -> Thread:
        return self.session.thread

    def restored(self, later: float = 0.0) -> Room:
        """The same thread in another process, from what was stored, as text."""
        header, events = r.loads(r.dumps(self.header, self.log))
        return Room(self.game, header=header, events=events, now=self.now + later)

    # What happens

    def enter(self, name: str, *, greeted: bool = True, user: str | None = None, deltas: bool = True) -> Guest:
        viewer = s.Viewer(name, name=name, user=user, greeted=greeted)
        features = FEATURES - (set() if deltas else {"deltas"})
        guest = Guest(viewer, features=features if greeted else frozenset())
        self.guests[name] = guest
        self.carry_out(self.session.connect(viewer, self.now))
        if self.session.may_watch(viewer):
            guest.hear(self.full(name))
        return guest

    def exit(self, name: str) -> None:
        del self.guests[name]
        self.carry_out(self.session.disconnect(name, self.now))

    def ask(self, name: str, message: p.ClientMessage) -> list[s.Effect]:
        """A request, after the time was looked at, as a server does it."""
        self.tick()
        self.nonces += 1
        effects = self.session.handle(name, message, self.now, f"nonce{self.nonces}")
        self.carry_out(effects, name, message.id)
        return effects

    def refusal(self, name: str, message: p.ClientMessage) -> p.Refusal:
        """The refusal of a request that must be refused, and must change nothing."""
        self.tick()
        before = self.portrait()
        try:
            effects = self.session.handle(name, message, self.now, "unused")
        except p.Refusal as refusal:
            assert self.portrait() == before, f"{message} was refused, and changed something"
            assert str(refusal)
            return refusal
        raise AssertionError(f"{message} should be refused, but led to {effects}")

    def refused(self, name: str, message: p.ClientMessage) -> p.Code:
        return self.refusal(name, message).code

    def seat(self, name: str, seat: Seat | None = None) -> str:
        """Enter and join; the seat token."""
        if name not in self.guests:
            self.enter(name)
        (ack,) = acks(self.ask(name, p.Join(seat=seat)))
        assert ack.seat_token
        return ack.seat_token

    def play(self, *moves: tuple[str, object]) -> None:
        for name, move in moves:
            self.ask(name, p.MakeMove(move=move))

    def tick(self) -> list[s.Effect]:
        effects = self.session.tick(self.now)
        self.carry_out(effects)
        return effects

    def answer(self, move: object, thought: Any = None) -> list[s.Effect]:
        """The bot that was asked last chose this."""
        ask, ply = self.asked[-1]
        effects = self.session.bot_moved(ask, "test", Choice(move=str(move), thought=thought), ply, self.now)
        self.carry_out(effects)
        return effects

    def carry_out(self, effects: list[s.Effect], name: str | None = None, re: str | None = None) -> None:
        guest = self.guests.get(name or "")
        for effect in effects:
            match effect:
                case s.Append(events=events):
                    for event in events:
                        self.log.append(event)
                        self._publish(event, guest, re)
                case s.Announce():
                    self._announce()
                case s.Reply(message=message) if guest:
                    guest.hear(message)
                case s.ReplyState(ply=ply) if guest:
                    guest.hear(self.full(guest.viewer.id, ply=ply))
                case s.AskBot():
                    self.asked.append((effect, self.thread.ply))
                case s.Open():
                    self.opened.append(effect)

    def _publish(self, event: r.Event, asker: Guest | None, re: str | None) -> None:
        for guest in self._audience():
            view = self.teller.view(guest.viewer.id, guest.features, guest.viewer.greeted)
            message = self.teller.event(event, view, self.now)
            if message is not None:
                answers = guest is asker and re is not None and isinstance(event, r.Moved)
                guest.hear({**message, "re": re} if answers else message)

    def _announce(self) -> None:
        for guest in self._audience():
            if guest.viewer.greeted:
                guest.hear(self.teller.presence())

    def _audience(self) -> list[Guest]:
        return [guest for guest in self.guests.values() if self.session.may_watch(guest.viewer)]

    def full(self, name: str, ply: int | None = None) -> dict[str, Any]:
        """The state in full, as a newcomer gets it."""
        guest = self.guests[name]
        view = self.teller.view(name, guest.features, guest.viewer.greeted)
        return self.teller.state(view, self.now, ply=ply)

    def resume(self, name: str) -> None:
        """A deaf guest hears again, and what it missed, event by event."""
        guest = self.guests[name]
        guest.deaf = False
        missed = self.log[guest.mirror.seq :]
        if any(isinstance(event, r.TakenBack) for event in missed):
            guest.hear(self.full(name))
            return
        ply = self.thread.ply - sum(isinstance(event, r.Moved) for event in missed)
        view = self.teller.view(name, guest.features, guest.viewer.greeted)
        for event in missed:
            ply += isinstance(event, r.Moved)
            message = self.teller.event(event, view, self.now, ply=ply)
            assert message is not None
            guest.hear(message)
        guest.hear(self.teller.presence())

    # What is so

    def portrait(self) -> str:
        """All there is of the session, to compare."""
        session = self.session
        viewers = [(v.id, v.name, v.user, tuple(v.seats), v.joined) for v in session.viewers.values()]
        return repr([portrait(self.thread), viewers, session.away, session.asked, session._new])


def portrait(thread: Thread) -> dict[str, Any]:
    """All there is of a thread, to compare."""
    own = {key: value for key, value in vars(thread).items() if key not in ("game", "position")}
    return {**own, "position": thread.position.dump(), "to_move": sorted(thread.to_move)}


def acks(effects: Iterable[s.Effect]) -> list[p.Ack]:
    return [e.message for e in effects if isinstance(e, s.Reply) and isinstance(e.message, p.Ack)]


def events(effects: Iterable[s.Effect]) -> list[r.Event]:
    return [event for effect in effects if isinstance(effect, s.Append) for event in effect.events]


def kinds(effects: Iterable[s.Effect]) -> list[str]:
    return [event.kind for event in events(effects)]


def asks(effects: Iterable[s.Effect]) -> list[s.AskBot]:
    return [effect for effect in effects if isinstance(effect, s.AskBot)]


class DuelState(GameState):
    """A duel as one seat sees it."""

    histories = ("rounds",)

    rounds: list[list[str]]
    chosen: list[str]
    mine: str | None


class DuelPosition(Position):
    """Rounds that both have played, and what was chosen for the next."""

    BEATS: ClassVar = {"rock": "scissors", "scissors": "paper", "paper": "rock"}

    def __init__(self) -> None:
        self.rounds: list[tuple[str, str]] = []
        self.pending: dict[Seat, Move] = {}

    @property
    def to_move(self) -> frozenset[Seat]:
        return frozenset() if self.outcome() else frozenset({"left", "right"} - self.pending.keys())

    def legal_moves(self, seat: Seat | None = None) -> list[Move]:
        return sorted(self.BEATS) if (seat or only(self.to_move, None)) in self.to_move else []

    def play(self, move: Move, seat: Seat | None = None) -> None:
        mover = only(self.to_move, seat)
        if move not in self.BEATS:
            raise IllegalMove(f"{move!r} is no weapon")
        self.pending[mover] = move
        if len(self.pending) == 2:
            self.rounds.append((self.pending["left"], self.pending["right"]))
            self.pending = {}

    def outcome(self) -> Outcome | None:
        if len(self.rounds) < 3:
            return None
        score = sum((self.BEATS[a] == b) - (self.BEATS[b] == a) for a, b in self.rounds)
        return Outcome("left" if score > 0 else "right" if score < 0 else None, "three_rounds")

    def view(self, seat: Seat | None) -> DuelState:
        mine = self.pending.get(seat) if seat else None
        rounds = [list(one) for one in self.rounds]
        return DuelState(rounds=rounds, chosen=sorted(self.pending), mine=mine)

    def picture(self, seat: Seat | None) -> BoardPicture:
        return BoardPicture(rows=1, columns=1, cells=("",), pieces={})

    def dump(self) -> dict[str, Any]:
        return {"rounds": [list(one) for one in self.rounds], "pending": dict(self.pending)}


class Duel(Game):
    """Rock, paper, scissors: both move at once, and nobody sees the other's choice before."""

    name = "duel"
    title = "Duel"
    seats = ("left", "right")
    state_schema = DuelState
    hidden = True

    def start(self, options: Mapping[str, Any], seed: int) -> DuelPosition:
        self.chosen(options)
        return DuelPosition()

    def load(self, dump: Mapping[str, Any]) -> DuelPosition:
        if dump.keys() != {"rounds", "pending"}:
            raise ValueError("a duel's dump has rounds, and what is pending")
        position = DuelPosition()
        position.rounds, position.pending = [(a, b) for a, b in dump["rounds"]], dict(dump["pending"])
        return position

    def parse(self, position: Position, raw: object, seat: Seat | None = None) -> Move:
        only(position.to_move, seat)
        if not isinstance(raw, str) or raw.strip() not in DuelPosition.BEATS:
            raise IllegalMove("choose rock, paper or scissors")
        return raw.strip()
