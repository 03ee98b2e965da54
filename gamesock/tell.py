"""Turns what happened in a thread into the messages each viewer gets. Pure.

What a viewer may not see is taken out here, before anything is encoded. Messages are built as plain
dicts: the hot path encodes each once for all connections that share a ``View``.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, NamedTuple, TypeAlias

from gamesock import record as r
from gamesock.game import Position, Seat
from gamesock.session import Session
from gamesock.thread import Played

Payload: TypeAlias = dict[str, Any]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

NAMED = 50
"""Spectators told by name: everyone hears of everyone who comes, and a crowd's names would drown the game."""

UNTOLD = "?"
"""The notation of a move that the viewer may not know."""

UNSAID = "why could tell a secret; the recording says it once the game is over"
"""The reason that a bot failed for, to those who may not know what it knew."""


class View(NamedTuple):
    """Connections with equal views get equal bytes."""

    seat: Seat | None = None
    """Whose secrets it shows; None: nobody's (and in games without secrets, everybody's)."""
    player: bool = False
    greeted: bool = False
    deltas: bool = False
    picture: bool = False


class Teller:
    """Speaks for one session."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def view(self, viewer_id: str, features: frozenset[str], greeted: bool) -> View:
        """The view of a connection."""
        viewer = self.session.viewers[viewer_id]
        seats = viewer.seats
        thread = self.session.thread
        seat = None
        if seats and thread.game.hidden:
            seat = next((own for own in seats if own in thread.to_move), seats[0])
        return View(seat, viewer.plays, greeted, "deltas" in features, "picture" in features)

    def event(self, event: r.Event, view: View, now: float, ply: int | None = None) -> Payload | None:
        """The message that tells ``view`` of an event; None: nothing, to a client that counts no events.

        ``ply``: the moves played up to the event, if more have followed.
        """
        base = {"thread_id": self.session.thread.header.thread, "seq": event.seq}
        match event:
            case r.Moved() | r.Ran() | r.TakenBack():
                return self.state(view, now, event=event, ply=ply)
            case _ if not view.greeted:
                return self._seed_event(event, base, view)
            case r.Joined(seat=seat, player=player):
                return {"type": "joined", **base, "seat": seat, "player": self._player(seat, player)}
            case r.Left(seat=seat):
                return {"type": "left", **base, "seat": seat}
            case r.Offered(seat=seat, offer=offer) | r.Declined(seat=seat, offer=offer):
                declined = isinstance(event, r.Declined)
                told = {"seat": seat, "offer": offer, "declined": declined, "offers": self._offers()}
                return {"type": "offer", **base, **told}
            case r.Paused():
                return {"type": "clock", **base, "clock": self.clock(now)}
            case r.Chatted(room=room, name=name, seat=seat, text=text, at=at):
                if (room == "players") != view.player and not self.session.thread.outcome:
                    return {"type": "skipped", **base}
                return {
                    "type": "chat",
                    **base,
                    "room": room,
                    "name": name,
                    "seat": seat,
                    "text": text,
                    "at": at,
                }
            case r.BotFailed(seat=seat, bot=bot, reason=reason):
                why = reason if self._may_know(seat, view) else UNSAID
                return {"type": "bot_failed", **base, "seat": seat, "bot": bot, "reason": why}
            case r.Ended(winner=winner, reason=reason):
                outcome = {"winner": winner, "reason": reason}
                told = {"outcome": outcome, "reason": reason, "clock": self.clock(now)}
                return {"type": "game_over", **base, **told}
            case r.Rematched(thread=thread):
                return {"type": "rematch", **base, "next_thread": thread}
        raise AssertionError(f"an event of a new kind: {event!r}")

    def recording(self, log: Sequence[r.Event], view: View) -> str:
        """The game so far, to keep: without keys to seats and, while it goes on, without the other room's talk."""
        thread = self.session.thread
        room = "players" if view.player else "spectators"
        told = [
            event
            for event in r.shareable(log)
            if thread.outcome or not isinstance(event, r.Chatted) or event.room == room
        ]
        numbered = (event.model_copy(update={"seq": seq}) for seq, event in enumerate(told, 1))
        return r.dumps(thread.header, numbered)

    def _seed_event(self, event: r.Event, base: Payload, view: View) -> Payload | None:
        """Seed clients hear of failures and ends that no move told them; the rest isn't their language."""
        if isinstance(event, r.BotFailed):
            why = event.reason if self._may_know(event.seat, view) else UNSAID
            reason = f"{event.bot} failed: {why}"
            return {
                "type": "error",
                **base,
                "code": "bot_failed",
                "message": reason,
                "timestamp": iso(event.at),
            }
        if isinstance(event, r.Ended) and self.session.thread.position.outcome() is None:
            outcome = {"winner": event.winner, "reason": event.reason}
            return {"type": "game_over", **base, "outcome": outcome, "reason": event.reason}
        return None

    def state(
        self,
        view: View,
        now: float,
        *,
        event: r.Moved | r.Ran | r.TakenBack | None = None,
        ply: int | None = None,
        recovered: bool | None = None,
    ) -> Payload:
        """A ``state_update``: after ``event``, or in full, or a look back at ``ply``."""
        review = ply is not None and event is None
        thread = self.session.thread
        shown = thread.ply if ply is None else ply
        position = thread.position_at(shown)
        state = position.view(view.seat).model_dump(mode="json")
        update: Payload = {
            "type": "state_update",
            "thread_id": thread.header.thread,
            "state": state,
            "timestamp": iso(event.at if event else now),
            "seq": event.seq if event else thread.seq,
            "epoch": thread.header.epoch,
            "ply": shown,
        }
        if event:
            update |= self._action(event, shown, view)
            # With secrets, what the viewer has may be another seat's view: nothing to add to.
            if view.deltas and not thread.game.hidden:
                self._shorten(update)
        if review:
            notation = self._notation(thread.played[shown - 1], view) if shown else None
            update |= {"review": True, "notation": notation}
        if recovered is not None:
            update["recovered"] = recovered
        if view.greeted:
            self._furnish(update, view, position, now)
        return update

    def glimpse(self, moves: int) -> Payload:
        """The board as a spectator sees it, and the last moves: all that a preview needs."""
        thread, spectator = self.session.thread, View()
        picture = thread.position.picture(None)
        drawn = picture.model_dump(mode="json", exclude_defaults=True, exclude={"moves"})
        told = [self._notation(played, spectator) for played in thread.played[-moves:]]
        return {"picture": drawn if picture.cells else None, "notations": told}

    def _furnish(self, update: Payload, view: View, position: Position, now: float) -> None:
        """What gamesock clients get on top."""
        if not update.get("review"):
            update["table"] = self.table(now)
            if "delta" not in update:
                played = self.session.thread.played[: update["ply"]]
                update["notations"] = [self._notation(one, view) for one in played]
        game = self.session.thread.game
        if not game.hidden and (opening := game.opening(position)):
            update["opening"] = opening.model_dump(mode="json")
        if view.picture:
            update["picture"] = position.picture(view.seat).model_dump(mode="json", exclude_defaults=True)

    def _action(self, event: r.Moved | r.Ran | r.TakenBack, ply: int, view: View) -> Payload:
        thread = self.session.thread
        match event:
            case r.Moved(seat=seat):
                move = thread.game.wire(event.move) if self._may_know(seat, view) else None
                notation = self._notation(thread.played[ply - 1], view)
                return {"last_action": f"{event.by}_move", "seat": seat, "move": move, "notation": notation}
            case r.Ran():
                return {"last_action": f"{event.by}_move", "move": event.input, "notation": ""}
        return {"last_action": "takeback", "seat": event.seat}

    def _may_know(self, seat: Seat | None, view: View) -> bool:
        """Whether a move of ``seat`` is the viewer's to know; what follows from it, the state tells."""
        return not self.session.thread.game.hidden or seat == view.seat

    def _notation(self, played: Played, view: View) -> str:
        return played.notation if self._may_know(played.seat, view) else UNTOLD

    def _shorten(self, update: Payload) -> None:
        """Leave out of a state what the viewer has: the entries of its histories before the event."""
        state = update["state"]
        kept, appended = {}, {}
        added = 0 if update["last_action"] == "takeback" else 1
        for name in self.session.thread.game.state_schema.histories:
            history = state.pop(name)
            kept[name] = max(0, len(history) - added)
            appended[name] = history[kept[name] :]
        update["delta"] = {"kept": kept, "appended": appended}

    # Parts

    def table(self, now: float) -> Payload:
        """Everything around the board."""
        thread, header = self.session.thread, self.session.thread.header
        outcome = thread.outcome
        return {
            "game": header.game,
            "title": thread.game.title,
            "seats": thread.game.seats,
            "players": self.players(),
            "to_move": sorted(thread.to_move),
            "visibility": header.visibility,
            "options": {} if header.foreign else header.options,
            "tags": header.tags,
            "clock": self.clock(now),
            "offers": self._offers(),
            "claims": [claim for seat in sorted(thread.to_move) for claim in thread.position.claims(seat)],
            "claim_after": self._claim_after(),
            "outcome": outcome and {"winner": outcome.winner, "reason": outcome.reason},
            "spectators": self.spectators(),
            "watching": self.watching(),
            "rematch": thread.next_thread,
            "notations": thread.game.notations,
        }

    def players(self) -> dict[Seat, Payload | None]:
        """Each seat's player as everyone may see them."""
        players = self.session.thread.players
        return {seat: self._player(seat, player) if player else None for seat, player in players.items()}

    def _player(self, seat: Seat, player: r.Player) -> Payload:
        away = self.session.away.get(seat)
        return {
            "name": player.name,
            "kind": player.kind,
            "bot": player.bot,
            "level": player.level,
            "here": away is None,
            "away_since": away,
        }

    def spectators(self) -> list[str]:
        """The names of those who only watch, of the first ``NAMED`` of them."""
        watching = (viewer for viewer in self.session.viewers.values() if not viewer.seats)
        return [viewer.name or "guest" for viewer in islice(watching, NAMED)]

    def watching(self) -> int:
        """How many only watch."""
        return sum(not viewer.seats for viewer in self.session.viewers.values())

    def presence(self) -> Payload:
        """Who is here."""
        return {
            "type": "presence",
            "thread_id": self.session.thread.header.thread,
            "players": self.players(),
            "spectators": self.spectators(),
            "watching": self.watching(),
            "claim_after": self._claim_after(),
        }

    def _claim_after(self) -> float | None:
        """When the first player who is here may claim the game."""
        session = self.session
        claims = [session.claim_after(seat) for seat in session.thread.game.seats if seat not in session.away]
        return min((claim for claim in claims if claim is not None), default=None)

    def clock(self, now: float) -> Payload | None:
        """The clocks as they stand."""
        clock = self.session.thread.clock
        if clock is None:
            return None
        waited = max(0.0, now - clock.since)
        delay = clock.control.extra - waited if clock.control.kind == "delay" and clock.running else 0.0
        return {
            "control": str(clock.control),
            "left": {seat: round(clock.remaining(seat, now), 3) for seat in clock.left},
            "running": [seat for seat in clock.left if seat in clock.running],
            "now": now,
            "delay": max(0.0, delay),
        }

    def _offers(self) -> list[Payload]:
        return [{"seat": seat, "offer": offer} for offer, seat in self.session.thread.offers.items()]


def iso(at: float) -> str:
    """A time in ISO 8601, UTC."""
    return (_EPOCH + timedelta(seconds=at)).isoformat()
