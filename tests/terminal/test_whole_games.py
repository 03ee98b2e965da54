"""Whole games in a real terminal: by keys alone, and by mouse alone."""

import re

CHESS, CONNECT4 = 48, 44
"""Columns of the board at 80x24; the panel begins there."""


def square(name):
    """Where the cursor's bracket stands on this square."""
    return ("abcdefgh".index(name[0]) * 6, (8 - int(name[1])) * 3 + 1)


def to_board(window):
    """Lead the keys from the line, where moves are typed, to the board."""
    window.shows("Your move")
    window.press("Down")
    window.shows("picks")


def lists(window, panel, count):
    """Wait until the panel lists so many moves."""
    window.until(lambda: listed(window, panel) == count, f"there aren't {count} moves")


def listed(window, panel):
    """How many moves the panel lists."""
    rounds = [re.match(r"\d+\. +(\S+) *(\S*)", line[panel:].strip()) for line in window.screen.splitlines()]
    return sum(bool(move) for moves in rounds if moves for move in moves.groups())


def test_chess_to_mate_by_keys(window, hosting, script):
    with hosting() as host:
        at = window()
        at.run("play", "chess", "--server", host.url, "--thread", "mate", "--seat", "white", "--name", "Ann")
        at.shows("Ann (white)", "Your move")
        script(host.url, "mate", "black", "e5 Nc6 Nf6")
        at.shows("script (black)")
        for number, (origin, target, said) in enumerate(
            [("e2", "e4", "e5"), ("f1", "c4", "Nc6"), ("d1", "h5", "Nf6"), ("h5", "f7", "")], 1
        ):
            to_board(at)
            at.walk(*square(origin), CHESS)
            at.press("Enter")
            at.shows("•")
            at.walk(*square(target), CHESS)
            at.press("Enter")
            at.shows(f"{number}. ", said)
        screen = at.shows("Qxf7#", "Checkmate", "white wins")
        assert [line for line in screen.splitlines() if "3. " in line and "Qh5" in line and "Nf6" in line]
        at.press("q")
        at.shows("left with 0")


def test_connect4_by_keys(window):
    at = window()
    at.run("play", "connect4", "--two-player", "--store", "memory", "--name", "Ann")
    at.shows("Ann (red)", "Your move")
    row = at.until(lambda: at.cursor(CONNECT4), "no cursor")[1]
    for number, column in enumerate("dededed", 1):
        to_board(at)
        at.walk(1 + "abcdefg".index(column) * 6, row, CONNECT4)
        at.press("Enter")
        lists(at, CONNECT4, number)
    at.shows("red wins")


def test_tic_tac_toe_by_mouse(window):
    at = window()
    at.run("play", "tic_tac_toe", "--two-player", "--store", "memory", "--name", "Ann")
    at.shows("Ann (X)", "Your move")
    for number, cell in enumerate("12539", 1):
        at.click(*at.find(cell, left_of=CONNECT4))
        lists(at, CONNECT4, number)
    at.shows("X wins")
