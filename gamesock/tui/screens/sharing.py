"""What of a game goes elsewhere: to the clipboard, into a file, and to a friend who is to join."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual.binding import Binding, BindingType

from gamesock import protocol as p
from gamesock import record
from gamesock.tui.screens.review import ReviewScreen
from gamesock.tui.words import fen_of, moves_text, position_text, safe

if TYPE_CHECKING:
    from gamesock.tui.recorded import Archive, Recorded

T = TypeVar("T")

COPYABLE = (
    ("position", "Position", "y"),
    ("moves", "Moves", "m"),
    ("pgn", "Game as PGN", "p"),
    ("join", "Line to join with", "l"),
)
"""What can be copied, its name, and the letter for it."""


class SharingScreen(ReviewScreen):
    """A thread to tell others of."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "copy", "Copy: position (yy), moves, PGN, join line"),
        Binding("Y", "copy_moves", "Copy the moves"),
        Binding("i", "invite", "Copy the line with which a friend joins"),
        Binding("e", "export", "Save the game to a file"),
        Binding("A", "study", "Analyse the game once it is over"),
    ]

    # The clipboard

    def action_copy(self) -> None:
        """Ask what to copy, and copy it."""
        from gamesock.tui.screens.menu import Item, Menu

        items = [Item(*what) for what in COPYABLE if what[0] != "pgn" or self._is_chess]
        self.app.push_screen(Menu("Copy", items), self._copy)

    def _copy(self, what: str | None) -> None:
        match what:
            case "position":
                page, picture = self.page, self.view.picture
                state = page.state if page else self.mirror.state
                self._copied(position_text(state, picture), "Position (FEN)" if fen_of(state) else "Position")
            case "moves":
                self.action_copy_moves()
            case "join":
                self.action_invite()
            case "pgn":
                self.run_worker(self._copy_pgn())

    async def _copy_pgn(self) -> None:
        text = await self._recording(as_pgn)
        if text is not None:
            self._copied(text, "PGN")

    def action_copy_moves(self) -> None:
        """Copy all moves as text."""
        seats = len(self.mirror.table.seats) if self.mirror.table else 2
        self._copied(moves_text(self.mirror.notations, seats), "Moves")

    @property
    def join_line(self) -> str:
        """What a friend types to join, or to watch."""
        return f"gamesock play --join {self.invite}"

    def action_invite(self) -> None:
        """Copy the line with which a friend joins."""
        self._copied(self.join_line, self.join_line)

    def _copied(self, text: str, what: str) -> None:
        self.app.copy_to_clipboard(text)
        self.notify(f"Copied: {what}", markup=False)

    # Somebody to ask

    def action_study(self) -> None:
        """Look at the game again, with a bot's opinions."""
        archive = self.app.archive
        if not self.mirror.outcome or archive is None:
            self.say_error("The game can be analysed once it is over")
        else:
            self.run_worker(self._study(archive), group="study", exclusive=True)

    async def _study(self, archive: Archive) -> None:
        from gamesock.analyst import Analyst
        from gamesock.tui.screens.study import StudyScreen

        # Asked over a connection of its own, so that the game's isn't busy with it.
        def again(text: str) -> Recorded:
            return archive.recorded(text, lambda: Analyst(self.client.for_thread(self.thread_id)).open())

        game = await self._recording(again)
        if game is not None:
            self.app.push_screen(StudyScreen(game, self.app.looks, playing=False, analyse=True))

    # A file

    @property
    def _is_chess(self) -> bool:
        return self.mirror.table is not None and self.mirror.table.game == "chess"

    def action_export(self) -> None:
        """Save the game to a file."""
        from gamesock.tui.screens.menu import SaveAs

        explanation = ".jsonl keeps everything: gamesock replay plays it"
        if self._is_chess:
            explanation = f".pgn is for other programs,\n{explanation}"
        name = f"{self.thread_id}.{'pgn' if self._is_chess else 'jsonl'}"
        self.app.push_screen(SaveAs(name, explanation), self._save)

    def _save(self, path: Path | None) -> None:
        if path:
            self.run_worker(self._export(path))

    async def _export(self, path: Path) -> None:
        text = await self._recording(as_pgn if path.suffix.lower() == ".pgn" and self._is_chess else str)
        if text is None:
            return
        try:
            await asyncio.to_thread(path.write_text, text, "utf-8")
        except OSError as error:
            self.say_error(f"Not saved: {path}: {error.strerror or error}")
        else:
            self.notify(f"Saved: {path}", markup=False, timeout=8)

    async def _recording(self, made: Callable[[str], T]) -> T | None:
        """What is made of the game as the server keeps it, or None: it can't be had, and that is shown."""
        try:
            answer = await self.client.ask(p.GetRecording(), p.Recording)
            return await asyncio.to_thread(made, answer.text)
        except (p.Refusal, ConnectionError, TimeoutError, ValueError) as error:
            self.say_error(f"The game can't be had now: {safe(str(error)) or 'no answer in time'}")
            return None


def as_pgn(recording: str) -> str:
    """A recording of chess as PGN."""
    from gamesock.games.chess_pgn import export_pgn

    return export_pgn(*record.loads(recording))
