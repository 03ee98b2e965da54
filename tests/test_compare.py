"""What docs/compare.md claims for gamesock is shown by tests, and those tests exist."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PAGE = Path(__file__).parent.parent / "docs" / "compare.md"
OURS, SHOWN = 2, -2
"""Cells of a row: what gamesock has, and the test."""


def rows() -> Iterator[list[str]]:
    """Every row that compares, as its cells."""
    for line in PAGE.read_text(encoding="utf-8").partition("\n## ")[2].splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) == 9 and cells[1].strip("-"):
            yield cells


def names_in(file: Path) -> set[str]:
    """The names of the test functions of a file."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


@pytest.mark.parametrize("cells", list(rows()), ids=lambda cells: cells[1])
def test_what_we_have_is_shown(cells: list[str]) -> None:
    named = re.fullmatch(r"\[`(test_\w+)`\]\(\.\./(tests/[\w/]+\.py)\)", cells[SHOWN])
    if named is None:
        assert cells[OURS] in ("no", "Python"), f"{cells[1]}: no test shows it"
        return
    assert cells[OURS] != "no"
    assert named[1] in names_in(PAGE.parent.parent / named[2])


def test_there_is_something_to_compare() -> None:
    assert len(list(rows())) > 30
