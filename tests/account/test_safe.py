"""Sessions are kept where only their owner can read them, and nowhere else."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError, PasswordSetError

from gamesock.account import safe as safes
from gamesock.account.safe import Both, File, Keyring, best
from gamesock.account.session import Session

PROJECT = "https://abc.supabase.co"


class Ring(KeyringBackend):
    """A keyring in memory, with the limit that some have."""

    priority = 1  # type: ignore[assignment]  # a class property in the library
    LIMIT = 2560

    def __init__(self) -> None:
        super().__init__()
        self.entries: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if len(password) > self.LIMIT:
            raise PasswordSetError("it is too long")
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.entries.pop((service, username), None) is None:
            raise PasswordDeleteError


@pytest.fixture
def ring(monkeypatch: pytest.MonkeyPatch) -> Ring:
    made, before = Ring(), keyring.get_keyring()
    keyring.set_keyring(made)
    monkeypatch.setattr(safes.platformdirs, "user_data_path", lambda name: Path("/nonexistent"))
    yield made  # type: ignore[misc]
    keyring.set_keyring(before)


def session(access: str = "access", project: str = PROJECT) -> Session:
    return Session(project=project, user="u", expires=1.0, access_token=access, refresh_token="refresh")


def test_a_file_is_its_owners_alone(tmp_path: Path) -> None:
    folder = tmp_path / "sessions"
    file = File(folder)
    assert file.load(PROJECT) is None and not file.forget(PROJECT)
    file.keep(session())
    other = session("other", "http://localhost:54321")
    file.keep(other)
    assert file.load(PROJECT) == session() and file.load(other.project) == other
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert str(folder) in file.where
    assert file.forget(PROJECT) and file.load(PROJECT) is None and file.load(other.project) == other


def test_a_spoilt_file_is_no_session(tmp_path: Path) -> None:
    file = File(tmp_path)
    file.keep(session())
    for path in tmp_path.iterdir():
        path.write_text('{"user": ')
    assert file.load(PROJECT) is None
    file.keep(session())
    assert file.load(PROJECT) == session()


def test_the_keyring_is_preferred(ring: Ring) -> None:
    safe = best()
    safe.keep(session())
    assert "keyring" in safe.where
    assert ring.entries and safe.load(PROJECT) == session()
    assert safe.forget(PROJECT) and not ring.entries and not safe.forget(PROJECT)


def test_what_the_keyring_does_not_take_goes_to_the_file(ring: Ring, tmp_path: Path) -> None:
    safe = Both(Keyring(), File(tmp_path))
    safe.keep(session())
    long = session("x" * Ring.LIMIT)
    safe.keep(long)
    assert safe.load(PROJECT) == long and not ring.entries, "the old one must not come back"
    assert str(tmp_path) in safe.where
    safe.keep(session())
    assert ring.entries and not list(tmp_path.iterdir())


def test_without_a_keyring_there_are_files(monkeypatch: pytest.MonkeyPatch, ring: Ring) -> None:
    monkeypatch.setenv("GAMESOCK_KEYRING", "off")
    assert isinstance(best(), File)
    monkeypatch.delenv("GAMESOCK_KEYRING")
    from keyring.backends import fail

    keyring.set_keyring(fail.Keyring())
    assert isinstance(best(), File)


def test_tokens_are_not_shown() -> None:
    shown = repr(session("very-secret"))
    assert "very-secret" not in shown and "refresh'" not in shown


def test_what_is_no_file_or_open_to_others(tmp_path: Path) -> None:
    safe = File(tmp_path)
    kept = Session(project=PROJECT, user="u", expires=1.0, access_token="a", refresh_token="r")
    safe.keep(kept)
    [path] = tmp_path.iterdir()
    path.chmod(0o644)
    assert safe.load(PROJECT) == kept and stat.S_IMODE(path.stat().st_mode) == 0o600
    path.unlink()
    os.mkfifo(path)
    assert safe.load(PROJECT) is None, "a pipe would be waited for without end"
    path.unlink()
    path.mkdir()
    with pytest.raises(OSError, match=path.name):
        safe.keep(kept)
    assert [each.name for each in tmp_path.iterdir()] == [path.name], "no token stays behind"
