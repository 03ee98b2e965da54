"""The small lines of the panel: connection, eval, chat, offers, errors and hints."""

from __future__ import annotations

from collections.abc import Iterable

from textual.content import Content
from textual.events import Key
from textual.widget import Widget
from textual.widgets import Input, Static

from gamesock import protocol as p
from gamesock.bot import Thought
from gamesock.game import Seat
from gamesock.tui.looks import Looks
from gamesock.tui.words import safe, score_share, score_text


class Line(Static):
    """Text that is only repainted when it changes, and takes no room while it is empty."""

    def __init__(self, *, id: str | None = None, classes: str | None = None, keep: bool = False) -> None:
        super().__init__(id=id, classes=classes)
        self._text: Content | None = None
        self._keep = keep
        self.display = keep

    def say(self, text: Content | str) -> None:
        """Show this text."""
        content = Content(text) if isinstance(text, str) else text
        if content != self._text or (self._text and content.spans != self._text.spans):
            self._text = content
            self.display = self._keep or bool(content.plain)
            self.update(content)


class EvalLine(Line):
    """What a bot thinks: score, a bar, and the line it expects."""

    WIDTH = 10

    def think(self, thought: Thought | None, first: Seat, looks: Looks) -> None:
        """Show this thought, if there is one with a score."""
        score = score_text(thought, first) if thought else ""
        if thought is None or not score:
            self.say("")
            return
        filled = round(score_share(thought, first) * self.WIDTH)
        full, rest = looks.symbols.bar
        line = " ".join(thought.line[:6])
        depth = f" depth {thought.depth}:" if thought.depth else ""
        self.say(
            Content.assemble(
                (f"{score:>5} ", "bold"), full * filled, (rest * (self.WIDTH - filled), "$foreground-muted"),
                (f"{depth} {line}".rstrip(), "$foreground-muted"),
            )
        )  # fmt: skip


class ChatLog(Line):
    """The last things said."""

    LINES = 6

    def tell(self, messages: Iterable[p.ChatMessage]) -> None:
        """Show the newest of these."""
        newest = list(messages)[-self.LINES :]
        said = [
            Content.assemble((f"{safe(message.name)}: ", "bold $accent"), safe(message.text)) for message in newest
        ]
        self.say(Content("\n").join(said))


class Hints(Widget):
    """The keys that matter now, on as many lines as the style sheet gives."""

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
        if not self._hints:
            return Content("")
        *hints, final = (Content.assemble((key, "bold"), f" {what}") for key, what in self._hints)
        lines, height, width = [Content("")], max(1, self.size.height), self.size.width
        for hint in hints:
            joined = _joined(lines[-1], hint)
            kept = final.cell_length + 2 if len(lines) == height else 0
            if joined.cell_length + kept <= width:
                lines[-1] = joined
            elif len(lines) < height:
                lines.append(hint)
        fits = not lines[-1] or _joined(lines[-1], final).cell_length <= width
        lines[-1:] = [_joined(lines[-1], final)] if fits else [lines[-1], final]
        return Content("\n").join(lines)


def _joined(line: Content, hint: Content) -> Content:
    return Content.assemble(line, "  ", hint) if line else hint


class MoveInput(Input):
    """The line to type in: moves, or, when told so, chat.

    While it is empty, keys that no move begins with do what they do elsewhere on the screen.
    """

    PASSED = frozenset({"comma", "full_stop", "slash", "question_mark", "space"})
    """Typed into an empty line these are commands."""

    _EDITING = frozenset({"cursor_left", "cursor_right", "home", "end", "submit"})

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, compact=True, select_on_focus=False, max_length=500)
        self.cursor_blink = False  # a line that waits writes nothing
        self.chatting = False

    def talk(self, chatting: bool, example: str) -> None:
        """Take chat or moves; ``example``: how moves are typed."""
        if chatting != self.chatting:
            self.value = ""
        self.chatting = chatting
        moves = f"type a move: {example}" if example else "type a move"
        self.placeholder = "say something" if chatting else moves
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
