"""Budgets, and whose they are."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gamesock.server import limits
from gamesock.server.limits import Gate, Limits, Rate, TokenBucket
from gamesock.server.proxies import Proxies


@given(st.lists(st.floats(0, 3), max_size=200), st.floats(0.1, 50), st.integers(1, 60))
def test_a_bucket_never_gives_more_than_its_rate(gaps: list[float], rate: float, burst: int) -> None:
    bucket, now, given_out = TokenBucket(rate, burst, 0.0), 0.0, 0
    for gap in gaps:
        now += gap
        given_out += bucket.take(now) == 0.0
    assert given_out <= burst + rate * now + 1e-6


@given(st.floats(0.1, 50), st.integers(1, 60))
def test_who_waits_as_told_gets_a_token(rate: float, burst: int) -> None:
    bucket = TokenBucket(rate, burst, 0.0)
    while not (wait := bucket.take(0.0)):
        pass
    assert bucket.take(wait / 2) > 0
    assert bucket.take(wait + 1e-6) == 0.0


def test_a_gate_counts_who_is_there() -> None:
    gate = Gate(Limits(connections=3, connections_per_address=2))
    assert gate.enter("a") is None and gate.enter("a") is None
    assert "your address" in (gate.enter("a") or "")
    assert gate.enter("b") is None
    assert "server is full" in (gate.enter("c") or "")
    for address in "aab":
        gate.leave(address)
    assert gate.total == 0 and not gate._open and not gate._budgets


def test_who_comes_back_finds_the_budget_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "REMEMBERED", 2)
    gate = Gate(Limits(address_lists=Rate(1.0, 2)))
    assert [gate.take("a", "lists", 0.0) for _ in range(3)] == [0.0, 0.0, 1.0], "without a connection, too"
    gate.enter("a")
    assert gate.take("a", "lists", 0.0)
    gate.leave("a")
    assert gate.take("b", "lists", 0.0) == 0.0 and gate.take("a", "lists", 0.0) > 0
    for address in "cd":
        gate.take(address, "lists", 0.0)
    assert set(gate._gone) == {"c", "d"}


@pytest.mark.parametrize(
    ("trusted", "peer", "forwarded", "client"),
    [
        ([], "1.2.3.4", "9.9.9.9", "1.2.3.4"),
        (["10.0.0.1"], "1.2.3.4", "9.9.9.9", "1.2.3.4"),
        (["10.0.0.1"], "10.0.0.1", "9.9.9.9", "9.9.9.9"),
        (["10.0.0.1"], "10.0.0.1", "8.8.8.8, 9.9.9.9", "9.9.9.9"),
        (["10.0.0.0/8"], "10.0.0.1", "8.8.8.8, 9.9.9.9,10.1.2.3", "9.9.9.9"),
        (["10.0.0.0/8"], "10.0.0.1", "", "10.0.0.1"),
        (["10.0.0.0/8"], "10.0.0.1", "nonsense", "10.0.0.1"),
        (["10.0.0.0/8"], "10.0.0.1", "9.9.9.9:1234", "9.9.9.9"),
        (["::1"], "::1", "[2001:db8::1]:80", "2001:db8::1"),
        (["127.0.0.1"], "::ffff:127.0.0.1", "9.9.9.9", "9.9.9.9"),
        (["127.0.0.1"], "unknown", "9.9.9.9", "unknown"),
    ],
)
def test_a_trusted_proxy_tells_whom_it_speaks_for(
    trusted: list[str], peer: str, forwarded: str, client: str
) -> None:
    assert Proxies(trusted).client(peer, forwarded) == client


def test_a_proxy_has_an_address() -> None:
    with pytest.raises(ValueError, match="no address of a proxy"):
        Proxies(["proxy.example"])


@pytest.mark.parametrize("trusted", [True, False])
async def test_behind_a_trusted_proxy_each_client_has_a_budget(trusted: bool, host: Any, wire: Any) -> None:
    limits = Limits(connections_per_address=1)
    server = await host(limits=limits, trusted_proxies=["127.0.0.1"] if trusted else [])
    first = await wire(f"{server.url}/ws/chess/t", additional_headers={"X-Forwarded-For": "9.9.9.1"})
    assert (await first.recv())["type"] == "state_update"
    headers = [("X-Forwarded-For", "7.7.7.7"), ("X-Forwarded-For", "9.9.9.2")]
    second = await wire(f"{server.url}/ws/chess/t", additional_headers=headers)
    assert ((await second.recv())["type"] == "state_update") == trusted
    again = await wire(f"{server.url}/ws/chess/t", additional_headers=headers[1:])
    assert (await again.recv())["code"] == "server_full"


async def test_chat_has_a_budget_of_its_own(host: Any, wire: Any) -> None:
    server = await host(limits=Limits(chat=Rate(0.01, 3)))
    client = await wire(f"{server.url}/ws/chess/t", hello=True)
    for n in range(5):
        await client.send("chat", text="spam", id=str(n))
    refused = [await client.until("error") for _ in range(2)]
    assert [(each["code"], each["re"]) for each in refused] == [("rate_limited", "3"), ("rate_limited", "4")]
    assert "talk" in refused[0]["message"] and refused[0]["retry_after_ms"] > 1000
    await client.send("get_state", id="s")
    assert await client.until("state_update", re="s"), "all else goes on"
    assert server.threads.live["t"].thread.seq == 3


async def test_an_address_does_not_talk_more_by_connecting_again(host: Any, wire: Any) -> None:
    server = await host(limits=Limits(address_chat=Rate(0.01, 2)))
    said = []
    await wire(f"{server.url}/ws/chess/t")
    for n in range(3):
        client = await wire(f"{server.url}/ws/chess/t", hello=True)
        await client.send("chat", text="spam", id=str(n))
        answer = await client.recv()
        while answer.get("re") != str(n):
            answer = await client.recv()
        said.append(answer["type"])
        await client.socket.close()
    assert said == ["ack", "ack", "error"]
