"""The Sans-I/O heart of a thread: who may do what, now. Requests in, effects out.

A session decides; ``gamesock.thread.Thread`` folds what was decided. ``now`` (seconds since 1970) and a
``nonce`` (fresh random text, for tokens and ids) are arguments: same requests in, same effects out.

The caller must carry effects out in order: an ``Append`` is stored before anything after it is told. If
storing fails, nobody is told, and the session is thrown away and made anew from the stored log.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from gamesock import protocol as p
from gamesock import record as r
from gamesock.bot import Choice
from gamesock.foreign import ForeignPosition
from gamesock.game import AmbiguousMove, IllegalMove, Outcome, Seat, few
from gamesock.protocol import Code, Refusal
from gamesock.thread import Thread

AWAY_GRACE = 60.0
"""Seconds a player may be away, with a clock running, before the game can be claimed."""

AWAY_GRACE_UNTIMED = 300.0
"""The same without a clock. Never in correspondence games."""

DRAWISH_PLIES = 20
"""A bot declines every draw offer before this ply."""


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


@dataclass(frozen=True, slots=True)
class Append:
    """Store these events; then tell everyone."""

    events: tuple[r.Event, ...]


@dataclass(frozen=True, slots=True)
class Reply:
    """Answer the requester."""

    message: p.Ack | p.Info | p.Warning | p.UserRegistered


@dataclass(frozen=True, slots=True)
class ReplyState:
    """Answer the requester with a state: the present one, or the one after ``ply`` moves."""

    ply: int | None = None
    recovered: bool | None = None


@dataclass(frozen=True, slots=True)
class Announce:
    """Tell everyone who is here."""


@dataclass(frozen=True, slots=True)
class AskBot:
    """Let a bot choose for ``seat`` (bot None: the game's default), and come back with ``bot_moved``."""

    seat: Seat
    bot: str | None
    level: int | None
    budget: float | None


@dataclass(frozen=True, slots=True)
class Open:
    """Create this thread too: the rematch."""

    header: r.Header
    events: tuple[r.Event, ...]


Effect: TypeAlias = Append | Reply | ReplyState | Announce | AskBot | Open


class Session:
    """Seats, turn, clocks, offers and presence of one thread."""

    def __init__(self, thread: Thread) -> None:
        self.thread = thread
        self.viewers: dict[str, Viewer] = {}
        self.away: dict[Seat, float] = {
            seat: thread.changed_at for seat, player in thread.players.items() if player and player.kind == "human"
        }
        """When the last connection of the human in a seat closed."""
        self._asked: tuple[Seat, int] | None = None
        self._new: list[r.Event] = []

    # Asking

    def deadline(self) -> float | None:
        """When ``tick`` should be called next, or None."""
        return self.thread.clock.deadline() if self.thread.clock else None

    def claim_after(self, seat: Seat) -> float | None:
        """When ``seat`` may claim the game from an opponent who is away, or None."""
        thread = self.thread
        if thread.outcome or not thread.started or len(thread.game.seats) != 2:
            return None
        since = self.away.get(thread.opponents(seat)[0])
        if since is None or (thread.clock and thread.clock.control.kind == "days"):
            return None
        return since + (AWAY_GRACE if thread.clock else AWAY_GRACE_UNTIMED)

    def may_watch(self, viewer: Viewer) -> bool:
        """Whether the thread is the viewer's to see."""
        return self.thread.header.visibility != "private" or bool(viewer.seats)

    def is_open(self, seat: Seat) -> bool:
        """Whether anyone may sit down there: nobody does, or someone who left no way to find back."""
        player = self.thread.players[seat]
        if player is None:
            return True
        keyless = player.kind == "human" and player.key is None and player.user is None
        return keyless and not any(seat in viewer.seats for viewer in self.viewers.values())

    # Presence

    def connect(self, viewer: Viewer, now: float) -> list[Effect]:
        """A connection opened."""
        self.viewers[viewer.id] = viewer
        return [Announce(), *self._ask_bot()]

    def disconnect(self, viewer_id: str, now: float) -> list[Effect]:
        """A connection closed. Its seats stay; the clock runs on."""
        viewer = self.viewers.pop(viewer_id, None)
        if viewer is None:
            return []
        for seat in viewer.seats:
            if not any(seat in other.seats for other in self.viewers.values()):
                self.away[seat] = now
        return [Announce()]

    # Time and bots

    def tick(self, now: float) -> list[Effect]:
        """Time has passed: a flag may have fallen. Call before every request, and at ``deadline``."""
        clock = self.thread.clock
        seat = clock.flagged(now) if clock and not self.thread.outcome else None
        if seat is None:
            return []
        winner = next((o for o in self.thread.opponents(seat) if self.thread.position.can_win(o)), None)
        self._end(Outcome(winner, "timeout" if winner else "timeout_insufficient_material"), now)
        return self._effects()

    def returned(self, left_at: float, now: float) -> list[Effect]:
        """The thread was restored after the server was away since ``left_at``: its clock stood still."""
        clock = self.thread.clock
        self.away = dict.fromkeys(self.away, now)
        if clock is None or not clock.running or clock.control.kind == "days":
            return []
        self._add(r.Paused, now, seconds=max(0.0, now - max(left_at, clock.since)))
        return self._effects()

    def bot_moved(self, ask: AskBot, bot: str, choice: Choice, ply: int, now: float) -> list[Effect]:
        """A bot chose. Too late (the position moved on), and nothing happens."""
        if not self._waits_for(ask, ply):
            return []
        self._asked = None
        try:
            move = self.thread.game.parse(self.thread.position, choice.move, ask.seat)
        except IllegalMove as error:
            return self.bot_failed(ask, bot, f"it chose {choice.move!r}: {error}", ply, now)
        self._play(ask.seat, move, now, by="ai", thought=choice.thought)
        return self._effects()

    def bot_failed(self, ask: AskBot, bot: str, reason: str, ply: int, now: float) -> list[Effect]:
        """A bot raised, overran or chose nonsense: everyone is told, nobody moves for it."""
        if self._asked is not None and not self._waits_for(ask, ply):
            return []
        self._add(r.BotFailed, now, seat=ask.seat, bot=bot, reason=reason[:500])
        self._asked = (ask.seat, self.thread.ply)
        return self._effects(ask=False)

    def ran(
        self, state: dict[str, Any], by: str, move: object, request_id: str | None, now: float
    ) -> list[Effect]:
        """A foreign agent ran and answered with ``state``."""
        self._add(r.Ran, now, by=by, input=move, state=state, id=request_id)
        outcome = self.thread.position.outcome()
        if outcome and not self.thread.outcome:
            self._end(outcome, now)
        return self._effects()

    # Requests

    def handle(self, viewer_id: str, message: p.ClientMessage, now: float, nonce: str = "") -> list[Effect]:
        """Carry out one request of a viewer.

        Raises:
            Refusal: it can't be; nothing changed, and only the requester is told.
        """
        viewer = self.viewers[viewer_id]
        if not self.may_watch(viewer) and not isinstance(message, p.Join | p.Hello):
            raise Refusal(Code.FORBIDDEN, "this game is private: join with your seat token")
        match message:
            case p.Join():
                return self._join(viewer, message, now, nonce)
            case p.MakeMove():
                return self._make_move(viewer, message, now)
            case p.AiMove():
                return self._ai_move(viewer, message)
            case p.GetState(ply=ply):
                if ply is not None and ply > self.thread.ply:
                    raise Refusal(Code.NOT_FOUND, f"the game has {self.thread.ply} moves, not {ply}")
                return [ReplyState(ply)]
            case p.Chat():
                return self._chat(viewer, message, now)
            case p.Rematch():
                return self._rematch(viewer, now, nonce)
        simple: dict[type, Callable[[Viewer, Any, float], list[Effect]]] = {
            p.Leave: self._leave,
            p.SetBot: self._set_bot,
            p.Resign: self._resign,
            p.Abort: self._resign,
            p.OfferDraw: self._offer_draw,
            p.AcceptDraw: self._offer_draw,
            p.DeclineDraw: self._decline,
            p.ClaimDraw: self._claim_draw,
            p.ClaimWin: self._claim_win,
            p.OfferTakeback: self._offer_takeback,
            p.AcceptTakeback: self._offer_takeback,
            p.DeclineTakeback: self._decline,
        }
        return simple[type(message)](viewer, message, now)

    # Seats

    def _join(self, viewer: Viewer, message: p.Join, now: float, nonce: str) -> list[Effect]:
        if message.name:
            viewer.name = clean(message.name, 40) or viewer.name
        if message.seat == p.SPECTATOR:
            if not self.may_watch(viewer):
                raise Refusal(Code.FORBIDDEN, "this game is private: only its players see it")
            return [Reply(p.Ack(seq=self.thread.seq)), Announce(), ReplyState()]
        seat = self._own_seat(viewer, message)
        if seat is not None:
            return self._sit(viewer, seat, message.seat_token)
        if self.thread.outcome:
            raise Refusal(Code.GAME_OVER, "the game is over: you can watch it, or start another")
        seat = self._free_seat(message.seat)
        player = r.Player(name=viewer.name or "guest", user=viewer.user, key=_key(nonce))
        self._add(r.Joined, now, seat=seat, player=player)
        return [*self._effects(ask=False), *self._sit(viewer, seat, nonce)]

    def _own_seat(self, viewer: Viewer, message: p.Join) -> Seat | None:
        """The seat that is the viewer's already, by token or by user."""
        if message.seat_token is not None:
            key = _key(message.seat_token)
            for seat, player in self.thread.players.items():
                known = player and player.key and hmac.compare_digest(player.key, key)
                if known and message.seat in (None, seat):
                    return seat
            raise Refusal(Code.FORBIDDEN, "this seat token opens no seat here")
        for seat, player in self.thread.players.items():
            own = seat in viewer.seats or (viewer.user and player and player.user == viewer.user)
            if own and message.seat in (None, seat):
                return seat
        return None

    def _free_seat(self, wanted: Seat | None) -> Seat:
        seats = self.thread.game.seats
        if wanted is None:
            free = next((seat for seat in seats if self.is_open(seat)), None)
            if free is None:
                raise Refusal(Code.THREAD_FULL, "every seat is taken: join as spectator to watch")
            return free
        if wanted not in seats:
            there = ", ".join([*seats, p.SPECTATOR])
            raise Refusal(Code.NOT_FOUND, f"there is no seat {wanted!r}: there is {there}")
        if not self.is_open(wanted):
            raise Refusal(Code.SEAT_TAKEN, f"{wanted} is taken by {self._name(wanted)}")
        return wanted

    def _sit(self, viewer: Viewer, seat: Seat, token: str | None) -> list[Effect]:
        if seat not in viewer.seats:
            viewer.seats.append(seat)
        self.away.pop(seat, None)
        ack = p.Ack(seq=self.thread.seq, seat=seat, seat_token=token)
        return [Reply(ack), Announce(), ReplyState(), *self._ask_bot()]

    def _leave(self, viewer: Viewer, message: p.Leave, now: float) -> list[Effect]:
        for seat in viewer.seats if not self.thread.outcome else ():
            self._add(r.Left, now, seat=seat)
            self.away.pop(seat, None)
            for other in self.viewers.values():
                if other is not viewer and seat in other.seats:
                    other.seats.remove(seat)
        viewer.seats = []
        return [*self._effects(), Reply(p.Ack(seq=self.thread.seq)), Announce()]

    def _set_bot(self, viewer: Viewer, message: p.SetBot, now: float) -> list[Effect]:
        self._must_go_on()
        seat, player = message.seat, self.thread.players.get(message.seat)
        if seat not in self.thread.players:
            raise Refusal(Code.NOT_FOUND, f"there is no seat {seat!r}")
        self._must_host(viewer)
        if player and player.kind == "human" and seat not in viewer.seats and not self.is_open(seat):
            raise Refusal(Code.SEAT_TAKEN, f"{seat} is played by {player.name}")
        for other in self.viewers.values():
            if seat in other.seats:
                other.seats.remove(seat)
        self.away.pop(seat, None)
        if message.bot is None:
            self._add(r.Left, now, seat=seat)
        else:
            bot = r.Player(name=message.bot, kind="bot", bot=message.bot, level=message.level)
            self._add(r.Joined, now, seat=seat, player=bot)
        self._asked = None
        return [Append(tuple(self._take())), Reply(p.Ack(seq=self.thread.seq)), Announce(), *self._ask_bot()]

    # Moves

    def _make_move(self, viewer: Viewer, message: p.MakeMove, now: float) -> list[Effect]:
        thread = self.thread
        if message.id is not None and any((seat, message.id) in thread.answered for seat in viewer.seats):
            return [ReplyState()]
        self._must_go_on()
        if message.seq is not None and message.seq != thread.seq:
            raise Refusal(
                Code.STALE, f"the position has moved on: you saw event {message.seq}, now it is {thread.seq}"
            )
        seat = self._moving_seat(viewer)
        try:
            move = thread.game.parse(thread.position, message.move, seat)
        except IllegalMove as error:
            code = Code.AMBIGUOUS_MOVE if isinstance(error, AmbiguousMove) else Code.ILLEGAL_MOVE
            raise Refusal(code, self._why_illegal(error, seat)) from None
        if seat not in viewer.seats:
            player = r.Player(name=viewer.name or "guest", user=viewer.user)
            self._add(r.Joined, now, seat=seat, player=player)
            viewer.seats.append(seat)
        self._play(seat, move, now, id=message.id)
        # Left out: yes for seed clients, who have no other way to call the computer.
        return self._effects(auto=not viewer.greeted if message.auto_response is None else message.auto_response)

    def _moving_seat(self, viewer: Viewer) -> Seat:
        to_move = self.thread.to_move
        own = next((seat for seat in viewer.seats if seat in to_move), None)
        if own is not None:
            return own
        # A connection that never joined, and moves, takes the seat to move: so seed clients play.
        free = next((seat for seat in to_move if self.is_open(seat)), None)
        if free is not None and (not viewer.greeted or viewer.seats):
            return free
        turn = " or ".join(sorted(to_move))
        if viewer.seats:
            raise Refusal(Code.NOT_YOUR_TURN, f"it is {turn}'s turn")
        if free is not None:
            raise Refusal(Code.NOT_A_PLAYER, "join a seat first, then move")
        if any(self.is_open(seat) for seat in self.thread.game.seats):
            raise Refusal(Code.NOT_YOUR_TURN, f"it is {turn}'s turn, and {turn} is taken")
        raise Refusal(Code.NOT_A_PLAYER, "every seat is taken: you are watching this game")

    def _why_illegal(self, error: IllegalMove, seat: Seat) -> str:
        reason = str(error)
        legal = self.thread.position.legal_moves(seat)
        names = [self.thread.game.format(self.thread.position, move) for move in legal[:13]]
        return reason if len(legal) > 12 or any(n in reason for n in names) else f"{reason} (legal: {few(names)})"

    def _play(self, seat: Seat, move: str, now: float, **extra: Any) -> None:
        self._add(r.Moved, now, seat=seat, move=move, **extra)
        outcome = self.thread.position.outcome()
        if outcome:
            self._end(outcome, now)

    def _ai_move(self, viewer: Viewer, message: p.AiMove) -> list[Effect]:
        self._must_go_on()
        to_move = self.thread.to_move
        seat = next((own for own in viewer.seats if own in to_move), None) or min(to_move)
        player = self.thread.players[seat]
        if player and player.kind == "human" and seat not in viewer.seats and not self.is_open(seat):
            raise Refusal(Code.NOT_YOUR_TURN, f"{seat} is {player.name}'s to move")
        self._must_host(viewer)
        if self._asked == (seat, self.thread.ply) and player and player.kind == "bot":
            self._asked = None  # it failed, or is thinking: asking again starts it anew
        budget = message.time_ms / 1000 if message.time_ms else None
        bot, level = message.bot, message.level
        if bot is None and player and player.kind == "bot":
            bot, level = player.bot, player.level
        self._asked = (seat, self.thread.ply)
        return [AskBot(seat, bot, level, budget)]

    # Ends, by consent or otherwise

    def _resign(self, viewer: Viewer, message: p.Resign | p.Abort, now: float) -> list[Effect]:
        seat = self._playing_seat(viewer)
        if not self.thread.started:
            self._end(Outcome(None, "aborted"), now)
        elif isinstance(message, p.Abort):
            raise Refusal(Code.FORBIDDEN, "both sides have moved: you can resign, or offer a draw")
        else:
            others = self.thread.opponents(seat)
            self._end(Outcome(others[0] if len(others) == 1 else None, "resignation"), now)
        return self._done()

    def _offer_draw(self, viewer: Viewer, message: p.OfferDraw | p.AcceptDraw, now: float) -> list[Effect]:
        seat = self._playing_seat(viewer)
        if not self.thread.started:
            raise Refusal(Code.FORBIDDEN, "both sides must have moved before a draw is offered")
        if self._agreed("draw", seat, viewer, accept=isinstance(message, p.AcceptDraw)):
            self._end(Outcome(None, "agreement"), now)
            return self._done()
        self._add(r.Offered, now, seat=seat, offer="draw")
        if self._opponent_is_bot(seat):
            if self._bot_takes_draw(seat):
                self._end(Outcome(None, "agreement"), now)
            else:
                self._add(r.Declined, now, seat=self.thread.opponents(seat)[0], offer="draw")
        return self._done()

    def _offer_takeback(
        self, viewer: Viewer, message: p.OfferTakeback | p.AcceptTakeback, now: float
    ) -> list[Effect]:
        seat = self._playing_seat(viewer)
        accept = isinstance(message, p.AcceptTakeback)
        if self._agreed("takeback", seat, viewer, accept=accept):
            asker = self.thread.offers.get("takeback", seat)
            self._take_back(asker, now)
            return self._done()
        self._plies_back(seat)
        if self._opponent_is_bot(seat):
            self._take_back(seat, now)
        else:
            self._add(r.Offered, now, seat=seat, offer="takeback")
        return self._done()

    def _take_back(self, seat: Seat, now: float) -> None:
        self._add(r.TakenBack, now, seat=seat, plies=self._plies_back(seat))
        self._asked = None

    def _plies_back(self, seat: Seat) -> int:
        """How many moves must go so that the last of ``seat`` is undone."""
        for back, played in enumerate(reversed(self.thread.played), 1):
            if played.seat == seat:
                return back
        raise Refusal(Code.FORBIDDEN, "you have no move to take back")

    def _decline(self, viewer: Viewer, message: p.DeclineDraw | p.DeclineTakeback, now: float) -> list[Effect]:
        seat = self._playing_seat(viewer)
        offer: r.OfferKind = "draw" if isinstance(message, p.DeclineDraw) else "takeback"
        if offer not in self.thread.offers:
            raise Refusal(Code.NOT_FOUND, f"there is no {offer} offer to decline")
        self._add(r.Declined, now, seat=seat, offer=offer)
        return self._done()

    def _claim_draw(self, viewer: Viewer, message: p.ClaimDraw, now: float) -> list[Effect]:
        seat = self._playing_seat(viewer)
        claims = self.thread.position.claims(seat)
        if not claims:
            raise Refusal(Code.FORBIDDEN, "the rules allow no draw claim in this position")
        self._end(Outcome(None, claims[0]), now)
        return self._done()

    def _claim_win(self, viewer: Viewer, message: p.ClaimWin, now: float) -> list[Effect]:
        seat = self._playing_seat(viewer)
        after = self.claim_after(seat)
        if after is None:
            raise Refusal(Code.FORBIDDEN, "your opponent is here (or the game isn't one that can be claimed)")
        if now < after:
            raise Refusal(Code.FORBIDDEN, f"your opponent may still come back: wait {after - now:.0f} s more")
        self._end(Outcome(seat, "abandoned"), now)
        return self._done()

    def _rematch(self, viewer: Viewer, now: float, nonce: str) -> list[Effect]:
        thread = self.thread
        if not thread.outcome:
            raise Refusal(Code.FORBIDDEN, "the game isn't over yet")
        if thread.next_thread:
            return [Reply(p.Ack(seq=thread.seq, thread_id=thread.next_thread))]
        if not viewer.seats:
            raise Refusal(Code.NOT_A_PLAYER, "only the players can ask for a rematch")
        seat = viewer.seats[0]
        if not (self._agreed("rematch", seat, viewer, accept=False) or self._opponent_is_bot(seat)):
            self._add(r.Offered, now, seat=seat, offer="rematch")
            return self._done()
        header = thread.header.model_copy(
            update={
                "thread": f"r{_key(nonce)[:15]}",
                "created": now,
                "seed": int(_key(nonce)[:12], 16),
                "epoch": _key(nonce)[-16:],
                "tags": {},
            }
        )
        self._add(r.Rematched, now, thread=header.thread)
        appended = self._effects()
        return [
            Open(header, self._swapped(now)),
            *appended,
            Reply(p.Ack(seq=thread.seq, thread_id=header.thread)),
        ]

    def _swapped(self, now: float) -> tuple[r.Event, ...]:
        """The players of this game, each in the next seat."""
        seats = self.thread.game.seats
        turned = [(seats[(i + 1) % len(seats)], self.thread.players[seat]) for i, seat in enumerate(seats)]
        seated = [(seat, player) for seat, player in turned if player]
        return tuple(
            r.Joined(seq=n, at=now, seat=seat, player=player) for n, (seat, player) in enumerate(seated, 1)
        )

    def _chat(self, viewer: Viewer, message: p.Chat, now: float) -> list[Effect]:
        room = message.room or ("players" if viewer.seats else "spectators")
        if room == "players" and not viewer.seats:
            raise Refusal(Code.FORBIDDEN, "only the players talk in their room")
        text = clean(message.text, 500)
        if not text:
            raise Refusal(Code.BAD_MESSAGE, "the message is empty")
        seat = viewer.seats[0] if viewer.seats else None
        self._add(r.Chatted, now, room=room, name=viewer.name or "guest", seat=seat, text=text)
        return self._done()

    # What several requests need

    def _must_go_on(self) -> None:
        if self.thread.outcome:
            raise Refusal(Code.GAME_OVER, f"the game is over: {describe(self.thread.outcome)}")

    def _must_host(self, viewer: Viewer) -> None:
        """Bots are called by players; by anyone while no human has a seat."""
        if not viewer.seats and not all(
            self.is_open(seat) or player is None or player.kind == "bot"
            for seat, player in self.thread.players.items()
        ):
            raise Refusal(Code.NOT_A_PLAYER, "only the players of this game call bots")

    def _playing_seat(self, viewer: Viewer) -> Seat:
        self._must_go_on()
        if isinstance(self.thread.position, ForeignPosition):
            raise Refusal(Code.BAD_MESSAGE, "this game's agent knows moves only")
        if not viewer.seats:
            raise Refusal(Code.NOT_A_PLAYER, "you are watching this game")
        return next((seat for seat in viewer.seats if seat in self.thread.to_move), viewer.seats[0])

    def _agreed(self, offer: r.OfferKind, seat: Seat, viewer: Viewer, *, accept: bool) -> bool:
        """Whether the other side has offered already, or is the same viewer."""
        others = self.thread.opponents(seat)
        if all(other in viewer.seats for other in others):
            return True
        standing = self.thread.offers.get(offer)
        if standing is None and accept:
            raise Refusal(Code.NOT_FOUND, f"there is no {offer} offer to accept")
        if standing in viewer.seats:
            raise Refusal(Code.FORBIDDEN, f"your {offer} offer stands: wait for the answer")
        return standing is not None

    def _opponent_is_bot(self, seat: Seat) -> bool:
        return all(self._is_bot(other) for other in self.thread.opponents(seat))

    def _is_bot(self, seat: Seat) -> bool:
        player = self.thread.players[seat]
        return self.is_open(seat) or (player is not None and player.kind == "bot")

    def _bot_takes_draw(self, seat: Seat) -> bool:
        thoughts = [self.thread.thoughts.get(other) for other in self.thread.opponents(seat)]
        return self.thread.ply >= DRAWISH_PLIES and all(
            thought is not None and thought.score is not None and thought.mate is None and thought.score <= 0
            for thought in thoughts
        )

    def _name(self, seat: Seat) -> str:
        player = self.thread.players[seat]
        return player.name if player else "nobody"

    def _waits_for(self, ask: AskBot, ply: int) -> bool:
        return self._asked == (ask.seat, ply) and ply == self.thread.ply and ask.seat in self.thread.to_move

    def _ask_bot(self, auto: bool = False) -> list[Effect]:
        """Ask the bot whose turn it is, once a turn; ``auto``: also for a seat that nobody holds."""
        for seat in sorted(self.thread.to_move):
            player = self.thread.players[seat]
            seated = player is not None and player.kind == "bot"
            if (seated or (auto and self.is_open(seat))) and self._asked != (seat, self.thread.ply):
                self._asked = (seat, self.thread.ply)
                if player and seated:
                    return [AskBot(seat, player.bot, player.level, None)]
                return [AskBot(seat, None, None, None)]
        return []

    def _end(self, outcome: Outcome, now: float) -> None:
        self._add(r.Ended, now, winner=outcome.winner, reason=outcome.reason)

    def _add(self, kind: type[Any], now: float, **fields: Any) -> None:
        event = kind(seq=self.thread.seq + 1, at=round(max(now, self.thread.changed_at), 3), **fields)
        self.thread.apply(event)
        self._new.append(event)

    def _take(self) -> list[r.Event]:
        new, self._new = self._new, []
        return new

    def _effects(self, *, ask: bool = True, auto: bool = False) -> list[Effect]:
        """What was decided, and the bot that moves next."""
        new = self._take()
        asks = self._ask_bot(auto) if ask else []
        return [*([Append(tuple(new))] if new else []), *asks]

    def _done(self) -> list[Effect]:
        effects = self._effects()
        return [*effects[:1], Reply(p.Ack(seq=self.thread.seq)), *effects[1:]]


def describe(outcome: Outcome) -> str:
    """An outcome in words: ``"white wins (checkmate)"``."""
    reason = outcome.reason.replace("_", " ")
    if outcome.reason == "aborted":
        return reason
    return f"{outcome.winner} wins ({reason})" if outcome.winner else f"draw ({reason})"


def clean(text: str, most: int) -> str:
    """Text that is safe on any terminal: printable characters only, at most ``most``."""
    return "".join(char for char in text if char.isprintable())[:most].strip()


def _key(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
