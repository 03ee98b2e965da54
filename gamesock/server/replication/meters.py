"""What ``GET /metrics`` shows of replication."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_DELAYS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 3600.0)


class Meters:
    """Counters and gauges of one replicator."""

    def __init__(self, registry: CollectorRegistry) -> None:
        def gauge(name: str, help: str) -> Gauge:
            return Gauge(f"gamesock_replication_{name}", help, registry=registry)

        self.lag = gauge("lag_seconds", "Age of the oldest event that could be copied and isn't")
        self.pending = gauge("pending_events", "Events that aren't copied yet")
        self.waiting = gauge("waiting_threads", "Threads that wait for their owner to be here")
        self.parked = gauge("parked_threads", "Threads that are copied no further until somebody looks")
        self.events = Counter("gamesock_replication_events", "Events copied", registry=registry)
        self.errors = Counter("gamesock_replication_errors", "What came back", ["code"], registry=registry)
        self.delay = Histogram(
            "gamesock_replication_seconds", "From an event to its copy", buckets=_DELAYS, registry=registry
        )

    def show(
        self,
        lag: Callable[[], float],
        pending: Callable[[], float],
        waiting: Callable[[], float],
        parked: Callable[[], float],
    ) -> None:
        """Ask these whenever somebody looks."""
        self.lag.set_function(lag)
        self.pending.set_function(pending)
        self.waiting.set_function(waiting)
        self.parked.set_function(parked)
