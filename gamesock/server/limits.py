"""Budgets: how fast a connection may ask, how many connections and threads there may be."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from gamesock import protocol as p


@dataclass(frozen=True, slots=True)
class Limits:
    """What one server allows. Rates are messages a second, with a burst on top."""

    connections: int = 10_000
    connections_per_address: int = 2_000
    threads: int = 100_000
    """Threads in memory at once."""
    rate: float = 20.0
    burst: int = 60
    address_rate: float = 2_000.0
    address_burst: int = 4_000
    max_frame: int = p.MAX_FRAME
    refusals: int = 100
    """Rate-limited messages in a row after which a connection is closed."""
    handshake: float = 10.0
    """Seconds a peer may take to open its WebSocket."""
    ping: float = 20.0
    """Seconds between pings, and until one that isn't answered ends the connection."""
    patience: float = 15.0
    """Seconds a slow reader may lag behind before it is cut off."""
    agent: float = 60.0
    """Seconds a foreign agent may take to be made, and to run."""

    def view(self) -> p.Limits:
        """What ``welcome`` tells of them."""
        return p.Limits(max_frame=self.max_frame, messages_per_second=self.rate, burst=self.burst)


class TokenBucket:
    """``rate`` tokens a second, at most ``burst`` saved. Times are monotonic seconds."""

    __slots__ = ("_at", "_burst", "_rate", "_tokens")

    def __init__(self, rate: float, burst: float, now: float) -> None:
        self._rate, self._burst, self._tokens, self._at = rate, burst, float(burst), now

    def take(self, now: float) -> float:
        """Take a token: 0.0, or the seconds until there will be one."""
        self._tokens = min(self._burst, self._tokens + (now - self._at) * self._rate)
        self._at = now
        if self._tokens >= 1:
            self._tokens -= 1
            return 0.0
        return (1 - self._tokens) / self._rate


class Gate:
    """Counts connections, and keeps a bucket for each address while it has any."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.total = 0
        self._open: Counter[str] = Counter()
        self._buckets: dict[str, TokenBucket] = {}

    def enter(self, address: str, now: float) -> str | None:
        """Count a new connection in, or say why it can't come in."""
        if self.total >= self.limits.connections:
            return f"the server is full: {self.limits.connections} connections"
        if self._open[address] >= self.limits.connections_per_address:
            return f"too many connections from your address: {self.limits.connections_per_address}"
        self.total += 1
        self._open[address] += 1
        if address not in self._buckets:
            bucket = TokenBucket(self.limits.address_rate, self.limits.address_burst, now)
            self._buckets[address] = bucket
        return None

    def leave(self, address: str) -> None:
        """Count a connection out."""
        self.total -= 1
        self._open[address] -= 1
        if self._open[address] <= 0:
            del self._open[address]
            self._buckets.pop(address, None)

    def take(self, address: str, now: float) -> float:
        """Take from the address's budget: 0.0, or the seconds to wait."""
        bucket = self._buckets.get(address)
        return bucket.take(now) if bucket else 0.0
