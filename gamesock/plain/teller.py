"""Tells what comes from the server, a line each. Pure: it remembers what was told, and reads no clock."""

from __future__ import annotations

from gamesock import protocol as p
from gamesock.client import Connection, Status
from gamesock.game import BoardPicture, Seat
from gamesock.mirror import Mirror
from gamesock.plain.moves import end_line, move_words
from gamesock.plain.tables import turn


class Teller:
    """What one listener has been told of a thread."""

    def __init__(self, mirror: Mirror) -> None:
        self._mirror = mirror
        self._before: BoardPicture | None = None
        """The board as it was last told."""
        self.last = ""
        """The last move."""
        self.ply = 0
        """How many moves were told of."""
        self._begun: tuple[str, int] | None = None
        """The epoch and the event up to which ``begin`` told."""
        self._over = False
        self._lost = False
        self._away: set[Seat] = set()
        self._claims: tuple[str, ...] = ()

    def begin(self) -> list[str]:
        """How it stands when one comes in."""
        mirror, table = self._mirror, self._mirror.table
        self._before, self.ply, self._begun = mirror.picture, mirror.ply, (mirror.epoch, mirror.seq)
        lines = [f"you are {' and '.join(mirror.seats)}" if mirror.seats else "you are watching"]
        if mirror.ply and mirror.notations:
            self.last = mirror.notations[-1]
            lines.append(f"{_moves(mirror.ply, 'was', 'were')} played, the last was {self.last}")
        turn_ = self._turn(table) or ([turn(table, ())] if table and mirror.ply else [])
        return [*lines, *turn_, *self._offers(table)]

    def hear(self, item: p.ServerMessage | Connection) -> list[str]:
        """The lines that this calls for; none, if nobody needs to hear of it."""
        match item:
            case p.StateUpdate(review=False):
                return self._state(item)
            case p.JoinedMessage(seat=seat, player=player):
                return [f"{player.name} is {seat}"]
            case p.LeftMessage(seat=seat):
                return [f"the seat {seat} is free"]
            case p.Offer():
                return self._offer(item)
            case p.GameOver(outcome=outcome):
                return self._end(outcome)
            case p.ChatMessage(name=name, text=text):
                return [f"{name} says: {text}"]
            case p.BotFailedMessage(bot=bot, reason=reason):
                return [f"error: {bot} failed: {reason}"]
            case p.RematchMessage(next_thread=thread):
                return [f"rematch: {thread}"]
            case p.Presence():
                return self._presence(item)
            case p.GoingAway():
                return ["the server stops for a moment; the game is kept"]
            case Connection():
                return self._connection(item)
        return []

    def _state(self, update: p.StateUpdate) -> list[str]:
        if self._begun and update.epoch == self._begun[0] and update.seq <= self._begun[1]:
            return []
        before, self._before = self._before, update.picture or self._before
        known, self.ply = self.ply, update.ply
        match update.last_action:
            case "player_move" | "ai_move":
                self.last = move_words(update, before)
                # As things stood then: the mirror may be a message ahead of what is told.
                return [self.last, *self._turn(update.table), *self._claimable(update.table)]
            case "takeback":
                return [
                    f"{update.seat} took back: {_moves(update.ply, 'is', 'are')} left",
                    *self._turn(update.table),
                ]
            case None if self._begun and known != update.ply and update.notations:
                # What was missed isn't told one by one: the connection was away for too long.
                self.last = update.notations[-1]
                played = f"{_moves(update.ply, 'was', 'were')} played by now, the last was {self.last}"
                return [played, *self._turn(update.table)]
        return []

    def _turn(self, table: p.Table | None) -> list[str]:
        """That we are to move, or, once, that the game is over: the last move tells it, and a message too."""
        table = table or self._mirror.table
        if table is None:
            return []
        if table.outcome:
            return self._end(table.outcome)
        return [turn(table, self._mirror.seats)] if set(table.to_move) & set(self._mirror.seats) else []

    def _end(self, outcome: p.OutcomeView) -> list[str]:
        if self._over:
            return []
        self._over = True
        return [end_line(outcome)]

    def _offer(self, item: p.Offer) -> list[str]:
        mine = item.seat in self._mirror.seats
        if item.declined:
            return [f"{item.seat} declined the {item.offer}"]
        if not any(offer.seat == item.seat and offer.offer == item.offer for offer in item.offers):
            return [f"{item.seat} withdrew the {item.offer}"] if not mine else []
        if mine:
            return [f"you offered a {item.offer}"]
        return [self._asks(item.seat, item.offer)]

    def _offers(self, table: p.Table | None) -> list[str]:
        offers = table.offers if table else ()
        return [self._asks(each.seat, each.offer) for each in offers if each.seat not in self._mirror.seats]

    def _asks(self, seat: Seat, offer: str) -> str:
        refuses = "" if offer == "rematch" else ", decline refuses"
        answers = f": {offer} or accept agrees{refuses}" if self._mirror.seats else ""
        return f"{seat} offers a {offer}{answers}"

    def _claimable(self, table: p.Table | None) -> list[str]:
        claims = tuple(why for why in (table.claims if table else ()) if why != "away")
        fresh = claims and claims != self._claims and self._mirror.my_turn
        self._claims = claims
        return [f"you may claim a draw ({claims[0].replace('_', ' ')}): type draw"] if fresh else []

    def _presence(self, item: p.Presence) -> list[str]:
        people = {seat: player for seat, player in item.players.items() if player and player.kind == "human"}
        away = {seat for seat, player in people.items() if not player.here and seat not in self._mirror.seats}
        gone, back = away - self._away, (self._away - away) & people.keys()
        self._away = away
        waits = " (if it takes long, claim ends the game)" if item.claim_after else ""
        return [
            *(f"{people[seat].name} ({seat}) is away{waits}" for seat in sorted(gone)),
            *(f"{people[seat].name} ({seat}) is back" for seat in sorted(back)),
        ]

    def _connection(self, item: Connection) -> list[str]:
        if item.status is Status.WAITING and not self._lost:
            self._lost = True
            return [f"connection lost: {item.reason}; trying again"]
        if item.status is Status.LIVE and self._lost:
            self._lost = False
            return ["connected again", *self._turn(None)]
        return []


def _moves(count: int, one: str, more: str) -> str:
    return f"{count or 'no'} {'move' if count < 2 else 'moves'} {one if count < 2 else more}"
