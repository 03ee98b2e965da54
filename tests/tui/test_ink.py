"""What is written to the terminal shows the same as what Textual would write, in fewer bytes."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.geometry import Region, Size
from textual.strip import Strip

from gamesock.tui.ink import PLAIN, Ink, Pen, pen_of, stroke

SIZE = Size(12, 4)
CONSOLE = Console(color_system="truecolor", force_terminal=True)
COLORS = st.sampled_from([None, "#ffffff", "#102030", "red", "default"])
LOOKS = st.builds(
    Style, color=COLORS, bgcolor=COLORS, bold=st.booleans(), dim=st.booleans(), italic=st.booleans(),
    underline=st.booleans(), reverse=st.booleans(),
)  # fmt: skip
TEXTS = st.text(st.sampled_from("ab  ▀♟"), min_size=1, max_size=5)
SEGMENTS = st.lists(st.tuples(TEXTS, st.none() | LOOKS), min_size=1, max_size=4)
LINES = SEGMENTS.map(lambda pairs: Strip([Segment(*pair) for pair in pairs]).adjust_cell_length(SIZE.width))
PAGES = st.lists(LINES, min_size=SIZE.height, max_size=SIZE.height)
SPANS = st.lists(
    st.tuples(st.integers(0, SIZE.height - 1), st.integers(0, SIZE.width - 1), st.integers(1, SIZE.width)),
    min_size=1, max_size=3,
)  # fmt: skip
OFF = {"22": {"1", "2"}, "23": {"3"}, "24": {"4"}, "27": {"7"}, "29": {"9"}}


class Screen:
    """A terminal's screen: characters with their looks; what doesn't show is left out."""

    def __init__(self):
        self.marks = {}
        self.x = self.y = 0
        self.front, self.back, self.attributes = "39", "49", set()

    def feed(self, text):
        for codes, letter, character in re.findall(r"\x1b\[([\d;]*)([A-Zm])|([^\x1b])", text):
            match letter:
                case "H":
                    self.y, self.x = (int(code) - 1 for code in codes.split(";"))
                case "C":
                    self.x += int(codes)
                case "m":
                    self.look(codes)
                case "" if character != "\n":
                    self.put(character)

    def look(self, codes):
        for code in re.findall(r"[34]8;(?:5;\d+|2;\d+;\d+;\d+)|\d+", codes or "0"):
            if code == "0":
                self.front, self.back, self.attributes = "39", "49", set()
            elif code in OFF:
                self.attributes = self.attributes - OFF[code]
            elif code[0] in "39" and len(code) > 1:
                self.front = code
            elif code[0] in "41" and len(code) > 1:
                self.back = code
            else:
                self.attributes = self.attributes | {code}

    def put(self, character):
        seen = self.attributes & {"4", "7", "9"} if character == " " else self.attributes
        front = self.front if character != " " or seen else ""
        self.marks[self.x, self.y] = character, front, self.back, frozenset(seen if seen or front else ())
        self.x += 1


def page(lines):
    return LayoutUpdate([[line] for line in lines], Region(0, 0, *SIZE))


def part(lines, spans):
    chops = [{0: line.crop(0, 5), 5: line.crop(5, SIZE.width)} for line in lines]
    spans = sorted((y, min(a, b), max(a, b)) for y, a, b in spans if a != b)
    return ChopsUpdate(chops, spans, [[5, SIZE.width]] * SIZE.height)


def write(ink, update, size=SIZE):
    return ink.frugal(update, size).render_segments(CONSOLE)


@settings(max_examples=40, deadline=None)
@given(PAGES, PAGES, SPANS)
def test_it_shows_the_same(first, second, spans):
    ink, ours, theirs = Ink(), Screen(), Screen()
    for lines in (first, second):
        text = write(ink, page(lines))
        ours.feed(text)
        theirs.feed(page(lines).render_segments(CONSOLE))
        assert ours.marks == theirs.marks
    changed = part(first, spans)
    if changed.spans:
        ours.feed(write(ink, part(first, spans)))
        wanted = dict(theirs.marks)
        theirs.feed(page(first).render_segments(CONSOLE))
        for y, a, b in changed.spans:
            wanted |= {(x, y): theirs.marks[x, y] for x in range(a, b)}
        assert ours.marks == wanted


@settings(max_examples=20, deadline=None)
@given(PAGES)
def test_what_is_there_is_not_written_again(lines):
    ink = Ink()
    write(ink, page(lines))
    assert write(ink, part(lines, [(y, 0, SIZE.width) for y in range(SIZE.height)])) == ""


def test_a_whole_page_is_written_whole():
    ink, lines = Ink(), [Strip([Segment("a" * SIZE.width)])] * SIZE.height
    assert write(ink, page(lines)) == write(ink, page(lines)) != ""


def test_another_size_is_another_screen():
    ink, lines = Ink(), [Strip([Segment("a" * SIZE.width)])] * SIZE.height
    write(ink, page(lines))
    assert "a" * 3 in write(ink, part(lines, [(1, 2, 5)]), Size(30, 9))


@pytest.mark.parametrize("text", ["日本", "e\u0301", "👍"])
def test_wide_characters_are_written_whole_and_the_place_after_them_said(text):
    ink = Ink()
    lines = [Strip([Segment(text), Segment("x" * (SIZE.width - Strip([Segment(text)]).cell_length))])]
    after = Strip([Segment(text)]).cell_length + 1
    for update in (page(lines), part(lines * SIZE.height, [(0, 0, SIZE.width)])):
        written = write(ink, update)
        assert text in written
    assert f"\x1b[1;{after}H" in write(Ink(), page(lines))


def test_links_stay_links():
    written = write(Ink(), page([Strip([Segment("docs" * 3, Style(link="https://example.org"))])]))
    assert "\x1b]8;" in written
    assert "https://example.org" in written


def test_other_updates_pass():
    assert Ink().frugal(None, SIZE) is None
    assert Ink().frugal("text", SIZE) == "text"


def test_strokes_name_only_what_changes():
    red, bold = Pen("31"), Pen("31", attributes="1")
    assert stroke(PLAIN, red) == "\x1b[31m"
    assert stroke(red, bold) == "\x1b[1m"
    assert stroke(bold, red) == "\x1b[22m"
    assert stroke(bold, PLAIN) == "\x1b[0m"
    assert stroke(red, red) == ""
    lined = pen_of(Style(underline=True, link=None), CONSOLE._color_system)
    assert lined.lined


@pytest.mark.parametrize("sent", ["\x1b]0;title\x07", "\x1b[5m", "\x9b5m", "\u202e", "\r", "a\x1b]8;;x\x07é"])
def test_no_sequence_of_others_reaches_the_terminal(sent):
    strip = Strip([Segment(sent), Segment(" " * (SIZE.width - cell_len(sent)))])
    text = write(Ink(), page([strip]))
    bare = re.sub(r"\x1b\[[0-9;]*[mHC]", "", text)
    assert bare.isprintable() and "\x1b[5m" not in text
