"""A screen that lives on a client: it connects, joins, listens, and asks. What it shows is its heirs' business."""

from __future__ import annotations

import asyncio
import logging
from abc import abstractmethod
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from textual.reactive import Reactive
from textual.screen import Screen
from textual.widget import Widget

from gamesock import protocol as p
from gamesock.address import thread_of
from gamesock.client import Client, Connection, ConnectionFailed, ConnectionLost
from gamesock.game import Seat
from gamesock.mirror import Mirror
from gamesock.tui.compositor import FrugalCompositor
from gamesock.tui.words import safe, unshowable

if TYPE_CHECKING:
    from gamesock.tui.app import GameApp

_log = logging.getLogger(__name__)

UNVEILED = 0.3
"""Seconds after which a screen is drawn, however far it has come."""


class ConnectedScreen(Screen[None]):
    """One thread, in a tab of the app."""

    app: GameApp[Any]

    focused: Reactive[Widget | None] = Reactive(None, repaint=False)  # what has the focus repaints itself

    def __init__(
        self,
        client: Client,
        *,
        seat: Seat | None = None,
        watch: bool = False,
        setup: Sequence[p.ClientMessage] = (),
    ) -> None:
        super().__init__()
        self._compositor = FrugalCompositor()
        self.client, self.mirror = client, client.mirror
        self.seat, self.watch_only = seat, watch
        self.seated = False
        """Whether the seats were asked for, and the answer is here."""
        self._arrived = asyncio.Event()
        self.address = urlsplit(client.url).netloc
        """What a friend types to reach the server: ``host:port``."""
        self._setup = tuple(setup)

    @property
    def thread_id(self) -> str:
        """The id of the thread."""
        return self.mirror.thread_id or thread_of(self.client.url)

    @property
    def invite(self) -> str:
        """The code with which a friend joins: ``gamesock play --join CODE``."""
        return f"{self.address}/{self.thread_id}"

    def leave(self, following: str | None = None) -> None:
        """Close this tab; ``following``: and go to the thread of that id in its place."""
        self.app.close_table(self, following)

    @abstractmethod
    def paint(self) -> None:
        """Show the mirror."""

    def repaint(self) -> None:
        """Show the mirror, whatever the server put there."""
        try:
            self.paint()
        except Exception as error:
            self.distrust(error)

    @abstractmethod
    def say_error(self, text: str) -> None:
        """Show what went wrong; empty: nothing any more."""

    def heard(self, message: p.ServerMessage | Connection) -> None:
        """A message arrived, and is folded into the mirror."""
        match message:
            case p.BotFailedMessage():
                self.say_error(f"{safe(message.bot)} failed: {safe(message.reason)}")
            case p.Warning() | p.Info():
                self.say_error(safe(message.message))
            case p.StateUpdate(review=False) if message.move is not None:
                self.app.stirred(self)
        if self.seated or isinstance(message, Connection):  # on the way to a seat, everything changes at once
            self.paint()

    def on_mount(self) -> None:
        """Connect, join, listen."""
        self._update_timer.resume()  # its first tick takes a sixtieth of a second: let that pass on the way
        self.paint()
        self.run_worker(self._unveil(), name="unveil")
        self.run_worker(self._live(), name="live")

    async def on_unmount(self) -> None:
        """Let the connection go."""
        await self.client.close()

    async def _unveil(self) -> None:
        """Draw nothing until we have a seat or that takes long: every step on the way there changes everything."""
        with self.app.batch_update(), suppress(TimeoutError):
            async with asyncio.timeout(UNVEILED):
                await self._arrived.wait()
        self.refresh()

    def _compositor_refresh(self) -> None:
        """Put together only what is drawn, and not what is about to be drawn with all the rest."""
        if not self.app._batch_count and not (self._repaint_required and self.is_current):
            super()._compositor_refresh()

    async def _live(self) -> None:
        try:
            await self.client.connect()
        except ConnectionFailed as failed:
            self.app.fail_table(self, str(failed))
            return
        self.run_worker(self._join(), name="join")
        async for message in self.client:
            try:
                self.heard(message)
            except Exception as error:
                self.distrust(error)

    def distrust(self, error: Exception) -> None:
        """What this server sent can't be shown: forget it, and let the connection go; other tabs live on."""
        _log.error("what %s sent can't be shown", self.client.url, exc_info=error)
        self.mirror = self.client.mirror = Mirror()
        self.run_worker(self.client.close(unshowable(error)), name="distrust")

    async def _join(self) -> None:
        if self.watch_only:
            await self.ask(self.client.join(seat=p.SPECTATOR))
        elif await self.ask(self.client.join(seat=self.seat)):
            for message in self._setup:
                await self.ask(self.client.request(message))
        self.seated = True
        self.repaint()
        self._arrived.set()

    async def ask(self, answer: Awaitable[object]) -> bool:
        """Await the answer to a request; a refusal is shown in the server's words. Whether it was granted."""
        try:
            await answer
        except p.Refusal as refusal:
            self.say_error(safe(str(refusal)))
        except ConnectionLost as lost:
            self.say_error(f"Not sent: {safe(str(lost)) or 'the connection was lost'}")
        except TimeoutError:
            self.say_error("The server didn't answer in time")
        else:
            self.say_error("")
            return True
        return False

    def request(self, message: p.ClientMessage) -> None:
        """Ask without waiting; a refusal will be shown."""
        self.run_worker(self.ask(self.client.request(message)))

    def confirm(self, question: str, then: Callable[[], object]) -> None:
        """Do it once the player said yes."""
        from gamesock.tui.screens.dialogs import Confirm

        def answered(yes: bool | None) -> None:
            if yes:
                then()

        self.app.push_screen(Confirm(question), answered)
