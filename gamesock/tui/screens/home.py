"""Home: choose a game to play, to watch or to replay. What there is comes in as plain data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen, Screen
from textual.widgets import Button, OptionList, Select, Static
from textual.widgets.option_list import Option

from gamesock.game import Seat
from gamesock.tui.screens.help import Help
from gamesock.tui.words import safe

CLOCKS = ("", "1", "3+2", "5+3", "10", "15+10", "30s/move")
"""Time controls offered for a new game; the first is none."""


@dataclass(frozen=True, slots=True)
class BotEntry:
    """A bot that can be chosen as the opponent; levels are (number, name)."""

    name: str
    title: str
    levels: tuple[tuple[int, str], ...] = ()
    level: int = 1


@dataclass(frozen=True, slots=True)
class GameEntry:
    """A game that can be chosen."""

    name: str
    title: str
    seats: tuple[Seat, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A thread to watch, or a recording to replay: ``key`` comes back as it is."""

    key: str
    title: str


@dataclass(frozen=True, slots=True)
class Menu:
    """Everything there is to choose from. The callables are asked when their part is opened."""

    games: Sequence[GameEntry]
    bots: Callable[[str], Sequence[BotEntry]]
    threads: Sequence[Entry] = ()
    recordings: Sequence[Entry] = ()


@dataclass(frozen=True, slots=True)
class Play:
    """Start a game; ``bot`` None: against whoever joins; ``seat`` None: any."""

    game: str
    bot: str | None = None
    level: int | None = None
    seat: Seat | None = None
    clock: str | None = None


@dataclass(frozen=True, slots=True)
class Watch:
    """Watch this thread."""

    key: str


@dataclass(frozen=True, slots=True)
class Replay:
    """Replay this recording."""

    key: str


Choice: TypeAlias = Play | Watch | Replay


class HomeScreen(Screen[Choice | None]):
    """What gamesock shows when it is started alone."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "cursor_down", "Down", show=False),
        Binding("k", "cursor_up", "Up", show=False),
        Binding("question_mark", "help", "This help"),
        Binding("q,escape", "dismiss(None)", "Leave"),
    ]

    def __init__(self, menu: Menu) -> None:
        super().__init__()
        self.menu = menu
        self._choices: list[GameEntry | Watch | Replay] = []

    def compose(self) -> ComposeResult:
        """The name, the list, the keys."""
        with Vertical(id="home"):
            yield Static(Content.from_markup("[b]gamesock[/b]  live games in your terminal"), id="home-title")
            yield OptionList(*self._options(), id="home-list", compact=True)
            yield Static(
                Content.from_markup("[b]arrows[/b] choose  [b]Enter[/b] go  [b]?[/b] keys  [b]q[/b] leave"),
                id="home-keys",
            )

    def _options(self) -> list[Option | None]:
        options: list[Option | None] = []
        sections: list[tuple[str, list[tuple[str, GameEntry | Watch | Replay]]]] = [
            ("Play", [(game.title, game) for game in self.menu.games]),
            ("Watch", [(entry.title, Watch(entry.key)) for entry in self.menu.threads]),
            ("Replay", [(entry.title, Replay(entry.key)) for entry in self.menu.recordings]),
        ]
        for title, entries in sections:
            if not entries:
                continue
            if options:
                options.append(None)
            options.append(Option(Content.styled(title, "bold $accent"), disabled=True))
            for text, choice in entries:
                options.append(Option(Content(f"  {safe(text)}"), id=str(len(self._choices))))
                self._choices.append(choice)
        return options

    @on(OptionList.OptionSelected, "#home-list")
    def _selected(self, event: OptionList.OptionSelected) -> None:
        choice = self._choices[int(event.option_id or 0)]
        if isinstance(choice, GameEntry):
            self.app.push_screen(NewGame(choice, self.menu.bots(choice.name)), self._decided)
        else:
            self.dismiss(choice)

    def _decided(self, play: Play | None) -> None:
        if play:
            self.dismiss(play)

    def action_cursor_down(self) -> None:
        """The next entry."""
        self.query_one(OptionList).action_cursor_down()

    def action_cursor_up(self) -> None:
        """The entry before."""
        self.query_one(OptionList).action_cursor_up()

    def action_help(self) -> None:
        """Every key."""
        self.app.push_screen(Help(("Home", self.BINDINGS)))


class NewGame(ModalScreen[Play | None]):
    """Opponent, level, side and clock of a new game."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Back")]

    def __init__(self, game: GameEntry, bots: Sequence[BotEntry]) -> None:
        super().__init__()
        self.game = game
        self.bots = {bot.name: bot for bot in bots}

    def compose(self) -> ComposeResult:
        """One line for each choice; what is there first is a good choice."""
        bots = [(bot.title, bot.name) for bot in self.bots.values()]
        sides = [(seat, seat) for seat in self.game.seats]
        with Vertical(classes="dialog", id="new-game"):
            yield Static(Content.styled(self.game.title, "bold $accent"))
            yield from self._line(
                "Opponent", "opponent", [*bots, ("someone who joins", "")], next(iter(self.bots), "")
            )
            yield from self._line("Level", "level", [("-", 0)], 0)
            yield from self._line("You play", "side", [*sides, ("either", "")], self.game.seats[0])
            yield from self._line("Clock", "clock", [(clock or "none", clock) for clock in CLOCKS], "")
            yield Button("Play", id="play", variant="primary", compact=True)

    @staticmethod
    def _line(label: str, name: str, options: Sequence[tuple[str, str | int]], value: str | int) -> ComposeResult:
        with Horizontal(classes="choice"):
            yield Static(label, classes="choice-label")
            yield Select[str | int](options, id=name, value=value, allow_blank=False, compact=True)

    def on_mount(self) -> None:
        """Begin at the button: Enter plays with what is offered."""
        self.query_one("#play").focus()

    @on(Select.Changed, "#opponent")
    def _opponent(self) -> None:
        bot = self.bots.get(str(self._value("opponent")))
        select = self.query_one("#level", Select)
        levels = [(f"{number} {name}", number) for number, name in bot.levels] if bot else []
        select.set_options(levels or [("-", 0)])
        select.value = bot.level if bot and levels else 0
        select.disabled = not levels

    def _value(self, name: str) -> str | int:
        value = self.query_one(f"#{name}", Select).value
        return value if isinstance(value, str | int) else ""

    @on(Button.Pressed, "#play")
    def _play(self) -> None:
        bot, level = str(self._value("opponent")), self._value("level")
        self.dismiss(
            Play(
                game=self.game.name,
                bot=bot or None,
                level=int(level) if bot and level else None,
                seat=str(self._value("side")) or None,
                clock=str(self._value("clock")) or None,
            )
        )
