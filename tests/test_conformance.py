"""Every registered game keeps the promises of the contract."""

import pytest

from gamesock import registry
from gamesock.testing import check_game


@pytest.mark.parametrize("name", registry.game_names())
def test_every_game_keeps_the_contract(name: str) -> None:
    check_game(registry.game(name), games=5)


def test_chess960_keeps_the_contract() -> None:
    check_game(registry.game("chess"), games=3, seed=100, options={"variant": "chess960"})
