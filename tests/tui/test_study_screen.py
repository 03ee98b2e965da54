"""Analysing a game on the screen, by a real bot in a server of its own."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from gamesock import record
from gamesock.analysis import Mark
from gamesock.analyst import Analyst
from gamesock.cli.archive import LocalArchive, recorded
from gamesock.client import Client
from gamesock.games.chess_pgn import import_pgn
from gamesock.tui.app import GameApp, game_app
from gamesock.tui.looks import Looks
from gamesock.tui.screens.game import GameScreen
from gamesock.tui.screens.study import StudyScreen
from gamesock.tui.study import Line

sys.path.insert(0, str(Path(__file__).parent))
from replays import Film, Filmed, game_of

LOOKS = Looks("sprite", color="full")
CROSSES = "0,0 1,0 1,1 0,1 2,2"
"""X wins: O's first move already loses."""


def crosses() -> tuple[record.Header, list[record.Event]]:
    header = record.Header(game="tic_tac_toe", thread="crosses", created=1000.0)
    events = [
        record.Moved(seq=ply + 1, at=1000.0 + ply, seat="XO"[ply % 2], move=move)
        for ply, move in enumerate(CROSSES.split())
    ]
    ended = record.Ended(seq=len(events) + 1, at=1010.0, winner="X", reason="three_in_a_row")
    return header, [*events, ended]


def study_app(game, **more) -> GameApp[None]:
    return GameApp(lambda looks: StudyScreen(game, looks, playing=False, **more), LOOKS)


def plain(widget) -> str:
    return widget.render().plain


@pytest.mark.timeout(60)
async def test_a_game_is_analysed_and_its_mistakes_are_found(until):
    async with study_app(recorded(*crosses())).run_test(size=(80, 24)) as pilot:
        screen = pilot.app.screen
        assert "A analyse" in plain(screen.table.hints)
        screen.study.seconds = 0.05
        await pilot.press("A")
        await until(lambda: screen.study.finished and not screen.study.running)
        report = screen.study.report
        assert report.judgements[2].mark == Mark.BLUNDER and report.judgements[5].mark is None
        assert report.chances[-1] == 1.0 and report.summaries["X"].accuracy > 99
        await until(lambda: not screen.analysing.display)
        assert plain(screen.summary).splitlines()[:2] == [
            "       accuracy ??  ? ?!", "X          100%  0  0  0",
        ]  # fmt: skip
        await pilot.press("n")
        assert screen.mirror.ply == 2
        assert "?? is a blunder" in plain(screen.verdict)
        assert "??" in screen.table.moves.render_line(0).text
        await pilot.press("p", "A")
        assert screen.study.seconds == 0.2
        await until(lambda: screen.study.finished and not screen.study.running)


@pytest.mark.timeout(60)
async def test_escape_stops_the_analysis_and_it_can_go_on(until):
    app = study_app(game_of("chess/1910-vienna-reti-tartakower"), analyse=True)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = pilot.app.screen
        screen.study.seconds = 0.05
        await until(lambda: screen.study.known >= 2)
        assert "left" in plain(screen.analysing)
        await pilot.press("escape")
        await until(lambda: not screen.study.running)
        known = screen.study.known
        assert screen.is_current and known < screen.study.total
        assert "A go on" in plain(screen.table.hints)
        await pilot.press("A")
        await until(lambda: screen.study.known > known)
        await pilot.press("escape")
        await until(lambda: not screen.study.running)
        await pilot.press("escape")
        await until(lambda: not screen.is_current)


async def test_who_cannot_be_reached_is_told_of(until):
    client = Client("ws://127.0.0.1:1/ws/games/none")
    game = game_of("chess/1910-vienna-reti-tartakower")
    async with study_app(game._replace(analyst=Analyst(client).open)).run_test(size=(80, 24)) as pilot:
        screen = pilot.app.screen
        await pilot.press("A")
        await until(lambda: "nobody answers" in plain(screen.table.error))
        assert not screen.study.running and screen.study.report is None


async def test_where_nobody_can_be_asked_nothing_is_offered():
    game = game_of("chess/1910-vienna-reti-tartakower")
    async with study_app(game._replace(analyst=None)).run_test(size=(80, 24)) as pilot:
        await pilot.press("A")
        assert not pilot.app.screen.study.running
        assert "analyse" not in plain(pilot.app.screen.table.hints)


def test_the_line_that_stands_leaves_out_what_was_taken_back():
    game = game_of("chess/shows-takebacks")
    line = Line.of(game.updates)
    last = game.updates[-1]
    assert [notation for _, notation in line.moves] == last.notations
    assert [seat for seat, _ in line.moves[:2]] == ["white", "black"]


@pytest.mark.parametrize(
    ("name", "end"),
    [("chess/ends-checkmate", 0.0), ("chess/ends-stalemate", 0.5), ("chess/ends-resignation", None)],
)
def test_only_what_the_rules_decided_is_an_end_to_judge_by(name, end):
    game = game_of(name)
    found = Line.of(game.updates).end
    winner = game.updates[-1].table.outcome.winner
    assert found == (end if end is None or winner is None else float(winner == "white"))


async def test_graph_moves_and_verdict_belong_together():
    async with Filmed(Film(known=45)).run_test(size=(80, 24)) as pilot:
        screen = pilot.app.screen
        await pilot.press("1", "8", "enter")
        assert plain(screen.verdict) == "18. Bd6?? is a blunder\nBetter: Re1 Bb7 d4"
        assert "-3.6" in plain(screen.table.evaluation)
        await pilot.press("N")
        assert screen.mirror.ply == 33
        await pilot.press("end", "n")
        assert screen.mirror.ply == 45
        assert "is 100% accurate" in plain(screen.verdict)
        rows = screen.graph.size.height
        await pilot.click("#graph", offset=(0, rows - 1))
        assert screen.mirror.ply == 0 and plain(screen.verdict).strip() == ""


EVALUATED = """[White "Ann"]
[Black "Ben"]
[Result "1-0"]

1. e4 { [%eval 0.3] } e5 { [%eval 0.3] } 2. Qh5 { [%eval -0.4] } Nc6 { [%eval -0.3] } 3. Bc4 { [%eval -0.4] }
Nf6 { [%eval #1] } 4. Qxf7# 1-0
"""


async def test_opinions_that_came_with_a_game_are_shown_at_once():
    header, events = import_pgn(EVALUATED)
    async with study_app(recorded(header, events)).run_test(size=(80, 24)) as pilot:
        screen = pilot.app.screen
        report = screen.study.report
        assert report.judgements[6].mark == Mark.BLUNDER and report.chances[-1] == 1.0
        assert "A analyse" in plain(screen.table.hints)
        await pilot.press("n")
        assert plain(screen.verdict).startswith("2. Qh5?! is an inaccuracy")
        await pilot.press("n")
        assert "M1" in plain(screen.table.evaluation)
    one_sided = [
        event.model_copy(update={"thought": None}) if getattr(event, "seat", "") == "white" else event
        for event in events
    ]
    assert recorded(header, one_sided).thoughts == ()


async def test_several_games_are_chosen_from(until):
    films = (Film(), Film("chess/1858-paris-morphy-brunswick-isouard"))
    async with Filmed(*films).run_test(size=(80, 24)) as pilot:
        chooser = pilot.app.screen
        await pilot.press("j", "enter")
        await until(lambda: isinstance(pilot.app.screen, StudyScreen))
        await until(lambda: pilot.app.screen.is_mounted and pilot.app.screen.mirror.table)
        assert pilot.app.screen.game.title.startswith("Paul Morphy")
        await pilot.press("q")
        await until(lambda: pilot.app.screen is chooser)
        await pilot.press("q")
    assert pilot.app.return_code == 0


@pytest.mark.timeout(60)
async def test_a_finished_game_is_analysed_from_its_screen(server, guest, until):
    url = f"{server}/ws/tictactoe/over"
    app = game_app(lambda: Client(url, name="ann"), seat="X", looks=LOOKS)
    app.archive = LocalArchive()
    async with app.run_test(size=(80, 24)) as pilot:
        await until(lambda: isinstance(app.screen, GameScreen) and app.screen.mirror.seats)
        screen = app.screen
        ben = await guest(url, "O", name="ben")
        await pilot.press("escape", "A")
        await until(lambda: "once it is over" in plain(screen.table.error))
        for ply, move in enumerate(CROSSES.split()):
            await (ben if ply % 2 else screen.client).move(move)
        await until(lambda: screen.mirror.outcome)
        await pilot.press("A")
        await until(lambda: isinstance(app.screen, StudyScreen))
        study = app.screen
        await until(lambda: study.study.finished and not study.study.running)
        assert study.study.report.judgements[2].mark == Mark.BLUNDER
        await pilot.press("escape")
        await until(lambda: app.screen is screen)


async def test_the_opening_is_named_while_one_plays(server, guest, until):
    url = f"{server}/ws/chess/italian"
    app = game_app(lambda: Client(url, name="ann"), seat="white", looks=LOOKS)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(lambda: isinstance(app.screen, GameScreen) and app.screen.mirror.seats)
        screen = app.screen
        ben = await guest(url, "black", name="ben")
        for ply, move in enumerate(["e4", "e5", "Nf3", "Nc6", "Bc4", "h6"]):
            await (ben if ply % 2 else screen.client).move(move)
        await until(lambda: screen.mirror.ply == 6)
        await pilot.pause()
        assert plain(screen.table.opening) == "C50 Italian Game: Anti-Fried Liver Defense"
        await pilot.press("escape", "home")
        await until(lambda: not screen.table.opening.display)
