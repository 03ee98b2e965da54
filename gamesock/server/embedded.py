"""A server inside the program that plays on it: on loopback, in a thread of its own."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from gamesock.address import SHARED
from gamesock.server.app import App
from gamesock.server.factory import GameSocketFactory
from gamesock.server.limits import Limits
from gamesock.server.stores.base import Store
from gamesock.server.threads import Threads
from gamesock.server.unmeasured import Unmeasured

if TYPE_CHECKING:
    from gamesock.server.home import Home


_AT_HOME = Limits(secret_id=1)
"""Whoever plays here calls private games what they like: only friends with a code come by."""


@contextmanager
def embedded(
    store: Store, address: str = "127.0.0.1", port: int = 0, *, private: bool = False, home: Home | None = None
) -> Iterator[str]:
    """Serve every game while the block runs; gives its url for this program: ``ws://127.0.0.1:PORT``.

    ``address``: where to listen, ``0.0.0.0`` for every one; ``port`` 0: any free one; ``private``: one of our own
    also where another server is to be used instead; ``home``: whose program it is, if that may be told.

    Raises:
        StoreError: the store can't be opened.
        OSError: no port can be had.
    """
    shared = os.environ.get(SHARED)
    if shared and not private:
        yield shared
        return
    host = _Host(store, address, port, home)
    host.start()
    try:
        yield host.url()
    finally:
        host.stop()


class _Host(threading.Thread):
    def __init__(self, store: Store, address: str, port: int, home: Home | None) -> None:
        super().__init__(name="gamesock server", daemon=True)
        self._store, self._address, self._port, self._home = store, address, port, home
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._serving: asyncio.Task[None] | None = None
        self._url = ""
        self._error: BaseException | None = None

    def run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            try:
                runner.run(self._serve())
            except asyncio.CancelledError:
                pass
            except BaseException as error:
                self._error = error
            finally:
                self._ready.set()

    async def _serve(self) -> None:
        self._serving = asyncio.current_task()
        home = self._home
        replication = home.replication if home else None
        threads = Threads(
            self._store, limits=_AT_HOME, authenticator=home, replication=replication, metrics=Unmeasured()
        )
        app = App(threads)
        GameSocketFactory.create_all_sockets(app)
        await app.serve(self._address, self._port, started=self._announced)

    def _announced(self, app: App) -> None:
        self._url = app.urls[0].replace("0.0.0.0", "127.0.0.1")
        self._ready.set()

    def url(self) -> str:
        self._ready.wait()
        if self._error:
            raise self._error
        return self._url

    def stop(self) -> None:
        if self.is_alive() and self._serving:
            self._loop.call_soon_threadsafe(self._serving.cancel)
        self.join(timeout=10)
