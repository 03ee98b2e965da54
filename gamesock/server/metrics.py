"""Counters and histograms of one server, in the Prometheus format."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from gamesock import record as r

_FAST = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0)
_SLOW = (0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Metrics:
    """What ``GET /metrics`` shows. Each server has a registry of its own."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        self.connections = Gauge("gamesock_connections", "Open connections", registry=registry)
        self.threads = Gauge("gamesock_threads", "Threads in memory", registry=registry)
        self.messages = Counter("gamesock_messages", "Client messages", ["type"], registry=registry)
        self.refusals = Counter("gamesock_refusals", "Refused requests", ["code"], registry=registry)
        self.moves = Counter("gamesock_moves", "Moves played", ["game", "by"], registry=registry)
        self.games = Counter("gamesock_games_over", "Games over", ["game", "reason"], registry=registry)
        self.bot_failures = Counter("gamesock_bot_failures", "Bots that failed", ["bot"], registry=registry)
        self.skipped = Counter("gamesock_slow_skips", "Messages skipped for slow readers", registry=registry)
        self.dropped = Counter("gamesock_slow_closes", "Connections closed as too slow", registry=registry)
        self.append = Histogram("gamesock_append_seconds", "Storing a move", buckets=_FAST, registry=registry)
        self.handle = Histogram(
            "gamesock_request_seconds", "From a request to its answer", buckets=_FAST, registry=registry
        )
        self.thinking = Histogram("gamesock_bot_seconds", "A bot's decision", buckets=_SLOW, registry=registry)

    def count(self, event: r.Event, game: str) -> None:
        """Count what happened in a thread."""
        match event:
            case r.Moved(by=by) | r.Ran(by=by):
                self.moves.labels(game, by).inc()
            case r.Ended(reason=reason):
                self.games.labels(game, reason).inc()
            case r.BotFailed(bot=bot):
                self.bot_failures.labels(bot).inc()

    def exposition(self) -> bytes:
        """The text that a Prometheus server scrapes."""
        return generate_latest(self.registry)
