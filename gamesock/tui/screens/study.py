"""A replay with somebody to ask: the chances over the whole game, marked moves, what was better."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget
from textual.worker import Worker

from gamesock.analysis import THRESHOLDS, Mark, Report, Summary, turning_points
from gamesock.protocol import Refusal
from gamesock.tui.advice import opinion_of
from gamesock.tui.looks import Looks
from gamesock.tui.recorded import Recorded
from gamesock.tui.screens.replay import ReplayScreen
from gamesock.tui.study import Line as PlayedLine
from gamesock.tui.study import Study
from gamesock.tui.widgets.lines import Line
from gamesock.tui.widgets.table import View
from gamesock.tui.words import safe

_LOW, _ROOMY, _TALL = 16, 23, 30
"""Rows of a panel with room for the chances; for a word on each player too; for chances drawn higher."""

_NAMES = {Mark.BLUNDER: "a blunder", Mark.MISTAKE: "a mistake", Mark.INACCURACY: "an inaccuracy"}


class StudyScreen(ReplayScreen):
    """A recorded game that can be analysed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("A", "analyse", "Analyse the game; again: deeper"),
        Binding("n", "mistake(1)", "The next mistake"),
        Binding("N,p", "mistake(-1)", "The mistake before"),
        Binding("escape", "back", "Stop the analysis, or leave"),
    ]

    def __init__(self, game: Recorded, looks: Looks, *, analyse: bool = False, **how: Any) -> None:
        self.verdict = Line(id="verdict")
        self.summary = Line(id="summary")
        self.analysing = Line(id="analysing")
        super().__init__(game, looks, **how)
        self.study = Study(PlayedLine.of(self.updates), game.thoughts)
        self._analyse_at_once = analyse
        self._bot = ""
        self._asking: Worker[None] | None = None

    def foot(self) -> Iterable[Widget]:
        """The verdict on the move, the graph, and a summary."""
        return (self.verdict, self.graph, self.summary, self.analysing, self.controls)

    def on_mount(self) -> None:
        """Begin, with the analysis if that is what one came for."""
        if self._analyse_at_once:
            self.action_analyse()

    # What is shown

    @property
    def view(self) -> View:
        """With the marks, and what is thought of the position on the board."""
        report = self.study.report
        if report is None:
            return super().view
        marks = {ply: judged.mark.value for ply, judged in report.judgements.items() if judged.mark}
        thought = self.study.thoughts[self.mirror.ply] if self.stands(self._at) else None
        return super().view._replace(marks=marks, opinion=opinion_of(self._bot, thought))

    def show_time(self) -> None:
        """The line of time, and the chances above it."""
        report = self.study.report
        marks = (
            {ply: judged.mark.value for ply, judged in report.judgements.items() if judged.mark} if report else {}
        )
        room = self.table.panel.size.height or self.app.size.height
        rows = 0 if room < _LOW else 3 if room < _TALL else 5
        chances = report.chances if report else ()
        self.graph.show(len(self.whole.notations), self.mirror.ply, chances, marks, rows=rows)
        self.verdict.say(self._verdict(report) if report and room >= _LOW else "")
        summaries = report.summaries if report and room >= _ROOMY else {}
        lines = [_summary_text(seat, summary) for seat, summary in summaries.items() if summary.moves]
        lines = [_SUMMARY, *lines] if lines else []
        self.summary.say(Content("\n").join(lines) if lines else "")
        self.analysing.say(self._progress())

    def _verdict(self, report: Report) -> Content:
        """A word on the move that led here; two lines, so that nothing else moves from ply to ply."""
        judged = report.judgements.get(self.mirror.ply) if self.stands(self._at) else None
        if judged is None:
            return Content("\n")
        seats = len(self.study.line.seats)
        number = f"{(judged.ply - 1) // seats + 1}{'.' if (judged.ply - 1) % seats == 0 else '...'}"
        move = self.study.line.moves[judged.ply - 1][1]
        if judged.mark is None:
            return Content.assemble((f"{number} {move}", "bold"), f" is {judged.accuracy:.0f}% accurate\n")
        return Content.assemble(
            (f"{number} {move}{judged.mark.value}", "bold $error"), f" is {_NAMES[judged.mark]}\nBetter: ",
            (" ".join(judged.better[:3]) or "another move", "bold"),
        )  # fmt: skip

    def _progress(self) -> Content:
        study = self.study
        if not study.running:
            return Content("")
        left = math.ceil(study.left)
        bot = f"{safe(self._bot)} " if self._bot else ""
        return Content(f"{bot}{study.known}/{study.total}, {left // 60}:{left % 60:02} left")

    def hint(self) -> None:
        """The analysis is the first thing worth knowing."""
        study, play = self.study, ("Space", "pause" if self._playing else "play")
        if study.running:
            first = [("Esc", "stop analysis")]
        elif study.report:
            more = "deeper" if study.finished else "go on" if study.known else "analyse"
            first = [("n", "next mistake")] if turning_points(study.report) else []
            first.append(("A", more))
        else:
            first = [("A", "analyse"), play] if self.check_action("analyse", ()) else [play]
        self.table.hints.show(
            *first, (", .", "step"), ("q", "leave"), ("+ -", "speed"), ("f", "flip"), ("?", "all keys")
        )  # fmt: skip

    # The analysis

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only where somebody can be asked."""
        if action == "analyse":
            return (
                self.game.analyst is not None and bool(self.study.line.moves) and len(self.study.line.seats) == 2
            )
        return super().check_action(action, parameters)

    def action_analyse(self) -> None:
        """Begin, go on, or once all is known, look deeper."""
        if self.check_action("analyse", ()) and not self.study.running:
            if self.study.finished:
                self.study.deepen()
            self.stop()
            self._asking = self.run_worker(self._analyse(), group="analysis", exclusive=True)

    async def _analyse(self) -> None:
        assert self.game.analyst is not None
        self.table.error.say("")
        try:
            analyst = await self.game.analyst()
            try:
                await self.study.run(analyst, lambda: self._told(analyst.bot))
            finally:
                await analyst.close()
        except (Refusal, OSError) as error:
            self.table.error.say(f"The analysis stopped: {safe(str(error)) or 'no answer in time'}. A goes on")
        finally:
            if self.is_mounted:
                self.paint()

    def _told(self, bot: str) -> None:
        self._bot = bot
        self.paint()

    def action_back(self) -> None:
        """Stop the analysis if one is under way; else leave."""
        if self._asking and self._asking.is_running:
            self._asking.cancel()
        else:
            super().action_back()

    def action_mistake(self, by: int) -> None:
        """Go to the next marked move, or to the one before."""
        points = turning_points(self.study.report) if self.study.report else []
        here = self.mirror.ply
        beyond = [ply for ply in points if (ply > here if by > 0 else ply < here)]
        if beyond:
            self.go_to_ply(beyond[0] if by > 0 else beyond[-1])


_COLUMN = 3
"""Columns of the number of moves with one mark."""

_SUMMARY = Content.styled(
    f"{'':<7}accuracy{''.join(f'{mark.value:>{_COLUMN}}' for mark in THRESHOLDS)}", "$foreground-muted"
)
"""Above the numbers: what they are."""


def _summary_text(seat: str, summary: Summary) -> Content:
    accuracy = "" if summary.accuracy is None else f"{summary.accuracy:.0f}%"
    marks = "".join(f"{summary.marks.get(mark, 0):>{_COLUMN}}" for mark in THRESHOLDS)
    return Content.assemble((f"{seat:<7}", "bold"), f"{accuracy:>8}{marks}")
