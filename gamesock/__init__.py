"""gamesock: a game host and terminal client in one command."""

__version__ = "0.1.0"
