"""The analyses of one living thread: each connection may have one under way, of any position of the game."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gamesock import protocol as p
from gamesock.bot import Bot, BotError, Thought
from gamesock.game import Position, Seat
from gamesock.protocol import Code, Refusal
from gamesock.server.connection import Connection, Request
from gamesock.server.log import Logger
from gamesock.server.thinking import question

if TYPE_CHECKING:
    from gamesock.bots.job import BotRequest
    from gamesock.server.live import LiveThread

log = Logger("gamesock.bots")


@dataclass(slots=True)
class Study:
    """One analysis: who asked, of what, and what is known so far."""

    connection: Connection
    re: str | None
    ply: int
    position: Position
    question: BotRequest
    """All but the bot."""
    bot: str = ""
    thought: Thought | None = None
    task: asyncio.Task[None] | None = None


class Studies:
    """Asks bots for their opinions on behalf of the connections of a thread."""

    def __init__(self, live: LiveThread) -> None:
        self._live = live
        self._studies: dict[str, Study] = {}

    def begin(self, request: Request, asked: p.Analyse) -> None:
        """Let a bot think about a position; its thoughts go to whoever asked, and the last one is the answer.

        Raises:
            Refusal: there is no such position, nothing to think about in it, or no right to ask.
        """
        connection = request.connection
        ply, position, seat = self._position(connection, asked.ply)
        if connection.id in self._studies:
            raise Refusal(Code.RATE_LIMITED, "your last analysis is still under way: stop_analysis ends it")
        thread, budget = self._live.thread, asked.time_ms / 1000
        # Written down at once: the position may move on before the bot is found.
        seed = thread.header.seed + ply
        wanted = question(thread.game, position, seat, bot="", level=asked.level, budget=budget, seed=seed)
        study = Study(connection, request.spend(), ply, position.copy(), wanted)
        self._studies[connection.id] = study
        study.task = self._live.spawn(self._carry_out(study, asked))

    def stop(self, connection: Connection) -> None:
        """End the analysis of a connection, if there is one; it is answered with its last thought."""
        study = self._studies.get(connection.id)
        if study and study.task:
            # Its task may not have begun yet, and then it never would.
            study.task.cancel()
            self._answer(study, study.thought or Refusal(Code.STALE, "stopped before there was a thought"))

    def leave(self, connection: Connection) -> None:
        """A connection closed: nobody waits for its analysis any more."""
        study = self._studies.pop(connection.id, None)
        if study and study.task:
            study.task.cancel()

    def _position(self, connection: Connection, ply: int | None) -> tuple[int, Position, Seat]:
        """Where the connection may look, and who is to move there."""
        session, thread = self._live.session, self._live.thread
        if not session.may_watch(connection.viewer):
            raise Refusal(Code.FORBIDDEN, "this game is private")
        session.must_know_rules()
        ply = thread.ply if ply is None else ply
        if ply > thread.ply:
            raise Refusal(Code.NOT_FOUND, f"the game has {thread.ply} moves, not {ply}")
        position = thread.position_at(ply)
        if not position.to_move:
            raise Refusal(Code.GAME_OVER, "the game is over in this position: there is nothing to think about")
        own = [seat for seat in connection.viewer.seats if seat in position.to_move]
        if thread.game.hidden and not own and not thread.outcome:
            raise Refusal(Code.FORBIDDEN, "that would tell what only the player to move may see")
        return ply, position, min(own or position.to_move)

    async def _carry_out(self, study: Study, asked: p.Analyse) -> None:
        try:
            bot = await self._bot(asked)
            study.bot, level = bot.name, asked.level or max(level.number for level in bot.levels)
            wanted = study.question.model_copy(update={"bot": bot.name, "level": level})
            workers, owner = self._live.threads.workers, study.connection.address
            choice = await workers.choose(wanted, lambda t: self._tell(study, t), study=True, owner=owner)
            said = self._live.thread.game.format(study.position, choice.move)
            thought = choice.thought or Thought(seat=wanted.seat, line=(said,))
            self._answer(study, thought)
        except Refusal as refusal:
            self._answer(study, refusal)
        except BotError as error:
            self._answer(study, Refusal(Code.BOT_FAILED, str(error)))
        except Exception as error:
            log.exception("bot_not_asked", thread=self._live.id, bot=asked.bot)
            why = f"it could not be asked ({type(error).__name__})"
            self._answer(study, Refusal(Code.BOT_FAILED, why))

    async def _bot(self, asked: p.Analyse) -> type[Bot]:
        threads, game = self._live.threads, self._live.thread.header.game
        if asked.bot:
            return await threads.bot(asked.bot, game, asked.level)
        bots = (await threads.bots(game)).values()
        best = max((bot for bot in bots if bot.evaluates), key=lambda bot: bot.strength, default=None)
        if best is None:
            raise Refusal(Code.NO_SUCH_BOT, f"no bot here has opinions about {game}")
        return await threads.bot(best.name, game, asked.level)

    def _tell(self, study: Study, thought: Thought, re: str | None = None, *, done: bool = False) -> None:
        study.thought = thought
        told = p.Thinking(thread_id=self._live.id, bot=study.bot, ply=study.ply, thought=thought, done=done)
        study.connection.send(told, re)

    def _answer(self, study: Study, answer: Thought | Refusal) -> None:
        if self._studies.get(study.connection.id) is not study:
            return
        del self._studies[study.connection.id]
        if isinstance(answer, Refusal):
            study.connection.refuse(answer, self._live.threads.now(), study.re)
        else:
            self._tell(study, answer, study.re, done=True)
