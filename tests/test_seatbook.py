"""The seat book: what it remembers, who can read it, and several programs writing it at once."""

import os
import subprocess
import sys

from gamesock import seatbook
from gamesock.seatbook import LOCAL, SeatBook

WRITER = """
import sys
from pathlib import Path
from gamesock.seatbook import SeatBook
book = SeatBook(Path(sys.argv[1]))
for number in range(40):
    book.keep(sys.argv[2], f"game-{number}", "chess", {"white": f"token-{number}"})
"""


def test_it_remembers(tmp_path):
    book = SeatBook(tmp_path / "seats")
    assert book.last() is None
    assert book.find(LOCAL, "friday") is None
    book.keep(LOCAL, "friday", "chess", {"white": "w"})
    book.keep("ws://example.org:8765", "friday", "connect4", {"red": "r"})
    book.keep(LOCAL, "monday", "tic_tac_toe", {"X": "x", "O": "o"})
    assert book.find(LOCAL, "friday").tokens == {"white": "w"}
    assert book.find("ws://example.org:8765", "friday").game == "connect4"
    assert book.last().thread == "monday"
    book.keep(LOCAL, "friday", "chess", {"black": "b"})
    assert SeatBook(tmp_path / "seats").find(LOCAL, "friday").tokens == {"black": "b"}
    assert book.last().thread == "friday"


def test_it_is_private(tmp_path):
    previous = os.umask(0)
    try:
        book = SeatBook(tmp_path / "seats")
        book.keep(LOCAL, "friday", "chess", {"white": "w"})
    finally:
        os.umask(previous)
    (file,) = book.path.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert book.path.stat().st_mode & 0o777 == 0o700


def test_a_spoilt_entry_costs_itself_only(tmp_path):
    book = SeatBook(tmp_path)
    book.keep(LOCAL, "friday", "chess", {"white": "w"})
    (file,) = tmp_path.iterdir()
    book.keep(LOCAL, "monday", "chess", {"white": "w"})
    file.write_bytes(b"\xff{")
    (tmp_path / "other.json").write_text("[]")
    assert book.find(LOCAL, "friday") is None
    assert book.last().thread == "monday"
    book.keep(LOCAL, "friday", "chess", {"white": "new"})
    assert book.find(LOCAL, "friday").tokens == {"white": "new"}


def test_the_oldest_are_forgotten(tmp_path, monkeypatch):
    monkeypatch.setattr(seatbook, "KEPT", 3)
    book = SeatBook(tmp_path)
    for number in range(5):
        book.keep(LOCAL, f"game-{number}", "chess", {"white": "w"})
        file = book._file(LOCAL, f"game-{number}")
        os.utime(file, (1_000_000 + number, 1_000_000 + number))
    assert [bool(book.find(LOCAL, f"game-{number}")) for number in range(5)] == [False, False, True, True, True]
    assert len(list(tmp_path.iterdir())) == 3


def test_two_programs_at_once_lose_nothing(tmp_path):
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), name]) for name in ("a", "b")]
    assert [writer.wait(timeout=60) for writer in writers] == [0, 0]
    book = SeatBook(tmp_path)
    for name in ("a", "b"):
        for number in range(40):
            assert book.find(name, f"game-{number}").tokens == {"white": f"token-{number}"}
    assert not list(tmp_path.glob("*.new"))


def test_what_is_no_file_is_no_entry(tmp_path):
    book = SeatBook(tmp_path / "seats")
    book.keep(LOCAL, "friday", "chess", {"white": "w"})
    os.mkfifo(book.path / "fifo.json")
    (book.path / "loop.json").symlink_to("loop.json")
    assert [entry.thread for entry in book.entries()] == ["friday"]
    book.keep(LOCAL, "monday", "chess", {"white": "w"})
    assert book.find(LOCAL, "\udcff") is None
