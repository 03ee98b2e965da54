"""``gamesock play``: find or start the game, then hand it to the full-screen or the line client."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace

from gamesock import protocol as p
from gamesock import registry
from gamesock.bot import Bot
from gamesock.cli.address import server_url, thread_url
from gamesock.cli.options import Problem, Settings
from gamesock.cli.show import need_terminal, show
from gamesock.cli.store import store_of
from gamesock.client import Client
from gamesock.clock import TimeControl
from gamesock.game import Game, Seat
from gamesock.seatbook import LOCAL, Entry, SeatBook


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for."""

    game: str
    server: str | None = None
    thread: str | None = None
    seat: Seat | None = None
    bot: str | None = None
    level: int | None = None
    clock: str | None = None
    name: str | None = None
    two_player: bool = False
    options: list[str] | None = None
    visibility: str | None = None
    resume: bool = False
    store: str = "sqlite"


def play(wish: Wish, settings: Settings) -> int:
    """Play; the exit code."""
    book = SeatBook()
    known = _known(wish, book)
    if known:
        server = None if known.server == LOCAL else known.server
        wish = replace(wish, game=known.game, thread=known.thread, server=server)
    if not wish.game:
        names = ", ".join(registry.game_names())
        raise Problem(f"which game? For example: gamesock play chess (installed: {names})")
    game = registry.game(wish.game)
    _check(wish, game)
    bot = _opponent(wish, game.name)
    need_terminal(settings)
    with _server(wish) as (url, place):
        thread = wish.thread or f"{wish.game.replace('_', '-')}-{secrets.token_hex(3)}"
        target = thread_url(url, game.route or game.name, thread, _query(wish))
        entry = known or book.find(place, thread)
        played: dict[str, Client] = {}

        def keep(client: Client) -> None:
            played[client.mirror.thread_id or thread] = client
            _remember(book, place, game.name, played)

        client = Client(target, name=wish.name or _user(), seat_tokens=entry.tokens if entry else {}, keep=keep)
        seat = wish.seat if entry and entry.tokens else _seat(wish, game)
        setup = () if entry and entry.tokens else _setup(wish, game, seat, bot)
        code = show(client, seat, setup, settings)
        _remember(book, place, game.name, played)
    if not settings.plain and wish.store != "memory":
        for name in (name for name, client in played.items() if not client.mirror.outcome):
            sys.stdout.write(f"{name} is kept. Go on with: gamesock play --resume --thread {name}\n")
    return code


def _remember(book: SeatBook, place: str, game: str, played: Mapping[str, Client]) -> None:
    """Note the seats, and which games are over: those aren't what one wants to go on with."""
    for thread, client in played.items():
        book.keep(place, thread, game, client.seat_tokens, over=client.mirror.outcome is not None)


def _known(wish: Wish, book: SeatBook) -> Entry | None:
    """The game to go on with."""
    if not wish.resume:
        return None
    place = server_url(wish.server) if wish.server else LOCAL
    known = book.find(place, wish.thread) if wish.thread else book.last()
    if known is None:
        what = f"the game {wish.thread!r} was not played here" if wish.thread else "no game was played here yet"
        raise Problem(f"{what}: start one with gamesock play chess")
    return known


@contextmanager
def _server(wish: Wish) -> Iterator[tuple[str, str]]:
    """The server's address, and its name in the seat book."""
    if wish.server:
        url = server_url(wish.server)
        yield url, url
        return
    from gamesock.cli.logs import quiet
    from gamesock.server.embedded import embedded

    quiet()
    with embedded(store_of(wish.store)) as url:
        yield url, LOCAL


def _check(wish: Wish, game: Game) -> None:
    """Refuse what can't work before anything starts."""
    if wish.seat and wish.seat not in game.seats:
        raise Problem(f"{game.title} has no seat {wish.seat!r}: choose {' or '.join(game.seats)}")
    if wish.clock:
        try:
            TimeControl.parse(wish.clock)
        except ValueError as error:
            raise Problem(str(error)) from None
    game.start(_options(wish), 0)


def _opponent(wish: Wish, game: str) -> tuple[str, int | None] | None:
    """The bot to play against and its level, or None: a person will."""
    if wish.two_player and wish.bot not in (None, "none"):
        raise Problem(f"choose --two-player or --bot {wish.bot}, not both")
    # Who names no bot plays the usual one at home; on a server, whoever comes.
    if wish.two_player or wish.bot == "none" or (wish.bot is None and wish.server):
        return None
    if wish.server and wish.bot:
        return wish.bot, wish.level  # the server knows its bots
    bot = registry.bot(wish.bot, game) if wish.bot else _usual(game)
    levels = [level.number for level in bot.levels]
    if wish.level is not None and wish.level not in levels:
        raise Problem(f"{bot.name} has the levels {min(levels)} to {max(levels)}, not {wish.level}")
    return bot.name, bot.default_level if wish.level is None else wish.level


def _options(wish: Wish) -> dict[str, str]:
    options = {}
    for text in wish.options or []:
        name, equals, value = text.partition("=")
        if not equals:
            raise Problem(f"an option is KEY=VALUE, not {text!r}")
        options[name.strip()] = value.strip()
    return options


def _query(wish: Wish) -> dict[str, str | None]:
    return {"clock": wish.clock, "visibility": wish.visibility, **_options(wish)}


def _seat(wish: Wish, game: Game) -> Seat | None:
    """The seat to ask for: someone who joins another's game takes what is free."""
    if wish.seat or (wish.thread and wish.server):
        return wish.seat
    return game.seats[0]


def _setup(wish: Wish, game: Game, seat: Seat | None, bot: tuple[str, int | None] | None) -> list[p.ClientMessage]:
    """What to ask for once seated: the second player at this keyboard, or a bot."""
    others = [other for other in game.seats if other != (seat or game.seats[0])]
    if wish.two_player:
        return [p.Join(seat=other, name=f"{wish.name or 'guest'} ({other})") for other in others]
    if bot is None:
        return []
    name, level = bot
    return [p.SetBot(seat=other, bot=name, level=level) for other in others]


def _usual(game: str) -> type[Bot]:
    """The bot one plays unless one says which: a beatable one that knows the game."""
    bots = {bot.name: bot for bot in registry.bots(game)}
    for name in ("alphabeta", "perfect", *bots):
        if name in bots:
            return bots[name]
    raise Problem(f"no bot plays {game}: use --two-player, or --bot none and wait for someone")


def _user() -> str:
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "guest"
