"""What every request of a thread works on: who is here, what was decided, and the questions asked of it.

The rules of each kind of request (``seating``, ``moves``, ``consent``…) are functions over a desk.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from gamesock import protocol as p
from gamesock import record as r
from gamesock.foreign import ForeignPosition
from gamesock.game import Outcome, Seat
from gamesock.protocol import Code, Refusal
from gamesock.session.effects import Append, AskBot, Effect, Reply
from gamesock.session.words import describe
from gamesock.thread import Thread

AWAY_GRACE = 60.0
"""Seconds a player may be away, with a clock running, before the game can be claimed."""

AWAY_GRACE_UNTIMED = 300.0
"""The same without a clock. Never in correspondence games."""


@dataclass(slots=True)
class Viewer:
    """A connection, as the session sees it."""

    id: str
    name: str = ""
    user: str | None = None
    """The verified user id."""
    seats: list[Seat] = field(default_factory=list)
    greeted: bool = False
    """Whether it speaks the gamesock layer."""
    lent: list[Seat] = field(default_factory=list)
    """Seats that a bot keeps for this viewer."""
    lapsed: list[Seat] = field(default_factory=list)
    """Seats it held until its sign-in ended."""
    joined: bool = False
    """Whether it has chosen its place; who hasn't, and moves, takes the seat to move."""

    @property
    def plays(self) -> bool:
        """Whether it is a player of the game, also while a bot keeps the seat."""
        return bool(self.seats or self.lent)


class Desk:
    """One thread, its viewers, and what is being decided."""

    def __init__(self, thread: Thread) -> None:
        self.thread = thread
        self.viewers: dict[str, Viewer] = {}
        self.away: dict[Seat, float] = {
            seat: thread.changed_at for seat, player in thread.players.items() if player and player.kind == "human"
        }
        """When the last connection of the human in a seat closed."""
        self.asked: AskBot | None = None
        """What a bot was asked about this very position; it may think still, or have failed."""
        self._new: list[r.Event] = []

    # Who is who

    def is_open(self, seat: Seat) -> bool:
        """Whether anyone may sit down there: nobody does, or someone who left no way to find back."""
        player = self.thread.players[seat]
        if player is None:
            return True
        keyless = player.kind == "human" and player.key is None and player.user is None
        return keyless and not self.is_held(seat)

    def is_held(self, seat: Seat) -> bool:
        """Whether a connection that is here holds the seat."""
        return any(seat in viewer.seats for viewer in self.viewers.values())

    def is_bot(self, seat: Seat) -> bool:
        """Whether a bot plays there, or would if asked."""
        player = self.thread.players[seat]
        return self.is_open(seat) or (player is not None and player.kind == "bot")

    def is_lent(self, seat: Seat) -> bool:
        """Whether a bot keeps the seat for a person, who may come back to it."""
        player = self.thread.players[seat]
        return player is not None and player.kind == "bot" and bool(player.key or player.user)

    def owns(self, viewer: Viewer, seat: Seat) -> bool:
        """Whether the seat is the viewer's: held, or lent to a bot, or taken before by the same verified user."""
        player = self.thread.players[seat]
        return seat in (*viewer.seats, *viewer.lent) or bool(viewer.user and player and player.user == viewer.user)

    def may_watch(self, viewer: Viewer) -> bool:
        """Whether the thread is the viewer's to see."""
        return self.thread.header.visibility != "private" or viewer.plays

    def may_know(self, viewer: Viewer, seat: Seat) -> bool:
        """Whether what ``seat`` thinks and does in secret is the viewer's to know."""
        return not self.thread.game.hidden or self.thread.outcome is not None or seat in viewer.seats

    def opponents_are_bots(self, seat: Seat) -> bool:
        """Whether there is nobody else to ask for consent."""
        return all(self.is_bot(other) for other in self.thread.opponents(seat))

    def claim_after(self, seat: Seat) -> float | None:
        """When ``seat`` may claim the game from an opponent who is away, or None."""
        thread = self.thread
        if thread.outcome or not thread.started or len(thread.game.seats) != 2:
            return None
        since = self.away.get(thread.opponents(seat)[0])
        if since is None or (thread.clock and thread.clock.control.kind == "days"):
            return None
        return since + (AWAY_GRACE if thread.clock else AWAY_GRACE_UNTIMED)

    # What must hold

    def must_go_on(self) -> None:
        """Refuse what makes no sense after the end."""
        if self.thread.outcome:
            raise Refusal(Code.GAME_OVER, f"the game is over: {describe(self.thread.outcome)}")

    def must_know_rules(self) -> None:
        """Refuse what a foreign agent alone could decide."""
        if isinstance(self.thread.position, ForeignPosition):
            raise Refusal(Code.BAD_MESSAGE, "this game's agent knows moves only")

    def must_host(self, viewer: Viewer) -> None:
        """Bots are called by players; by anyone while no human has a seat."""
        if not viewer.plays and not all(map(self.is_bot, self.thread.players)):
            raise Refusal(Code.NOT_A_PLAYER, "only the players of this game call bots")

    def playing_seat(self, viewer: Viewer) -> Seat:
        """The seat that a player speaks for while the game goes on."""
        self.must_go_on()
        self.must_know_rules()
        if not viewer.seats:
            raise Refusal(Code.NOT_A_PLAYER, "you are watching this game")
        return next((seat for seat in viewer.seats if seat in self.thread.to_move), viewer.seats[0])

    # Who holds what

    def hold(self, viewer: Viewer, seat: Seat) -> None:
        """The viewer plays this seat from now on."""
        if seat not in viewer.seats:
            viewer.seats.append(seat)
        if seat in viewer.lent:
            viewer.lent.remove(seat)
        self.away.pop(seat, None)

    def let_go(self, seat: Seat) -> None:
        """Nobody here holds this seat any more."""
        for viewer in self.viewers.values():
            if seat in viewer.seats:
                viewer.seats.remove(seat)
        self.away.pop(seat, None)

    # Deciding

    def add(self, kind: type[Any], now: float, **fields: Any) -> None:
        """Decide on an event: it is folded at once, and leaves with the next ``effects``."""
        event = kind(seq=self.thread.seq + 1, at=round(max(now, self.thread.changed_at), 3), **fields)
        self.thread.apply(event)
        self._new.append(event)
        if isinstance(event, r.Moved | r.TakenBack | r.Ended) or (
            isinstance(event, r.Joined | r.Left) and self.asked and event.seat == self.asked.seat
        ):
            self.asked = None

    def end(self, outcome: Outcome, now: float) -> None:
        """Decide that the game is over."""
        self.add(r.Ended, now, winner=outcome.winner, reason=outcome.reason)

    def effects(self, *, ask: bool = True, auto: bool = False) -> list[Effect]:
        """What was decided, and the bot that moves next."""
        new, self._new = tuple(self._new), []
        asks = self.ask_bot(auto=auto) if ask else []
        return [*([Append(new)] if new else []), *asks]

    def done(self) -> list[Effect]:
        """What was decided, with an ``ack`` for whoever asked."""
        effects = self.effects()
        return [*effects[:1], Reply(p.Ack(seq=self.thread.seq)), *effects[1:]]

    def ask_bot(self, *, auto: bool = False) -> list[Effect]:
        """Ask the bot whose turn it is, once a turn; ``auto``: also for a seat that nobody holds."""
        for seat in sorted(self.thread.to_move):
            player = self.thread.players[seat]
            bot = player if player and player.kind == "bot" else None
            if (bot or (auto and self.is_open(seat))) and (self.asked is None or self.asked.seat != seat):
                return [self.ask(seat, bot.bot if bot else None, bot.level if bot else None)]
        return []

    def ask(self, seat: Seat, bot: str | None, level: int | None, budget: float | None = None) -> AskBot:
        """Ask a bot; any answer to an earlier question comes too late."""
        self.asked = AskBot(seat, bot, level, budget, self.thread.seq)
        return self.asked
