"""A server that dies, windows that change, and terminals that can do little."""

import re
import signal
import sys
import time

import pytest
from pseudo_terminal import running


def test_the_game_goes_on_when_a_killed_server_is_back(window, hosting, script):
    at = window()
    with hosting() as host:
        at.run("play", "chess", "--server", host.url, "--thread", "on", "--seat", "white", "--name", "Ann")
        at.shows("Ann (white)", "Your move")
        black = script(host.url, "on", "black", "e5")
        at.press("/", "e4", "Enter")
        at.shows("1. e4", "e5", "Your move")
        # Sent, and the server dies, before or after it has heard of it: never lost, and never played twice.
        at.press("/", "Nf3", "Enter")
        host.kill()
        counted = set()

        def counts_down():
            counted.update(re.findall(r"Trying again in (\d+) s", at.screen))
            return len(counted) > 1

        at.until(counts_down, "the banner doesn't count down")
    with hosting(host.port) as host:
        at.hides("Trying again")
        at.shows("2. Nf3")
        # From here on no key is pressed: what the opponent plays comes by itself.
        script(host.url, "on", "black", "Nc6", token=black.token)
        screen = at.shows("Nc6", "Your move")
        assert screen.count("Nf3 ") == 2  # in the list, and as an example of what to type
        at.press("/", "Bb5", "Enter")
        at.shows("3. Bb5")


def test_a_terminal_that_goes_away_ends_the_game(home):
    command = [sys.executable, "-m", "gamesock", "play", "chess", "--bot", "random", "--store", "memory"]
    with running(command, (80, 24), str(home)) as program:
        program.wait_for("Your move")
        program.hang_up()
        assert program.wait(within=60.0) != 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_program_that_is_ended_leaves_the_terminal_as_it_was(home, number):
    command = [sys.executable, "-m", "gamesock", "play", "chess", "--bot", "random", "--store", "memory"]
    with running(command, (80, 24), str(home)) as program:
        program.wait_for("Your move")
        program.signal(number)
        assert b"\x1b[?1049l" in program.rest(silence=10.0)
        assert program.wait(within=60.0) == 128 + number


def test_a_window_that_is_closed_ends_the_game(home):
    """Whoever closes a window hangs up, and wakes up what may be stopped there."""
    command = [sys.executable, "-m", "gamesock", "play", "chess", "--bot", "random", "--store", "memory"]
    with running(command, (80, 24), str(home)) as program:
        program.wait_for("Your move")
        program.signal(signal.SIGCONT)
        program.signal(signal.SIGHUP)
        program.hang_up()
        assert program.wait(within=60.0) != 0


def test_a_program_that_was_stopped_goes_on(home):
    command = [sys.executable, "-m", "gamesock", "play", "chess", "--two-player", "--store", "memory"]
    with running(command, (80, 24), str(home)) as program:
        program.wait_for("Your move")
        program.signal(signal.SIGSTOP)
        program.rest()
        program.signal(signal.SIGCONT)
        assert b"\x1b[?1049h" in program.rest(silence=5.0)  # keys pressed before that are the shell's
        program.press(b"/e4\r")
        program.wait_for("1. e4")
        program.press(b"/e5\r")
        program.wait_for("e5")
        program.signal(signal.SIGTERM)
        assert program.wait(within=60.0) == 128 + signal.SIGTERM


def rested(at, seconds):
    """What is on the screen, once that stays so."""
    return at.until(lambda: (seen := at.marks()) == (time.sleep(seconds) or at.marks()) and seen, "it never rests")


def test_a_window_that_changes_its_size(window, script, hosting):
    with hosting() as host:
        at = window()
        at.run("play", "chess", "--server", host.url, "--thread", "size", "--seat", "white", "--name", "Ann")
        at.shows("Ann (white)", "Your move")
        script(host.url, "size", "black", "e5")
        at.press("/", "e4", "Enter")
        at.shows("1. e4", "e5", "Your move")
        rested(at, 0.3)  # pieces glide
        whole = at.screen
        at.resize(40, 14)
        small = at.shows("Ann", "Your move")
        assert all(len(line) <= 40 for line in small.splitlines())
        at.resize(30, 8)
        at.shows("30x8")
        at.hides("Ann")
        at.resize(120, 40)
        at.shows("Ann (white)", "1. e4", "e5", "Your move")
        at.hides("30x8")
        at.resize(80, 24)
        at.until(lambda: at.screen == whole, "it isn't as it was")
        at.press("/", "d4", "Enter")
        at.shows("2. d4")


def test_a_terminal_of_ascii(window):
    at = window(TERM="screen", LANG="C", COLORTERM="")
    at.run("play", "tic_tac_toe", "--bot", "perfect", "--store", "memory", "--name", "Ann")
    at.shows("Ann (X)", "Your move")
    at.press("/", "5", "Enter")
    screen = at.shows("1. 5", "Your move")
    assert screen.isascii()


def test_what_is_on_the_screen_is_what_would_be_drawn_anew(window):
    at = window()
    at.run("play", "chess", "--two-player", "--store", "memory", "--name", "日本 Ann")
    at.shows("Your move")
    at.press("/", "e4", "Enter")
    at.shows("1. e4")
    for keys in (
        "Escape",
        "f",
        "?",
        "Escape",
        "C-p",
        "Escape",
        "x",
        "n",
        "c",
        "日本 hi",
        "Enter",
        "Escape",
        "Home",
        "End",
    ):
        # Escape and a key on its heels are Alt and that key.
        before = rested(at, 0.2)
        at.press(keys)
        at.until(lambda before=before: at.marks() != before, f"{keys} does nothing")
    before = rested(at, 0.5)
    at.resize(81, 24)
    at.until(lambda: at.marks() != before, "it stays")
    at.resize(80, 24)
    at.until(lambda: at.marks() == before, "something else was there before")
