"""Games to files and back: ``export``, ``import`` and ``replay``."""

import json
import os

import pytest

TWO_GAMES = """\
[Event "London"]
[White "Anderssen"]
[Black "Kieseritzky"]
[Result "1-0"]

1. e4 e5 2. Bc4 Nc6 3. Qh5 Nf6 4. Qxf7# 1-0

[Event "Paris"]
[White "Morphy"]
[Black "Guest"]
[Result "1/2-1/2"]

1. d4 d5 1/2-1/2
"""


def played(cli, game="chess", moves="e4\ne5\nNf3\n"):
    """The id of a game with these moves, kept at home."""
    done = cli("play", game, "--two-player", "--plain", "--name", "José", stdin=moves)
    assert done.returncode == 0, done.stderr
    return done.stdout.partition("game ")[2].splitlines()[0]


def test_there_and_back(cli):
    thread = played(cli)
    recording = cli("export", thread)
    assert (recording.returncode, recording.stderr) == (0, "")
    assert "key" not in recording.stdout
    assert "José" in recording.stdout
    file = cli.home / "game.jsonl"
    assert cli("export", thread, "--output", str(file)).stdout == ""
    assert file.read_text(encoding="utf-8") == recording.stdout
    elsewhere = ("--store", f"sqlite:{cli.home / 'other.db'}")
    kept = {"thread": thread, "game": "chess", "moves": 3, "new": True, "finished": False}
    assert cli.lines("import", str(file), *elsewhere) == [kept]
    # What is kept already isn't kept twice.
    assert cli.lines("import", str(file), *elsewhere) == [kept | {"new": False}]
    assert cli("import", str(file), *elsewhere).stdout == "one game was kept already\n"
    header, events = recording.stdout.split("\n", 1)
    again, the_same = cli("export", thread, *elsewhere).stdout.split("\n", 1)
    # It has no end, and elsewhere nobody is to join it: there it isn't listed.
    assert (json.loads(again), the_same) == (json.loads(header) | {"visibility": "unlisted"}, events)
    # Another game of the same id gets one of its own, and keeps it.
    other = recording.stdout.replace("José", "Josefa")
    copies = [cli.lines("import", "-", stdin=other)[0] for _ in range(2)]
    copy = copies[0]["thread"]
    assert copy.startswith(f"{thread}-")
    assert [(each["thread"], each["new"]) for each in copies] == [(copy, True), (copy, False)]
    assert {row["thread_id"] for row in cli.lines("threads")} == {thread, copy}
    assert thread in cli("threads").stdout


def test_pgn_there_and_back(cli):
    file = cli.home / "games.pgn"
    file.write_text(TWO_GAMES)
    kept = cli.lines("import", str(file))
    assert [(game["game"], game["moves"]) for game in kept] == [("chess", 7), ("chess", 2)]
    assert len(cli.lines("threads", "--finished")) == 2
    first = cli("export", kept[0]["thread"], "--format", "pgn").stdout
    assert '[White "Anderssen"]' in first
    assert "4. Qxf7# 1-0" in first
    assert "2 games were kept already" in cli("import", "-", stdin=TWO_GAMES).stdout


def test_an_imported_game_without_an_end_is_called_unfinished(cli):
    cli("import", "-", stdin='[White "Cy"]\n\n1. d4 *')
    told = cli("threads").stdout
    assert "unfinished" in told and "under way" not in told


def test_several_files_and_directories(cli):
    games = cli.home / "games"
    (games / "old").mkdir(parents=True)
    (games / "two.pgn").write_text(TWO_GAMES)
    (games / "old" / "one.PGN").write_text("1. d4 d5 2. c4 *\n")
    (games / "notes.txt").write_text("nothing")
    bad = cli.home / "bad.pgn"
    bad.write_text('[White "A"]\n\n1. e4 *\n\n[White "B"]\n\n1. e4 e5\n2. Qq9 Nc6 *\n\n1. c4 *\n')
    done = cli("import", str(games), str(bad))
    assert done.returncode == 1
    assert done.stdout.count("kept chess ") == 5
    assert done.stderr == f"gamesock: {bad}: game 2 can't be read: line 8: 'Qq9' is no move\n"
    assert len(cli.lines("threads")) == 5
    empty = cli.home / "empty"
    empty.mkdir()
    assert "no .pgn file" in cli("import", str(empty)).stderr


def test_reading_makes_no_store(cli, fails):
    elsewhere = cli.home / "none" / "games.db"
    for command in (["replay", "x", "--plain"], ["export", "x"], ["threads"]):
        assert f"there is no {elsewhere}" in fails(*command, "--store", f"sqlite:{elsewhere}")
    assert "no games kept here yet" in cli("threads").stderr
    assert "no game 'x' is kept here" in fails("replay", "x", "--plain")
    assert not elsewhere.parent.exists()
    assert not cli.data.exists()


def test_what_cant_be_exported(cli, fails):
    assert "no game 'nope' is kept here" in fails("export", "nope")
    thread = played(cli, "tic_tac_toe", "1\n2\n")
    assert "PGN is for chess" in fails("export", thread, "--format", "pgn")
    assert "/nowhere/x" in fails("export", thread, "--output", "/nowhere/x")


def test_a_truncated_recording(cli, fails):
    lines = cli("export", played(cli)).stdout.splitlines()
    cut = cli.home / "cut.jsonl"
    cut.write_text("\n".join([*lines[:-1], lines[-1][: len(lines[-1]) // 2]]))
    assert f"line {len(lines)}" in fails("import", str(cut))
    cut.write_text("\n".join(lines[:2] + lines[3:]))
    assert "line 3" in fails("import", str(cut))
    assert len(cli.lines("threads")) == 1


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "there is no game"),
        (b"{}", "line 1"),
        (b"{", "line 1"),
        (b"\x89PNG\xff\x00", "no text"),
        (b"<html>", "there is no game"),
        (b"1. e4 e5 2. Ke3 *", "Ke3"),
    ],
)
def test_what_cant_be_imported(cli, fails, content, reason):
    file = cli.home / "file"
    file.write_bytes(content)
    assert reason in fails("import", str(file))
    assert not (cli.data / "games.db").exists()


def test_a_file_that_isnt_there(fails):
    assert "/nowhere.pgn: No such file" in fails("import", "/nowhere.pgn")
    assert "/nowhere.pgn: No such file" in fails("replay", "/nowhere.pgn", "--plain")
    assert "no game 'nope' is kept here" in fails("replay", "nope", "--plain")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no FIFOs on this system")
def test_a_fifo_isnt_waited_for(cli, fails):
    fifo = cli.home / "games.jsonl"
    os.mkfifo(fifo)
    for args in (["import", str(fifo)], ["import", str(cli.home)], ["replay", str(fifo), "--plain"]):
        assert "games.jsonl is no ordinary file: write - to read from a pipe" in fails(*args)


def test_replay_of_a_pgn(cli):
    file = cli.home / "games.pgn"
    file.write_text(TWO_GAMES)
    done = cli("replay", str(file), "--plain")
    assert (done.returncode, done.stderr) == (0, "the first of 2 games: --game N replays another\n")
    assert "Anderssen" in done.stdout
    assert "1. White: pawn e2 to e4\n1. Black: pawn e7 to e5\n" in done.stdout
    assert done.stdout.rstrip().endswith("game over: white wins (checkmate)")


def test_replay_of_a_recording_and_of_a_kept_game(cli):
    thread = played(cli, "tic_tac_toe", "1\n4\n2\n5\n3\n")
    file = cli.home / "game.jsonl"
    cli("export", thread, "--output", str(file))
    spoken = cli("replay", str(file), "--plain").stdout
    assert spoken == cli("replay", thread, "--plain").stdout
    assert "3. X: 3\nX X X\nO O .\n. . .\n" in spoken
    updates = cli.lines("replay", thread)
    assert updates == cli.lines("replay", str(file))
    assert [update["notation"] for update in updates if "notation" in update] == ["1", "4", "2", "5", "3"]
    assert "key" not in json.dumps(updates)


def test_replay_without_a_terminal_says_plain(cli, fails):
    assert "--plain" in fails("replay", played(cli))
