"""The store that a command was told to use."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from gamesock.cli.options import Problem, WrongUsage

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
        raise WrongUsage(str(error)) from None


@asynccontextmanager
async def reading(spec: str) -> AsyncIterator[Store]:
    """The store of that name, to read from; where there is none yet, none is made.

    Raises:
        Problem, StoreError: there is none, or it can't be opened.
    """
    store = store_of(spec)
    kind, _, path = store.name.partition(":")
    if kind == "sqlite" and not await asyncio.to_thread(Path(path).exists):
        if spec != "sqlite":
            raise Problem(f"there is no {path}: nothing was kept there")
        store = store_of("memory")
    async with _open(store):
        yield store


@asynccontextmanager
async def opened(spec: str) -> AsyncIterator[Store]:
    """The store of that name, open while the block runs.

    Raises:
        Problem, StoreError: there is none, or it can't be opened.
    """
    store = store_of(spec)
    async with _open(store):
        yield store


@asynccontextmanager
async def _open(store: Store) -> AsyncIterator[None]:
    await store.open()
    try:
        yield
    finally:
        await store.close()
