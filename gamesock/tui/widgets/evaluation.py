"""What a bot thinks of the position: a line of text, and a bar as high as the board."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Self

from rich.cells import cell_len
from rich.segment import Segment
from textual.content import Content
from textual.strip import Strip
from textual.widget import Widget

from gamesock.bot import Thought
from gamesock.game import BoardPicture, Seat
from gamesock.tui.advice import Opinion
from gamesock.tui.cells import style
from gamesock.tui.looks import Looks
from gamesock.tui.widgets.lines import Line
from gamesock.tui.words import score_share, score_text


class EvalLine(Line):
    """Whose opinion it is; then score, a bar, and the line that is expected."""

    WIDTH = 10

    _depth = ""

    def think(self, opinion: Opinion | None, first: Seat, looks: Looks) -> None:
        """Show this opinion, if there is one."""
        thought = opinion.thought if opinion else None
        score = score_text(thought, first) if thought else ""
        if opinion is None or thought is None or not score:
            self._depth = ""
            self.say(opinion.said if opinion and opinion.advice else "")
            return
        filled = round(score_share(thought, first) * self.WIDTH)
        depth = f"  depth {thought.depth}" if thought.depth else ""
        full, rest = looks.symbols.bar
        gap = " " if opinion.advice else "  "
        self.say(
            Content.assemble(
                (opinion.said, "bold" if opinion.advice else ""), (f"{gap}{first} {score}\n", "bold"),
                full * filled, (rest * (self.WIDTH - filled), "$foreground-muted"),
                (f" {' '.join(thought.line[:6])}".rstrip(), "$foreground-muted"),
            )
        )  # fmt: skip
        if depth != self._depth:
            self._depth = depth
            self.refresh()

    def shown(self, width: int) -> Content:
        """How deep somebody looked is said where that takes no row of its own."""
        text = super().shown(width)
        last = text.plain.rpartition("\n")[2]
        room = bool(text.plain) and cell_len(last) + len(self._depth) <= width
        return Content.assemble(text, (self._depth, "$foreground-muted")) if room else text


class EvalBar(Widget):
    """Beside the board: how much of the game each side has, each on its own side of the board."""

    def __init__(self, looks: Looks, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.looks = looks
        self._look = BarLook()
        self.display = False

    def show(self, look: BarLook, looks: Looks, *, room: bool) -> None:
        """Show this; ``room``: whether there is any."""
        # It keeps its column once there was an opinion: beside a bar that comes and goes the panel would jump.
        self.display = room and (self.display or look.share is not None)
        self.visible = look.share is not None
        if (look, looks) != (self._look, self.looks):
            self._look, self.looks = look, looks
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """One row: the first seat's part, or the other's."""
        look, height = self._look, self.size.height
        rank = y if look.turned else height - 1 - y
        first = rank < round((look.share or 0.0) * height)
        full, rest = self.looks.symbols.bar
        tone = self.looks.palette.air.tones[look.tones[0 if first else 1]][0]
        # Where colours don't tell the sides apart, the filling does.
        text = full if first or self.looks.depth == "full" else rest
        return Strip([Segment(" "), Segment(text, style(tone, None))])


class BarLook(NamedTuple):
    """What a bar shows."""

    share: float | None = None
    """How much belongs to the first seat, 0 to 1; None: nobody has an opinion."""
    tones: tuple[str, str] = ("light", "dark")
    turned: bool = False
    """Whether the first seat is at the top."""

    @classmethod
    def of(
        cls, thought: Thought | None, picture: BoardPicture | None, seats: Sequence[Seat], turned: bool
    ) -> Self:
        """The bar of a thought, in the colours of the pieces."""
        if thought is None or (thought.score is None and thought.mate is None):
            return cls()
        pieces = picture.pieces.values() if picture else ()
        tones = {piece.seat: piece.tone for piece in pieces}
        first, second = (*(tones.get(seat) for seat in seats[:2]), None, None)[:2]
        return cls(score_share(thought, seats[0]), (first or "light", second or "dark"), turned)
