"""Who imports whom: the contracts of pyproject.toml hold, and importing a pure module does no I/O."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PURE = ["game", "record", "protocol", "clock", "mirror", "thread", "tell", "session", "foreign", "games.connect4"]
CONTRACTS = {
    contract["name"]: contract
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
}


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100, check=False)


def test_every_contract_is_kept() -> None:
    program = "from importlinter.cli import lint_imports; import sys; sys.exit(lint_imports(no_cache=True))"
    result = run(sys.executable, "-c", program)
    assert result.returncode == 0, result.stdout + result.stderr
    assert f"{len(CONTRACTS)} kept, 0 broken" in result.stdout


def test_the_core_is_all_under_contract() -> None:
    """The modules that a session is made of are the ones that may do no I/O."""
    sources = set(CONTRACTS["the core does no I/O"]["source_modules"])
    assert {f"gamesock.{module.partition('.')[0]}" for module in PURE} <= sources


@pytest.mark.parametrize("module", PURE)
def test_a_pure_module_brings_no_io_library(module: str) -> None:
    """In a fresh process: the contract looks at our imports, this at everything they bring."""
    unwanted = ["websockets", "sqlite3", "httpx", "textual", "supabase", "structlog", "fastapi", "uvloop"]
    program = f"import sys, gamesock.{module}; print(*(m for m in {unwanted} if m in sys.modules))"
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    result = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    assert result.stdout.split() == []
