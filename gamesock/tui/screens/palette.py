"""The command palette: everything that can be done on a screen, by name, with the keys that do the same."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

from textual.app import App, SystemCommand
from textual.binding import Binding
from textual.command import CommandPalette
from textual.dom import DOMNode
from textual.screen import Screen

from gamesock.tui.screens.help import key_name

_SETTINGS = "Settings: theme, pieces, sound, name"
"""Only titles are searched: these words are what one looks for."""


class Palette(CommandPalette):
    """Without the picture of a lens, which not every font has."""

    DEFAULT_CSS = """
    Palette SearchIcon {
        display: none;
    }
    """


def open_palette(app: App[Any]) -> None:
    """Show the palette, once."""
    if not CommandPalette.is_open(app):
        app.push_screen(Palette(placeholder="What to do? Type a part of its name", id="--command-palette"))


def commands(app: App[Any], screen: Screen[Any]) -> Iterable[SystemCommand]:
    """What can be done here and now, each once."""
    found: dict[str, tuple[DOMNode, Binding, list[str]]] = {}
    for key, (node, binding, enabled, _) in screen.active_bindings.items():
        # With arguments it is one of several steps, and those are for keys.
        if enabled and binding.description in _ours(node) and "(" not in binding.action:
            found.setdefault(binding.description, (node, binding, []))[2].append(key_name(key))
    for name, (node, binding, keys) in found.items():
        act = partial(app.call_later, app.run_action, binding.action, node)
        yield SystemCommand(_SETTINGS if name == "Settings" else name, f"Key: {' or '.join(keys)}", act)
    if "Settings" not in found:
        yield SystemCommand(_SETTINGS, "Colours, animations, your name and more", partial(_settings, app))


def _ours(node: DOMNode) -> set[str]:
    """What a part of the screen can do, beside what those of every Textual program can."""
    ours = (vars(kind) for kind in type(node).__mro__ if kind.__module__.startswith("gamesock."))
    keys = (each for names in ours for each in names.get("BINDINGS", ()) if isinstance(each, Binding))
    # What a widget doesn't show are its steps: up, down, choose.
    return {each.description for each in keys if each.show or isinstance(node, App | Screen)} - {""}


def _settings(app: App[Any]) -> None:
    from gamesock.tui.screens.settings import SettingsScreen

    if not any(isinstance(each, SettingsScreen) for each in app.screen_stack):
        app.push_screen(SettingsScreen())
