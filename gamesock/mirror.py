"""The client's picture of a thread, built from server messages alone. Pure: no I/O, no clock.

``apply`` folds one message and says which parts changed, so that a screen repaints only those. A jump
in ``seq`` means messages were missed: ``gap`` turns true until a full state or a resume fills it.
"""

from __future__ import annotations

from collections import deque
from enum import Flag, auto
from typing import Any

from gamesock import protocol as p
from gamesock.game import BoardPicture, Opening, Seat
from gamesock.record import OfferKind


class Change(Flag):
    """Parts of a mirror that a message changed."""

    NOTHING = 0
    BOARD = auto()
    MOVES = auto()
    PLAYERS = auto()
    CLOCK = auto()
    OFFERS = auto()
    OUTCOME = auto()
    CHAT = auto()
    THINKING = auto()
    SEATS = auto()
    """The viewer's own seats."""
    REVIEW = auto()
    """A page that was asked for arrived."""
    ERROR = auto()


class Page:
    """The thread after ``ply`` moves, for looking back."""

    __slots__ = ("notation", "opening", "picture", "ply", "state")

    def __init__(self, update: p.StateUpdate, state: dict[str, Any]) -> None:
        self.ply = update.ply
        self.state = state
        self.picture = update.picture
        self.opening = update.opening
        self.notation = update.notation


class Mirror:
    """Everything a client knows of one thread."""

    def __init__(self) -> None:
        self.thread_id = ""
        self.seq = 0
        self.epoch = ""
        self.ply = 0
        self.gap = False
        self.state: dict[str, Any] = {}
        self.table: p.Table | None = None
        self.picture: BoardPicture | None = None
        self.opening: Opening | None = None
        self.notations: list[str] = []
        self.pages: dict[int, Page] = {}
        self.thought: p.Thinking | None = None
        self.chat: deque[p.ChatMessage] = deque(maxlen=500)
        self.seats: tuple[Seat, ...] = ()
        """The seats this client holds."""
        self.last: p.StateUpdate | None = None
        """The newest state update (with its ``last_action`` and ``move``)."""
        self.error: p.Error | None = None
        self.bot_failed: p.BotFailedMessage | None = None
        self.next_thread: str | None = None

    @property
    def outcome(self) -> p.OutcomeView | None:
        """How the game ended, or None while it goes on."""
        return self.table.outcome if self.table else None

    @property
    def under_way(self) -> bool:
        """Whether this client is in the middle of a game: something was played, or somebody else is there."""
        players = self.table.players.items() if self.table else ()
        others = any(view and view.kind == "human" and seat not in self.seats for seat, view in players)
        return bool(self.seats) and not self.outcome and (self.ply > 0 or others)

    @property
    def my_turn(self) -> bool:
        """Whether a seat of this client is to move."""
        return bool(self.table and not self.outcome and set(self.table.to_move) & set(self.seats))

    @property
    def moving(self) -> Seat | None:
        """The seat to move next, this client's own before another's."""
        if not self.table or self.outcome:
            return None
        own = [seat for seat in self.table.to_move if seat in self.seats]
        return next(iter(own or self.table.to_move), None)

    @property
    def clock(self) -> p.ClockView | None:
        """The clocks as the server last told them."""
        return self.table.clock if self.table else None

    @property
    def claim_after(self) -> float | None:
        """When (server time) the game may be claimed from a player who is away, or None."""
        return self.table.claim_after if self.table else None

    def offer(self, kind: OfferKind) -> Seat | None:
        """Who has a standing offer of this kind, if anyone."""
        offers = self.table.offers if self.table else ()
        return next((offer.seat for offer in offers if offer.offer == kind), None)

    def apply(self, message: p.ServerMessage) -> Change:
        """Fold one message in; older news than what is known is left aside."""
        match message:
            case p.StateUpdate():
                return self._state(message)
            case p.Presence():
                return self._presence(message)
            case p.Thinking():
                self.thought = message
                return Change.THINKING
            case p.Error():
                self.error = message
                return Change.ERROR
            case p.Ack():
                return self._ack(message)
            case p.JoinedMessage() | p.LeftMessage() | p.ClockMessage() | p.Offer() | p.GameOver():
                return self._table_event(message) if self._news(message.seq) else Change.NOTHING
            case p.ChatMessage() if message.seq not in {said.seq for said in self.chat}:
                self._news(message.seq)
                self.chat.append(message)
                return Change.CHAT
            case p.BotFailedMessage() if self._news(message.seq):
                self.bot_failed = message
                return Change.ERROR
            case p.RematchMessage() if self._news(message.seq):
                self.next_thread = message.next_thread
                self._set(rematch=message.next_thread, offers=())
                return Change.OFFERS
            case p.Skipped():
                self._news(message.seq)
        return Change.NOTHING

    def _news(self, seq: int) -> bool:
        """Whether this is the next event. A later one shows a gap; what a resume brings closes it."""
        if seq <= self.seq:
            return False
        self.gap = seq > self.seq + 1
        if not self.gap:
            self.seq = seq
        return not self.gap

    def _set(self, **changes: Any) -> None:
        if self.table:
            # Checked as a whole: who joins, and whose clocks are told, sits at this table.
            self.table = p.Table.model_validate(dict(self.table) | changes)

    def _ack(self, message: p.Ack) -> Change:
        if message.seat is None:
            return Change.NOTHING
        self.seats = tuple(dict.fromkeys((*self.seats, message.seat, *(message.seats or ()))))
        return Change.SEATS

    def _presence(self, message: p.Presence) -> Change:
        claim_after = message.claim_after
        self._set(
            players=message.players,
            spectators=message.spectators,
            watching=message.watching,
            claim_after=claim_after,
        )
        return Change.PLAYERS | self._keep_seats()

    def _keep_seats(self) -> Change:
        """Give up the seats that nobody or a bot plays now."""
        if self.table is None:
            return Change.NOTHING
        humans = {seat for seat, player in self.table.players.items() if player and player.kind == "human"}
        kept = tuple(seat for seat in self.seats if seat in humans)
        changed, self.seats = kept != self.seats, kept
        return Change.SEATS if changed else Change.NOTHING

    def _table_event(
        self, message: p.JoinedMessage | p.LeftMessage | p.ClockMessage | p.Offer | p.GameOver
    ) -> Change:
        match message:
            case p.JoinedMessage(seat=seat, player=player):
                return self._sit(seat, player)
            case p.LeftMessage(seat=seat):
                return self._sit(seat, None)
            case p.ClockMessage(clock=clock):
                self._set(clock=clock)
                return Change.CLOCK
            case p.Offer(offers=offers):
                self._set(offers=offers)
                return Change.OFFERS
            case p.GameOver(outcome=outcome, clock=clock):
                self._set(outcome=outcome, to_move=(), offers=(), claims=(), claim_after=None, clock=clock)
                return Change.OUTCOME | Change.CLOCK | Change.OFFERS

    def _sit(self, seat: Seat, player: p.PlayerView | None) -> Change:
        if self.table is None:
            return Change.NOTHING
        offers = tuple(offer for offer in self.table.offers if offer.seat != seat)
        self._set(players={**self.table.players, seat: player}, offers=offers)
        return Change.PLAYERS | Change.OFFERS | self._keep_seats()

    def _state(self, update: p.StateUpdate) -> Change:
        if update.review:
            self.pages[update.ply] = Page(update, update.state)
            return Change.REVIEW
        full = update.delta is None
        if not full and not self._news(update.seq):
            return Change.NOTHING
        if full and update.epoch == self.epoch and update.seq < self.seq:
            return Change.NOTHING
        if full:
            self._start_over(update)
        elif update.delta is not None:
            update = update.model_copy(update={"state": self._completed(update.state, update.delta)})
        if update.re and update.seat and update.last_action == "player_move":
            # Our own move was answered: if we had not joined, it took us a seat.
            self.seats = tuple(dict.fromkeys((*self.seats, update.seat)))
        self._turn_to(update)
        return (
            Change.BOARD | Change.MOVES | Change.PLAYERS | Change.CLOCK | Change.OFFERS | Change.SEATS
            | (Change.OUTCOME if self.outcome else Change.NOTHING)
        )  # fmt: skip

    def _start_over(self, update: p.StateUpdate) -> None:
        if update.epoch != self.epoch or update.thread_id != self.thread_id:
            self.pages.clear()
            self.chat.clear()
        self.thread_id, self.epoch = update.thread_id, update.epoch
        self.gap, self.seq = False, update.seq

    def _completed(self, state: dict[str, Any], delta: p.Delta) -> dict[str, Any]:
        histories = {
            name: self._history(name)[: max(0, kept)] + delta.appended.get(name, [])
            for name, kept in delta.kept.items()
        }
        return {**state, **histories}

    def _history(self, name: str) -> list[Any]:
        history = self.state.get(name, [])
        if not isinstance(history, list):
            raise ValueError(f"{name!r} is no list that a delta could add to")
        return history

    def _turn_to(self, update: p.StateUpdate) -> None:
        self.state, self.last, self.ply = update.state, update, update.ply
        self.picture = update.picture or self.picture
        self.opening = update.opening
        if update.last_action == "takeback":
            self.thought = None
        if update.table:
            self.table = update.table
            self.next_thread = update.table.rematch
            self._keep_seats()
        if update.notations is not None:
            self.notations = list(update.notations)
        else:
            kept = self.notations[: max(0, update.ply - (update.notation is not None))]
            self.notations = kept if update.notation is None else [*kept, update.notation]
        self.pages = {ply: page for ply, page in self.pages.items() if ply < update.ply}
        self.pages[update.ply] = Page(update, update.state)
