"""The documentation is run: programs are executed, commands parsed, links followed."""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import tomllib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, get_args

import pytest
import typer
from websockets.asyncio.client import connect

from gamesock import protocol
from gamesock.cli import command_line
from gamesock.protocol import Close, Code
from gamesock.server import App, GameSocketFactory

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NAME = re.compile(r"(?:#|//) (\S+\.\w+)\n")
LINK = re.compile(r"\]\(([^)\s]+)\)|\b(?:src|href|srcset)=\"([^\"]+)\"")


def blocks(page: Path, language: str) -> list[str]:
    """The fenced blocks of a language on a page."""
    return [text for kind, text in BLOCK.findall(page.read_text(encoding="utf-8")) if kind == language]


def write_files(page: str, folder: Path) -> None:
    """Every block of a page that begins with a file name, as that file."""
    for _, text in BLOCK.findall((ROOT / "docs" / page).read_text(encoding="utf-8")):
        if name := NAME.match(text):
            (folder / name[1]).write_text(text, encoding="utf-8")


def install(page: str, folder: Path) -> None:
    """The package of a page, as an installer would leave it: modules and the entry points of its pyproject."""
    write_files(page, folder)
    project = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    info = folder / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    )
    lines = [
        line
        for group, entries in project["entry-points"].items()
        for line in (f"[{group}]", *(f"{name} = {value}" for name, value in entries.items()))
    ]
    (info / "entry_points.txt").write_text("\n".join(lines))


def environment(folder: Path) -> dict[str, str]:
    """An environment in which what is in ``folder`` is installed, and nothing of the user's is touched."""
    home = folder / "home"
    home.mkdir(exist_ok=True)
    places = {"HOME": str(home), "XDG_DATA_HOME": str(home), "XDG_CONFIG_HOME": str(home)}
    return {**os.environ, **places, "PYTHONPATH": os.pathsep.join((str(folder), str(ROOT))), "COLUMNS": "200"}


def run(folder: Path, *arguments: str, given: str = "") -> str:
    """The output of a Python program; it must succeed."""
    done = subprocess.run(
        [sys.executable, *arguments],
        input=given,
        cwd=folder,
        env=environment(folder),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, f"{arguments}: {done.stdout}\n{done.stderr}"
    return done.stdout


@asynccontextmanager
async def serving(app: App) -> AsyncIterator[str]:
    """The address at which an application serves while the block runs."""
    up = asyncio.Event()
    task = asyncio.create_task(app.serve(port=0, started=lambda _: up.set()))
    try:
        waiting = asyncio.create_task(up.wait())
        await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            task.result()
        yield app.urls[0]
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


# Programs


def test_the_game_of_the_page_is_played(tmp_path: Path) -> None:
    install("write-a-game.md", tmp_path)
    assert "nim" in run(tmp_path, "-m", "gamesock", "games")
    told = run(
        tmp_path, "-m", "gamesock", "play", "nim", "--plain", "--store", "memory",
        "--two-player", "--option", "piles=1,2", given="board\nb9\nb1\na1\nb1\n",
    )  # fmt: skip
    assert "error: type a pile and how many to take from it" in told
    assert "a o .\nb o o" in told
    assert "game over: first wins (last stone)" in told


def test_the_tests_of_the_game_pass(tmp_path: Path) -> None:
    install("write-a-game.md", tmp_path)
    assert "2 passed" in run(tmp_path, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_nim.py")


def test_the_bot_of_the_page_wins(tmp_path: Path) -> None:
    install("write-a-game.md", tmp_path)
    install("write-a-bot.md", tmp_path)
    assert "nimsum" in run(tmp_path, "-m", "gamesock", "bots", "nim")
    told = run(
        tmp_path, "-m", "gamesock", "play", "nim", "--plain", "--store", "memory",
        "--bot", "nimsum", "--level", "2", "--option", "piles=2,2", given="a1\nb1\n",
    )  # fmt: skip
    assert "Second: b1\n" in told
    assert "game over: second wins (last stone)" in told


@pytest.fixture
def agents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The modules of the agents page, importable."""
    write_files("agents.md", tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    for name in [name for name in sys.modules if name.startswith("guess_")]:
        del sys.modules[name]


async def find_the_number(url: str) -> int:
    """Plays the guessing agent to its end by halving; the guesses it took."""
    low, high, guesses = 1, 100, 0
    async with connect(url) as ws:
        state = json.loads(await ws.recv())["state"]
        while state["game_status"] == "ongoing":
            guess, guesses = (low + high) // 2, guesses + 1
            await ws.send(json.dumps({"type": "make_move", "move": guess, "auto_response": False}))
            state = json.loads(await ws.recv())["state"]
            low, high = (guess + 1, high) if state["hint"] == "higher" else (low, guess - 1)
    return guesses


@pytest.mark.parametrize("module", ["guess_server", "guess_kept", "guess_custom"])
async def test_the_agent_of_the_page_is_served(agents: Path, module: str) -> None:
    async with serving(importlib.import_module(module).app) as url:
        assert await find_the_number(f"{url}/ws/guess/one") <= 7
    assert (agents / "guesses.db").exists() == (module == "guess_kept")


async def test_the_message_of_the_page_reaches_everyone(agents: Path) -> None:
    async with (
        serving(importlib.import_module("guess_custom").app) as url,
        connect(f"{url}/ws/guess/one") as ann,
        connect(f"{url}/ws/guess/one") as ben,
    ):
        await ben.recv()
        await ann.send('{"type":"cheer","text":"go on"}')
        assert json.loads(await ben.recv()) == {"type": "cheer", "text": "go on"}


async def test_the_host_of_the_page_serves_every_game(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_files("host.md", tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.chdir(tmp_path)
    app = importlib.import_module("my_host").app
    async with serving(app) as url, connect(f"{url}/ws/chess/one") as ws:
        assert json.loads(await ws.recv())["state"]["turn"] == "white"
    del sys.modules["my_host"]


def test_the_call_of_the_readme_adds_a_route(agents: Path) -> None:
    (snippet,) = blocks(ROOT / "README.md", "python")
    agent = importlib.import_module("guess_agent")
    names = {"App": App, "GameSocketFactory": GameSocketFactory}
    names |= {"YourAgent": agent.GuessAgent, "YourState": agent.GuessState}
    exec(snippet.partition("asyncio.run")[0], names)


def test_every_program_is_run_by_name() -> None:
    named = {name[1] for page in PAGES for text in blocks(page, "python") if (name := NAME.match(text))}
    here = Path(__file__).read_text(encoding="utf-8")
    unnamed = [text for page in PAGES[2:] for text in blocks(page, "python") if not NAME.match(text)]
    assert unnamed == []
    libraries = {"gamesock_nim.py", "gamesock_nimsum.py", "guess_agent.py"}
    assert [name for name in named - libraries if name.removesuffix(".py") not in here] == []


async def test_the_fastapi_application_of_the_page_serves(agents: Path) -> None:
    uvicorn = pytest.importorskip("uvicorn", reason="the extra gamesock[fastapi] is not installed")
    application = importlib.import_module("guess_fastapi").app
    server = uvicorn.Server(uvicorn.Config(application, log_level="warning"))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        serving = asyncio.create_task(server.serve([listening]))
        try:
            assert await find_the_number(f"ws://127.0.0.1:{listening.getsockname()[1]}/ws/guess/one") <= 7
        finally:
            server.should_exit = True
            await serving


@asynccontextmanager
async def host() -> AsyncIterator[str]:
    """A server of every game."""
    app = App()
    GameSocketFactory.create_all_sockets(app)
    async with serving(app) as url:
        yield url


@pytest.mark.parametrize(
    ("program", "said"),
    [("seed_client.py", {"X_win", "O_win", "draw"}), ("library_client.py", {"four_in_a_row", "board_full"})],
)
async def test_the_python_clients_play(tmp_path: Path, program: str, said: set[str]) -> None:
    write_files("protocol.md", tmp_path)
    async with host() as url:
        assert (await asyncio.to_thread(run, tmp_path, program, url)).strip() in said


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
async def test_the_javascript_client_plays(tmp_path: Path) -> None:
    write_files("protocol.md", tmp_path)
    async with host() as url:
        flags = ["--no-warnings", "--experimental-websocket"]
        node = await asyncio.create_subprocess_exec(
            "node", *flags, str(tmp_path / "seed_client.mjs"), url, stdout=asyncio.subprocess.PIPE
        )
        said, _ = await asyncio.wait_for(node.communicate(), 30)
    assert said.decode().strip() in {"X_win", "O_win", "draw"}


def test_every_code_is_documented() -> None:
    page = (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8")
    assert [code for code in Code if f"`{code}`" not in page] == []
    assert [code for code in Close if f"| {code.value} |" not in page] == []


def test_every_message_is_documented() -> None:
    page = (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8")
    unions = (protocol.ClientMessage, protocol.ServerMessage, protocol.LobbyRequest, protocol.LobbyMessage)
    kinds = [kind for union in unions for kind in models_of(union)]
    assert len(kinds) > 40
    assert [kind for kind in kinds if f"`{kind}`" not in page and f'"{kind}"' not in page] == []


def test_every_field_of_the_tables_exists() -> None:
    """Requests: exactly their fields, ``type`` and ``id`` aside. Messages: no field that isn't there."""
    page = (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8")
    requests, messages = models_of(protocol.ClientMessage), models_of(protocol.ServerMessage)
    told = page.partition("### Requests")[2].partition("### A sequence")[0].split("### Messages")
    asked, said = models_of(protocol.LobbyRequest), models_of(protocol.LobbyMessage)
    told += (
        page.partition("### What you ask the lobby")[2].partition("\nThreads stand")[0].split("### What the lobby")
    )
    for half, models in zip(told, (requests, messages, asked, said), strict=True):
        for names, fields in re.findall(r"^\| (`\w+`(?:, `\w+`)*) \| ([^|]*) \|", half, re.MULTILINE):
            listed = set(re.findall(r"`(\w+)`", re.sub(r"\(.*?\)", "", fields)))
            for name in re.findall(r"\w+", names):
                known = set(models[name].model_fields) - {"type", "id", "re"}
                exactly = models in (requests, asked)
                assert listed == known if exactly else listed <= known, f"{name}: {listed ^ known}"


def test_every_field_of_a_listed_thread_is_documented() -> None:
    page = (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8")
    table = page.partition("| field | meaning |")[2].partition("\n\n")[0]
    listed = {
        name
        for names in re.findall(r"^\| ([^|]*) \|", table, re.MULTILINE)
        for name in re.findall(r"`(\w+)`", names)
    }
    assert listed == set(protocol.ThreadView.model_fields)


def models_of(union: Any) -> dict[str, Any]:
    """The models of a discriminated union, by their ``type``."""
    return {model.model_fields["type"].default: model for model in get_args(get_args(union)[0])}


# Commands


def test_a_game_is_kept_as_the_page_says(tmp_path: Path) -> None:
    gamesock = ("-m", "gamesock")
    run(tmp_path, *gamesock, "play", "chess", "--plain", "--thread", "kept", "--bot", "random", given="e4\nquit\n")
    assert "4 . . . . P . . ." in run(tmp_path, *gamesock, "play", "--resume", "--plain", given="board\nquit\n")
    assert '"thread_id":"kept"' in run(tmp_path, *gamesock, "threads", "--json")
    run(tmp_path, *gamesock, "export", "kept", "--output", "game.jsonl")
    (tmp_path / "game.pgn").write_text(run(tmp_path, *gamesock, "export", "kept", "--format", "pgn"))
    assert "kept chess" in run(tmp_path, *gamesock, "import", "game.pgn")
    for source in ("kept", "game.jsonl", "game.pgn"):
        assert "1. White: pawn e2 to e4" in run(tmp_path, *gamesock, "replay", source, "--plain")


def commands() -> Iterator[tuple[str, str]]:
    """Every ``gamesock …`` line of a shell block, and the page it stands on."""
    for page in PAGES:
        for block in blocks(page, "console"):
            for line in block.splitlines():
                command = line.removeprefix("$ ").partition(" | ")[0].partition(" > ")[0]
                if line.startswith("$ ") and re.match(r"(scripts/play|gamesock)\b", command):
                    yield page.name, command


@pytest.mark.parametrize(("page", "command"), list(commands()))
def test_every_command_line_parses(page: str, command: str) -> None:
    name, *arguments = shlex.split(command)
    found, context = typer.main.get_command(command_line()), None
    if name == "scripts/play":
        arguments = ["play", *arguments]
    while hasattr(found, "commands") and arguments and not arguments[0].startswith("-"):
        context = typer.Context(found, parent=context)
        _, found, arguments = found.resolve_command(context, arguments)
    context = found.make_context(found.name, arguments, parent=context)
    assert not context.args, f"{page}: {command}"


def test_every_flag_in_running_text_exists() -> None:
    """Flags named outside of commands: ``--like-this``."""
    known = {"--help", "--version", "--install-completion", "--show-completion"}
    group = typer.main.get_command(command_line())
    waiting = [group]
    while waiting:
        command = waiting.pop()
        known |= {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
        waiting += getattr(command, "commands", {}).values()
    for page in PAGES:
        text = BLOCK.sub("", page.read_text(encoding="utf-8"))
        named = set(re.findall(r"`(?:gamesock [\w ]+)?(--[a-z-]+)", text))
        assert named <= known, f"{page.name}: {sorted(named - known)}"


def test_the_architecture_names_every_room() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    package = ROOT / "gamesock"
    rooms = [path.name for path in (*package.glob("*.py"), *(package / "server").glob("*.py"))]
    rooms += [f"{path.name}/" for path in package.iterdir() if (path / "__init__.py").exists()]
    assert [room for room in rooms if not room.startswith("__") and room not in page] == []
    tree = page.partition("## Rooms")[2].partition("```text")[2].partition("```")[0]
    named = re.findall(r"(\w+\.py)", tree)
    assert [name for name in named if name not in rooms] == []


# Links


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    text = BLOCK.sub("", page.read_text(encoding="utf-8"))
    for target in (one or other for one, other in LINK.findall(text)):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        found = (page.parent / path).resolve() if path else page
        assert found.exists(), f"{page.name} links to {target}"
        if anchor:
            heads = re.findall(r"^#+ (.+)$", BLOCK.sub("", found.read_text(encoding="utf-8")), re.MULTILINE)
            slugs = {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}
            assert anchor in slugs, f"{page.name} links to {target}"


def test_every_page_can_be_reached_from_the_readme() -> None:
    readme = PAGES[0].read_text(encoding="utf-8")
    assert [page.name for page in PAGES[2:] if f"docs/{page.name}" not in readme] == []
