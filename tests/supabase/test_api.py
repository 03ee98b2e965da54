"""The same through HTTP, as a server will ask: codes, statuses and headers of a project's API."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from typing import Any

import httpx
import jwt
import pytest
from cluster import Cluster
from lite import JWT_SECRET, PUBLISHABLE_KEY, SECRET_KEY, Lite, missing
from people import event_row, thread_row

from gamesock import record as r

EVENTS = "select=seq,at,kind,seat,body"


class User:
    """A user of the project, with a token; without an address, whoever has the public key alone."""

    def __init__(self, lite: Lite, address: str | None = None, token: str = PUBLISHABLE_KEY) -> None:
        self.id = ""
        self.http = httpx.Client(base_url=lite.url, headers={"apikey": PUBLISHABLE_KEY}, timeout=30)
        if address:
            session = self.http.post(
                "/auth/v1/signup", json={"email": address, "password": "correct horse"}
            ).json()
            self.id, token = session["user"]["id"], session["access_token"]
        self.http.headers["Authorization"] = f"Bearer {token}"

    def get(self, path: str) -> Any:
        """What a request answers with."""
        return self.http.get(f"/rest/v1/{path}").raise_for_status().json()

    def post(self, path: str, rows: object, prefer: str = "return=minimal") -> httpx.Response:
        """Send rows."""
        return self.http.post(f"/rest/v1/{path}", json=rows, headers={"Prefer": prefer})


@pytest.fixture(scope="module")
def lite(cluster: Cluster) -> Iterator[Lite]:
    """The services of a project."""
    if reason := missing():
        pytest.skip(reason)
    started = Lite(cluster, "lite")
    try:
        started.start()
        yield started
    finally:
        started.stop()


@pytest.fixture(scope="module")
def ann(lite: Lite) -> User:
    return User(lite, "ann@gamesock.test")


@pytest.fixture(scope="module")
def ben(lite: Lite) -> User:
    return User(lite, "ben@gamesock.test")


@pytest.fixture
def game(ann: User, ben: User) -> dict[str, Any]:
    """Ann's private game with Ben, hosted by her; she has moved."""
    return begin(ann, ben, f"chess-{secrets.token_hex(3)}", "private")


def begin(ann: User, ben: User, name: str, visibility: str) -> dict[str, Any]:
    """A game of Ann's with Ben: its id, and the rows of its log."""
    header = r.Header.model_validate(
        {"game": "chess", "thread": name, "created": 1.0, "visibility": visibility, "epoch": "e"}
    )
    thread = plain(thread_row(ann.id, header, to_move=["white"]))
    log = [
        r.Joined(seq=1, at=2.0, seat="white", player=r.Player(name="Ann")),
        r.Joined(seq=2, at=2.5, seat="black", player=r.Player(name="Ben")),
        r.Moved(seq=3, at=3.25, seat="white", move="e2e4", id="request-1"),
    ]
    users, turns = [ann.id, ben.id, None], [None, None, ["black"]]
    rows = [plain(event_row(thread["id"], *each)) for each in zip(log, users, turns, strict=True)]
    upsert = ann.post("threads?on_conflict=id", [thread], "resolution=ignore-duplicates,return=minimal")
    assert upsert.status_code in (200, 201), upsert.text
    sent = ann.post("events", rows)
    assert sent.status_code == 201, sent.text
    return {"id": thread["id"], "rows": rows, "thread": thread}


def plain(row: Any) -> dict[str, Any]:
    """A row as JSON holds it."""
    return {name: str(value) if name in ("id", "thread_id") else value for name, value in row.items()}


def reply(game: dict[str, Any], move: str = "e7e5", **of: Any) -> dict[str, Any]:
    """Ben's move."""
    event = r.Moved(**{"seq": 4, "at": 4.0, "seat": "black", "move": move, **of})
    return plain(event_row(game["id"], event, to_move=["white"]))


def told(response: httpx.Response) -> tuple[int, str, str | None]:
    """Status, code and hint."""
    error = response.json()
    return response.status_code, error["code"], error.get("hint")


def test_a_log_comes_back(ann: User, ben: User, game: dict[str, Any]) -> None:
    assert ben.post("events", [reply(game)]).status_code == 201
    for user in (ann, ben):
        rows = user.get(f"events?thread_id=eq.{game['id']}&{EVENTS}&order=seq")
        assert [(row["seq"], row["at"], row["kind"]) for row in rows] == [
            (1, 2.0, "joined"), (2, 2.5, "joined"), (3, 3.25, "moved"), (4, 4.0, "moved"),
        ]  # fmt: skip
        [head] = user.get(f"threads?id=eq.{game['id']}&select=seq,ply,to_move,updated")
        assert head == {"seq": 4, "ply": 2, "to_move": ["white"], "updated": 4.0}


@pytest.mark.parametrize("conflict", ["", "?on_conflict=thread_id,seq"])
def test_a_retry_is_silent(ann: User, game: dict[str, Any], conflict: str) -> None:
    prefer = "resolution=ignore-duplicates,return=minimal" if conflict else "return=minimal"
    again = ann.post(f"events{conflict}", [*game["rows"], reply(game)], prefer)
    assert again.status_code in (200, 201), again.text
    assert ann.get(f"threads?id=eq.{game['id']}&select=seq") == [{"seq": 4}]


@pytest.mark.parametrize(
    ("change", "hint"),
    [({"seq": 3}, "differs"), ({"seq": 9}, "gap"), ({"seat": "white"}, "turn")],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_does_not_come_next_is_a_conflict(ann: User, game: dict[str, Any], change: Any, hint: str) -> None:
    assert told(ann.post("events", [reply(game, **change)]))[1:] == ("PT409", hint)


def test_what_is_not_ones_own_is_forbidden(ann: User, ben: User, lite: Lite, game: dict[str, Any]) -> None:
    for user in (User(lite), User(lite, f"{game['thread']['name']}@gamesock.test")):
        assert told(user.post("events", [reply(game)]))[1] == "42501"
        assert user.get(f"threads?id=eq.{game['id']}") == []
    assert told(ben.post("events", [reply(game, seat="white")]))[1] == "42501"
    assert told(ben.http.patch(f"/rest/v1/events?thread_id=eq.{game['id']}", json={"at": 0}))[1] == "42501"


def test_everyone_lists_their_own(ann: User, ben: User, game: dict[str, Any]) -> None:
    asked = "members?user_id=eq.{}&select=owner,host,seats,threads(id,name,seq)&thread_id=eq.{}"
    thread = {"id": game["id"], "name": game["thread"]["name"], "seq": 3}
    [mine] = ann.get(asked.format(ann.id, game["id"]))
    assert mine == {"owner": True, "host": True, "seats": ["white"], "threads": thread}
    [mine] = ben.get(asked.format(ben.id, game["id"]))
    assert mine == {"owner": False, "host": False, "seats": ["black"], "threads": thread}


def test_an_unlisted_game_is_read_by_its_id(ann: User, ben: User, lite: Lite) -> None:
    game = begin(ann, ben, "quiet", "unlisted")
    anyone = User(lite)
    assert anyone.get("threads?visibility=eq.unlisted") == []
    [head] = anyone.post("rpc/thread_by_id", {"id": game["id"]}).json()
    assert (head["name"], head["seq"]) == ("quiet", 3)
    rows = anyone.post("rpc/events_by_id", {"id": game["id"], "after": 1}).json()
    assert [row["seq"] for row in rows] == [2, 3]


def test_whose_an_event_is_cannot_be_asked(ann: User, game: dict[str, Any]) -> None:
    for columns in ("*", "user_id"):
        refused = ann.http.get(f"/rest/v1/events?thread_id=eq.{game['id']}&select={columns}")
        assert refused.status_code in (401, 403)
        assert refused.json()["code"] == "42501"


def test_an_account_is_deleted(lite: Lite, ann: User) -> None:
    guest = User(lite, "guest@gamesock.test")
    game = begin(ann, guest, "last", "public")
    assert guest.post("rpc/delete_account", {}).is_success
    names = "select=body->player->>name&kind=eq.joined&order=seq"
    assert ann.get(f"events?thread_id=eq.{game['id']}&{names}") == [{"name": "Ann"}, {"name": "someone"}]
    again = guest.http.post(
        "/auth/v1/token?grant_type=password", json={"email": "guest@gamesock.test", "password": "correct horse"}
    )
    assert again.status_code == 400


# Tokens


def claims(**of: Any) -> dict[str, Any]:
    """What a token may say."""
    return {"aud": "authenticated", "role": "authenticated", "exp": int(time.time()) + 3600, **of}


@pytest.mark.parametrize(
    ("secret", "algorithm"), [("a secret of somebody else, just as long", "HS256"), (None, "none")]
)
@pytest.mark.parametrize("role", ["service_role", "authenticated"])
def test_a_token_the_project_did_not_sign_opens_nothing(
    lite: Lite, ann: User, game: dict[str, Any], secret: str | None, algorithm: str, role: str
) -> None:
    forged = User(lite, token=jwt.encode(claims(sub=ann.id, role=role), secret, algorithm))
    listed = forged.http.get(f"/rest/v1/threads?id=eq.{game['id']}")
    assert listed.status_code == 401 or listed.json() == []
    refused = forged.post("events", [reply(game)])
    assert refused.status_code in (401, 403)
    assert forged.http.delete(f"/rest/v1/threads?id=eq.{game['id']}").status_code in (401, 403)
    assert ann.get(f"threads?id=eq.{game['id']}&select=seq") == [{"seq": 3}]


def test_an_expired_token_says_so(lite: Lite, ann: User, game: dict[str, Any]) -> None:
    stale = User(lite, token=jwt.encode(claims(sub=ann.id, exp=int(time.time()) - 60), JWT_SECRET, "HS256"))
    refused = stale.post("events", [reply(game)])
    assert refused.status_code == 401
    assert refused.json()["code"].startswith("PGRST30")


def test_the_secret_key_passes_every_policy_but_keeps_the_order(lite: Lite, game: dict[str, Any]) -> None:
    operator = User(lite, token=SECRET_KEY)
    operator.http.headers["apikey"] = SECRET_KEY
    assert operator.post("events", [reply(game)]).status_code == 201
    assert told(operator.post("events", [reply(game, seq=9)]))[1:] == ("PT409", "gap")


# What the services are for, beside


def test_a_code_is_mailed_and_signs_in(lite: Lite, ann: User) -> None:
    guest, mails = User(lite), len(lite.mails())
    guest.http.post("/auth/v1/otp", json={"email": "ann@gamesock.test", "create_user": False}).raise_for_status()
    proof = {"type": "email", "email": "ann@gamesock.test", "token": lite.code(after=mails)}
    session = guest.http.post("/auth/v1/verify", json=proof).raise_for_status().json()
    assert session["user"]["id"] == ann.id


def test_faults_are_injected(lite: Lite, ann: User) -> None:
    lite.fail({"status": 503})
    try:
        assert ann.http.get("/rest/v1/threads").status_code == 503
    finally:
        lite.fail(None)
    assert ann.http.get("/rest/v1/threads").status_code == 200
