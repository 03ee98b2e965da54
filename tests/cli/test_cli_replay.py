"""``gamesock replay``: one game of several, games of a server, and what can't be replayed."""

from __future__ import annotations

import json

import pytest

from gamesock.cli.replay import Source, volumes

FILE = """\
[Event "London"]
[White "Anderssen"]
[Black "Kieseritzky"]
[Result "1-0"]

1. e4 e5 2. Bc4 Nc6 3. Qh5 Nf6 4. Qxf7# 1-0

[Event "Paris"]
[Date "1858.10.21"]
[White "Morphy"]
[Black "Guest"]
[Result "1/2-1/2"]

1. d4 d5 1/2-1/2
"""


@pytest.fixture
def file(cli):
    path = cli.home / "games.pgn"
    path.write_text(FILE)
    return str(path)


def test_one_game_of_a_file(cli, file):
    spoken = cli("replay", file, "--plain", "--game", "2")
    assert spoken.stderr == ""
    assert spoken.stdout.splitlines()[0] == "Morphy - Guest, Paris, 1858.10.21, draw"
    updates = cli.lines("replay", file, "--game", "2")
    assert [update["notation"] for update in updates if "notation" in update] == ["d4", "d5"]
    assert updates[2]["opening"] == {"code": "D00", "name": "Queen's Pawn Game"}
    first = cli.lines("replay", file)
    assert first == cli.lines("replay", file, "--game", "1") == cli.lines("replay", "-", stdin=FILE)
    assert first == cli.lines("replay", "-", stdin=f"\ufeff{FILE}"), "as Windows' editors save it"


def test_a_game_that_is_not_in_the_file(file, fails):
    assert "there is no game 3: the file has 2 games" in fails("replay", file, "--plain", "--game", "3")
    fails("replay", file, "--game", "0", code=2)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "there is no game in this file"),
        ('{"gamesock": 1', "line 1"),
        ("1. e4 e5 2. Ke3 *", "Ke3"),
        (FILE.replace("2. Bc4", "2. Bc5").replace("1. d4", "1. d5"), "game 1 can't be read: move 2. Bc5"),
        ('{"gamesock":1,"game":"go","thread":"x","created":0}\n', "no game named 'go'"),
    ],
)
def test_a_file_that_is_damaged(cli, fails, content, reason):
    path = cli.home / "damaged.jsonl"
    path.write_text(content)
    assert reason in fails("replay", str(path), "--plain")


THREE = FILE.replace("2. Bc4", "2. Bc5") + '\n[White "Cy"]\n\n1. d4 *\n'
"""The first of three games has a move that isn't legal."""


def test_one_bad_game_costs_no_other(cli, fails):
    path = cli.home / "three.pgn"
    path.write_text(THREE)
    told = cli("replay", str(path), "--plain")
    assert told.returncode == 1 and told.stdout.startswith("Morphy - Guest")
    assert "game 1 can't be read: move 2. Bc5: no bishop can go to c5" in told.stderr
    assert "game 2 of 3 games: --game N replays another" in told.stderr
    third = cli("replay", str(path), "--plain", "--game", "3")
    assert third.returncode == 0 and third.stdout.startswith("Cy - Black") and not third.stderr
    assert "game 1 can't be read: move 2. Bc5" in fails("replay", str(path), "--plain", "--game", "1")
    assert "there is no game 4: the file has 3 games" in fails("replay", str(path), "--plain", "--game", "4")
    bad, *good = volumes(Source(str(path)))
    assert bad.open is None and bad.title.startswith("game 1 can't be read: move 2. Bc5")
    assert [volume.title for volume in good if volume.open] == ["Morphy - Guest", "Cy - Black"]


def test_a_recording_that_was_cut_is_called_unfinished(cli):
    moves = "1\n4\n2\n5\n3\n"
    assert cli("play", "tic_tac_toe", "--thread", "whole", "--two-player", "--plain", stdin=moves).returncode == 0
    whole = cli("export", "whole").stdout
    cut = "".join(whole.splitlines(keepends=True)[:-1])
    assert '"ended"' in whole and '"ended"' not in cut
    assert "unfinished" not in cli("replay", "-", "--plain", stdin=whole).stdout
    told = cli("replay", "-", "--plain", stdin=cut).stdout.splitlines()
    assert told[0].endswith(", Tic-tac-toe, unfinished")
    assert told[-1] == "unfinished: the recording ends after 5 moves"
    assert (
        "(5 moves, unfinished)" in cli("import", "-", "--store", f"sqlite:{cli.home / 'o.db'}", stdin=cut).stdout
    )


def test_a_game_of_a_server(cli):
    with cli.host("--store", "memory") as host:
        there = ("--server", host.url)
        moves = "1\n4\n2\n5\n3\n"
        played = cli("play", "tic_tac_toe", *there, "--thread", "won", "--two-player", "--plain", stdin=moves)
        assert played.returncode == 0, played.stderr
        spoken = cli("replay", "won", *there, "--plain")
        assert spoken.returncode == 0, spoken.stderr
        assert "X X X\nO O .\n. . ." in spoken.stdout
        early = cli(
            "play", "tic_tac_toe", *there, "--thread", "early", "--two-player", "--plain", stdin="1\nquit\n"
        )
        assert early.returncode == 0, early.stderr
        (volume,) = volumes(Source("won", server=host.url))
        assert volume.title.startswith("ann - ") and volume.open().analyst is not None
        (volume,) = volumes(Source("early", server=host.url))
        assert len(volume.open().updates) == 2 and volume.open().analyst is None
        missing = cli("replay", "nothing", *there, "--plain")
        assert missing.returncode == 1 and missing.stderr.startswith("gamesock: ")


def test_the_opening_is_written_into_pgn(cli, file):
    kept = [json.loads(line) for line in cli("import", file, "--json").stdout.splitlines()]
    exported = cli("export", kept[0]["thread"], "--format", "pgn").stdout
    assert '[ECO "C23"]' in exported and "[Opening \"Bishop's Opening" in exported
