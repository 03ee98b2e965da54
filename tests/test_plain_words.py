"""Boards, moves, clocks and commands in words, for every bundled game."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gamesock import protocol as p
from gamesock.game import BoardPicture, PictureMove, Piece
from gamesock.plain import boards, tables
from gamesock.plain.alarm import Alarm
from gamesock.plain.commands import COMMANDS, help_lines, near, understood
from gamesock.plain.moves import end_line, move_words
from gamesock.plain.signs import printable
from gamesock.registry import game, game_names


def after(name: str, moves: str = "", **options):
    """The picture after these moves."""
    rules = game(name)
    position = rules.start(options, 0)
    for move in moves.split():
        position.play(rules.parse(position, move))
    return position.picture(None)


def told(name: str, moves: str, **options) -> str:
    """The last of these moves in words."""
    *before, last = moves.split()
    rules = game(name)
    position = rules.start(options, 0)
    for move in before:
        position.play(rules.parse(position, move))
    was = position.picture(None)
    (seat,) = position.to_move
    move = rules.parse(position, last)
    notation = rules.format(position, move)
    position.play(move)
    update = p.StateUpdate(
        state={}, timestamp="", seat=seat, notation=notation, move=move, picture=position.picture(None)
    )
    return move_words(update, was)


@pytest.mark.parametrize(
    ("name", "moves", "words"),
    [
        ("chess", "Nf3", "White: knight g1 to f3"),
        ("chess", "e4 d5 exd5", "White: pawn e4 takes pawn on d5"),
        ("chess", "e4 e5 Qh5 Nc6 Qxf7+", "White: queen h5 takes pawn on f7, check"),
        ("chess", "e4 e5 Nf3 Nf6 Bc4 Bc5 O-O", "White: castles kingside"),
        ("chess", "d4 d5 Nc3 Nc6 Bf4 Bf5 Qd3 Qd6 O-O-O", "White: castles queenside"),
        ("chess", "e4 a6 e5 d5 exd6", "White: pawn e5 to d6, takes pawn on d5"),
        ("chess", "a4 h5 a5 h4 a6 h3 axb7 hxg2 bxa8=Q", "White: pawn b7 takes rook on a8, becomes queen"),
        ("connect4", "d d e", "Red: disc in column e, row 1"),
        ("connect4", "d d", "Yellow: disc in column d, row 2"),
        ("tic_tac_toe", "5 1", "O: 1"),
    ],
)
def test_moves_in_words(name, moves, words):
    assert told(name, moves) == words


def test_a_move_of_which_nothing_is_known_is_told_as_written():
    update = p.StateUpdate(state={}, timestamp="", seat="white", notation="Nf3", move="g1f3")
    assert move_words(update, None) == "White: Nf3"
    bare = p.StateUpdate(state={}, timestamp="", move={"take": 3})
    assert move_words(bare, after("chess")) == "Agent: {'take': 3}"


@pytest.mark.parametrize("name", game_names())
def test_every_move_of_a_random_game_has_words(name):
    rules, chance = game(name), random.Random(7)
    position = rules.start({}, 0)
    for _ in range(60):
        if position.outcome():
            break
        was, (seat,) = position.picture(None), position.to_move
        move = chance.choice(position.legal_moves())
        notation = rules.format(position, move)
        position.play(move)
        now = position.picture(None)
        update = p.StateUpdate(state={}, timestamp="", seat=seat, notation=notation, move=move, picture=now)
        words = move_words(update, was)
        assert re.fullmatch(r"\w+: [\w, ]+", words), words


def test_a_move_that_cells_alone_dont_tell_is_told_as_written():
    stick = Piece(name="stick", seat=None, letter="o", glyph="o", sprite="disc")
    take = PictureMove(move="a1", label="a1", target=0)
    was = BoardPicture(rows=1, columns=2, cells=("o", "o"), pieces={"o": stick}, moves=(take,))
    now = BoardPicture(rows=1, columns=2, cells=("", "o"), pieces={"o": stick})
    update = p.StateUpdate(state={}, timestamp="", seat="first", notation="a1", move="a1", picture=now)
    assert move_words(update, was) == "First: a1"


def test_a_game_may_supply_words():
    stone = Piece(name="black stone", seat="black", letter="B", glyph="●", sprite="disc")
    pictured = {"rows": 1, "columns": 2, "pieces": {"b": stone}}
    swap = PictureMove(move="s", label="S", target=0, words="swaps sides")
    was = BoardPicture(cells=("", ""), moves=(swap,), **pictured)
    now = BoardPicture(cells=("b", ""), **pictured)
    update = p.StateUpdate(state={}, timestamp="", seat="white", notation="S", move="s", picture=now)
    assert move_words(update, was) == "White: swaps sides"


def test_rows_are_read_from_the_players_side():
    rows = boards.read_rows(after("chess", "e4"))
    assert rows[0].startswith("Row 8: black rook a8, black knight b8")
    assert rows[4] == "Row 4: white pawn e4."
    assert rows[3] == "Row 5: empty."
    turned = boards.read_rows(after("chess", "e4"), flipped=True)
    assert turned[0].startswith("Row 1: white rook h1")
    assert boards.read_rows(after("chess"), only="2")[0].startswith("Row 2: white pawn a2")
    assert "they are 8 to 1" in boards.read_rows(after("chess"), only="9")[0]
    assert boards.read_rows(after("connect4", "d"), only="1") == ["Row 1: red disc d1."]
    assert boards.read_rows(after("tic_tac_toe", "5"))[1] == "Row 2: X 5."


@pytest.mark.parametrize(
    ("name", "moves", "asked", "lines"),
    [
        ("chess", "", "the white queen", ["white queen: d1."]),
        ("chess", "e4 d5", "white bishops", ["white bishop: c1, f1."]),
        ("chess", "", "knights", ["white knight: b1, g1.", "black knight: b8, g8."]),
        ("chess", "", "my king", ["white king: e1."]),
        ("chess", "", "N", ["white knight: b1, g1."]),
        ("connect4", "", "the red discs", ["red disc: none on the board."]),
        ("connect4", "d e", "yellow", ["yellow disc: e1."]),
        ("tic_tac_toe", "5 1", "X", ["X: 5."]),
    ],
)
def test_where(name, moves, asked, lines):
    assert boards.where(after(name, moves), asked, mine=("white",)) == lines


def test_where_of_nothing_names_what_there_is():
    assert boards.where(after("chess"), "dragon")[0].startswith(
        "no piece is called 'dragon' here: there are white king"
    )
    assert boards.where(after("connect4"), "")[0] == "name a piece: red disc, yellow disc"


@pytest.mark.parametrize(
    ("name", "asked", "said"),
    [
        ("chess", "e1", "e1: white king."),
        ("chess", "square E4", "e4: empty."),
        ("chess", "row 8 column 1", "a8: black rook."),
        ("chess", "z9", "there is no place 'z9' on this board: they are a1 to h8"),
        ("connect4", "d1", "d1: empty."),
        ("tic_tac_toe", "row 2 column 2", "5: empty."),
        ("tic_tac_toe", "10", "there is no place '10' on this board: they are 1 to 9"),
    ],
)
def test_what_is_on(name, asked, said):
    assert boards.what_is_on(after(name), asked) == said


def test_marks_are_told():
    assert boards.what_is_on(after("connect4", "d"), "d1") == "d1: red disc, of the last move."
    picture = after("chess", "e4 e5 Qh5 Nc6 Qxf7+")
    assert boards.what_is_on(picture, "e8") == "e8: black king, in check."


@pytest.mark.parametrize("name", game_names())
def test_every_cell_is_found_by_its_own_name(name):
    picture = after(name)
    names = [boards.cell_name(picture, cell) for cell in range(len(picture.cells))]
    assert len(set(names)) == len(names)
    assert [boards.find_cell(picture, each.upper()) for each in names] == list(range(len(names)))


def test_legal_moves():
    assert boards.legal_moves(after("chess"), "knight") == [
        "4 legal moves:", "knight b1: Na3, Nc3.", "knight g1: Nf3, Nh3.",
    ]  # fmt: skip
    assert boards.legal_moves(after("chess"), "g1")[1:] == ["knight g1: Nf3, Nh3."]
    assert boards.legal_moves(after("chess"))[0] == "20 legal moves:"
    assert boards.legal_moves(after("chess"), "rook") == ["no legal moves of rook now"]
    assert boards.legal_moves(after("chess"), "x9")[0].startswith("no piece is called 'x9'")
    assert boards.legal_moves(after("connect4")) == ["7 legal moves:", "a, b, c, d, e, f, g."]
    over = after("tic_tac_toe", "1 4 2 5 3")
    assert boards.legal_moves(over) == ["no legal moves now"]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "no time"),
        (1.9, "1 second"),
        (298, "4 minutes 58 seconds"),
        (3600, "1 hour"),
        (2 * 86400 + 3 * 3600 + 59, "2 days 3 hours"),
    ],
)
def test_durations(seconds, words):
    assert tables.duration(seconds) == words


def test_numbers():
    assert tables.numbered(["e4", "e5", "Nf3"], 2) == "1. e4 e5 2. Nf3"
    assert tables.numbered([], 2) == ""
    assert end_line(p.OutcomeView(winner=None, reason="draw_agreed")) == "game over: no winner (draw agreed)"


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("board", ("board", "")),
        ("Where is the white queen?", ("where", "the white queen")),
        ("where are the red discs", ("where", "the red discs")),
        ("what is on e4?", ("what", "e4")),
        ("what's on E4", ("what", "E4")),
        ("legal moves", ("legal", "")),
        ("legal knight", ("legal", "knight")),
        ("moves of the knight", ("legal", "the knight")),
        ("moves", ("moves", "")),
        ("whose turn is it", ("turn", "")),
        ("time left", ("clock", "")),
        ("read row 4", ("read", "4")),
        ("say Hello, Where is Ben?", ("chat", "Hello, Where is Ben?")),
        ("take back", ("takeback", "")),
        ("resign yes", ("resign", "yes")),
        ("?", ("help", "")),
        ("Q", ("quit", "")),
    ],
)
def test_what_is_understood(line, meant):
    assert understood(line) == meant


def test_moves_are_never_taken_for_commands():
    spelled = ["e4", "Nf3", "O-O", "e8=Q", "d", "3", "1", "0,2", "a", "g", "e2e4", "Qxd8+", "bxa8=N#"]
    assert [understood(move) or near(move) for move in spelled] == [None] * len(spelled)


@pytest.mark.parametrize(
    ("line", "meant"), [("bord", "board"), ("takebak", "takeback"), ("xyz", None), ("qit", None)]
)
def test_slips_of_the_finger(line, meant):
    assert near(line) == meant


def test_the_help_lists_every_command():
    text = "\n".join(help_lines("e4 Nf3"))
    assert "e4 Nf3" in text
    assert all(command.usage in text for command in COMMANDS)
    assert all(understood(command.name) == (command.name, "") for command in COMMANDS)


def test_low_time_is_told_once_a_mark():
    alarm = Alarm(20)
    assert [alarm.due(left) for left in (30, 20, 19, 12, 9.5, 9, 5, 0.5)] == [
        None, "20 seconds left", None, None, "10 seconds left", None, "5 seconds left", None,
    ]  # fmt: skip
    assert alarm.due(25) is None  # an increment, and down again
    assert alarm.due(18) == "18 seconds left"
    assert alarm.wait(30) == 10
    assert alarm.wait(20) == 10
    assert alarm.wait(3) is None
    assert Alarm(0).due(1) is None


def test_lines_of_others_are_one_line():
    assert printable("hi\x1b[2J\u202e\r\nthere\x07\t!") == "hi[2J there !"


@given(st.text())
def test_whatever_they_say_is_printable(text):
    assert printable(text).isprintable()
