"""Plays one thread, and its rematches, over two text streams: commands and moves in, one event a line out."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Sequence
from typing import TextIO

from pydantic import ValidationError

from gamesock import protocol as p
from gamesock.client import BadAnswer, Client, ConnectionLost
from gamesock.fault import fault
from gamesock.game import Seat
from gamesock.link import TIMEOUT
from gamesock.plain import tables
from gamesock.plain.alarm import Alarms
from gamesock.plain.answers import advice, answer, asked
from gamesock.plain.commands import near, understood
from gamesock.plain.lines import Lines
from gamesock.plain.reader import until_nobody_reads
from gamesock.plain.signs import printable
from gamesock.plain.teller import Teller
from gamesock.protocol import Refusal

_PATIENCE = 120.0
"""Seconds to wait for an opponent's move once there is no more input."""

_THINKING = 1500
"""Milliseconds that a hint may take."""


class LineClient:
    """One player, or one spectator, who reads and types lines.

    Args:
        client: of the thread, not connected yet.
        source: what the player types; its end means that they leave, or wait for the end when they watch.
        sink: what they read.
        low_time: seconds left on their clock that are announced; 0: never.
    """

    def __init__(self, client: Client, source: TextIO, sink: TextIO, *, low_time: float = 20.0) -> None:
        self._client = client
        self._source = source
        self._sink = sink
        self._low_time = low_time
        self._teller = Teller(client.mirror)
        self._lines = Lines(source)
        self._changed = asyncio.Event()
        self._flipped = False
        self._boards = False
        self._resigning = False
        """Whether the next line answers whether to resign."""
        self._left = False
        """Whether ``quit`` was typed."""
        self._typed = False
        """Whether anything was."""
        self._headed = ""
        """The thread of which it was said which game it is."""

    async def run(self, seat: Seat | None, setup: Sequence[p.ClientMessage], *, watch: bool = False) -> int:
        """Play until the input ends or ``quit``, or watch until the game is over; the exit code.

        Raises:
            ConnectionFailed, ConnectionLost, Refusal, TimeoutError: there is no way in.
            BrokenPipeError: nobody reads the sink any more.
        """
        listener = asyncio.create_task(self._listen())
        try:
            await self._enter(p.SPECTATOR if watch else seat, setup)
            talkers = {
                asyncio.create_task(self._watch() if watch else self._converse()),
                asyncio.create_task(until_nobody_reads(self._sink)),
            }
            if self._low_time:
                talkers.add(asyncio.create_task(self._warn()))
            await self._first_of(listener, talkers)
            return 0
        finally:
            await self._client.close()
            await listener  # tells what has come already, and ends

    async def _first_of(self, listener: asyncio.Task[None], talkers: set[asyncio.Task[None]]) -> None:
        try:
            done, _ = await asyncio.wait({listener, *talkers}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in talkers:
                task.cancel()
            await asyncio.wait(talkers)
        for task in done:
            task.result()
        if done == {listener}:
            raise ConnectionLost(self._client.connection.reason)

    async def _enter(self, seat: Seat | None, setup: Sequence[p.ClientMessage] = ()) -> None:
        """Take part in the client's thread, and say how it stands."""
        await self._client.connect()
        mirror = self._client.mirror
        self._head()
        await self._client.join(seat)
        async with asyncio.timeout(TIMEOUT):
            while mirror.table is None:  # a private game shows itself to who has joined it
                await self._news()
        self._head()
        for message in setup:
            await self._client.request(message)
        self._flipped = bool(
            mirror.table and mirror.picture and mirror.picture.rotates and mirror.seats == mirror.table.seats[1:]
        )
        self._say(*self._teller.begin())

    def _head(self) -> None:
        """Say once which game it is, before anything of what happens in it."""
        mirror = self._client.mirror
        if mirror.table and mirror.thread_id != self._headed:
            self._headed = mirror.thread_id
            self._say(f"{mirror.table.title}, game {mirror.thread_id}")

    # Reading

    async def _converse(self) -> None:
        await self._read()
        if not self._left and not self._source.isatty() and self._typed:
            await self._our_turn()  # the answer to the last move is part of it

    async def _watch(self) -> None:
        reading = asyncio.create_task(self._read())
        over = asyncio.create_task(self._until_over())
        try:
            await asyncio.wait({reading, over}, return_when=asyncio.FIRST_COMPLETED)
            if reading.done():
                reading.result()
                if not self._left:
                    await over
        finally:
            reading.cancel()
            over.cancel()

    async def _read(self) -> None:
        """Do what is typed until the input ends, or ``quit``."""
        self._lines.start()
        while (line := await self._lines.next()) is not None:
            if words := line.strip():
                self._typed = True
                await self._obey(words)
            if self._left:
                return
            if self._client.mirror.next_thread:
                await self._follow(self._client.mirror.next_thread)

    async def _obey(self, line: str) -> None:
        try:
            if self._resigning:
                await self._resign(line)
            elif command := understood(line):
                await self._do(*command)
            else:
                await self._move(line)
            await self._hear_out()
        except TimeoutError:
            self._say("error: no answer in time")
        except ValidationError as error:
            self._say(f"error: {fault(error)}")
        except (Refusal, ConnectionLost, BadAnswer, ValueError) as error:
            self._say(f"error: {error}")

    async def _do(self, name: str, about: str) -> None:
        match name:
            case "quit":
                self._left = True
            case "chat":
                await self._chat(about)
            case "hint":
                await self._hint()
            case "ai":
                await self._our_turn()
                await self._client.request(p.AiMove(), timeout=60.0)
            case "resign":
                await self._ask_to_resign(about)
            case "draw" | "takeback" | "accept" | "decline" | "claim" | "rematch":
                await self._client.request(asked(name, self._client.mirror), timeout=60.0)
            case "boards":
                self._boards = not self._boards
                self._say(f"the board is shown {'after every move' if self._boards else 'when you ask for it'}")
            case "flip":
                self._flipped = not self._flipped
                self._say("the board is turned; board shows it")
            case _:
                self._say(*self._answer(name, about))

    def _answer(self, name: str, about: str) -> list[str]:
        mirror = self._client.mirror
        match name:
            case "last":
                return [self._teller.last or "no moves yet"]
            case "clock":
                return tables.clocks(mirror, self._left_now)
        return answer(mirror, name, about, flipped=self._flipped)

    async def _chat(self, text: str) -> None:
        if not text:
            self._say("error: say what? For example: chat good luck")
            return
        await self._client.request(p.Chat(text=text))

    async def _hint(self) -> None:
        mirror = self._client.mirror
        if mirror.seats and not mirror.outcome:
            if self._source.isatty() and not mirror.my_turn:
                self._say(f"error: {tables.turn(mirror.table, mirror.seats)}; a hint is for a move of yours")
                return
            await self._our_turn()
        thinking = await self._client.ask(p.Analyse(time_ms=_THINKING), p.Thinking, timeout=60.0)
        self._say(advice(thinking, self._client.mirror.picture))

    async def _ask_to_resign(self, about: str) -> None:
        if about.lower() in ("yes", "y", "now"):
            await self._client.request(p.Resign())
            return
        self._resigning = True
        self._say("resign this game? yes resigns, anything else goes on")

    async def _resign(self, answer: str) -> None:
        self._resigning = False
        if answer.lower() in ("yes", "y"):
            await self._client.request(p.Resign())
        else:
            self._say("the game goes on")

    async def _move(self, typed: str) -> None:
        mirror = self._client.mirror
        if meant := near(typed):
            self._say(f"error: {typed!r} is no move; did you mean {meant}? help lists what can be typed")
            return
        if self._source.isatty() and not mirror.my_turn and not mirror.outcome:
            self._say(f"error: {tables.turn(mirror.table, mirror.seats)}; {typed!r} was not played")
            return
        await self._our_turn()
        try:
            await self._client.move(typed)
        except Refusal as refusal:
            over, on = "rematch plays again, quit leaves", "legal lists the moves, help the commands"
            raise ValueError(f"{refusal} ({over if mirror.outcome else on})") from None

    # Waiting

    async def _follow(self, thread: str) -> None:
        """Go on in the next game; our tokens find the seats, which are swapped."""
        before, self._client = self._client, self._client.for_thread(thread)
        self._teller = Teller(self._client.mirror)
        await before.close()
        await self._enter(None)

    async def _hear_out(self) -> None:
        """Wait until all that is known was told: an answer may overtake the news it belongs to."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(1.0):
                while self._teller.ply != self._client.mirror.ply:
                    await self._news()

    async def _our_turn(self) -> None:
        """Wait until we are to move, or the game is over: what comes from a pipe needn't wait by itself."""
        mirror = self._client.mirror
        try:
            async with asyncio.timeout(_PATIENCE):
                while not (mirror.my_turn or mirror.outcome):
                    await self._news()
        except TimeoutError:
            self._say("error: nobody moved")

    async def _until_over(self) -> None:
        while not self._client.mirror.outcome:
            await self._news()

    async def _news(self) -> None:
        self._changed.clear()
        await self._changed.wait()

    async def _warn(self) -> None:
        """Tell when a clock of ours runs low, for as long as the game is open."""
        alarms = Alarms(self._low_time)
        while True:
            told, wait = alarms.look(self._client.mirror, self._left_now)
            self._say(*told)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._news()

    def _left_now(self, seat: Seat) -> float | None:
        return self._client.clock_left(seat, time.time())

    async def _listen(self) -> None:
        """Tell what comes, until the last client is closed."""
        client = None
        while client is not self._client:
            client = self._client
            held: list[str] = []
            async for item in client:
                held += self._teller.hear(item)
                if client.mirror.table:
                    self._head()
                    self._say(*held)
                    held.clear()
                if self._boards and isinstance(item, p.StateUpdate) and item.last_action and item.picture:
                    self._say(*item.picture.text(flipped=self._flipped).splitlines())
                if isinstance(item, p.RematchMessage):
                    self._lines.wake()  # whoever waits for input goes on, into the next game
                self._changed.set()
            self._say(*held)

    def _say(self, *lines: str) -> None:
        """Write lines, without the control characters and line ends that others may have put into their words."""
        for line in lines:
            self._sink.write(f"{printable(line)}\n")
        self._sink.flush()
