"""``gamesock watch``: look on at a thread of a server."""

from __future__ import annotations

from gamesock.cli.address import DEFAULT, get, server_url, thread_url
from gamesock.cli.options import Problem, Settings
from gamesock.cli.show import need_terminal, show
from gamesock.client import Client


def watch(thread: str, server: str | None, settings: Settings) -> int:
    """Watch; the exit code."""
    need_terminal(settings)
    url = server_url(server or DEFAULT)
    if not thread:
        listed = get(url, "/threads")
        if not listed:
            raise Problem(
                f"no public game is under way at {url}: start one with gamesock play chess --server {url}"
            )
        thread = listed[0]["thread"]
    client = Client(thread_url(url, "games", thread, {}))
    return show(client, None, (), settings, watch=True)
