"""Line by line: a game as text and in words, for screen readers, pipes and scripts."""

from gamesock.plain.client import LineClient
from gamesock.plain.moves import end_line, move_words
from gamesock.plain.reading import read_out
from gamesock.plain.stream import stream

__all__ = ["LineClient", "end_line", "move_words", "read_out", "stream"]
