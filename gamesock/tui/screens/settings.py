"""Settings: every preference, changed here and now, kept at once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from gamesock import registry
from gamesock.preferences import (
    SETTINGS,
    BadSetting,
    Setting,
    change_preferences,
    checked,
    preferences_path,
    spelled,
)
from gamesock.tui.screens.ask import Ask, NotGood
from gamesock.tui.screens.shell import ShellScreen
from gamesock.tui.widgets.lines import Hints
from gamesock.tui.widgets.preview import Preview
from gamesock.tui.widgets.rows import Part, Row, Rows, fitted

if TYPE_CHECKING:
    pass

_LATER = {"color": "From the next start on."}


class SettingsScreen(ShellScreen):
    """The preferences, one a row; the board beside them shows what they do."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,l", "turn(1)", "The next value"),
        Binding("left,h", "turn(-1)", "The value before"),
        Binding("delete,backspace", "usual", "The usual value"),
        Binding("q,escape,s", "dismiss", "Back"),
    ]

    def compose(self) -> ComposeResult:
        """The list, and a board."""
        with Vertical(id="settings"):
            yield Static(Content.styled("Settings", "bold $accent"), id="settings-title")
            with Horizontal(id="settings-body"):
                with Vertical(id="settings-side"):
                    yield Rows(self.app.looks.symbols.held[0], id="settings-list")
                    yield Static("", id="settings-note")
                yield Preview(self.app.looks, id="settings-board")
            yield Hints(id="settings-keys")

    def on_mount(self) -> None:
        """Show the values, and a game's first position."""
        hints = (("Enter", "change"), ("← →", "choose"), ("Del", "as usual"), ("Esc", "back"))
        self.query_one(Hints).show(*hints)
        rows = self.query_one(Rows)
        rows.set_rows([Row(key, self._drawing(setting)) for key, setting in SETTINGS.items()])
        rows.focus()
        game = registry.game(registry.game_names()[0])
        self.query_one(Preview).show(game.start({}, 0).picture(None))

    def _drawing(self, setting: Setting) -> Any:
        def draw(width: int) -> Sequence[Part]:
            value = getattr(self.app.preferences, setting.key)
            text = spelled(value) or "none"
            if setting.key == "low_time":
                text = f"{text} s" if value else "off"
            arrows = ("< ", " >") if setting.choices else ("", "")
            first = min(18, width // 2)
            shown = fitted(f"{arrows[0]}{text}{arrows[1]}", width - first)
            return [(fitted(setting.title, first), ""), (shown, "muted" if value == setting.default else "strong")]

        return draw

    @on(Rows.Moved)
    def _moved(self, event: Rows.Moved) -> None:
        setting = SETTINGS[event.key]
        later = _LATER.get(event.key, "")
        kept = str(preferences_path()).replace(str(Path.home()), "~")
        self.query_one("#settings-note", Static).update(Content(f"{setting.help} {later}\n\nKept in {kept}"))

    @on(Rows.Chosen)
    def _chosen(self, event: Rows.Chosen) -> None:
        setting = SETTINGS[event.key]
        if setting.choices:
            self.action_turn(1)
            return

        async def understand(text: str) -> Any:
            try:
                return checked(setting.key, text)
            except BadSetting as error:
                raise NotGood(str(error)) from None

        def entered(value: Any) -> None:
            if value is not None:
                self._set(setting.key, value)

        value = spelled(getattr(self.app.preferences, setting.key))
        self.app.push_screen(Ask(f"{setting.title}: {setting.help}", understand, text=value), entered)

    def action_turn(self, by: int) -> None:
        """The next of the values there are."""
        setting = SETTINGS[self.query_one(Rows).key or ""]
        if setting.choices:
            at = setting.choices.index(spelled(getattr(self.app.preferences, setting.key)))
            self._set(setting.key, checked(setting.key, setting.choices[(at + by) % len(setting.choices)]))

    def action_usual(self) -> None:
        """Back to the usual value."""
        key = self.query_one(Rows).key or ""
        self._set(key, SETTINGS[key].default)

    def _set(self, key: str, value: Any) -> None:
        self.app.prefer(self.app.preferences.model_copy(update={key: value}))
        self.query_one(Rows).refresh()
        try:
            change_preferences({key: value})
        except (OSError, BadSetting) as error:
            self.notify(f"Not kept: {error}", severity="error", markup=False)
