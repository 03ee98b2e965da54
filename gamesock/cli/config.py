"""``gamesock config``: what the player likes, shown and changed; and where things are kept."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from gamesock.cli import completion
from gamesock.cli.options import Problem, WrongUsage

config = typer.Typer(
    help="Show and change your settings.", context_settings={"help_option_names": ["-h", "--help"]}
)

Json = Annotated[bool, typer.Option("--json", help="One JSON object a line on stdout, for scripts.")]
Key = Annotated[
    str, typer.Argument(metavar="KEY", help="See gamesock config.", autocompletion=completion.settings)
]


@config.callback(invoke_without_command=True)
def show(context: typer.Context, json: Json = False) -> None:
    """Show your settings, or change them.

    Examples:

      gamesock config set theme light

      gamesock config unset theme
    """
    if context.invoked_subcommand is not None:
        return
    if json:
        import orjson

        for row in _rows():
            typer.echo(orjson.dumps(row))
        return
    _table()


@config.command("get")
def get(key: Key) -> None:
    """Show one setting."""
    from gamesock.preferences import spelled

    _known(key)
    typer.echo(spelled(getattr(_read(), key)))


@config.command("set", context_settings={"ignore_unknown_options": True})  # -3 is a value
def set_(
    key: Key,
    value: Annotated[str, typer.Argument(metavar="VALUE", autocompletion=completion.values)],
) -> None:
    """Change a setting, from now on."""
    from gamesock.preferences import BadSetting, checked, spelled

    try:
        valid = checked(key, value)
    except BadSetting as error:
        raise WrongUsage(str(error)) from None
    _change(key, valid)
    typer.echo(f"{key} is {spelled(valid)}")


@config.command("unset")
def unset(key: Key) -> None:
    """Put a setting back to its usual value."""
    from gamesock.preferences import spelled

    setting = _known(key)
    _change(key, setting.default)
    typer.echo(f"{key} is {spelled(setting.default) or 'not set'}")


@config.command("path")
def path(json: Json = False) -> None:
    """Show where games, seats and settings are kept."""
    from gamesock.cli.lists import list_paths

    raise typer.Exit(list_paths(json))


def _known(key: str) -> Any:
    from gamesock.preferences import SETTINGS

    if key not in SETTINGS:
        raise WrongUsage(f"there is no setting {key!r}: choose {', '.join(SETTINGS)}")
    return SETTINGS[key]


def _read() -> Any:
    from gamesock.preferences import read_preferences

    preferences, problems = read_preferences()
    for problem in problems:
        typer.echo(f"gamesock: {problem}", err=True)
    return preferences


def _change(key: str, value: Any) -> None:
    import os

    from gamesock.preferences import PREFIX, BadSetting, change_preferences

    try:
        change_preferences({key: value})
    except BadSetting as error:
        raise Problem(str(error)) from None
    variable = PREFIX + key.upper()
    if os.environ.get(variable):
        typer.echo(f"note: {variable}={os.environ[variable]} in the environment wins over it", err=True)


def _rows() -> list[dict[str, Any]]:
    from gamesock.preferences import SETTINGS

    preferences = _read()
    return [
        {
            "key": key, "value": getattr(preferences, key), "default": setting.default,
            "choices": setting.choices, "help": setting.help,
        }
        for key, setting in SETTINGS.items()
    ]  # fmt: skip


def _table() -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from gamesock.preferences import spelled

    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("setting", no_wrap=True)
    table.add_column("value", style="bold")
    table.add_column("usual")
    table.add_column("meaning")
    for row in _rows():
        value, usual = (spelled(row[which]) or "-" for which in ("value", "default"))
        choices = f" One of {', '.join(row['choices'])}." if row["choices"] else ""
        table.add_row(row["key"], Text(value), "" if value == usual else usual, Text(f"{row['help']}{choices}"))
    Console().print(table)
