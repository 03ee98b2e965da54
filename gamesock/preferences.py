"""What the player likes: theme, pieces, name and so on, kept in one small file that people may edit too.

The file is TOML, ``settings.toml`` in the user's configuration directory; ``GAMESOCK_THEME`` and the like in
the environment win over it, and an option on the command line wins over both.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, get_args

import platformdirs
from pydantic import BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError

from gamesock.model import Model
from gamesock.own_file import write_own

Theme = Literal["slate", "wood", "forest", "light", "high-contrast", "colorblind"]
PieceSet = Literal["auto", "sprite", "outline", "letters", "glyph", "ascii"]
Color = Literal["auto", "full", "16", "none"]

FILE = "settings.toml"
LARGEST = 64 * 1024
"""Bytes of a file that is read."""
PREFIX = "GAMESOCK_"
"""Before a key in capitals: the variable that wins over the file."""

_OFF = {"off": 0.0, "no": 0.0, "never": 0.0}
Seconds = Annotated[
    float, BeforeValidator(lambda given: _OFF.get(given, given) if isinstance(given, str) else given)
]
_PRINTED = r"^[^\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]+$"
"""Neither control characters nor those that turn text around."""
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, pattern=_PRINTED)]


class Preferences(Model):
    """How one player likes it; every value has a usual one."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    theme: Theme = Field("slate", title="Theme", description="The colours of the board and around it.")
    pieces: PieceSet = Field("auto", title="Pieces", description="How pieces are drawn.")
    color: Color = Field("auto", title="Colours", description="How many colours the terminal is given.")
    animations: bool = Field(True, title="Animations", description="Pieces glide to where they go.")
    bell: bool = Field(True, title="Bell", description="The terminal's bell when it is your move.")
    confirm_moves: bool = Field(False, title="Confirm moves", description="Ask before a move is sent.")
    show_thoughts: bool = Field(
        False, title="Bots' thoughts", description="While you play, show what the bots at the table think."
    )
    low_time: Seconds = Field(
        20.0, ge=0, le=3600, title="Low time", description="Seconds left on a clock that call for haste; 0: never."
    )
    name: Annotated[Line, StringConstraints(max_length=40)] | None = Field(
        None, title="Your name", description="What others see at the table; none: your login name."
    )
    server: Annotated[Line, StringConstraints(max_length=200)] | None = Field(
        None, title="Server", description="Where watch and the lobby look unless you say; none: this machine."
    )
    supabase_url: Annotated[Line, StringConstraints(max_length=200)] | None = Field(
        None,
        title="Supabase",
        description="The address of the project where you sign in: https://abc.supabase.co.",
    )
    supabase_key: Annotated[Line, StringConstraints(max_length=4000)] | None = Field(
        None, title="Supabase key", description="The project's publishable (anon) key; it is no secret."
    )


class Setting(NamedTuple):
    """One preference as a list of settings shows it."""

    key: str
    title: str
    help: str
    choices: tuple[str, ...]
    """Every value there is, spelled as a person types it; none: free text or a number."""
    default: Any
    optional: bool
    """Whether it may be unset."""


class Preferred(NamedTuple):
    """What was read, and what was wrong with it."""

    preferences: Preferences
    problems: tuple[str, ...]
    """Each a line for the player; the usual value stands in for a wrong one."""


class BadSetting(ValueError):
    """A key or value there isn't; the message says which there are."""


def _setting(key: str) -> Setting:
    field = Preferences.model_fields[key]
    choices: tuple[str, ...] = ("on", "off") if field.annotation is bool else ()
    if getattr(field.annotation, "__origin__", None) is Literal:
        choices = get_args(field.annotation)
    return Setting(key, field.title or key, field.description or "", choices, field.default, field.default is None)


SETTINGS: Mapping[str, Setting] = {key: _setting(key) for key in Preferences.model_fields}
"""What ``gamesock config`` and the settings screen show, by key and in their order."""


def preferences_path() -> Path:
    """The file; it need not exist."""
    return platformdirs.user_config_path("gamesock") / FILE


def load_preferences() -> Preferences:
    """What the player likes; a spoilt file counts as none (``read_preferences`` tells)."""
    return read_preferences().preferences


def read_preferences(path: Path | None = None, environ: Mapping[str, str] | None = None) -> Preferred:
    """The preferences in the file and the environment, and what is wrong there. Never raises."""
    path = path or preferences_path()
    kept, problems = _kept(path)
    values: dict[str, Any] = {}
    for key, given in kept.items():
        _take(values, problems, key, given, f"in {path}")
    environ = os.environ if environ is None else environ
    for key in SETTINGS:
        if given := environ.get(PREFIX + key.upper()):
            _take(values, problems, key, given, f"({PREFIX}{key.upper()})")
    return Preferred(Preferences.model_construct(**values), tuple(problems))  # each was checked


def checked(key: str, given: Any) -> Any:
    """The value of a setting, from a person's or a file's spelling of it.

    Raises:
        BadSetting: there is no such setting, or it can't be that.
    """
    setting = SETTINGS.get(key)
    if setting is None:
        raise BadSetting(f"there is no setting {key!r}: choose {', '.join(SETTINGS)}")
    if isinstance(given, int) and not isinstance(given, bool) and setting.choices[:1] != ("on",):
        given = str(given)  # color = 16
    try:
        valid = Preferences.model_validate({key: given})
    except ValidationError as error:
        raise BadSetting(f"{key} can't be {given!r}: {_wanted(setting, error)}") from None
    return _of_project(key, getattr(valid, key))


def _of_project(key: str, value: Any) -> Any:
    """A project's address or key, if it can be one."""
    if value is None or key not in ("supabase_url", "supabase_key"):
        return value
    from gamesock.account.project import BadProject, checked_setting

    try:
        return checked_setting(key, value)
    except BadProject as error:
        raise BadSetting(f"{key}: {error}") from None


def spelled(value: Any) -> str:
    """A value as a person types it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:g}" if isinstance(value, float) else str(value)


def save_preferences(preferences: Preferences, was: Preferences | None = None) -> None:
    """Write what differs from ``was`` (else from what is in force); all else in the file stays as it is.

    Raises:
        OSError: it can't be written.
        BadSetting: the file that is there can't be read, so it isn't replaced.
    """
    before = was or load_preferences()
    changes = {
        key: getattr(preferences, key) for key in SETTINGS if getattr(preferences, key) != getattr(before, key)
    }
    change_preferences(changes)


def change_preferences(changes: Mapping[str, Any], path: Path | None = None) -> None:
    """Write these values; a setting at its usual value needs no line. The file is replaced in one step.

    Raises:
        OSError: it can't be read or written.
        BadSetting: the file that is there makes no sense, so it isn't replaced.
    """
    if not changes:
        return
    import tomlkit
    from tomlkit.exceptions import ParseError

    path = path or preferences_path()
    try:
        document = tomlkit.parse(_text(path))
    except FileNotFoundError:
        document = tomlkit.document()
    except (ParseError, UnicodeDecodeError, RecursionError) as error:
        raise BadSetting(f"{path} is not valid TOML ({error}): mend or delete it first") from None
    for key, value in changes.items():
        if value is None or value == SETTINGS[key].default:
            document.pop(key, None)
        else:
            document[key] = value
    write_own(path, tomlkit.dumps(document))


def _kept(path: Path) -> tuple[dict[str, Any], list[str]]:
    try:
        text = _text(path)
        import tomllib  # here, because most players have no such file

        return tomllib.loads(text), []
    except FileNotFoundError:
        return {}, []
    except (ValueError, RecursionError) as error:  # no TOML, or no UTF-8
        return {}, [f"{path} is not valid TOML ({error}): the usual settings are used until it is mended"]
    except OSError as error:
        return {}, [f"{path} can't be read ({error.strerror}): the usual settings are used"]


def _text(path: Path) -> str:
    """What a settings file holds; a FIFO would have us wait, and a huge file is none of ours."""
    found = path.stat()
    if not stat.S_ISREG(found.st_mode):
        raise OSError(errno.EINVAL, "it is no ordinary file", str(path))
    if found.st_size > LARGEST:
        raise OSError(errno.EFBIG, f"it has more than {LARGEST // 1024} KiB", str(path))
    return path.read_text("utf-8")


def _take(values: dict[str, Any], problems: list[str], key: str, given: Any, where: str) -> None:
    try:
        values[key] = checked(key, given)
    except BadSetting as error:
        problems.append(f"{error} {where}")
    except ValueError:  # a number too long to be written out
        problems.append(f"{key} can't be that {where}")


def _wanted(setting: Setting, error: ValidationError) -> str:
    """What the value should have been."""
    if setting.choices:
        return f"choose {_either(setting.choices)}"
    if isinstance(setting.default, float):
        return "give seconds from 0 to 3600"
    longest = next(
        (each["ctx"]["max_length"] for each in error.errors() if each["type"] == "string_too_long"), None
    )
    return f"at most {longest} characters" if longest else "give a line of text"


def _either(choices: Iterable[str]) -> str:
    *most, last = choices
    return f"{', '.join(most)} or {last}"


__all__ = [
    "SETTINGS",
    "BadSetting",
    "Preferences",
    "Preferred",
    "Setting",
    "change_preferences",
    "checked",
    "load_preferences",
    "preferences_path",
    "read_preferences",
    "save_preferences",
    "spelled",
]
