"""Draws screens as SVG files that need no font for their blocks, so that they look alike everywhere."""

from __future__ import annotations

import asyncio
import html
import os
import re
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "tui"))
PICTURES = ROOT / "docs" / "pictures"

BLOCKS = " ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█"
"""Indexed by the sum of 1 (top left), 2 (top right), 4 (bottom left), 8 (bottom right)."""

EIGHTHS = "▁▂▃▄▅▆▇█"
"""From below; what of them isn't a quarter or a half is drawn as a part of the height."""

WIDTH, HEIGHT, TOP = 12.2, 24.4, 1.5
"""Of a character, and where the first line begins, in Rich's SVG."""

FONT = "ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace"

TEXT = re.compile(
    r'<text class="(?P<look>[^"]+)" x="(?P<x>[\d.]+)" y="(?P<y>[\d.]+)" textLength="[\d.]+" '
    r'clip-path="url\(#[^)]*line-(?P<line>\d+)\)">(?P<text>[^<]*)</text>'
)


def solid(svg: str) -> str:
    """The same picture with blocks as rectangles, and fonts of the reader's own machine."""
    svg = re.sub(r"@font-face\s*\{[^}]*\}\s*", "", svg)
    svg = re.sub(r"Fira Code(, monospace)?", FONT, TEXT.sub(_line, svg))
    return re.sub(r"terminal-\d+-", "terminal-", svg)


def _line(match: re.Match[str]) -> str:
    look, left, top = match["look"], float(match["x"]), int(match["line"]) * HEIGHT + TOP
    text = html.unescape(match["text"]).replace("\xa0", " ")
    drawn = [
        _block(look, left + run.start() * WIDTH, top, len(run[0]), BLOCKS.index(run[0][0]))
        for run in re.finditer(r"([▖-▟▀▄█▌▐])\1*", text)
    ]
    drawn += [
        _part(look, left + run.start() * WIDTH, top, len(run[0]), EIGHTHS.index(run[0][0]) + 1)
        for run in re.finditer(r"([▁▂▃▅▆▇])\1*", text)
    ]
    rest = "".join(" " if sign in BLOCKS or sign in EIGHTHS else sign for sign in text)
    for words in re.finditer(r"\S+(?: \S+)*", rest):
        x, length = left + words.start() * WIDTH, len(words[0]) * WIDTH
        said = html.escape(words[0]).replace(" ", "&#160;")
        drawn.append(f'<text class="{look}" x="{x:.1f}" y="{match["y"]}" textLength="{length:.1f}">{said}</text>')
    return "".join(drawn)


def _block(look: str, x: float, y: float, count: int, bits: int) -> str:
    half, low = WIDTH / 2, HEIGHT / 2
    path = ""
    for at in range(count):
        for bit, across, down in ((1, 0, 0), (2, half, 0), (4, 0, low), (8, half, low)):
            if bits & bit:
                path += f"M{x + at * WIDTH + across:.2f} {y + down:.2f}h{half:.2f}v{low:.2f}h-{half:.2f}z"
    if bits == 15:
        path = f"M{x:.2f} {y:.2f}h{count * WIDTH:.2f}v{HEIGHT}h-{count * WIDTH:.2f}z"
    return f'<path class="{look}" d="{path}" shape-rendering="crispEdges"/>'


def _part(look: str, x: float, y: float, count: int, eighths: int) -> str:
    height = HEIGHT * eighths / 8
    path = f"M{x:.2f} {y + HEIGHT - height:.2f}h{count * WIDTH:.2f}v{height:.2f}h-{count * WIDTH:.2f}z"
    return f'<path class="{look}" d="{path}" shape-rendering="crispEdges"/>'


def scenes() -> dict[str, tuple[Callable[[], Any], tuple[int, int], tuple[str, ...], Callable[..., Any]]]:
    """By name: the app, the terminal's size, keys to press, and how to wait for it."""
    import pictures
    import replays

    games = {
        name: (partial(pictures.Pictured, scenery), size, keys, pictures.settle)
        for name, (scenery, size, keys) in pictures.SCENES.items()
    }
    films = {
        name: (partial(replays.Filmed, *shown), size, keys, replays.settle)
        for name, (shown, size, keys) in replays.REPLAYS.items()
    }
    return games | films


async def draw(name: str) -> None:
    """Play the scene, and write its picture."""
    make, size, keys, settle = scenes()[name]
    app = make()
    async with app.run_test(size=size) as pilot:
        await settle(pilot, *keys)
        picture = solid(app.export_screenshot(title=f"gamesock {size[0]}x{size[1]}"))
    PICTURES.mkdir(parents=True, exist_ok=True)
    (PICTURES / f"{name}.svg").write_text(picture, encoding="utf-8")
    sys.stderr.write(f"docs/pictures/{name}.svg\n")


def main(names: list[str]) -> None:
    """Draw these pictures, or all."""
    os.environ.pop("NO_COLOR", None)
    known = scenes()
    unknown = set(names) - set(known)
    if unknown:
        raise SystemExit(f"no picture named {', '.join(sorted(unknown))}: there is {', '.join(known)}")
    for name in names or known:
        asyncio.run(draw(name))


if __name__ == "__main__":
    main(sys.argv[1:])
