"""Where sessions are kept: the system's keyring, or else a file that only its owner can read."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from hashlib import sha256
from pathlib import Path
from typing import Literal, NamedTuple

import platformdirs
from pydantic import ValidationError

from gamesock.account.session import Session
from gamesock.own_file import write_own

SERVICE = "gamesock"
"""What entries in the keyring are filed under."""


class Where(NamedTuple):
    """Where something is kept; ``str`` says it to people."""

    kind: Literal["keyring", "file", "environment"]
    name: str
    """The keyring's, the folder's or the variable's."""

    def __str__(self) -> str:
        match self.kind:
            case "keyring":
                return f"the keyring of this system ({self.name})"
            case "file":
                return f"a file that only you can read, in {self.name}"
        return f"the environment ({self.name})"


class Safe(ABC):
    """Keeps one session a project."""

    where: Where

    @abstractmethod
    def load(self, project: str) -> Session | None:
        """The session of a project; one that can't be read counts as none."""

    @abstractmethod
    def keep(self, session: Session) -> None:
        """Keep a session in place of its project's last one.

        Raises:
            OSError: it can't be kept.
        """

    @abstractmethod
    def forget(self, project: str) -> bool:
        """Forget the session of a project; whether there was one."""


class File(Safe):
    """A file a project, mode 0600, replaced in one step."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or platformdirs.user_data_path("gamesock") / "sessions"
        self.where = Where("file", str(self.folder))

    def load(self, project: str) -> Session | None:
        path = self._file(project)
        try:
            if not path.is_file():  # what is no file may never end
                return None
            if path.stat().st_mode & 0o077:
                path.chmod(0o600)
            return Session.model_validate_json(path.read_bytes())
        except (OSError, ValidationError):
            return None

    def keep(self, session: Session) -> None:
        # The refresh token before it is worth nothing any more.
        write_own(self._file(session.project), session.model_dump_json(), durable=True)

    def forget(self, project: str) -> bool:
        try:
            self._file(project).unlink()
        except FileNotFoundError:
            return False
        return True

    def _file(self, project: str) -> Path:
        return self.folder / f"{filed(project)}.json"


class Keyring(Safe):
    """The keyring of the system: Keychain, Credential Locker, Secret Service.

    Raises:
        LookupError: there is none here, or it doesn't answer.
    """

    def __init__(self) -> None:
        import keyring
        from keyring.backends import chainer, fail, null
        from keyring.errors import KeyringError

        backend = keyring.get_keyring()
        if isinstance(backend, fail.Keyring | null.Keyring) or (
            isinstance(backend, chainer.ChainerBackend) and not backend.backends
        ):
            raise LookupError("this system has no keyring")
        try:
            backend.get_password(SERVICE, "is it there?")
        except (KeyringError, OSError, RuntimeError) as error:
            raise LookupError(f"the keyring doesn't answer: {error}") from None
        self._keyring, self._error = backend, KeyringError
        self.where = Where("keyring", backend.name)

    def load(self, project: str) -> Session | None:
        try:
            return Session.model_validate_json(self._keyring.get_password(SERVICE, project) or "")
        except (self._error, ValidationError):
            return None

    def keep(self, session: Session) -> None:
        try:
            self._keyring.set_password(SERVICE, session.project, session.model_dump_json())
        except self._error as error:
            raise OSError(f"the keyring doesn't take it: {error}") from None

    def forget(self, project: str) -> bool:
        from keyring.errors import PasswordDeleteError

        try:
            self._keyring.delete_password(SERVICE, project)
        except PasswordDeleteError:
            return False
        except self._error as error:
            raise OSError(f"the keyring doesn't let go of it: {error}") from None
        return True


class Both(Safe):
    """The keyring, and the file for what it doesn't take (some have a limit of 2,560 bytes)."""

    def __init__(self, keyring: Safe, file: Safe) -> None:
        self._keyring, self._file = keyring, file
        self.where = keyring.where

    def load(self, project: str) -> Session | None:
        return self._keyring.load(project) or self._file.load(project)

    def keep(self, session: Session) -> None:
        try:
            self._keyring.keep(session)
        except OSError:
            self._file.keep(session)
            self._keyring.forget(session.project)
            self.where = self._file.where
        else:
            self._file.forget(session.project)

    def forget(self, project: str) -> bool:
        there = [safe.forget(project) for safe in (self._keyring, self._file)]
        return any(there)


def best() -> Safe:
    """The keyring where there is one, else files. ``GAMESOCK_KEYRING=off`` means files."""
    file = File()
    if os.environ.get("GAMESOCK_KEYRING", "").lower() in ("off", "0", "no"):
        return file
    try:
        return Both(Keyring(), file)
    except (ImportError, LookupError):
        return file


def filed(project: str) -> str:
    """A project's address as a file name."""
    return sha256(project.encode()).hexdigest()[:32]
