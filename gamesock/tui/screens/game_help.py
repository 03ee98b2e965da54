"""What ``?`` lists at a game: every key, those first that are of use now, and what the signs mean."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from textual.binding import Binding, BindingType

from gamesock.mirror import Mirror
from gamesock.tui.looks import Looks
from gamesock.tui.plans import begins
from gamesock.tui.screens.help import Help
from gamesock.tui.screens.moving import MovingScreen
from gamesock.tui.screens.player import PlayerScreen
from gamesock.tui.screens.review import ReviewScreen
from gamesock.tui.screens.sharing import SharingScreen
from gamesock.tui.screens.talking import TalkingScreen
from gamesock.tui.tabbed import TabbedApp
from gamesock.tui.widgets.board import Board

Section: TypeAlias = tuple[str, Sequence[BindingType]]

_AFTER = ("rematch", "study")
"""What is done with a game that is over."""


def help_for(mirror: Mirror, looks: Looks, *, watching: bool, several: bool, other: Sequence[BindingType]) -> Help:
    """The list for a player or a spectator; ``several``: games are open; ``other``: keys of screen and app."""
    tabs: Section = ("Tabs" if several else "Other games", TabbedApp.BINDINGS)
    around: Section = ("Looking around", [*ReviewScreen.BINDINGS, *TalkingScreen.BINDINGS])
    share: Section = ("Copy, save, analyse", SharingScreen.BINDINGS)
    # In games whose moves don't begin with letters, these are other keys, or none.
    own = [key for key in MovingScreen.BINDINGS if isinstance(key, Binding)]
    making = [*(key for key in own if "(" not in key.action or begins(mirror.picture, key.key)), *Board.BINDINGS]
    rest: list[Section] = [tabs, ("Other", other)]
    if watching:
        sections = [around, share, *rest]
    elif mirror.outcome:
        over = [*PlayerScreen.BINDINGS, *SharingScreen.BINDINGS]
        before = ("While a game goes on", [*_only(PlayerScreen.BINDINGS, after=False), *making])
        copy = ("Copy and save", _only(SharingScreen.BINDINGS, after=False))
        sections = [("The game is over", _only(over, after=True)), around, copy, *rest, before]
    else:
        sections = [("Making a move", making), ("Playing", PlayerScreen.BINDINGS), around, share, *rest]
    typed = mirror.table.notations if mirror.table and not (watching or mirror.outcome) else ""
    return Help(*sections, notations=typed, signs=signs(looks))


def _only(bindings: Sequence[BindingType], *, after: bool) -> list[BindingType]:
    """Those that are of use after the game, or the others."""
    return [key for key in bindings if isinstance(key, Binding) and (key.action in _AFTER) == after]


def signs(looks: Looks) -> Iterator[tuple[str, str]]:
    """The signs on the screen, and what each says."""
    sign = looks.symbols
    yield "[ ]", "the cursor; a clock that runs; the tab on the screen"
    yield "".join(sign.held), "the piece in hand"
    yield sign.target, "where it can go"
    yield sign.last, "the last move"
    yield sign.check, "check; before a clock: little time is left"
    yield sign.win, "the line that wins"
    yield sign.plan, "a premove, or a move to be confirmed"
    yield sign.hint, "the move of a hint"
    yield f"{sign.here} {sign.away}", "a player who is here, or away"
    yield f"2 Chess {sign.turn}", "a tab where it is your turn"
    yield f"2 Chess {sign.news}", "a tab where something was played"
