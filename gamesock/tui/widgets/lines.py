"""The small lines of the panel: connection, offers, errors and hints."""

from __future__ import annotations

from textual.content import Content
from textual.events import Click, Key
from textual.geometry import Size
from textual.reactive import Reactive
from textual.widget import Widget
from textual.widgets import Input, Static


class Line(Static):
    """Text that is only repainted when it changes, and takes no room while it is empty."""

    def __init__(self, *, id: str | None = None, classes: str | None = None, keep: bool = False) -> None:
        super().__init__(id=id, classes=classes)
        self._text: Content | None = None
        self._keep = keep
        self.set_class(not keep, "-empty")

    def say(self, text: Content | str) -> None:
        """Show this text."""
        content = Content(text) if isinstance(text, str) else text
        if content != self._text or (self._text and content.spans != self._text.spans):
            before, self._text = self._text, content
            self.set_class(not (self._keep or content.plain), "-empty")
            self.update(content, layout=not (self._is_one_row(before) and self._is_one_row(content)))

    def _is_one_row(self, content: Content | None) -> bool:
        if content is None or not content.plain or "\n" in content.plain:
            return False
        return content.cell_length <= self.size.width


_NAMES = {
    "Enter": "enter", "Esc": "escape", "Tab": "tab", "Space": "space", "Del": "delete", "End": "end",
    "Home": "home", "PgUp": "pageup", "PgDn": "pagedown", "↑": "up", "↓": "down", "←": "left", "→": "right",
    ",": "comma", ".": "full_stop", "?": "question_mark", "/": "slash", "[": "left_square_bracket",
    "]": "right_square_bracket", "+": "plus", "-": "minus",
}  # fmt: skip
"""Keys as Textual calls them, where that isn't what people call them."""


class Hints(Widget):
    """The keys that matter now, on as many lines as the style sheet gives; a click on one is that key."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._hints: tuple[tuple[str, str], ...] = ()

    def show(self, *hints: tuple[str, str]) -> None:
        """Show these pairs of a key and what it does, the most useful first."""
        if hints != self._hints:
            self._hints = hints
            self.refresh()

    def render(self) -> Content:
        """As many hints as fit, none cut in two; the last one, which leads to all others, always."""
        lines = _broken(self._hints, self.size.width, max(1, self.size.height))
        drawn = ([Content.assemble((keys, "bold"), f" {what}") for keys, what in line] for line in lines)
        return Content("\n").join(Content("  ").join(line) for line in drawn)

    def on_click(self, event: Click) -> None:
        """Do what the key under the mouse does."""
        lines = _broken(self._hints, self.size.width, max(1, self.size.height))
        at = event.get_content_offset(self)
        if at and at.y < len(lines) and (key := _under(lines[at.y], at.x)):
            event.stop()
            self.app.simulate_key(_NAMES.get(key) or (key if len(key) == 1 else key.lower()))


def _broken(hints: tuple[tuple[str, str], ...], width: int, height: int) -> list[list[tuple[str, str]]]:
    """The hints, line by line."""
    if not hints:
        return []
    *rest, final = hints
    lines: list[list[tuple[str, str]]] = [[]]
    for hint in rest:
        kept = _length([final]) + 2 if len(lines) == height else 0
        if _length([*lines[-1], hint]) + kept <= width:
            lines[-1].append(hint)
        elif len(lines) < height:
            lines.append([hint])
    if not lines[-1] or _length([*lines[-1], final]) <= width:
        lines[-1].append(final)
    else:
        lines.append([final])
    return lines


def _length(line: list[tuple[str, str]]) -> int:
    return sum(len(keys) + 1 + len(what) for keys, what in line) + 2 * (len(line) - 1)


def _under(line: list[tuple[str, str]], x: int) -> str | None:
    """The key at this column: of several, the one that is pointed at; the words stand for a single one."""
    left = 0
    for keys, what in line:
        right = left + len(keys) + 1 + len(what)
        if left <= x < right:
            if " " not in keys:
                return keys
            before = keys[: x - left + 1]
            return None if x >= left + len(keys) or before.endswith(" ") else keys.split(" ")[before.count(" ")]
        left = right + 2
    return None


class MoveInput(Input):
    """The line to type in: moves, or, when told so, chat.

    While it is empty, keys that no move begins with do what they do elsewhere on the screen.
    """

    PASSED = frozenset(
        {"comma", "full_stop", "slash", "question_mark", "space", "left_square_bracket", "right_square_bracket"}
    )
    """Typed into an empty line these are commands."""

    virtual_size = Reactive(Size(0, 0), layout=False)  # what is typed moves nothing else

    _EDITING = frozenset({"cursor_left", "cursor_right", "home", "end", "submit"})

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, compact=True, select_on_focus=False, max_length=500)
        self.cursor_blink = False  # a line that waits writes nothing
        self.chatting = False

    def talk(self, chatting: bool, example: str) -> None:
        """Take chat or moves; ``example``: how moves are typed, or who reads what is said."""
        if chatting != self.chatting:
            self.value = ""
        self.chatting = chatting
        moves = f"type a move: {example}" if example else "type a move"
        self.placeholder = example if chatting else moves
        self.set_class(chatting, "-chat")

    @property
    def idle(self) -> bool:
        """Whether it waits for a move, and none is begun."""
        return not self.value and not self.chatting

    def on_key(self, event: Key) -> None:
        """Let go of what isn't text here."""
        if self.idle and event.key in self.PASSED:
            event.prevent_default()

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Whether a key becomes text."""
        return not (self.idle and key in self.PASSED) and super().check_consume_key(key, character)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is nothing to edit in an empty line: arrows and Enter are the board's."""
        return not (self.idle and action in self._EDITING) and super().check_action(action, parameters)
