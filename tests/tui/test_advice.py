"""Hints and overheard thoughts: whose they are, what they say, and who sees them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from opened import app_for, said, screen_of

from gamesock import protocol as p
from gamesock import registry
from gamesock.bot import Thought
from gamesock.mirror import Mirror
from gamesock.tui import advice
from gamesock.tui.looks import ASCII, UNICODE


def told(*line: str, ply: int = 0) -> p.Thinking:
    return p.Thinking(bot="alphabeta", ply=ply, thought=Thought(seat="white", score=0.3, line=line), done=True)


@pytest.mark.parametrize(
    ("game", "move", "words", "cells"),
    [
        ("chess", "Nf3", "knight g1 to f3", {62, 45}),
        ("connect4", "d", "column d", {38}),
        ("tic_tac_toe", "5", "cell 5", {4}),
    ],
)
def test_a_hint_names_the_move_in_words_and_marks_its_cells(game, move, words, cells):
    picture = registry.game(game).start({}, 0).picture(None)
    hint = advice.hint(told(move), picture, UNICODE)
    assert hint.said == f"◇ Hint: {move}  {words}\nalphabeta:"
    assert hint.cells == cells


def test_a_bot_without_a_line_has_no_advice():
    assert advice.hint(told(), None, ASCII).said == "alphabeta has no advice here"


def test_what_is_overheard_goes_out_of_date():
    mirror = Mirror()
    assert advice.overheard(mirror) is None
    mirror.apply(told("e4", ply=3))
    for ply, heard in ((2, False), (3, True), (4, True), (5, False)):
        mirror.ply = ply
        assert bool(advice.overheard(mirror)) is heard
    assert advice.opinion_of("", told().thought).said == "Evaluation:"


async def test_a_hint_is_labelled_and_marked_until_the_next_move(server, until):
    async with app_for(f"{server}/ws/connect4/advice", seat="red").run_test(size=(80, 24)) as pilot:
        screen = screen_of(pilot)
        await until(lambda: screen.mirror.my_turn)
        await pilot.press("escape", "H")
        await until(lambda: "Hint: d  column d\nalphabeta:" in said(screen.table.evaluation))
        assert screen.table.board.scene.hinted == {38}
        await screen.client.move("a", auto_response=False)
        await until(lambda: not said(screen.table.evaluation))
        assert screen.table.board.scene.hinted == frozenset()
        await pilot.press("H")
        await until(lambda: "not your turn" in said(screen.table.error))


def heard(screen) -> None:
    """A bot at the table has a thought; weak ones don't always."""
    screen.mirror.apply(told("e5", ply=screen.mirror.ply))
    screen.paint()


async def test_a_bots_thoughts_stay_its_own_unless_one_wants_to_see_them(server, guest, until):
    url = f"{server}/ws/chess/mind"
    ben = await guest(url, "black", name="ben")
    async with app_for(url, seat="white").run_test(size=(80, 24)) as pilot:
        screen = screen_of(pilot)
        await until(lambda: screen.seated and screen.mirror.my_turn)
        heard(screen)
        assert not said(screen.table.evaluation)
        await pilot.press("escape", "t")
        await until(lambda: "alphabeta thinks:  white +0.3" in said(screen.table.evaluation))
        await pilot.press("t")
        await until(lambda: not said(screen.table.evaluation))
        # After the game there is nothing to hide.
        await ben.request(p.Resign())
        await until(lambda: "alphabeta thinks:" in said(screen.table.evaluation))


async def test_who_watches_hears_what_bots_think(server, until):
    async with app_for(f"{server}/ws/chess/audience", watch=True).run_test(size=(80, 24)) as pilot:
        screen = screen_of(pilot)
        await until(lambda: screen.seated and screen.mirror.table)
        heard(screen)
        assert "alphabeta thinks:" in said(screen.table.evaluation)
