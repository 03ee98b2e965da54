"""Where threads' event logs are kept: ``open_store`` makes the store that a name asks for."""

from __future__ import annotations

from pathlib import Path

from gamesock.server.stores.base import Store


def open_store(spec: str) -> Store:
    """The store named by ``memory``, ``sqlite`` (in the user's data directory) or ``sqlite:PATH``.

    It still has to be opened: ``await store.open()``.

    Raises:
        ValueError: it is none of these.
    """
    kind, colon, path = spec.partition(":")
    match kind, colon, path:
        case "memory", "", "":
            from gamesock.server.stores.memory import MemoryStore

            return MemoryStore()
        case "sqlite", "", "":
            import platformdirs

            return _sqlite(platformdirs.user_data_path("gamesock") / "games.db")
        case "sqlite", ":", path if path and path != ":memory:":
            return _sqlite(Path(path).expanduser())
    raise ValueError(f"no store {spec!r}: use memory, sqlite, or sqlite:PATH")


def _sqlite(path: Path) -> Store:
    from gamesock.server.stores.sqlite import SqliteStore

    return SqliteStore(path)
