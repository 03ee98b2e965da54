"""``gamesock watch``: look on at a thread of a server."""

from __future__ import annotations

from gamesock.address import DEFAULT, server_url
from gamesock.cli.admit import admit
from gamesock.cli.options import Problem, Settings, preferred
from gamesock.cli.show import looks, need_terminal, show
from gamesock.place import Place, get


def watch(thread: str, server: str | None, settings: Settings) -> int:
    """Watch; the exit code."""
    need_terminal(settings)
    place = Place(server_url(server or preferred().server or DEFAULT), preferred().name)
    if not thread and not settings.plain and not settings.json:
        from gamesock.cli.archive import LocalArchive

        get(place.url, "/healthz")  # where nobody answers, that is said before there is a screen
        admit(place)
        from gamesock.tui.app import run_lobby

        return run_lobby(place, looks(settings), preferred(settings), LocalArchive())
    admit(place)
    client = place.client(thread or _latest(place))
    return show(client, None, (), settings, watch=True, address=place.address)


def _latest(place: Place) -> str:
    """The public game that changed last."""
    listed = get(place.url, "/threads")["threads"]
    if not listed:
        raise Problem(
            f"no public game is under way at {place.url}: start one with "
            f"gamesock play chess --server {place.title}"
        )
    return str(max(listed, key=lambda row: row["updated"])["thread_id"])
