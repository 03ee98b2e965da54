"""Stores by name."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from gamesock.server.stores import open_store


def test_a_store_has_the_name_it_was_asked_for_by(tmp_path: Path) -> None:
    for spec in ("memory", f"sqlite:{tmp_path / 'my games.db'}"):
        assert open_store(spec).name == spec


def test_by_default_games_lie_with_the_users_data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("platformdirs.user_data_path", lambda app: tmp_path / app)
    assert open_store("sqlite").name == f"sqlite:{tmp_path / 'gamesock' / 'games.db'}"


def test_a_home_directory_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert open_store("sqlite:~/g.db").name == f"sqlite:{tmp_path / 'g.db'}"


@pytest.mark.parametrize(
    "spec", ["", "sqlite:", "memory:", "memory:x", "postgres://x", "sqlite::memory:", "SQLITE"]
)
def test_other_names_are_refused_with_what_there_is(spec: str) -> None:
    with pytest.raises(ValueError, match="use memory, sqlite, or sqlite:PATH"):
        open_store(spec)


def test_sqlite_is_imported_only_when_asked_for() -> None:
    program = (
        "import sys; from gamesock.server.stores import open_store; open_store('memory');"
        "assert not {'sqlite3', 'platformdirs'} & set(sys.modules);"
        "open_store('sqlite:x'); assert 'sqlite3' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
