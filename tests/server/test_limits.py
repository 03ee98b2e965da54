"""Budgets, alone."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gamesock.server.limits import Gate, Limits, TokenBucket


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


def test_a_gate_forgets_addresses_that_left() -> None:
    gate = Gate(Limits(connections=3, connections_per_address=2))
    assert gate.enter("a", 0.0) is None and gate.enter("a", 0.0) is None
    assert "your address" in (gate.enter("a", 0.0) or "")
    assert gate.enter("b", 0.0) is None
    assert "server is full" in (gate.enter("c", 0.0) or "")
    for address in "aab":
        gate.leave(address)
    assert gate.total == 0 and not gate._open and not gate._buckets
