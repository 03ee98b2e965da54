import shutil
import sys
import time

import pytest

from gamesock import registry
from gamesock.bot import BotError
from gamesock.bots.uci import UciBot

ENGINE = """#!{python}
import sys, time
for line in sys.stdin:
    word = line.split()[0]
    if word == "uci":
        print("{greeting}", flush=True)
    elif word == "isready":
        print("readyok", flush=True)
    elif word == "go":
        {go}
    elif word == "quit":
        break
"""


def engine_of(name):
    if not (shutil.which(name) or shutil.which(name, path="/usr/games:/usr/local/bin")):
        pytest.skip(f"{name} is not installed")
    return registry.bot(name, "chess")()


@pytest.fixture
def scripted(tmp_path, monkeypatch):
    """Puts an engine on PATH, as a program that says what it is told to; the bot that runs it."""
    bots = []

    def make(go, greeting="uciok"):
        program = tmp_path / "fruit"
        program.write_text(ENGINE.format(python=sys.executable, go=go, greeting=greeting))
        program.chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path))
        bots.append(registry.bot("fruit", "chess")())
        return bots[-1]

    yield make
    for bot in bots:
        bot.close()


def start(fen="", **options):
    return registry.game("chess").start({"fen": fen, **options}, 0)


def ignore(thought):
    pass


@pytest.mark.parametrize("name", ["stockfish", "gnuchess"])
def test_an_engine_plays_at_every_level_and_is_kept(name, task):
    bot = engine_of(name)
    try:
        for level in bot.levels:
            position = start("r5rk/5p1p/5R2/4B3/8/8/7P/7K w - - 0 1")
            told = []
            choice = bot.choose(task("chess", position, level=level.number, budget=0.3), told.append)
            assert choice.move in position.legal_moves()
            assert told
        assert choice.move == "f6a6"
        assert choice.thought.mate == 3
        assert choice.thought.line[:2] == ("Ra6+", "f6")
        assert choice.thought.seat == "white"
    finally:
        bot.close()


def test_stockfish_plays_chess960_and_keeps_to_its_budget(task):
    bot = engine_of("stockfish")
    try:
        position = start(variant="chess960", position="518")
        position.play("e2e4")
        bot.choose(task("chess", position, level=8, budget=0.2), ignore)
        began = time.perf_counter()
        choice = bot.choose(task("chess", position, level=8, budget=0.3), ignore)
        assert time.perf_counter() - began < 0.6
        assert choice.move in position.legal_moves()
        assert choice.thought.seat == "black"
    finally:
        bot.close()


def test_engines_are_found_by_name_and_none_is_started(scripted, tmp_path):
    begun = tmp_path / "begun"
    scripted("pass")
    program = tmp_path / "glaurung"
    program.write_text(f"#!/bin/sh\ntouch {begun}\n")
    program.chmod(0o755)
    found = {bot.name: bot for bot in UciBot.variants()}
    assert {"fruit", "glaurung"} <= found.keys()
    assert found["fruit"].title == "Fruit"
    assert [level.number for level in found["fruit"].levels] == list(range(1, 9))
    assert UciBot.variants() == tuple(found.values())
    assert not begun.exists()


@pytest.mark.parametrize(
    ("go", "reason"),
    [
        ("sys.exit(3)", "Fruit died"),
        ("time.sleep(60)", "Fruit gave no legal move in time"),
        ('print("bestmove e2e5", flush=True)', "Fruit gave no legal move in time"),
        ('print("bestmove soup", flush=True)', "Fruit gave no legal move in time"),
    ],
)
def test_an_engine_that_fails_says_why_and_is_started_anew(scripted, task, go, reason):
    bot = scripted(go)
    for _ in range(2):
        with pytest.raises(BotError, match=reason):
            bot.choose(task("chess", start(), level=8, budget=0.1), ignore)


def test_an_engine_may_answer_without_a_word_about_it(scripted, task):
    choice = scripted('print("bestmove e2e4", flush=True)').choose(task("chess", start(), level=2), ignore)
    assert (choice.move, choice.thought) == ("e2e4", None)


def test_a_program_that_is_no_engine_does_not_start(tmp_path, monkeypatch):
    program = tmp_path / "fruit"
    program.write_text("#!/bin/sh\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BotError, match="Fruit does not start"):
        registry.bot("fruit", "chess")()
