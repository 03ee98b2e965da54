"""Signing in and out at a project, as people and scripts do."""

from __future__ import annotations

import asyncio
import json
import secrets
import signal
import stat
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from cluster import Cluster
from lite import JWT_SECRET, PUBLISHABLE_KEY, Lite
from signing import Machine, project_of, running

pytest.importorskip("supabase_auth", reason="the extra gamesock[supabase] isn't installed")

from gamesock import protocol as p
from gamesock.account.account import Account
from gamesock.account.errors import AuthFailed, NotSignedIn, Unreachable
from gamesock.account.project import Project
from gamesock.account.safe import File
from gamesock.account.session import Session
from gamesock.account.sign_in import by_code, by_password, by_provider
from gamesock.place import Place
from gamesock.server.replication.remote import Remote
from gamesock.server.supabase_auth import SupabaseTokens


@pytest.fixture(scope="module")
def lite(cluster: Cluster) -> Iterator[Lite]:
    """A project."""
    with running(cluster, "sign_in") as started:
        yield started


@pytest.fixture
def machine(tmp_path: Path, lite: Lite) -> Machine:
    """Ann's computer."""
    return Machine(tmp_path / "here", lite)


@pytest.fixture
def address() -> str:
    """An e-mail address nobody has used."""
    return f"{secrets.token_hex(4)}@gamesock.test"


class Script:
    """Answers what is asked with what was prepared, or with what is found then."""

    def __init__(self, *answers: object) -> None:
        self.answers = list(answers)
        self.said: list[str] = []
        self.opened: list[str] = []

    async def ask(self, question: str, *, secret: bool = False) -> str:
        if not self.answers:
            await asyncio.Event().wait()
        answer = self.answers.pop(0)
        return str(answer() if callable(answer) else answer)

    def say(self, text: str) -> None:
        self.said.append(text)

    def open(self, url: str) -> None:
        self.opened.append(url)


def sign_up(lite: Lite, address: str, password: str = "correct horse") -> dict[str, object]:
    """A new user with a password: the session granted."""
    answer = httpx.post(
        f"{lite.url}/auth/v1/signup", json={"email": address, "password": password},
        headers={"apikey": PUBLISHABLE_KEY},
    )  # fmt: skip
    granted: dict[str, object] = answer.raise_for_status().json()
    return granted


def make_old(machine: Machine, by: float = 4000.0) -> None:
    """The kept sessions have ended."""
    for path in machine.sessions:
        session = json.loads(path.read_text())
        path.write_text(json.dumps(session | {"expires": session["expires"] - by}))


# The command


def test_a_code_signs_in_and_out(machine: Machine, lite: Lite, address: str) -> None:
    said = machine.login(lite, address)
    assert f"as {address}" in said and "only you can read" in said and str(machine.home) in said
    [kept] = machine.sessions
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    who = machine.whoami()
    assert (who["email"], who["project"]) == (address, lite.url)
    assert "token" not in str(who)
    read = machine.run("whoami")
    assert read.stdout.startswith(f"{address} at 127.0.0.1") and "then renewed by itself" in read.stdout
    token = json.loads(kept.read_text())["refresh_token"]
    out = machine.run("logout")
    assert out.returncode == 0 and "Signed out" in out.stdout and not machine.sessions
    gone = machine.run("whoami")
    assert gone.returncode == 4 and "gamesock login" in gone.stderr and gone.stdout == ""
    assert machine.run("logout").stdout.startswith("Nobody is signed in")
    refused = httpx.post(
        f"{lite.url}/auth/v1/token?grant_type=refresh_token", json={"refresh_token": token},
        headers={"apikey": PUBLISHABLE_KEY},
    )  # fmt: skip
    assert refused.status_code >= 400, "the project must have heard of it"


async def test_a_project_without_tables_is_told_apart(lite: Lite) -> None:
    async def empty(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        told = json.dumps({"code": "PGRST205", "message": "no table", "hint": None, "details": None})
        head = f"HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nContent-Length: {len(told)}\r\n\r\n"
        writer.write((head + told).encode())
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(empty, "127.0.0.1", 0) as bare:
        port = bare.sockets[0].getsockname()[1]
        for url, lacks in ((lite.url, False), (f"http://127.0.0.1:{port}", True), ("http://127.0.0.1:9", False)):
            remote = Remote(Project(url, PUBLISHABLE_KEY))
            assert await remote.lacks_tables() is lacks, url
            await remote.close()


def test_somebody_else_signs_in(machine: Machine, lite: Lite, address: str) -> None:
    machine.login(lite, address)
    trusted = machine.home / "data" / "gamesock" / "servers.json"
    trusted.write_text(json.dumps({lite.url: ["wss://games.example.org"]}))
    assert f"(it was {address})" in machine.login(lite, f"other-{address}")
    assert json.loads(trusted.read_text()) == {}, "nobody but the first agreed"
    assert machine.run("whoami", "--server", "x", "--project", lite.url).returncode == 2


def test_a_password_from_a_pipe(machine: Machine, lite: Lite, address: str) -> None:
    sign_up(lite, address)
    wrong = machine.run("login", "--email", address, "--password", given="wrong\n")
    assert wrong.returncode == 1 and wrong.stderr == "gamesock: the address or the password is wrong\n"
    assert not machine.sessions
    done = machine.run("login", "--password", "--json", given=f"{address}\ncorrect horse\n")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["email"] == address and told["kept"]["kind"] == "file" and "token" not in done.stdout
    assert "correct horse" not in done.stdout + done.stderr


def test_a_token_from_stdin(machine: Machine, lite: Lite, address: str) -> None:
    granted = sign_up(lite, address)
    token = str(granted["access_token"])
    assert machine.run("login", "--token-stdin", given=token).returncode == 0
    assert machine.whoami()["email"] == address
    make_old(machine)
    ended = machine.run("whoami")
    assert ended.returncode == 4 and "has ended" in ended.stderr and not machine.sessions
    assert machine.run("login", "--token-stdin", given=json.dumps(granted)).returncode == 0
    make_old(machine)
    assert machine.whoami()["email"] == address, "a session with a refresh token is renewed"
    for wrong in ("", "nonsense", "a.b.c", "{}", f"{token[:-4]}AAAA"):
        done = machine.run("login", "--token-stdin", given=wrong)
        assert done.returncode == 1 and done.stderr.startswith("gamesock: "), wrong
        assert "Traceback" not in done.stderr and token[:20] not in done.stderr


def test_a_token_in_the_environment_is_used_and_not_kept(machine: Machine, lite: Lite, address: str) -> None:
    token = str(sign_up(lite, address)["access_token"])
    who = machine.whoami(GAMESOCK_ACCESS_TOKEN=token)
    assert who["email"] == address and who["kept"] == {"kind": "environment", "name": "GAMESOCK_ACCESS_TOKEN"}
    assert not machine.sessions
    stranger = machine.run("whoami", GAMESOCK_ACCESS_TOKEN="a.b.c")
    assert stranger.returncode == 4 and "holds no token of" in stranger.stderr


@pytest.mark.parametrize("when", ["at once", "before the code"])
@pytest.mark.parametrize("how", ["interrupted", "at the end of input"])
def test_cancelling_leaves_nothing(machine: Machine, lite: Lite, address: str, when: str, how: str) -> None:
    args = [] if when == "at once" else ["--email", address]
    process = machine.start("login", *args)
    assert process.stderr and process.stdin
    if args:
        assert "on its way" in process.stderr.readline()
    elif how == "interrupted":
        process.stdin.write("\n")  # an empty answer: it asks again, so it is there
        assert "Ctrl+C" in process.stderr.readline()
    if how == "interrupted":
        process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (
        process.returncode == (130 if how == "interrupted" else 2)
        and out == ""
        and "Cancelled" in err
        and "Traceback" not in err
    )
    assert not machine.sessions


def test_what_is_said_when_it_can_not_be(machine: Machine, lite: Lite) -> None:
    def fails(*args: str, code: int = 1, **env: str) -> str:
        done = machine.run(*args, **env)
        assert done.returncode == code and done.stdout == "" and done.stderr.count("\n") == 1, done.stderr
        return done.stderr

    assert "which Supabase project?" in fails("login", GAMESOCK_SUPABASE_URL="", code=2)
    assert "https://" in fails("login", "--project", "http://abc.supabase.co", code=2)
    assert "secret key" in fails("login", "--key", "sb_secret_" + "s" * 31, code=2)
    assert "choose one" in fails("login", "--password", "--provider", "github", code=2)
    assert "choose one of" in fails("login", "--provider", "myspace", "--no-browser", code=2)
    assert "can't be reached" in fails("login", "--email", "a@b.test", "--project", "http://127.0.0.1:1")
    lite.fail({"status": 503})
    try:
        assert "try again later" in fails("login", "--email", "a@b.test")
    finally:
        lite.fail(None)


def test_several_projects_side_by_side(machine: Machine, lite: Lite, address: str) -> None:
    machine.login(lite, address)
    other = machine.run("whoami", "--project", "https://abc.supabase.co", "--key", "k")
    assert other.returncode == 4 and "abc.supabase.co" in other.stderr
    assert machine.whoami()["email"] == address


# Renewal


def test_processes_that_find_the_session_old_renew_it_once(machine: Machine, lite: Lite, address: str) -> None:
    machine.login(lite, address)
    for _ in range(3):
        make_old(machine)
        lite.fail({"delay": 300})  # so that they meet
        try:
            both = [machine.start("whoami", "--json") for _ in range(3)]
            told = [process.communicate(timeout=100) for process in both]
        finally:
            lite.fail(None)
        assert [process.returncode for process in both] == [0, 0, 0], told
        assert {json.loads(out)["email"] for out, _ in told} == {address}
    make_old(machine)
    assert machine.whoami()["email"] == address, "the session still is good"


async def test_tasks_renew_it_once_and_an_outage_is_survived(lite: Lite, tmp_path: Path, address: str) -> None:
    granted = sign_up(lite, address)
    account = Account(project_of(lite), File(tmp_path / "safe"), locks=tmp_path / "locks")
    with pytest.raises(NotSignedIn, match="gamesock login"):
        await account.token()
    kept = Session(
        project=lite.url, key=PUBLISHABLE_KEY, user="u", expires=0.0, access_token=str(granted["access_token"]),
        refresh_token=str(granted["refresh_token"]),
    )  # fmt: skip
    await account.keep(kept)
    lite.fail({"status": 503})
    try:
        with pytest.raises(Unreachable, match="try again later"):
            await account.token()
    finally:
        lite.fail(None)
    assert account.session() == kept, "an outage signs nobody out"
    tokens = await asyncio.gather(*(account.token() for _ in range(5)))
    assert len(set(tokens)) == 1
    await account.keep(kept.model_copy(update={"refresh_token": "spent"}))
    with pytest.raises(NotSignedIn, match="gamesock login"):
        await account.token()
    assert account.session() is None


# The ways to sign in


async def test_a_wrong_code_may_be_typed_again(lite: Lite, address: str) -> None:
    sent = len(lite.mails())

    def last() -> str:
        code = lite.code(after=sent + 1)
        return f"{code[:3]} {code[3:]}"

    script = Script(address, "123456", " ", last)
    session = await by_code(project_of(lite), script)
    assert session.email == address and session.key == PUBLISHABLE_KEY
    assert any("wrong or too old" in said for said in script.said)
    for part in (session.access_token, session.refresh_token):
        assert part not in repr(session) + "".join(script.said)


async def test_codes_are_not_guessed_without_end(lite: Lite, address: str) -> None:
    with pytest.raises(AuthFailed, match="wrong or too old"):
        await by_code(project_of(lite), Script(address, "111111", "222222", "333333", "444444"))


async def test_a_password_is_asked_for(lite: Lite, address: str) -> None:
    sign_up(lite, address)
    assert (await by_password(project_of(lite), Script(address, "correct horse"))).email == address


async def browse(url: str) -> httpx.Response:
    """What a browser does with the page: it goes where it is led."""
    async with httpx.AsyncClient(follow_redirects=True, timeout=30) as browser:
        return await browser.get(url)


async def test_a_provider_leads_back(lite: Lite) -> None:
    script = Script()
    signing = asyncio.create_task(by_provider(project_of(lite), script, "github"))
    while not script.opened:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    page = await browse(script.opened[0])
    assert "Signed in" in page.text
    assert (await signing).email == "octo@gamesock.test"


async def test_the_address_may_be_pasted(lite: Lite) -> None:
    pasted: list[str] = []
    arrived = threading.Event()

    class Elsewhere(Script):
        """The browser runs on another machine: it ends at an address that nobody answers."""

        async def ask(self, question: str, *, secret: bool = False) -> str:
            assert "paste" in question
            async with httpx.AsyncClient(follow_redirects=False, timeout=30) as browser:
                url = self.opened[0]
                while "/callback/" not in url or url.startswith(lite.url):
                    url = str((await browser.get(url)).next_request.url)  # type: ignore[union-attr]
            pasted.append(url)
            arrived.set()
            return url

    assert (await by_provider(project_of(lite), Elsewhere(), "github")).email == "octo@gamesock.test"
    assert pasted and arrived.is_set()


def test_a_provider_on_the_command_line(machine: Machine, lite: Lite) -> None:
    process = machine.start("login", "--provider", "github", "--no-browser")
    assert process.stderr
    url = next(line.strip() for line in iter(process.stderr.readline, "") if "authorize" in line)
    httpx.get(url, follow_redirects=True, timeout=30).raise_for_status()
    try:
        assert process.wait(60) == 0
    except subprocess.TimeoutExpired:  # pragma: no cover - tells why
        process.kill()
        raise
    process.communicate()
    assert machine.whoami()["email"] == "octo@gamesock.test"


# The whole of it


async def test_a_project_a_server_and_a_place(
    lite: Lite, tmp_path: Path, host: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GAMESOCK_KEYRING", "off")
    monkeypatch.setattr("platformdirs.user_data_path", lambda *a, **k: tmp_path)
    machine = Machine(tmp_path / "here", lite)
    await asyncio.to_thread(machine.login, lite, "whole@gamesock.test")
    [file] = machine.sessions
    session = Session.model_validate_json(file.read_text())
    File().keep(session)
    server = await host(authenticator=SupabaseTokens(Project(lite.url, PUBLISHABLE_KEY, secret=JWT_SECRET)))
    nobody = {"GAMESOCK_SUPABASE_URL": "", "GAMESOCK_SUPABASE_KEY": ""}
    who = await asyncio.to_thread(machine.run, "whoami", "--server", server.url, **nobody)
    assert who.returncode == 0 and "whole@gamesock.test at 127.0.0.1" in who.stdout, "the server names the project"
    stranger = Machine(tmp_path / "elsewhere", lite)
    told = await asyncio.to_thread(stranger.run, "play", "chess", "--plain", "--server", server.url, **nobody)
    here = server.url.removeprefix("ws://")
    wanted = f"gamesock: {here} lets only those play who are signed in: gamesock login --server {here}\n"
    assert (told.returncode, told.stderr) == (4, wanted)
    place = Place(server.url, "Ann")
    async with place.client("t", "chess") as ann, place.lobby() as lobby:
        assert ann.welcome and ann.welcome.user == session.user
        await ann.join("white")
        assert (await lobby.create("chess")).thread_id
        assert (await ann.request(p.RegisterUser(user_id=session.user))).type == "user_registered"
    account = Account(project_of(lite), File())
    assert await account.sign_out()
    visitor = Place(server.url, "Ann").client("t", "chess")
    async with visitor:
        with pytest.raises(p.Refusal, match="gamesock login"):
            await visitor.join("white")
