"""Supabase's tokens: what is refused, with which code, and that outages and forgeries cost nothing."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

jwt = pytest.importorskip("jwt", reason="the extra gamesock[supabase] isn't installed")

from cryptography.hazmat.primitives.asymmetric import ec, rsa  # noqa: E402
from jwt.algorithms import ECAlgorithm, RSAAlgorithm  # noqa: E402

from gamesock.account.project import Project  # noqa: E402
from gamesock.protocol import Code, Refusal  # noqa: E402
from gamesock.server import published_keys  # noqa: E402
from gamesock.server.supabase_auth import SupabaseTokens  # noqa: E402

USER = "5d1b2c1e-8a6c-4a55-9d3e-0f3c1a7c0001"
SECRET = "a shared secret of at least thirty-two bytes"
FIRST, SECOND, STRANGER = (ec.generate_private_key(ec.SECP256R1()) for _ in range(3))
OLD = rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class Keys:
    """A project's published keys, on loopback."""

    url: str = ""
    body: bytes = b""
    status: int = 200
    looks: int = 0
    server: ThreadingHTTPServer | None = None
    keys: dict[str, Any] = field(default_factory=dict)

    def publish(self, **keys: Any) -> None:
        self.body = json.dumps({"keys": [_jwk(kid, key) for kid, key in keys.items()]}).encode()

    def issuer(self) -> str:
        return f"{self.url}/auth/v1"


def _jwk(kid: str, key: Any) -> dict[str, Any]:
    algorithm, name = (RSAAlgorithm, "RS256") if isinstance(key, rsa.RSAPrivateKey) else (ECAlgorithm, "ES256")
    return {**json.loads(algorithm.to_jwk(key.public_key())), "kid": kid, "alg": name, "use": "sig"}


@pytest.fixture
def keys() -> Iterator[Keys]:
    made = Keys()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.looks += 1
            self.send_response(made.status)
            self.end_headers()
            self.wfile.write(made.body)

        def log_message(self, *args: object) -> None:
            """Tests are quiet."""

    made.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.url = f"http://127.0.0.1:{made.server.server_port}"
    made.publish(first=FIRST, old=OLD)
    threading.Thread(target=made.server.serve_forever, daemon=True).start()
    yield made
    made.server.shutdown()
    made.server.server_close()


def token(
    keys: Keys, key: Any = FIRST, algorithm: str = "ES256", kid: str | None = "first", **changed: Any
) -> str:
    """A token as the project signs it, but for what is changed; None takes a claim out."""
    now = int(time.time())
    claims = {
        "sub": USER, "aud": "authenticated", "role": "authenticated", "iss": keys.issuer(), "iat": now,
        "exp": now + 3600, "email": "ann@example.org", "user_metadata": {"user_name": "ann"},
    } | changed  # fmt: skip
    headers = {"kid": kid} if kid else {}
    kept = {name: value for name, value in claims.items() if value is not None}
    made: str = jwt.encode(kept, key, algorithm, headers=headers)
    return made


def forged(keys: Keys) -> str:
    """A good token whose claims were exchanged for another user's."""
    head, _, signature = token(keys).split(".")
    body = token(keys, sub="somebody-else").split(".")[1]
    return f"{head}.{body}.{signature}"


async def test_a_good_token_says_who_and_until_when(keys: Keys) -> None:
    found = await SupabaseTokens(Project(keys.url)).verify(token(keys))
    assert (found.user, found.name) == (USER, "ann")
    assert found.expires and 3500 < found.expires - time.time() <= 3600
    old = await SupabaseTokens(Project(keys.url)).verify(token(keys, OLD, "RS256", "old"))
    assert old.user == USER
    shared = await SupabaseTokens(Project(keys.url, secret=SECRET)).verify(token(keys, SECRET, "HS256", None))
    assert shared.user == USER


async def test_the_address_is_nobodys_name(keys: Keys) -> None:
    found = await SupabaseTokens(Project(keys.url)).verify(token(keys, user_metadata={"email": "a@example.org"}))
    assert found.name == ""


NOW = int(time.time())
BAD: dict[str, Callable[[Keys], str]] = {
    "no algorithm": lambda keys: token(keys, None, "none"),
    "wrong key": lambda keys: token(keys, STRANGER),
    "exchanged claims": forged,
    "wrong audience": lambda keys: token(keys, aud="anon"),
    "several audiences, none ours": lambda keys: token(keys, aud=["anon", "other"]),
    "wrong issuer": lambda keys: token(keys, iss="https://evil.example/auth/v1"),
    "expired": lambda keys: token(keys, exp=NOW - 60),
    "not yet valid": lambda keys: token(keys, nbf=NOW + 3600),
    "expires never": lambda keys: token(keys, exp=None),
    "expires when it likes": lambda keys: token(keys, exp="tomorrow"),
    "expires at no number": lambda keys: token(keys, exp=float("nan")),
    "expires at infinity": lambda keys: token(keys, exp=float("inf")),
    "expires beyond numbers": lambda keys: token(keys, exp=10**400),
    "begins at no number": lambda keys: token(keys, nbf=float("nan")),
    "no subject": lambda keys: token(keys, sub=None),
    "no user's subject": lambda keys: token(keys, sub="\x1b[2Jann"),
    "unknown kid": lambda keys: token(keys, kid="nobody's"),
    "no kid": lambda keys: token(keys, kid=None),
    "service role": lambda keys: token(keys, role="service_role"),
    "service role by the public key": lambda keys: token(
        keys, "public-anon-key" * 4, "HS256", role="service_role"
    ),
    "service role by the shared secret": lambda keys: token(keys, SECRET, "HS256", None, role="service_role"),
    "no role": lambda keys: token(keys, role=None),
    "anon key": lambda keys: token(keys, role="anon"),
    "HS256 without a secret": lambda keys: token(keys, SECRET, "HS256"),
    "huge": lambda keys: token(keys, user_metadata={"user_name": "x" * 20_000}),
    "nonsense": lambda keys: "nonsense",
    "three dots": lambda keys: "a.b.c",
    "empty": lambda keys: "",
    "emoji": lambda keys: "🙂.🙂.🙂",
    "beyond ASCII": lambda keys: f"{token(keys)}é",
}


@pytest.mark.parametrize("kind", BAD)
async def test_a_bad_token_is_refused(keys: Keys, kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    bad = BAD[kind](keys)
    with pytest.raises(Refusal) as refused:
        await SupabaseTokens(Project(keys.url, secret=SECRET if "shared" in kind else None)).verify(bad)
    assert refused.value.code is Code.UNAUTHENTICATED
    for part in (part for part in bad.split(".") if len(part) > 8):
        assert part not in str(refused.value) + "".join(capsys.readouterr()), "a token must not show anywhere"


async def test_our_own_secret_signs_no_published_key_token(keys: Keys) -> None:
    with pytest.raises(Refusal, match="isn't signed"):
        await SupabaseTokens(Project(keys.url, secret=SECRET)).verify(token(keys, "x" * 40, "HS256"))


async def test_a_rotated_key_is_looked_up(keys: Keys, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(published_keys, "COOLDOWN", 0.0)
    tokens = SupabaseTokens(Project(keys.url))
    await tokens.verify(token(keys))
    keys.publish(second=SECOND)
    assert (await tokens.verify(token(keys, SECOND, kid="second"))).user == USER
    with pytest.raises(Refusal, match="doesn't have"):
        await tokens.verify(token(keys))


async def test_forged_key_ids_make_nobody_ask_without_end(keys: Keys) -> None:
    tokens = SupabaseTokens(Project(keys.url))
    await tokens.verify(token(keys))
    for number in range(50):
        with pytest.raises(Refusal):
            await tokens.verify(token(keys, kid=f"evil-{number}"))
    await asyncio.gather(*(tokens.verify(token(keys)) for _ in range(50)))
    assert keys.looks == 1


async def test_an_outage_is_survived_with_the_last_keys(keys: Keys, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(published_keys, "COOLDOWN", 0.0)
    tokens = SupabaseTokens(Project(keys.url))
    await tokens.verify(token(keys))
    monkeypatch.setattr(published_keys, "LIFESPAN", 0.0)
    for status, body in ((503, b""), (200, b"not json"), (200, b'{"keys": []}'), (200, b'{"keys": [{}]}')):
        keys.status, keys.body = status, body
        assert (await tokens.verify(token(keys))).user == USER, (status, body)
        looks = keys.looks
        await tokens._keys.found()
        assert (await tokens.verify(token(keys))).user == USER, (status, body)
        assert keys.looks > looks, "it was looked for again"


async def test_a_known_key_never_waits_for_the_project(keys: Keys, monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = SupabaseTokens(Project(keys.url))
    await tokens.verify(token(keys))
    monkeypatch.setattr(published_keys, "LIFESPAN", 0.0)
    async with tokens._keys._looking:  # as if an answer dripped in
        assert (await tokens.verify(token(keys))).user == USER


async def test_a_host_is_told_at_once_that_it_can_verify_nobody(
    keys: Keys, capsys: pytest.CaptureFixture[str]
) -> None:
    await SupabaseTokens(Project(keys.url)).check()
    await SupabaseTokens(Project("http://127.0.0.1:9", secret=SECRET)).check()
    assert "no_keys" not in capsys.readouterr().out
    keys.body = b'{"keys": []}'
    await SupabaseTokens(Project(keys.url)).check()
    assert "GAMESOCK_SUPABASE_JWT_SECRET" in capsys.readouterr().out


async def test_without_any_keys_it_can_not_be_told(keys: Keys) -> None:
    keys.status = 503
    with pytest.raises(Refusal) as refused:
        await SupabaseTokens(Project(keys.url)).verify(token(keys))
    assert refused.value.code is Code.AUTH_UNAVAILABLE
    assert "try again" in str(refused.value)
