"""What only players can ask for: moves by bots, offers and answers, resigning, a rematch."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from gamesock import protocol as p
from gamesock.tui.screens.connected import ConnectedScreen
from gamesock.tui.words import plain

_SEATED = frozenset(["ai", "takeback", "resign", "draw", "rematch", "decline", "claim_win", "hint"])


class PlayerScreen(ConnectedScreen):
    """The keys of a player; spectators have none of them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "ai", "Let a bot make this move"),
        Binding("u", "takeback", "Ask to take back, or agree to it"),
        Binding("x", "resign", "Resign (asks first)"),
        Binding("d", "draw", "Offer, accept or claim a draw"),
        Binding("n", "decline", "Decline an offer"),
        Binding("w", "claim_win", "Claim the win from a player who left"),
        Binding("r", "rematch", "Rematch, or go to the next game"),
        Binding("H", "hint", "Hint: what a bot thinks"),
    ]

    wants_rematch = False
    """Whether to go to the next game as soon as there is one."""

    @property
    def watching(self) -> bool:
        """Whether this client holds no seat, and won't."""
        return self.watch_only or (self.seated and not self.mirror.seats)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Spectators have no controls of the game."""
        following = action == "rematch" and self.mirror.next_thread is not None
        return following or not (action in _SEATED and self.watching)

    def action_ai(self) -> None:
        """Let a bot play for the seat to move."""
        self.request(p.AiMove())

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
        """Decline what the opponent offered."""
        for kind, message in (("draw", p.DeclineDraw()), ("takeback", p.DeclineTakeback())):
            offered = self.mirror.offer("draw" if kind == "draw" else "takeback")
            if offered and offered not in self.mirror.seats:
                self.request(message)

    def action_claim_win(self) -> None:
        """Claim the game from a player who has been away too long."""
        self.request(p.ClaimWin())

    def action_rematch(self) -> None:
        """Go to the next game if there is one, else ask for it."""
        if self.mirror.next_thread:
            self.dismiss(self.mirror.next_thread)
            return
        self.wants_rematch = True
        self.request(p.Rematch())

    def action_hint(self) -> None:
        """Ask what a bot thinks of the position."""
        self.request(p.Analyse(time_ms=1500))
