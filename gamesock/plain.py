"""Line by line: a game as text, for screen readers, pipes and scripts. One event a line."""

from __future__ import annotations

import asyncio
import contextlib
import re
import threading
import time
from collections.abc import Callable, Sequence
from typing import TextIO

from gamesock import protocol as p
from gamesock.client import Client, Connection, ConnectionLost, Status
from gamesock.game import BoardPicture, Seat
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
claim       claim the win from a player who has left
rematch     after the game: play again
say TEXT    chat
help        this list
quit        leave (the game is kept)"""

_PATIENCE = 120.0
"""Seconds to wait for an opponent's move once there is no more input."""

_AHEAD = 100
"""Lines read before they are needed."""

_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")


class LineClient:
    """Plays one thread, and its rematches, over two text streams."""

    def __init__(self, client: Client, source: TextIO, sink: TextIO) -> None:
        self._client = client
        self._source = source
        self._sink = sink
        self._lines: asyncio.Queue[str | None] = asyncio.Queue()
        self._room = threading.Semaphore(_AHEAD)
        self._changed = asyncio.Event()
        self._over: str | None = None
        """The thread whose end was told."""

    async def run(self, seat: Seat | None, setup: Sequence[p.ClientMessage], *, watch: bool = False) -> int:
        """Play until the input ends or ``quit``, or watch until the game is over; the exit code.

        Raises:
            ConnectionFailed, ConnectionLost, Refusal, TimeoutError: there is no way in.
        """
        listener = asyncio.create_task(self._listen())
        try:
            await self._enter(p.SPECTATOR if watch else seat, setup)
            talker = asyncio.create_task(self._until_over() if watch else self._converse())
            done, _ = await asyncio.wait({listener, talker}, return_when=asyncio.FIRST_COMPLETED)
            talker.cancel()
            for task in done:
                task.result()
            if talker not in done:
                raise ConnectionLost(self._client.connection.reason)
            return 0
        finally:
            await self._client.close()
            await listener  # tells what has come already, and ends

    async def _enter(self, seat: Seat | None, setup: Sequence[p.ClientMessage] = ()) -> None:
        """Take part in the client's thread, and say how it stands."""
        await self._client.connect()
        mirror = self._client.mirror
        if mirror.table:
            self._say(f"{mirror.table.title}, game {mirror.thread_id}")
        await self._client.join(seat)
        for message in setup:
            await self._client.request(message)
        self._say(f"you are {' and '.join(mirror.seats)}" if mirror.seats else "you are watching")
        self._board()
        self._turn()

    async def _converse(self) -> None:
        loop = asyncio.get_running_loop()
        # A thread of its own: reading a line blocks, and a pending read must not hold up the end.
        threading.Thread(target=self._pump, args=(loop,), daemon=True).start()
        while (line := await self._lines.get()) is not None:
            self._room.release()
            words = line.strip()
            if words in ("quit", "q", "exit"):
                return
            if words:
                await self._obey(words)
            if self._client.mirror.next_thread:
                await self._follow(self._client.mirror.next_thread)
        if not self._source.isatty():
            await self._our_turn()

    def _pump(self, loop: asyncio.AbstractEventLoop) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: the game was left
            for line in self._source:
                self._room.acquire()
                loop.call_soon_threadsafe(self._lines.put_nowait, line)
            loop.call_soon_threadsafe(self._lines.put_nowait, None)

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
            elif verb == "ai":
                await self._our_turn()
                await self._client.request(p.AiMove(), timeout=60.0)
            elif request := self._request(verb):
                await self._client.request(request, timeout=60.0)
            else:
                await self._our_turn()
                await self._client.move(words)
        except TimeoutError:
            self._say("error: no answer in time")
        except (Refusal, ConnectionLost, ValueError) as error:
            self._say(f"error: {error}")

    def _request(self, verb: str) -> p.ClientMessage | None:
        mirror = self._client.mirror
        claims = [why for why in (mirror.table.claims if mirror.table else ()) if why != "away"]
        offered = "draw" if mirror.offer("draw") else "takeback"
        verbs: dict[str, p.ClientMessage] = {
            "draw": p.ClaimDraw() if claims and mirror.my_turn else p.OfferDraw(),
            "takeback": p.OfferTakeback(),
            "decline": p.DeclineDraw() if offered == "draw" else p.DeclineTakeback(),
            "resign": p.Resign(),
            "claim": p.ClaimWin(),
            "rematch": p.Rematch(),
        }
        return verbs.get(verb)

    async def _follow(self, thread: str) -> None:
        """Go on in the next game; our tokens find the seats, which are swapped."""
        before, self._client = self._client, self._client.for_thread(thread)
        await before.close()
        await self._enter(None)

    async def _our_turn(self) -> None:
        """Wait until we are to move, or the game is over: what comes from a pipe needn't wait by itself."""
        mirror = self._client.mirror
        try:
            async with asyncio.timeout(_PATIENCE):
                while not (mirror.my_turn or mirror.outcome):
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            self._say("error: nobody moved")

    async def _until_over(self) -> None:
        while not self._client.mirror.outcome:
            self._changed.clear()
            await self._changed.wait()

    async def _listen(self) -> None:
        """Tell what comes, until the last client is closed."""
        client = None
        while client is not self._client:
            client = self._client
            async for item in client:
                self._tell(item)
                self._changed.set()

    def _tell(self, item: p.ServerMessage | Connection) -> None:
        match item:
            case p.StateUpdate(last_action="player_move" | "ai_move", review=False):
                # As things stood then: the mirror may be a message ahead of what is told.
                self._say(move_line(item, self._client.mirror.table))
                self._board(item.picture)
                self._turn(item.table)
            case p.StateUpdate(last_action="takeback"):
                self._say(f"{item.seat} took back")
                self._board(item.picture)
            case p.JoinedMessage(seat=seat, player=player):
                self._say(f"{player.name} is {seat}")
            case p.Offer(seat=seat, offer=offer, declined=declined):
                self._say(f"{seat} {'declined' if declined else 'offers'} a {offer}")
            case p.GameOver():
                self._turn()
            case p.ChatMessage(name=name, text=text):
                self._say(f"{name} says: {text}")
            case p.BotFailedMessage(bot=bot, reason=reason):
                self._say(f"error: {bot} failed: {reason}")
            case p.RematchMessage(next_thread=thread):
                self._say(f"rematch: {thread}")
                self._lines.put_nowait("")  # whoever waits for input goes on, into the next game
            case Connection(status=Status.WAITING, reason=reason):
                self._say(f"connection lost: {reason}; trying again")

    def _turn(self, table: p.Table | None = None) -> None:
        """Say that we are to move, or, once, that the game is over: the last move tells it, and a message too."""
        mirror = self._client.mirror
        table = table or mirror.table
        if table is None:
            return
        ours = [seat for seat in table.to_move if seat in mirror.seats]
        if table.outcome and mirror.thread_id != self._over:
            self._over = mirror.thread_id
            self._say(end_line(table.outcome))
        elif ours and not table.outcome:
            self._say(f"your move ({ours[0]})")

    def _board(self, picture: BoardPicture | None = None) -> None:
        mirror = self._client.mirror
        picture = picture or mirror.picture
        if picture and picture.cells and mirror.table:
            flipped = picture.rotates and mirror.seats == mirror.table.seats[1:]
            self._say(picture.text(flipped=flipped))

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
        """Write, without the control characters that others may have put into their words."""
        self._sink.write(_CONTROL.sub("", text) + "\n")
        self._sink.flush()


def move_line(update: p.StateUpdate, table: p.Table | None) -> str:
    """A move: ``2. black: Nc6``; of two players, both moves have the same number."""
    number = (update.ply + 1) // 2 if table and len(table.seats) == 2 else update.ply
    return f"{number}. {update.seat or 'agent'}: {update.notation or update.move}"


def end_line(outcome: p.OutcomeView) -> str:
    """How a game ended."""
    winner = f"{outcome.winner} wins" if outcome.winner else "no winner"
    return f"game over: {winner} ({outcome.reason.replace('_', ' ')})"


async def stream(client: Client, sink: TextIO) -> int:
    """Watch a thread as JSON, one server message a line, until the game is over; the exit code.

    Raises:
        ConnectionFailed, Refusal: there is no way in.
    """
    async with client:
        await client.join(p.SPECTATOR)
        async for item in client:
            if not isinstance(item, Connection):
                sink.write(item.model_dump_json(exclude_none=True) + "\n")
                sink.flush()
            if isinstance(item, p.GameOver) or _found_over(item):
                return 0
    return 1


def _found_over(item: p.ServerMessage | Connection) -> bool:
    """Whether this is the state of a game that ended while nobody told us."""
    if not isinstance(item, p.StateUpdate) or item.last_action is not None:
        return False
    return bool(item.table and item.table.outcome)
