"""Waiting for what a screen is to show, however slow the machine."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from textual.pilot import Pilot

PATIENCE = 30.0


async def until(condition: Callable[[], object]) -> None:
    """Wait until this is true."""
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 - any condition, not one that tells of itself
            await asyncio.sleep(0.01)


async def still(pilot: Pilot[Any]) -> None:
    """Wait until the screen has stopped changing: what is known is laid out and painted."""
    seen = None
    async with asyncio.timeout(PATIENCE):
        while (shown := pilot.app.export_screenshot()) != seen:
            seen = shown
            await pilot.pause(0.1)
            await pilot.pause()
