"""A thread, folded from its event log: position, seats, clocks, offers, outcome. Pure.

``apply`` is the only way it changes, so that what a server holds in memory and what a log says can't
differ. It decides nothing: that is the session's work.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from gamesock import record as r
from gamesock import registry
from gamesock.bot import Thought
from gamesock.clock import Clock, TimeControl
from gamesock.foreign import ForeignGame, ForeignPosition
from gamesock.game import Game, Move, Outcome, Position, Seat


class CorruptLog(ValueError):
    """The log can't be folded: it holds what the rules don't allow."""


class Played(NamedTuple):
    """One move of the game."""

    seat: Seat | None
    move: Move
    notation: str
    by: str
    at: float


def _control(text: str) -> TimeControl:
    try:
        return TimeControl.parse(text)
    except ValueError as error:
        raise CorruptLog(str(error)) from None


class Thread:
    """One game being played.

    Raises (everywhere events are folded):
        CorruptLog: an event is impossible here.
        BadOptions: the header's options can't start the game.
    """

    def __init__(self, game: Game, header: r.Header, events: Iterable[r.Event] = ()) -> None:
        self.game = game
        self.header = header
        self.seq = 0
        self.turned_seq = 0
        """The seq of the event that changed the position last."""
        self.position: Position = game.start(header.options, header.seed)
        self.players: dict[Seat, r.Player | None] = dict.fromkeys(game.seats)
        self.played: list[Played] = []
        self.offers: dict[r.OfferKind, Seat] = {}
        self.outcome: Outcome | None = None
        self.clock = Clock.fresh(_control(header.clock), game.seats) if header.clock else None
        self.next_thread: str | None = None
        self.thoughts: dict[Seat, Thought] = {}
        """What the bot in a seat thought when it moved last."""
        self.answered: dict[tuple[Seat | None, str], int] = {}
        """The seq of the event that a request (by its seat and own id) led to."""
        self.chat: list[r.Chatted] = []
        self.changed_at = header.created
        for event in events:
            self.apply(event)

    @property
    def ply(self) -> int:
        """Moves played so far."""
        return len(self.played)

    @property
    def to_move(self) -> frozenset[Seat]:
        """The seats that may move now; none once the game is over."""
        return frozenset() if self.outcome else self.position.to_move

    @property
    def started(self) -> bool:
        """Whether every seat has moved: from then on clocks run, and leaving is losing."""
        return self.ply >= len(self.game.seats)

    @property
    def last(self) -> Played | None:
        """The last move, if there is one."""
        return self.played[-1] if self.played else None

    def opponents(self, seat: Seat) -> list[Seat]:
        """The other seats."""
        return [other for other in self.game.seats if other != seat]

    def position_at(self, ply: int) -> Position:
        """The position after the first ``ply`` moves: a fresh one, unless it is the present."""
        if ply == self.ply:
            return self.position
        earlier = self.position.at(ply)
        if earlier is not None:
            return earlier
        position = self.game.start(self.header.options, self.header.seed)
        for played in self.played[:ply]:
            position.play(played.move, played.seat)
        return position

    def apply(self, event: r.Event) -> None:
        """Fold one event in."""
        if event.seq != self.seq + 1:
            raise CorruptLog(f"event {event.seq} follows event {self.seq}")
        try:
            self._fold(event)
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            raise CorruptLog(f"event {event.seq} ({event.kind}): {error}") from error
        self.seq = event.seq
        if isinstance(event, r.Moved | r.Ran | r.TakenBack):
            self.turned_seq = event.seq
        self.changed_at = event.at

    def _fold(self, event: r.Event) -> None:
        if self.outcome and isinstance(event, r.Moved | r.Ran | r.TakenBack | r.Ended):
            raise ValueError("the game is over")
        match event:
            case r.Joined(seat=seat, player=player):
                self._sit(seat, player)
            case r.Left(seat=seat):
                self._sit(seat, None)
            case r.Moved():
                self._move(event)
            case r.Ran():
                self._run(event)
            case r.Offered(seat=seat, offer=offer):
                self.offers[offer] = seat
            case r.Declined(offer=offer):
                self.offers.pop(offer, None)
            case r.TakenBack(plies=plies):
                self._take_back(plies, event.at)
            case r.Paused(seconds=seconds):
                self.clock = self.clock and self.clock.paused(seconds)
            case r.Chatted():
                self.chat.append(event)
            case r.Ended(winner=winner, reason=reason):
                if winner is not None and self.players and winner not in self.players:
                    raise ValueError(f"there is no seat {winner!r} to win")
                self._end(Outcome(winner, reason), event.at)
            case r.Rematched(thread=thread):
                self.next_thread = thread
                self.offers.clear()

    def _sit(self, seat: Seat, player: r.Player | None) -> None:
        if seat not in self.players:
            raise KeyError(f"there is no seat {seat!r}")
        self.players[seat] = player
        self.thoughts.pop(seat, None)
        # What the one who sat there offered or was answered isn't the next one's.
        self.offers = {kind: by for kind, by in self.offers.items() if by != seat}
        self.answered = {key: seq for key, seq in self.answered.items() if key[0] != seat}

    def _move(self, event: r.Moved) -> None:
        if event.move not in self.position.legal_moves(event.seat):
            raise ValueError(f"{event.move} isn't legal here for {event.seat}")
        notation = self.game.format(self.position, event.move)
        self.position.play(event.move, event.seat)
        self.played.append(Played(event.seat, event.move, notation, event.by, event.at))
        if event.id is not None:
            self.answered[event.seat, event.id] = event.seq
        if event.thought:
            self.thoughts[event.seat] = event.thought
        # A move declines what was offered to the mover; the mover's own draw offer stands for the reply.
        self.offers = {kind: seat for kind, seat in self.offers.items() if (kind, seat) == ("draw", event.seat)}
        if self.clock:
            self.clock = self.clock.moved(event.seat, event.at)
            self._start_turn(event.at)

    def _run(self, event: r.Ran) -> None:
        if not isinstance(self.position, ForeignPosition):
            raise ValueError("only a foreign agent's thread is run")
        self.position.observe(event.state)
        self.played.append(Played(None, "", "", event.by, event.at))
        if event.id is not None:
            self.answered[None, event.id] = event.seq

    def _take_back(self, plies: int, at: float) -> None:
        if plies > self.ply:
            raise ValueError(f"{plies} moves can't be taken back of {self.ply}")
        self.position = self.position_at(self.ply - plies)
        del self.played[-plies:]
        self.offers.clear()
        self._start_turn(at)

    def _start_turn(self, at: float) -> None:
        if self.clock:
            running = self.position.to_move if self.started else frozenset()
            self.clock = self.clock.turn(running, at)

    def _end(self, outcome: Outcome, at: float) -> None:
        self.outcome = outcome
        self.offers.clear()
        self.clock = self.clock and self.clock.stopped(at)


def game_of(header: r.Header) -> Game:
    """The game that a header names.

    Raises:
        NotRegistered: it isn't installed.
    """
    return ForeignGame(header.game) if header.foreign else registry.game(header.game)
