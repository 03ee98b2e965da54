"""``gamesock play --plain`` at home: whole games, mistakes, coming back, and leaving."""

import json
import os
import signal
import time

import pytest

DRAW_TRY = "5\n1\n3\n7\n2\n9\n8\n4\n6\n"


def test_a_whole_game_against_perfect(cli):
    done = cli("play", "tic_tac_toe", "--plain", stdin=DRAW_TRY.replace("\n", "\nboard\n", 1))
    assert done.returncode == 0
    assert done.stderr == ""
    assert "you are X" in done.stdout
    assert done.stdout.count("game over: ") == 1
    assert "game over: X wins" not in done.stdout
    assert "X: 5\n" in done.stdout
    assert ". X .\n" in done.stdout


def test_scholars_mate_attempt(cli):
    done = cli(
        "play", "chess", "--plain", "--bot", "alphabeta", "--level", "1", stdin="e4\nBc4\nQh5\nQxf7#\nmoves\n"
    )
    assert done.returncode == 0
    assert "White: pawn e2 to e4\n" in done.stdout
    assert "Black: " in done.stdout
    assert "White: bishop f1 to c4\n" in done.stdout
    assert "2. Bc4" in done.stdout


def test_two_at_one_keyboard(cli):
    done = cli("play", "tic_tac_toe", "--two-player", "--plain", "--name", "Ann", stdin="1\n4\n2\n5\n3\n")
    assert done.returncode == 0
    assert "you are X and O" in done.stdout
    assert done.stdout.rstrip().endswith("game over: X wins (three in a row)")


def test_everything_else_one_can_say(cli):
    words = "help,moves,clock,board,say hello,xyz,ai,takeback,decline,resign,yes,5,rematch,moves,quit,5,"
    done = cli("play", "tic_tac_toe", "--plain", "--clock", "5+3", stdin=words.replace(",", "\n"))
    assert (done.returncode, done.stderr) == (0, "")
    for expected in ("rematch        after", "no moves yet", "X: 5 minutes", "ann says: hello", "game over: "):
        assert expected in done.stdout
    assert "error: the game is over" in done.stdout
    assert done.stdout.partition("rematch: ")[2].count("you are O") == 1


def test_the_second_seat_is_shown_from_its_side(cli):
    done = cli("play", "chess", "--plain", "--seat", "black", "--bot", "random", stdin="ai\nboard\n")
    assert "you are black" in done.stdout
    assert "White: " in done.stdout
    assert done.stdout.rstrip().endswith("your move (black)")
    assert "h g f e d c b a" in done.stdout


@pytest.mark.parametrize(
    ("args", "reason"),
    [
        ([], "which game?"),
        (["ches"], "did you mean 'chess'?"),
        (["chess", "--seat", "red"], "no seat 'red'"),
        (["chess", "--bot", "hal"], "no bot for chess named 'hal'"),
        (["chess", "--bot", "random", "--level", "9"], "not 9"),
        (["chess", "--level", "99"], "levels 1 to 8, not 99"),
        (["chess", "--clock", "soon"], "'soon' is no time control"),
        (["chess", "--option", "fen"], "KEY=VALUE"),
        (["chess", "--option", "colour=red"], "no option 'colour'"),
        (["chess", "--option", "fen=garbage"], "fen"),
        (["chess", "--thread", "a/b c"], "thread id"),
        (["chess", "--two-player", "--bot", "random"], "not both"),
        (["chess", "--server", "http://:::"], "is no server address"),
        (["chess", "--server", "ftp://example.org"], "is no server address"),
    ],
)
def test_mistakes(fails, args, reason):
    assert reason in fails("play", *args, "--plain", code=2)


@pytest.mark.parametrize(
    ("args", "reason"),
    [
        (["chess", "--server", "127.0.0.1:1"], "is the server running?"),
        (["--resume"], "no game was played here yet"),
        (["--resume", "--thread", "friday"], "'friday' was not played here"),
    ],
)
def test_what_cant_be_done(fails, args, reason):
    assert reason in fails("play", *args, "--plain")


@pytest.mark.parametrize("args", [["play", "chess"], ["watch", "--server", "127.0.0.1:1"]])
def test_without_a_terminal_it_says_plain(cli, fails, args):
    assert "--plain" in fails(*args)
    assert not cli.data.exists()


def test_coming_back(cli):
    first = cli("play", "chess", "--plain", "--bot", "random", "--seat", "black", stdin="quit\n")
    thread = first.stdout.partition("game ")[2].splitlines()[0]
    cli("play", "tic_tac_toe", "--plain", stdin="5\nquit\n")
    last = cli("play", "--resume", "--plain", stdin="")
    assert last.stdout.startswith("Tic-tac-toe, game ")
    assert "you are X\n" in last.stdout
    assert last.stdout.endswith(("your move (X)\n", "O to move\n")), "the bot may still think"
    named = cli("play", "--resume", "--thread", thread, "--plain", stdin="quit\n")
    assert f"Chess, game {thread}\n" in named.stdout
    assert "you are black" in named.stdout
    again = cli("play", "chess", "--thread", thread, "--plain", stdin="quit\n")
    assert "you are black" in again.stdout
    assert (again.returncode, again.stderr) == (0, "")


def test_a_killed_program_is_come_back_to(cli):
    process = cli.start("play", "connect4", "--plain", "--seat", "red")
    while "your move" not in process.stdout.readline():
        pass
    process.stdin.write("d\n")
    process.stdin.flush()
    while not process.stdout.readline().startswith("Yellow:"):
        pass
    process.kill()
    process.communicate(timeout=30)
    back = cli("play", "--resume", "--plain", stdin="moves\nquit\n")
    assert back.returncode == 0, back.stderr
    assert "you are red" in back.stdout and "1. d " in back.stdout


def test_coming_back_with_both_seats(cli):
    cli("play", "connect4", "--two-player", "--plain", stdin="d\nd\nquit\n")
    back = cli("play", "--resume", "--plain", stdin="c\nmoves\nquit\n")
    assert "you are red and yellow" in back.stdout
    assert "1. d d 2. c" in back.stdout


def test_coming_back_to_a_game_that_is_over(cli):
    cli("play", "tic_tac_toe", "--plain", stdin="5\nresign\nyes\n")
    back = cli("play", "--resume", "--plain", stdin="")
    assert back.returncode == 0
    assert back.stdout.rstrip().endswith("game over: no winner (aborted)")


def test_two_programs_at_once(cli):
    one, two = (cli.start("play", game, "--plain") for game in ("connect4", "tic_tac_toe"))
    for _ in range(2):
        for process, move in ((one, "d"), (two, "ai")):
            process.stdin.write(f"{move}\n")
            time.sleep(0.2)
    for process in (one, two):
        out, err = process.communicate("quit\n", timeout=30)
        assert (process.returncode, err) == (0, "")
        assert "your move" in out
    kept = {thread["game"]: thread["ply"] for thread in cli.lines("threads")}
    assert kept.keys() == {"connect4", "tic_tac_toe"}
    assert min(kept.values()) >= 2


def test_ctrl_c(cli):
    process = cli.start("play", "chess", "--plain", "--bot", "alphabeta", "--level", "8")
    assert "game" in process.stdout.readline()
    process.stdin.write("e4\n")
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (130, "")


@pytest.mark.parametrize("after", [0.1, 0.2, 0.4])
def test_ctrl_c_while_it_starts(cli, after):
    process = cli.start("play", "chess", "--plain")
    time.sleep(after)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    # While Python itself starts, there is nobody yet who could say 130: shells say it then.
    assert process.returncode in (130, -signal.SIGINT, 1)
    assert process.returncode != 130 or err == ""


def test_the_reader_of_a_game_goes_away(cli):
    process = cli.start("play", "tic_tac_toe", "--plain")
    process.stdout.readline()
    process.stdout.close()
    process.stdin.write("5\n")
    assert process.wait(timeout=20) == 1
    assert process.stderr.read() == ""
    process.stderr.close()
    process.stdin.close()


def test_nobody_else_can_read_the_seats(cli):
    done = cli("play", "tic_tac_toe", "--plain", stdin="quit\n")
    files = list((cli.data / "seats").iterdir())
    assert [file.stat().st_mode & 0o077 for file in files] == [0]
    assert (cli.data / "seats").stat().st_mode & 0o077 == 0
    for token in json.loads(files[0].read_text())["tokens"].values():
        assert token not in done.stdout + done.stderr


def test_a_home_that_cant_be_written(cli, fails):
    if os.geteuid() == 0:
        cli.data.parent.mkdir()
        cli.data.write_text("a file where the directory should be")
    else:
        cli.data.parent.mkdir(mode=0o500)
    assert str(cli.data) in fails("play", "chess", "--plain")


def test_input_that_is_no_text(cli):
    process = cli.start("play", "tic_tac_toe", "--plain")
    process.stdin.buffer.write(b"\xff\xfe\nquit\n")
    out, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (0, "")
    assert "error: " in out
