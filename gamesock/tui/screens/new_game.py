"""The new-game dialog: game, opponent, side, clock, options, who may watch; it begins with the last choices."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Input, Select, Static

from gamesock import registry
from gamesock.catalogue import BotOffer, GameOffer, OptionOffer
from gamesock.clock import TimeControl
from gamesock.game import BadOptions
from gamesock.new_game import NewGame
from gamesock.place import NoAnswer
from gamesock.recent import Recent
from gamesock.record import Visibility
from gamesock.tui.screens.help import Help
from gamesock.tui.screens.shell import ShellDialog
from gamesock.tui.widgets.fields import Field, line, option_widgets, select

CLOCKS = ("", "1+0", "3+2", "5+3", "10+0", "15+10", "30s/move", "2d/move")
"""Offered time controls; the first is none, and any other may be typed."""

OTHER = "other"
HUMAN, SELF = "a friend who joins", "two at this keyboard"
_VISIBLE: Mapping[Visibility, str] = {
    "public": "everyone", "unlisted": "who has the code", "private": "the players only",
}  # fmt: skip
_FIELDS = {
    "game": ("Game", "What is played."),
    "opponent": ("Opponent", "A computer player, somebody who joins, or two people who share this keyboard."),
    "level": ("Level", "How strong the computer plays; what to expect is said below it."),
    "side": ("You play", "Your side; who plays the first one begins."),
    "clock": ("Clock", "5+3 is five minutes each, and three seconds more for every move."),
    "clock-text": ("Another clock", "5+3, 10, 90s, 5d3 (delay), 30s/move, 2d/move (days)."),
    "visibility": (
        "Who sees it",
        "Everyone: it stands in the lobby, and anyone may watch. Who has the code: whom you give it to. "
        "The players only: nobody watches.",
    ),
}
"""What is asked for, by field: its name, and what it means."""
_KEYS = "Up and Down lead from field to field, Left and Right turn a value. Enter on Play begins the game."
_NEAR = (
    "Somebody on this computer joins with the line you will see. Over the network: gamesock play GAME --invite."
)


class NewGameDialog(ShellDialog[NewGame | None]):
    """Everything that is settled before the first move. ``games`` has at least one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Back"),
        Binding("down", "app.focus_next", "Next", show=False),
        Binding("up", "app.focus_previous", "Previous", show=False),
        Binding("ctrl+g", "play", "Play", show=False),
        Binding("question_mark", "help", "This help", show=False),
    ]

    def __init__(
        self,
        games: Sequence[GameOffer],
        bots: Callable[[str], Awaitable[Sequence[BotOffer]]],
        recent: Recent,
        *,
        first: str | None = None,
        where: str = "",
        shared: bool = False,
    ) -> None:
        """``first``: the game to begin with; ``where``: the server, when it isn't this computer.

        ``shared``: whether others come to this computer's games; else there is nobody to show one to.
        """
        super().__init__()
        self.watchable = bool(where) or shared
        self.games = {game.name: game for game in games}
        self.recent, self.where = recent, where
        last = next((name for name in recent.games if name in self.games), games[0].name)
        self.game = self.games[first or last]
        self._find_bots = bots
        self._bots: Mapping[str, BotOffer] = {}

    # The form

    def compose(self) -> ComposeResult:
        """A line for each choice; what is there first is a good choice."""
        was = self.was
        clock = was.clock or "" if was else ""
        known = clock in CLOCKS
        with Vertical(classes="dialog", id="new-game"):
            yield Static(self._title(), id="new-title")
            with VerticalScroll(id="new-fields", can_focus=False):
                games = [(game.title, name) for name, game in self.games.items()]
                yield from line("Game", select(games, id="game", value=self.game.name))
                yield from line("Opponent", select([("...", "")], id="opponent", value=""))
                yield from line("Level", select([("...", 0)], id="level", value=0), id="level-line")
                yield Static("", id="level-note", classes="note")
                yield from line("You play", select(self._sides(), id="side", value=""))
                clocks = [(text or "none", text) for text in CLOCKS] + [("type another", OTHER)]
                yield from line("Clock", select(clocks, id="clock", value=clock if known else OTHER))
                typed = Input(
                    "" if known else clock, id="clock-text", placeholder="5+3, 90s, 30s/move", compact=True
                )
                yield from line("", typed, id="clock-line")
                if self.watchable:
                    visible = [(title, name) for name, title in _VISIBLE.items()]
                    yield from line("Who sees it", select(visible, id="visibility", value=self._visibility()))
                yield Vertical(id="options")
            yield Static("", id="new-note")
            yield Static("", id="new-problem", classes="problem")
            with Horizontal(id="new-buttons"):
                yield Button("  Play  ", id="play", variant="primary", compact=True)
                yield Button("  Back  ", id="back", compact=True)
                yield Static(Content.from_markup("[@click=screen.help][b]?[/b] help[/]"), id="new-help")

    def on_mount(self) -> None:
        """Begin at the button: Enter plays with what is offered."""
        self.query_one("#play").focus()
        self._show_game()

    @property
    def was(self) -> NewGame | None:
        """What was chosen for this game the last time."""
        return self.recent.games.get(self.game.name)

    def _title(self) -> Content:
        where = f"  on {self.where}" if self.where else ""
        return Content.assemble(("New game", "bold $accent"), (where, "$foreground-muted"))

    def _sides(self) -> list[tuple[str, str]]:
        return [*((seat, seat) for seat in self.game.seats), ("either, by chance", "")]

    def _show_game(self) -> None:
        """What depends on the game."""
        was = self.was
        sides = self.query_one("#side", Field)
        sides.set_options(self._sides())
        sides.value = (was.seat or "") if was else self.game.seats[0]
        self.query_one("#clock-line").display = self._value("clock") == OTHER
        self.run_worker(self._show_options(was.options if was else {}), group="options", exclusive=True)
        self.run_worker(self._show_bots(), group="bots", exclusive=True)

    async def _show_options(self, given: Mapping[str, str]) -> None:
        place = self.query_one("#options", Vertical)
        await place.remove_children()
        for option in self.game.options:
            await place.mount(*option_widgets(option, given.get(option.name, "")))
        self._sift_options()

    def _sift_options(self) -> None:
        """Show the options that count as the others are chosen."""
        for option in self.game.options:
            for found in self.query(f"#line-{option.name}"):
                found.display = self._counts(option)

    def _counts(self, option: OptionOffer) -> bool:
        other = next((each for each in self.game.options if option.when and each.name == option.when[0]), None)
        return option.when is None or other is None or self._option(other) == option.when[1]

    async def _show_bots(self) -> None:
        try:
            bots = await self._find_bots(self.game.name)
        except NoAnswer as error:
            bots = []
            self._complain(str(error))
        self._bots = {bot.name: bot for bot in bots}
        select = self.query_one("#opponent", Field)
        people = [(HUMAN, HUMAN), (SELF, SELF)]
        select.set_options([*((f"{bot.title} (computer)", bot.name) for bot in bots), *people])
        select.value = self._usual_opponent()
        self._show_levels()

    def _usual_opponent(self) -> str:
        was = self.was
        if was and was.opponent == "self":
            return SELF
        if (was and was.opponent == "human") or not self._bots or (was is None and self.where):
            return HUMAN
        wished = was.bot if was else ""
        return next(name for name in (wished, "alphabeta", "perfect", *self._bots) if name in self._bots)

    def _show_levels(self) -> None:
        bot = self._bots.get(str(self._value("opponent")))
        levels = [(f"{level.number} {level.name}", level.number) for level in bot.levels] if bot else []
        self.query_one("#level-line").display = len(levels) > 1
        select = self.query_one("#level", Field)
        select.set_options(levels or [("-", 0)])
        was, numbers = self.was, [number for _, number in levels]
        mine = was.level if was and bot and was.bot == bot.name else None
        usual = bot.default_level if bot else None
        select.value = next((level for level in (mine, usual, *numbers) if level in numbers), 0)
        self._show_level()

    def _show_level(self) -> None:
        bot, number = self._bots.get(str(self._value("opponent"))), self._value("level")
        level = next((level for level in bot.levels if level.number == number), None) if bot else None
        note = self.query_one("#level-note", Static)
        text = level.summary if level and level.summary else bot.summary if bot else ""
        note.update(Content(text))
        note.display = bool(text)

    # What things mean

    def on_descendant_focus(self) -> None:
        """Another field: say what it asks for."""
        self._explain()

    def _explain(self) -> None:
        if self.is_mounted:
            self.query_one("#new-note", Static).update(
                Content(self._meaning((self.focused and self.focused.id) or ""))
            )

    def _meaning(self, field: str) -> str:
        if field == "opponent" and self._value("opponent") == HUMAN and not self.watchable:
            return _NEAR
        if field == "opponent" and (bot := self._bots.get(str(self._value("opponent")))):
            return f"{bot.summary[:1].upper()}{bot.summary[1:]}."
        option = next((each for each in self.game.options if f"option-{each.name}" == field), None)
        if option:
            return f"{option.summary[:1].upper()}{option.summary[1:]}."
        return _FIELDS.get(field, ("", _KEYS))[1]

    def action_help(self) -> None:
        """The keys, and every field."""
        keys = [
            Binding("up,down", "", "The field before, the next one"),
            Binding("left,right", "", "Turn its value"),
            Binding("enter", "", "Show all its values; on a button, press it"),
            Binding("ctrl+g", "", "Play"),
            Binding("escape", "", "Back"),
        ]
        asked = [Binding(title, "", meaning) for id, (title, meaning) in _FIELDS.items() if self.query(f"#{id}")]
        options = [Binding(option.title, "", option.summary) for option in self.game.options]
        self.app.push_screen(Help(("New game: keys", keys), ("What it asks", [*asked, *options])))

    # Choosing

    @on(Select.Changed)
    def _changed(self, event: Select.Changed) -> None:
        self._complain("")
        self._sift_options()
        self._explain()
        match event.select.id:
            case "game" if str(event.value) != self.game.name:
                self.game = self.games[str(event.value)]
                self._show_game()
            case "opponent":
                self._show_levels()
            case "level":
                self._show_level()
            case "clock":
                self.query_one("#clock-line").display = event.value == OTHER
                if event.value == OTHER and self.is_mounted and not self._text("clock-text"):
                    self.query_one("#clock-text").focus()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self._complain("")
        if event.value.endswith("?"):  # nothing that is typed here has one
            event.input.value = event.value.rstrip("?")
            self.action_help()

    @on(Input.Submitted)
    def _submitted(self) -> None:
        self.action_play()

    @on(Button.Pressed, "#back")
    def _back(self) -> None:
        self.dismiss(None)

    @on(Button.Pressed, "#play")
    def _play(self) -> None:
        self.action_play()

    def action_play(self) -> None:
        """Play, if everything is possible."""
        new = self.chosen()
        wrong = problem(new)
        if wrong:
            field, text = wrong
            self._complain(text)
            self.query_one(f"#{field}").focus()
        else:
            self.dismiss(new)

    def chosen(self) -> NewGame:
        """The game as it is chosen now."""
        opponent, clock = str(self._value("opponent")), str(self._value("clock"))
        bot = self._bots.get(opponent)
        options = {option.name: self._option(option) for option in self.game.options if self._counts(option)}
        return NewGame(
            game=self.game.name,
            seat=str(self._value("side")) or None,
            opponent="bot" if bot else "self" if opponent == SELF else "human",
            bot=bot.name if bot else "",
            level=(int(self._value("level")) or None) if bot else None,
            clock=(self._text("clock-text") if clock == OTHER else clock) or None,
            visibility=self._visibility(),
            options={name: value for name, value in options.items() if value and value != self._usual(name)},
        )

    def _visibility(self) -> Visibility:
        """Who sees the game: as is chosen, else as the last time; where nobody else comes, its players."""
        if not self.watchable:
            return "private"
        found = self.query("#visibility")
        chosen = found.first(Field).value if found else self.was and self.was.visibility
        return next((name for name in _VISIBLE if name == chosen), "public")

    def _usual(self, option: str) -> str:
        return next(offer.default for offer in self.game.options if offer.name == option)

    def _option(self, option: OptionOffer) -> str:
        found = self.query(f"#option-{option.name}")
        widget = found.first() if found else None
        if isinstance(widget, Field):
            return str(widget.value)
        return widget.value.strip() if isinstance(widget, Input) else ""

    def _value(self, name: str) -> str | int:
        value = self.query_one(f"#{name}", Field).value
        return value if isinstance(value, str | int) else ""

    def _text(self, name: str) -> str:
        return self.query_one(f"#{name}", Input).value.strip()

    def _complain(self, text: str) -> None:
        line = self.query_one("#new-problem", Static)
        line.update(Content(text))
        line.display = bool(text)


def problem(new: NewGame) -> tuple[str, str] | None:
    """What can't be, and the field it is about; what only the server knows is left to it."""
    if new.clock:
        try:
            TimeControl.parse(new.clock)
        except ValueError as error:
            return "clock-text", str(error)
    if new.game in registry.game_names():
        try:
            registry.game(new.game).start(new.options, 0)
        except BadOptions as error:
            named = next((name for name in new.options if name in str(error).lower()), None)
            field = named or next(iter(new.options), None)
            return (f"option-{field}" if field else "play"), str(error)
    return None
