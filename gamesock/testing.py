"""Checks that a game keeps the promises of ``gamesock.game``: for ours, and for authors of plug-ins.

    def test_my_game():
        check_game(MyGame())

Also random play and perft, the standard ways to exercise rules.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from gamesock.game import BadOptions, Game, IllegalMove, Move, Outcome, Position, Seat, rng

MOST_MOVES = 10_000
"""A random game that takes longer is taken for endless."""
OPENING, STRIDE = 6, 16
"""Positions are checked to the last move in the opening, at the end, and this often in between."""
NO_MOVES: tuple[object, ...] = (
    *("", "no such move", "9" * 5000, None, -1, 10**4000, 0.5, True),
    *([], {}, {"move": None}, ["a", {}], {"row": 10**4000, "col": 0}, {"column": 10**4000}),
)
"""What a client may send that is no move in any game."""


def random_game(
    game: Game, seed: int, options: Mapping[str, Any] | None = None
) -> tuple[list[tuple[Seat, Move]], Outcome]:
    """Play random moves to the end: the moves and who made them, and the outcome. Same seed, same game."""
    position = game.start(options or {}, seed)
    moves: list[tuple[Seat, Move]] = []
    while (outcome := position.outcome()) is None:
        seat, move = random_move(position, seed)
        position.play(move, seat)
        moves.append((seat, move))
        assert len(moves) < MOST_MOVES, f"{game.name}, seed {seed}: no end after {MOST_MOVES} moves"
    return moves, outcome


def random_move(position: Position, seed: int) -> tuple[Seat, Move]:
    """A seat that may move, and one of its moves: the same for the same position and seed."""
    dice = rng(seed, json.dumps(position.dump(), sort_keys=True))
    seat = dice.choice(sorted(position.to_move))
    return seat, dice.choice(position.legal_moves(seat))


def perft(position: Position, depth: int) -> int:
    """How many ways there are to play ``depth`` moves: the number that proves a move generator.

    For games in which one seat moves at a time. Games that end earlier aren't counted.
    """
    if depth == 0:
        return 1
    moves = position.legal_moves()
    if depth == 1:
        return len(moves)
    total = 0
    for move in moves:
        after = position.copy()
        after.play(move)
        total += perft(after, depth - 1)
    return total


def check_game(game: Game, *, games: int = 20, seed: int = 0, options: Mapping[str, Any] | None = None) -> None:
    """Play random games, and check all along what the contract promises.

    Raises:
        AssertionError: a promise is broken; the message says which, and after which moves.
    """
    options = options or {}
    _check_declarations(game)
    for number in range(seed, seed + games):
        played = _check_one(game, number, options)
        again, _ = random_game(game, number, options)
        assert played == again, f"{game.name}: seed {number} gave two different games"


def _check_declarations(game: Game) -> None:
    assert game.name.isidentifier(), f"{game.name!r}: a game's name is one word, for command lines and routes"
    assert game.title, f"{game.name} has no title"
    assert game.seats and len(set(game.seats)) == len(game.seats), f"{game.name}: seats must differ"
    fields = game.state_schema.model_fields
    for history in game.state_schema.histories:
        assert history in fields, f"{game.name}: histories names {history!r}, which is no field of the state"
    try:
        game.start({"no such option": 1}, 0)
    except BadOptions:
        return
    raise AssertionError(f"{game.name}: an unknown option must raise BadOptions")


def _check_one(game: Game, seed: int, options: Mapping[str, Any]) -> list[tuple[Seat, Move]]:
    position, twin = game.start(options, seed), game.start(options, seed)
    assert _portrait(game, position) == _portrait(game, twin), f"{game.name}: seed {seed} starts differently"
    played: list[tuple[Seat, Move]] = []
    try:
        while position.outcome() is None:
            if len(played) < OPENING or len(played) % STRIDE == seed % STRIDE:
                PositionCheck(game, position).run()
            seat, move = random_move(position, seed)
            position.play(move, seat)
            played.append((seat, move))
            assert len(played) < MOST_MOVES, f"no end after {MOST_MOVES} moves"
        PositionCheck(game, position).run()
    except AssertionError as error:
        moves = " ".join(move for _, move in played)
        raise AssertionError(f"{game.name}, seed {seed}, after {moves or 'no moves'}: {error}") from error
    return played


class PositionCheck:
    """The promises about one position."""

    def __init__(self, game: Game, position: Position) -> None:
        self.game = game
        self.position = position
        self.portrait = _portrait(game, position)

    def run(self) -> None:
        self.turn()
        self.moves()
        self.refusals()
        self.restoring()
        for viewer in (None, *self.game.seats):
            self.view(viewer)
            self.picture(viewer)
        assert _portrait(self.game, self.position) == self.portrait, "looking at the position changed it"

    def turn(self) -> None:
        """Someone is to move exactly until there is an outcome, and has moves to choose from."""
        position, seats = self.position, set(self.game.seats)
        outcome = position.outcome()
        assert position.to_move <= seats, f"{sorted(position.to_move - seats)} may move, but are no seats"
        assert bool(position.to_move) == (outcome is None), f"to move: {position.to_move}, outcome: {outcome}"
        if outcome:
            assert outcome.winner is None or outcome.winner in seats, f"{outcome.winner!r} won, but is no seat"
            assert _is_word(outcome.reason), f"{outcome.reason!r}: a reason is one snake_case word"
        for seat in self.game.seats:
            moves = position.legal_moves(seat)
            assert bool(moves) == (seat in position.to_move), f"the legal moves of {seat} are {moves}"
            assert all(map(_is_word, position.claims(seat))), "a claim is one snake_case word"
            assert isinstance(position.can_win(seat), bool), "can_win answers yes or no"

    def moves(self) -> None:
        """Each legal move survives being written, read, and played on a copy."""
        for seat in self.position.to_move:
            moves = self.position.legal_moves(seat)
            assert moves == self.position.legal_moves(seat), "the order of the legal moves isn't stable"
            assert len(set(moves)) == len(moves), f"a move is legal twice: {moves}"
            for move in moves:
                self.move(move, seat)
        if len(self.position.to_move) == 1:
            seat = next(iter(self.position.to_move))
            alone = self.position.legal_moves()
            assert alone == self.position.legal_moves(seat), "legal_moves() isn't that of the seat to move"

    def move(self, move: Move, seat: Seat) -> None:
        game, position = self.game, self.position
        written = game.format(position, move)
        for raw in (move, written, f" {written} "):
            assert game.parse(position, raw, seat) == move, f"{raw!r} should be read as {move!r}"
        wired = json.loads(json.dumps(game.wire(move)))
        assert game.parse(position, wired, seat) == move, f"{wired!r} should be read as {move!r}"
        copy = position.copy()
        copy.play(move, seat)
        assert copy.dump() != position.dump(), f"playing {move} on a copy changed nothing, or the original too"

    def refusals(self) -> None:
        """What is no legal move is refused with a reason, and changes nothing."""
        for raw in (
            "",
            "no such move",
            None,
            -1,
            10**30,
            0.5,
            True,
            [],
            {},
            {"move": None},
            ["a", {}],
            "9" * 5000,
        ):
            try:
                move = self.game.parse(self.position, raw)
            except IllegalMove as error:
                assert str(error), f"{raw!r:.40} was refused without a reason"
            else:
                raise AssertionError(f"{raw!r:.40} was read as {move!r}")
        self._unplayable("no such move", None)
        for seat in set(self.game.seats) - self.position.to_move:
            for move in self.position.legal_moves(next(iter(self.position.to_move), seat))[:1] or ["any"]:
                self._unplayable(move, seat)
        assert _portrait(self.game, self.position) == self.portrait, "a refused move changed the position"

    def _unplayable(self, move: Move, seat: Seat | None) -> None:
        try:
            self.position.play(move, seat)
        except IllegalMove as error:
            assert str(error), f"{move!r} was refused without a reason"
        else:
            raise AssertionError(f"{move!r} by {seat or 'the seat to move'} should raise IllegalMove")

    def restoring(self) -> None:
        """A dump goes through JSON and gives back the same position; what isn't one is refused."""
        restored = self.game.load(json.loads(json.dumps(self.position.dump())))
        assert _portrait(self.game, restored) == self.portrait, "the restored position differs"
        try:
            self.game.load({"no": "dump"})
        except ValueError:
            return
        raise AssertionError("load must refuse what is no dump with ValueError")

    def view(self, viewer: Seat | None) -> None:
        """A view is a valid state, through JSON and back."""
        state = self.position.view(viewer)
        assert isinstance(state, self.game.state_schema), f"the view of {viewer} is a {type(state).__name__}"
        wire = state.model_dump_json()
        again = self.game.state_schema.model_validate_json(wire)
        assert again.model_dump_json() == wire, f"the view of {viewer} changes on its way through JSON"

    def picture(self, viewer: Seat | None) -> None:
        """A picture can be drawn: keys, cells and labels fit, and its moves are the legal ones."""
        picture = self.position.picture(viewer)
        size = picture.rows * picture.columns
        assert len(picture.cells) == size, f"{len(picture.cells)} cells for {size} squares"
        keys = {*picture.cells, *(key for tray in picture.trays.values() for key in tray.pieces)} - {""}
        keys |= {move.choice for move in picture.moves if move.choice}
        assert keys <= picture.pieces.keys(), f"not among the pieces: {sorted(keys - picture.pieces.keys())}"
        assert len(picture.row_labels) in (0, picture.rows), "row labels don't fit the rows"
        assert len(picture.column_labels) in (0, picture.columns), "column labels don't fit the columns"
        cells = [mark.cell for mark in picture.marks]
        cells += [cell for move in picture.moves for cell in (move.origin, move.target) if cell is not None]
        assert all(0 <= cell < size for cell in cells), "a mark or a move is off the board"
        assert set(picture.trays) <= set(self.game.seats), "a tray belongs to no seat"
        for piece in picture.pieces.values():
            drawable = len(piece.letter) == len(piece.glyph) == 1 and piece.letter.isascii()
            assert drawable and piece.name, f"{piece.name!r} needs one letter, one glyph and a name"
        assert len(picture.text().splitlines()) == picture.rows + bool(picture.column_labels)
        self.gestures(viewer)

    def gestures(self, viewer: Seat | None) -> None:
        """The picture offers each legal move once, under a gesture of its own."""
        to_move, moves = self.position.to_move, self.position.picture(viewer).moves
        if len(to_move) <= 1 and not self.game.hidden:
            legal = self.position.legal_moves() if to_move else []
            assert sorted(move.move for move in moves) == sorted(legal), (
                "the picture's moves aren't the legal ones"
            )
        gestures = {(move.origin, move.target, move.choice) for move in moves}
        assert len(gestures) == len(moves), "two moves of the picture share a gesture and a choice"


def _portrait(game: Game, position: Position) -> str:
    """All that can be seen of a position, to compare it with another."""
    viewers = (None, *game.seats)
    seen = [
        [position.view(viewer).model_dump_json(), position.picture(viewer).model_dump_json()] for viewer in viewers
    ]
    moves = [position.legal_moves(seat) for seat in game.seats]
    outcome = position.outcome()
    return json.dumps([position.dump(), seen, moves, sorted(position.to_move), str(outcome)])


def _is_word(reason: str) -> bool:
    return reason.isidentifier() and reason == reason.lower()
