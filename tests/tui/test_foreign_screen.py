"""A game whose rules only its agent knows, on the full screen: without a board."""

from __future__ import annotations

import asyncio
from typing import Any

from opened import opened, said
from pydantic import BaseModel
from textual.widgets import Static

from gamesock.server import App, GameSocketServer


class CountdownState(BaseModel):
    left: int = 3
    game_status: str = "ongoing"


class CountdownConfig(BaseModel):
    name: str
    runnable_config: dict[str, Any] = {}


class Countdown:
    """Counts down with every run."""

    def __init__(self, config: CountdownConfig) -> None:
        self.left = 3

    @classmethod
    def get_config_class(cls) -> type[CountdownConfig]:
        return CountdownConfig

    def run(self, input: dict, thread_id: str | None = None) -> CountdownState:
        self.left -= 1
        return CountdownState(left=self.left, game_status="draw" if not self.left else "ongoing")


async def test_it_is_watched(guest, until):
    app = App()
    GameSocketServer(app, Countdown, CountdownState, route_prefix="/ws/countdown")
    started = asyncio.get_running_loop().create_future()
    serving = asyncio.create_task(app.serve(port=0, started=lambda app: started.set_result(app.urls[0])))
    url = f"{await started}/ws/countdown/t"
    try:
        ann = await guest(url)
        async with opened(url, watch=True) as (pilot, screen):
            await until(lambda: screen.mirror.table)
            assert said(screen.table.status) == "Under way"
            await ann.move({"go": 1})
            shown = screen.query_one("#state", Static)
            await until(lambda: '"left": 0' in said(shown) and screen.mirror.outcome)
            assert not screen.table.covered and "Draw" in said(screen.table.status)
            await pilot.press("comma")
            await until(lambda: '"left": 1' in said(shown))
    finally:
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
