"""The board: one widget that draws any ``BoardPicture`` and turns keys and mouse into moves.

It knows nothing of clients. It is told what to show, posts ``MoveChosen`` or ``ChoiceNeeded``, and repaints
only the squares that changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.events import MouseDown, MouseMove, MouseUp
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from gamesock.game import BoardPicture, PictureMove
from gamesock.tui.cells import Cell, Row, paint, style
from gamesock.tui.frame import Frame
from gamesock.tui.looks import Looks
from gamesock.tui.motion import FRAMES, TIME, Cells, between
from gamesock.tui.scene import Place, Scene, cells_of


class Board(Widget, can_focus=True):
    """Any game's board."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "step(0, -1)", "Move the cursor", show=False),
        Binding("right,l", "step(0, 1)", "Move the cursor", show=False),
        Binding("up,k", "step(-1, 0)", "Move the cursor", show=False),
        Binding("down,j", "step(1, 0)", "Move the cursor", show=False),
        Binding("enter,space", "pick", "Pick up, drop", show=False),
    ]

    class MoveChosen(Message):
        """The player made the gesture of this move."""

        def __init__(self, move: PictureMove) -> None:
            super().__init__()
            self.move = move

    class HandChanged(Message):
        """A piece was picked up or put down: other keys matter now."""

    class ChoiceNeeded(Message):
        """The gesture fits several moves (a promotion): the player must choose."""

        def __init__(self, moves: Sequence[PictureMove]) -> None:
            super().__init__()
            self.moves = tuple(moves)

    def __init__(self, looks: Looks, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.looks = looks
        self.frame: Frame | None = None
        self.scene = Scene()
        self._rows: dict[Place, tuple[Row, ...]] = {}
        self._cells = cells_of(self.scene, None)
        self._pressed = self._dragged = False
        self._way: list[Cells] = []
        """Boards still to be seen while a piece moves; the scene itself is there already."""
        self._flight: Timer | None = None

    # What to show

    def show(self, shown: Scene, *, glide: bool = False) -> None:
        """Show this; cursor and hand are the board's own. ``glide``: a piece that moved is seen to move."""
        if shown.picture is not self.scene.picture:
            self._way = between(self.scene.picture, shown.picture) if glide else []
        self._set(self.scene.turned_to(shown))
        if self._way and self._flight is None:
            self._flight = self.set_interval(TIME / (FRAMES + 1), self._fly)

    def _fly(self) -> None:
        """Show the next board on the way."""
        self._way = self._way[1:]
        if not self._way and self._flight:
            self._flight.stop()
            self._flight = None
        self._set(self.scene)

    def _cells_now(self) -> dict[Place, Cell]:
        scene = self.scene
        if self._way and scene.picture:
            scene = replace(scene, picture=scene.picture.model_copy(update={"cells": self._way[0]}))
        return cells_of(scene, self.frame)

    def set_frame(self, frame: Frame | None) -> None:
        """Draw at this size (None: not at all)."""
        if frame == self.frame:
            return
        self.frame = frame
        self.display = frame is not None
        self._rows.clear()
        self._cells = cells_of(self.scene, frame)
        self.refresh(layout=True)

    def set_looks(self, looks: Looks) -> None:
        """Draw with these looks."""
        self.looks = looks
        self._rows.clear()
        self.refresh()

    def let_go(self) -> bool:
        """Put down what is held; False: nothing was."""
        held = self.scene.held is not None
        self._set(self.scene.holding(None))
        return held

    def _set(self, scene: Scene) -> None:
        if scene.held != self.scene.held:
            self.post_message(self.HandChanged())
        before, self.scene = self._cells, scene
        after = self._cells = self._cells_now()
        changed = [place for place, cell in after.items() if before.get(place) != cell]
        for place in changed:
            self._rows.pop(place, None)
        if self.frame and changed and self.is_mounted:
            self.refresh(*(self._region(self.frame, place) for place in changed))

    @staticmethod
    def _region(frame: Frame, place: Place) -> Region:
        region = frame.region(*place)
        # The smallest cells close their brackets in the margin after the last column.
        return region if frame.size > 1 else Region(region.x, region.y, region.width + 1, 1)

    # Keys and mouse

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Without a cursor, the arrow keys are the screen's."""
        return self.scene.walkable if action in ("step", "pick") else True

    def action_step(self, down: int, across: int) -> None:
        """Move the cursor."""
        self._set(self.scene.stepped(down, across))

    def action_pick(self) -> None:
        """Pick up or drop at the cursor."""
        self._pick(self.scene.cursor)

    def on_mouse_down(self, event: MouseDown) -> None:
        """Pick up or drop at a click, or begin to drag."""
        cell = self.cell_at(event.x, event.y)
        if event.button != 1 or cell is None or not self.scene.walkable:
            return
        self.focus()
        self._pick(cell)
        if self.scene.held is not None:
            self._pressed, self._dragged = True, False
            self.capture_mouse()

    def on_mouse_move(self, event: MouseMove) -> None:
        """Follow a dragged piece, or hover above the column a piece would drop into."""
        cell = self.cell_at(event.x, event.y)
        if cell is None or not self.scene.active:
            return
        dragging = self._pressed and self.scene.held is not None
        if dragging or self.scene.drops:
            self._dragged = self._dragged or (dragging and cell != self.scene.held)
            self._set(self.scene.at(cell))

    def on_mouse_up(self, event: MouseUp) -> None:
        """Drop what was dragged; a click leaves it in the hand."""
        self.release_mouse()
        self._pressed = False
        cell = self.cell_at(event.x, event.y)
        if not self._dragged or self.scene.held is None:
            return
        self._dragged = False
        if cell is not None and cell != self.scene.held and self.scene.fitting(cell):
            self._pick(cell)
        else:
            self.let_go()

    def cell_at(self, x: int, y: int) -> int | None:
        """The cell at a character of this widget."""
        place = self.frame.at(x, y) if self.frame else None
        return self.scene.cell(*place) if place and self.scene.picture else None

    def _pick(self, cell: int) -> None:
        fitting = self.scene.fitting(cell)
        self._set(self.scene.at(cell).holding(None if fitting else self.scene.grasp(cell)))
        if len(fitting) == 1:
            self.post_message(self.MoveChosen(fitting[0]))
        elif fitting:
            self.post_message(self.ChoiceNeeded(fitting))

    # Drawing

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """The frame's width."""
        return self.frame.width if self.frame else 0

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """The frame's height."""
        return self.frame.height if self.frame else 0

    def render_line(self, y: int) -> Strip:
        """One row of characters."""
        frame, picture = self.frame, self.scene.picture
        if frame is None or picture is None or not 0 <= y < frame.height:
            return Strip.blank(self.size.width)
        row, down = divmod(y - frame.top, frame.size + frame.gap)
        if row >= frame.shape.rows:
            segments = self._labels(frame, picture)
        elif down >= frame.size:
            segments = self._crossing(frame)
        else:
            segments = self._cell_row(frame, picture, row, down)
        strip = Strip(segments, frame.width).simplify()
        # Beside and above the squares lies the screen, in its own colours.
        return strip if 0 <= row < frame.shape.rows and not frame.left else strip.apply_style(self.rich_style)

    def _cell_row(self, frame: Frame, picture: BoardPicture, row: int, down: int) -> list[Segment]:
        palette = self.looks.palette
        segments: list[Segment] = []
        side = Segment(" ", style(None, palette.rack.base if row >= 0 else None))
        if frame.shape.surface == "rack":
            segments.append(side)
        elif frame.left:
            label = picture.row_labels[self.scene.cell(row, 0) // picture.columns] if picture.row_labels else ""
            text = label if down == (frame.size - 1) // 2 else ""
            segments.append(Segment(text[: frame.left].ljust(frame.left), style(palette.air.label, None)))
        wall = Segment(self.looks.symbols.lines[1], style(palette.line, palette.plain.base))
        for column in range(picture.columns):
            if column and frame.gap:
                segments.append(wall)
            segments.extend(self._painted((row, column))[down])
        if frame.size == 1 and frame.right:
            closes = self.scene.walkable and self.scene.place_of(self.scene.cursor) == (
                row,
                picture.columns - 1,
            )
            ground = side.style if frame.shape.surface == "rack" else style(palette.air.label, None)
            segments.append(Segment("]" if closes else " ", ground))
        elif frame.shape.surface == "rack":
            segments.append(side)
        return segments

    def _painted(self, place: Place) -> tuple[Row, ...]:
        rows = self._rows.get(place)
        if rows is None and self.frame:
            rows = self._rows[place] = paint(self._cells[place], self.frame.size, self.looks)
        return rows or ()

    def _crossing(self, frame: Frame) -> list[Segment]:
        across, _, cross = self.looks.symbols.lines
        line = cross.join([across * frame.cell_width] * frame.shape.columns)
        palette = self.looks.palette
        margin = [Segment(" " * frame.left, style(None, None))] if frame.left else []
        return [*margin, Segment(line, style(palette.line, palette.plain.base))]

    def _labels(self, frame: Frame, picture: BoardPicture) -> list[Segment]:
        palette = self.looks.palette
        rack = frame.shape.surface == "rack"
        look = style(palette.rack.mark, palette.rack.base) if rack else style(palette.air.label, None)
        order = range(picture.columns - 1, -1, -1) if self.scene.flipped else range(picture.columns)
        if frame.size == 1:
            names = [f" {picture.column_labels[column]:.1}" for column in order]
        else:
            wide = frame.cell_width
            names = [picture.column_labels[column][:wide].center(wide - 1).ljust(wide) for column in order]
        text = (" " * frame.gap).join(names)
        return [Segment((" " * frame.left + text).ljust(frame.width), look)]
