"""Line by line: a game as text, for screen readers, pipes and scripts. One event a line."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Sequence
from typing import TextIO

from gamesock import protocol as p
from gamesock.client import Client, Connection, ConnectionFailed, ConnectionLost, Status
from gamesock.game import Seat
from gamesock.protocol import Refusal

HELP = """\
a move      in the game's notation: {notations}
board       show the board
moves       list the moves so far
clock       tell the time left
ai          let the computer move for you
draw        offer a draw, accept one, or claim it
takeback    ask to take your last move back, or agree
decline     decline what was offered
resign      give up
rematch     after the game: play again
say TEXT    chat
help        this list
quit        leave (the game is kept)"""

_PATIENCE = 120.0
"""Seconds to wait for an opponent's move once there is no more input."""


class LineClient:
    """Plays one thread over two text streams."""

    def __init__(self, client: Client, source: TextIO, sink: TextIO) -> None:
        self._client = client
        self._source = source
        self._sink = sink
        self._lines: asyncio.Queue[str | None] = asyncio.Queue(maxsize=100)
        self._changed = asyncio.Event()

    async def run(self, seat: Seat | None, setup: Sequence[p.ClientMessage], *, watch: bool = False) -> int:
        """Play until the input ends, ``quit``, or the game is over and nothing more comes; the exit code."""
        try:
            await self._client.connect()
        except ConnectionFailed as error:
            self._say(f"error: {error}")
            return 1
        listener = asyncio.create_task(self._listen())
        try:
            await self._client.join(p.SPECTATOR if watch else seat)
            for message in setup:
                await self._client.request(message)
            self._introduce()
            if watch:
                await listener
            else:
                await self._converse()
        except (Refusal, ConnectionLost, TimeoutError) as error:
            self._say(f"error: {error}")
            return 1
        finally:
            listener.cancel()
            await self._client.close()
        return 0

    def _introduce(self) -> None:
        table, seats = self._client.mirror.table, self._client.mirror.seats
        if table:
            self._say(f"{table.title}, game {self._client.mirror.thread_id}")
            self._say(f"you are {' and '.join(seats)}" if seats else "you are watching")
        self._board()
        self._turn()

    async def _converse(self) -> None:
        loop = asyncio.get_running_loop()
        # A thread of its own: reading a line blocks, and a pending read must not hold up the end.
        threading.Thread(target=self._pump, args=(loop,), daemon=True).start()
        while True:
            line = await self._lines.get()
            if line is None:
                await self._until(lambda: self._client.mirror.my_turn or self._client.mirror.outcome is not None)
                return
            words = line.strip()
            if words in ("quit", "q", "exit"):
                return
            if words:
                await self._obey(words)

    def _pump(self, loop: asyncio.AbstractEventLoop) -> None:
        for line in self._source:
            asyncio.run_coroutine_threadsafe(self._lines.put(line), loop).result()
        asyncio.run_coroutine_threadsafe(self._lines.put(None), loop).result()

    async def _obey(self, words: str) -> None:
        verb, _, rest = words.partition(" ")
        shown: dict[str, Callable[[], None]] = {
            "board": self._board, "moves": self._moves, "clock": self._clock, "help": self._help, "?": self._help,
        }  # fmt: skip
        try:
            if verb in shown:
                shown[verb]()
            elif verb == "say":
                await self._client.request(p.Chat(text=rest))
            elif request := self._request(verb):
                await self._client.request(request, timeout=60.0)
            else:
                await self._move(words)
        except (Refusal, ConnectionLost, TimeoutError, ValueError) as error:
            self._say(f"error: {error}")

    def _request(self, verb: str) -> p.ClientMessage | None:
        mirror = self._client.mirror
        claims = mirror.table.claims if mirror.table else ()
        offered = "draw" if mirror.offer("draw") else "takeback"
        verbs: dict[str, p.ClientMessage] = {
            "ai": p.AiMove(),
            "draw": p.ClaimDraw() if claims and mirror.my_turn else p.OfferDraw(),
            "takeback": p.OfferTakeback(),
            "decline": p.DeclineDraw() if offered == "draw" else p.DeclineTakeback(),
            "resign": p.Resign(),
            "rematch": p.Rematch(),
        }
        return verbs.get(verb)

    async def _move(self, text: str) -> None:
        """Play, once it is our turn: what comes from a pipe needn't wait by itself."""
        mirror = self._client.mirror
        await self._until(lambda: mirror.my_turn or mirror.outcome is not None)
        await self._client.move(text)

    async def _until(self, done: Callable[[], bool]) -> None:
        try:
            async with asyncio.timeout(_PATIENCE):
                while not done() and self._client.connection.status is not Status.CLOSED:
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            self._say("error: nobody moved")

    async def _listen(self) -> None:
        async for item in self._client:
            self._tell(item)
            self._changed.set()

    def _tell(self, item: p.ServerMessage | Connection) -> None:
        match item:
            case p.StateUpdate(last_action="player_move" | "ai_move", review=False):
                number = (item.ply + 1) // 2 if self._two_seats() else item.ply
                self._say(f"{number}. {item.seat or 'agent'}: {item.notation or item.move}")
                self._board()
                self._turn()
            case p.StateUpdate(last_action="takeback"):
                self._say(f"{item.seat} took back")
                self._board()
            case p.JoinedMessage(seat=seat, player=player):
                self._say(f"{player.name} is {seat}")
            case p.Offer(seat=seat, offer=offer, declined=declined):
                self._say(f"{seat} {'declined' if declined else 'offers'} a {offer}")
            case p.GameOver(outcome=outcome):
                winner = f"{outcome.winner} wins" if outcome.winner else "no winner"
                self._say(f"game over: {winner} ({outcome.reason.replace('_', ' ')})")
            case p.ChatMessage(name=name, text=text):
                self._say(f"{name} says: {text}")
            case p.BotFailedMessage(bot=bot, reason=reason):
                self._say(f"error: {bot} failed: {reason}")
            case p.RematchMessage(next_thread=thread):
                self._say(f"rematch: {thread}")
            case Connection(status=Status.WAITING, reason=reason):
                self._say(f"connection lost: {reason}; trying again")
            case Connection(status=Status.CLOSED, reason=reason) if reason != "closed":
                self._say(f"connection closed: {reason}")

    def _two_seats(self) -> bool:
        return bool(self._client.mirror.table and len(self._client.mirror.table.seats) == 2)

    def _turn(self) -> None:
        mirror = self._client.mirror
        if mirror.my_turn:
            self._say(f"your move ({mirror.moving})")

    def _board(self) -> None:
        mirror = self._client.mirror
        if mirror.picture and mirror.picture.cells and mirror.table:
            flipped = mirror.picture.rotates and mirror.seats == mirror.table.seats[1:]
            self._say(mirror.picture.text(flipped=flipped))

    def _moves(self) -> None:
        self._say(" ".join(self._client.mirror.notations) or "no moves yet")

    def _clock(self) -> None:
        clock = self._client.mirror.clock
        for seat in clock.left if clock else ():
            self._say(f"{seat}: {self._client.clock_left(seat, time.time()):.0f} s")
        if clock is None:
            self._say("there is no clock")

    def _help(self) -> None:
        table = self._client.mirror.table
        self._say(HELP.format(notations=table.notations if table else ""))

    def _say(self, text: str) -> None:
        self._sink.write(text + "\n")
        self._sink.flush()


async def stream(client: Client, sink: TextIO) -> int:
    """Watch a thread as JSON, one server message a line, until the game is over; the exit code.

    Raises:
        ConnectionFailed: there is no way in.
    """
    async with client:
        await client.join(p.SPECTATOR)
        async for item in client:
            if not isinstance(item, Connection):
                sink.write(item.model_dump_json(exclude_none=True) + "\n")
                sink.flush()
            if client.mirror.outcome is not None:
                return 0
    return 1
