"""The line of time and the chances above it: what is drawn, and what a click means."""

from __future__ import annotations

import pytest
from textual.app import App, ComposeResult

from gamesock.tui.looks import Looks
from gamesock.tui.widgets.graph import Graph

SPRITES, ASCII = Looks("sprite", color="full"), Looks("ascii", color="none")


class Graphed(App[None]):
    def __init__(self, looks: Looks = SPRITES) -> None:
        super().__init__()
        self.graph = Graph(looks)
        self.picked: list[int] = []

    def compose(self) -> ComposeResult:
        self.graph.styles.height = "auto"
        yield self.graph

    def on_graph_picked(self, event: Graph.Picked) -> None:
        self.picked.append(event.ply)

    def lines(self) -> list[str]:
        return [self.graph.render_line(y).text for y in range(self.graph.size.height)]


@pytest.mark.parametrize("plies", [0, 1, 7, 39, 40, 500])
async def test_every_column_is_a_ply_and_every_ply_has_a_column(plies):
    app = Graphed()
    async with app.run_test(size=(40, 10)):
        app.graph.show(plies, 0)
        assert (app.graph.ply(0), app.graph.ply(39)) == (0, plies)
        assert [app.graph.ply(x) for x in range(40)] == sorted(app.graph.ply(x) for x in range(40))
        if plies < 40:
            assert [app.graph.ply(app.graph.column(ply)) for ply in range(plies + 1)] == list(range(plies + 1))


async def test_without_opinions_it_is_one_line_of_time():
    app = Graphed()
    async with app.run_test(size=(11, 10)) as pilot:
        app.graph.show(10, 4, marks={8: "??", 9: "?!"})
        await pilot.pause()
        assert app.lines() == ["━━━━●───??─"]
        # No mistake is to look like a blunder, and a blunder looks like one at the edge too.
        app.graph.show(10, 4, marks={2: "?", 3: "?", 7: "?", 8: "?", 10: "??"})
        await pilot.pause()
        assert app.lines() == ["━━?━●──?─??"]


@pytest.mark.parametrize(
    ("looks", "drawn"),
    [
        (SPRITES, ["    █ ", "▄───█─", "██▅ █ ", "●?────"]),
        (ASCII, ["    # ", ".---#-", "##. # ", "*?----"]),
    ],
)
async def test_the_chances_stand_on_the_line(looks, drawn):
    app = Graphed(looks)
    async with app.run_test(size=(6, 10)) as pilot:
        app.graph.show(5, 0, [0.5, 1 / 3, 0.2, None, 1.0, 0.0], {1: "?", 3: "?!"})
        await pilot.pause()
        assert app.lines() == drawn


async def test_the_ply_on_the_board_shows_its_own_chance_where_many_share_a_column():
    app = Graphed()
    async with app.run_test(size=(5, 10)) as pilot:
        chances = [0.0] * 101
        chances[52] = 1.0
        app.graph.show(100, 52, chances)
        await pilot.pause()
        assert app.lines()[0][2] == "█"
        app.graph.show(100, 50, chances)
        assert app.lines()[0][2] == " "


async def test_clicks_and_drags_go_to_a_ply():
    app = Graphed()
    async with app.run_test(size=(21, 10)) as pilot:
        app.graph.show(10, 0)
        await pilot.pause()
        await pilot.click(Graph, offset=(20, 0))
        await pilot.click(Graph, offset=(4, 0))
        assert app.picked == [10, 2]


async def test_it_is_drawn_as_high_as_one_asks():
    app = Graphed()
    async with app.run_test(size=(20, 10)) as pilot:
        for rows in (5, 0, 3):
            app.graph.show(4, 0, [0.5] * 5, rows=rows)
            await pilot.pause()
            assert app.graph.size.height == rows + 1
