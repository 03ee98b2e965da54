"""Budgets: how fast a connection may ask, how many connections and threads there may be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Literal, NamedTuple, TypeAlias

from gamesock import protocol as p
from gamesock.server.proxies import Proxies

REMEMBERED = 10_000
"""Addresses without a connection whose budgets are remembered."""

Spent: TypeAlias = Literal["messages", "chat", "lists", "creates"]
"""What there are budgets for: every message; and besides what is kept for ever, or costs the server more."""


class Rate(NamedTuple):
    """So many a second, with a burst on top."""

    rate: float
    burst: int


class Limits(NamedTuple):
    """What one server allows. Rates are messages a second, with a burst on top."""

    connections: int = 10_000
    connections_per_address: int = 2_000
    threads: int = 100_000
    """Threads in memory at once."""
    rate: float = 20.0
    burst: int = 60
    address_rate: float = 2_000.0
    address_burst: int = 4_000
    chat: Rate = Rate(0.5, 10)
    address_chat: Rate = Rate(10.0, 100)
    lists: Rate = Rate(5.0, 30)
    """Lists and previews of threads: questions to the store."""
    address_lists: Rate = Rate(50.0, 200)
    address_creates: Rate = Rate(1.0, 30)
    """Threads created in the lobby."""
    secret_id: int = p.SECRET_ID
    """Characters that the id of a new private thread has at least."""
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

    def of_connection(self) -> Budgets:
        """The budgets of a new connection."""
        return Budgets({"messages": Rate(self.rate, self.burst), "chat": self.chat, "lists": self.lists})

    def of_address(self) -> Budgets:
        """The budgets that the connections of an address share."""
        return Budgets(
            {
                "messages": Rate(self.address_rate, self.address_burst),
                "chat": self.address_chat,
                "lists": self.address_lists,
                "creates": self.address_creates,
            }
        )


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


class Budgets:
    """A bucket for each thing that is limited, made when it is first spent."""

    __slots__ = ("_buckets", "_rates")

    def __init__(self, rates: Mapping[Spent, Rate]) -> None:
        self._rates = rates
        self._buckets: dict[Spent, TokenBucket] = {}

    def take(self, spent: Spent, now: float) -> float:
        """Spend one: 0.0, or the seconds to wait."""
        if spent not in self._rates:
            return 0.0
        if spent not in self._buckets:
            limit = self._rates[spent]
            self._buckets[spent] = TokenBucket(limit.rate, limit.burst, now)
        return self._buckets[spent].take(now)


class Gate:
    """Counts connections, and keeps the budgets of each address."""

    def __init__(self, limits: Limits, proxies: Proxies | None = None) -> None:
        self.limits = limits
        self.total = 0
        self._proxies = proxies or Proxies()
        self._open: Counter[str] = Counter()
        self._budgets: dict[str, Budgets] = {}
        self._gone: dict[str, Budgets] = {}
        """Of addresses without a connection, the last that asked for something last."""

    def address(self, peer: str, forwarded: str) -> str:
        """Where a connection comes from: what trusted proxies say (``X-Forwarded-For``), or its peer."""
        return self._proxies.client(peer, forwarded)

    def enter(self, address: str) -> str | None:
        """Count a new connection in, or say why it can't come in."""
        if self.total >= self.limits.connections:
            return f"the server is full: {self.limits.connections} connections"
        if self._open[address] >= self.limits.connections_per_address:
            return f"too many connections from your address: {self.limits.connections_per_address}"
        self.total += 1
        self._open[address] += 1
        if address not in self._budgets:
            self._budgets[address] = self._known(address)
        return None

    def leave(self, address: str) -> None:
        """Count a connection out."""
        self.total -= 1
        self._open[address] -= 1
        if self._open[address] <= 0:
            del self._open[address]
            self._remember(address, self._budgets.pop(address))

    def take(self, address: str, spent: Spent, now: float) -> float:
        """Take from the address's budget: 0.0, or the seconds to wait."""
        budgets = self._budgets.get(address)
        if budgets is None:
            budgets = self._known(address)
            self._remember(address, budgets)
        return budgets.take(spent, now)

    def _known(self, address: str) -> Budgets:
        """What is left of an address's budgets."""
        return self._gone.pop(address) if address in self._gone else self.limits.of_address()

    def _remember(self, address: str, budgets: Budgets) -> None:
        """Whoever comes back finds what is left; the oldest are forgotten."""
        self._gone[address] = budgets
        if len(self._gone) > REMEMBERED:
            del self._gone[next(iter(self._gone))]
