"""PGN: what is written can be read again, and what can't be read says where."""

import io
from typing import Any

import chess.pgn
import orjson
import pytest

from gamesock import record
from gamesock.bot import Thought
from gamesock.games.chess import Chess
from gamesock.games.chess_pgn import export_pgn, import_pgn, import_pgns
from gamesock.testing import random_game

BLITZ = """[Event "Rated \\"blitz\\" game"]
[Site "https://example.org/x"]
[Date "2024.03.05"]
[Round "-"]
[White "Anna \\\\ B"]
[Black "Bo"]
[Result "1-0"]
[UTCDate "2024.03.05"]
[UTCTime "10:11:12"]
[WhiteElo "1500"]
[TimeControl "180+2"]
[Termination "Time forfeit"]

1. e4 { [%eval 0.17] [%clk 0:03:00] } 1... e5 { [%eval 0.19] [%clk 0:03:00] }
2. Nf3 { [%eval 0.25] [%clk 0:02:58.5] } (2. f4 exf4 { old } (2... Bc5)) 2... Nc6 $1
{ [%eval #-3,12] [%clk 0:02:50] } 3. Bb5 { [%clk 0:02:59] } 1-0
"""


def header(**fields: Any) -> record.Header:
    return record.Header(**{"game": "chess", "thread": "t", "created": 1_700_000_000.0} | fields)


def recording(*events: dict[str, Any]) -> list[record.Event]:
    lines = ({"at": 1_700_000_000.0} | event | {"seq": seq} for seq, event in enumerate(events, 1))
    return [record.load_event(orjson.dumps(line)) for line in lines]


def moved(move: str, at: float, seat: str, **fields: Any) -> dict[str, Any]:
    return {"kind": "moved", "move": move, "at": 1_700_000_000.0 + at, "seat": seat} | fields


def test_a_blitz_game_becomes_a_recording() -> None:
    head, events = import_pgn(BLITZ)
    assert head.clock == "3+2" and head.options == {} and head.thread == "anna-b-bo-2024.03.05"
    assert head.created == 1_709_633_472.0
    assert head.tags["event"] == 'Rated "blitz" game' and head.tags["white"] == "Anna \\ B"
    assert head.tags["WhiteElo"] == "1500" and "Result" not in head.tags
    moves = [event for event in events if isinstance(event, record.Moved)]
    assert [move.move for move in moves] == ["e2e4", "e7e5", "g1f3", "b8c6", "f1b5"]
    assert [move.at - head.created for move in moves] == [0, 0, 3.5, 15.5, 17.0]
    assert moves[1].thought == Thought(seat="black", score=-0.19)
    assert moves[3].thought == Thought(seat="black", mate=3, depth=12)
    joined, ended = events[0], events[-1]
    assert isinstance(joined, record.Joined) and joined.player.name == "Anna \\ B"
    assert isinstance(ended, record.Ended) and (ended.winner, ended.reason) == ("white", "timeout")
    assert [event.seq for event in events] == list(range(1, 9))


def test_what_was_imported_is_exported_and_imported_again() -> None:
    head, events = import_pgn(BLITZ)
    text = export_pgn(head, events)
    named = {"ECO": "C60", "Opening": "Ruy Lopez"}
    assert import_pgn(text) == (head.model_copy(update={"tags": head.tags | named}), events)
    assert '[White "Anna \\\\ B"]' in text and "[%eval 0.17] [%clk 0:03:00]" in text


def test_python_chess_reads_what_is_written() -> None:
    tags = {"event": "Café", "white": 'The "Rock"', "Opening": "Ruy", "no tag!": "x", "annotator": "a\nb"}
    events = recording(
        {"kind": "joined", "seat": "white", "player": {"name": "Ada"}},
        {"kind": "joined", "seat": "black", "player": {"name": "Bob"}},
        moved("e2e4", 0, "white"),
        moved("e7e5", 9, "black", thought={"seat": "black", "score": -0.5, "depth": 7}),
        {"kind": "ended", "winner": "white", "reason": "resignation"},
    )
    game = chess.pgn.read_game(io.StringIO(export_pgn(header(tags=tags), events)))
    assert game is not None and game.errors == []
    assert list(game.headers)[:7] == chess.pgn.TAG_ROSTER
    assert game.headers["Black"] == "Bob" and game.headers["Date"] == "2023.11.14"
    assert game.headers["Result"] == "1-0" and game.headers["Termination"] == "normal"
    assert game.headers["TimeControl"] == "-" and game.headers["annotator"] == "a b"
    assert "no tag!" not in game.headers
    node = game.end()
    score = node.eval()
    assert score is not None and score.white().score() == 50 and node.eval_depth() == 7
    assert node.clock() is None


@pytest.mark.parametrize(
    ("clock", "tag", "left"),
    [
        ("5+3", "300+3", [300, 300, 293, 283]),
        ("5", "300", [300, 300, 290, 280]),
        ("5d3", "300d3", [300, 300, 293, 283]),
        ("5b3", "300b3", [300, 300, 293, 283]),
        ("30s/move", "1/30", [30, 30, 30, 30]),
        ("2d/move", "1/172800", [172800] * 4),
    ],
)
def test_clocks_run_from_the_second_move_on(clock: str, tag: str, left: list[float]) -> None:
    events = recording(
        moved("e2e4", 50, "white"),
        moved("e7e5", 100, "black"),
        moved("g1f3", 110, "white"),
        moved("b8c6", 130, "black"),
    )
    text = export_pgn(header(clock=clock), events)
    game = chess.pgn.read_game(io.StringIO(text))
    assert game is not None and game.headers["TimeControl"] == tag
    assert [node.clock() for node in game.mainline()] == left
    again, imported = import_pgn(text)
    assert again.clock == clock
    assert export_pgn(again, imported).split("\n\n")[1] == text.split("\n\n")[1]


def test_pauses_and_takebacks_are_kept_out() -> None:
    events = recording(
        moved("e2e4", 0, "white"),
        moved("e7e5", 0, "black"),
        moved("g1f3", 10, "white"),
        {"kind": "offered", "seat": "white", "offer": "takeback"},
        {"kind": "taken_back", "seat": "black", "plies": 1, "at": 1_700_000_020.0},
        {"kind": "paused", "seconds": 100.0, "at": 1_700_000_130.0},
        moved("f2f4", 130, "white"),
        {"kind": "chatted", "room": "players", "name": "Ada", "text": "{oops} 1-0"},
    )
    text = export_pgn(header(clock="5"), events)
    assert "2. f4 { [%clk 0:04:40] } *" in text and "Nf3" not in text and "oops" not in text
    assert '[Termination "unterminated"]' in text


@pytest.mark.parametrize(
    ("winner", "reason", "result", "termination"),
    [
        ("black", "resignation", "0-1", "normal"),
        ("white", "timeout", "1-0", "time forfeit"),
        (None, "timeout_insufficient_material", "1/2-1/2", "time forfeit"),
        ("white", "abandoned", "1-0", "abandoned"),
        (None, "agreement", "1/2-1/2", "normal"),
        (None, "aborted", "*", "abandoned"),
    ],
)
def test_endings(winner: str | None, reason: str, result: str, termination: str) -> None:
    events = recording(
        moved("e2e4", 0, "white"),
        {"kind": "ended", "winner": winner, "reason": reason, "at": 1_700_000_000.0},
    )
    text = export_pgn(header(), events)
    assert f'[Result "{result}"]' in text and f'[Termination "{termination}"]' in text
    last = import_pgn(text)[1][-1]
    if reason == "aborted":
        assert isinstance(last, record.Moved)
    else:
        assert isinstance(last, record.Ended) and (last.winner, last.reason) == (winner, reason)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"variant": "chess960"},
        {"variant": "chess960", "position": 518},
        {"fen": "r3k2r/pppq1ppp/8/8/8/8/PPPQ1PPP/R3K2R b KQkq - 3 20"},
    ],
)
def test_random_games_come_back(options: dict[str, Any]) -> None:
    for seed in range(3):
        moves, outcome = random_game(Chess(), seed, options)
        events = recording(
            *(moved(move, 0, seat) for seat, move in moves),
            {"kind": "ended", "winner": outcome.winner, "reason": outcome.reason},
        )
        head, imported = import_pgn(export_pgn(header(options=options, seed=seed), events))
        assert [(event.seat, event.move) for event in imported if isinstance(event, record.Moved)] == moves
        last = imported[-1]
        assert isinstance(last, record.Ended)
        assert (last.winner, last.reason) == (outcome.winner, outcome.reason)
        assert Chess().start(head.options, 0).fen == Chess().start(options, seed).fen


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "there is no game in the text"),
        ("just some words", "there is no game in the text"),
        ("1. e4 e5 2. Ke3 Nf6 *", "move 2. Ke3: no king can go to e3; legal: Ke2"),
        ("1. e4 e4 *", r"move 1\.\.\. e4: no pawn can go to e4"),
        ("1. e4 -- 2. d4 *", r"move 1\.\.\. --: '--' is no chess move"),
        ("1. e4 e5 2. Nd2 (2. Ke9) Nf6 3. Nf3", "move 2. Nd2: white's own pawn is on d2"),
        ("1. f3 e5 2. g4 Qh4# 3. a3", "move 3. a3: "),
        ('[FEN "foo"]\n\n1. e4 *', "foo"),
        ('[FEN "8/8/8/8/8/8/8/8 w - - 0 1"]\n\n*', "no such position can arise"),
        ('[Variant "Atomic"]\n\n1. e4 *', "the variant Atomic isn't played here"),
        ('[Variant "Klingon"]\n\n1. e4 *', "Klingon"),
        ("1. Nf3 Nf6 2. Ng1 Ng8 " * 4 + "3. e4 *", r"move 9\. e2e4: the game is over by fivefold_repetition"),
    ],
)
def test_what_cannot_be_read_says_where(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        import_pgn(text)


def test_illegal_moves_in_variations_do_not_matter() -> None:
    _, events = import_pgn("1. e4 (1. Ke5) 1... e5 *")
    assert len(events) == 4


@pytest.mark.parametrize(
    ("date", "created"),
    [("1970.01.02", 86400.0), ("1969.12.31", -86400.0), ("1971.??.??", 31536000.0), ("????.??.??", 0.0)],
)
def test_dates(date: str, created: float) -> None:
    head, _ = import_pgn(f'[Date "{date}"]\n\n1. e4 *')
    assert head.created == created
    assert (head.tags.get("date") == date) == ("????" not in date)


def test_an_impossible_date_is_no_date() -> None:
    assert import_pgn('[Date "2024.13.77"]\n\n1. e4 *')[0].created == 0.0


def test_clocks_without_a_known_control_still_give_times() -> None:
    text = """[TimeControl "40/7200:3600"]

1. e4 {[%clk 2:00:00]} e5 {[%clk 1:59:00]} 2. Nf3 {[%clk 1:58:30]} Nc6 {[%clk 1:59:30]} 3. Bb5 *"""
    head, events = import_pgn(text)
    assert head.clock is None and head.tags["TimeControl"] == "40/7200:3600"
    assert [event.at for event in events if isinstance(event, record.Moved)] == [0, 0, 90, 90, 90]
    assert '[TimeControl "40/7200:3600"]' in export_pgn(head, events)


def test_several_games() -> None:
    games = [
        game
        for game in import_pgns(f'{BLITZ}\n[White "Cy"]\n\n1. d4 d5 1/2-1/2\n\n\n')
        if not isinstance(game, ValueError)
    ]
    assert [head.tags["white"] for head, _ in games] == ["Anna \\ B", "Cy"]
    last = games[1][1][-1]
    assert isinstance(last, record.Ended) and last.reason == "agreement"


def test_one_that_cannot_be_read_costs_no_other() -> None:
    bad = ['[White "B"]\n\n1. e4 e5 2. Ke3 Nf6 3. Zz9 *', '[FEN "foo"]\n\n1. e4 *', '[Variant "Atomic"]\n\n*']
    games = list(import_pgns("\n\n".join(["1. d4 *", *bad, '[White "Cy"]\n\n1. c4 *'])))
    assert [str(game) for game in games[1:4] if isinstance(game, ValueError)] == [
        "line 5: 'Zz9' is no move",
        "expected 8 rows in position part of fen: 'foo'",
        "the variant Atomic isn't played here",
    ]
    assert not isinstance(games[0], ValueError) and not isinstance(games[4], ValueError)
    assert games[4][0].tags == {"white": "Cy"}


@pytest.mark.parametrize(
    ("tags", "reason"),
    [
        ("", "reason_unknown"),
        ('[Termination "Adjudication"]', "reason_unknown"),
        ('[Termination "normal"]', "resignation"),
    ],
)
def test_nobody_is_said_to_have_resigned_who_perhaps_did_not(tags: str, reason: str) -> None:
    head, events = import_pgn(f"{tags}\n\n1. e4 e5 1-0")
    last = events[-1]
    assert isinstance(last, record.Ended) and (last.winner, last.reason) == ("white", reason)
    assert import_pgn(export_pgn(head, events))[1][-1] == last


def test_only_chess_is_written_as_pgn() -> None:
    with pytest.raises(ValueError, match="only chess is written as PGN, and this is connect4"):
        export_pgn(header(game="connect4"), [])
    with pytest.raises(ValueError):
        export_pgn(header(), recording(moved("e2e5", 0, "white")))


@pytest.mark.parametrize("told", ["#99999999999999", "1e400", "9" * 5000])
def test_an_opinion_beyond_any_chess_is_none(told: str) -> None:
    _, events = import_pgn(f"1. e4 {{ [%eval {told}] }} 1-0")
    assert [event.thought for event in events if isinstance(event, record.Moved)] == [None]
