"""The names of chess openings, found by the position on the board: the order of moves doesn't matter.

The data is the catalogue of Open Chess Naming (``ocn-chess``, CC BY 4.0), which carries for each of its
positions the name and ECO code that Lichess's collection (CC0) gives it. Those are the names people know.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files

from gamesock.game import Opening

_START = "rnbqkbnr/pppppppp/8/8/8/8/PPPPPPPP/RNBQKBNR w KQkq"


def opening_of(fens: Sequence[str]) -> Opening | None:
    """The opening of a game by the FEN of each of its positions, the start first: the last that has a name."""
    if len(fens) == 1 and fens[0].startswith(_START):
        return None  # no reason to read the catalogue before the first board is drawn
    named, longest = _catalogue()
    return next((found for fen in fens[longest::-1] if (found := named.get(_key(fen)))), None)


@cache
def _catalogue() -> tuple[dict[str, Opening], int]:
    """The openings by position, and how many moves the longest has."""
    titles = {
        slug: Opening(code=code, name=name)
        for slug, match, *_, code, name in _rows("ocn-1.lichess-xref.tsv")
        if match == "exact"
    }
    named: dict[str, Opening] = {}
    longest = 0
    for row in _rows("ocn-1.positions.tsv"):
        slug, moves, position = row[0], row[5], row[6]
        if slug in titles:
            # Two names for one position: the one that is reached by fewer words is the usual one.
            named[position] = min(named.get(position, titles[slug]), titles[slug], key=_plainness)
            longest = max(longest, moves.count(" ") + 1)
    return named, longest


def _plainness(opening: Opening) -> tuple[int, str]:
    return len(opening.name), opening.name


def _rows(file: str) -> Iterator[list[str]]:
    text = files("ocn").joinpath("data", file).read_text(encoding="utf-8")
    return (line.split("\t") for line in text.splitlines()[1:])


def _key(fen: str) -> str:
    return fen.rsplit(" ", 2)[0]
