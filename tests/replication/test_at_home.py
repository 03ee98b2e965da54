"""Playing on one's own computer while signed in: the game is in one's project, and goes on at another computer."""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path

import pytest
from signing import Machine
from stand import Stand, User, kept

from gamesock.account.safe import File
from gamesock.account.session import Session

MOVES = "e2e4\ne7e5\ng1f3\n"


@pytest.fixture
def ann(stand: Stand) -> User:
    """Somebody with an account, and a name there."""
    return stand.user("Ann")


def signed_in(home: Path, stand: Stand, user: User, *, lifetime: float = 3600.0) -> Machine:
    """A computer of a user's."""
    machine = Machine(home, stand.lite)
    session = Session(
        project=stand.url, key=stand.project.key, user=user.id, name=user.name, expires=time.time() + lifetime,
        access_token=user.token(), refresh_token="r",
    )  # fmt: skip
    File(home / "data" / "gamesock" / "sessions").keep(session)
    return machine


def plays(machine: Machine, *options: str, given: str = MOVES) -> subprocess.CompletedProcess[str]:
    """A game of both sides at the keyboard, and what was said."""
    return machine.run("play", *options, "--plain", given=given)


def log(machine: Machine, name: str) -> list[object]:
    """The log that the computer has."""
    return [*kept(machine.home / "data" / "gamesock" / "games.db", name)]


def test_a_game_goes_on_at_another_computer_and_back(stand: Stand, ann: User, tmp_path: Path) -> None:
    here, there = signed_in(tmp_path / "here", stand, ann), signed_in(tmp_path / "there", stand, ann)
    done = plays(here, "chess", "--two-player", "--thread", "at-home")
    assert done.returncode == 0, done.stderr
    assert stand.log("at-home") == log(here, "at-home")
    assert stand.users("at-home") == [ann.id] * 5
    [(visibility,)] = stand.ask("select visibility from public.threads where name = 'at-home'")
    assert visibility == "private", "played at home is nobody else's business"
    asked = "select s.name from public.seats s join public.threads t on t.id = thread_id where t.name = 'at-home'"
    assert ("Ann",) in stand.ask(asked), "the account's name, not that of the machine's login"

    again = plays(there, "--resume", "--thread", "at-home", given="b8c6\nf1b5\n")
    assert again.returncode == 0, again.stderr
    assert stand.log("at-home") == log(there, "at-home")
    assert len(stand.log("at-home")) == 7

    back = plays(here, "--resume", "--thread", "at-home", given="a7a6\n")
    assert back.returncode == 0, back.stderr
    assert len(log(here, "at-home")) == 8
    assert stand.log("at-home") == log(here, "at-home")


def test_without_a_network_it_waits_here(stand: Stand, ann: User, tmp_path: Path) -> None:
    machine = signed_in(tmp_path / "here", stand, ann)
    stand.lite.fail({"status": 503})
    done = plays(machine, "chess", "--two-player", given="e2e4\n")
    assert done.returncode == 0, done.stderr
    stand.lite.fail(None)
    [thread] = [json.loads(line)["thread_id"] for line in machine.run("threads", "--json").stdout.splitlines()]
    assert stand.threads(thread) == []
    assert plays(machine, "tic_tac_toe", "--two-player", given="1\n").returncode == 0
    assert stand.log(thread) == log(machine, thread), "the next game takes it along"


def test_an_ended_sign_in_is_no_hindrance(stand: Stand, ann: User, tmp_path: Path) -> None:
    machine = signed_in(tmp_path / "here", stand, ann, lifetime=-60)
    stand.lite.fail({"status": 503})
    done = plays(machine, "chess", "--two-player", given="e2e4\n")
    assert done.returncode == 0, done.stderr
    assert "moves e4" in done.stdout or "e4" in done.stdout


def test_who_signs_out_plays_on_with_the_key_to_the_seat(stand: Stand, ann: User, tmp_path: Path) -> None:
    machine = signed_in(tmp_path / "here", stand, ann)
    plays(machine, "chess", "--two-player", "--thread", "still-mine", given="e2e4\n")
    [session] = machine.sessions
    session.unlink()
    done = plays(machine, "--resume", "--thread", "still-mine", given="e7e5\n")
    assert done.returncode == 0, done.stderr
    assert len(log(machine, "still-mine")) == 4
    assert len(stand.log("still-mine")) == 3, "nobody is there to act for"


def test_nobody_elses_comes_along(stand: Stand, ann: User, tmp_path: Path) -> None:
    machine = signed_in(tmp_path / "here", stand, ann)
    plays(machine, "chess", "--two-player", "--thread", "anns", given="e2e4\n")
    other = signed_in(tmp_path / "other", stand, stand.user("Bob"))
    done = plays(other, "--resume", "--thread", "anns", given="")
    assert done.returncode != 0 and "there is no game 'anns'" in done.stderr
    guest = Machine(tmp_path / "guest", stand.lite)
    done = plays(guest, "--resume", "--thread", "anns", given="")
    assert done.returncode != 0 and "was not played here" in done.stderr


def test_a_deleted_game_is_not_brought_back(stand: Stand, ann: User, tmp_path: Path) -> None:
    here, there = signed_in(tmp_path / "here", stand, ann), signed_in(tmp_path / "there", stand, ann)
    plays(here, "chess", "--two-player", "--thread", "gone", given="e2e4\n")
    assert len(stand.log("gone")) == 3
    deleted = there.run("threads", "delete", "gone", "--yes")
    assert deleted.returncode == 0, deleted.stderr
    plays(here, "--resume", "--thread", "gone", given="e7e5\n")
    assert len(log(here, "gone")) == 4, "here it goes on"
    assert stand.threads("gone") == []
    parked = here.run("replication", "list", "--json")
    assert json.loads(parked.stdout)["code"] == "gone"
    here.run("replication", "retry", "gone")
    plays(here, "--resume", "--thread", "gone", given="g1f3\n")
    assert stand.threads("gone") == []
