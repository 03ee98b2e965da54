"""Makes the golden games: famous ones, and one for each way a game can end, played through a real session.

Everything in them follows from this file, times and tokens too: made anew, they come out byte for byte the same.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import orjson
from famous_games import FAMOUS, Famous

from gamesock import protocol as p
from gamesock import record as r
from gamesock import session as s
from gamesock.bot import Choice, Thought
from gamesock.game import Outcome, Seat
from gamesock.replay import replay
from gamesock.thread import Thread, game_of

HERE = Path(__file__).parent.parent / "recordings"
CREATED = datetime(2026, 1, 1, 12, tzinfo=UTC).timestamp()


class Table:
    """One game as it is played: a session, its log, and a clock that is set by hand."""

    def __init__(self, game: str, name: str, clock: str | None = None, **options: str) -> None:
        self.header = r.Header(
            game=game, thread=name, created=CREATED, options=options, clock=clock, epoch="golden"
        )
        self.log: list[r.Event] = []
        self.now = CREATED
        self.session = s.Session(Thread(game_of(self.header), self.header))

    def sit(self, *names: str) -> Table:
        """People take the free seats, in order."""
        for name in names:
            self.enter(name)
            self.ask(name, p.Join(name=name))
        return self

    def enter(self, name: str) -> None:
        self.session.connect(s.Viewer(name, name=name, greeted=True), self.now)

    def ask(self, name: str, message: p.ClientMessage, after: float = 1.5) -> Table:
        """Someone asks something, ``after`` so many seconds."""
        self.now += after
        self._keep(self.session.tick(self.now))
        nonce = f"{self.header.thread} {self.session.thread.seq + 1}"
        self._keep(self.session.handle(name, message, self.now, nonce))
        return self

    def play(self, moves: str, *seconds: float) -> Table:
        """The players move in turn, each after as many seconds as are given (around and around)."""
        pace = seconds or (2.0,)
        for number, move in enumerate(moves.split()):
            (seat,) = self.session.thread.to_move
            self.ask(self.holder(seat), p.MakeMove(move=move, auto_response=False), pace[number % len(pace)])
        return self

    def holder(self, seat: Seat) -> str:
        return next(viewer.id for viewer in self.session.viewers.values() if seat in viewer.seats)

    def bot(self, move: str, after: float = 0.8, **thought: object) -> Table:
        """The bot that was asked makes this move."""
        self.now += after
        ask = self.session.asked
        assert ask is not None, "no bot was asked"
        opinion = Thought.model_validate({"seat": ask.seat, **thought}) if thought else None
        choice = Choice(move=move, thought=opinion)
        self._keep(self.session.bot_moved(ask, ask.bot or "", choice, self.session.thread.ply, self.now))
        return self

    def bot_fails(self, reason: str, after: float = 5.0) -> Table:
        self.now += after
        ask = self.session.asked
        assert ask is not None, "no bot was asked"
        self._keep(self.session.bot_failed(ask, ask.bot or "", reason, self.session.thread.ply, self.now))
        return self

    def leave_the_room(self, name: str) -> Table:
        self.session.disconnect(name, self.now)
        return self

    def wait(self, seconds: float) -> Table:
        """Nobody does anything: only a flag may fall, and does when it must."""
        until = self.now + seconds
        self.now = min(until, self.session.deadline() or until)
        self._keep(self.session.tick(self.now))
        self.now = until
        return self

    def server_away(self, seconds: float) -> Table:
        left, self.now = self.now, self.now + seconds
        self._keep(self.session.returned(left, self.now))
        return self

    def _keep(self, effects: list[s.Effect]) -> None:
        for effect in effects:
            if isinstance(effect, s.Append):
                self.log.extend(effect.events)


SHUFFLE = "Nf3 Nf6 Ng1 Ng8 "
OPENING = "e4 e5 Nf3 Nc6 Bc4 Bc5"


def chess(name: str, clock: str | None = None, **options: str) -> Table:
    """A table with two people at it."""
    return Table("chess", name, clock, **options).sit("Ann", "Ben")


def checkmate(name: str) -> Table:
    return chess(name, "30s/move").play("e4 e5 Qh5 Nc6 Bc4 Nf6 Qxf7#", 3, 12.25)


def resignation(name: str) -> Table:
    return chess(name, "10+5").play("d4 d5 c4 e6 Nc3 c5 cxd5 cxd4", 4, 9.5, 20.125).ask("Ann", p.Resign())


def agreement(name: str) -> Table:
    table = chess(name, "5b3").play("c4 e5", 2, 6).ask("Ann", p.OfferDraw()).ask("Ben", p.DeclineDraw())
    return table.play("Nc3 Nf6 g3 d5").ask("Ben", p.OfferDraw()).ask("Ann", p.AcceptDraw())


def aborted(name: str) -> Table:
    return chess(name, "3+2").play("e4").ask("Ben", p.Abort())


def abandoned(name: str) -> Table:
    table = chess(name, "5d3").play(OPENING).leave_the_room("Ben").play("O-O")
    return table.ask("Ann", p.ClaimWin(), s.AWAY_GRACE)


def timeout(name: str) -> Table:
    return chess(name, "1").play("e4 c5 Nf3 d6 d4 cxd4 Nxd4 Nf6", 1, 13.5).wait(100)


def timeout_insufficient(name: str) -> Table:
    return chess(name, "1", fen="8/8/4k3/8/8/3QK3/8/8 w - - 0 1").play("Qd4 Ke7 Kf4 Ke6", 20, 1).wait(60)


def correspondence(name: str) -> Table:
    day = 86400.0
    return chess(name, "2d/move").play("e4 c6 d4 d5", day, day / 2).wait(3 * day)


def threefold(name: str) -> Table:
    return chess(name, "3+2").play(SHUFFLE * 2).ask("Ann", p.ClaimDraw())


def fivefold(name: str) -> Table:
    return chess(name, "3+2").play(SHUFFLE * 4)


def fifty_moves(name: str) -> Table:
    table = chess(name, fen="8/8/4k3/8/8/3RK3/8/8 w - - 97 120")
    return table.play("Rd4 Ke5 Rd1").ask("Ben", p.ClaimDraw())


def seventyfive_moves(name: str) -> Table:
    return chess(name, fen="8/8/4k3/8/8/3RK3/8/8 w - - 147 145").play("Rd4 Ke5 Rd1")


def stalemate(name: str) -> Table:
    """Sam Loyd's ten moves."""
    moves = "e3 a5 Qh5 Ra6 Qxa5 h5 h4 Rah6 Qxc7 f6 Qxd7+ Kf7 Qxb7 Qd3 Qxb8 Qh7 Qxc8 Kg6 Qe6"
    return chess(name, "3+2").play(moves)


def insufficient_material(name: str) -> Table:
    return chess(name, fen="8/8/4k3/8/8/3p4/8/4K3 w - - 0 1").play("Kd2 Kd5 Kxd3")


def takeback(name: str) -> Table:
    table = chess(name, "5+3").play("e4 e5 Qh5", 2, 3, 1).ask("Ann", p.OfferTakeback())
    table.ask("Ben", p.DeclineTakeback()).ask("Ann", p.OfferTakeback()).ask("Ben", p.AcceptTakeback())
    table.play("Nf3 Nc6 Bb5 a6 Bxc6").ask("Ben", p.OfferTakeback()).ask("Ann", p.AcceptTakeback())
    return table.play("Nf6 O-O").ask("Ben", p.Resign())


def talk(name: str) -> Table:
    """Everyone talks; the players want another game."""
    table = chess(name, "10").ask("Ann", p.Chat(text="Have a good game!")).ask("Ben", p.Chat(text="You too ♞"))
    table.enter("Cleo")
    table.play("f3 e5").ask("Cleo", p.Chat(text="Is that a good idea?")).play("g4 Qh4#")
    table.ask("Ann", p.Chat(text="It was not.", room="spectators"))
    return table.ask("Ben", p.Rematch()).ask("Ann", p.Rematch())


def seats(name: str) -> Table:
    """One gets up, another sits down and goes on; the server is away for an hour, and nobody pays for it."""
    table = chess(name, "15+10").play("d4 Nf6 c4 g6").ask("Ben", p.Leave())
    table.sit("Dora").play("Nc3 Bg7").server_away(3600).play("e4 d6", 30, 45.5)
    return table.ask("Dora", p.Resign(), 20)


def bots(name: str) -> Table:
    """Against a bot: it thinks aloud, declines a draw, gives a takeback, fails once, and mates."""
    table = Table("chess", name, "5+3").sit("Ann")
    table.ask("Ann", p.SetBot(seat="black", bot="alphabeta", level=3)).play("e4")
    table.bot("e7e5", score=-0.25, depth=6, nodes=48211, line=("e5", "Nf3", "Nc6"))
    table.ask("Ann", p.OfferDraw()).ask("Ann", p.OfferTakeback()).play("f3")
    table.bot("e7e5", score=0.5, depth=6, nodes=51002, line=("e5", "Nc3")).play("g4")
    table.bot_fails("it took longer than 5 s").ask("Ann", p.AiMove())
    return table.bot("d8h4", mate=1, depth=1, nodes=31, line=("Qh4#",))


def two_bots(name: str) -> Table:
    """Two bots, called by someone who only watches."""
    table = Table("chess", name)
    table.enter("Cleo")
    table.ask("Cleo", p.SetBot(seat="white", bot="random", level=1))
    table.ask("Cleo", p.SetBot(seat="black", bot="random", level=1))
    for move in ("e2e4", "e7e5", "d1h5", "e8e7", "h5e5"):
        table.bot(move)
    return table


def chess960(name: str) -> Table:
    """The king starts on d1 beside the queen on e1, and castles both ways."""
    table = chess(name, "5+3", variant="chess960", position="534")
    return table.play("e4 e5 Nf3 Nc6 Qe2 d6 g3 Be6 Bg2 Qd7 O-O O-O-O").ask("Ann", p.Resign())


def saavedra(name: str) -> Table:
    """The Saavedra study: a pawn becomes a rook, because a queen would only draw."""
    table = chess(name, fen="8/8/1KP5/3r4/8/8/8/k7 w - - 0 1")
    return table.play("c7 Rd6+ Kb5 Rd5+ Kb4 Rd4+ Kb3 Rd3+ Kc2 Rd4 c8=R Ra4 Kb3").ask("Ben", p.Resign())


def en_passant(name: str) -> Table:
    """Castling both ways, a capture in passing, a promotion with capture."""
    moves = (
        "e4 Nf6 e5 d5 exd6 Qxd6 d4 Nc6 Nc3 Bf5 Be3 O-O-O Nf3 g6 Be2 Bg7 O-O h5 d5 Nxd5 Nxd5 h4 Nd4 h3 Nxf5 gxf5 "
        "Nf4 hxg2 Nd3 gxf1=Q+ Bxf1"
    )
    return chess(name, "15+10").play(moves).ask("Ben", p.Resign())


def connect4_win(name: str) -> Table:
    return Table("connect4", name, "3+2").sit("Ann", "Ben").play("a b b c c d c d d g d")


def connect4_draw(name: str) -> Table:
    return Table("connect4", name).sit("Ann", "Ben").play(" ".join("ddacfefgeccddffcceddbbcbffaeaeeggggabagabb"))


def connect4_bot(name: str) -> Table:
    table = Table("connect4", name).sit("Ann").ask("Ann", p.SetBot(seat="yellow", bot="alphabeta", level=5))
    for own, reply in (("a", "d"), ("a", "d"), ("b", "d"), ("b", "d")):
        table.play(own).bot(reply, score=1.0, depth=9, nodes=9041)
    return table


def tic_tac_toe_win(name: str) -> Table:
    return Table("tic_tac_toe", name, "1").sit("Ann", "Ben").play("5 1 3 7 4 2 6")


def tic_tac_toe_draw(name: str) -> Table:
    return Table("tic_tac_toe", name).sit("Ann", "Ben").play("5 1 3 7 4 6 8 2 9")


def tic_tac_toe_resignation(name: str) -> Table:
    return Table("tic_tac_toe", name).sit("Ann", "Ben").play("1 5 2").ask("Ben", p.Resign())


ENDS: dict[str, Callable[[str], Table]] = {
    "chess/ends-checkmate": checkmate,
    "chess/ends-resignation": resignation,
    "chess/ends-agreement": agreement,
    "chess/ends-aborted": aborted,
    "chess/ends-abandoned": abandoned,
    "chess/ends-timeout": timeout,
    "chess/ends-timeout-insufficient-material": timeout_insufficient,
    "chess/ends-timeout-correspondence": correspondence,
    "chess/ends-threefold-claim": threefold,
    "chess/ends-fivefold-repetition": fivefold,
    "chess/ends-fifty-moves-claim": fifty_moves,
    "chess/ends-seventyfive-moves": seventyfive_moves,
    "chess/ends-stalemate": stalemate,
    "chess/ends-insufficient-material": insufficient_material,
    "chess/shows-takebacks": takeback,
    "chess/shows-talk-and-rematch": talk,
    "chess/shows-seats-and-pause": seats,
    "chess/shows-bot": bots,
    "chess/shows-two-bots": two_bots,
    "chess/shows-chess960": chess960,
    "chess/shows-saavedra-study": saavedra,
    "chess/shows-special-moves": en_passant,
    "connect4/ends-four-in-a-row": connect4_win,
    "connect4/ends-board-full": connect4_draw,
    "connect4/shows-bot": connect4_bot,
    "tic_tac_toe/ends-three-in-a-row": tic_tac_toe_win,
    "tic_tac_toe/ends-board-full": tic_tac_toe_draw,
    "tic_tac_toe/ends-resignation": tic_tac_toe_resignation,
}


def famous(game: Famous) -> Table:
    """A game of the past; whoever didn't mate won because the other resigned."""
    table = Table("chess", game.file)
    day = datetime.fromisoformat(game.day).replace(tzinfo=UTC)
    tags = {"event": game.event, "site": game.site, "date": str(day.year)}
    tags |= {"white": game.white, "black": game.black, "result": game.result}
    table.header = table.header.model_copy(update={"created": day.timestamp(), "tags": tags})
    table.session = s.Session(Thread(game_of(table.header), table.header))
    table.now = table.header.created
    table.sit(game.white, game.black).play(game.moves, 60)
    if table.session.thread.outcome is None:
        table.ask(game.black if game.result == "1-0" else game.white, p.Resign())
    outcome = table.session.thread.outcome
    assert outcome in (Outcome(_winner(game), "checkmate"), Outcome(_winner(game), "resignation"))
    return table


def _winner(game: Famous) -> Seat:
    return "white" if game.result == "1-0" else "black"


def write_games() -> None:
    """Every recording, without what belongs to its players alone."""
    tables = {f"chess/{game.file}": famous(game) for game in FAMOUS}
    tables |= {file: make(file.rpartition("/")[2]) for file, make in ENDS.items()}
    for file, table in tables.items():
        path = HERE / f"{file}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(r.dumps(table.header, r.shareable(table.log)), encoding="utf-8")
        ended = table.session.thread.outcome
        sys.stdout.write(f"{file}: {table.session.thread.ply} moves, {ended and s.describe(ended)}\n")


def digests() -> Iterator[tuple[str, str]]:
    """For each recording, the SHA-256 of its states, as JSON with sorted keys, one a line."""
    for path in sorted(HERE.glob("*/*.jsonl")):
        header, events = r.loads(path.read_text(encoding="utf-8"))
        digest = hashlib.sha256()
        for update in replay(header, events):
            digest.update(orjson.dumps(update.state, option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE))
        yield path.relative_to(HERE).as_posix(), digest.hexdigest()


def write_states() -> None:
    """The digests, for tests to notice any change of what a state holds."""
    text = orjson.dumps(dict(digests()), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    (HERE / "states.json").write_bytes(text)


if __name__ == "__main__":
    if "--states" not in sys.argv[1:]:
        write_games()
    write_states()
