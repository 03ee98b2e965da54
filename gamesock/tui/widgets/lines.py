"""The small lines of the panel: connection, offers, errors and hints."""

from __future__ import annotations

from textual.content import Content
from textual.events import Click, Key
from textual.geometry import Size
from textual.reactive import Reactive
from textual.widget import Widget
from textual.widgets import Input, Static


class Line(Static):
    """Text that is only repainted when it changes, and takes no room while it is empty.

    What two blanks set apart (a key and what it does) is broken across lines only where it is longer than one.
    """

    virtual_size = Reactive(Size(0, 0), layout=False, repaint=False)  # with its size everything was arranged

    def __init__(self, *, id: str | None = None, classes: str | None = None, keep: bool = False) -> None:
        super().__init__(id=id, classes=classes)
        self._text: Content | None = None
        self._keep = keep
        self.set_class(not keep, "-empty", update=False)

    def say(self, text: Content | str) -> None:
        """Show this text."""
        content = Content(text) if isinstance(text, str) else text
        if content != self._text or (self._text and content.spans != self._text.spans):
            before, self._text = self._text, content
            self._take_room(bool(self._keep or content.plain))
            self.update(content, layout=self._rows(before) != self._rows(content))

    def _take_room(self, wanted: bool) -> None:
        if wanted == self.has_class("-empty"):
            self.set_class(not wanted, "-empty", update=False)
            if self.is_attached:
                self.app.stylesheet.apply(self)  # at once, so that this is arranged with what else changed

    def render(self) -> Content:
        """The text, in whole parts."""
        return self.shown(self.size.width)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many rows as that takes."""
        return self.shown(width).get_height({}, width) if width else 0

    def shown(self, width: int) -> Content:
        """The text as it is broken for so many columns."""
        return whole_parts(self._text or Content(""), width)

    def _rows(self, content: Content | None) -> int:
        """Rows that this text takes, as far as that is known."""
        if content is None or not self.size.width:
            return -1
        height = self.styles.height
        if height is not None and not height.is_auto:
            return 1
        return whole_parts(content, self.size.width).get_height({}, self.size.width)


def whole_parts(text: Content, width: int) -> Content:
    """The text with its lines broken where two blanks are, if they have to be broken."""
    return Content("\n").join(_line_in_parts(line, width) for line in text.split("\n", allow_blank=True))


def _line_in_parts(line: Content, width: int) -> Content:
    if line.cell_length <= width or "  " not in line.plain.strip():
        return line
    first, *parts = line.split("  ")
    lines = [first]
    for part in parts:
        if lines[-1].cell_length + 2 + part.cell_length <= width:
            lines[-1] = Content("  ").join([lines[-1], part])
        else:
            lines.append(part)
    return Content("\n").join(lines)


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


def _fitting(invitation: str, width: int) -> str:
    """An invitation with as many of its examples as there is room for: ``type a move: e4 Nf3``."""
    begins, _, example = invitation.partition(": ")
    parts, sign = (example.split(", "), ", ") if ", " in example else (example.split(), " ")
    if len(invitation) <= width or not width or not parts:
        return invitation
    shown = (f"{begins}: {sign.join(parts[:count])}" for count in range(len(parts) - 1, 0, -1))
    return next((text for text in shown if len(text) <= width), begins)


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
        self.sent = ""
        """What was sent and isn't answered yet: what is typed meanwhile takes its place."""
        self._example = ""

    def insert_text_at_cursor(self, text: str) -> None:
        """What is typed after a move that was sent is the next one."""
        if self.sent and self.value.strip() == self.sent:
            self.value = ""
        self.sent = ""
        super().insert_text_at_cursor(text)

    def talk(self, chatting: bool, example: str) -> None:
        """Take chat or moves; ``example``: how moves are typed, or who reads what is said."""
        if chatting != self.chatting:
            self.value = ""
        self.chatting, self._example = chatting, example
        self.invite()
        self.set_class(chatting, "-chat")

    def invite(self) -> None:
        """Say what can be typed, and while the keys are another's, how one comes here."""
        begins = "type a move" if self.has_focus else "/ to type" if self._example else "/ to type a move"
        moves = f"{begins}: {self._example}" if self._example else begins
        self.placeholder = self._example if self.chatting else _fitting(moves, self.size.width)

    def on_resize(self) -> None:
        """Invite in as many words as there is room for."""
        self.invite()

    def watch_has_focus(self, has_focus: bool) -> None:
        """Typing is invited where typing leads."""
        super().watch_has_focus(has_focus)
        self.invite()

    @property
    def idle(self) -> bool:
        """Whether it waits for a move, and none is begun."""
        return not self.value and not self.chatting

    def on_key(self, event: Key) -> None:
        """Let go of what isn't text here; what Enter does is done at once."""
        if self.idle and event.key in self.PASSED:
            event.prevent_default()
        elif event.key == "enter" and not self.idle:
            event.stop()
            self.post_message(self.Submitted(self, self.value))

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Whether a key becomes text."""
        return not (self.idle and key in self.PASSED) and super().check_consume_key(key, character)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is nothing to edit in an empty line: arrows and Enter are the board's."""
        return not (self.idle and action in self._EDITING) and super().check_action(action, parameters)
