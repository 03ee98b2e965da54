"""What must have been asked for, so that a recording says what it says: the way back from events to requests."""

from __future__ import annotations

import pytest

from gamesock import protocol as p
from gamesock import record as r
from gamesock import session as s
from gamesock.bot import Choice
from gamesock.thread import Thread, game_of

OFFERS: dict[str, p.ClientMessage] = {
    "draw": p.OfferDraw(), "takeback": p.OfferTakeback(), "rematch": p.Rematch(),
}  # fmt: skip
DECLINES: dict[str, p.ClientMessage] = {"draw": p.DeclineDraw(), "takeback": p.DeclineTakeback()}


class Again:
    """A session that hears, at the times of a recording, the requests that must have led to its events."""

    def __init__(self, header: r.Header) -> None:
        self.log: list[r.Event] = []
        self.now = header.created
        self.session = s.Session(Thread(game_of(header), header))

    @property
    def thread(self) -> Thread:
        return self.session.thread

    def ask_for(self, event: r.Event) -> None:
        self.now = event.at
        match event:
            case r.Joined(seat=seat, player=player) if player.kind == "bot":
                self.ask(self.host(), p.SetBot(seat=seat, bot=player.bot, level=player.level))
            case r.Joined(seat=seat, player=player):
                self.ask(player.name, p.Join(seat=seat, name=player.name))
            case r.Left(seat=seat):
                self.ask(self.holder(seat), p.Leave())
            case r.Moved(by="ai"):
                self.bot_moves(event)
            case r.Moved(seat=seat, move=move):
                self.ask(self.holder(seat), p.MakeMove(move=move, auto_response=False))
            case r.BotFailed(bot=bot, reason=reason):
                self.keep(self.session.bot_failed(self.question(), bot, reason, self.thread.ply, self.now))
            case r.Offered(seat=seat, offer=offer):
                self.ask(self.holder(seat), OFFERS[offer])
            case r.Declined(seat=seat, offer=offer):
                self.ask(self.holder(seat), DECLINES[offer])
            case r.TakenBack(seat=seat) if "takeback" in self.thread.offers:
                self.ask(self.holder(self.thread.opponents(seat)[0]), p.AcceptTakeback())
            case r.TakenBack(seat=seat):
                self.ask(self.holder(seat), p.OfferTakeback())
            case r.Paused(seconds=seconds):
                self.keep(self.session.returned(self.now - seconds, self.now))
            case r.Chatted(name=name, room=room, text=text):
                self.ask(name, p.Chat(room=room, text=text))
            case r.Ended():
                self.end(event)
            case r.Rematched():
                self.ask(self.holder(self.thread.opponents(self.thread.offers["rematch"])[0]), p.Rematch())

    def bot_moves(self, event: r.Moved) -> None:
        choice = Choice(move=event.move, thought=event.thought)
        ask = self.question()
        self.keep(self.session.bot_moved(ask, ask.bot or "", choice, self.thread.ply, self.now))

    def question(self) -> s.AskBot:
        """What a bot was asked; one that failed is asked again."""
        if self.session.asked is None or isinstance(self.log[-1], r.BotFailed):
            self.ask(self.host(), p.AiMove())
        assert self.session.asked
        return self.session.asked

    def end(self, event: r.Ended) -> None:
        loser = self.thread.opponents(event.winner)[0] if event.winner else self.thread.game.seats[0]
        match event.reason:
            case "timeout" | "timeout_insufficient_material":
                assert self.session.deadline() == pytest.approx(event.at, abs=0.001)
                self.keep(self.session.tick(self.now))
            case "resignation":
                self.ask(self.holder(loser), p.Resign())
            case "aborted":
                self.ask(self.holder(loser), p.Abort())
            case "agreement":
                self.ask(self.holder(self.thread.opponents(self.thread.offers["draw"])[0]), p.AcceptDraw())
            case "threefold_repetition" | "fifty_moves":
                (seat,) = self.thread.to_move
                self.ask(self.holder(seat), p.ClaimDraw())
            case "abandoned":
                self.session.disconnect(self.holder(loser), self.now - s.AWAY_GRACE)
                self.ask(self.holder(event.winner or ""), p.ClaimWin())
            case reason:
                raise AssertionError(f"the move before should have ended the game by {reason}")

    def ask(self, name: str, message: p.ClientMessage) -> None:
        if name not in self.session.viewers:
            self.session.connect(s.Viewer(name, name=name, greeted=True), self.now)
        assert self.session.tick(self.now) == [], "a flag fell that did not fall then"
        nonce = f"{self.thread.header.thread} {self.thread.seq + 1}"
        self.keep(self.session.handle(name, message, self.now, nonce))

    def keep(self, effects: list[s.Effect]) -> None:
        for effect in effects:
            if isinstance(effect, s.Append):
                self.log.extend(effect.events)

    def holder(self, seat: str) -> str:
        return next(viewer.id for viewer in self.session.viewers.values() if seat in viewer.seats)

    def host(self) -> str:
        seated = (viewer.id for viewer in self.session.viewers.values() if viewer.seats)
        return next(seated, "someone")
