"""The recording at the top of the README: what draws it, and that any browser shows it by itself."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

from film import Film, Frame, Run, paced  # noqa: E402 - a script is no package

SVG = "{http://www.w3.org/2000/svg}"
DARK, LIGHT = "#101010", "#7d93a3"


def screen(*lines: str) -> tuple[tuple[Run, ...], ...]:
    """Light letters on dark."""
    return tuple((Run(line, LIGHT, DARK, False),) for line in lines)


def test_what_comes_again_is_drawn_once() -> None:
    frames = [Frame(0, screen("same", "a   ")), Frame(1, screen("same", "b   ")), Frame(2, screen("same", "a   "))]
    drawn = Film("test", (4, 2)).draw(paced(frames, longest=5, last=1), still=0)
    root = ElementTree.fromstring(drawn)
    assert [text.text for text in root.iter(f"{SVG}text") if text.text != "test"] == ["same", "a", "b"]
    (film,) = (group for group in root.iter(f"{SVG}g") if group.get("class") == "film")
    first, second, third = (use.get("href") for use in film)
    assert first == third != second


def test_pauses_are_cut_and_the_end_is_held() -> None:
    frames = [Frame(10, screen("a")), Frame(11, screen("b")), Frame(40, screen("c"))]
    assert [frame.at for frame in paced(frames, longest=2, last=3)] == [0, 1, 3, 6]


@pytest.mark.parametrize("block", "▘▝▀▖▌▞▛▗▚▐▜▄▙▟█")
def test_blocks_need_no_font(block: str) -> None:
    frames = [Frame(0, ((Run(block * 2, LIGHT, DARK, False), Run("  ", DARK, DARK, False)),))]
    root = ElementTree.fromstring(Film("test", (4, 1)).draw(paced(frames, 1, 1), still=0))
    (path,) = root.iter(f"{SVG}path")
    assert path.get("d")
    assert not any(block in (text.text or "") for text in root.iter(f"{SVG}text"))


def test_the_recording_stands_alone() -> None:
    text = (ROOT / "docs" / "pictures" / "game.svg").read_text(encoding="utf-8")
    root = ElementTree.fromstring(text)
    assert len(text) < 400_000
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= {
        "svg", "title", "style", "defs", "g", "use", "rect", "path", "circle", "text",
    }  # fmt: skip
    assert re.findall(r"(?:url\(|@import|https?:)[^\s\"]*", text.replace(SVG.strip("{}"), "")) == []
    assert all(use.get("href", "").startswith("#") for use in root.iter(f"{SVG}use"))
    names = {element.get("id") for element in root.iter() if element.get("id")}
    assert {use.get("href", "")[1:] for use in root.iter(f"{SVG}use")} <= names
