"""The game of a foreign agent: rules unknown, its states are taken as they come. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gamesock.game import BadOptions, BoardPicture, Game, GameState, IllegalMove, Outcome, Position, Seat

_OVER = {"draw", "stalemate", "checkmate", "finished", "game_over", "over", "ended", "complete", "completed"}


class ForeignGame(Game):
    """Whatever a foreign agent plays."""

    state_schema = GameState
    seats = ()

    def __init__(self, name: str) -> None:
        self.name = name  # type: ignore[misc]  # a class attribute of bundled games, one a thread here
        self.title = name  # type: ignore[misc]

    def start(self, options: Mapping[str, Any], seed: int) -> ForeignPosition:
        """A position showing ``options["state"]``."""
        state = options.get("state")
        if not isinstance(state, dict):
            raise BadOptions("a foreign game starts from its agent's first state")
        return ForeignPosition(state)

    def load(self, dump: Mapping[str, Any]) -> ForeignPosition:
        return ForeignPosition(dict(dump))

    def parse(self, position: Position, raw: object, seat: Seat | None = None) -> str:
        raise IllegalMove("only the agent itself knows its moves")


class ForeignPosition(Position):
    """The state that the agent answered with last."""

    def __init__(self, state: dict[str, Any]) -> None:
        self.state = state
        self._past = [state]

    def observe(self, state: dict[str, Any]) -> None:
        """The agent ran, and answered with this."""
        self.state = state
        self._past.append(state)

    def at(self, ply: int) -> ForeignPosition:
        """What the agent showed after it ran ``ply`` times."""
        return ForeignPosition(self._past[ply])

    @property
    def to_move(self) -> frozenset[Seat]:
        return frozenset()

    def legal_moves(self, seat: Seat | None = None) -> list[str]:
        return []

    def play(self, move: str, seat: Seat | None = None) -> None:
        raise IllegalMove("only the agent itself knows its moves")

    def outcome(self) -> Outcome | None:
        """Read from ``game_status``, else ``status``, else ``winner``."""
        winner = self.state.get("winner")
        status = self.state.get("game_status", self.state.get("status"))
        if not isinstance(status, str):
            return Outcome(str(winner), "won") if winner else None
        status = status.lower()
        if status.endswith("_win"):
            return Outcome(str(winner or status.removesuffix("_win")), "won")
        if status in _OVER:
            return Outcome(str(winner) if winner else None, status)
        return None

    def view(self, seat: Seat | None) -> GameState:
        return GameState.model_validate(self.state)

    def picture(self, seat: Seat | None) -> BoardPicture:
        return BoardPicture(rows=0, columns=0, cells=(), pieces={})

    def dump(self) -> dict[str, Any]:
        return self.state
