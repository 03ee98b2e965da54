"""``gamesock supabase init``: what it writes, and what it leaves alone."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PROJECT = ROOT / "supabase"


def files(folder):
    """Every file below, by its relative path."""
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in found.items() if not name.startswith(".")}


def test_a_new_project_gets_it_all(cli, tmp_path):
    done = cli("supabase", "init", "--dir", str(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")
    assert files(tmp_path / "supabase") == files(PROJECT)
    assert done.stdout.count("wrote ") == len(files(PROJECT))
    assert "supabase link" in done.stdout
    assert "supabase db push" in done.stdout


def test_a_second_time_changes_nothing(cli, tmp_path):
    cli("supabase", "init", "--dir", str(tmp_path))
    done = cli("supabase", "init", "--dir", str(tmp_path))
    assert done.returncode == 0
    assert "wrote" not in done.stdout


def test_a_changed_migration_is_not_overwritten(cli, tmp_path):
    cli("supabase", "init", "--dir", str(tmp_path))
    [first, *_] = sorted((tmp_path / "supabase" / "migrations").iterdir())
    first.write_text("-- mine")
    (tmp_path / "supabase" / "templates" / "code.html").unlink()
    done = cli("supabase", "init", "--dir", str(tmp_path))
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert str(first) in done.stderr
    assert "nothing was written" in done.stderr
    assert first.read_text() == "-- mine"
    assert not (tmp_path / "supabase" / "templates" / "code.html").exists()


def test_a_projects_own_settings_stay(cli, tmp_path):
    settings = tmp_path / "supabase" / "config.toml"
    settings.parent.mkdir()
    settings.write_text('project_id = "mine"\n')
    done = cli("supabase", "init", "--dir", str(tmp_path))
    assert done.returncode == 0
    assert f"kept  {settings}" in done.stdout
    assert settings.read_text() == 'project_id = "mine"\n'
    assert (tmp_path / "supabase" / "migrations").is_dir()


def test_it_is_printed_as_sql(cli, tmp_path):
    done = cli("supabase", "init", "--print", "--dir", str(tmp_path))
    assert list(tmp_path.iterdir()) == []
    for path in (PROJECT / "migrations").iterdir():
        assert path.read_text() in done.stdout
    assert done.stdout.startswith("begin;\n")
    after = done.stdout.rpartition("commit;\n")[2]
    assert all(line.startswith("--") for line in after.splitlines() if line)
    assert "[auth.email]" in after


def test_a_wheel_brings_it_along(tmp_path):
    build = "import sys; from hatchling.builders.wheel import WheelBuilder as Wheel; "
    build += "print(*Wheel('.').build(directory=sys.argv[1]))"
    done = subprocess.run(
        [sys.executable, "-c", build, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, timeout=100
    )
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(done.stdout.strip().splitlines()[-1]) as wheel:
        packed = {name for name in wheel.namelist() if name.startswith("gamesock/supabase/")}
        wheel.extractall(tmp_path / "installed")
    assert {name.removeprefix("gamesock/supabase/") for name in packed} == set(files(PROJECT))
    init = "from gamesock.cli.supabase import _source; print(_source())"
    found = subprocess.run(
        [sys.executable, "-c", init], cwd=tmp_path / "installed", capture_output=True, text=True, timeout=100
    )
    assert found.stdout.strip() == str(tmp_path / "installed" / "gamesock" / "supabase")
