"""Settings: every preference, changed here and now, kept at once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from gamesock import registry
from gamesock.address import DEFAULT, server_address
from gamesock.game import BoardPicture, Mark
from gamesock.place import user_name
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
from gamesock.tui.screens.help import Help
from gamesock.tui.screens.shell import ShellScreen
from gamesock.tui.widgets.lines import Hints
from gamesock.tui.widgets.preview import Preview
from gamesock.tui.widgets.rows import Part, Row, Rows, fitted

_LATER = {"color": "From the next start on."}

_STEPS = {"low_time": (0.0, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0)}
"""Values that left and right lead to, of settings that may have others, too."""

_SHOWN, _CORNER = "k1rb4/pp1n4/1PQ5/RNBK4/8/8/8/8 w - - 0 1", 4
"""A position with pieces of every kind in its top left corner, and the rows and columns of that."""


def sample() -> BoardPicture:
    """A few squares with pieces on them, large enough to see what a theme and a set of pieces do."""
    games = registry.game_names()
    if "chess" not in games:
        return registry.game(games[0]).start({}, 0).picture(None)
    whole = registry.game("chess").start({"fen": _SHOWN}, 0).picture(None)
    rows = (whole.cells[start : start + _CORNER] for start in range(0, _CORNER * whole.columns, whole.columns))
    return BoardPicture(
        rows=_CORNER,
        columns=_CORNER,
        cells=tuple(cell for row in rows for cell in row),
        pieces=whole.pieces,
        surface=whole.surface,
        marks=(Mark(kind="last", cell=6), Mark(kind="last", cell=10)),
    )


class SettingsScreen(ShellScreen):
    """The preferences, one a row; the board beside them shows what they do."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,l", "turn(1)", "The next value"),
        Binding("left,h", "turn(-1)", "The value before"),
        Binding("delete,backspace", "usual", "The usual value"),
        Binding("question_mark", "help", "This help"),
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
        hints = (("Enter", "change"), ("← →", "choose"), ("Del", "as usual"), ("Esc", "back"), ("?", "help"))
        self.query_one(Hints).show(*hints)
        rows = self.query_one(Rows)
        rows.set_rows([Row(key, self._drawing(setting)) for key, setting in SETTINGS.items()])
        rows.focus()
        self.query_one(Preview).show(sample())

    def _drawing(self, setting: Setting) -> Any:
        def draw(width: int) -> Sequence[Part]:
            value = getattr(self.app.preferences, setting.key)
            text = _told(setting.key, value)
            arrows = ("< ", " >") if setting.choices or setting.key in _STEPS else ("", "")
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
        value = getattr(self.app.preferences, setting.key)
        if setting.key in _STEPS:
            steps = _STEPS[setting.key]
            beyond = [step for step in steps[::by] if (step - value) * by > 0]
            self._set(setting.key, beyond[0] if beyond else steps[::by][0])
        elif setting.choices:
            at = setting.choices.index(spelled(value))
            self._set(setting.key, checked(setting.key, setting.choices[(at + by) % len(setting.choices)]))

    def action_help(self) -> None:
        """The keys."""
        moving = [
            Binding("up,down,j,k", "", "Choose a setting"),
            Binding("enter", "", "Change it, or type a value"),
        ]
        self.app.push_screen(Help(("Settings", [*moving, *self.BINDINGS])))

    def action_usual(self) -> None:
        """Back to the usual value."""
        key = self.query_one(Rows).key or ""
        self._set(key, SETTINGS[key].default)

    def _set(self, key: str, value: Any) -> None:
        self.app.prefer(self.app.preferences.model_copy(update={key: value}))
        self.query_one(Rows).refresh()
        self.query_one(Preview).show(sample())  # other pieces may have another size
        try:
            change_preferences({key: value})
        except (OSError, BadSetting) as error:
            self.notify(f"Not kept: {error}", severity="error", markup=False)


def _told(key: str, value: Any) -> str:
    """A value as a person reads it; where there is none, what is used instead."""
    match key, value:
        case "low_time", _:
            return f"{spelled(value)} s" if value else "off"
        case "name", None:
            return f"{user_name()} (your login)"
        case "server", None:
            return f"{server_address(DEFAULT)} (here)"
    return spelled(value) or "not set"
