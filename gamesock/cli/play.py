"""``gamesock play``: find, join or start the game, then hand it to the full-screen or the line client."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import NamedTuple

from gamesock.address import SHARED, Invite, read_invite, server_url
from gamesock.bot import Bot
from gamesock.cli.admit import admit
from gamesock.cli.local import home_of, place_for
from gamesock.cli.options import Problem, Settings, WrongUsage
from gamesock.cli.show import need_terminal, show
from gamesock.game import Game, Seat
from gamesock.new_game import NewGame, Opponent, new_thread_id
from gamesock.place import Place
from gamesock.record import Visibility
from gamesock.seatbook import LOCAL, Entry, SeatBook


class Wish(NamedTuple):
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
    join: str | None = None
    invite: bool = False


def play(wish: Wish, settings: Settings) -> int:
    """Play; the exit code."""
    if wish.join:
        return _join(wish, *_invite(wish, wish.join), settings)
    known = _known(wish)
    if known is None and wish.resume and wish.thread:
        # Not from this machine; the server, or our account, may know our seat by who we are.
        return _join(wish, server_url(wish.server) if wish.server else None, wish.thread, settings)
    if known:
        server = None if known.server == LOCAL else known.server
        if not known.tokens or not known.game:  # a seat by who we are; a program that ended as it sat down
            return _join(wish, server, known.thread, settings)
        wish = wish._replace(game=known.game, thread=known.thread, server=server)
    game, new = _new_game(wish)
    need_terminal(settings)
    with place_for(wish.server, wish.store, wish.name, open_to_friends=wish.invite) as place:
        admit(place, to_play=not wish.thread)  # a thread that is there may be watched
        thread = wish.thread or new_thread_id(game.name, new.visibility if wish.server else None)
        # Who names the thread may have it somewhere.
        left_out = ("game", "new") if wish.thread else ("game",)
        query = {key: value for key, value in new.query().items() if key not in left_out}
        client = place.client(thread, game.route or game.name, query=query)
        _announce(wish, place, thread, settings)
        if place.has_seat(thread):
            seat, setup = wish.seat, []
        else:
            seat = wish.seat or (None if wish.thread and wish.server else game.seats[0])
            setup = new.setup(game.seats, seat or game.seats[0])
        code = show(client, seat, setup, settings, address=place.address)
        if not wish.thread and not wish.server:
            asyncio.run(place.abandon_unstarted())
        place.note()
    farewell(place, settings)
    return code


def farewell(place: Place, settings: Settings) -> None:
    """Say how to go on with what isn't over."""
    at = "" if place.name == LOCAL else f" --server {place.title}"
    # Who pipes moves in reads the moves that come out, and no more.
    if not settings.plain or sys.stdin.isatty():
        for thread in place.unfinished():
            go_on = f"gamesock play --resume --thread {thread}{at}"
            sys.stdout.write(f"{thread} is {place.kept(thread)}. Go on with: {go_on}\n")


def _join(wish: Wish, server: str | None, thread: str, settings: Settings) -> int:
    need_terminal(settings)
    with place_for(server, wish.store, wish.name) as place:
        admit(place)
        code = show(place.client(thread), wish.seat, (), settings, address=place.address)
        place.note()
    farewell(place, settings)
    return code


def _invite(wish: Wish, code: str) -> Invite:
    others = {"--thread": wish.thread, "--resume": wish.resume, "--invite": wish.invite, "--bot": wish.bot}
    for option, given in (others | {"--two-player": wish.two_player, "a game": wish.game}).items():
        if given:
            raise WrongUsage(f"--join names the whole game: leave out {option}")
    return read_invite(code, server_url(wish.server) if wish.server else None)


def _announce(wish: Wish, place: Place, thread: str, settings: Settings) -> None:
    if wish.invite and settings.plain:
        sys.stdout.write(f"a friend joins with: gamesock play --join {place.invite(thread)}\n")
        sys.stdout.flush()


def _known(wish: Wish) -> Entry | None:
    """The game to go on with."""
    if not wish.resume:
        return None
    book = SeatBook()
    known = (
        book.find(server_url(wish.server) if wish.server else LOCAL, wish.thread) if wish.thread else book.last()
    )
    if known is None and not (wish.thread and (wish.server or _has_account(wish))):
        what = f"the game {wish.thread!r} was not played here" if wish.thread else "no game was played here yet"
        mine = "; gamesock threads --mine lists yours" if _has_account(wish) else ""
        raise Problem(f"{what}: start one with gamesock play chess{mine}")
    return known


def _has_account(wish: Wish) -> bool:
    """Whether games of ours may be in our project."""
    home = home_of(wish.store)
    return home is not None and home.account.session() is not None


def _new_game(wish: Wish) -> tuple[Game, NewGame]:
    """The game that was asked for; refuses what can't work before anything starts."""
    from gamesock import registry
    from gamesock.clock import TimeControl

    if not wish.game:
        names = ", ".join(registry.game_names())
        raise WrongUsage(f"which game? For example: gamesock play chess (installed: {names})")
    game = registry.game(wish.game)
    if wish.seat and wish.seat not in game.seats:
        raise WrongUsage(f"{game.title} has no seat {wish.seat!r}: choose {' or '.join(game.seats)}")
    if wish.clock:
        try:
            TimeControl.parse(wish.clock)
        except ValueError as error:
            raise WrongUsage(str(error)) from None
    options = _options(wish)
    game.start(options, 0)
    opponent, bot, level = _opponent(wish, game.name)
    return game, NewGame(
        game=game.name, seat=wish.seat, opponent=opponent, bot=bot, level=level, clock=wish.clock,
        visibility=wish.visibility or _usual_visibility(wish), options=options,
    )  # fmt: skip


def _usual_visibility(wish: Wish) -> Visibility | None:
    """Who sees the game unless one says: on this computer its players, and whoever they invite; None: as usual."""
    if wish.server or SHARED in os.environ:
        return None
    return "unlisted" if wish.invite else "private"


def _opponent(wish: Wish, game: str) -> tuple[Opponent, str, int | None]:
    """Who plays against us: a bot and its level, or a person."""
    if wish.invite and (wish.server or wish.two_player or wish.bot not in (None, "none")):
        raise WrongUsage(
            "--invite is for a friend who joins a game here: leave out --server, --bot and --two-player"
        )
    if wish.two_player and wish.bot not in (None, "none"):
        raise WrongUsage(f"choose --two-player or --bot {wish.bot}, not both")
    if wish.two_player:
        return "self", "", None
    # Who names no bot plays the usual one at home; on a server, whoever comes.
    if wish.invite or wish.bot == "none" or (wish.bot is None and wish.server):
        return "human", "", None
    if wish.server and wish.bot:
        return "bot", wish.bot, wish.level  # the server knows its bots
    from gamesock import registry

    bot = registry.bot(wish.bot, game) if wish.bot else _usual(game)
    levels = [level.number for level in bot.levels]
    if wish.level is not None and wish.level not in levels:
        raise WrongUsage(f"{bot.name} has the levels {min(levels)} to {max(levels)}, not {wish.level}")
    return "bot", bot.name, bot.default_level if wish.level is None else wish.level


def _options(wish: Wish) -> dict[str, str]:
    options = {}
    for text in wish.options or []:
        name, equals, value = text.partition("=")
        if not equals:
            raise WrongUsage(f"an option is KEY=VALUE, not {text!r}")
        options[name.strip()] = value.strip()
    return options


def _usual(game: str) -> type[Bot]:
    """The bot one plays unless one says which: a beatable one that knows the game."""
    from gamesock import registry

    for name in ("alphabeta", "perfect"):
        if name in registry.bot_names(game):
            return registry.bot(name, game)
    bots = registry.bots(game)
    if not bots:
        raise WrongUsage(f"no bot plays {game}: use --two-player, or --bot none and wait for someone")
    return bots[0]
