"""The store that a command was told to use."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from gamesock.cli.options import Problem

if TYPE_CHECKING:
    from gamesock.server.stores.base import Store


def store_of(spec: str) -> Store:
    """The store of that name, not opened yet.

    Raises:
        Problem: there is none.
    """
    from gamesock.server.stores import open_store

    try:
        return open_store(spec)
    except ValueError as error:
        raise Problem(str(error)) from None


@asynccontextmanager
async def opened(spec: str) -> AsyncIterator[Store]:
    """The store of that name, open while the block runs.

    Raises:
        Problem, StoreError: there is none, or it can't be opened.
    """
    store = store_of(spec)
    await store.open()
    try:
        yield store
    finally:
        await store.close()
