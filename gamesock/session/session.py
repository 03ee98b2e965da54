"""The session: hears requests, connections, bots and the time, and says what to do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from gamesock import protocol as p
from gamesock import record as r
from gamesock.bot import Choice
from gamesock.foreign import ForeignPosition
from gamesock.game import IllegalMove, Outcome
from gamesock.protocol import Code, Refusal
from gamesock.session import consent, moves, seating
from gamesock.session.desk import Desk, Viewer
from gamesock.session.effects import Announce, AskBot, Effect, ReplyState
from gamesock.session.rematch import rematch
from gamesock.text import clean

Handler: TypeAlias = Callable[[Desk, Viewer, Any, float], list[Effect]]


class Session(Desk):
    """Seats, turn, clocks, offers and presence of one thread."""

    def deadline(self) -> float | None:
        """When ``tick`` should be called next, or None."""
        return self.thread.clock.deadline() if self.thread.clock else None

    # Presence

    def connect(self, viewer: Viewer, now: float) -> list[Effect]:
        """A connection opened."""
        self.viewers[viewer.id] = viewer
        return [Announce(), *self.ask_bot()]

    def disconnect(self, viewer_id: str, now: float) -> list[Effect]:
        """A connection closed. Its seats stay; the clock runs on."""
        viewer = self.viewers.pop(viewer_id, None)
        if viewer is None:
            return []
        for seat in viewer.seats:
            if not self.is_held(seat):
                self.away[seat] = now
        return [Announce()]

    def lapse(self, viewer_id: str, now: float) -> list[Effect]:
        """A viewer's sign-in ended. Its seats stay its user's; it watches as anyone would."""
        viewer = self.viewers[viewer_id]
        viewer.lapsed, viewer.seats, viewer.lent = viewer.lapsed + viewer.seats, [], []
        for seat in viewer.lapsed:
            if not self.is_held(seat):
                self.away[seat] = now
        return [Announce(), *self._other_sight()]

    def signed_in(self, viewer_id: str) -> list[Effect]:
        """A viewer signed in, or did so again: then it holds what it held."""
        viewer = self.viewers[viewer_id]
        again, viewer.lapsed = [seat for seat in viewer.lapsed if self.owns(viewer, seat)], []
        for seat in again:
            if not self.is_bot(seat):
                self.hold(viewer, seat)
        return [Announce(), *self._other_sight()] if again else []

    def _other_sight(self) -> list[Effect]:
        """Whoever holds other seats than before may see another state."""
        hidden = self.thread.game.hidden or self.thread.header.visibility == "private"
        return [ReplyState()] if hidden else []

    # Time and bots

    def tick(self, now: float) -> list[Effect]:
        """Time has passed: a flag may have fallen. Call before every request, and at ``deadline``."""
        clock = self.thread.clock
        seat = clock.flagged(now) if clock and not self.thread.outcome else None
        if seat is None:
            return []
        winner = next((o for o in self.thread.opponents(seat) if self.thread.position.can_win(o)), None)
        self.end(Outcome(winner, "timeout" if winner else "timeout_insufficient_material"), now)
        return self.effects()

    def returned(self, left_at: float, now: float) -> list[Effect]:
        """The thread was restored after the server was away since ``left_at``: its clock stood still."""
        clock = self.thread.clock
        self.away = dict.fromkeys(self.away, now)
        if clock is None or not clock.running or clock.control.kind == "days":
            return []
        self.add(r.Paused, now, seconds=max(0.0, now - max(left_at, clock.since)))
        return self.effects()

    def bot_moved(self, ask: AskBot, bot: str, choice: Choice, ply: int, now: float) -> list[Effect]:
        """A bot chose. Too late (the position moved on), and nothing happens."""
        if not self._waits_for(ask, ply):
            return []
        try:
            move = self.thread.game.parse(self.thread.position, choice.move, ask.seat)
        except IllegalMove as error:
            return self.bot_failed(ask, bot, f"it chose {choice.move!r}: {error}", ply, now)
        moves.play(self, ask.seat, move, now, by="ai", thought=choice.thought)
        return self.effects()

    def bot_failed(self, ask: AskBot, bot: str, reason: str, ply: int, now: float) -> list[Effect]:
        """A bot raised, overran or chose nonsense: everyone is told, nobody moves for it.

        It isn't asked again about this position unless someone asks for it.
        """
        if not self._waits_for(ask, ply):
            return []
        self.add(r.BotFailed, now, seat=ask.seat or None, bot=bot, reason=reason[:500])
        return self.effects(ask=False)

    def ran(
        self, state: dict[str, Any], by: str, move: object, request_id: str | None, now: float
    ) -> list[Effect]:
        """A foreign agent ran and answered with ``state``."""
        self.add(r.Ran, now, by=by, input=move, state=state, id=request_id)
        outcome = self.thread.position.outcome()
        if outcome and not self.thread.outcome:
            self.end(outcome, now)
        return self.effects()

    def _waits_for(self, ask: AskBot, ply: int) -> bool:
        if isinstance(self.thread.position, ForeignPosition):
            return self.thread.outcome is None
        return self.asked == ask and ply == self.thread.ply

    # Requests

    def handle(self, viewer_id: str, message: p.ClientMessage, now: float, nonce: str = "") -> list[Effect]:
        """Carry out one request of a viewer.

        Raises:
            Refusal: it can't be; nothing changed, and only the requester is told.
        """
        viewer = self.viewers[viewer_id]
        if not self.may_watch(viewer) and not isinstance(message, p.Join):
            raise Refusal(Code.FORBIDDEN, "this game is private: join with your seat token")
        match message:
            case p.Join():
                return seating.join(self, viewer, message, now, nonce)
            case p.Rematch():
                return rematch(self, viewer, now, nonce)
        handler = _HANDLERS.get(type(message))
        if handler is None:
            raise Refusal(Code.BAD_MESSAGE, f"{message.type} asks nothing of a game")
        return handler(self, viewer, message, now)


def _look(desk: Desk, viewer: Viewer, message: p.GetState, now: float) -> list[Effect]:
    if message.ply is not None and message.ply > desk.thread.ply:
        raise Refusal(Code.NOT_FOUND, f"the game has {desk.thread.ply} moves, not {message.ply}")
    return [ReplyState(message.ply)]


def _chat(desk: Desk, viewer: Viewer, message: p.Chat, now: float) -> list[Effect]:
    own = "players" if viewer.plays else "spectators"
    room = message.room or own
    if room != own and not desk.thread.outcome:
        raise Refusal(Code.FORBIDDEN, f"while the game goes on you talk in the {own}' room")
    text = clean(message.text, 500)
    if not text:
        raise Refusal(Code.BAD_MESSAGE, "the message is empty")
    seat = viewer.seats[0] if viewer.seats else None
    name = viewer.name or "guest"
    desk.add(r.Chatted, now, room=room, name=name, seat=seat, user=viewer.user, text=text)
    return desk.done()


_HANDLERS: dict[type, Handler] = {
    p.MakeMove: moves.make_move,
    p.AiMove: moves.ai_move,
    p.GetState: _look,
    p.Chat: _chat,
    p.Leave: seating.leave,
    p.SetBot: seating.set_bot,
    p.Resign: consent.resign,
    p.Abort: consent.resign,
    p.OfferDraw: consent.offer_draw,
    p.AcceptDraw: consent.offer_draw,
    p.DeclineDraw: consent.decline,
    p.ClaimDraw: consent.claim_draw,
    p.ClaimWin: consent.claim_win,
    p.OfferTakeback: consent.offer_takeback,
    p.AcceptTakeback: consent.offer_takeback,
    p.DeclineTakeback: consent.decline,
}
