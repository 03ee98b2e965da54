"""What only players can ask for: moves by bots, offers and answers, resigning, a rematch."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urlsplit

from textual.binding import Binding, BindingType

from gamesock import protocol as p
from gamesock.client import Connection
from gamesock.game import Seat
from gamesock.place import NoAnswer, offered
from gamesock.tui.advice import Opinion, asking, hint, overheard
from gamesock.tui.prompts import vacant
from gamesock.tui.screens.connected import ConnectedScreen
from gamesock.tui.words import called, plain, safe

if TYPE_CHECKING:
    from gamesock.catalogue import BotOffer

_SEATED = frozenset(["ai", "takeback", "resign", "draw", "rematch", "decline", "claim_win", "hint", "thoughts"])

HINT_TIME = 1500
"""Milliseconds that a bot has for a hint."""


class PlayerScreen(ConnectedScreen):
    """The keys of a player; spectators have none of them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("x", "resign", "Resign (asks first)"),
        Binding("d", "draw", "Offer, accept or claim a draw"),
        Binding("u", "takeback", "Ask to take back, or agree to it"),
        Binding("n", "decline", "Decline an offer, or withdraw yours"),
        Binding("r", "rematch", "Rematch, or go to the next game"),
        Binding("a", "ai", "Let a bot make this move (asks first)"),
        Binding("H", "hint", "Hint: what a bot would play"),
        Binding("t", "thoughts", "Show or hide what bots at the table think"),
        Binding("b", "bot", "Let a bot play for you, and take over again"),
        Binding("w", "claim_win", "Claim the win from a player who left"),
    ]

    _asked_at: int | None = None
    """The ply for which a hint is on its way."""
    _advice: p.Thinking | None = None
    """The last hint."""

    wants_rematch = False
    """Whether to go to the next game as soon as there is one."""

    word = ""
    """What the others said to an offer; it stands until something else happens."""

    @property
    def watching(self) -> bool:
        """Whether this client holds no seat, and won't."""
        return self.watch_only or (self.seated and not self.mirror.seats)

    @property
    def lent(self) -> Seat | None:
        """The seat of ours that a bot keeps."""
        players = self.mirror.table.players if self.mirror.table else {}
        bots = (seat for seat, player in players.items() if player and player.kind == "bot")
        return (
            None if self.mirror.outcome else next((seat for seat in bots if seat in self.client.seat_tokens), None)
        )

    @property
    def absent(self) -> Seat | None:
        """The opponent's seat, if they have been away for so long that the game can be claimed."""
        table, after = self.mirror.table, self.mirror.claim_after
        if table is None or after is None or after > self.server_time or self.mirror.outcome:
            return None
        others = (seat for seat in table.seats if seat not in self.mirror.seats)
        return next((seat for seat in others if (player := table.players.get(seat)) and not player.here), None)

    @property
    def server_time(self) -> float:
        """What the server's clock shows."""
        raise NotImplementedError

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Spectators have no controls of the game."""
        if action == "bot":
            return bool(self.mirror.seats or self.lent) and not self.mirror.outcome
        following = action == "rematch" and self.mirror.next_thread is not None
        return following or not (action in _SEATED and self.watching)

    def heard(self, message: p.ServerMessage | Connection) -> None:
        """Keep what is said to offers in sight."""
        if isinstance(message, p.StateUpdate) and not message.review and message.last_action is not None:
            self._asked_at = self._advice = None
        match message:
            case p.Offer(declined=True):
                own = message.seat in self.mirror.seats
                what = {"draw": "the draw", "takeback": "the takeback", "rematch": "the rematch"}[message.offer]
                self.word = "" if own else f"{called(self.mirror, message.seat)} declined {what}"
            case p.Offer() | p.GameOver() | p.RematchMessage():
                self.word = ""
            case p.StateUpdate(review=False) if message.last_action is not None:
                self.word = ""
                if message.last_action == "takeback" and message.seat and message.seat not in self.mirror.seats:
                    self.word = f"{called(self.mirror, message.seat)} took back"
        super().heard(message)

    # Moves by bots

    def action_ai(self) -> None:
        """Let a bot play for the seat to move; asks, as files of a board have letters, too."""
        self.confirm("Let a bot make this move?", lambda: self.request(p.AiMove()))

    def action_hint(self) -> None:
        """Ask a bot what it would play."""
        if not self.mirror.my_turn:
            self.say_error("A hint is for a move of yours: it is not your turn")
        elif self._asked_at is None:
            self.run_worker(self._ask_for_hint())

    async def _ask_for_hint(self) -> None:
        ply = self.mirror.ply
        self._asked_at, self._advice = ply, None
        self.paint()
        try:
            if await self.ask(answer := asyncio.ensure_future(self.client.request(p.Analyse(time_ms=HINT_TIME)))):
                told = answer.result()
                if isinstance(told, p.Thinking) and self._asked_at == ply:
                    self._advice = told
        finally:
            self._asked_at = None
            self.repaint()

    def action_thoughts(self) -> None:
        """Show what the bots at the table think, or hide it; for all games, until one leaves gamesock."""
        shown = not self.app.preferences.show_thoughts
        self.app.preferences = self.app.preferences.model_copy(update={"show_thoughts": shown})
        self.notify("What bots think is shown while you play" if shown else "What bots think is hidden")
        self.paint()

    @property
    def opinion(self) -> Opinion | None:
        """What is thought of the position: the answer to who asked, or what a bot at the table thinks."""
        mirror, symbols = self.mirror, self.app.looks.symbols
        if self._asked_at == mirror.ply:
            return asking(symbols)
        if self._advice and self._advice.ply == mirror.ply and mirror.my_turn:
            return hint(self._advice, mirror.picture, symbols)
        # Who plays looks into an opponent's head only when that is wished.
        hidden = bool(mirror.seats) and not mirror.outcome and not self.app.preferences.show_thoughts
        return None if hidden else overheard(mirror)

    def action_bot(self) -> None:
        """Take one's seat back from a bot, or choose a bot: for an opponent who left, or for oneself."""
        if self.lent:
            self.run_worker(self._take_back_seat(self.lent))
        elif self.absent:
            self._offer_bots(self.absent, f"{called(self.mirror, self.absent)} is away: who plays on?")
        elif free := vacant(self.mirror):
            self._offer_bots(free[0], f"Who plays {free[0]}?")
        elif seat := self.mirror.moving if self.mirror.my_turn else next(iter(self.mirror.seats), None):
            self._offer_bots(seat, f"Who plays {seat} for you?")

    async def _take_back_seat(self, seat: Seat) -> None:
        if await self.ask(self.client.join(seat=seat)):
            self.paint()

    def _offer_bots(self, seat: Seat, title: str) -> None:
        def chosen(bot: str | None) -> None:
            if bot:
                self.request(p.SetBot(seat=seat, bot=bot))

        async def ask() -> None:
            from gamesock.tui.screens.menu import Item, Menu

            bots = await self._bots()
            items = [Item(bot.name, _described(bot), str(number)) for number, bot in enumerate(bots, 1)]
            if items:
                self.app.push_screen(Menu(title, items), chosen)

        self.run_worker(ask(), group="bots", exclusive=True)

    async def _bots(self) -> list[BotOffer]:
        """The bots that this server has for the game; none: it didn't answer, and that is shown."""
        from gamesock.catalogue import BotOffer

        url = urlsplit(self.client.url)
        query = {"game": self.mirror.table.game if self.mirror.table else None}
        try:
            return await asyncio.to_thread(offered, BotOffer, f"{url.scheme}://{url.netloc}", "/bots", query)
        except NoAnswer as failed:
            self.say_error(safe(str(failed)))
            return []

    # Offers and ends

    def action_takeback(self) -> None:
        """Ask for a takeback, or agree to one."""
        asked = self.mirror.offer("takeback")
        self.request(p.AcceptTakeback() if asked and asked not in self.mirror.seats else p.OfferTakeback())

    def action_resign(self) -> None:
        """Resign; before both sides have moved, abort."""
        if self.mirror.table is None or self.mirror.outcome:
            return
        early = self.mirror.ply < len(self.mirror.table.seats)
        question, message = ("Abort this game?", p.Abort()) if early else ("Resign this game?", p.Resign())
        self.confirm(question, lambda: self.request(message))

    def action_draw(self) -> None:
        """Accept a draw, claim one that the rules allow, or offer one."""
        offered = self.mirror.offer("draw")
        claims = self.mirror.table.claims if self.mirror.table else ()
        if offered and offered not in self.mirror.seats:
            self.request(p.AcceptDraw())
        elif claims:
            self.confirm(f"Claim a draw by {plain(claims[0])}?", lambda: self.request(p.ClaimDraw()))
        else:
            self.confirm("Offer a draw?", lambda: self.request(p.OfferDraw()))

    def action_decline(self) -> None:
        """Decline what the opponent offered, or withdraw one's own offer."""
        if self.mirror.offer("draw"):
            self.request(p.DeclineDraw())
        if self.mirror.offer("takeback"):
            self.request(p.DeclineTakeback())

    def action_claim_win(self) -> None:
        """Claim the game from a player who has been away too long."""
        self.request(p.ClaimWin())

    def action_rematch(self) -> None:
        """Go to the next game if there is one, else ask for it."""
        if self.mirror.next_thread:
            self.leave(self.mirror.next_thread)
            return
        self.wants_rematch = True
        self.request(p.Rematch())


def _described(bot: BotOffer) -> str:
    """A bot as a server tells of it: its name, and the level at which it plays."""
    return f"{bot.name}, level {bot.default_level}" if len(bot.levels) > 1 else bot.name
