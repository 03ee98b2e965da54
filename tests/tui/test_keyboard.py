"""Keys as they come from a terminal: at once, whole, and without a look when nothing is typed."""

import os
import sys
import threading
from select import select

import pytest
from textual.app import App
from textual.events import Key

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has a driver of its own")


class Typed:
    """A driver that reads what a test types."""

    def __init__(self) -> None:
        from gamesock.tui.keyboard import PatientDriver

        class Reading(PatientDriver):
            def process_message(self, message):
                heard.append(message)

        heard = self.heard = []
        self.reads, self.types = os.pipe()
        self.driver = Reading(App())
        self.driver.fileno = self.reads
        self.thread = threading.Thread(target=self.driver.run_input_thread)
        self.thread.start()

    @property
    def has_read(self):
        """Whether all that was typed is read: each part by itself."""
        return not select([self.reads], [], [], 0)[0]

    @property
    def keys(self):
        return [message.key for message in list(self.heard) if isinstance(message, Key)]

    def close(self):
        self.driver.exit_event.set()
        self.thread.join(10)
        assert not self.thread.is_alive()


@pytest.fixture
async def typed():
    made = Typed()
    yield made
    made.close()


async def test_keys_come_whole_however_they_arrive(typed, until, monkeypatch):
    monkeypatch.setattr("textual.constants.ESCAPE_DELAY", 60.0)  # a slow machine is no Escape
    for part in (b"e4", b"\xe6\x97", b"\xa5", b"\x1b[", b"A", b"\x1b[<0;5;6M", b"\xff", b"q"):
        os.write(typed.types, part)
        await until(lambda: typed.has_read)
    await until(lambda: "q" in typed.keys)
    assert [key for key in typed.keys if len(key) <= 2] == ["e", "4", "日", "up", "q"]


async def test_escape_alone_is_soon_told_from_the_beginning_of_a_key(typed, until):
    os.write(typed.types, b"\x1b")
    await until(lambda: typed.keys == ["escape"])


async def test_it_stops_when_nobody_can_type_any_more(typed, until):
    os.write(typed.types, b"x")
    os.close(typed.types)
    await until(lambda: typed.keys == ["x"])
    assert typed.thread.is_alive(), "the app ends when it finds the terminal gone"


async def test_a_stopped_driver_can_be_started_again(typed):
    for _ in range(2):
        typed.driver.exit_event.set()
        typed.thread.join(10)
        assert not typed.thread.is_alive()
        typed.driver.exit_event.clear()
        typed.thread = threading.Thread(target=typed.driver.run_input_thread)
        typed.thread.start()
