"""The bots of one living thread: what they are asked, and what becomes of their choices and failures."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING

from gamesock import protocol as p
from gamesock import session as s
from gamesock.bot import BotError, Choice, Thought
from gamesock.game import Game, Position, Seat
from gamesock.protocol import Code, Refusal
from gamesock.server.connection import Request, encode
from gamesock.server.log import Logger
from gamesock.server.outbox import deliver
from gamesock.server.turns import NOBODY
from gamesock.tell import UNSAID

if TYPE_CHECKING:
    from gamesock.bots.job import BotRequest
    from gamesock.server.live import LiveThread

log = Logger("gamesock.bots")

THINKING_TIME = 1.0
"""Seconds a bot thinks about a move without a clock."""


class Thinking:
    """Asks bots on behalf of a thread."""

    def __init__(self, live: LiveThread) -> None:
        self._live = live
        self._choosing: dict[asyncio.Task[Choice], s.AskBot] = {}

    @property
    def busy(self) -> bool:
        """Whether a bot thinks about the move to be made."""
        return self._live.session.asked in self._choosing.values()

    def settle(self) -> None:
        """Stop the bots whose choice nobody waits for any more."""
        session = self._live.session
        for choosing, ask in self._choosing.items():
            if session.asked != ask or not session.thread.to_move:
                choosing.cancel()

    async def move(self, ask: s.AskBot, asked: Request | None) -> None:
        """Let the bot choose, then play its choice; whatever goes wrong is told."""
        live, ply, name = self._live, self._live.thread.ply, ask.bot or "computer"
        try:
            name, question = await self._question(ask)
            with live.threads.metrics.thinking.time():
                owner = self._owner(asked)
                choice = await self._choose(
                    ask, question, owner, lambda thought: self._overheard(name, ask.seat, ply, thought)
                )
        except Refusal as refusal:
            await self.failed(ask, name, ply, refusal, asked)
        except BotError as error:
            await self.failed(ask, name, ply, Refusal(Code.BOT_FAILED, str(error)), asked)
        except Exception as error:
            log.exception("bot_not_asked", thread=live.id, bot=name)
            why = Refusal(Code.BOT_FAILED, f"it could not be asked ({type(error).__name__})")
            await self.failed(ask, name, ply, why, asked)
        else:
            await self._chose(ask, name, ply, choice, asked)

    async def failed(self, ask: s.AskBot, name: str, ply: int, why: Refusal, asked: Request | None) -> None:
        """A bot failed: everyone is told, and who waits for it is answered."""
        live = self._live
        async with live.lock:
            now = live.threads.now()
            waiting = asked is not None and not asked.answered
            if asked and waiting:
                asked.connection.refuse(self._sayable(why, asked, ask.seat), now, asked.spend())
            if why.code is not Code.NO_SUCH_BOT or not waiting:
                try:
                    await live.carry_out(live.session.bot_failed(ask, name, str(why), ply, now), None)
                except Refusal as refusal:
                    log.error("bot_failure_not_stored", thread=live.id, reason=str(refusal))

    def _sayable(self, why: Refusal, asked: Request, seat: Seat) -> Refusal:
        """What may be said of it to who asked: a bot that fails may say what it knew."""
        known = self._live.session.may_know(asked.connection.viewer, seat)
        return why if known or why.code is not Code.BOT_FAILED else Refusal(why.code, UNSAID)

    def _owner(self, asked: Request | None) -> str:
        """The address that a bot moves for: of who asked, else of a player, else of a spectator."""
        if asked:
            return asked.connection.address
        here = sorted(self._live.connections.values(), key=lambda connection: not connection.viewer.seats)
        return here[0].address if here else NOBODY

    async def _choose(
        self, ask: s.AskBot, question: BotRequest, owner: str, tell: Callable[[Thought], None]
    ) -> Choice:
        choosing = asyncio.create_task(self._live.threads.workers.choose(question, tell, owner=owner))
        self._choosing[choosing] = ask
        try:
            return await choosing
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task and task.cancelling():
                raise
            raise Refusal(Code.STALE, "the position moved on while the bot was thinking") from None
        finally:
            del self._choosing[choosing]

    async def _chose(self, ask: s.AskBot, name: str, ply: int, choice: Choice, asked: Request | None) -> None:
        live = self._live
        async with live.lock:
            now = live.threads.now()
            try:
                await live.carry_out(live.session.tick(now), None)
                effects = live.session.bot_moved(ask, name, choice, ply, now)
                if not effects:
                    raise Refusal(Code.STALE, "the position moved on while the bot was thinking")
                await live.carry_out(effects, asked)
            except Refusal as refusal:
                if asked and not asked.answered:
                    asked.connection.refuse(refusal, now, asked.spend())
                elif refusal.code is Code.STORE_UNAVAILABLE:
                    live.soon(lambda: self._ask_again(ask))

    async def _ask_again(self, ask: s.AskBot) -> None:
        """The bot's move could not be stored, and nobody else would ask for it."""
        live = self._live
        async with live.lock:
            if live.session.asked is None and ask.seat in live.thread.to_move:
                again = live.session.ask(ask.seat, ask.bot, ask.level, ask.budget)
                await live.carry_out([again], None)

    async def _question(self, ask: s.AskBot) -> tuple[str, BotRequest]:
        """What the worker is asked; the bot's name with it.

        Raises:
            Refusal: ``no_such_bot``.
        """
        thread = self._live.thread
        name = (await self._live.threads.bot(ask.bot, thread.header.game, ask.level)).name
        if ask.seat not in thread.to_move:
            raise Refusal(Code.STALE, "the position moved on before the bot could think")
        return name, question(
            thread.game,
            thread.position,
            ask.seat,
            bot=name,
            level=ask.level,
            budget=ask.budget or self._budget(ask.seat),
            # Not the thread's own chance: its recording tells that while the game goes on.
            seed=secrets.randbits(48),
        )

    def _budget(self, seat: str) -> float:
        clock = self._live.thread.clock
        if clock is None or clock.control.kind == "days":
            return THINKING_TIME
        left, control = clock.remaining(seat, self._live.threads.now()), clock.control
        if control.kind == "per_move":
            return min(5.0, left / 3)
        return max(0.05, min(10.0, left / 30 + 0.7 * control.extra, left / 4))

    def _overheard(self, bot: str, seat: Seat, ply: int, thought: Thought) -> None:
        """Stream a bot's thoughts to those who asked for them in ``hello``; secrets to its seat alone."""
        live = self._live
        listening = [
            connection.outbox
            for connection in live.audience.readers()
            if "thinking" in connection.features and live.session.may_know(connection.viewer, seat)
        ]
        if listening:
            message = p.Thinking(thread_id=live.id, bot=bot, ply=ply, thought=thought)
            deliver(listening, encode(message.model_dump(mode="json", exclude_none=True)))


def question(
    game: Game, position: Position, seat: Seat, *, bot: str, level: int | None, budget: float, seed: int
) -> BotRequest:
    """What a worker is asked about a position: all of it, or in a game with secrets what the seat sees."""
    from gamesock.bots.job import BotRequest

    return BotRequest(
        game=game.name,
        bot=bot,
        level=level,
        budget=budget,
        seed=seed,
        seat=seat,
        legal=tuple(position.legal_moves(seat)),
        dump=None if game.hidden else position.dump(),
        view=position.view(seat).model_dump(mode="json") if game.hidden else None,
    )
